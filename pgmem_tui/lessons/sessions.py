"""Sessions side by side: each a connection that lasts for a lesson, and commits each statement by itself."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import psycopg2

from pgmem_tui.lab.interruption import Interruption
from pgmem_tui.lessons import session_connection, streaming
from pgmem_tui.lessons.expression import Value
from pgmem_tui.lessons.lesson import Statement
from pgmem_tui.lessons.session_connection import SessionConnection
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.settings import ConnectionSettings

MOST_ROWS = 20
"""Rows of a result that are shown."""
LONGEST = 200
"""Characters of a value that are shown."""
TIMEOUT = "60s"
"""Longest statement."""
CLEANUP = "5s"
"""Longest statement that cleans up: somebody may wait for the program's end."""
_NOT_READ = "psycopg2 reads text in the encoding it asked for, and SET client_encoding has changed that"


@dataclass(frozen=True)
class Said:
    """What a session's statement brought."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """The first rows, as text."""
    status: str = ""
    """The server's own word: `UPDATE 1`."""
    seconds: float = 0.0
    values: tuple[tuple[str, Value], ...] = ()
    """The first row by its columns' names, and `rowcount`, `status`, `seconds`."""
    problem: Problem | None = None
    more: int = 0
    """Rows that came besides those, and are not held."""

    @property
    def beyond(self) -> str:
        """How many rows there were besides those that are shown, in words."""
        shown = len(self.rows)
        return f"only the first {shown} of {shown + self.more:,} rows are shown" if self.more else ""


class Sessions:
    """The sessions of one lesson, each opened when it is first needed.

    One thread runs statements; `cancel` may be called from any.
    """

    def __init__(self, settings: ConnectionSettings, read_only: bool) -> None:
        """Nothing is connected yet.

        Args:
            settings: Where to.
            read_only: Whether transactions are read-only unless they say otherwise.
        """
        self._settings, self._read_only = settings, read_only
        self._open: dict[str, SessionConnection] = {}
        self._running: Interruption | None = None
        self._cancelled = False
        self._lock = threading.Lock()

    def run(self, statement: Statement) -> Said:
        """Have a session send a statement, or several in one string; what the last one brought counts."""
        started = time.perf_counter()
        try:
            connection = None if self._cancelled else self._session(statement.session)
            with self._lock:
                if connection is None or self._cancelled:
                    return Said(problem=Problem("cancelled", canceled=True))
                running = self._running = Interruption(connection)
            with running.running():
                return _run(connection, statement.sql, started)
        except UnicodeError as error:
            return Said(seconds=time.perf_counter() - started, problem=Problem(f"{_NOT_READ}: {error}"))
        except (psycopg2.Error, ValueError, ArithmeticError) as error:  # a date that Python has none for
            problem = explain(error, self._settings)
            if problem.position and streaming.query_in(statement.sql):
                problem = replace(problem, position=problem.position - len(streaming.BEFORE))
            return Said(seconds=time.perf_counter() - started, problem=problem)
        finally:
            with self._lock:
                self._running = None

    def cancel(self) -> None:
        """Have the server end the statement that runs, and send no other. Does not wait for it."""
        with self._lock:
            self._cancelled = True
            running = self._running
        if running is not None:
            running.interrupt()

    def close(self, cleanup: Sequence[Statement] = ()) -> None:
        """Close every session; what it had not committed is undone.

        Args:
            cleanup: Sent then, cancelled or not; what goes wrong is nobody's concern any more.
        """
        self._close()
        for statement in cleanup:
            with contextlib.suppress(psycopg2.Error), self._session("cleanup", CLEANUP).cursor() as cursor:
                cursor.execute(statement.sql)
        self._close()

    def _close(self) -> None:
        for connection in self._open.values():
            connection.close()
        self._open.clear()

    def _session(self, name: str, timeout: str = TIMEOUT) -> SessionConnection:
        if name not in self._open:
            connection = self._open[name] = session_connection.connect(self._settings, name)
            with connection.wire.keeping_house(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_catalog.set_config('statement_timeout', %s, false)", (timeout,))
                if self._read_only:
                    cursor.execute("SET default_transaction_read_only = on")
        return self._open[name]


def _run(connection: SessionConnection, text: str, started: float) -> Said:
    """A query's rows stream past; what else brings rows brings all of them at once."""
    query = streaming.query_in(text)
    if query:
        found = streaming.stream(connection, query, MOST_ROWS)
        status, seconds = f"SELECT {found.total}", found.ended - started
        return _said(found.columns, found.rows, found.total, status, seconds)
    with connection.cursor() as cursor:
        cursor.execute(text)
        seconds = time.perf_counter() - started
        columns = tuple(column.name for column in cursor.description or ())
        rows = cursor.fetchmany(MOST_ROWS) if columns else []
        return _said(columns, rows, cursor.rowcount, cursor.statusmessage or "", seconds)


def _said(
    columns: tuple[str, ...], rows: Sequence[tuple[object, ...]], count: int, status: str, seconds: float
) -> Said:
    values: dict[str, Value] = {"rowcount": count, "status": status, "seconds": seconds}
    if rows:
        values |= {name: _value(value) for name, value in zip(columns, rows[0], strict=True)}
    more = count - len(rows) if columns else 0
    return Said(columns, tuple(map(_texts, rows)), status, seconds, tuple(values.items()), more=more)


def _texts(row: Sequence[object]) -> tuple[str, ...]:
    return tuple("" if value is None else str(value)[:LONGEST] for value in row)


def _value(value: object) -> Value:
    if isinstance(value, bool | int | float | Decimal):
        return float(value)
    return "" if value is None else str(value)[:LONGEST]
