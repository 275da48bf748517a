"""Lines cut one by one give what the whole text gives, after any edit."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.language.lines import LONGEST_LINE, OpenedLines, line_tokens, opened_behind
from pgmem_tui.language.tokens import Kind, tokens

PIECES = st.sampled_from(
    [
        *("SELECT", " ", "\n", "\n", "a", '"', "'", "''", "E'", "\\", "$$", "$t$", "--", "/*", "*/", "U&'"),
        *("1", ";", "(", ")", ":x", "::", "*", "/", "-", "$1", "é"),
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def kinds_by_line(text: str) -> list[list[tuple[Kind, str]]]:
    """What each line has, by cutting the whole text: kinds and characters, blanks left out."""
    kinds: list[Kind | None] = [None] * len(text)
    for token in tokens(text):
        kinds[token.start : token.end] = [token.kind] * (token.end - token.start)
    rows: list[list[tuple[Kind, str]]] = [[]]
    for kind, character in zip(kinds, text, strict=True):
        if character == "\n":
            rows.append([])
        elif kind is not None:
            rows[-1].append((kind, character))
    return rows


def line_by_line(lines: list[str], opened: OpenedLines) -> list[list[tuple[Kind, str]]]:
    rows = []
    for row, line in enumerate(lines):
        found, _ = line_tokens(line, opened.before(row))
        rows.append([(token.kind, character) for token in found for character in token.text(line)])
    return rows


def goes_on(text: str) -> bool:
    """Whether a string may be closed and go on in the next line."""
    return re.search(r"'[ \t]*(--[^\n]*)?\n\s*(--[^\n]*\n\s*)*'", text) is not None


@given(TEXTS.filter(lambda text: not goes_on(text)))
def test_lines_are_cut_as_the_text_is(text: str) -> None:
    lines = text.split("\n")
    assert line_by_line(lines, OpenedLines(lines)) == kinds_by_line(text)


@given(TEXTS, st.data())
def test_after_edits(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    opened = OpenedLines(lines)
    for _ in range(4):
        first = data.draw(st.integers(0, len(lines) - 1))
        before = data.draw(st.integers(1, len(lines) - first))
        new = data.draw(TEXTS).split("\n")
        lines[first : first + before] = new
        opened.changed(first, before, len(new))
        if data.draw(st.booleans()):
            opened.before(data.draw(st.integers(0, len(lines) - 1)))
    if not goes_on("\n".join(lines)):
        assert line_by_line(lines, opened) == kinds_by_line("\n".join(lines))


@given(TEXTS.map(lambda text: text.replace("\n", " ")), st.sampled_from(["", "'", "E'", "$$", "/*/*", '"']))
def test_what_is_open_behind_a_line(line: str, opened: str) -> None:
    assert opened_behind(line, opened) == line_tokens(line, opened)[1]


def test_an_edit_that_opens_nothing_is_done_with_at_once() -> None:
    read: list[int] = []

    class Lines(list[str]):
        def __getitem__(self, row):  # type: ignore[no-untyped-def]
            read.append(row)
            return super().__getitem__(row)

    lines = Lines(["SELECT 'a'"] * 1000)
    opened = OpenedLines(lines)
    opened.before(999)
    read.clear()
    lines[10] = "SELECT 'ab'"
    opened.changed(10, 1, 1)
    assert opened.before(999) == ""
    assert len(read) <= 3


def test_a_very_long_line_is_not_looked_at_to_its_end() -> None:
    line = "x" * LONGEST_LINE + "'"
    assert opened_behind(line, "") == ""
    assert opened_behind(line, "$a$") == "$a$"
    assert all(token.end <= LONGEST_LINE for token in line_tokens(line, "E'")[0])
