"""Every character of a line that is edited has its place, and the places are those that are painted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgmem_tui.display.edited_line import CHUNK, TAB, cells_before, column_at, window

LINES = st.text(st.sampled_from("ab \t漢é\u202e\x1b\u0301👍\x00"), max_size=40) | st.text(max_size=40)


@given(LINES)
def test_each_cell_belongs_to_a_character(line: str) -> None:
    for column in range(len(line)):
        start, end = cells_before(line, column), cells_before(line, column + 1)
        assert start <= end
        for cell in range(start, end):
            assert column_at(line, cell) == column
    assert column_at(line, cells_before(line, len(line))) == len(line)
    assert column_at(line, -3) == column_at(line, 0)


@given(LINES, st.integers(0, 30), st.integers(1, 30))
def test_the_window_shows_what_stands_there(line: str, first: int, width: int) -> None:
    before, pieces = window(line, first, width)
    place = before
    assert before <= first or not pieces
    for column, text, cells in pieces:
        assert place == cells_before(line, column)
        assert cell_len(text) == cells
        place += cells
    end = cells_before(line, len(line))
    assert place >= min(first + width, end)


def test_tabs_reach_to_the_next_stop_in_long_lines_too() -> None:
    line = "ab\tc" * CHUNK
    assert cells_before("ab\tc", 3) == TAB
    assert cells_before("漢\tc", 2) == TAB
    assert cells_before("\t\t", 2) == 2 * TAB
    assert cells_before(line, len(line)) == sum(len(part) for part in _expanded(line))


def _expanded(line: str) -> list[str]:
    return [line.expandtabs(TAB)]


def test_hostile_characters_are_shown_escaped() -> None:
    _, pieces = window("a\x1b[2J\u202eb", 0, 80)
    assert "".join(piece.text for piece in pieces) == "a\\x1b[2J\\u202eb"
