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
from pgmem_tui.export.source import ExportSource, of_query, of_relation
from pgmem_tui.options import BATCH_BOUNDS, Options
from pgmem_tui.paging import events as ev
from pgmem_tui.paging.finding import Find
from pgmem_tui.paging.result import Result
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.ui.table_columns import TableColumns
from pgmem_tui.ui.trail import Left, Step, Trail
from pgmem_tui.ui.widgets.cursor_strip import CursorStrip
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.notice import Notice

SMALLEST_BATCH, LARGEST_BATCH = BATCH_BOUNDS
PATIENCE = 0.4
"""Seconds that a request may take before a word is said about it."""
_SEARCH = "a search"


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
        self.opened: ev.Opened | None = None
        """What is open; None for nothing."""
        self._pending = ""
        """What someone waits for: rows, the end, a stream; empty for nothing."""
        self._budget = options.memory_budget
        self._panes = panes
        self._batch = options.batch
        self._next_batch = 1
        self._asked_at = 0.0
        self._waiting = False
        self._target: ev.Target | None = None
        self._name = ""
        self._trail = Trail()
        self._goal = -1
        """A row to stand on once it is here; -1 is none."""
        self._return: Step | None = None
        """Where to stand in what is being opened again."""
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            ev.Opened: self._opened,
            ev.PageRead: self._page_read,
            ev.Walking: self._walking,
            ev.EndFound: self._end_found,
            ev.Sought: self._sought,
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
        self._leave(Left.OPENED)
        self._open(target, title)

    def _open(self, target: ev.Target, title: str, key: tuple[str, ...] = ()) -> None:
        self._target, self._name, self.opened = target, title, None
        self._goal, self._return = -1, None
        self.result = Result(self.result.generation + 1, self._budget)
        self.streaming = self._panes.grid.following = False
        self._panes.notice.hide()
        self._panes.title(self._trail.followed + title)
        self._panes.grid.clear("opening … esc cancels")
        self._wait("rows")
        self.session.request(ev.Open(self.result.generation, target, self._panes.grid.body, key))

    @property
    def target(self) -> ev.Target | None:
        """What is open, or about to be."""
        return self._target

    @property
    def oid(self) -> int | None:
        """Of the relation that is open; None for a query."""
        return self._target.oid if isinstance(self._target, ev.KnownRelation) else None

    @property
    def row(self) -> int:
        """The number of the cursor's row."""
        return self._panes.grid.row

    def column(self) -> Column | None:
        """The column under the cursor."""
        columns, at = self.result.columns, self._panes.grid.column
        return columns[at] if at < len(columns) else None

    def cell(self) -> tuple[Column, str | None] | None:
        """The column and the value under the cursor, if they are here."""
        column, row = self.column(), self.result.row(self.row)
        return (column, row[self._panes.grid.column]) if column is not None and row is not None else None

    def record(self) -> dict[str, str | None] | None:
        """The values of the cursor's row by their columns' names, if they are here."""
        row = self.result.row(self.row)
        return dict(zip([column.name for column in self.result.columns], row, strict=False)) if row else None

    def export_source(self) -> ExportSource | None:
        """What is open, to be exported with nothing cut; None for nothing."""
        if self.opened is None:
            return None
        if isinstance(self._target, ev.UserQuery):
            return of_query(self._target.sql)
        relation, target = self.opened.relation, self._target
        if relation is None or not isinstance(target, ev.KnownRelation):
            return None
        return of_relation(relation, target.conditions, target.order, target.limit)

    def narrow(self, target: ev.KnownRelation, key: tuple[str, ...] = ()) -> None:
        """Open other rows of the same relation, or in another order; `key` is sought there."""
        self._leave(Left.NARROWED)
        self._open(target, self._name, key)

    def follow(self, target: ev.Target, title: str) -> None:
        """Open what a key refers to."""
        self._leave(Left.FOLLOWED)
        self._open(target, title)

    def back(self) -> bool:
        """Open again what was open before, at the same place; False if nothing was."""
        step = self._trail.back()
        if step is not None:
            self._open(step.target, step.title)
            self._return = step
        return step is not None

    def go_to_row(self, row: int) -> None:
        """Put the cursor on a row, which may be farther than anything seen."""
        grid, result = self._panes.grid, self.result
        if result.row_count is not None:
            row = max(0, min(row, result.row_count - 1))
        if result.row(row) is not None:
            grid.go(row)
        elif result.columns:
            # The rows of here stay on the screen until those of there have come.
            self._goal = row
            self._wait("rows")
            self.session.request(ev.Read(result.generation, row, row + grid.body, False, result.epoch))

    def seek(self, key: tuple[str, ...]) -> None:
        """Go to the first row with a key."""
        self._wait("rows")
        self.session.request(ev.Seek(self.result.generation, key, self._panes.grid.body))

    def find(self, text: str, row: int, forward: bool) -> None:
        """Look for a text in the columns shown, behind a row or before it."""
        if self.lost or self.searching or not self.result.columns:
            return
        self._wait(_SEARCH)
        self._panes.cursor.show_note("")
        columns = tuple(self._panes.grid.column_layout.shown)
        result = self.result
        self.session.request(Find(result.generation, text, row, forward, columns, result.epoch))

    @property
    def searching(self) -> bool:
        """Whether a search is under way."""
        return self._pending == _SEARCH

    def working(self, message: str) -> None:
        """Say how far something has come that someone waits for."""
        self._waiting = False
        self._panes.grid.say(message)

    def search_ended(self, row: int = -1, column: int = 0) -> None:
        """A search has ended, at a cell unless the row is -1."""
        self._arrived(_SEARCH)
        self._panes.grid.say("")
        if row >= 0:
            self._panes.grid.go_column(column)
            self.go_to_row(row)

    def ask(self, question: ev.Question) -> None:
        """Ask something in the open snapshot."""
        self.session.request(question)

    def counted(self, rows: int) -> None:
        """The rows were counted."""
        self.result.total = self.result.estimate = rows
        self._panes.cursor.show_note(f"counted {quantities.row_number(rows)} rows in this snapshot")
        self.session.request(ev.TakeCount(self.result.generation, rows))

    def _leave(self, how: Left) -> None:
        """Remember what is open, to come back to."""
        if self._target is not None and self.result.columns:
            grid = self._panes.grid
            self._trail.add(Step(self._target, self._name, grid.row, grid.column, how))

    def reopen(self) -> None:
        """Open the same again, in a new snapshot."""
        if self._target is not None:
            self._open(self._target, self._name)

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
        self.opened = event
        self.result.opened(event)
        same = bool(event.refreshed) or self._same_relation(event.relation)
        self.relation = event.relation
        headings = [_heading(column) for column in event.columns]
        arrangement = self.columns.opened(event, self._target, headings)
        self._panes.grid.show(self.result, headings, bool(event.refreshed), arrangement, same)
        self._panes.title(self._trail.followed + _title(event, self._target))
        if event.relation is not None:
            self._name = one_line(f"{event.relation.schema}.{event.relation.name}")
            if not isinstance(self._target, ev.KnownRelation):
                self._target = ev.KnownRelation(event.relation.oid)
        if event.refreshed:
            self._panes.cursor.show_note(f"snapshot refreshed ({event.refreshed})")
        else:
            self._panes.cursor.show_note("")

    def _same_relation(self, relation: Relation | None) -> bool:
        return relation is not None and self.relation is not None and relation.oid == self.relation.oid

    def _page_read(self, event: ev.PageRead) -> None:
        grid = self._panes.grid
        if event.epoch != self.result.epoch or event.exact != self.result.exact:
            self.result.renumbered(event)
            grid.renumbered(event.shift)
        self.result.take(event.page, event.row_count, (grid.top, grid.top + grid.body))
        self._settle(event)
        self._arrived("rows")
        if not self.busy:
            grid.say("")
        grid.rows_arrived()

    def _settle(self, event: ev.PageRead) -> None:
        """Stand where one wanted to, or as near as there are rows."""
        grid, page = self._panes.grid, event.page
        if self._return is not None and page.rows:
            step, self._return = self._return, None
            grid.go_column(step.column)
            self.go_to_row(step.row)
        elif self._goal >= 0 and (event.row_count is not None or self._goal < page.end):
            goal, self._goal = self._goal, -1
            if event.restarted and page.rows:
                goal = min(max(goal, page.first), page.end - 1)
            grid.go(goal, goal)
        elif event.restarted and page.rows and not page.first <= grid.row < page.end:
            grid.go(page.first if grid.row < page.first else page.end - 1)

    def _sought(self, event: ev.Sought) -> None:
        self._panes.grid.go(event.row, event.row)

    def _walking(self, event: ev.Walking) -> None:
        where = quantities.row_number(event.row)
        goal = "the end" if event.goal < 0 else f"row {quantities.row_number(event.goal + 1)}"
        seconds = quantities.seconds(event.seconds)
        self.working(f"moving to {goal}: at row {where}, {seconds} … esc cancels")

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
            self._panes.grid.clear("backspace goes back" if self._trail else "")

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
        self._pending, self._goal = "", -1
        self.streaming = self._panes.grid.following = self.reconnecting = False
        self._panes.grid.say("")
        self._panes.grid.forget_request()


def _title(event: ev.Opened, target: ev.Target | None) -> str:
    relation = event.relation
    if relation is None:
        return f"query ─ {event.source}"
    parts = []
    if relation.estimated_rows >= 0:
        some = isinstance(target, ev.KnownRelation) and (target.conditions or target.limit)
        few = f"≈{quantities.count(event.estimate)} of " if some and event.estimate >= 0 else ""
        parts.append(f"{few}≈{quantities.count(relation.estimated_rows)} rows")
    if relation.nbytes >= 0:
        parts.append(quantities.nbytes(relation.nbytes))
    about = f" ─ {' · '.join(parts)}" if parts else ""
    return f"{one_line(relation.schema)}.{one_line(relation.name)}{about} ─ {event.source}"


def _heading(column: Column) -> Heading:
    name = one_line(column.name)
    return Heading(name, cell_width(name), column.type_oid, column.numeric)
