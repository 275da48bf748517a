"""A connection on which nothing can be sent unseen: psycopg2's, whose every statement is reported.

Its cursors are of one of two classes, named or not, and no other is made. What of psycopg2 sends statements
that could not be reported as they are (large objects, two-phase commit, autocommit) is refused.

Before there is a connection nobody sees: where a server's default DateStyle is none of ISO's, psycopg2 sends
`SET DATESTYLE TO 'ISO'` while it connects.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, NoReturn

import psycopg2
from psycopg2 import extensions as ext

from pgmem_tui.postgres import connection_reports
from pgmem_tui.postgres.sending import Sending
from pgmem_tui.postgres.session_settings import SessionSettings
from pgmem_tui.postgres.wire import Answer, Wire


class WatchedConnection(ext.connection):
    """psycopg2's connection, and what it does not tell: of what is sent, and of the server."""

    notices_dead_clients = False
    """Whether the server can look after its client while a statement runs
    (https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL)."""

    user_settings: SessionSettings | None = None
    """Set again in each transaction; None for nobody's."""

    search_path = ""
    """What each transaction sets it to, where the server's own is not safe (`search_path.instead`)."""

    wire: Wire
    """Where reports go."""

    def __init__(self, dsn: str, wire: Wire, **options: Any) -> None:
        """Connect.

        Args:
            dsn: libpq's.
            wire: Where reports go.
            options: psycopg2's.
        """
        started, clock = time.time(), time.perf_counter()
        super().__init__(dsn, **options)
        self.wire = wire
        wire.tell(connection_reports.opened(wire, self, started, time.perf_counter() - clock))

    def cursor(  # type: ignore[override]
        self,
        name: str | bytes | None = None,
        cursor_factory: None = None,
        withhold: bool = False,
        scrollable: bool | None = None,
    ) -> ext.cursor:
        """A cursor of ours: with a name it is one of the server's.

        Raises:
            psycopg2.NotSupportedError: Another class was asked for.
        """
        if cursor_factory is not None:
            _refuse("cursor(cursor_factory=…)")
        factory = WatchedCursor if name is None else WatchedNamedCursor
        return super().cursor(name, cursor_factory=factory, withhold=withhold, scrollable=scrollable)

    def commit(self) -> None:
        """COMMIT, if a transaction was begun."""
        with Sending(self.wire, self, ours="COMMIT" if self.status == ext.STATUS_BEGIN else ""):
            super().commit()

    def rollback(self) -> None:
        """ROLLBACK, if a transaction was begun."""
        with Sending(self.wire, self, ours="ROLLBACK" if self.status == ext.STATUS_BEGIN else ""):
            super().rollback()

    def set_client_encoding(self, encoding: str) -> None:
        """SET client_encoding, if it is another one; a transaction that is open is rolled back first."""
        if self.status == ext.STATUS_BEGIN:
            self.rollback()
        name = "".join(filter(str.isalnum, encoding)).upper()  # as psycopg2 has it
        text = "" if name == self.encoding else f"SET client_encoding TO '{name}'"
        with Sending(self.wire, self, ours=text):
            super().set_client_encoding(encoding)

    def set_session(
        self,
        isolation_level: str | bytes | int | None = None,
        readonly: bool | Literal["default", b"default"] | None = None,
        deferrable: bool | Literal["default", b"default"] | None = None,
        autocommit: bool = False,
    ) -> None:
        """What the next BEGIN says. Nothing is sent."""
        if autocommit:
            _refuse("autocommit")
        super().set_session(isolation_level, readonly, deferrable)

    @property
    def autocommit(self) -> bool:
        """Never: each statement is in a transaction whose BEGIN says what it may do."""
        return False

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        if value:
            _refuse("autocommit")

    def set_isolation_level(self, level: int | None) -> NoReturn:
        """Refused: `set_session` does it."""
        _refuse("set_isolation_level()")

    def reset(self) -> NoReturn:
        """Refused."""
        _refuse("reset()")

    def lobject(self, *_: Any, **__: Any) -> NoReturn:
        """Refused."""
        _refuse("lobject()")

    def tpc_begin(self, xid: object) -> NoReturn:
        """Refused, as all of two-phase commit."""
        _refuse("tpc_begin()")

    def tpc_prepare(self) -> NoReturn:
        """Refused."""
        _refuse("tpc_prepare()")

    def tpc_commit(self, xid: object = None) -> NoReturn:
        """Refused."""
        _refuse("tpc_commit()")

    def tpc_rollback(self, xid: object = None) -> NoReturn:
        """Refused."""
        _refuse("tpc_rollback()")

    def tpc_recover(self) -> NoReturn:
        """Refused: psycopg2 asks by a cursor of its own class."""
        _refuse("tpc_recover()")


