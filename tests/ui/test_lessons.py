"""Lessons in the program, on a real server: predicted, run, cancelled, left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.lessons import progress
from pgmem_tui.lessons.attempt import Phase
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.app import PgmemApp
from pgmem_tui.ui.screens.lessons import LessonsScreen
from pgmem_tui.ui.widgets.lesson_list import LessonList
from pgmem_tui.ui.widgets.prompt import Prompt
from tests.lab.conftest import eventually
from tests.ui.lesson_screen import SIDES, STEP, WAITS, left, lesson, lessons
from tests.ui.program import Program

SIZES = [(80, 24), (160, 48)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_lesson_from_question_to_reading(
    place: ConnectionSettings, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with lessons(place, tmp_path, lesson(), size=size) as (shown, screen):
        await shown.shows("What is it?", "1-2 predicts")
        screen.view.action_edge(True)
        await shown.shows('note("n", 1)')
        assert not {"Why", "Claims", "What happened"} & {line.text for line in screen.view.shown.lines}
        await shown.press("space")  # there is no going on without a prediction, or a word that there is none
        assert screen.desk.attempt is not None and screen.desk.attempt.phase is Phase.PREDICT
        await shown.press("2")
        await shown.shows("space runs step", "← yours")
        await shown.press("space")
        await shown.shows("You said 2; right is 1: one", "step.n = 1", "r runs it again")
        text = "\n".join(line.text for line in screen.view.shown.lines)
        for part in (
            "holds   it is one",
            "It was 1.",
            "Pitfall",
            "https://example.org/page",
            "memory grew by",
        ):
            assert part in text
        await shown.press("escape")
        await shown.back()
        await shown.press("7")
        await shown.shows("← right", "← yours")  # one finds what one has left


async def test_a_right_prediction_is_marked_and_kept(
    place: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "lessons").mkdir()
    async with lessons(place, tmp_path / "lessons", lesson(), history=True) as (shown, screen):
        while screen.view.bright < 0:
            top = screen.view.top
            await shown.press("down")
            await shown.until(lambda top=top: (screen.view.top, screen.view.bright) != (top, -1))  # type: ignore[misc]
        await shown.press("enter")
        await shown.shows("space runs step")
        await shown.press("enter")
        await shown.shows("You were right. It is 1: one", "done, prediction right")
    kept = json.loads(progress.default_path().read_text())
    assert kept["lessons"]["mine-1"]["chosen"] == 0
    async with lessons(place, tmp_path / "lessons", lesson(), history=True) as (shown, _):
        await shown.shows("done, prediction right")


async def test_nothing_is_kept_without_a_history(
    place: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    async with lessons(place, tmp_path, lesson()) as (shown, _):
        await shown.press("s")
        await shown.shows("space runs step")
        await shown.press("space")
        await shown.shows("You made none. Right is 1:")
    assert not (tmp_path / "data").exists()


async def test_escape_cancels_and_then_goes_back(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    async with lessons(place, tmp_path, lesson(WAITS)) as (shown, _):
        await shown.press("1")
        await shown.shows("space runs")
        await shown.press("space")
        await shown.shows("> begun", "esc cancels")
        assert left(observer, place)
        await shown.press("p")
        await shown.shows("a step runs: esc cancels it")
        await shown.press("escape")
        await shown.shows("cancelled  space runs step")
        await shown.until(lambda: not left(observer, place))
        await shown.press("space")
        await shown.shows("esc cancels")
        await shown.press("ctrl+c")  # cancels, and does not quit
        await shown.shows("cancelled  space runs step")
        await shown.press("escape")
        await shown.back()


@pytest.mark.parametrize("how", ["q", "ctrl+q"])
async def test_leaving_stops_what_runs(
    place: ConnectionSettings, observer: Connection, tmp_path: Path, how: str
) -> None:
    async with lessons(place, tmp_path, lesson(WAITS), table="events") as (shown, _):
        await shown.press("1")
        await shown.shows("space runs")
        await shown.press("space")
        await shown.shows("> begun")
        await shown.press(how)
        if how == "q":
            await shown.back()
            await shown.press("down", "down")
            await shown.at_row(3)
            await shown.until(lambda: not left(observer, place))
    # The server ends a session a moment after its client has closed it.
    eventually(lambda: not [name for name in left(observer, place) if "lab" in name or name.isdigit()])


async def test_the_rows_can_be_read_while_a_lesson_ran(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson(), table="events") as (shown, _):
        session = shown.app._browse
        assert session is not None
        before = session.listening.connected, session.browsing.opened
        await shown.press("1", "space")
        await shown.shows("You were right")
        await shown.press("escape")
        await shown.back()
        assert (session.listening.connected, session.browsing.opened) == before
        await shown.press("G")
        await shown.shows("20,000")


async def test_sessions_stand_side_by_side_and_are_closed(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    async with lessons(place, tmp_path, lesson(steps=SIDES), lesson(), size=(160, 48)) as (shown, screen):
        await shown.shows("session reader", "session writer")
        await shown.press("s")
        await shown.shows("space sends, in session reader, begin, 1 of 3")
        await shown.press("space")
        await shown.shows("step, 2 of 3")
        assert any(name.endswith("lesson reader") for name in left(observer, place))
        await shown.press("n")  # on to the next lesson: the transaction that is open is closed
        await shown.until(lambda: not left(observer, place))
        await shown.press("p")
        await shown.shows("space sends, in session reader, begin, 1 of 3")
        await shown.press("a")
        await shown.shows("r runs it again")
        rows = [line.text for line in screen.view.shown.lines if "= seen" in line.text]
        assert len(rows) == 1 and rows[0].index("│") < rows[0].index("= seen")
        await shown.press("escape")
        await shown.back()
        await shown.until(lambda: not left(observer, place))


async def test_the_mouse(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson(), lesson(title="Another"), size=(160, 48)) as (shown, screen):
        lines = shown.text.splitlines()
        x, y = next((row.index("two, or"), y) for y, row in enumerate(lines) if "two, or more" in row)
        await shown.pilot.click(offset=(x, y))
        await shown.shows("← yours")
        assert screen.desk.attempt is not None and screen.desk.attempt.chosen == 1
        y = next(y for y, row in enumerate(lines) if "Another" in row)
        await shown.pilot.click(offset=(10, y))
        await shown.shows(f"{len(screen.desk.lessons)} of ")
        assert screen.desk.index == len(screen.desk.lessons) - 1


async def test_the_list_opens_lessons(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson(title="First"), lesson(title="Second")) as (shown, screen):
        screen.query_one(LessonList).focus()
        await shown.press("down")
        await shown.until(lambda: screen.desk.index == len(screen.desk.lessons) - 1)
        await shown.press("home")
        await shown.shows("1 of ", "Why did my script eat 1 GB?")
        await shown.press("enter")
        await shown.until(lambda: screen.view.has_focus)


async def test_a_program_is_saved(place: ConnectionSettings, tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    async with lessons(place, tmp_path / "lessons", lesson()) as (shown, screen):
        screen.view.action_edge(True)
        await shown.press("S")
        await shown.until(lambda: shown.app.screen.query_one(Prompt).display)
        await shown.shows("save step to", "mine-1-step.py")
        await shown.press("ctrl+u", *str(tmp_path / "mine.py"), "enter")
        await shown.shows("saved 51 B to ")
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["mine.py"]
        assert (tmp_path / "mine.py").read_text() == STEP + "\n"


async def test_numbers_that_are_no_sizes_are_shown(place: ConnectionSettings, tmp_path: Path) -> None:
    step = "from pgmem_tui.lab.notes import note\nnote('n', 1)\nnote('peak', 1e999)\nnote('m', 10**400)"
    async with lessons(place, tmp_path, lesson(step)) as (shown, _):
        await shown.press("1")
        await shown.shows("space runs")
        await shown.press("space")
        await shown.shows("r runs it again")
        await shown.press("pageup")
        await shown.shows("= peak = inf", "= m = too large a number")


async def test_copying_says_so(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson()) as (shown, _):
        await shown.press("y")
        await shown.shows("the program of step")
        assert shown.app.clipboard == STEP + "\n"


async def test_the_palette_names_them(place: ConnectionSettings) -> None:
    app = PgmemApp(Options(place, connect_at_once=True))
    try:
        async with app.run_test() as pilot:
            shown = Program(app, pilot)
            await shown.shows("choose a table")
            (command,) = [c for c in app.get_system_commands(shown.browse) if "lessons" in c.title]
            await command.callback()
            await shown.screen(LessonsScreen)
            await shown.shows("Why did my script eat 1 GB?")
    finally:
        app.end()


async def test_answers_and_then_the_program_come_into_sight(
    place: ConnectionSettings, tmp_path: Path
) -> None:
    long = lesson().replace("What is it?", "What is it?\n\n" * 20)
    async with lessons(place, tmp_path, long) as (shown, _):
        await shown.shows("to the answers, 1-2")
        await shown.press("pagedown", "pagedown", "pagedown")
        await shown.shows("two, or more", "1-2 predicts")
        await shown.press("home")
        await shown.shows("to the answers, 1-2")
        await shown.press("1")
        await shown.shows("space runs step", 'note("n", 1)', "← yours")


async def test_escape_between_two_steps_closes_the_sessions_and_stays(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    async with lessons(place, tmp_path, lesson(steps=SIDES), size=(160, 48)) as (shown, _):
        await shown.press("s", "space")
        await shown.shows("step, 2 of 3")
        await shown.press("escape")
        await shown.shows("cancelled: its sessions are closed", "What is it?")
        await shown.until(lambda: not left(observer, place))
        await shown.press("space")
        await shown.shows("step, 2 of 3")
        await shown.press("escape", "escape")
        await shown.back()
