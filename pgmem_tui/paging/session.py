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

import psycopg2

from pgmem_tui.paging.events import (
    BackendMeasured,
    Cancelled,
    Connected,
    ConnectFailed,
    CursorState,
    Event,
    Failed,
    Lost,
    Released,
)
from pgmem_tui.paging.finding import Find
from pgmem_tui.paging.inbox import Inbox
from pgmem_tui.paging.reader import Reader
from pgmem_tui.paging.requests import (
    FindEnd,
    MeasureBackend,
    Open,
    Question,
    Read,
    Reconnect,
    Request,
    Seek,
    SetBatch,
    Stream,
    TakeCount,
    UserQuery,
)
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.paging.sources import Stopped
from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.connection import Connection, connect, server_info
from pgmem_tui.postgres.errors import Problem, Refused, explain
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.user_query import explain_refusal
from pgmem_tui.postgres.wire import StatementReport

_TAKEN_BACK = "a conflict with recovery on the standby"
_ENDED = "the standby ended the session: a recovery conflict?"
"""libpq hides the server's sentence where a session was ended while nothing ran."""
IDLE_LIMIT = 300.0
"""Seconds without a request after which the transaction is released."""
CANCEL_GRACE = 0.06
"""Seconds in which a long walk may stop between two statements, which keeps its cursor."""
STOP_GRACE = 1.0
"""... and in which a stream's or a search's FETCH may end, before it is cancelled."""
_GIVEN_UP = (Read, Seek, Find, Question, FindEnd, Stream)
"""What is not begun after a cancel."""
CANCEL_AGAIN = 0.05
"""Seconds between two cancel requests, while one request goes on with another statement."""


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
        self._settings = settings
        self._emit = emit
        self._cell_limit = cell_limit
        self._idle_limit = idle_limit
        self._inbox = Inbox()
        self._connection: Connection | None = None
        self._cancellation: Cancellation | None = None
        self._snapshot: Snapshot | None = None
        self._giving_up = 0
        """The number of the request that is being cancelled, or was last."""
        self._last_request = time.monotonic()
        self._standby = False
        """Whether the server is a hot standby, as far as it tells."""
        self._conflict = False
        """Whether a standby took back what the request being served was to be read in."""
        self._repeatable = True
        """Whether that request can be served again from its beginning."""
        self._reader = Reader(self._inbox, emit, self._emit_state, batch, memory_budget)
        self._thread = threading.Thread(target=self._run, name="pgmem-browse", daemon=True)

    # -- from any thread -------------------------------------------------------------------------

    @property
    def statements(self) -> deque[StatementReport]:
        """The last statements, for the wire log."""
        return self._reader.statements

    @property
    def fetches(self) -> int:
        """FETCH statements sent so far."""
        return self._reader.fetches

    def start(self) -> None:
        """Connect, on the session's thread."""
        self._thread.start()

    def request(self, request: Request) -> None:
        """Ask for something; the answer comes as events.

        A request ends streaming; an `Open` gives up all that was asked for before.
        """
        if isinstance(request, Open):
            self._give_up(CANCEL_GRACE)
        if not (self._reader.streaming and isinstance(request, MeasureBackend)):
            self._inbox.put(request)

    def cancel(self) -> None:
        """Give up what runs and what waits. Returns at once; `Cancelled` says when it is done."""
        steps = STOP_GRACE if self._reader.searching else CANCEL_GRACE
        self._give_up(steps if self._reader.in_steps else 0.0)

    def touch(self) -> None:
        """Someone still needs the snapshot: it is not idle."""
        self._last_request = time.monotonic()

    def stop(self) -> None:
        """End streaming after the FETCH that runs; a cursor is lost only if that takes very long."""
        self._give_up(STOP_GRACE)

    def close(self, timeout: float = 2.0) -> bool:
        """Cancel, end the transaction, disconnect; whether that was done within `timeout` seconds."""
        self._inbox.close()
        self._give_up(0.0)
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _give_up(self, grace: float) -> None:
        number = self._inbox.give_up()
        if number and (number != self._giving_up or not grace):
            self._giving_up = number
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
                elif not self._inbox.closed and not self._patience():
                    self._release()
        finally:
            self._disconnect()

    def _connect(self) -> None:
        self._reader.connected()
        try:
            self._connection = connect(self._settings, "browse")
            server = server_info(self._connection)
        except Exception as error:
            self._disconnect()
            self._emit(ConnectFailed(explain(error, self._settings)))
            return
        self._cancellation = Cancellation(self._connection)
        snapshot = Snapshot(self._connection, self._cell_limit, self._reader.report)
        if self._snapshot is not None:
            snapshot.resume(self._snapshot)
        self._snapshot = snapshot
        self._standby = server.standby
        self._emit(Connected(server))

    def _disconnect(self) -> None:
        connection, self._connection, self._cancellation = self._connection, None, None
        if connection is None:
            return
        try:
            if self._snapshot is not None and self._snapshot.began:
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
            self._emit(Released(self._reader.generation, self._idle_limit))

        if self._snapshot is not None and self._snapshot.began:
            self._guard(release)
            self._emit_state()

    def _serve(self, request: Request) -> None:
        if isinstance(request, Open):
            self._reader.generation = request.generation
        elif getattr(request, "generation", self._reader.generation) != self._reader.generation:
            return
        if not isinstance(request, MeasureBackend):
            self._last_request = time.monotonic()
            self._reader.begin()
        # A stream would begin again where it began, not where it was.
        self._conflict, self._repeatable = False, not isinstance(request, Stream)
        self._guard(lambda: self._handle(request))
        taken_back = self._conflict
        if taken_back and self._repeatable and self._connection is not None:
            self._guard(lambda: self._handle(request))  # in a new snapshot; a second conflict is told
        if not isinstance(request, MeasureBackend):
            self._last_request = time.monotonic()
        if taken_back or not isinstance(request, MeasureBackend):
            self._emit_state()

    def _handle(self, request: Request) -> None:
        if isinstance(request, Reconnect):
            self._reconnect()
        elif isinstance(request, SetBatch):
            self._reader.set_batch(request.rows)
        elif self._snapshot is None:
            return
        elif self._inbox.given_up and isinstance(request, _GIVEN_UP):
            raise Stopped
        elif isinstance(request, Open):
            self._reader.open(self._snapshot, request)
        elif isinstance(request, Read):
            self._reader.read(self._snapshot, request)
        elif isinstance(request, Seek):
            self._reader.seek(self._snapshot, request)
        elif isinstance(request, Find):
            self._reader.find(self._snapshot, request)
        elif isinstance(request, TakeCount):
            self._reader.take_count(self._snapshot, request)
        elif isinstance(request, Question):
            self._reader.answer(self._snapshot, request)
        elif isinstance(request, FindEnd):
            self._reader.find_end(self._snapshot, request)
        elif isinstance(request, Stream):
            self._reader.stream(self._snapshot, request)
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
            self._emit(Cancelled(self._reader.generation, lost_cursor=False))
        except Exception as error:
            self._recover(error)
        finally:
            self._reader.streaming = False

    def _recover(self, error: Exception) -> None:
        problem = explain_refusal(error, self._settings)
        lost = problem.lost or self._connection is None or self._connection.closed != 0
        wanted = not (self._conflict or self._inbox.given_up or self._inbox.closed)
        taken = (problem.conflict and self._repeatable) or (lost and self._standby)
        if wanted and taken:
            self._conflict = True
            self._take_back(problem, lost)
        elif lost:
            self._lose(problem)
        elif isinstance(error, Refused) and self._snapshot is not None and self._snapshot.usable:
            self._emit(Failed(self._reader.generation, problem))
        elif self._snapshot is not None:
            asked = problem.canceled and self._inbox.given_up
            sql = self._user_sql()
            try:
                self._snapshot.fail("after the cancel" if asked else "after an error", forget=not asked)
            except psycopg2.Error as gone:
                self._lose(explain(gone, self._settings))
                return
            if asked:
                self._emit(Cancelled(self._reader.generation, lost_cursor=True))
            else:
                self._emit(Failed(self._reader.generation, problem, sql))

    def _take_back(self, problem: Problem, lost: bool) -> None:
        """A standby took the snapshot, and from an idle transaction the connection with it: get new ones."""
        if not lost and self._snapshot is not None:
            try:
                self._snapshot.fail(_TAKEN_BACK, forget=False)
                return
            except psycopg2.Error as gone:
                problem = explain(gone, self._settings)
        self._lose(problem, _TAKEN_BACK if problem.conflict else _ENDED)
        self._reconnect()

    def _user_sql(self) -> str:
        target = self._snapshot.target if self._snapshot else None
        return target.sql if isinstance(target, UserQuery) else ""

    def _lose(self, problem: Problem, reason: str = "reconnected") -> None:
        if self._snapshot is not None:
            self._snapshot.lose(reason)
        if self._connection is not None:
            self._connection.close()
        self._emit(Lost(self._reader.generation, problem))

    def _reconnect(self) -> None:
        if self._connection is not None and not self._connection.closed:
            return
        self._disconnect()
        self._connect()

    def _emit_state(self) -> None:
        snapshot = self._snapshot
        cursor = snapshot.cursor if snapshot else None
        self._emit(
            CursorState(
                generation=self._reader.generation,
                name=cursor.name if cursor else "",
                source=snapshot.source_name if snapshot else "",
                scrollable=cursor.scrollable if cursor else False,
                withhold=cursor.withhold if cursor else False,
                position=cursor.position if cursor else 0,
                row_count=snapshot.row_count if snapshot else None,
                batch=self._reader.batching.next(1),
                batch_by_hand=self._reader.batching.manual is not None,
                transaction_started=snapshot.began if snapshot else 0.0,
                idle_limit=self._idle_limit,
            )
        )
