"""Rows in an order that has places in it: any place is as near as the first row.

The rows known form one run without gaps, from an anchor in both directions. Forward there is one
cursor from a place on; what is before the run comes from bounded cursors. A jump begins another run
at an estimated row number, and numbers settle when the run reaches the beginning or the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from psycopg2 import sql

from pgmem_tui.paging.sources import Batch, Hit, Passed, Progress, Row, RowSource, Stopped
from pgmem_tui.paging.sources.finding import Finding
from pgmem_tui.paging.sources.marks import Marks
from pgmem_tui.paging.sources.order import Order, Stretch
from pgmem_tui.paging.sources.run import NEAR, STRIDE, Place
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.matching import Matching
from pgmem_tui.postgres.server_cursor import ServerCursor


class Anchored(Finding[Place]):
    """One run of rows in an order."""

    def __init__(
        self,
        order: Order[Place],
        declare: Callable[[sql.Composed], ServerCursor],
        estimate: int,
        declare_search: Callable[[sql.Composed], ServerCursor] | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            order: The order.
            declare: Makes and declares a cursor in the snapshot.
            estimate: Rows there are, about; -1 if nobody knows.
            declare_search: The same, for a cursor that never goes back.
        """
        super().__init__(estimate, order.start())
        self.name = order.name
        self.landed = 0
        """The row that the last jump was to."""
        self._order, self._declare = order, declare
        self._declare_search = declare_search or declare
        self._cursor: ServerCursor | None = None
        self._base = 0
        """Number of the row before which the cursor began."""
        self._place = order.start()
        """Where the cursor began."""
        self._earlier: Marks[Place] | None = None
        """Places of rows by their numbers in an earlier snapshot, until another run begins."""

    @property
    def cursor(self) -> ServerCursor | None:
        """The cursor that reads forward."""
        return self._cursor

    @property
    def base(self) -> int:
        """The number of the first row that the cursor has."""
        return self._base

    def open(self) -> None:
        """Declare at the beginning."""
        self._restart(0, self._order.start(), exact=True)
        self._begin_at(0, self._order.start())

    def go_on_from(self, before: RowSource) -> None:
        """Begin where these rows were in an earlier snapshot, not where a row number is estimated to be.

        Args:
            before: The source that read them there.
        """
        if isinstance(before, Anchored) and self._order.has_places_of(before._order):
            self._earlier = before._earlier or before._marks

    def read(self, first: int, count: int, progress: Progress, backward: bool = False) -> Batch:
        """Rows from about number `first`; see `Batch` for how numbers may have changed."""
        if self._earlier is not None and self._far(first, count) and self._earlier.reach(first, NEAR):
            row, place = self._earlier.before(first)
            self._restart(row, place, exact=not row)
            return self._forward(first, count, progress, restarted=True)
        if first == 0 and not backward and not self._covers(0):
            self._restart(0, self._order.start(), exact=True)
            return self._forward(0, count, progress, restarted=True)
        if self._far(first, count):
            return self._jump(first, count, progress)
        if first < self._low:
            return self._backward(self._low - first, count, progress)
        return self._forward(first, count, progress)

    def read_end(self, count: int, progress: Progress) -> Batch:
        """The last rows, wherever that is."""
        if self.row_count is None and self.exact and self.estimate - self._high <= NEAR:
            self._seek(self._high + 2 * NEAR, progress)  # a short walk, and all numbers stay exact
        if self.row_count is not None:
            return self.read(max(self._low, self.row_count - count), count, progress)
        return self._from_end(count, progress)

    def _from_end(self, count: int, progress: Progress) -> Batch:
        """Begin another run with the last rows."""
        rows, place, at_start = self._before(self._order.end(), count, progress)
        end, exact = self._end_number(len(rows), at_start)
        self._restart(end - len(rows), place, exact)
        self._high = end
        self._ends_at(end)
        return Batch(end - len(rows), rows, exact, restarted=True)

    def find(self, matching: Matching, row: int, forward: bool, progress: Progress, passed: Passed) -> Hit:
        """The next row with a text behind a row, or before it."""
        self._shifted, restarted, stopped = 0, False, False
        found, column = None, 0
        try:
            if not self._low - 1 <= row <= self._high:
                there = self.read(max(0, row), 1, progress)
                row, restarted = there.first, there.restarted
            found, column = (self._find_forward if forward else self._find_backward)(matching, row, passed)
        except Stopped:
            stopped = True
        shift = 0 if restarted else self._shifted
        batch = Batch(self._high if found is None else found, [], self.exact, shift, restarted)
        return Hit(found, column, batch, stopped)

    def spoiled(self, forward: bool) -> str:
        """It goes on from where it was moved forward to, while there are rows; and never back."""
        cursor = self._cursor
        if cursor is None or cursor.closed:
            return "it was closed"
        if not forward:
            return f"the grid reads {self.name} forward only, with a cursor from any place"
        ended = cursor.row_count is not None and cursor.position > cursor.row_count
        return "it stands after the last row of its part" if ended else ""

    def way(self, first: int, rows: Sequence[Row]) -> tuple[tuple[sql.Composed, ...], int]:
        """How one would begin anew to read rows of the run: by which queries, and so many rows on.

        Args:
            first: The number of the first one.
            rows: As they were read.

        Raises:
            Refused: They are not in the run any longer.
        """
        if not self._low <= first <= self._high:
            raise Refused("other rows are being read")
        return self._order.way(self._marks.before(first), first, rows)

    def rest(self) -> None:
        """Close the cursor; the next read declares another."""
        self._close()

    # -- runs ------------------------------------------------------------------------------------

    def _restart(self, row: int, place: Place, exact: bool) -> None:
        super()._restart(row, place, exact)
        self._earlier = None
        self._close()

    def _close(self) -> None:
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None

    def _begin_at(self, row: int, place: Place) -> None:
        self._close()
        self._cursor = self._declare(self._order.query(place))
        self._base, self._place = self._order.beginning(row, place)

    def _jump(self, first: int, count: int, progress: Progress) -> Batch:
        share = first / self.estimate if self.estimate > 0 else 1.0
        place, share = self._order.near(min(1.0, share))
        if place == self._order.start():
            self._restart(0, place, exact=True)
            return self._forward(first, count, progress, restarted=True)
        return self._land(max(1, min(first, round(share * self.estimate))), place, count, progress)

    def _land(self, row: int, place: Place, count: int, progress: Progress) -> Batch:
        """Begin another run at a place that has about that row number."""
        self._restart(row, place, exact=False)
        batch = self._forward(row, count, progress, restarted=True)
        found = len(batch.rows)
        if found < count and self.row_count is not None:
            # Landed in the last screenful: fill it from before.
            batch = self._from_end(count, progress)
        self.landed = batch.first + len(batch.rows) - found
        return batch

    # -- forward ---------------------------------------------------------------------------------

    def _forward(self, first: int, count: int, progress: Progress, restarted: bool = False) -> Batch:
        if self.row_count is not None:
            count = min(count, self.row_count - first)
            if count <= 0:
                return Batch(first, [], self.exact, restarted=restarted)
        if not self._seek(first, progress):
            shift = self._ends_at(self.row_count or 0)
            return Batch(first + shift, [], self.exact, 0 if restarted else shift, restarted)
        rows: list[Row] = []
        shift = 0
        while len(rows) < count and self._cursor is not None:
            got = self._cursor.fetch(count - len(rows))
            if got and not rows and (mark := self._order.mark(first, got, self._place)) is not None:
                self._marks.add(*mark)
            rows += got
            if len(rows) < count and not self._next_query(first + len(rows), progress):
                shift = self._ends_at(first + len(rows))
                first += shift
                break
        self._high = max(self._high, first + len(rows))
        return Batch(first, rows, self.exact, 0 if restarted else shift, restarted)

    def _next_query(self, row: int, progress: Progress) -> bool:
        place = self._order.following(self._place)
        if place is None:
            return False
        self._begin_at(row, place)
        progress(row, -1)
        return True

    def _seek(self, row: int, progress: Progress) -> bool:
        """Bring the cursor to stand before a row of the run, or near its end; False if there is none."""
        mark, place = self._marks.before(row)
        cursor = self._cursor
        # Never back: a TID range scan that has gone back loses rows when it goes forward again
        # (seen on PostgreSQL 15.18 and 18.6), and a mark is near.
        stands = -1 if cursor is None else self._base + cursor.position
        if cursor is None or not self._order.beginning(mark, place)[0] <= stands <= row:
            self._begin_at(mark, place)
        cursor = self._cursor
        assert cursor is not None
        while (left := row - self._base - cursor.position) > 0:
            if cursor.move_forward(min(left, STRIDE)) < min(left, STRIDE):
                reached = self._base + (cursor.row_count or 0)
                if not self._next_query(reached, progress):
                    self._high = self.row_count = reached
                    return False
                cursor = self._cursor
                assert cursor is not None
            progress(self._base + cursor.position, row)
        return True

    # -- backward --------------------------------------------------------------------------------

    def _backward(self, wanted: int, count: int, progress: Progress) -> Batch:
        _, place = self._marks.first()
        rows, place, at_start = self._before(place, max(wanted, count), progress)
        shift = self._reach_back(len(rows), at_start, lambda: self._order.share(place))
        self._marks.add(self._low, place)
        return Batch(self._low, rows, self.exact, shift=shift)

    def _renumber(self, by: int) -> None:
        super()._renumber(by)
        self._base += by

    def _before(self, place: Place, count: int, progress: Progress) -> tuple[list[Row], Place, bool]:
        """`count` rows right before a place, in order; where they begin; if that is the start."""
        rows: list[Row] = []
        reach = count
        while len(rows) < count:
            step = self._order.query_before(place, reach)
            if step is None:
                return rows, place, True
            got, place = self._last_of(step, count - len(rows), progress)
            rows = got + rows
            reach = count - len(rows) if got else reach * 4
            progress(self._low - len(rows), -1)
        # Asked only where the beginning may be near: it takes a query.
        near = self._low - len(rows) <= NEAR or self.estimate <= NEAR
        return rows, place, near and self._order.query_before(place, 1) is None

    def _last_of(self, step: Stretch[Place], wanted: int, progress: Progress) -> tuple[list[Row], Place]:
        """The last rows of a bounded query, no more than wanted, and where they begin."""
        skipped, most = 0, max(wanted, step.most)
        if step.most > 2 * wanted:
            most = wanted
            known = step.most if step.counted else self._count(step.query, progress)
            skipped = max(0, known - wanted)
        cursor = self._declare(step.query)
        while cursor.position < skipped:
            cursor.move_forward(min(STRIDE, skipped - cursor.position))
            progress(self._low, -1)
        rows = cursor.fetch(most)
        cursor.close()
        return rows, self._order.inside(step, skipped, rows) if skipped and rows else step.first
