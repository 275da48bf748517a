"""The order that `s` asks for: each key turns on from the one before, though that is on its way yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pgmem_tui.display.text import one_line
from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.sorting import AdviseSort, SortAdvised
from pgmem_tui.ui import query_of_grid as of_grid
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.composing import Composing


class _Asked(NamedTuple):
    """An order that was asked for, and the column of the result that it was asked for by."""

    target: of_grid.Changeable
    name: str
    place: int


class Turning:
    """Decides what comes next; sends and opens nothing itself."""

    def __init__(self, browsing: Browsing, composing: Composing, tell: Callable[[str], None]) -> None:
        """Nothing is asked for.

        Args:
            browsing: What is open, or about to be.
            composing: Knows the relations of composed queries.
            tell: Shows a sentence until the next key.
        """
        self._browsing, self._composing, self._tell = browsing, composing, tell
        self._last: _Asked | None = None
        self._advice: AdviseSort | None = None
        """The question what that takes, until it is answered."""

    def turned(self, target: of_grid.Changeable) -> of_grid.Changeable | None:
        """The order after the one that was asked for last, by the column under the cursor; None if none is.

        Args:
            target: What is open, or about to be.
        """
        column, last = self._browsing.cursor.column, self._last
        if column is not None:
            name, place = column.name, self._browsing.cursor.place
        elif last is not None and last.target == target:  # whose rows are on their way
            name, place = last.name, last.place
        else:
            return None
        before = self._advice.target if self._advice and self._current(self._advice) else target
        found = of_grid.turned_order(before, name, place, self._composing.relations)
        if found == before:
            self._tell(f"nobody knows any longer what {one_line(name)} shows: R opens it again")
            return None
        self._last, self._advice = _Asked(found, name, place), None
        return found

    def question(self, target: of_grid.Changeable) -> AdviseSort:
        """What to ask before that is opened."""
        self._advice = AdviseSort(target, generation=self._browsing.result.generation)
        return self._advice

    def awaits(self, event: AdviseSort | SortAdvised) -> bool:
        """Whether that, or what failed, is what was asked last; it is awaited no longer."""
        found = self._advice is not None and event.target == self._advice.target and self._current(event)
        if found:
            self._advice = None
        return found

    def give_up(self) -> None:
        """No answer is waited for."""
        self._advice = None

    def _current(self, said: AdviseSort | CatalogEvent) -> bool:
        return said.generation == self._browsing.result.generation
