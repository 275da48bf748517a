"""The one thread that owns the browsing connection: requests in, events out.

Nobody else touches the connection. Everything that is open can be lost at any time (a cancel, an
idle release, a broken connection) and comes back by itself with the next request: a new
transaction, a new cursor, the same place, and a word that the snapshot is another one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from pgmem_tui.paging.browse_connection import BrowseConnection
from pgmem_tui.paging.events import (
    BackendMeasured,
    Event,
    Released,
)
from pgmem_tui.paging.finding import Find
from pgmem_tui.paging.giving_up import CANCEL_GRACE, STOP_GRACE, GivingUp
from pgmem_tui.paging.inbox import Inbox
from pgmem_tui.paging.reader import Reader
from pgmem_tui.paging.recovery import Recovery
from pgmem_tui.paging.requests import (
    EndTransaction,
    FindEnd,
    MeasureBackend,
    Open,
    Question,
    Read,
    Reconnect,
    Release,
    Request,
    Seek,
    SetBatch,
    Statement,
    Stream,
    TakeCount,
    Weigh,
    passive,
)
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.paging.sources import Stopped
from pgmem_tui.postgres.session_settings import SessionSettings
from pgmem_tui.postgres.settings import ConnectionSettings

IDLE_LIMIT = 300.0
"""Seconds without a request after which the transaction is released."""
HELD_SHARE = 2
"""Rows of a statement may take this part of the memory budget."""
_GIVEN_UP = (Read, Seek, Find, Question, FindEnd, Stream, Weigh, EndTransaction)
"""What is not begun after a cancel."""


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
        writable: bool = False,
    ) -> None:
        """Nothing happens before `start`.

        Args:
            settings: Whom to connect to.
            emit: Gets every event, on the session's thread; must not block.
            batch: Rows in every FETCH; None sizes batches by what is measured.
            memory_budget: Bytes that whoever holds the pages may hold; a batch is a part of it.
            cell_limit: Characters after which the server cuts a value.
            idle_limit: Seconds without a request after which the transaction is released.
            writable: Whether a `Statement` may write, in a transaction that `EndTransaction` ends.
        """
        self.user_settings = SessionSettings()
        """What the user has SET: for other connections that are to be like this one."""
        self._settings, self._emit, self._idle_limit = settings, emit, idle_limit
        self._inbox = Inbox()
        self._giving_up = GivingUp(self._inbox)
        self._reader = Reader(self._inbox, emit, self._emit_state, batch, memory_budget)
        self._link = BrowseConnection(
            settings,
            emit,
            self._reader,
            self._giving_up,
            cell_limit=cell_limit,
            writable=writable,
            held_bytes=memory_budget // HELD_SHARE,
            user_settings=self.user_settings,
        )
        self._last_request = time.monotonic()
        self._recovery = Recovery(settings, emit, self._inbox, self._giving_up, self._reader, self._link)
        self._with_snapshot: dict[type[Any], Callable[[Snapshot, Any], None]] = {
            Open: self._reader.open,
            Read: self._reader.read,
            Seek: self._reader.seek,
            Find: self._reader.find,
            TakeCount: self._reader.take_count,
            FindEnd: self._reader.find_end,
            Stream: self._reader.stream,
            Weigh: lambda snapshot, request: snapshot.writing.weigh(request),
            EndTransaction: lambda snapshot, request: snapshot.end_transaction(request.commit),
            MeasureBackend: lambda snapshot, _: emit(BackendMeasured(snapshot.backend_memory())),
        }
        self._thread = threading.Thread(target=self._run, name="pgmem-browse", daemon=True)

    # -- from any thread -------------------------------------------------------------------------

    @property
    def fetches(self) -> int:
        """FETCH statements sent so far."""
        return self._reader.fetches

    def start(self) -> None:
        """Connect, on the session's thread."""
        self._thread.start()

    def request(self, request: Request) -> None:
        """Ask for something; the answer comes as events.

        A request ends streaming; an `Open` gives up all that was asked for before, but for what writes.
        """
        if isinstance(request, Open) and not self._inbox.has(_writes):
            self._giving_up.give_up(CANCEL_GRACE)
        if not (self._reader.streaming and passive(request)):
            self._inbox.put(request)

    def cancel(self) -> None:
        """Give up what runs and what waits. Returns at once; `Cancelled` says when it is done."""
        steps = STOP_GRACE if self._reader.searching else CANCEL_GRACE
        self._giving_up.give_up(steps if self._reader.in_steps else 0.0)

    def touch(self) -> None:
        """Someone still needs the snapshot: it is not idle."""
        self._last_request = time.monotonic()

    def stop(self) -> None:
        """End streaming after the FETCH that runs; a cursor is lost only if that takes very long."""
        self._giving_up.give_up(STOP_GRACE)

    def close(self, timeout: float = 2.0) -> bool:
        """Cancel, end the transaction, disconnect; whether that was done within `timeout` seconds."""
        self._inbox.close()
        self._giving_up.give_up(0.0)
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # -- on the session's thread -----------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._link.connect()
            while not self._inbox.closed:
                request = self._inbox.get(self._patience())
                if request is not None:
                    self._serve(request)
                    self._inbox.done()
                elif not self._inbox.closed and not self._patience():
                    self._recovery.guard(lambda: self._release(self._idle_limit, "released while idle"))
        finally:
            self._link.disconnect()

    def _patience(self) -> float | None:
        if self._link.snapshot is None or not self._link.snapshot.began or self._link.writes is not None:
            return None
        return max(0.0, self._last_request + self._idle_limit - time.monotonic())

    def _release(self, idle: float, why: str) -> None:
        if self._link.snapshot is not None and self._link.snapshot.began and self._link.writes is None:
            self._link.snapshot.end(why)
            self._emit(Released(self._reader.generation, idle))
            self._emit_state()

    def _serve(self, request: Request) -> None:
        if isinstance(request, Open):
            self._reader.generation = request.generation
        elif getattr(request, "generation", self._reader.generation) != self._reader.generation:
            return
        if not passive(request):
            self._last_request = time.monotonic()
            self._reader.begin()
        # A stream would begin again where it began, not where it was.
        once = isinstance(request, Stream) or _writes(request) or self._link.writes is not None
        recovery = self._recovery
        recovery.begin(not once, isinstance(request, Question) and request.by_hand)
        recovery.guard(lambda: self._handle(request))
        taken_back = recovery.conflict
        if recovery.again:
            recovery.guard(lambda: self._handle(request))  # a second conflict is told
        if not passive(request):
            self._last_request = time.monotonic()
        if taken_back or self._link.gone or not passive(request):
            self._emit_state()
        if self._link.snapshot is not None:
            self._link.snapshot.writing.tell()

    def _handle(self, request: Request) -> None:
        if isinstance(request, Reconnect):
            self._link.reconnect()
        elif isinstance(request, SetBatch):
            self._reader.set_batch(request.rows)
        elif isinstance(request, Release):
            self._release(0.0, "released for others")
        elif self._link.snapshot is None:
            return
        elif self._inbox.given_up and isinstance(request, _GIVEN_UP) and not passive(request):
            raise Stopped
        elif isinstance(request, Question):
            self._reader.answer(self._link.snapshot, request)
        else:
            self._with_snapshot[type(request)](self._link.snapshot, request)

    def _emit_state(self) -> None:
        self._emit(self._reader.cursor_state(self._link.snapshot, self._idle_limit))


def _writes(request: Request) -> bool:
    """Whether something else that is opened waits for it, and does not cancel it."""
    if isinstance(request, Open):
        return isinstance(request.target, Statement) and request.target.writes
    return isinstance(request, EndTransaction)
