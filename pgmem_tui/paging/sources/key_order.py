"""The order of a key, by an index: any key is one step away, in both directions.

Rows are found from a mark: the first row of all that have some key. The rows from there on come from
a scan forward, those before it from a scan backward, so equal keys keep the index's order and none is
left out or read twice, however many are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from psycopg2 import sql

from pgmem_tui.paging.sources import Batch, Progress, Row
from pgmem_tui.paging.sources.run import Run
from pgmem_tui.paging.sources.scan import Scan
from pgmem_tui.postgres.composition import RelationSelect
from pgmem_tui.postgres.key_bounds import Edge, KeyBounds, KeyPlace
from pgmem_tui.postgres.key_scale import KeyScale
from pgmem_tui.postgres.server_cursor import ServerCursor

ONE_TEXT = frozenset({16, 17, 18, 19, 20, 21, 23, 25, 26, 1042, 1043, 1082, 1083, 1114, 1184, 2950})
"""Types of which equal values have one text, not two as the numerics 1.0 and 1.00 do."""


class KeyOrder(Run[KeyPlace]):
    """One run of rows in the order of an index."""

    def __init__(
        self,
        select: RelationSelect,
        bounds: KeyBounds,
        declare: Callable[[sql.Composed], ServerCursor],
        scale: Callable[[], KeyScale],
        estimate: int,
        name: str,
    ) -> None:
        """Nothing is sent yet.

        Args:
            select: Composes the relation's SELECT.
            bounds: Of the key.
            declare: Makes and declares a cursor in the snapshot.
            scale: Loads what is known of the spread of the key; asked for at the first jump.
            estimate: Rows there are, about; -1 if nobody knows.
            name: What the screen calls this.
        """
        super().__init__(estimate, Edge.START)
        self.name = name
        self._select, self._bounds, self._declare = select, bounds, declare
        self._load_scale = scale
        self._scale: KeyScale | None = None
        names = [column.name for column in select.columns]
        self._key = [names.index(key.sort.column) for key in bounds.keys]
        self._marking = all(key.column.type_oid in ONE_TEXT for key in bounds.keys)
        self._forward: tuple[int, Scan] | None = None
        """The number of the mark it began at, and the scan from there on."""
        self._backward: tuple[int, Scan] | None = None
        """The same for the rows before a mark."""
        self._last: Scan | None = None

    @property
    def cursor(self) -> ServerCursor | None:
        """The cursor that was read last."""
        return self._last.cursor if self._last else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that a row can be sought by."""
        return tuple(key.sort.column for key in self._bounds.keys)

    def open(self) -> None:
        """Declare at the beginning."""
        self._restart(0, Edge.START, exact=True)
        self._scan_forward(0)

    def read(self, first: int, count: int, progress: Progress) -> Batch:
        """Rows from about number `first`; see `Batch` for how numbers may have changed."""
        if first == 0 and not self._covers(0):
            self._restart(0, Edge.START, exact=True)
            return self._after(0, count, progress, restarted=True)
        if self._far(first, count):
            return self._jump(first, count, progress)
        if first < self._low:
            return self._more_before(max(self._low - first, count), progress)
        return self._within(first, count, progress)

    def read_end(self, count: int, progress: Progress) -> Batch:
        """The last rows."""
        if self.row_count is not None:
            return self.read(max(self._low, self.row_count - count), count, progress)
        scan = Scan(self._queries(Edge.END, backward=True), self._declare)
        rows = scan.fetch(count)[::-1]
        at_start = scan.ended
        end, exact = self._end_number(len(rows), at_start)
        self._restart(end, Edge.END, exact)
        self._low, self.row_count = end - len(rows), end
        self._keep_backward(end, scan)
        return Batch(self._low, rows, exact, restarted=True)

    def seek(self, key: Sequence[str], count: int, progress: Progress) -> Batch:
        """Rows from the first one on whose key is that, or would come after it.

        Args:
            key: Values of the first key columns, at least one.
            count: Rows wanted.
            progress: See `Progress`.

        Raises:
            Refused: The server cannot read a value.
        """
        place = tuple(key)
        share = self._known_scale().share(place[0])
        for index, value in list(enumerate(place))[1:]:
            self._known_scale().check(index, value)
        row = max(1, round(share * max(1, self.total or self.estimate)))
        self._restart(row, place, exact=False)
        batch = self._after(row, count, progress, restarted=True)
        if not batch.rows:
            self.row_count = None
            return self.read_end(count, progress)
        return batch

    # -- runs ------------------------------------------------------------------------------------

    def _restart(self, row: int, place: KeyPlace, exact: bool) -> None:
        super()._restart(row, place, exact)
        for kept in (self._forward, self._backward):
            if kept is not None:
                kept[1].close()
        self._forward = self._backward = None

    def _renumber(self, by: int) -> None:
        super()._renumber(by)
        if self._forward:
            self._forward = self._forward[0] + by, self._forward[1]
        if self._backward:
            self._backward = self._backward[0] + by, self._backward[1]

    def _known_scale(self) -> KeyScale:
        if self._scale is None:
            self._scale = self._load_scale()
        return self._scale

    def _jump(self, first: int, count: int, progress: Progress) -> Batch:
        rows = max(1, self.total or self.estimate)
        place, share = self._known_scale().near(min(1.0, first / rows))
        if place is Edge.START:
            self._restart(0, place, exact=True)
            return self._after(first, count, progress, restarted=True)
        self._restart(max(1, min(first, round(share * rows))), place, exact=False)
        batch = self._after(self._low, count, progress, restarted=True)
        if len(batch.rows) < count and self.row_count is not None:
            # Landed in the last screenful: fill it from before.
            self.row_count = None
            return self.read_end(count, progress)
        return batch

    def _within(self, first: int, count: int, progress: Progress) -> Batch:
        """Rows of the run or next to its end, from whichever mark is nearer."""
        if self.row_count is not None and first >= self.row_count:
            return Batch(first, [], self.exact)
        above = self._marks.after(first)
        below = self._marks.at_or_before(first)
        if above is not None and (
            below is None or above[0] - first < first - self._standing(below[0], first)
        ):
            return self._before(above, first, min(first + count, above[0]), progress)
        return self._after(first, count, progress)

    def _standing(self, mark: int, row: int) -> int:
        """Where the scan forward stands, if it can be used for a row, or else a mark."""
        if self._forward is not None:
            stands = self._forward[0] + self._forward[1].position
            if mark <= stands <= row:
                return stands
        return mark

    # -- forward ---------------------------------------------------------------------------------

    def _after(self, first: int, count: int, progress: Progress, restarted: bool = False) -> Batch:
        base, scan = self._scan_forward(first)
        if self.row_count is not None:
            count = min(count, self.row_count - first)
        rows: list[Row] = []
        if scan.move_to(first - base, lambda position: progress(base + position, first)):
            rows = scan.fetch(count)
        self._high = max(self._high, base + scan.position)
        shift = self._ends_at(base + scan.position) if len(rows) < count else 0
        first += shift
        self._mark(first, rows)
        return Batch(first, rows, self.exact, 0 if restarted else shift, restarted)

    def _scan_forward(self, row: int) -> tuple[int, Scan]:
        """The scan to read a row with."""
        found = self._marks.at_or_before(row)
        assert found is not None, "a mark is at or before each row read forward"
        number, place = found
        if self._forward is None or not number <= self._forward[0] + self._forward[1].position <= row:
            if self._forward is not None:
                self._forward[1].close()
            self._forward = number, Scan(self._queries(place, backward=False), self._declare)
        self._last = self._forward[1]
        self._last.begin()
        return self._forward

    # -- backward --------------------------------------------------------------------------------

    def _before(self, mark: tuple[int, KeyPlace], first: int, end: int, progress: Progress) -> Batch:
        """Rows [first, end), all of the run, read backward from a mark."""
        base, scan = self._scan_backward(mark, base_position=mark[0] - end)
        scan.move_to(base - end, lambda position: progress(base - position, first))
        rows = scan.fetch(end - first)[::-1]
        self._mark(end - len(rows), rows)
        return Batch(end - len(rows), rows, self.exact)

    def _more_before(self, count: int, progress: Progress) -> Batch:
        """Rows before the run."""
        base, scan = self._scan_backward(self._marks.first(), self._marks.first()[0] - self._low)
        low = self._low
        scan.move_to(base - low, lambda position: progress(base - position, low))
        rows = scan.fetch(count)[::-1]
        at_start = len(rows) < count
        share = 0.0
        if not at_start and low - len(rows) <= 0:
            share = self._known_scale().share(rows[0][self._key[0]])
        shift = self._reach_back(len(rows), at_start, share)
        if at_start and self._low == 0:
            self._marks.add(0, Edge.START)
        self._mark(self._low, rows)
        return Batch(self._low, rows, self.exact, shift=shift)

    def _scan_backward(self, mark: tuple[int, KeyPlace], base_position: int) -> tuple[int, Scan]:
        """The scan to read rows before a mark with, from so many rows before it."""
        kept = self._backward
        wanted = mark[0] - base_position
        if kept is None or not wanted <= kept[0] - kept[1].position <= mark[0]:
            if kept is not None:
                kept[1].close()
            kept = mark[0], Scan(self._queries(mark[1], backward=True), self._declare)
            self._backward = kept
        self._last = kept[1]
        return kept

    def _keep_backward(self, base: int, scan: Scan) -> None:
        self._backward, self._last = (base, scan), scan

    # -- marks -----------------------------------------------------------------------------------

    def _mark(self, first: int, rows: Sequence[Row]) -> None:
        """Remember where a key begins, the first that does among rows that follow each other."""
        if not self._marking or len(rows) < 2:
            return
        before = [rows[0][column] for column in self._key]
        for place, row in enumerate(rows):
            values = [row[column] for column in self._key]
            if values != before:
                if not self._cut(values):
                    self._marks.add(first + place, tuple(values))
                return

    def _cut(self, values: Sequence[str | None]) -> bool:
        columns, limit = self._select.columns, self._select.cell_limit
        keys = zip(self._key, values, strict=True)
        return any(value is not None and columns[index].was_cut(value, limit) for index, value in keys)

    def _queries(self, place: KeyPlace, backward: bool) -> list[sql.Composed]:
        bounds = self._bounds.before_place(place) if backward else self._bounds.from_place(place)
        return [self._select(bound, self._bounds.ordering(backward)) for bound in bounds]
