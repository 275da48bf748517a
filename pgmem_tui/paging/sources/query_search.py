"""The next row of a query that contains a text: the query is run again, and its rows are counted.

Rows are numbered as they come; that they come in the same order again is for others to make sure of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psycopg2 import sql

from pgmem_tui.paging.sources import Passed, Row, Stopped
from pgmem_tui.paging.sources.hits import fetched
from pgmem_tui.postgres.composition import positional
from pgmem_tui.postgres.matching import Matching, hits_behind, last_hit_so_far, numbered, unpack
from pgmem_tui.postgres.server_cursor import ServerCursor


class QuerySearch:
    """Looks through the rows of one query."""

    def __init__(
        self, rows: sql.Composed, cell_limit: int, declare: Callable[[sql.Composed], ServerCursor]
    ) -> None:
        """Nothing is sent yet.

        Args:
            rows: `FROM` and what follows, with columns named by `composition.positional`.
            cell_limit: Where the server cuts the values that are shown.
            declare: Makes and declares a cursor that never goes back.
        """
        self._rows, self._cell_limit, self._declare = rows, cell_limit, declare
        self._cursor: ServerCursor | None = None
        self._behind: tuple[Matching, int, Iterator[Row]] | None = None
        """A search that can go on: what for, the last hit, and the rows that come."""

    def find(self, matching: Matching, row: int, forward: bool, passed: Passed) -> tuple[int, int] | None:
        """Number and column of the first hit behind a row, or of the last one before it."""
        if forward and self._behind is not None and self._behind[:2] == (matching, row):
            rows = self._behind[2]
        else:
            self._close()
            rows = self._begin(matching, row, forward)
        self._behind = None
        try:
            hit = self._first(rows, row, passed) if forward else self._last(rows, row, passed)
        except Stopped:
            self._close()
            raise
        if hit is not None and forward:
            self._behind = matching, hit[0], rows
        else:
            self._close()
        return hit

    def is_hit(self, matching: Matching, value: str | None, column: int) -> bool:
        """Whether a value that is shown can be the one that was found."""
        if value is None:
            return False
        if matching.columns[column].was_cut(value, self._cell_limit):
            return True  # what was found may be in the rest
        contains = matching.contains(sql.SQL("{}::pg_catalog.text").format(sql.Literal(value)))
        cursor = self._declare(sql.SQL("SELECT {}").format(contains))
        ((found,),) = cursor.fetch(1)
        cursor.close()
        return found == "t"

    def _begin(self, matching: Matching, row: int, forward: bool) -> Iterator[Row]:
        if not forward and row <= 0:
            return iter(())
        hit = matching.hit(positional(len(matching.columns)))
        rows = numbered(sql.SQL("SELECT {} AS hit {}").format(hit, self._rows))
        query = hits_behind(rows, row + 1) if forward else last_hit_so_far(rows, row)
        self._cursor = self._declare(query)
        return fetched(self._cursor)

    def _first(self, rows: Iterator[Row], row: int, passed: Passed) -> tuple[int, int] | None:
        for found in rows:
            number = int(found[0] or 0) - 1
            if found[1] is not None:
                return number, int(found[1])
            passed(max(0, number - row))
        return None

    def _last(self, rows: Iterator[Row], row: int, passed: Passed) -> tuple[int, int] | None:
        hit = None
        for found in rows:
            hit = found[1] or hit
            if int(found[0] or 0) < row:
                passed(int(found[0] or 0))
        if hit is None:
            return None
        number, column = unpack(hit)
        return number - 1, column

    def _close(self) -> None:
        if self._cursor is not None:
            self._cursor.close()
        self._cursor = None
