"""Which columns of a result stand where on a line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pgmem_tui.display.column_arrangement import Arrangement, natural

GAP = 2
"""Blank cells between two columns."""
RULE = " │ "
"""Between the columns that stay and those that scroll."""
LEAST_SCROLLED = 12
"""Cells that columns which stay leave to the others; as many stay as do."""
WIDEST = 40
"""Cells a column takes by itself; more by hand, or where there is room left over."""
NARROWEST = 3

_BLANK = " " * GAP

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
    """Its index in the result."""
    x: int
    """From the left end of the area for columns."""
    width: int
    """Less than the column's own where the area ends."""
    gap: str
    """What stands between it and the next one, or the area's end."""


class ColumnLayout:
    """Columns in some order, with widths that only grow by themselves.

    Columns are meant by their index in the result, but `left` is a position among those shown.
    """

    def __init__(self, headings: Sequence[Heading], arrangement: Arrangement | None = None) -> None:
        """Begin with the widths of the headings, and all columns as they come."""
        self.headings = tuple(headings)
        self.version = 0
        """Changes with anything."""
        self._wanted = [
            max(NARROWEST, heading.name_width, _RESERVED.get(heading.type_oid, 0))
            for heading in self.headings
        ]
        self._widths: list[int] = []
        self._last: tuple[tuple[int, int, int], list[Place]] | None = None
        self.arrange(arrangement or natural(len(self.headings)))

    def __len__(self) -> int:
        return len(self.headings)

    # -- what is shown ---------------------------------------------------------------------------

    @property
    def arrangement(self) -> Arrangement:
        """What is shown, in what order, and widths set by hand."""
        return replace(self._arrangement, widths=tuple(sorted(self._by_hand.items())))

    def arrange(self, arrangement: Arrangement) -> None:
        """Show these columns in this order."""
        self._arrangement = arrangement
        self._by_hand = dict(arrangement.widths)
        self.shown = arrangement.shown
        """Columns in the order that they have on the screen."""
        self._positions = {column: position for position, column in enumerate(self.shown)}
        self.refit()

    def position(self, column: int) -> int:
        """Where a column stands among those shown; of a hidden one, where it would."""
        found = self._positions.get(column)
        if found is None:
            order = self._arrangement.order
            before = order[: order.index(column)]
            found = min(sum(other in self._positions for other in before), len(self.shown) - 1)
        return found

    # -- widths ----------------------------------------------------------------------------------

    def width(self, column: int) -> int:
        """Cells of a column."""
        return self._widths[column]

    def wanted(self, column: int) -> int:
        """Cells that the widest value seen so far takes."""
        return self._wanted[column]

    def grow(self, column: int, width: int) -> bool:
        """Make room for a value that was seen; whether anything changed."""
        self._wanted[column] = max(self._wanted[column], width)
        width = min(WIDEST, width)
        if width <= self._widths[column] or column in self._by_hand:
            return False
        self._widths[column] = width
        self.version += 1
        return True

    def spread(self, area: int) -> bool:
        """Let wide columns use what is left over of the area, if all fit into it; whether any does.

        What they were given they keep until `refit`: nothing becomes narrower because more rows came.
        """
        spare = area - len(self.shown) * (NARROWEST + GAP)
        if spare <= 0:
            return False  # soon, for the many columns of which some do not fit
        last = self.places(0, area)[-1:]
        spare = area - last[0].x - self._widths[last[0].column] if last else 0
        if spare <= 0 or last[0].column != self.shown[-1]:
            return False
        grew = False
        while spare > 0 and (narrow := [column for column in self.shown if self._lacks(column)]):
            share = max(1, spare // len(narrow))
            for column in narrow:
                given = min(share, spare, self._wanted[column] - self._widths[column])
                self._widths[column] += given
                spare -= given
            grew = True
        self.version += grew
        return grew

    def refit(self) -> None:
        """Take back what `spread` gave, because there may be less room."""
        self._widths = [min(WIDEST, wanted) for wanted in self._wanted]
        for column, width in self._by_hand.items():
            self._widths[column] = width
        self.version += 1

    def resize(self, column: int, by: int) -> None:
        """Set a width by hand."""
        self._by_hand[column] = self._widths[column] = max(NARROWEST, self._widths[column] + by)
        self.version += 1

    def _lacks(self, column: int) -> bool:
        return self._wanted[column] > self._widths[column] and column not in self._by_hand

    # -- where columns stand ---------------------------------------------------------------------

    def places(self, left: int, area: int) -> list[Place]:
        """The columns that stay and those from `left` on, `area` cells in all; the last perhaps in part.

        The answer to the last question is remembered: each line of a screenful asks the same.
        """
        asked = self.version, left, area
        if self._last is None or self._last[0] != asked:
            self._last = asked, self._place(left, area)
        return self._last[1]

    def _place(self, left: int, area: int) -> list[Place]:
        frozen, _ = self._staying(area)
        places: list[Place] = []
        x = 0
        for position in chain(range(frozen), range(max(left, frozen), len(self.shown))):
            room = area - x
            if room <= 0:
                break
            column = self.shown[position]
            width = min(self._widths[column], room)
            gap = RULE if position == frozen - 1 else _BLANK
            places.append(Place(column, x, width, gap[: room - width]))
            x += self._widths[column] + len(gap)
        return places

    def left_for(self, column: int, left: int, area: int) -> int:
        """The first position to show so that `column` is whole, moving as little as can be."""
        frozen, used = self._staying(area)
        left = max(left, frozen)
        position = self.position(column)
        if position < frozen:
            return left
        if position <= left:
            return position
        area -= used
        used = self._widths[self.shown[position]]
        while position > left and used + GAP + self._widths[self.shown[position - 1]] <= area:
            position -= 1
            used += GAP + self._widths[self.shown[position]]
        return position

    def _staying(self, area: int) -> tuple[int, int]:
        """How many columns stay in an area of that width, and the cells they take with the rule."""
        used, frozen = len(RULE) - GAP, 0
        for column in self.shown[: min(self._arrangement.frozen_shown, len(self.shown) - 1)]:
            wider = used + self._widths[column] + GAP
            if wider > area - LEAST_SCROLLED:
                break
            used, frozen = wider, frozen + 1
        return frozen, used if frozen else 0
