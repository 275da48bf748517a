"""Brackets that belong together, statements around a caret, and carets where nothing is a name."""

from __future__ import annotations

import pytest

from pgmem_tui.language.around import FARTHEST, Location, between_semicolons, brackets, in_text, word_at
from pgmem_tui.language.lines import OpenedLines


def pair(text: str, caret: Location) -> tuple[Location, Location] | None:
    lines = text.split("\n")
    return brackets(lines, OpenedLines(lines).before, caret)


def test_brackets_that_belong_together() -> None:
    text = "f(a, ')', [1]\n  /* ) */ )"
    assert pair(text, (0, 1)) == ((0, 1), (1, 10))
    assert pair(text, (0, 2)) == ((0, 1), (1, 10))
    assert pair(text, (1, 11)) == ((1, 10), (0, 1))
    assert pair(text, (0, 10)) == ((0, 10), (0, 12))
    assert pair(text, (0, 6)) is None
    assert pair("((", (0, 0)) is None
    assert pair("", (0, 0)) is None


def test_a_bracket_far_away_is_not_looked_for() -> None:
    assert pair("(" + "\n" * FARTHEST + ")", (0, 0)) is None
    assert pair("(" + "\n" * (FARTHEST - 1) + ")", (0, 0)) == ((0, 0), (FARTHEST - 1, 0))


@pytest.mark.parametrize(
    ("line", "opened", "column", "inside"),
    [
        ("SELECT 'a", "", 9, True),
        ("SELECT 'a'", "", 10, False),
        ("SELECT 'a'", "", 8, True),
        ("a -- b", "", 6, True),
        ("a -- b", "", 1, False),
        ("a /* b */ c", "", 11, False),
        ("still", "$$", 5, True),
        ("", "'", 0, True),
        ('"name', "", 5, False),
    ],
)
def test_carets_in_strings_and_comments(line: str, opened: str, column: int, inside: bool) -> None:
    assert in_text(line, opened, column) == inside


def test_the_statement_around_a_caret() -> None:
    lines = ["SELECT 1; SELECT ';',", "  2 -- ;", "; SELECT 3"]

    def around(caret: Location) -> tuple[Location, Location]:
        return between_semicolons(lines, OpenedLines(lines).before, caret)

    assert around((0, 3)) == ((0, 0), (0, 8))
    assert around((0, 8)) == ((0, 0), (0, 8))
    assert around((0, 9)) == ((0, 9), (2, 0))
    assert around((1, 3)) == ((0, 9), (2, 0))
    assert around((2, 5)) == ((2, 1), (2, 10))


def test_statements_more_on_each_side() -> None:
    lines = ["a; b;", "c;", "d; e; f"]
    found = between_semicolons(lines, OpenedLines(lines).before, (1, 0), more=1)
    assert found == ((0, 2), (2, 1))
    assert between_semicolons(lines, OpenedLines(lines).before, (1, 0), more=9) == ((0, 0), (2, 7))
    assert between_semicolons(lines, OpenedLines(lines).before, (1, 0), more=9, farthest=0) == (
        (1, 0),
        (1, 2),
    )


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [("SELECT nope", 7, "nope"), ("a = = b", 4, "="), ("SELECT", 6, "T"), ("a,\nb", 2, ","), ("", 0, "")],
)
def test_what_is_marked_where_something_is_wrong(text: str, place: int, word: str) -> None:
    start, end = word_at(text, place)
    assert text[start:end] == word
