"""What the two threads report, and which part of the browse screen is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgmem_tui.display.text import one_line
from pgmem_tui.options import Options
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.postgres.search_path import told
from pgmem_tui.postgres.settings import target

if TYPE_CHECKING:
    from pgmem_tui.ui.screens.browse import BrowseScreen

SAID = 20.0
"""Seconds that is said which one has to know of the server."""
_SHOWN = ("DECLARE", "FETCH", "MOVE", "CLOSE")
"""Kinds of statements that the cursor's pane shows."""


class Listening:
    """Hears of connections, rows, statements and the catalog, and knows whether the server is there."""

    def __init__(self, screen: BrowseScreen, options: Options) -> None:
        """Nothing is connected yet.

        Args:
            screen: Has the parts.
            options: What to open once it is.
        """
        self.connected = False
        self.was_connected = False
        """Whether the server has answered at least once."""
        self._screen, self._options = screen, options

    def handle(self, event: ev.Event) -> None:
        """Tell of an event of the browsing thread."""
        screen = self._screen
        screen.statements.recording.handle(event)
        if screen.row_keys.kept(event):
            return
        if isinstance(event, ev.Connected):
            self._connected(event)
        elif isinstance(event, ev.ConnectFailed):
            self._connect_failed(event)
        elif isinstance(event, ev.StatementSent):
            if event.report.cursor:
                screen.cursor_strip.show_report(event.report)
        elif isinstance(event, ev.BackendMeasured):
            screen.watch_memory.told(event.nbytes)
        elif isinstance(event, ev.SettingsChanged):
            screen.bar.show_settings(event.count)
        else:
            self._tell(event)

    def _tell(self, event: ev.Event) -> None:
        screen = self._screen
        if isinstance(event, ev.Opened) and event.relation is not None:
            screen.table_tree.show_open(event.relation.oid)
        if isinstance(event, ev.Lost):
            self.connected = False
            screen.bar.show_lost(one_line(target(self._options.settings)))
            screen.watch_memory.disconnected()
        screen.browsing.handle(event)
        screen.row_keys.handle(event)
        screen.statements.handle(event)
        if isinstance(event, ev.TransactionEnded) and event.how is ev.Ending.COMMITTED:
            screen.tables.load()  # there may be others now
        screen.transaction.handle(event)

    def _connected(self, event: ev.Connected) -> None:
        screen, options = self._screen, self._options
        self.connected = self.was_connected = True
        screen.bar.show_server(event.server)
        screen.watch_memory.connected(event.server)
        if screen.browsing.lost:
            screen.browsing.reconnected()
            screen.tables.load()  # the other connection may be lost, too
            return
        if said := told(event.server.search_path):
            # Not above the rows: what is opened now takes that away.
            screen.app.notify(one_line(said), severity="warning", timeout=SAID, markup=False)
        if options.table:
            screen.browsing.open(rq.NamedRelation(options.table), one_line(options.table))
        elif options.command:
            screen.grid.clear("choose a table")
            screen.statements.run(options.command)
        else:
            screen.grid.clear("choose a table")
            screen.action_tables()
        screen.tables.load()

    def _connect_failed(self, event: ev.ConnectFailed) -> None:
        screen = self._screen
        if screen.browsing.lost:
            screen.browsing.reconnecting = False
            screen.notice.show(event.problem, keys="r tries again")
            screen.grid.say("")
        else:
            screen.post_message(screen.ConnectWanted(self._options.settings, event.problem, leave=True))

    def handle_catalog(self, event: CatalogEvent) -> None:
        """Tell of an answer of the catalog's thread."""
        screen = self._screen
        if not (screen.statements.handle_catalog(event) or screen.row_keys.handle_catalog(event)):
            screen.tables.handle(event)
