"""Rows that have been here: a set of numbers, kept as few ranges."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.paging.ranges import MOST, Ranges

ADDED = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=20)


@given(ADDED, st.integers(-5, 5))
def test_they_are_a_set(added: list[tuple[int, int]], by: int) -> None:
    ranges, expected = Ranges(), set[int]()
    for first, end in added:
        ranges.add(first, end)
        expected |= set(range(first, end))
    ranges.shift(by)
    found = [number for first, end in ranges.ranges for number in range(first, end)]
    assert found == sorted(number + by for number in expected)
    pairs = list(zip(ranges.ranges, ranges.ranges[1:], strict=False))
    assert all(before[1] < after[0] for before, after in pairs), "apart, or they were one"
    ranges.clear()
    assert not ranges.ranges


def test_very_many_become_fewer() -> None:
    ranges = Ranges()
    for number in range(MOST):
        ranges.add(number * 10, number * 10 + 1)
    ranges.add(MOST * 10 - 6, MOST * 10 - 5)
    assert len(ranges.ranges) == MOST
    assert ranges.ranges[-1] == (MOST * 10 - 10, MOST * 10 - 5), "the nearest two"
