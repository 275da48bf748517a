"""Opens the cursor inspector beside the rows, and closes it: while closed it costs nothing."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.ui.beside_rows import give_back
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.inspecting import EVERY, Inspecting
from pgmem_tui.ui.messages import CatalogListeners, Listeners
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.inspector_pane import InspectorPane

_OPEN = "-inspecting"
"""The screen's class while it is open."""


class Inspector:
    """One at a time, on the browse screen."""

    def __init__(
        self,
        grid: DataGrid,
        browsing: Browsing,
        catalog: CatalogSession,
        listeners: Listeners,
        catalog_listeners: CatalogListeners,
    ) -> None:
        """It is closed.

        Args:
            grid: The rows.
            browsing: What is open.
            catalog: The second connection.
            listeners: Is added to while it is open.
            catalog_listeners: So is this.
        """
        self._grid, self._browsing, self._catalog = grid, browsing, catalog
        self._listeners, self._catalog_listeners = listeners, catalog_listeners
        self._pane: InspectorPane | None = None
        self._inspecting: Inspecting | None = None

    def show(self, screen: Screen[Any]) -> None:
        """Open it, or go to it."""
        if self._pane is not None:
            self.focus()
            return
        pane = self._pane = InspectorPane()

        def mounted() -> None:
            if self._pane is not pane:
                pane.remove()
                return
            inspecting = self._inspecting = Inspecting(pane, self._grid, self._browsing, self._catalog)
            self._listeners.append(inspecting.hear)
            self._catalog_listeners.append(inspecting.hear_catalog)
            pane.set_interval(EVERY, inspecting.tick)
            pane.facts.focus()
            inspecting.begin()

        screen.add_class(_OPEN)
        screen.query_one("#main").mount(pane)
        pane.call_after_refresh(mounted)

    def focus(self) -> None:
        """Go to it, if it is open."""
        if self._pane is not None and self._inspecting is not None:
            self._pane.facts.focus()

    def close(self) -> None:
        """Close it; a statement that still runs has nobody who waits for it."""
        pane, inspecting = self._pane, self._inspecting
        if pane is None:
            return
        self._pane = self._inspecting = None
        if inspecting is not None:
            inspecting.cancel()
            self._listeners.remove(inspecting.hear)
            self._catalog_listeners.remove(inspecting.hear_catalog)
        pane.screen.remove_class(_OPEN)
        give_back(self._grid, pane)
        if pane.is_mounted:  # else it goes when it is
            pane.remove()

    def make_room(self) -> None:
        """Close it where it hides the rows."""
        if self._pane is not None and not self._grid.region:
            self.close()

    def wanted(self, what: str, text: str) -> None:
        """Do what the pane says."""
        inspecting, pane = self._inspecting, self._pane
        if inspecting is None or pane is None:
            return
        if what == "operate":
            inspecting.operate(text)
        elif what == "look":
            inspecting.look()
        elif what == "reconnect":
            self._browsing.reconnect()
        elif what == "page":
            inspecting.show_status()
        elif what == "rows" and self._grid.region:
            self._grid.focus()
        elif not (what == "close" and inspecting.cancel()):
            self.close()
