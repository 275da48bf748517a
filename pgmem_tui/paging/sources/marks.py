"""Which row number stands at which place: enough marks to get near any row again. Pure."""

from __future__ import annotations

from bisect import bisect_right
from typing import Generic, TypeVar

Place = TypeVar("Place")

MOST = 1024
"""Marks kept; when there are more, every other one goes."""


class Marks(Generic[Place]):
    """Row numbers in ascending order, each with the place of that row."""

    def __init__(self) -> None:
        """Know nothing."""
        self._rows: list[int] = []
        self._places: list[Place] = []

    def clear(self) -> None:
        """Forget everything."""
        self._rows.clear()
        self._places.clear()

    def add(self, row: int, place: Place) -> None:
        """Remember a place; one known for that row stays."""
        at = bisect_right(self._rows, row)
        if at and self._rows[at - 1] == row:
            return
        self._rows.insert(at, row)
        self._places.insert(at, place)
        if len(self._rows) > MOST:
            # The first one stays: it is where the run of rows begins.
            del self._rows[1:-1:2], self._places[1:-1:2]

    def before(self, row: int) -> tuple[int, Place]:
        """The nearest mark at or before a row.

        Raises:
            IndexError: There is none.
        """
        at = bisect_right(self._rows, row)
        if not at:
            raise IndexError(f"no mark at or before row {row}")
        return self._rows[at - 1], self._places[at - 1]

    def first(self) -> tuple[int, Place]:
        """The first mark."""
        return self._rows[0], self._places[0]

    def reach(self, row: int, beyond: int) -> bool:
        """Whether a row is among the marks, or that many rows behind the last at most."""
        return bool(self._rows) and self._rows[0] <= row <= self._rows[-1] + beyond

    def shift(self, by: int) -> None:
        """Renumber."""
        self._rows = [row + by for row in self._rows]
