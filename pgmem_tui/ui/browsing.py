"""From events to widgets and from keys to requests, for the one thing that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pgmem_tui.display.column_arrangement import Arrangements
from pgmem_tui.display.text import one_line
from pgmem_tui.export.source import ExportSource, of_query, of_relation, of_spec
from pgmem_tui.options import Options
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.result import Result
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.postgres.relation import Relation
from pgmem_tui.ui import headings
from pgmem_tui.ui.in_flight import InFlight
from pgmem_tui.ui.outcomes import Outcomes
from pgmem_tui.ui.scrolling import Scrolling
from pgmem_tui.ui.streaming import Streaming
from pgmem_tui.ui.table_columns import TableColumns
from pgmem_tui.ui.trail import Left, Step, Trail
from pgmem_tui.ui.under_cursor import UnderCursor
from pgmem_tui.ui.waiting import Waiting
from pgmem_tui.ui.widgets.cursor_strip import CursorStrip
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.notice import Notice


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
        self.columns = TableColumns(panes.grid, arrangements, options.settings)
        self.result = Result(0, options.memory_budget)
        self.stream = Streaming(self, panes, options.batch)
        self.cell_limit = options.cell_limit
        """Characters after which the server cuts a value, where there are not very many columns."""
        self.lost = False
        """Whether the connection is gone."""
        self.reconnecting = False
        self.uncommitted = False
        """Whether a transaction is open that writes: what is read is read in it."""
        self._shown: ev.Opened | None = None
        """What was opened last: it may be something else that is being opened."""
        self._budget = options.memory_budget
        self._panes = panes
        self.waiting = Waiting(panes.grid)
        self.in_flight = InFlight()
        self._target: rq.Target | None = None
        self._name = self._text = ""
        self._outcomes = Outcomes(self, panes)
        self.scrolling = Scrolling(self, panes)
        self.trail = Trail()
        """What was open before."""
        self._returns = False
        """Whether what was left last is at its end, and what is open came in its place."""
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            ev.Opened: self._opened,
            ev.Streaming: self.stream.passed,
            ev.StreamEnded: self.stream.ended,
            ev.CursorState: self.stream.state,
            **self.scrolling.handlers,
            **self._outcomes.handlers,
        }

    @property
    def busy(self) -> bool:
        """Whether a request is under way that someone waits for."""
        return bool(self.waiting)

    # -- what the user asks for ------------------------------------------------------------------

    def open(self, target: rq.Target, title: str, text: str = "") -> None:
        """Open something else; `text` is the SQL of what the user has put together."""
        self._leave(Left.OPENED)
        self._open(target, title, text=text)

    def _open(self, target: rq.Target, title: str, key: tuple[str, ...] = (), text: str = "") -> None:
        self._target, self._name, self._text = target, title, text
        self._outcomes.ran = None
        self.result = Result(self.result.generation + 1, self._budget)
        self.stream.over()
        self._panes.notice.hide()
        self._panes.title(self.trail.followed + title)
        self._panes.grid.clear("opening … esc cancels")
        self.scrolling.begin()
        self.in_flight.add(self.result.generation, target, text)
        self.session.request(rq.Open(self.result.generation, target, self._panes.grid.body, key))

    @property
    def target(self) -> rq.Target | None:
        """What is open, or about to be."""
        return self._target

    @property
    def name(self) -> str:
        """What that is called; safe text."""
        return self._name

    @property
    def opened(self) -> ev.Opened | None:
        """What is open; None for nothing, and until the server has opened it."""
        shown = self._shown
        return shown if shown is not None and shown.generation == self.result.generation else None

    @property
    def relation(self) -> Relation | None:
        """The relation that was opened last; None for a query."""
        return self._shown.relation if self._shown is not None else None

    @property
    def oid(self) -> int | None:
        """Of the relation that is open; None for a query."""
        return self._target.oid if isinstance(self._target, rq.KnownRelation) else None

    @property
    def cursor(self) -> UnderCursor:
        """What is under the cursor now."""
        return UnderCursor(self.result, self._panes.grid)

    def export_source(self) -> ExportSource | None:
        """What is open, to be exported with nothing cut; None for nothing."""
        if self.opened is None:
            return None
        if isinstance(self._target, rq.UserQuery):
            return of_query(self._target.sql, values=self._target.values)
        if isinstance(self._target, rq.ComposedQuery):
            return of_spec(self._target.spec)
        relation, target = self.opened.relation, self._target
        if relation is None or not isinstance(target, rq.KnownRelation):
            return None
        shown = self._panes.grid.column_layout.shown
        return of_relation(relation, target.conditions, target.order, target.limit, tuple(shown))

    def compose(self, target: rq.ComposedQuery, title: str, text: str = "") -> None:
        """Open the rows of a query that was put together; `text` is its SQL if the user did, and no key."""
        self._leave(Left.NARROWED if isinstance(self._target, rq.ComposedQuery) else Left.OPENED)
        self._open(target, title, text=text)

    def narrow(self, target: rq.KnownRelation, key: tuple[str, ...] = (), text: str = "") -> None:
        """Open other rows of the same relation, or in another order; `key` is sought there."""
        self._leave(Left.NARROWED)
        self._open(target, self._name, key, text)

    def follow(self, target: rq.Target, title: str) -> None:
        """Open what a key refers to."""
        self._leave(Left.FOLLOWED)
        self._open(target, title)

    def back(self) -> bool:
        """Open again what was open before, at the same place; False if nothing was."""
        step, self._returns = self.trail.back(), False
        if step is not None:
            self._open(step.target, step.title)
            self.scrolling.return_to(step)
        return step is not None

    def leave_failure(self) -> None:
        """Open again what was open before something that could not be opened, if that is what is here."""
        if self._returns and not (self.busy or self.lost or self.result.columns):
            self.back()

    def working(self, message: str) -> None:
        """Say how far something has come that someone waits for."""
        self.waiting.told()
        self._panes.grid.say(message)

    def ask(self, question: rq.Question) -> None:
        """Ask something in the open snapshot."""
        self.session.request(question)

    def counted(self, rows: int, began: float) -> None:
        """The rows were counted, in the snapshot that began then."""
        self.session.request(rq.TakeCount(self.result.generation, rows, began))

    def _leave(self, how: Left) -> None:
        """Remember what is open, to come back to."""
        if not self.result.columns:
            return
        self._returns = self._target is not None and not self._outcomes.once
        if self._target is not None and self._returns:
            grid = self._panes.grid
            self.trail.add(Step(self._target, self._name, grid.row, grid.column, how))

    def reopen(self) -> None:
        """Open the same again, in a new snapshot."""
        self._returns = False
        if isinstance(self._target, rq.Statement) and self._target.writes:
            self._panes.grid.announce("a statement that writes is not run again by itself")
        elif self._target is not None:
            self._open(self._target, self._name, text=self._text)

    def cancel(self) -> bool:
        """Give up what runs; False if nothing does."""
        if self.stream.running:
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
        self.session.request(rq.Reconnect())

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
            self.scrolling.read(grid.top, grid.top + grid.body, False)

    def _opened(self, event: ev.Opened) -> None:
        self._panes.notice.hide()
        before, self._shown = self.relation, event
        self.result.opened(event)
        same = before is not None and event.relation is not None and before.oid == event.relation.oid
        columns = [headings.heading(column) for column in event.columns]
        arrangement = self.columns.opened(event, self._target, columns)
        self._panes.grid.show(self.result, columns, bool(event.refreshed), arrangement, same)
        self.show_title()
        if event.relation is not None:
            self._name = one_line(f"{event.relation.schema}.{event.relation.name}")
            if not isinstance(self._target, rq.KnownRelation):
                self._target = rq.KnownRelation(event.relation.oid)
        self._outcomes.opened(event)
        if event.refreshed and not self.waiting:  # it was another question that opened it again
            grid = self._panes.grid
            self.scrolling.read(grid.top, grid.top + grid.body, False)

    def show_title(self) -> None:
        """Say what is open, and how many rows it has as soon as they were counted."""
        if self.opened is not None:
            outcomes = self._outcomes
            words = headings.title(
                self.opened, self._target, self.result.total, outcomes.ran, outcomes.became
            )
            self._panes.title(self.trail.followed + words)

    def over(self) -> None:
        """Nothing that was asked for will come any longer."""
        self.waiting.over()
        self.scrolling.stop()
        self.stream.over()
        self.reconnecting = False
        self._panes.grid.forget_request()
