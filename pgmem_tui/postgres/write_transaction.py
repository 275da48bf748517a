"""One open transaction that may write: a savepoint around each statement, and read-only in between.

Whatever is only read in it is read in a subtransaction that is READ ONLY, which nothing inside it can
change (https://www.postgresql.org/docs/current/sql-set-transaction.html): a function called for a row that
is scrolled to cannot write, and an error takes back that subtransaction and none of the work.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import NamedTuple

import psycopg2
import psycopg2.errors
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres import search_path
from pgmem_tui.postgres.connection import CHECK_CLIENT, Connection, NotReadOnly
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.transaction import set_path, settings_for
from pgmem_tui.postgres.watched_connection import WatchedConnection

LAST = 5
"""Statements whose beginnings are kept."""
LONGEST = 200
"""Characters of each."""
_READ = "pgmem_read"
_STATEMENT = "pgmem_statement"
_OURS = ("client_encoding", "standard_conforming_strings")
"""What a statement may set, but not for those after it: texts are read and written by these."""
_XID_SINCE = 130000
_XID = "SELECT pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text"
_SYSTEM = "SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()"


class CommitMark(NamedTuple):
    """By what a transaction is found again whose COMMIT was not answered."""

    xid: str
    """`pg_current_xact_id()`; empty where the server did not tell it."""
    system: str
    """The cluster's `system_identifier`: another's transactions have the same numbers. Empty if not told."""


class WriteTransaction:
    """Used on the thread that owns the connection. At rest, and open, it is in its read-only part."""

    def __init__(
        self,
        connection: Connection,
        shield: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Nothing is begun.

        Args:
            connection: Whose transactions are read-only otherwise.
            shield: Keeps cancels from what is inside it: one between two savepoints would take all.
        """
        self.began = 0.0
        """When it began, epoch seconds; 0 while it is not open."""
        self.statements = 0
        """Run in it, without those that failed."""
        self.last: deque[str] = deque(maxlen=LAST)
        """The last of them, cut short."""
        self._connection, self._shield = connection, shield
        self._expected: dict[str, str] = {}

    @property
    def open(self) -> bool:
        """Whether it was begun, and neither committed nor rolled back."""
        return bool(self.began)

    # -- statements that write -------------------------------------------------------------------

    @contextmanager
    def statement(self, text: str) -> Iterator[None]:
        """Run what is inside in a savepoint, beginning the transaction if need be.

        An error takes back that statement and no other; the first one's takes the transaction with it.

        Args:
            text: The user's, to be remembered.

        Raises:
            psycopg2.Error: The server makes no transaction that writes, or whatever is inside raised.
        """
        with self._shield():
            first = not self.open
            if first:
                self._begin()
            else:
                self._send(f"ROLLBACK TO SAVEPOINT {_READ}; RELEASE SAVEPOINT {_READ}")
            self._send(f"SAVEPOINT {_STATEMENT}")
        try:
            yield
            with self._shield():
                self._restore_settings()
                self._send(f"RELEASE SAVEPOINT {_STATEMENT}")
        except BaseException:
            self._take_back()
            raise
        self.statements += 1
        self.last.append(text if len(text) <= LONGEST else f"{text[:LONGEST]} …")
        with self._shield():
            self._enter_reading()

    def _begin(self) -> None:
        connection = self._connection
        connection.set_session(isolation_level="DEFAULT", readonly=False)
        locals_ = settings_for(connection)
        if isinstance(connection, WatchedConnection) and connection.notices_dead_clients:
            locals_.append(CHECK_CLIENT)
        try:
            self.began = self._send("; ".join(locals_))
        except psycopg2.Error:
            self._over()
            raise
        status = connection.info.parameter_status
        self._expected = {name: status(name) or "" for name in _OURS}

    def _restore_settings(self) -> None:
        for name, value in self._expected.items():
            if self._connection.info.parameter_status(name) != value:
                assign = sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                self._send(assign.as_string(self._connection))

    def _take_back(self) -> None:
        """After an error of a statement; nothing is left to do where the connection is gone."""
        if self._connection.closed:
            return
        with self._shield():
            if not self.statements:
                self.roll_back()
                return
            self._send(f"ROLLBACK TO SAVEPOINT {_STATEMENT}; RELEASE SAVEPOINT {_STATEMENT}")
            self._enter_reading()

    # -- reading what was written ----------------------------------------------------------------

    def read_again(self) -> float:
        """Begin the read-only part anew: what was declared in it is gone. Returns when, epoch seconds."""
        with self._shield():
            self._send(f"ROLLBACK TO SAVEPOINT {_READ}; RELEASE SAVEPOINT {_READ}")
            return self._enter_reading()

    def set_again(self, name: str) -> None:
        """Take over that a setting of the user's is another now, or none, for what is run from here on."""
        default = sql.SQL("SET LOCAL {} TO DEFAULT").format(sql.Identifier(name))
        texts = [default.as_string(self._connection), *settings_for(self._connection)]
        with self._shield():
            self._send(f"ROLLBACK TO SAVEPOINT {_READ}; RELEASE SAVEPOINT {_READ}")
            self._send("; ".join(texts))
            self._enter_reading()

    def _enter_reading(self) -> float:
        text = (
            f"SAVEPOINT {_READ}; SET TRANSACTION READ ONLY;"
            f" SELECT pg_catalog.current_setting('transaction_read_only'), {search_path.ASK}"
        )
        started = time.time()
        with self._connection.cursor() as cursor:
            cursor.execute(text)
            answer, path = cursor.fetchone() or ("", "")
        if answer != "on":
            raise NotReadOnly("the server did not make a part of the transaction read-only")
        if safe := search_path.instead(path):  # a statement has set it; for those after it it stays
            self._send(set_path(self._connection, safe))
        return started

    # -- its end ---------------------------------------------------------------------------------

    def leave_reading(self) -> None:
        """End the read-only part: what was declared in it is gone."""
        with self._shield():
            self._send(f"ROLLBACK TO SAVEPOINT {_READ}; RELEASE SAVEPOINT {_READ}")

    def mark(self) -> CommitMark | None:
        """By what to find it again, if its COMMIT is not answered; None if it wrote nothing.

        Ask before `leave_reading`, which takes back what an error in here has ended
        (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT).

        Raises:
            psycopg2.Error: The connection is gone.
        """
        if self._connection.info.server_version < _XID_SINCE:
            return CommitMark("", "")
        with self._shield():
            try:
                xid = self._asked(_XID)
            except psycopg2.Error:
                if self._connection.closed:
                    raise
                return CommitMark("", "")
            if not xid:
                return None
            try:
                return CommitMark(xid, self._asked(_SYSTEM))
            except psycopg2.Error:  # not every role may call that
                if self._connection.closed:
                    raise
                return CommitMark(xid, "")

    def _asked(self, query: str) -> str:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            ((answer,),) = cursor.fetchall()
        return str(answer or "")

    def commit(self) -> None:
        """COMMIT, after `leave_reading`.

        Raises:
            Refused: An error has ended it already.
            psycopg2.Error: The server refused, and has rolled it back; or the connection is gone.
        """
        if self._connection.info.transaction_status != ext.TRANSACTION_STATUS_INTRANS:
            raise Refused("an error has ended the transaction: nothing can be committed")
        self._connection.commit()
        self._over()

    def roll_back(self) -> None:
        """ROLLBACK, whatever has become of it."""
        if not self._connection.closed:
            self._connection.rollback()
        self._over()

    def forget(self) -> None:
        """The connection is gone, and the transaction with it."""
        self.began, self.statements = 0.0, 0
        self.last.clear()

    def _over(self) -> None:
        self.forget()
        connection = self._connection
        if not connection.closed:
            if connection.info.transaction_status != ext.TRANSACTION_STATUS_IDLE:
                connection.rollback()
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)

    def _send(self, text: str) -> float:
        """Send it; returns when, epoch seconds."""
        started = time.time()
        with self._connection.cursor() as cursor:
            cursor.execute(text)
        return started


def what_became_of(connection: Connection, mark: CommitMark) -> str:
    """What the server says of a transaction whose COMMIT was not answered.

    https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT

    Returns:
        `committed`, `aborted`, `in progress`; `other` where this is another cluster; `unanswered` if it did
        not say; empty if it does not know.
    """
    try:
        with connection.cursor() as cursor:
            if mark.system:
                cursor.execute(_SYSTEM)
                if cursor.fetchone() != (mark.system,):
                    return "other"
            cursor.execute("SELECT pg_catalog.pg_xact_status(%s::pg_catalog.xid8)", (mark.xid,))
            ((status,),) = cursor.fetchall()
    except psycopg2.errors.InvalidParameterValue:
        return ""  # a number that this server has not come to yet
    except psycopg2.Error:
        return "unanswered"
    finally:
        with suppress(psycopg2.Error):
            connection.rollback()
    return str(status or "")
