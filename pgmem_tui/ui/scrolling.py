"""Getting about in the rows of what is open: asked for by number, key or text, and shown as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pgmem_tui.display import quantities
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.finding import Find
from pgmem_tui.ui.going import Going
from pgmem_tui.ui.trail import Step

if TYPE_CHECKING:
    from pgmem_tui.ui.browsing import Browsing, Panes

_ROWS, _END, _SEARCH = "rows", "the end", "a search"
"""What someone waits for."""


class Scrolling:
    """Where in the rows one is, and on the way to."""

    def __init__(self, browsing: Browsing, panes: Panes) -> None:
        """Stand still.

        Args:
            browsing: Knows what is open.
            panes: Show it.
        """
        self._browsing, self._panes = browsing, panes
        self._waiting = browsing.waiting
        self._going = Going(panes.grid, self._read_there)

    @property
    def handlers(self) -> dict[type[Any], Callable[[Any], None]]:
        """Who takes which event."""
        return {
            ev.PageRead: self._page_read,
            ev.Walking: self._walking,
            ev.EndFound: self._end_found,
            ev.Sought: self._sought,
        }

    # -- what the user asks for ------------------------------------------------------------------

    def begin(self) -> None:
        """Something else is being opened: its first rows come by themselves."""
        self._going.stop()
        self._waiting.begin(_ROWS)

    def return_to(self, step: Step) -> None:
        """Stand where one was, once the first rows are here."""
        self._going.stop(then=step)

    def stop(self) -> None:
        """Nothing that was asked for will come any longer."""
        self._going.stop()

    def read(self, first: int, end: int, backward: bool) -> None:
        """Bring rows of what is open; not while those of a place to go to are on their way."""
        if self._going:
            return
        if not self._waiting:
            self._waiting.begin(_ROWS)
        result = self._browsing.result
        self._browsing.session.request(rq.Read(result.generation, first, end, backward, result.epoch))

    def _read_there(self, first: int, end: int) -> None:
        self._waiting.begin(_ROWS)
        result = self._browsing.result
        self._browsing.session.request(rq.Read(result.generation, first, end, False, result.epoch))

    def go_to_row(self, row: int) -> None:
        """Put the cursor on a row, which may be farther than anything seen."""
        self._panes.notice.hide()
        self._going.to(row, self._browsing.result)

    def seek(self, key: tuple[str, ...]) -> None:
        """Go to the first row with a key."""
        self._panes.notice.hide()
        self._waiting.begin(_ROWS)
        generation = self._browsing.result.generation
        self._browsing.session.request(rq.Seek(generation, key, self._panes.grid.body))

    def find_end(self) -> None:
        """Go to the last row, wherever that is."""
        self._waiting.begin(_END)
        self._panes.cursor.show_note("")
        generation = self._browsing.result.generation
        self._browsing.session.request(rq.FindEnd(generation, self._panes.grid.body))

    def find(self, text: str, row: int, forward: bool) -> None:
        """Look for a text in the columns shown, behind a row or before it."""
        result = self._browsing.result
        if self._browsing.lost or self.searching or not result.columns:
            return
        self._waiting.begin(_SEARCH)
        self._panes.cursor.show_note("")
        columns = tuple(self._panes.grid.column_layout.shown)
        self._browsing.session.request(Find(result.generation, text, row, forward, columns, result.epoch))

    @property
    def searching(self) -> bool:
        """Whether a search is under way."""
        return self._waiting.waits_for(_SEARCH)

    def search_ended(self, row: int = -1, column: int = 0) -> None:
        """A search has ended, at a cell unless the row is -1."""
        self._waiting.arrived(_SEARCH)
        self._panes.grid.say("")
        if row >= 0:
            self._panes.grid.go_column(column)
            self.go_to_row(row)

    # -- what the session answers ----------------------------------------------------------------

    def _page_read(self, event: ev.PageRead) -> None:
        grid, result = self._panes.grid, self._browsing.result
        if event.epoch != result.epoch or event.exact != result.exact:
            result.renumbered(event)
            grid.renumbered(event.shift)
        result.take(event.page, event.row_count, (grid.top, grid.top + grid.body))
        if event.total is not None and event.total != result.total:
            result.total = result.estimate = event.total
            self._browsing.show_title()
        self._going.arrived(event, result)
        self._waiting.arrived(_ROWS)
        if not self._waiting:
            grid.say("")
        grid.rows_arrived()

    def _sought(self, event: ev.Sought) -> None:
        grid = self._panes.grid
        grid.go(event.row, event.row)
        if not event.found:
            grid.announce("no row has that key: this is where it would come")

    def _walking(self, event: ev.Walking) -> None:
        where = quantities.row_number(event.row)
        goal = "the end" if event.goal < 0 else f"row {quantities.row_number(event.goal + 1)}"
        seconds = quantities.seconds(event.seconds)
        self._browsing.working(f"moving to {goal}: at row {where}, {seconds} … esc cancels")

    def _end_found(self, event: ev.EndFound) -> None:
        self._waiting.arrived(_END)
        self._browsing.result.row_count = event.row_count
        self._panes.grid.say("")
        self._panes.grid.go(event.row_count - 1)
