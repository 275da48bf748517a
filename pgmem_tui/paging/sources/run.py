"""One run of rows without gaps, and its numbers: estimates until it reaches the beginning or the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from pgmem_tui.paging.sources.marks import Marks

Place = TypeVar("Place")

NEAR = 20_000
"""Rows this near to the run are walked to, so that their numbers continue it."""
STRIDE = 50_000
"""Rows passed by one MOVE; some ten milliseconds."""


class Run(Generic[Place]):
    """The rows known, from number `_low` to before `_high`. Numbers are from 0.

    Number 0 always means the first row of all: a run that begins elsewhere begins at 1 or later.
    """

    def __init__(self, estimate: int, start: Place) -> None:
        """Begin before the first row.

        Args:
            estimate: Rows there are, about; -1 if nobody knows.
            start: The place before everything.
        """
        self.estimate = estimate
        self.total: int | None = None
        """Rows there are, once someone has counted them."""
        self.row_count: int | None = None
        """The number after the last row's, while the run reaches the end; exact if `exact` is."""
        self.exact = True
        """Whether row numbers are counted, or estimated."""
        self._marks: Marks[Place] = Marks()
        self._marks.add(0, start)
        self._low = self._high = 0

    def count(self, rows: int) -> int:
        """Take note that rows were counted. Returns what to add to every row number told before."""
        self.estimate = self.total = rows
        if self.row_count is None or self.exact:
            return 0
        by = rows - self.row_count
        self.exact = True
        self._renumber(by)
        return by

    def _ends_at(self, number: int) -> int:
        """The run reaches the end there. Returns what to add to every row number told before."""
        self.row_count = number
        if self.exact:
            self.count(number)
        return self.count(self.total) if self.total is not None else 0

    def _covers(self, row: int) -> bool:
        return self.exact and self._low <= row <= self._high

    def _far(self, first: int, count: int) -> bool:
        """Whether to begin another run for rows from a number on."""
        return first > self._high + NEAR or first + 2 * count < self._low

    def _restart(self, row: int, place: Place, exact: bool) -> None:
        self._marks.clear()
        self._marks.add(row, place)
        self._low = self._high = row
        self.exact, self.row_count = exact, None

    def _end_number(self, rows: int, at_start: bool) -> tuple[int, bool]:
        """The number after the last row's, of which `rows` are known, and whether it is exact."""
        if at_start or self.total is not None:
            return (rows if at_start else max(rows, self.total or 0)), True
        return max(self.estimate, rows + 1), False

    def _reach_back(self, rows: int, at_start: bool, share: Callable[[], float]) -> int:
        """Count `rows` more before the run, which begin that far along. Returns the shift of all numbers."""
        low = self._low - rows
        shift = 0
        if at_start:
            shift = -low
        elif low <= 0:
            shift = max(1, round(share() * self.estimate)) - low
        self._renumber(shift)
        self._low = low + shift
        self.exact = self.exact or at_start
        return shift

    def _renumber(self, by: int) -> None:
        if by:
            self._marks.shift(by)
            self._low, self._high = self._low + by, self._high + by
            self.row_count = None if self.row_count is None else self.row_count + by
