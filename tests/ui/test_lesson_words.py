"""What the lessons' screen says at its bottom: only keys that do something now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgmem_tui.display.text import cell_width
from pgmem_tui.lessons.attempt import Attempt, begin
from pgmem_tui.lessons.live_events import Wanted
from pgmem_tui.lessons.running import LessonResult
from pgmem_tui.ui import lesson_words
from pgmem_tui.ui.lesson_text import document, reads
from tests.lessons.conftest import made

ASKED = begin(made("pass"), Wanted())
READY = replace(ASKED, predicted=True)
TABLE = begin(replace(made("pass"), table="events"), Wanted())
OVER = replace(READY, result=LessonResult((), {}, (), 0, None, True))


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize(
    ("attempt", "missing", "there", "not_there"),
    [
        (ASKED, "", "predict", "run"),
        (READY, "", "space run", "predict"),
        (OVER, "", "r again", "space run"),
        (OVER, "", "r again", "predict"),
        (READY, "needs a superuser", "n p lesson", "space run"),
        (ASKED, "needs a superuser", "n p lesson", "predict"),
        (TABLE, "", "t table", "space run"),
        (TABLE, "needs a superuser", "n p lesson", "t table"),
        (ASKED, "", "n p lesson", "t table"),
        (replace(READY, running=0), "", "esc cancel", "space run"),
    ],
)
def test_keys(attempt: Attempt, missing: str, there: str, not_there: str, width: int) -> None:
    keys = lesson_words.keys(attempt, missing, width)
    assert there in keys and not_there not in keys and "? help" in keys and len(keys) < width


def test_why_a_lesson_cannot_run_is_said_whatever_was_pressed() -> None:
    why = "needs a server of its own: pgmem-tui demo, or lessons --demo"
    for attempt in (ASKED, READY, replace(READY, bound=True)):
        assert lesson_words.advice(attempt, why) == f"not here: {why}"
        assert (
            cell_width(lesson_words.advice(attempt, why)) <= 76
        )  # of 80: a border and a blank on both sides
        texts = [line.text for line in document(attempt, 76, missing=why).lines]
        assert not any("runs next" in text for text in texts)
    assert any("runs next" in line.text for line in document(READY, 76).lines)


def test_behind_the_last_lesson_there_is_none() -> None:
    assert "n next lesson" in lesson_words.advice(OVER, "")
    assert "n next lesson" not in lesson_words.advice(OVER, "", last=True)


def test_what_is_wrong_with_lessons_is_one_line() -> None:
    told = lesson_words.trouble([f"/a/long/way/0{n}-bad.md:1: wrong\x1b[2J" for n in range(9)])
    assert told.startswith("00-bad.md:1: wrong") and "and 8 more: " in told
    assert "\x1b" not in told and "\n" not in told
    assert lesson_words.trouble("/nowhere: No such file") == "nowhere: No such file"


def test_which_rows_is_said_before_it_is_known_whether_they_will_do() -> None:
    lesson = replace(made("pass"), table="events", any_table=True)
    assert reads(lesson, Wanted("public.users")) == "will read public.users, if that will do"
    assert reads(replace(lesson, any_table=False), Wanted("public.users")).startswith("will read events of")
    assert reads(lesson, Wanted(made_up=True)) == "will read rows that the server makes up"
    assert reads(replace(lesson, table=""), Wanted()) == "this lesson reads no table"
