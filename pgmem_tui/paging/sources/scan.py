"""Several bounded queries read one after the other, forward only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from psycopg2 import sql

from pgmem_tui.paging.sources import Row
from pgmem_tui.paging.sources.run import STRIDE
from pgmem_tui.postgres.server_cursor import ServerCursor


class Scan:
    """A cursor over the first query, then one over the next; each is declared when it is reached."""

    def __init__(
        self, queries: Sequence[sql.Composed], declare: Callable[[sql.Composed], ServerCursor]
    ) -> None:
        """Nothing is sent yet."""
        self.position = 0
        """Rows passed."""
        self.ended = not queries
        """Whether there are no more."""
        self.cursor: ServerCursor | None = None
        """The cursor in use."""
        self._queries, self._declare = list(queries), declare

    def begin(self) -> None:
        """Declare the first cursor, unless one was."""
        if not self.position:
            self._current()

    def fetch(self, count: int) -> list[Row]:
        """The next rows; fewer than `count` only at the end."""
        rows: list[Row] = []
        while len(rows) < count and (cursor := self._current()) is not None:
            wanted = count - len(rows)
            got = cursor.fetch(wanted)
            rows += got
            self.position += len(got)
            self._passed(len(got) < wanted)
        return rows

    def move_to(self, position: int, progress: Callable[[int], None]) -> bool:
        """Pass rows until so many are passed; False at the end. `progress` is called between two MOVEs."""
        while self.position < position:
            cursor = self._current()
            if cursor is None:
                return False
            wanted = min(STRIDE, position - self.position)
            passed = cursor.move_forward(wanted)
            self.position += passed
            self._passed(passed < wanted)
            progress(self.position)
        return True

    def close(self) -> None:
        """Close the cursor in use; nothing more can be read."""
        self._queries.clear()
        self._passed(True)

    def _current(self) -> ServerCursor | None:
        if self.cursor is None and self._queries:
            self.cursor = self._declare(self._queries.pop(0))
        return self.cursor

    def _passed(self, exhausted: bool) -> None:
        if not exhausted:
            return
        if self.cursor is not None:
            self.cursor.close()
        self.cursor = None
        self.ended = not self._queries
