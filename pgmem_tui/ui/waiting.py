"""What someone waits for, and a word about it when it takes its time."""

from __future__ import annotations

import time

from pgmem_tui.display import quantities
from pgmem_tui.ui.widgets.data_grid import DataGrid

PATIENCE = 0.4
"""Seconds that a request may take before a word is said about it."""


class Waiting:
    """One thing at a time: rows, the end, a stream, a search."""

    def __init__(self, grid: DataGrid) -> None:
        """Nobody waits."""
        self._grid = grid
        self._for = ""
        self._since = 0.0
        self._said = False

    def __bool__(self) -> bool:
        """Whether someone waits."""
        return bool(self._for)

    def waits_for(self, what: str) -> bool:
        """Whether someone waits for that."""
        return self._for == what

    def begin(self, what: str) -> None:
        """Someone waits for that from now on."""
        self._for, self._said, self._since = what, False, time.monotonic()

    def arrived(self, what: str) -> None:
        """It is here."""
        if self._for == what:
            self._for = ""

    def over(self) -> None:
        """Whatever it was will not come."""
        self._for = ""
        self._grid.say("")

    def told(self) -> None:
        """Somebody else says how it goes."""
        self._said = False

    def tick(self) -> None:
        """Say that something takes its time."""
        waited = time.monotonic() - self._since
        if self and waited >= PATIENCE and not self._grid.message:
            self._said = True
        if self and self._said:
            self._grid.say(f"the server is working, {quantities.seconds(waited)} … esc cancels")
