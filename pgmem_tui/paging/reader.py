"""What the browsing thread does with rows: open, read, walk to the end, stream."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from pgmem_tui.paging.batching import BYTES, ROW_OVERHEAD, VALUE_OVERHEAD, Batching
from pgmem_tui.paging.events import (
    CursorState,
    EndFound,
    Event,
    Failed,
    Opened,
    PageRead,
    Ran,
    Sought,
    StatementSent,
    StreamEnded,
    Streaming,
    Walking,
)
from pgmem_tui.paging.finding import Find, Found, NotFound, Searching
from pgmem_tui.paging.inbox import Inbox
from pgmem_tui.paging.requests import FindEnd, Open, Question, Read, Seek, Stream, TakeCount
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.paging.sources import Batch, Passed, Row, RowSource, Stopped
from pgmem_tui.paging.sources.held_rows import HeldRows
from pgmem_tui.paging.sources.key_order import ByKey
from pgmem_tui.paging.window import make_page
from pgmem_tui.postgres.errors import Problem, Refused
from pgmem_tui.postgres.matching import matching
from pgmem_tui.postgres.wire import StatementReport

SHOW_EVERY = 0.2
"""Seconds between two looks at what streams past."""
BUDGET_SHARE = 8
"""A batch should take this part of the memory budget at most; half of it if all rows are the widest."""


@dataclass
class _Fetched:
    """What FETCH statements have brought, added up: a search, or a value in slices, sends any number."""

    statements: int = 0
    rows: int = 0
    nbytes: int = 0
    seconds: float = 0.0

    def add(self, report: StatementReport) -> None:
        self.statements += 1
        self.rows += report.rows
        self.nbytes += report.nbytes
        self.seconds += report.seconds


class Reader:
    """Serves requests for rows. Used on the session's thread."""

    def __init__(
        self,
        inbox: Inbox,
        emit: Callable[[Event], None],
        state_changed: Callable[[], None],
        batch: int | None,
        memory_budget: int,
    ) -> None:
        """Nothing is open.

        Args:
            inbox: Tells what is no longer wanted.
            emit: Gets every event.
            state_changed: Called where the cursor's state is worth telling.
            batch: Rows in every FETCH; None sizes batches by what is measured.
            memory_budget: Bytes that whoever holds the pages may hold; a batch is a part of it.
        """
        self.fetches = 0
        """FETCH statements sent so far."""
        self.generation = 0
        self.streaming = False
        self.batching = Batching(1, batch)
        self.in_steps = False
        """Whether the request being served goes in short statements, and can stop between two."""
        self.searching = False
        """Whether such a statement is a FETCH that looks for something."""
        self._reading = False
        """Whether a `Read` is being served, which a newer one overtakes."""
        self._asked = time.monotonic()
        self._inbox, self._emit, self._state_changed = inbox, emit, state_changed
        self._batch = batch
        self._batch_bytes = min(BYTES, memory_budget // BUDGET_SHARE)
        self._most_bytes = memory_budget // 2
        self._epoch = 0
        self._round_trip = inf
        """Seconds of the quickest statement so far: what the way there and back takes, whatever is asked."""
        self._fetched = _Fetched()
        self._last: StatementReport | None = None

    def begin(self) -> None:
        """A request is taken up."""
        self._asked, self.in_steps, self._reading = time.monotonic(), False, False
        self.searching = False

    def report(self, report: StatementReport) -> None:
        """Take note of a statement that ended."""
        self._last = report
        if not (report.implied or report.housekeeping):
            self._round_trip = min(self._round_trip, report.seconds)
        if report.kind == "FETCH" and report.cursor:
            self.fetches += 1
            self._fetched.add(report)
        if not (self.streaming or report.housekeeping or report.passing):
            self._emit(StatementSent(report))

    def connected(self) -> None:
        """The way to the server is another one."""
        self._round_trip = inf

    def set_batch(self, rows: int | None) -> None:
        """Rows a FETCH; None sizes batches by what is measured."""
        self._batch = self.batching.manual = rows

    def open(self, snapshot: Snapshot, request: Open) -> None:
        """Open something else and read its first rows."""
        snapshot.open(request.target)
        if self._inbox.given_up:
            snapshot.forget_unrun()  # whoever asks for rows later has not asked for this
            raise Stopped
        snapshot.run()
        source = self._source(snapshot)
        if request.key:
            self._seek(source, request.key, request.screenful)
        else:
            self._fetch(source, 0, request.screenful)

    def read(self, snapshot: Snapshot, request: Read) -> None:
        """Bring rows; whoever has not heard yet that rows were renumbered will ask again."""
        if snapshot.target is None:
            return
        known = self._epoch
        source = self._source(snapshot)
        if request.epoch not in (known, self._epoch):
            self._tell(Batch(request.first, [], source.exact), source, request.first)
            return
        self._reading = True
        first, end, asked = request.first, request.end, request.first
        if request.backward:
            first = max(0, min(first, end - self.batching.next(end - first)))
        try:
            while first < end:
                batch = self._fetch(source, first, end - first, request.backward, asked)
                asked = -1
                if not batch.rows or batch.first != first or isinstance(self._inbox.newest, Read):
                    return
                first += len(batch.rows)
        except Stopped:
            if self._inbox.given_up:
                raise
            # else overtaken by a newer read, which nobody need be told

    def find_end(self, snapshot: Snapshot, request: FindEnd) -> None:
        """Go to the last rows."""
        source = self._source(snapshot)
        self._tell(source.read_end(request.screenful, self.progress), source)
        self._emit(EndFound(self.generation, source.row_count or 0))

    def seek(self, snapshot: Snapshot, request: Seek) -> None:
        """Go to a key."""
        self._seek(self._source(snapshot), request.key, request.screenful)

    def _seek(self, source: RowSource, key: tuple[str, ...], screenful: int) -> None:
        if not isinstance(source, ByKey):
            raise Refused("these rows have no order of a key", "sort by an indexed column first: s")
        batch = source.seek(key, screenful, self.progress)
        self._tell(batch, source)
        self._emit(Sought(self.generation, source.landed, source.found))

    def find(self, snapshot: Snapshot, request: Find) -> None:
        """Go to the next row with a text."""
        source = self._source(snapshot)
        if request.epoch != self._epoch:
            raise Refused("row numbers have changed meanwhile", "n looks from here on")
        info = snapshot.connection.info
        what = matching(
            request.text,
            snapshot.opening.columns,
            request.columns,
            info.parameter_status("server_encoding") or "",
            info.parameter_status("DateStyle") or "",
        )
        hit = None
        if what.wanted:
            passed = self._search_progress(source, request)
            hit = source.find(what, request.row, request.forward, self.progress, passed)
            self._tell(hit.batch, source)
            if hit.stopped:
                raise Stopped
        if hit is None or hit.row is None:
            self._emit(NotFound(self.generation, request.text, request.forward))
        else:
            self._emit(Found(self.generation, request.text, hit.row, hit.column))

    def _search_progress(self, source: RowSource, request: Find) -> Passed:
        told = 0.0
        extent = source.row_count if source.row_count is not None else source.estimate
        ahead = extent - request.row if request.forward else request.row

        def passed(rows: int) -> None:
            nonlocal told
            if self._inbox.given_up:
                raise Stopped
            self.in_steps = self.searching = True
            now = time.monotonic()
            if now - told >= SHOW_EVERY:
                told = now
                share = min(1.0, rows / ahead) if ahead > 0 else -1.0
                self._emit(Searching(self.generation, request.text, rows, share, now - self._asked))

        return passed

    def take_count(self, snapshot: Snapshot, request: TakeCount) -> None:
        """Renumber by a count of the rows, unless another snapshot has come since."""
        if snapshot.began != request.began:
            problem = Problem(
                f"{request.rows:,} rows were counted in a snapshot that is gone",
                advice="# counts again in this one",
            )
            self._emit(Failed(self.generation, problem))
            return
        source = self._source(snapshot)
        shift = source.count(request.rows)
        first = source.row_count or 0
        self._tell(Batch(first, [], exact=source.exact, shift=shift), source)

    def answer(self, snapshot: Snapshot, question: Question) -> None:
        """Ask what is asked, in the snapshot."""
        if not question.passive:
            self._source(snapshot, question.keeps_cursor)
        if not question.keeps_cursor:
            # Its end would take with it what is opened now, and no subtransaction's snapshot can be exported.
            snapshot.leave_savepoint()
        self.in_steps = question.in_steps
        question.run(snapshot, self._emit, lambda: self._inbox.given_up)

    def stream(self, snapshot: Snapshot, request: Stream) -> None:
        """Page forward through everything, and show some of it."""
        source = self._source(snapshot)
        began = shown = time.perf_counter()
        batch = self._fetch(source, request.first, request.screenful)
        self.streaming = self.in_steps = True
        first, rows = batch.first + len(batch.rows), len(batch.rows)
        at_end, tail = False, batch.rows
        over = False
        while not over:
            got = self._read(source, first, self.batching.next(request.screenful, streaming=True)).rows
            first, rows = first + len(got), rows + len(got)
            tail = (tail + got)[-request.screenful :] if len(got) < request.screenful else got
            at_end = source.row_count is not None and first >= source.row_count
            over = at_end or self._inbox.waiting or self._inbox.given_up
            now = time.perf_counter()
            if tail and (over or now - shown >= SHOW_EVERY):
                shown = now
                self._show(source, first, tail[-request.screenful :], rows, now - began)
        self._emit(StreamEnded(self.generation, rows, time.perf_counter() - began, at_end))

    def progress(self, row: int, goal: int) -> None:
        """Tell how far a walk has come; end it if nobody waits for it any longer."""
        overtaken = self._reading and goal >= 0 and isinstance(self._inbox.newest, Read)
        if overtaken or self._inbox.given_up:
            raise Stopped
        self.in_steps = True
        self._emit(Walking(self.generation, row, goal, time.monotonic() - self._asked))

    def _source(self, snapshot: Snapshot, as_it_stands: bool = False) -> RowSource:
        """The source of what is open, declared again if it was lost."""
        source, reopened = snapshot.source(as_it_stands)
        if reopened:
            what = snapshot.opening
            self._epoch = 0
            columns = len(what.columns)
            widest = what.widest_row + ROW_OVERHEAD + VALUE_OVERHEAD * columns
            largest = max(1, self._most_bytes // widest)
            self.batching = Batching(columns, self._batch, self._batch_bytes, largest)
            if snapshot.held is not None:
                self._emit(_ran(self.generation, snapshot.held, snapshot.writing.limit))
            self._emit(
                Opened(
                    self.generation,
                    what.relation,
                    what.columns,
                    what.cell_limit,
                    snapshot.source_name,
                    source.estimate,
                    snapshot.reason,
                    snapshot.keys,
                )
            )
            self._state_changed()
        return source

    def _fetch(
        self, source: RowSource, first: int, at_least: int, backward: bool = False, asked: int = -1
    ) -> Batch:
        batch = self._read(source, first, self.batching.next(at_least), backward)
        self._tell(batch, source, asked)
        return batch

    def _read(self, source: RowSource, first: int, count: int, backward: bool = False) -> Batch:
        fetched = self._fetched = _Fetched()
        batch = source.read(first, count, self.progress, backward)
        # inf times 0 is no number, and without a FETCH nothing is learned.
        seconds = fetched.seconds - fetched.statements * self._round_trip if fetched.statements else 0.0
        self.batching.learn(fetched.rows, fetched.nbytes, seconds)
        return batch

    def _tell(self, batch: Batch, source: RowSource, asked: int = -1) -> None:
        self._epoch += bool(batch.shift or batch.restarted)
        self._emit(
            PageRead(
                self.generation,
                make_page(batch.first, batch.rows),
                source.row_count,
                exact=batch.exact,
                shift=batch.shift,
                restarted=batch.restarted,
                epoch=self._epoch,
                total=source.total,
                asked=asked,
            )
        )

    def cursor_state(self, snapshot: Snapshot | None, idle_limit: float) -> CursorState:
        """Where the cursor and its transaction stand."""
        cursor = snapshot.cursor if snapshot else None
        work = snapshot.writing.transaction if snapshot else None
        writes = work is not None and work.open
        return CursorState(
            generation=self.generation,
            name=cursor.name if cursor else "",
            source=snapshot.source_name if snapshot else "",
            scrollable=cursor.scrollable if cursor else False,
            withhold=cursor.withhold if cursor else False,
            position=cursor.position if cursor else 0,
            row_count=snapshot.row_count if snapshot else None,
            batch=self.batching.next(1),
            batch_by_hand=self.batching.manual is not None,
            transaction_started=work.began if work and work.open else snapshot.began if snapshot else 0.0,
            idle_limit=inf if writes else idle_limit,
            writes=writes,
            row=snapshot.row if snapshot else -1,
        )

    def _show(self, source: RowSource, end: int, tail: list[Row], rows: int, seconds: float) -> None:
        page = make_page(end - len(tail), tail)
        self._emit(Streaming(self.generation, page, source.row_count, rows / seconds, seconds))
        if self._last is not None:
            self._emit(StatementSent(self._last))
        self._state_changed()


def _ran(generation: int, held: HeldRows, limit: int) -> Ran:
    done = held.executed
    return Ran(
        generation,
        done.tag,
        done.total,
        len(done.rows),
        limit,
        done.notices,
        done.more_notices,
        done.seconds,
        held.writes,
    )
