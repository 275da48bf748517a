"""An arrangement of columns while someone changes it: what the keys of the columns' screen do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pgmem_tui.display.column_arrangement import Arrangement, natural
from pgmem_tui.display.column_layout import NARROWEST


@dataclass(frozen=True)
class ListedColumn:
    """A column as the list has it."""

    name: str
    """One safe line, as the type."""
    type_name: str
    width: int
    """Cells that it takes by itself."""


class ColumnDraft:
    """Columns in an order, those that a filter leaves, and a cursor on one of them."""

    def __init__(self, columns: Sequence[ListedColumn], arrangement: Arrangement, column: int = 0) -> None:
        """Begin with what is shown.

        Args:
            columns: All, as the result has them.
            arrangement: Of these.
            column: The one with the cursor.
        """
        self.columns = columns
        self.column = column
        self.listed: list[int] = []
        """The columns that match the filter, in their order."""
        self._folded = [column.name.casefold() for column in columns]
        self._terms: tuple[str, ...] = ()
        self._take(arrangement)

    def _take(self, arrangement: Arrangement) -> None:
        self._order = list(arrangement.order)
        self._hidden = set(arrangement.hidden)
        self._widths = dict(arrangement.widths)
        self._frozen = arrangement.frozen
        self._list()

    @property
    def arrangement(self) -> Arrangement:
        """What it is now."""
        widths = tuple(sorted(self._widths.items()))
        return Arrangement(tuple(self._order), frozenset(self._hidden), self._frozen, widths)

    @property
    def cursor(self) -> int:
        """The line of the cursor among those listed."""
        return self.listed.index(self.column) if self.column in self.listed else 0

    @property
    def shown_count(self) -> int:
        """How many columns are shown."""
        return len(self._order) - len(self._hidden)

    def shown(self, column: int) -> bool:
        """Whether a column is shown."""
        return column not in self._hidden

    def frozen(self) -> frozenset[int]:
        """The columns that stay at the left, if they are shown."""
        return frozenset(self._order[: self._frozen])

    def width(self, column: int) -> int:
        """Cells that a column takes."""
        return self._widths.get(column, self.columns[column].width)

    def filter(self, text: str) -> None:
        """List the columns whose name has every word of a text, in any case."""
        self._terms = tuple(text.casefold().split())
        self._list()

    def go(self, line: int) -> None:
        """Put the cursor on a line, or the nearest there is."""
        if self.listed:
            self.column = self.listed[min(max(0, line), len(self.listed) - 1)]

    def toggle(self) -> bool:
        """Show or hide the cursor's column; False if it is the only one shown."""
        if not self.listed:
            return True
        if self.column in self._hidden:
            self._hidden.discard(self.column)
        elif self.shown_count == 1:
            return False
        else:
            self._hidden.add(self.column)
        return True

    def move(self, by: int) -> None:
        """Take the cursor's column past its neighbour in the list: before it, or behind it."""
        line = self.cursor + (1 if by > 0 else -1)
        if not self.listed or not 0 <= line < len(self.listed):
            return
        neighbour = self.listed[line]
        self._order.remove(self.column)
        self._order.insert(self._order.index(neighbour) + (by > 0), self.column)
        self._list()

    def freeze(self) -> None:
        """Let all columns up to the cursor's stay; none, if exactly these do."""
        if self.listed:
            wanted = self._order.index(self.column) + 1
            self._frozen = 0 if self._frozen == wanted else wanted

    def resize(self, by: int) -> None:
        """Set the width of the cursor's column by hand."""
        if self.listed:
            self._widths[self.column] = max(NARROWEST, self.width(self.column) + by)

    def reset(self) -> None:
        """Show all columns as they come."""
        self._take(natural(len(self.columns)))

    def _list(self) -> None:
        folded = self._folded
        self.listed = [
            column for column in self._order if all(term in folded[column] for term in self._terms)
        ]
        if self.listed and self.column not in self.listed:
            self.column = self.listed[0]
