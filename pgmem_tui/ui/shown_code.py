"""Opens the program beside the rows, keeps it the one for the rows on the screen, and closes it.

While it is closed it costs nothing.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.paging import events as ev
from pgmem_tui.paging.showing_code import ProgramShown, ShowProgram
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.beside_rows import give_back, hand_keys, take_keys
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.messages import Listeners
from pgmem_tui.ui.widgets.code_pane import CodePane
from pgmem_tui.ui.widgets.data_grid import DataGrid

EVERY = 0.2
"""Seconds between two looks at what is on the screen."""
_OPEN = "-code"
"""The screen's class while it is open."""
_NARROW = "-narrow"
"""Its class where what is open hides the rows."""


class ShownCode:
    """One at a time, on the browse screen."""

    def __init__(
        self, grid: DataGrid, browsing: Browsing, settings: ConnectionSettings, listeners: Listeners
    ) -> None:
        """It is closed.

        Args:
            grid: Says which rows are on the screen.
            browsing: What is open.
            settings: How the program is to connect.
            listeners: Is added to while it is open.
        """
        self._grid, self._browsing, self._settings = grid, browsing, settings
        self._listeners = listeners
        self._pane: CodePane | None = None
        self._asked: tuple[ShowProgram, int, bool] | None = None
        """The newest question, and what else its answer depends on: how rows are numbered."""
        self._place = 0, 0
        """The first row and the rows of the grid, since it has been seen last."""

    def toggle(self, screen: Screen[Any]) -> None:
        """Open it, or close it."""
        if self._pane is not None:
            self.close()
            return
        self._place = self._grid.top, self._grid.body  # before it may be hidden
        pane = self._pane = CodePane(self._leave)
        self._asked = None
        self._listeners.append(self._hear)

        def mounted() -> None:
            if self._pane is not pane:
                pane.remove()
                return
            if not self._grid.region:
                hand_keys(pane, pane.view)
            self._look()
            pane.set_interval(EVERY, self._look)

        screen.add_class(_OPEN)
        screen.query_one("#main").mount(pane)
        if screen.has_class(_NARROW):
            take_keys(pane)
        pane.call_after_refresh(mounted)

    def focus(self) -> None:
        """Go to it, if it is open."""
        if self._pane is not None and self._pane.is_mounted:
            self._pane.view.focus()

    def close(self) -> None:
        """Close it."""
        pane, self._pane = self._pane, None
        if pane is None:
            return
        self._listeners.remove(self._hear)
        pane.screen.remove_class(_OPEN)
        give_back(self._grid, pane)
        if pane.is_mounted:  # else it goes when it is
            pane.remove()

    def make_room(self) -> None:
        """Close it where it hides the rows."""
        if self._pane is not None and not self._grid.region:
            self.close()

    def _leave(self, close: bool) -> None:
        if close or not self._grid.region:
            self.close()
        else:
            self._grid.focus()

    def _look(self) -> None:
        """Ask, if other rows are on the screen than those that were asked about."""
        if self._pane is None:  # a last tick may come after it is closed
            return
        if self._grid.region:
            self._place = self._grid.top, self._grid.body
        browsing, result = self._browsing, self._browsing.result
        if browsing.target is None:
            self._pane.say("open a table, or run a query")
        # A request of its own would end the stream, and hold up what someone waits for.
        if browsing.opened is None or browsing.lost or browsing.busy or browsing.stream.running:
            return
        first, body = self._place
        end = min(first + body, self._grid.extent)
        rows = [row for number in range(first, end) if (row := result.row(number)) is not None]
        if len(rows) < end - first:
            if not self._grid.region:  # else it has asked for them itself
                browsing.scrolling.read(first, end, backward=False)
            return
        request = ShowProgram(result.generation, first, tuple(rows), browsing.stream.batch, self._settings)
        question = request, result.epoch, result.exact
        if question != self._asked:
            self._asked = question
            browsing.ask(request)

    def _hear(self, event: ev.Event) -> bool:
        """Take the answer; ask again, if something was given up, as that may have been the question."""
        if isinstance(event, ev.Cancelled):
            self._asked = None
        if not isinstance(event, ProgramShown):
            return False
        if self._pane is not None and self._asked is not None and event.request == self._asked[0]:
            self._pane.show(event.text, event.simple, one_line(event.why_not), _rows(*self._asked))
        return True


def _rows(request: ShowProgram, _epoch: int, exact: bool) -> str:
    first, last = request.first + 1, request.first + len(request.rows)
    if last < first:
        return "no rows"
    about = "" if exact else "≈"
    return f"rows {about}{quantities.row_number(first)} to {about}{quantities.row_number(last)}"
