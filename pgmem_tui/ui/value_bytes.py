"""The bytes of one value that are here, those on their way, and whether the server holds the value for us."""

from __future__ import annotations

from collections.abc import Callable

from pgmem_tui.display.values.byte_window import REACH, ByteWindow
from pgmem_tui.display.values.rows import NotHeld
from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.paging.values import CloseValue, ReadValue, ValueRead
from pgmem_tui.ui.widgets.value_view import ValueView

AHEAD = 2 * REACH
"""Bytes held behind the screen, so that a page down is there at once."""
BEHIND = REACH


class ValueBytes:
    """A window over a value, moved by what the screen shows."""

    def __init__(
        self, cell: Cell, generation: int, cell_limit: int, request: Callable[[rq.Request], None]
    ) -> None:
        """Nothing is here.

        Args:
            cell: The value.
            generation: Of what is open.
            cell_limit: Characters that a cut value has.
            request: Asks the session.
        """
        self.window = ByteWindow(0)
        shown = cell.shown
        self.cut = shown is not None and cell.column.was_cut(shown, cell_limit)
        """Whether the server has more than the grid."""
        self.asked = False
        """Whether bytes are on their way."""
        self.lost = False
        """Whether the connection is."""
        self._cell, self._generation, self._request = cell, generation, request
        self._near = 0
        """The offset around which bytes are kept."""
        self._open = False
        """Whether the server holds the value for us."""
        self._began = 0.0
        """When the snapshot began that they are of, epoch seconds; 0 before any came."""

    def read(self, first: int, end: int) -> None:
        """Ask for bytes [first, end)."""
        self.asked = True
        self._request(ReadValue(self._generation, self._cell, first, end - first))

    def need(self, view: ValueView, missing: NotHeld | None, by_bytes: bool) -> None:
        """Bring bytes that are missing on the screen, or those that soon will be.

        Args:
            view: Where the value is looked at.
            missing: What it lacks; None if it has all it shows.
            by_bytes: Whether places in it are offsets in bytes.
        """
        if self.asked or self.lost or not self.cut or not self.window.size:
            return
        window = self.window
        kept, end = window.kept(view.top)
        if missing is not None and (view.waiting or kept <= missing.first < end):
            self._near = missing.first if view.waiting else view.top
            self.read(missing.first, missing.end)
        elif by_bytes:
            self._near = view.top
            if window.end < min(window.size, view.bottom + AHEAD, end):
                self.read(window.end, min(window.size, window.end + REACH))
            elif window.start > max(0, view.top - BEHIND):
                self.read(max(0, window.start - REACH), window.start)

    def take(self, event: ValueRead) -> bool:
        """Hold bytes that came. Returns whether those held before are of another snapshot, and gone."""
        self.asked, self._open = False, True
        before, self._began = self._began, event.began
        if event.began != before:
            self.window = ByteWindow(event.size, event.data, event.offset)
        else:
            self.window.add(event.offset, event.data, self._near)
        return event.began != before != 0

    def closed(self) -> None:
        """The server does not hold the value any longer."""
        self._open = False

    def leave(self) -> None:
        """Let the server forget the value."""
        if self._open and not self.lost:
            self._request(CloseValue(self._generation))
