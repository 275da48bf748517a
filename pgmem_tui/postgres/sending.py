"""One statement on its way: how long it takes, what comes back, and what psycopg2 sends ahead of it."""

from __future__ import annotations

import time
from typing import Any

from psycopg2 import extensions as ext

from pgmem_tui.postgres import connection_reports, under_way
from pgmem_tui.postgres.errors import explain
from pgmem_tui.postgres.wire import LONGEST, StatementReport, Wire, in_place_of, kind_of, may_tell, measure

_ISOLATION = {
    ext.ISOLATION_LEVEL_READ_COMMITTED: " ISOLATION LEVEL READ COMMITTED",
    ext.ISOLATION_LEVEL_REPEATABLE_READ: " ISOLATION LEVEL REPEATABLE READ",
    ext.ISOLATION_LEVEL_SERIALIZABLE: " ISOLATION LEVEL SERIALIZABLE",
    ext.ISOLATION_LEVEL_READ_UNCOMMITTED: " ISOLATION LEVEL READ UNCOMMITTED",
}


class Sending:
    """Times one statement and reports it, and the BEGIN that psycopg2 sends ahead of the first one."""

    def __init__(
        self, wire: Wire, connection: ext.connection, cursor: ext.cursor | None = None, ours: str = ""
    ) -> None:
        """Nothing is sent yet.

        Args:
            wire: Gets the report.
            connection: It is sent on.
            cursor: Whose `query` is the text, where none is given.
            ours: The text, where we can tell what psycopg2 makes; without it and a cursor nothing is sent.
        """
        self._ours = ours
        self._wire, self._connection, self._cursor = wire, connection, cursor
        self._rows: list[tuple[Any, ...]] | None = None
        self._seconds = 0.0
        self._lost = False

    def came(self, rows: list[tuple[Any, ...]]) -> None:
        """The answer is here; measuring it takes none of its time."""
        self._seconds = time.perf_counter() - self._clock
        self._rows = rows

    def __enter__(self) -> Sending:
        self._status, self._closed = self._connection.status, self._connection.closed
        self._before = self._cursor.query if self._cursor is not None else None
        self._started, self._clock = time.time(), time.perf_counter()
        under_way.RUNNING.began(self, self._so_far)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        under_way.RUNNING.ended(self)
        seconds = self._seconds or time.perf_counter() - self._clock
        if error is None:
            self._statement(seconds)
        elif self._was_sent(error):
            problem = explain(error, self._wire.settings, self._connection)
            self._lost = problem.lost or bool(self._connection.closed)
            code = getattr(error, "pgcode", None) or type(error).__name__
            self._statement(seconds, code)
            if self._lost and not self._closed:
                self._wire.tell(connection_reports.lost(self._wire, self._connection, problem, code))

    def _so_far(self) -> StatementReport | None:
        """What runs, as another thread sees it."""
        text, cursor, wire = self._ours, self._cursor, self._wire
        if not text and cursor is not None:
            query = cursor.query
            # psycopg2 sets it just before it sends, and until then it is the one before.
            made = b"" if query is None or query is self._before else query
            text = made[:LONGEST].decode("utf-8", "surrogateescape")
        if not text:
            return None
        seconds = time.perf_counter() - self._clock
        return StatementReport(
            connection=wire.label,
            kind=wire.kind or kind_of(text),
            sql=text,
            started=self._started,
            seconds=seconds,
            housekeeping=wire.housekeeping,
            running=True,
        )

    def _statement(self, seconds: float, code: str = "") -> None:
        """Report what was sent.

        Args:
            seconds: That it took.
            code: The SQLSTATE or what stands for it, if it failed.
        """
        connection, cursor = self._connection, self._cursor
        if self._status == ext.STATUS_READY and connection.status == ext.STATUS_BEGIN:
            self._report(_begin(connection), 0.0, implied=True)
        elif code and cursor is not None and self._status == ext.STATUS_READY and self._begins(cursor):
            self._report(_begin(connection), seconds, error=code)
            return
        text = self._ours
        if not text and cursor is not None:
            text = (cursor.query or b"").decode("utf-8", "surrogateescape")
        if not text:
            return
        if self._rows is not None:
            nbytes, exact = measure(self._rows)
            self._report(text, seconds, len(self._rows), nbytes, exact)
        else:
            counted = cursor is not None and cursor.name is None and not code
            rows = max(0, cursor.rowcount) if cursor is not None and counted else 0
            self._report(text, seconds, rows, exact=not rows, error=code)

    def _begins(self, cursor: ext.cursor) -> bool:
        """Whether psycopg2 sends a BEGIN ahead of what the cursor runs."""
        return not cursor.withhold and not self._connection.autocommit

    def _was_sent(self, error: BaseException) -> bool:
        """Whether it was the server that refused, or the way to it that broke; and not psycopg2."""
        if getattr(error, "pgcode", None):
            return True
        if self._connection.closed:
            return not self._closed
        return self._cursor is not None and self._cursor.query not in (None, self._before)

    def _report(
        self,
        text: str,
        seconds: float,
        rows: int = 0,
        nbytes: int = 0,
        exact: bool = True,
        error: str = "",
        implied: bool = False,
    ) -> None:
        wire, judged = self._wire, not (self._ours or implied)
        masked = judged and not may_tell(text)
        wire.tell(
            StatementReport(
                connection=wire.label,
                kind=kind_of(text) if judged else text.partition(" ")[0],
                sql=in_place_of(text) if masked else text[:LONGEST],
                started=self._started,
                seconds=seconds,
                rows=rows,
                nbytes=nbytes,
                exact=exact,
                error=error,
                implied=implied,
                housekeeping=wire.housekeeping,
                length=len(text),
                masked=masked,
                alone=self._connection.autocommit,
                lost=self._lost and bool(error),
            )
        )


def _begin(connection: ext.connection) -> str:
    """What psycopg2 begins a transaction with.

    https://www.psycopg.org/docs/connection.html#connection.set_session
    """
    level = _ISOLATION.get(connection.isolation_level or 0, "")
    modes = {None: "", True: " READ ONLY", False: " READ WRITE"}[connection.readonly]
    deferrable = {None: "", True: " DEFERRABLE", False: " NOT DEFERRABLE"}[connection.deferrable]
    return f"BEGIN{level}{modes}{deferrable}"
