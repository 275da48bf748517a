"""The next row of a run, or the one before, that contains a text.

What is gone past is counted, so it becomes part of the run: row numbers stay as exact as they were.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic

from psycopg2 import sql

from pgmem_tui.paging.sources import Passed, Progress, Row, Stopped
from pgmem_tui.paging.sources.hits import FETCH_SECONDS, fetched
from pgmem_tui.paging.sources.order import Order, Stretch
from pgmem_tui.paging.sources.run import STRIDE, Place, Run
from pgmem_tui.postgres.matching import Matching, hits_behind, last_hit, unpack
from pgmem_tui.postgres.server_cursor import ServerCursor

FIRST_REACH, LONGEST_REACH = 2_000, 2_000_000
"""Rows of one step backward: at first, and at most."""
MARKS = 256
"""Marks that one search through everything leaves behind."""


@dataclass
class _Search(Generic[Place]):
    """A cursor over the hits behind a place, which can go on where it stopped."""

    matching: Matching
    order: Order[Place]
    cursor: ServerCursor
    rows: Iterator[Row]
    base: int
    """The number of the row that the query begins with."""
    place: Place
    """Where it begins."""
    row: int
    """The last row that came back."""
    here: Place
    """Where it is."""


@dataclass(frozen=True)
class _Last(Generic[Place]):
    """The last hit of a stretch."""

    offset: int
    """Rows of the stretch before it."""
    column: int
    place: Place


class Finding(Run[Place]):
    """A run whose rows can be searched."""

    _order: Order[Place]
    _declare: Callable[[sql.Composed], ServerCursor]
    _declare_search: Callable[[sql.Composed], ServerCursor]
    _search: _Search[Place] | None = None
    """The last search, if it can go on."""
    _shifted = 0
    """By how much rows were renumbered since the search began."""

    def _restart(self, row: int, place: Place, exact: bool) -> None:
        super()._restart(row, place, exact)
        if self._search is not None:
            self._search.cursor.close()
            self._search = None

    def _renumber(self, by: int) -> None:
        super()._renumber(by)
        self._shifted += by
        if self._search is not None:
            self._search.base += by
            self._search.row += by

    def _count(self, query: sql.Composed, progress: Progress) -> int:
        cursor = self._declare(query)
        count = 0
        while (passed := cursor.move_forward(STRIDE)) == STRIDE:
            count += passed
            progress(self._low, -1)
        cursor.close()
        return count + passed

    # -- forward ---------------------------------------------------------------------------------

    def _find_forward(self, matching: Matching, row: int, passed: Passed) -> tuple[int | None, int]:
        """The first hit behind a row, and its column."""
        search = self._resumed(matching, row)
        try:
            while True:
                hit = self._next_hit(search, row, passed)
                if hit is not None:
                    self._keep(search)
                    return hit
                end = self._ended(search, passed)
                following = search.order.following(search.place)
                if following is None:
                    self._ends_at(end)
                    return None, 0
                self._marks.add(end, following)
                search = self._begin_search(matching, row, end, following)
        except Stopped:
            search.cursor.close()
            raise

    def _keep(self, search: _Search[Place]) -> None:
        """Let a search go on later; not in a savepoint, which would take younger cursors with it."""
        if search.cursor.savepoint:
            search.cursor.close()
        else:
            self._search = search

    def _resumed(self, matching: Matching, row: int) -> _Search[Place]:
        search, self._search = self._search, None
        if search is not None:
            if search.matching == matching and search.row == row:
                return search
            search.cursor.close()
        return self._begin_search(matching, row, *self._order.beginning(*self._marks.before(row + 1)))

    def _begin_search(self, matching: Matching, row: int, base: int, place: Place) -> _Search[Place]:
        order = self._order.matched(matching)
        cursor = self._declare_search(hits_behind(order.query(place), row + 1 - base))
        return _Search(matching, order, cursor, fetched(cursor), base, place, base, place)

    def _next_hit(self, search: _Search[Place], row: int, passed: Passed) -> tuple[int, int] | None:
        apart = max(STRIDE, self.estimate // MARKS)
        for found in search.rows:
            search.row = number = search.base + int(found[0] or 0) - 1
            search.here = search.order.found(found, search.place)
            self._high = max(self._high, number + 1)
            # A key's query may begin before the run: behind a mark are rows with the same key.
            known = number >= self._low
            if found[1] is not None or (known and number - self._marks.before(number)[0] >= apart):
                self._marks.add(number, search.here)
            if found[1] is not None:
                return number, int(found[1])
            passed(max(0, number - row))
        return None

    def _ended(self, search: _Search[Place], passed: Passed) -> int:
        """The number after the last row's of a query that is exhausted."""
        search.cursor.close()
        base, place = self._order.beginning(search.row, search.here)
        end = base + self._count(self._order.query(place), lambda row, goal: passed(0))
        self._high = max(self._high, end)
        return end

    # -- backward --------------------------------------------------------------------------------

    def _find_backward(self, matching: Matching, row: int, passed: Passed) -> tuple[int | None, int]:
        """The last hit before a row, and its column."""
        order = self._order.matched(matching)
        row = max(row, self._low)
        low, place, hit = self._behind_mark(order, row)
        searched, reach = row - low, FIRST_REACH
        while True:
            low += self._reached(low, place)
            if hit is not None:
                self._marks.add(low + hit.offset, hit.place)
                return low + hit.offset, hit.column
            passed(searched)
            started = time.perf_counter()
            step = order.query_before(place, reach)
            if step is None:
                self._begins()
                return None, 0
            count, hit = self._last_hit(order, step)
            low, place, searched = low - count, step.first, searched + count
            reach = _adapted(reach, time.perf_counter() - started)

    def _behind_mark(self, order: Order[Place], row: int) -> tuple[int, Place, _Last[Place] | None]:
        """The number and place of the nearest mark before a row, and the last hit between them."""
        low, first = order.beginning(*self._marks.before(row))
        number, place, hit = low, first, None
        while number < row:
            step = Stretch(order.query(place), place, row - number)
            count, found = self._last_hit(order, step, row - number)
            if found is not None:
                hit = replace(found, offset=number - low + found.offset)
            number, following = number + count, order.following(place)
            if following is None:
                break
            place = following
        return low, first, hit

    def _last_hit(
        self, order: Order[Place], step: Stretch[Place], limit: int = 0
    ) -> tuple[int, _Last[Place] | None]:
        """How many rows a stretch has, and the last hit among them."""
        cursor = self._declare_search(last_hit(step.query, limit))
        (row,) = cursor.fetch(1)
        cursor.close()
        if row[1] is None:
            return int(row[0] or 0), None
        number, column = unpack(row[1])
        return int(row[0] or 0), _Last(number - 1, column, order.inside(step, number - 1, [row]))

    def _reached(self, row: int, place: Place) -> int:
        """Everything from a row on is known, and it is at that place. Returns the shift of all numbers."""
        if row >= self._low:
            return 0
        at_start = self._order.query_before(place, 1) is None
        shift = self._reach_back(self._low - row, at_start, lambda: self._order.share(place))
        self._marks.add(self._low, place)
        return shift

    def _begins(self) -> None:
        """Nothing is before the run."""
        if self._low or not self.exact:
            self._reach_back(0, True, lambda: 0.0)


def _adapted(reach: int, seconds: float) -> int:
    if seconds < FETCH_SECONDS / 2:
        return min(2 * reach, LONGEST_REACH)
    return max(FIRST_REACH, reach // 2) if seconds > FETCH_SECONDS * 2 else reach
