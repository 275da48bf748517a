"""From events to widgets and from keys to requests, for the one thing that is open."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pgmem_tui.display import quantities
from pgmem_tui.display.column_arrangement import Arrangements
from pgmem_tui.display.column_layout import Heading
from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.options import BATCH_BOUNDS, Options
from pgmem_tui.paging import events as ev
from pgmem_tui.paging.result import Result
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.ui.table_columns import TableColumns
from pgmem_tui.ui.widgets.cursor_strip import CursorStrip
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.notice import Notice

SMALLEST_BATCH, LARGEST_BATCH = BATCH_BOUNDS
PATIENCE = 0.4
"""Seconds that a request may take before a word is said about it."""


@dataclass(frozen=True)
class Panes:
    """The widgets that show what is open."""

    grid: DataGrid
    cursor: CursorStrip
    notice: Notice
    title: Callable[[str], None]
    """Shows what is open, above the grid."""


class Browsing:
    """What is open, on the screen's thread."""

    def __init__(
        self, options: Options, panes: Panes, session: BrowseSession, arrangements: Arrangements
    ) -> None:
        """Nothing is open."""
        self.session = session
        self.relation: Relation | None = None
        """What is open; None for a query."""
        self.columns = TableColumns(panes.grid, arrangements, options.settings)
        self.result = Result(0, options.memory_budget)
        self.streaming = False
        self.lost = False
        """Whether the connection is gone."""
        self.reconnecting = False
        self._pending = ""
        """What someone waits for: rows, the end, a stream; empty for nothing."""
        self._budget = options.memory_budget
        self._panes = panes
        self._batch = options.batch
        self._next_batch = 1
        self._asked_at = 0.0
        self._waiting = False
        self._target: ev.Target | None = None
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            ev.Opened: self._opened,
            ev.PageRead: self._page_read,
            ev.Walking: self._walking,
            ev.EndFound: self._end_found,
            ev.Streaming: self._streamed,
            ev.StreamEnded: self._stream_ended,
            ev.CursorState: self._cursor_state,
            ev.Failed: self._failed,
            ev.Cancelled: self._cancelled,
            ev.Released: self._released,
            ev.Lost: self._lost,
        }

    @property
    def busy(self) -> bool:
        """Whether a request is under way that someone waits for."""
        return bool(self._pending)

    # -- what the user asks for ------------------------------------------------------------------

    def open(self, target: ev.Target, title: str) -> None:
        """Open something else."""
        self._target = target
        self.result = Result(self.result.generation + 1, self._budget)
        self.streaming = self._panes.grid.following = False
        self._panes.notice.hide()
        self._panes.title(title)
        self._panes.grid.clear("opening … esc cancels")
        self._wait("rows")
        self.session.request(ev.Open(self.result.generation, target, self._panes.grid.body))

    def reopen(self, title: str) -> None:
        """Open the same again, in a new snapshot."""
        if self._target is not None:
            self.open(self._target, title)

    def read(self, first: int, end: int, backward: bool) -> None:
        """Bring rows of what is open."""
        if not self.busy:
            self._wait("rows")
        self.session.request(ev.Read(self.result.generation, first, end, backward, self.result.epoch))

    def find_end(self) -> None:
        """Go to the last row, wherever that is."""
        self._wait("the end")
        self._panes.cursor.show_note("")
        self.session.request(ev.FindEnd(self.result.generation, self._panes.grid.body))

    def toggle_stream(self) -> None:
        """Start or stop paging through everything."""
        if self.streaming:
            self.session.stop()
        elif self._panes.grid.extent and not self.lost:
            self._wait("stream")
            self._panes.cursor.show_note("")
            self.streaming = self._panes.grid.following = True
            grid = self._panes.grid
            first = min(grid.top + grid.body, self.result.seen)
            self.session.request(ev.Stream(self.result.generation, first, grid.body))

    def change_batch(self, larger: bool) -> None:
        """Set the rows of a FETCH by hand: half or double."""
        now = self._batch or self._next_batch
        wanted = now * 2 if larger else now // 2
        self._batch = min(LARGEST_BATCH, max(SMALLEST_BATCH, wanted))
        self.session.request(ev.SetBatch(self._batch))

    def automatic_batch(self) -> None:
        """Size batches by what is measured again."""
        self._batch = None
        self.session.request(ev.SetBatch(None))

    def cancel(self) -> bool:
        """Give up what runs; False if nothing does."""
        if self.streaming:
            self.session.stop()
        elif self.busy:
            self.session.cancel()
        return self.busy

    def reconnect(self) -> None:
        """Connect again, to the same place; nothing while an attempt is under way."""
        if self.reconnecting:
            return
        self.reconnecting = True
        self._panes.grid.say("connecting …")
        self.session.request(ev.Reconnect())

    def tick(self) -> None:
        """Say that something takes its time."""
        waited = time.monotonic() - self._asked_at
        if self.busy and waited >= PATIENCE and not self._panes.grid.message:
            self._waiting = True
        if self.busy and self._waiting:
            self._panes.grid.say(f"the server is working, {quantities.seconds(waited)} … esc cancels")

    def _wait(self, what: str) -> None:
        self._pending, self._waiting, self._asked_at = what, False, time.monotonic()

    def _arrived(self, what: str) -> None:
        if self._pending == what:
            self._pending = ""

    # -- what the session answers ----------------------------------------------------------------

    def handle(self, event: ev.Event) -> None:
        """Show an event, unless it is about something that is no longer open."""
        if getattr(event, "generation", self.result.generation) != self.result.generation:
            return
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def reconnected(self) -> None:
        """The connection is back: go on at the same place."""
        self.lost = self.reconnecting = False
        self._panes.notice.hide()
        grid = self._panes.grid
        grid.say("")
        if self._target is not None:
            self.result.window.clear()
            self.read(grid.top, grid.top + grid.body, False)

    def _opened(self, event: ev.Opened) -> None:
        self.result.opened(event)
        self.relation = event.relation
        headings = [_heading(column) for column in event.columns]
        arrangement = self.columns.opened(event, self._target, headings)
        self._panes.grid.show(self.result, headings, bool(event.refreshed), arrangement)
        self._panes.title(_title(event))
        if event.refreshed:
            self._panes.cursor.show_note(f"snapshot refreshed ({event.refreshed})")
        else:
            self._panes.cursor.show_note("")

    def _page_read(self, event: ev.PageRead) -> None:
        grid = self._panes.grid
        if event.epoch != self.result.epoch or event.exact != self.result.exact:
            self.result.renumbered(event)
            grid.renumbered(event.shift)
        self.result.take(event.page, event.row_count, (grid.top, grid.top + grid.body))
        if event.restarted and event.page.rows and not event.page.first <= grid.row < event.page.end:
            grid.go(event.page.end - 1)
        self._arrived("rows")
        if not self.busy:
            grid.say("")
        grid.rows_arrived()

    def _walking(self, event: ev.Walking) -> None:
        self._waiting = False
        where = quantities.row_number(event.row)
        goal = "the end" if event.goal < 0 else f"row {quantities.row_number(event.goal + 1)}"
        seconds = quantities.seconds(event.seconds)
        self._panes.grid.say(f"moving to {goal}: at row {where}, {seconds} … esc cancels")

    def _end_found(self, event: ev.EndFound) -> None:
        self._arrived("the end")
        self.result.row_count = event.row_count
        self._panes.grid.say("")
        self._panes.grid.go(event.row_count - 1)

    def _streamed(self, event: ev.Streaming) -> None:
        grid = self._panes.grid
        self.result.take(event.page, event.row_count, (event.page.first, event.page.end))
        speed, row = quantities.rate(event.rows_per_second), quantities.row_number(event.page.end)
        share = f" · {100 * event.page.end / self.result.estimate:.0f} %" if self.result.estimate > 0 else ""
        grid.message = (
            f"streaming {speed} · row {row}{share} · {quantities.seconds(event.seconds)} · space stops"
        )
        grid.go(event.page.end - 1, event.page.first)

    def _stream_ended(self, event: ev.StreamEnded) -> None:
        self._arrived("stream")
        self.streaming = self._panes.grid.following = False
        speed = quantities.rate(event.rows / event.seconds if event.seconds else 0.0)
        why = "the end" if event.at_end else "stopped"
        self._panes.grid.say("")
        if event.rows:
            self._panes.cursor.show_note(f"streamed {quantities.count(event.rows)} rows, {speed}, {why}")
        self._panes.grid.rows_arrived()

    def _cursor_state(self, state: ev.CursorState) -> None:
        self._next_batch = state.batch
        self._panes.cursor.show_state(state)

    def _failed(self, event: ev.Failed) -> None:
        self._over()
        self._panes.notice.show(event.problem, event.sql)
        if not self.result.columns:
            self._panes.grid.clear("")

    def _cancelled(self, event: ev.Cancelled) -> None:
        self._over()
        word = "cancelled" + (
            ": the cursor is gone, the next scroll declares another" if event.lost_cursor else ""
        )
        if self.result.columns:
            self._panes.cursor.show_note(word)
        else:
            self._panes.grid.clear(f"{word} · R opens it again" if self._target else word)

    def _released(self, event: ev.Released) -> None:
        minutes = quantities.clock(event.idle_seconds)
        self._panes.cursor.show_note(f"released after {minutes} idle; the next scroll opens a new snapshot")

    def _lost(self, event: ev.Lost) -> None:
        self._over()
        self.lost = True
        self._panes.notice.show(event.problem, keys="r reconnects at the same place")

    def _over(self) -> None:
        self._pending = ""
        self.streaming = self._panes.grid.following = self.reconnecting = False
        self._panes.grid.say("")
        self._panes.grid.forget_request()


def _title(event: ev.Opened) -> str:
    relation = event.relation
    if relation is None:
        return f"query ─ {event.source}"
    parts = []
    if relation.estimated_rows >= 0:
        parts.append(f"≈{quantities.count(relation.estimated_rows)} rows")
    if relation.nbytes >= 0:
        parts.append(quantities.nbytes(relation.nbytes))
    about = f" ─ {' · '.join(parts)}" if parts else ""
    return f"{one_line(relation.schema)}.{one_line(relation.name)}{about} ─ {event.source}"


def _heading(column: Column) -> Heading:
    name = one_line(column.name)
    return Heading(name, cell_width(name), column.type_oid, column.numeric)
