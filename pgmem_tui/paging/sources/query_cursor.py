"""Rows of any query: one SCROLL cursor over it, MOVEd to where the rows are wanted.

Near places are cheap both ways and far ones linear on the server; the client holds nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pgmem_tui.paging.sources import Batch, Hit, Passed, Progress, Row, Stopped
from pgmem_tui.paging.sources.query_search import QuerySearch
from pgmem_tui.postgres.cursor_operation import UNKNOWN
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.matching import Matching
from pgmem_tui.postgres.server_cursor import ServerCursor

STRIDE_SECONDS = 0.05
"""How long one MOVE of a long walk aims to take: that often there is progress, and a way out."""
FIRST_STRIDE = 20_000


class QueryCursor:
    """Rows through one cursor."""

    name = "query cursor"
    exact = True
    base = 0

    def __init__(
        self,
        cursor: ServerCursor,
        estimate: int = -1,
        again: Callable[[], ServerCursor] | None = None,
        search: QuerySearch | None = None,
        forward_only: bool = False,
    ) -> None:
        """Nothing is sent yet.

        Args:
            cursor: Not declared yet.
            estimate: Rows there are, about; -1 if nobody knows.
            again: Makes another such cursor, where this one must not move backward, or was closed.
            search: Looks through the same rows; without it they cannot be searched.
            forward_only: Whether it must not move backward.
        """
        self.estimate = estimate
        self._cursor = cursor
        self._again, self._forward_only = again, forward_only
        self._search = search

    @property
    def cursor(self) -> ServerCursor:
        """The cursor in use."""
        return self._cursor

    @property
    def total(self) -> int | None:
        """The same: rows are counted from the first on."""
        return self.row_count

    @property
    def row_count(self) -> int | None:
        """How many rows there are, once the end was seen."""
        return self._cursor.row_count

    def open(self) -> None:
        """DECLARE."""
        self._cursor.declare()

    def count(self, rows: int) -> int:
        """The number of the last row is known; all are exact as they are."""
        self._cursor.row_count = rows
        return 0

    def read(self, first: int, count: int, progress: Progress, backward: bool = False) -> Batch:
        """Rows from number `first`, all exactly numbered."""
        return Batch(first, self._rows(first, count, progress))

    def read_end(self, count: int, progress: Progress) -> Batch:
        """MOVE FORWARD until there is no more, then a little back."""
        if self.row_count is None:
            self._walk(None, progress)
        end = self.row_count or 0
        return self.read(max(0, end - count), count, progress)

    def find(self, matching: Matching, row: int, forward: bool, progress: Progress, passed: Passed) -> Hit:
        """The next row with a text behind a row, or before it, by another run of the query."""
        if self._search is None:
            raise Refused("these rows cannot be searched")
        try:
            hit = self._search.find(matching, row, forward, passed)
        except Stopped:
            return Hit(None, 0, Batch(row, []), stopped=True)
        if hit is None:
            return Hit(None, 0, Batch(row, []))
        found, column = hit
        rows = self._rows(found, 1, progress)
        if not (rows and self._search.is_hit(matching, rows[0][column], column)):
            raise Refused(
                "this query returns its rows in another order each time: what was found is elsewhere now",
                "give it an ORDER BY that tells all rows apart",
            )
        return Hit(found, column, Batch(found, []))

    def spoiled(self, forward: bool) -> str:
        """It goes on from any row whose number is known, forward and, mostly, back."""
        if self._cursor.closed:
            return "it was closed"
        if self._forward_only and not forward:
            return "a scan by ctid that has gone back is not to be trusted"
        return "nobody knows how many rows are before it" if self._cursor.position == UNKNOWN else ""

    def rest(self) -> None:
        """Declare another, or go back to before the first row, where counting begins."""
        if self._cursor.closed or self._forward_only:
            self._declare_again()
        else:
            self._cursor.rewind()

    def _rows(self, first: int, count: int, progress: Progress) -> list[Row]:
        """MOVE there unless the cursor stands there, and FETCH."""
        end = self.row_count
        if end is not None:
            count = min(count, end - first)
            if count <= 0:
                return []
        if first > self._cursor.position and not self._walk(first, progress):
            return []
        if first < self._cursor.position:
            self._go_back(first, progress)
        return self._cursor.fetch(count)

    def _go_back(self, row: int, progress: Progress) -> None:
        if not self._forward_only:
            self._cursor.move_to(row)
            return
        self._declare_again()
        self._walk(row, progress)

    def _declare_again(self) -> None:
        assert self._again is not None, "nothing makes another cursor"
        known = self._cursor.row_count
        self._cursor.close()
        self._cursor = self._again()
        self._cursor.declare()
        self._cursor.row_count = known

    def _walk(self, goal: int | None, progress: Progress) -> bool:
        """Move forward in strides to `goal` (None: the end); whether it is there."""
        stride = FIRST_STRIDE
        while goal is None or self._cursor.position < goal:
            step = stride if goal is None else min(stride, goal - self._cursor.position)
            started = time.perf_counter()
            passed = self._cursor.move_forward(step)
            if passed < step:
                return goal is None
            seconds = max(1e-4, time.perf_counter() - started)
            stride = max(1000, min(stride * 4, int(step * STRIDE_SECONDS / seconds)))
            progress(self._cursor.position, -1 if goal is None else goal)
        return True
