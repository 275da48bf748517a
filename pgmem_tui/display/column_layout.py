"""Which columns of a result stand where on a line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP = 2
"""Blank cells between two columns."""
WIDEST = 40
"""Cells a column takes by itself; more only by hand."""
NARROWEST = 3

_RESERVED = {
    **{16: 4, 20: 8, 21: 5, 23: 7},  # boolean and the integers
    **{1082: 10, 1083: 8, 1114: 19, 1184: 22, 2950: 36},  # date, time, timestamps, uuid
}
"""Cells reserved for a type, by oid, so that a line does not move when longer values follow."""


@dataclass(frozen=True)
class Heading:
    """What the layout knows of a column."""

    name: str
    """Already one safe line."""
    name_width: int
    type_oid: int
    right: bool
    """Whether values stand at the right."""


@dataclass(frozen=True)
class Place:
    """A column on the screen."""

    column: int
    x: int
    """From the left end of the area for columns."""
    width: int
    """Less than the column's own where the area ends."""


class ColumnLayout:
    """Widths that only grow by themselves, and the run of columns that fits from one on."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        """Begin with the widths of the headings."""
        self.headings = tuple(headings)
        self.version = 0
        """Changes with any width."""
        self._by_hand: set[int] = set()
        self._widths = [
            min(WIDEST, max(NARROWEST, heading.name_width, _RESERVED.get(heading.type_oid, 0)))
            for heading in self.headings
        ]

    def __len__(self) -> int:
        return len(self.headings)

    def width(self, column: int) -> int:
        """Cells of a column."""
        return self._widths[column]

    def grow(self, column: int, width: int) -> bool:
        """Make room for a value that was seen; whether anything changed."""
        width = min(WIDEST, width)
        if width <= self._widths[column] or column in self._by_hand:
            return False
        self._widths[column] = width
        self.version += 1
        return True

    def resize(self, column: int, by: int) -> None:
        """Set a width by hand."""
        self._by_hand.add(column)
        self._widths[column] = max(NARROWEST, self._widths[column] + by)
        self.version += 1

    def places(self, left: int, area: int) -> list[Place]:
        """The columns from `left` on that show in `area` cells, the last perhaps in part."""
        places: list[Place] = []
        x = 0
        for column in range(left, len(self._widths)):
            room = area - x
            if room <= 0:
                break
            places.append(Place(column, x, min(self._widths[column], room)))
            x += self._widths[column] + GAP
        return places

    def left_for(self, column: int, left: int, area: int) -> int:
        """The first column to show so that `column` is whole, moving as little as can be."""
        if column <= left:
            return column
        used = self._widths[column]
        first = column
        while first > left and used + GAP + self._widths[first - 1] <= area:
            first -= 1
            used += GAP + self._widths[first]
        return first
