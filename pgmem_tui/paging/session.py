"""The one thread that owns the browsing connection: requests in, events out.

Nobody else touches the connection. Everything that is open can be lost at any time (a cancel, an
idle release, a broken connection) and comes back by itself with the next request: a new
transaction, a new cursor, the same place, and a word that the snapshot is another one.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from math import inf

import psycopg2

from pgmem_tui.paging.batching import BYTES, Batching
from pgmem_tui.paging.events import (
    BackendMeasured,
    Cancelled,
    Connected,
    ConnectFailed,
    CursorState,
    EndFound,
    Event,
    Failed,
    FindEnd,
    Lost,
    MeasureBackend,
    Open,
    Opened,
    PageRead,
    Read,
    Reconnect,
    Released,
    Request,
    SetBatch,
    StatementSent,
    Stream,
    StreamEnded,
    Streaming,
    UserQuery,
    Walking,
)
from pgmem_tui.paging.inbox import Inbox
from pgmem_tui.paging.opening import explain_opening
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.paging.sources import Row, RowSource, Stopped
from pgmem_tui.paging.window import make_page
from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.connection import Connection, connect, server_info
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import StatementReport

IDLE_LIMIT = 300.0
"""Seconds without a request after which the transaction is released."""
SHOW_EVERY = 0.2
"""Seconds between two looks at what streams past."""
STATEMENTS_KEPT = 1000
"""Reports kept for the wire log."""
CANCEL_GRACE = 0.06
"""Seconds in which a long walk may stop between two statements, which keeps its cursor."""
CANCEL_AGAIN = 0.05
"""Seconds between two cancel requests, while one request goes on with another statement."""
BUDGET_SHARE = 8
"""A batch takes this part of the memory budget at most."""


class BrowseSession:
    """Pages rows of one thing at a time out of one connection."""

    def __init__(
        self,
        settings: ConnectionSettings,
        emit: Callable[[Event], None],
        *,
        batch: int | None = None,
        memory_budget: int = 16 * 2**20,
        cell_limit: int = 256,
        idle_limit: float = IDLE_LIMIT,
    ) -> None:
        """Nothing happens before `start`.

        Args:
            settings: Whom to connect to.
            emit: Gets every event, on the session's thread; must not block.
            batch: Rows in every FETCH; None sizes batches by what is measured.
            memory_budget: Bytes that whoever holds the pages may hold; a batch is a part of it.
            cell_limit: Characters after which the server cuts a value.
            idle_limit: Seconds without a request after which the transaction is released.
        """
        self.statements: deque[StatementReport] = deque(maxlen=STATEMENTS_KEPT)
        self.fetches = 0
        """FETCH statements sent so far."""
        self._settings = settings
        self._emit = emit
        self._batch = batch
        self._batch_bytes = min(BYTES, memory_budget // BUDGET_SHARE)
        self._cell_limit = cell_limit
        self._idle_limit = idle_limit
        self._inbox = Inbox()
        self._connection: Connection | None = None
        self._cancellation: Cancellation | None = None
        self._snapshot: Snapshot | None = None
        self._batching = Batching(1, batch)
        self._generation = 0
        self._last_request = time.monotonic()
        self._streaming = False
        self._round_trip = inf
        """Seconds of the quickest statement so far: what the way there and back takes, whatever is asked."""
        self._thread = threading.Thread(target=self._run, name="pgmem-browse", daemon=True)

    # -- from any thread -------------------------------------------------------------------------

    def start(self) -> None:
        """Connect, on the session's thread."""
        self._thread.start()

    def request(self, request: Request) -> None:
        """Ask for something; the answer comes as events.

        A request ends streaming; an `Open` gives up all that was asked for before.
        """
        if isinstance(request, Open):
            self._give_up(CANCEL_GRACE)
        if not (self._streaming and isinstance(request, MeasureBackend)):
            self._inbox.put(request)

    def cancel(self) -> None:
        """Give up what runs and what waits. Returns at once; `Cancelled` says when it is done."""
        self._give_up(CANCEL_GRACE)

    def close(self, timeout: float = 2.0) -> bool:
        """Cancel, end the transaction, disconnect; whether that was done within `timeout` seconds."""
        self._inbox.close()
        self._give_up(0.0)
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _give_up(self, grace: float) -> None:
        if number := self._inbox.give_up():
            threading.Thread(target=self._cancel_until_ended, args=(number, grace), daemon=True).start()

    def _cancel_until_ended(self, number: int, grace: float) -> None:
        time.sleep(grace)
        # One request may send several statements, and a cancel stops the one that it meets.
        while self._inbox.serving == number:
            cancellation = self._cancellation
            if cancellation is not None:
                cancellation.cancel(number)
            time.sleep(CANCEL_AGAIN)

    # -- on the session's thread -----------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._connect()
            while not self._inbox.closed:
                request = self._inbox.get(self._patience())
                if request is not None:
                    self._serve(request)
                    self._inbox.done()
                elif not self._inbox.closed:
                    self._release()
        finally:
            self._disconnect()

    def _connect(self) -> None:
        self._round_trip = inf
        try:
            self._connection = connect(self._settings, "browse")
            server = server_info(self._connection)
        except Exception as error:
            self._disconnect()
            self._emit(ConnectFailed(explain(error, self._settings)))
            return
        self._cancellation = Cancellation(self._connection)
        snapshot = Snapshot(self._connection, self._cell_limit, self._report)
        if self._snapshot is not None:
            snapshot.resume(self._snapshot)
        self._snapshot = snapshot
        self._emit(Connected(server))

    def _disconnect(self) -> None:
        connection, self._connection, self._cancellation = self._connection, None, None
        if connection is None:
            return
        try:
            if self._snapshot is not None:
                self._snapshot.end("reconnected")
        except psycopg2.Error:
            pass  # it is gone, which is what was wanted
        finally:
            connection.close()

    def _patience(self) -> float | None:
        if self._snapshot is None or not self._snapshot.began:
            return None
        return max(0.0, self._last_request + self._idle_limit - time.monotonic())

    def _release(self) -> None:
        def release() -> None:
            assert self._snapshot is not None
            self._snapshot.end("released while idle")
            self._emit(Released(self._generation, self._idle_limit))

        if self._snapshot is not None and self._snapshot.began:
            self._guard(release)
            self._emit_state()

    def _serve(self, request: Request) -> None:
        if isinstance(request, Open):
            self._generation = request.generation
        elif getattr(request, "generation", self._generation) != self._generation:
            return
        if not isinstance(request, MeasureBackend):
            self._last_request = time.monotonic()
        self._guard(lambda: self._handle(request))
        if not isinstance(request, MeasureBackend):
            self._last_request = time.monotonic()
            self._emit_state()

    def _handle(self, request: Request) -> None:
        if isinstance(request, Reconnect):
            self._reconnect()
        elif isinstance(request, SetBatch):
            self._batch = self._batching.manual = request.rows
        elif self._snapshot is None:
            return
        elif self._inbox.given_up and isinstance(request, Read | FindEnd | Stream):
            raise Stopped
        elif isinstance(request, Open):
            self._open(request)
        elif isinstance(request, Read):
            self._read(request)
        elif isinstance(request, FindEnd):
            self._find_end()
        elif isinstance(request, Stream):
            self._stream(request)
        elif isinstance(request, MeasureBackend):
            self._emit(BackendMeasured(self._snapshot.backend_memory()))

    def _guard(self, work: Callable[[], None]) -> None:
        """Do it cancellably; whatever goes wrong becomes an event and leaves a usable session."""
        cancellation = self._cancellation
        try:
            if cancellation is None:
                work()
            else:
                with cancellation.running(self._inbox.serving):
                    work()
        except Stopped:
            self._emit(Cancelled(self._generation, lost_cursor=False))
        except Exception as error:
            self._recover(error)
        finally:
            self._streaming = False

    def _recover(self, error: Exception) -> None:
        problem = explain_opening(error, self._settings)
        lost = problem.lost or self._connection is None or self._connection.closed != 0
        if lost:
            self._lose(problem)
        elif self._snapshot is not None:
            asked = problem.canceled and self._inbox.given_up
            sql = self._user_sql()
            try:
                self._snapshot.fail("after the cancel" if asked else "after an error", forget=not asked)
            except psycopg2.Error as gone:
                self._lose(explain(gone, self._settings))
                return
            if asked:
                self._emit(Cancelled(self._generation, lost_cursor=True))
            else:
                self._emit(Failed(self._generation, problem, sql))

    def _user_sql(self) -> str:
        target = self._snapshot.target if self._snapshot else None
        return target.sql if isinstance(target, UserQuery) else ""

    def _lose(self, problem: Problem) -> None:
        if self._snapshot is not None:
            self._snapshot.lose("reconnected")
        if self._connection is not None:
            self._connection.close()
        self._emit(Lost(self._generation, problem))

    def _reconnect(self) -> None:
        self._disconnect()
        self._connect()

    # -- rows ------------------------------------------------------------------------------------

    def _source(self, snapshot: Snapshot) -> RowSource:
        """The source of what is open, declared again if it was lost."""
        source, reopened = snapshot.source()
        if reopened:
            what = snapshot.opening
            self._batching = Batching(len(what.columns), self._batch, self._batch_bytes)
            self._emit(
                Opened(
                    self._generation,
                    what.relation,
                    what.columns,
                    what.cell_limit,
                    source.name,
                    snapshot.reason,
                )
            )
            self._emit_state()
        return source

    def _open(self, request: Open) -> None:
        assert self._snapshot is not None
        self._snapshot.open(request.target)
        if self._inbox.given_up:
            raise Stopped
        self._fetch(self._source(self._snapshot), 0, request.screenful)

    def _read(self, request: Read) -> None:
        assert self._snapshot is not None
        if self._snapshot.target is None:
            return
        source = self._source(self._snapshot)
        first, end = request.first, request.end
        if request.backward:
            first = max(0, min(first, end - self._batching.next(end - first)))
        try:
            while first < end and (count := self._fetch(source, first, end - first)):
                first += count
                if isinstance(self._inbox.newest, Read):
                    return
        except Stopped:
            if self._inbox.given_up:
                raise
            # else overtaken by a newer read, which nobody need be told

    def _find_end(self) -> None:
        assert self._snapshot is not None
        source = self._source(self._snapshot)
        self._emit(EndFound(self._generation, source.find_end(self._progress)))

    def _fetch(self, source: RowSource, first: int, at_least: int) -> int:
        rows = self._batch_of(source, first, self._batching.next(at_least))
        self._emit(PageRead(self._generation, make_page(first, rows), source.row_count))
        return len(rows)

    def _batch_of(self, source: RowSource, first: int, count: int) -> list[Row]:
        rows = source.read(first, count, self._progress)
        report = self.statements[-1]
        self._batching.learn(len(rows), report.nbytes, report.seconds - self._round_trip)
        return rows

    def _stream(self, request: Stream) -> None:
        assert self._snapshot is not None
        source = self._source(self._snapshot)
        self._streaming = True
        first, rows, at_end = request.first, 0, False
        began = shown = time.perf_counter()
        tail: list[Row] = []
        over = False
        while not over:
            batch = self._batch_of(source, first, self._batching.next(request.screenful, streaming=True))
            first, rows = first + len(batch), rows + len(batch)
            tail = batch[-request.screenful :] or tail
            at_end = source.row_count is not None and first >= source.row_count
            over = at_end or self._inbox.waiting or self._inbox.given_up
            now = time.perf_counter()
            if tail and (over or now - shown >= SHOW_EVERY):
                shown = now
                page, rate = make_page(first - len(tail), tail), rows / (now - began)
                self._emit(Streaming(self._generation, page, source.row_count, rate, now - began))
                self._emit(StatementSent(self.statements[-1]))
                self._emit_state()
        self._emit(StreamEnded(self._generation, rows, time.perf_counter() - began, at_end))

    def _progress(self, row: int, goal: int) -> None:
        overtaken = goal >= 0 and isinstance(self._inbox.newest, Read)
        if overtaken or self._inbox.given_up:
            raise Stopped
        self._emit(Walking(self._generation, row, goal, time.monotonic() - self._last_request))

    # -- telling ---------------------------------------------------------------------------------

    def _report(self, report: StatementReport) -> None:
        self.statements.append(report)
        self._round_trip = min(self._round_trip, report.seconds)
        self.fetches += report.kind == "FETCH"
        if not self._streaming:
            self._emit(StatementSent(report))

    def _emit_state(self) -> None:
        snapshot = self._snapshot
        cursor = snapshot.cursor if snapshot else None
        self._emit(
            CursorState(
                generation=self._generation,
                name=cursor.name if cursor else "",
                source=snapshot.source_name if snapshot else "",
                scrollable=cursor.scrollable if cursor else False,
                withhold=cursor.withhold if cursor else False,
                position=cursor.position if cursor else 0,
                row_count=cursor.row_count if cursor else None,
                batch=self._batching.next(1),
                batch_by_hand=self._batching.manual is not None,
                transaction_started=snapshot.began if snapshot else 0.0,
                idle_limit=self._idle_limit,
            )
        )
