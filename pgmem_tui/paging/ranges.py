"""Which rows have been here at any time: ranges of their numbers. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter

MOST = 512
"""Ranges kept; when there are more, the two that are nearest to each other become one."""

Range = tuple[int, int]
"""Row numbers [first, end)."""

_first, _end = itemgetter(0), itemgetter(1)


class Ranges:
    """Disjoint ranges in order."""

    def __init__(self) -> None:
        """Know of none."""
        self._ranges: list[Range] = []

    @property
    def ranges(self) -> Sequence[Range]:
        """All of them."""
        return self._ranges

    def clear(self) -> None:
        """Forget all."""
        self._ranges.clear()

    def add(self, first: int, end: int) -> None:
        """Take note of a range; an empty one is ignored."""
        if first >= end:
            return
        low = bisect_left(self._ranges, first, key=_end)
        high = bisect_right(self._ranges, end, key=_first)
        touched = self._ranges[low:high]
        if touched:
            first, end = min(first, touched[0][0]), max(end, touched[-1][1])
        self._ranges[low:high] = [(first, end)]
        if len(self._ranges) > MOST:
            gaps = [
                after[0] - before[1] for before, after in zip(self._ranges, self._ranges[1:], strict=False)
            ]
            at = gaps.index(min(gaps))
            self._ranges[at : at + 2] = [(self._ranges[at][0], self._ranges[at + 1][1])]

    def shift(self, by: int) -> None:
        """Renumber all rows."""
        self._ranges = [(first + by, end + by) for first, end in self._ranges]