class WatchedCursor(ext.cursor):
    """A cursor without a name: it sends when a statement is run, and at no other time."""

    connection: WatchedConnection

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
        """Run a statement; DECLARE it, if the cursor has a name."""
        with self._sending():
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Iterable[Any]) -> None:
        """Run a statement for each of them; `rowcount` is the last one's."""
        for values in vars_list:
            self.execute(query, values)

    def callproc(self, procname: str | bytes, parameters: Any = None) -> None:
        """Call a function."""
        with self._sending():
            super().callproc(procname, parameters)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """Run a COPY that is given whole."""
        with self._sending():
            super().copy_expert(sql, file, size)

    def copy_from(self, *args: Any, **options: Any) -> None:
        """COPY … FROM STDIN."""
        with self._sending():
            super().copy_from(*args, **options)

    def copy_to(self, *args: Any, **options: Any) -> None:
        """COPY … TO STDOUT."""
        with self._sending():
            super().copy_to(*args, **options)

    def _sending(self, ours: str = "") -> Sending:
        return Sending(self.connection.wire, self.connection, self, ours)


class WatchedNamedCursor(WatchedCursor):
    """A cursor of the server's: each of its methods that brings rows or moves it is a statement."""

    _iterated: Iterator[Any] | None = None

    def fetchone(self) -> tuple[Any, ...] | None:
        """FETCH one row."""
        with self._sending(self._fetch("1")) as sending:
            row = super().fetchone()
            sending.came([] if row is None else [row])
        return row

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """FETCH that many rows, or `arraysize`."""
        count = self.arraysize if size is None else size
        with self._sending(self._fetch(str(count))) as sending:
            rows = super().fetchmany(count)
            sending.came(rows)
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """FETCH all that are left."""
        with self._sending(self._fetch("ALL")) as sending:
            rows = super().fetchall()
            sending.came(rows)
        return rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:  # type: ignore[override]
        """FETCH `itersize` rows at a time."""
        while rows := self.fetchmany(self.itersize):
            yield from rows

    def __next__(self) -> tuple[Any, ...]:
        if self._iterated is None:
            self._iterated = iter(self)
        return next(self._iterated)

    def scroll(self, value: int, mode: Literal["absolute", "relative"] = "relative") -> None:
        """MOVE."""
        how = f"ABSOLUTE {value}" if mode == "absolute" else str(value)
        with self._sending(f"MOVE {how} FROM {self._quoted}"):
            super().scroll(value, mode)

    def close(self) -> None:
        """CLOSE, if the server has it."""
        status = self.connection.info.transaction_status
        if self.closed or status in (ext.TRANSACTION_STATUS_UNKNOWN, ext.TRANSACTION_STATUS_INERROR):
            super().close()
            return
        if self.query is None:
            return  # psycopg2 would ask the server whether it has one that was not declared here
        with self._sending(f"CLOSE {self._quoted}"):
            super().close()

    def _fetch(self, count: str) -> str:
        return f"FETCH FORWARD {count} FROM {self._quoted}"

    @property
    def _quoted(self) -> str:
        return ext.quote_ident(self.name or "", self.connection)


def _refuse(what: str) -> NoReturn:
    raise psycopg2.NotSupportedError(f"{what} would send what nobody sees")


def about(
    connection: ext.connection,
    cursor: str,
    position: Callable[[], int],
    kind: str = "",
    passing: bool = False,
) -> AbstractContextManager[Answer]:
    """As `Wire.about`; nothing on a connection that is not watched."""
    if not isinstance(connection, WatchedConnection):
        return nullcontext(Answer())
    return connection.wire.about(cursor, position, kind, passing)


def keeping_house(connection: ext.connection) -> AbstractContextManager[None]:
    """As `Wire.keeping_house`; nothing on a connection that is not watched."""
    return connection.wire.keeping_house() if isinstance(connection, WatchedConnection) else nullcontext()
