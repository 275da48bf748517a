"""One export: a connection and a thread of its own, from BEGIN to the file's name."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import psycopg2
from psycopg2 import extensions as ext

from pgmem_tui.export import progress as stages
from pgmem_tui.export.parquet import ParquetWriter
from pgmem_tui.export.progress import Outcome, Progress
from pgmem_tui.export.source import ExportSource, prepare
from pgmem_tui.export.writer import Stopped, Writer
from pgmem_tui.files.target import AppearedMeanwhile, FileExists, Target
from pgmem_tui.postgres import cancel_request, copy_out, transaction
from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.connection import Connection, connect, server_info
from pgmem_tui.postgres.copy_out import OutColumn
from pgmem_tui.postgres.errors import Problem, Refused
from pgmem_tui.postgres.session_settings import SessionSettings
from pgmem_tui.postgres.settings import ConnectionSettings, SettingsError
from pgmem_tui.postgres.user_query import QueryRefused, explain_refusal

LABEL = "export"
"""Added to application_name."""
PATIENCE = 1.0
"""Seconds that the server gets to answer cancel requests before the connection is cut."""
ATTEMPTS = 4
"""Cancel requests in that time."""

_EXPECTED = (psycopg2.Error, OSError, Refused, QueryRefused, SettingsError, UnicodeError, Stopped)
"""What may go wrong without anyone having made a mistake here."""
_AGAIN = "The connection is gone, and no part of a file was kept: export again."


@dataclass(frozen=True)
class Order:
    """What to export, how and where to."""

    settings: ConnectionSettings
    source: ExportSource
    form: str
    """A key of `names.FORMATS`."""
    target: Target
    compressed: bool = False
    user_settings: SessionSettings | None = None
    """What the user has SET where the rows are seen; None for nothing."""


class Export:
    """Runs one order. `progress` and `outcome` may be looked at from any thread."""

    def __init__(self, order: Order, on_end: Callable[[Outcome], object] = lambda outcome: None) -> None:
        """Nothing happens yet.

        Args:
            order: What to do.
            on_end: Called on the thread when it has ended.
        """
        self.order = order
        self.outcome: Outcome | None = None
        """Set when it has ended."""
        self.search_path = ""
        """The one that the connection has at first; empty until that is there."""
        self._on_end = on_end
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._connection: Connection | None = None
        self._socket: socket.socket | None = None
        self._cancellation: Cancellation | None = None
        self._writer: Writer | ParquetWriter | None = None
        self._state = Progress()
        self._started = 0.0
        # A daemon, because neither a connect nor a write to a pipe can be interrupted.
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)

    @property
    def progress(self) -> Progress:
        """Where it is now."""
        if self.outcome is not None:
            return self.outcome.progress
        state, writer = self._state, self._writer
        if writer is None:
            return state
        seconds = time.monotonic() - self._started
        rows = state.rows if state.exact else writer.lines
        return replace(state, rows=rows, nbytes=writer.nbytes, written=writer.written, seconds=seconds)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait that long for the end; returns whether it has come."""
        return self._ended.wait(seconds)

    def cancel(self) -> None:
        """Stop as soon as possible, on the server too; does not wait."""
        if not self._stop.is_set():
            self._stop.set()
            self.order.target.discard()
            threading.Thread(target=self._interrupt, name="export cancel", daemon=True).start()

    def close(self, seconds: float) -> None:
        """Cancel what still runs, and wait that long; no unfinished file is left in any case."""
        if self.outcome is None:
            self.cancel()
            self.wait(seconds)
        self.order.target.discard()

    # -- on the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        target, error = self.order.target, None
        try:
            self._export(target)
        except BaseException as raised:
            error = raised
            if isinstance(self._writer, ParquetWriter):
                self._writer.end()
        outcome = self._judge(error)  # while the connection still tells whether it was lost
        self._leave()
        target.close()
        self.outcome = outcome
        self._ended.set()
        self._on_end(self.outcome)
        if error is not None and not isinstance(error, _EXPECTED):
            raise error  # for the crash log

    def _export(self, target: Target) -> None:
        target.open()
        connection = self._connect()
        with self._running(connection):
            transaction.begin(connection)
            prepared = prepare(connection, self.order.source, self.order.form)
            self._started = time.monotonic()
            self._writer = writer = self._make_writer(target.descriptor, prepared.columns)
            self._state = replace(self._state, stage=stages.WRITING, estimate=prepared.estimate)
            rows = copy_out.stream(connection, prepared.copy, writer)
        writer.finish()
        self._state = replace(self._state, stage=stages.FINISHING, rows=rows, exact=True)
        self._hang_up(connection)  # nothing is asked any more, and a full disk may take its time
        if not target.commit():
            raise Stopped

    def _make_writer(self, descriptor: int, columns: Sequence[OutColumn]) -> Writer | ParquetWriter:
        if self.order.form != "parquet":
            return Writer(descriptor, self.order.compressed, self._stop)
        if self.order.compressed:
            raise Refused("a Parquet file is compressed already", "leave gzip out")
        return ParquetWriter(descriptor, columns, self._stop)

    def _connect(self) -> Connection:
        connection = connect(self.order.settings, LABEL, user_settings=self.order.user_settings)
        self._connection = connection
        self._socket = socket.socket(fileno=os.dup(connection.fileno()))
        self.search_path = server_info(connection).search_path
        self._state = replace(self._state, stage=stages.STARTING)
        return connection

    @contextlib.contextmanager
    def _running(self, connection: Connection) -> Iterator[None]:
        cancellation = self._cancellation = Cancellation(connection)
        with cancellation.running():
            if self._stop.is_set():
                raise Stopped
            yield

    def _leave(self) -> None:
        """End what is left on the server, which may be in the middle of an answer."""
        connection = self._connection
        if connection is None:
            return
        if connection.info.transaction_status == ext.TRANSACTION_STATUS_ACTIVE:
            cancel_request.send(connection)
        self._hang_up(connection)

    def _hang_up(self, connection: Connection) -> None:
        connection.close()
        if self._socket is not None:
            self._socket.close()

    def _interrupt(self) -> None:
        """Ask the server to stop, again in case it was between two statements; then cut the connection."""
        for _ in range(ATTEMPTS):
            if self._cancellation is not None:
                self._cancellation.cancel()
            if self._ended.wait(PATIENCE / ATTEMPTS):
                return
        # Our own descriptor of it: libpq may have closed its one, and the number may be another file's.
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    # -- what came of it -------------------------------------------------------------------------

    def _judge(self, error: BaseException | None) -> Outcome:
        outcome = Outcome(self.progress, self.order.target.name)
        if error is None:
            return outcome
        if isinstance(error, Stopped) or (self._stop.is_set() and not isinstance(error, AppearedMeanwhile)):
            return replace(outcome, cancelled=True)
        if isinstance(error, BrokenPipeError):
            return replace(outcome, reader_gone=True)
        return replace(outcome, problem=self._explain(error), exists=isinstance(error, FileExists))

    def _explain(self, error: BaseException) -> Problem:
        if isinstance(error, OSError):
            why = error.strerror or str(error)
            return Problem(f"cannot write {self._place}: {why}")
        problem = explain_refusal(error, self.order.settings)
        return replace(problem, advice=_AGAIN) if problem.lost else problem

    @property
    def _place(self) -> str:
        return "standard output" if self.order.target.is_stdout else self.order.target.name
