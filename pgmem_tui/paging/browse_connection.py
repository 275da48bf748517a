"""The browsing connection and the snapshot on it: they come and go together."""

from __future__ import annotations

from collections.abc import Callable

import psycopg2

from pgmem_tui.paging.events import Connected, ConnectFailed, Ending, Event, Lost, TransactionEnded
from pgmem_tui.paging.giving_up import GivingUp
from pgmem_tui.paging.reader import Reader
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.paging.writing import Writing
from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.connection import Connection, connect, server_info
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.session_settings import SessionSettings
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.write_transaction import WriteTransaction


class BrowseConnection:
    """Used on the session's thread."""

    def __init__(
        self,
        settings: ConnectionSettings,
        emit: Callable[[Event], None],
        reader: Reader,
        giving_up: GivingUp,
        *,
        cell_limit: int,
        writable: bool,
        held_bytes: int,
        user_settings: SessionSettings,
    ) -> None:
        """Nothing is connected.

        Args:
            settings: Whom to connect to.
            emit: Gets every event.
            reader: Reports each statement, and knows the generation.
            giving_up: Is handed each connection's `Cancellation`.
            cell_limit: Characters after which the server cuts a value.
            writable: Whether anything may write.
            held_bytes: Bytes of memory that a statement's rows may take.
            user_settings: What the user has SET; a SET adds to it.
        """
        self._user_settings = user_settings
        self.snapshot: Snapshot | None = None
        """What is open; from the first connection on."""
        self.standby = False
        """Whether the server is a hot standby, as far as it tells."""
        self._settings, self._emit, self._reader, self._giving_up = settings, emit, reader, giving_up
        self.writable = writable
        """Whether anything may write."""
        self._cell_limit, self._held_bytes = cell_limit, held_bytes
        self._connection: Connection | None = None
        self._why_gone: Problem | None = None
        """What was said when it was lost."""

    @property
    def gone(self) -> bool:
        """Whether there is none, or it is of no use any longer."""
        return self._connection is None or bool(self._connection.closed)

    @property
    def writes(self) -> WriteTransaction | None:
        """The transaction that writes, while one is open."""
        work = self.snapshot.writing.transaction if self.snapshot is not None else None
        return work if work is not None and work.open else None

    def connect(self) -> None:
        """Connect, and go on with what was open; `Connected` or `ConnectFailed` says how that went."""
        self._reader.connected()
        try:
            connection = self._connection = connect(
                self._settings, "browse", self._reader.report, self._user_settings
            )
            server = server_info(connection)
        except Exception as error:
            self.disconnect()
            self._emit(ConnectFailed(explain(error, self._settings)))
            return
        cancellation = self._giving_up.cancellation = Cancellation(connection)
        writing = Writing(
            connection,
            self._settings,
            self._emit,
            cancellation.shielded,
            writable=self.writable,
            limit=self._held_bytes,
            user_settings=self._user_settings,
        )
        self._why_gone = None
        before, snapshot = self.snapshot, Snapshot(connection, self._cell_limit, writing)
        self.snapshot, self.standby = snapshot, server.standby
        if before is not None:
            snapshot.resume(before)
        self._emit(Connected(server))
        if before is not None:
            writing.find_out(before.writing)

    def reconnect(self) -> None:
        """Connect again, if the connection was lost."""
        if self.gone:
            self.disconnect()
            self.connect()

    def disconnect(self) -> None:
        """Roll back what is open, and close the connection."""
        connection, self._connection, self._giving_up.cancellation = self._connection, None, None
        if connection is None:
            return
        try:
            if self.writes is not None:
                self.writes.roll_back()
            elif self.snapshot is not None and self.snapshot.began:
                self.snapshot.end("reconnected")
        except psycopg2.Error:
            pass  # it is gone, which is what was wanted
        finally:
            connection.close()

    def lose(
        self, problem: Problem, reason: str = "reconnected", ended: TransactionEnded | None = None
    ) -> None:
        """Take note that it is gone, and say so.

        Args:
            problem: Why.
            reason: What is said of the snapshot that comes after this one.
            ended: What is known of the transaction that was being committed.
        """
        if (work := self.writes) is not None:
            ended = TransactionEnded(Ending.LOST, work.statements, problem)
            work.forget()
        if self.snapshot is not None:
            self.snapshot.lose(reason)
        if self._connection is not None:
            self._connection.close()
        self._why_gone = self._why_gone or problem  # psycopg2 says later only that it is closed
        self._emit(Lost(self._reader.generation, self._why_gone))
        if ended is not None:
            self._emit(ended)
