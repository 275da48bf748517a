"""What stands beside the rows, one at a time: the cursor inspector, or the psycopg2 program.

Each is made, and imported, when it is asked for first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.widget import Widget

from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.messages import CatalogListeners, Listeners
from pgmem_tui.ui.widgets.data_grid import DataGrid

if TYPE_CHECKING:
    from pgmem_tui.ui.inspector import Inspector
    from pgmem_tui.ui.shown_code import ShownCode


class Beside:
    """Opens and closes them."""

    def __init__(
        self,
        app: App[Any],
        grid: DataGrid,
        browsing: Browsing,
        settings: ConnectionSettings,
        listeners: Listeners,
        catalog: CatalogSession,
        catalog_listeners: CatalogListeners,
    ) -> None:
        """Neither is there.

        Args:
            app: Its screen is where they stand.
            grid: The rows.
            browsing: What is open.
            settings: How the program is to connect.
            listeners: Is added to while one is open.
            catalog: The second connection.
            catalog_listeners: Is added to while the inspector is open.
        """
        self._app, self._grid, self._browsing = app, grid, browsing
        self._settings, self._listeners = settings, listeners
        self._catalog, self._catalog_listeners = catalog, catalog_listeners
        self._inspector: Inspector | None = None
        self._code: ShownCode | None = None

    def inspect(self) -> None:
        """Open the inspector, or go to it."""
        if self._code is not None:
            self._code.close()
        if self._inspector is None:
            from pgmem_tui.ui.inspector import Inspector

            self._inspector = Inspector(
                self._grid, self._browsing, self._catalog, self._listeners, self._catalog_listeners
            )
        self._inspector.show(self._app.screen)

    def inspector_wants(self, what: str, text: str) -> None:
        """Do what its pane says."""
        if self._inspector is not None:
            self._inspector.wanted(what, text)

    def code(self) -> None:
        """Open the program, or close it."""
        if self._inspector is not None:
            self._inspector.close()
        if self._code is None:
            from pgmem_tui.ui.shown_code import ShownCode

            self._code = ShownCode(self._grid, self._browsing, self._settings, self._listeners)
        self._code.toggle(self._app.screen)

    def make_room(self) -> None:
        """Close what hides the rows."""
        if self._inspector is not None:
            self._inspector.make_room()
        if self._code is not None:
            self._code.make_room()

    def keep_in_sight(self) -> None:
        """Go to the pane that hides the rows, if what has the focus is among what it hides."""
        focused = self._app.screen.focused
        if focused is None or not focused.region:
            for one in (self._inspector, self._code):
                if one is not None:
                    one.focus()


def give_back(grid: DataGrid, closed: Widget) -> None:
    """Let the rows have the focus of a pane that is closed, once they are on the screen.

    Someone who is elsewhere by then stays there: in the editor, which the pane was closed for.

    Args:
        grid: The rows, which may have been hidden by the pane.
        closed: The pane, still mounted.
    """

    def give() -> None:
        focused = grid.screen.focused
        if focused is None or closed in focused.ancestors_with_self:
            grid.screen.set_focus(grid)

    give()  # at once: the next key is for the rows
    grid.screen.call_after_refresh(give)


def take_keys(opened: Widget) -> None:
    """Let a pane that hides the rows have the keys that are pressed before any part of it can.

    Args:
        opened: The pane, just mounted, that has no focus of its own otherwise.
    """
    opened.can_focus = True
    opened.screen.set_focus(opened)


def hand_keys(opened: Widget, part: Widget) -> None:
    """Let the part of a pane have them that is there for it; someone who is elsewhere by now stays there."""
    opened.can_focus = False
    if opened.screen.focused in (None, opened):
        opened.screen.set_focus(part)
