"""A result to scale: each cell says the best of what is known of its rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.display.result_bar import GONE, HELD, NEVER, SOME, bar, cell, pointer


def test_what_is_held_stands_before_what_was() -> None:
    assert bar(10, 100, [(20, 40)], [(0, 60)]) == "░░██░░····"
    assert bar(10, 100, [(99, 100)], []) == "·········▒"
    assert bar(4, 1_000_000_000, [(0, 1)], [(0, 1)]) == "▒···"


def test_a_cell_of_which_little_is_held_is_not_full() -> None:
    assert bar(4, 400, [(0, 49), (100, 150), (250, 300)], [(0, 400)]) == "▒██░"
    assert bar(2, 20, [(0, 3), (4, 6)], []) == "█·", "pages add up"


def test_more_cells_than_rows() -> None:
    assert bar(10, 2, [(0, 1)], []) == "█████·····"
    assert bar(10, 2, [(1, 2)], [(0, 2)]) == "░░░░░█████"
    assert bar(74, 7, [(0, 7)], []) == "█" * 74


@pytest.mark.parametrize(("width", "extent"), [(0, 10), (10, 0), (0, 0)])
def test_nothing_to_draw(width: int, extent: int) -> None:
    assert bar(width, extent, [(0, 5)], []) == " " * width
    assert cell(width, 0, 7) == 0


RANGES = st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 2_000)), max_size=5)


@given(st.integers(1, 60), st.integers(1, 1_000), RANGES, RANGES)
def test_each_row_is_told_in_its_cell(
    width: int, extent: int, held: list[tuple[int, int]], been: list[tuple[int, int]]
) -> None:
    drawn = bar(width, extent, held, been)
    assert len(drawn) == width and set(drawn) <= {HELD, SOME, GONE, NEVER}
    for ranges, signs in ((held, HELD + SOME), (been, HELD + SOME + GONE)):
        for first, end in ranges:
            if first < min(end, extent):
                assert drawn[cell(width, extent, first)] in signs
                assert drawn[cell(width, extent, min(end, extent) - 1)] in signs


@given(st.integers(1, 80), st.integers(0, 79), st.text(alphabet="abc ", max_size=30))
def test_a_pointer_points(width: int, at: int, label: str) -> None:
    at = min(at, width - 1)
    line = pointer(width, at, "▲", label)
    assert line.index("▲") == at and len(line) <= width
