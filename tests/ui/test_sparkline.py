"""A history is drawn from zero, in eighths, and always as wide as asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.ui.widgets.sparkline import BLOCKS, sparkline


@pytest.mark.parametrize(
    ("values", "top", "width", "height", "lines"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], 8, 8, 1, ["▁▂▃▄▅▆▇█"]),
        ([8, 8], 8, 5, 1, ["   ██"]),
        ([1, 2, 8], 8, 2, 1, ["▂█"]),
        ([0, -1, 1, 1000], 1000, 4, 1, ["  ▁█"]),
        ([2000], 1000, 1, 1, ["█"]),
        ([0], 0, 1, 1, [" "]),
        ([], 8, 3, 1, ["   "]),
        ([4, 8, 12, 16], 16, 4, 2, ["  ▄█", "▄███"]),
        ([5], 8, 0, 1, [""]),
    ],
)
def test_what_is_drawn(values: list[int], top: int, width: int, height: int, lines: list[str]) -> None:
    assert sparkline(values, top, width, height) == lines


def test_a_wobble_is_flat() -> None:
    (line,) = sparkline([58_000_000 + i % 3 * 200_000 for i in range(20)], 61_000_000, 20)
    assert set(line) == {"█"}


@given(
    st.lists(st.integers(-1, 2**62), max_size=40),
    st.integers(0, 2**62),
    st.integers(0, 50),
    st.integers(1, 4),
)
def test_size_is_as_asked(values: list[int], top: int, width: int, height: int) -> None:
    lines = sparkline(values, top, width, height)
    assert [len(line) for line in lines] == [width] * height
    assert set("".join(lines)) <= set(BLOCKS)
