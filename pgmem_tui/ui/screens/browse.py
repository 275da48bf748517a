"""Tables at the left, rows at the right, memory and cursor below them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from pgmem_tui.display.column_arrangement import Arrangements
from pgmem_tui.display.text import one_line
from pgmem_tui.options import Options
from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.postgres.connection import connect
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings, target
from pgmem_tui.ui import bridge
from pgmem_tui.ui.browsing import Browsing, Panes
from pgmem_tui.ui.listening import Listening
from pgmem_tui.ui.memory_watch import INTERVAL, MemoryWatch
from pgmem_tui.ui.messages import CatalogAnswer, SessionEvent
from pgmem_tui.ui.open_transaction import OpenTransaction, TransactionHands
from pgmem_tui.ui.row_keys import RowKeys, RowPanes
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.statements import Statements
from pgmem_tui.ui.tables import Tables
from pgmem_tui.ui.teaching import Teaching
from pgmem_tui.ui.widgets.chips import Chips
from pgmem_tui.ui.widgets.cursor_strip import CursorStrip
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.key_bar import KeyBar
from pgmem_tui.ui.widgets.memory_strip import MemoryStrip
from pgmem_tui.ui.widgets.notice import Notice
from pgmem_tui.ui.widgets.table_tree import TableTree
from pgmem_tui.ui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from pgmem_tui.history.journal import Journal
    from pgmem_tui.ui.widgets.inspector_pane import InspectorPane

SMALLEST = (60, 15)
"""Columns and rows of the smallest terminal that everything fits into."""


class BrowseScreen(Screen[None]):
    """One connection and what is open on it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "connect", "connection", show=False),
        Binding("2", "tables", "tables", show=False),
        Binding("3", "rows", "rows", show=False),
        Binding("6", "lab", "lab: ways to read this, measured", show=False),
        Binding("7", "lessons", "lessons about cursors", show=False),
        Binding("tab", "app.focus_next", "next pane", show=False),
        Binding("shift+tab", "app.focus_previous", "pane before", show=False),
        Binding("space", "stream", "stream all rows; again to stop", show=False),
        Binding("plus", "batch(True)", "larger batch, by hand", show=False),
        Binding("minus", "batch(False)", "smaller batch, by hand", show=False),
        Binding("a", "automatic_batch", "batch sized by bytes again", show=False),
        Binding("R", "reload", "open again in a new snapshot", show=False),
        Binding("m", "memory", "memory, large", show=False),
        Binding("E", "want('export')", "export what is open to a file", show=False),
        Binding("e", "edit", "SQL editor, above the rows", show=False),
        Binding("ctrl+r", "want('history')", "statements that were run, and favourites", show=False),
        Binding("w", "app.wire", "what is sent to the server, and why", show=False),
        Binding("r", "reconnect", "reconnect after a loss", show=False),
        Binding("escape", "back", "cancel, back", show=False),
        Binding("W", "end_transaction(True)", "commit the open transaction", show=False),
        Binding("Z", "end_transaction(False)", "roll it back", show=False),
        Binding("question_mark", "help", "these keys", show=False),
        Binding("q", "app.quit", "quit", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (150, "-roomy")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    class ConnectWanted(Message):
        """Connect somewhere else; with a problem, because this did not work."""

        def __init__(
            self, settings: ConnectionSettings, problem: Problem | None = None, leave: bool = False
        ) -> None:
            """Say with which settings to begin, and whether this screen is to be left for good."""
            super().__init__()
            self.settings, self.problem, self.leave = settings, problem, leave

    def __init__(
        self,
        options: Options,
        arrangements: Arrangements | None = None,
        journal: Callable[[], Journal | None] = lambda: None,
    ) -> None:
        """Nothing is connected yet.

        Args:
            options: What the command line and the form said.
            arrangements: How columns of tables were shown, on this server and others.
            journal: Opens the history, when it is needed first; None if there is none.
        """
        super().__init__()
        self._options = options
        self._arrangements = Arrangements() if arrangements is None else arrangements
        self._journal = journal
        self.listening = Listening(self, options)
        self.session = BrowseSession(
            options.settings,
            bridge.session_events(self),
            batch=options.batch,
            memory_budget=options.memory_budget,
            cell_limit=options.cell_limit,
            writable=options.writable,
        )
        self.catalog = CatalogSession(
            options.settings,
            bridge.catalog_answers(self),
            connect=partial(connect, user_settings=self.session.user_settings),
        )

    def compose(self) -> ComposeResult:
        """Lay the panes out."""
        yield TopBar(id="bar")
        with Horizontal(id="main"):
            yield TableTree(id="tree")
            with Vertical(id="right"):
                with Vertical(id="rows"):
                    yield Notice(id="notice")
                    yield Chips(id="chips")
                    yield DataGrid(id="grid")
                with Horizontal(id="strips"):
                    with Vertical(id="memory-pane"):
                        yield MemoryStrip(self._options.memory_budget, id="memory")
                    with Vertical(id="cursor-pane"):
                        yield CursorStrip(id="cursor")
        yield Static(id="small", markup=False)
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Connect, and open what the command line named."""
        self.table_tree, self.grid = self.query_one(TableTree), self.query_one(DataGrid)
        self.table_tree.border_title, self.query_one("#memory-pane").border_title = "Tables", "Memory"
        self.cursor_strip = self.query_one(CursorStrip)
        self.query_one("#cursor-pane").border_title = "Cursor"
        self.bar, self.notice = self.query_one(TopBar), self.query_one(Notice)
        panes = Panes(self.grid, self.cursor_strip, self.notice, self._show_title)
        self.browsing = Browsing(self._options, panes, self.session, self._arrangements)
        self.tables = Tables(self.table_tree, self.catalog)
        around = RowPanes(self.grid, self.query_one(Chips), self.notice, self.table_tree)
        self.statements = Statements(self, self._options.writable, self._journal)
        self.row_keys = RowKeys(
            self.app, around, self.browsing, self.catalog, self._options.settings, self.statements
        )
        self.teaching = Teaching(self, self._options)
        self.watch_memory = MemoryWatch(self.query_one(MemoryStrip), self.bar, self.session)
        hands = TransactionHands(
            self.bar.show_transaction,
            self.grid.announce,
            lambda problem, keys: self.notice.show(problem, keys=keys),
            lambda: self.statements.running.writing,
            self.cancel,
        )
        self.transaction = OpenTransaction(self.app, self.session.request, hands)
        self.bar.writable = self._options.writable
        self.bar.show_recording(bool(self._options.record))
        self.bar.show_connecting(one_line(target(self._options.settings)))
        self.grid.clear("connecting … esc goes back to the form")
        self.session.start()
        self.catalog.start()
        self.set_interval(INTERVAL, self._tick)
        self.grid.focus()

    def close_sessions(self, timeout: float) -> None:
        """End transactions and connections, waiting `timeout` seconds at most for each thread."""
        self.statements.flush()
        self.session.close(timeout)
        self.catalog.close(timeout)
        self.teaching.close(timeout)

    def _tick(self) -> None:
        self.watch_memory.tick(self.browsing.result.window.nbytes, self.listening.connected)
        self.cursor_strip.tick()
        self.browsing.waiting.tick()
        self.bar.tick()
        self.transaction.tick()

    def _show_title(self, title: str) -> None:
        # Names of tables, indexes and their schemas are in it; a plain string would be read as markup.
        self.query_one("#rows").border_title = Text(one_line(title))

    # -- from the threads ------------------------------------------------------------------------

    @on(SessionEvent)
    def _session_event(self, message: SessionEvent) -> None:
        self.listening.handle(message.event)

    @on(CatalogAnswer)
    def _catalog_answer(self, message: CatalogAnswer) -> None:
        self.listening.handle_catalog(message.event)

    # -- from the widgets ------------------------------------------------------------------------

    @on(TableTree.RelationChosen)
    def _relation_chosen(self, message: TableTree.RelationChosen) -> None:
        self.row_keys.beside.make_room()
        self.browsing.open(rq.KnownRelation(message.oid), one_line(f"{message.schema}.{message.name}"))
        self.remove_class("-drawer")
        self.grid.focus()

    @on(TableTree.DetailsRequested)
    def _details_requested(self, message: TableTree.DetailsRequested) -> None:
        self.tables.describe(message.oid)

    @on(TableTree.RefreshRequested)
    def _refresh_requested(self) -> None:
        self.tables.load()

    @on(TableTree.SystemToggled)
    def _system_toggled(self, message: TableTree.SystemToggled) -> None:
        self.tables.load(message.system)

    @on(DataGrid.RowsNeeded)
    def _rows_needed(self, message: DataGrid.RowsNeeded) -> None:
        # One that was on its way when a stream began would end it.
        if message.rows is self.browsing.result and not self.browsing.stream.running:
            self.browsing.scrolling.read(message.first, message.end, message.backward)

    @on(DataGrid.Arranged)
    def _arranged(self, message: DataGrid.Arranged) -> None:
        if message.rows is self.browsing.result:
            self.browsing.columns.keep(message.arrangement)

    @on(DataGrid.CopyWanted)
    def _copy_wanted(self, message: DataGrid.CopyWanted) -> None:
        self.row_keys.copy(message)

    @on(DataGrid.EndWanted)
    def _end_wanted(self) -> None:
        self.browsing.scrolling.find_end()

    @on(Chips.Removed)
    def _chip_removed(self, message: Chips.Removed) -> None:
        self.row_keys.take_away(message.index)

    @on(DataGrid.Prompted)
    def _prompted(self, message: DataGrid.Prompted) -> None:
        self.row_keys.prompted(message.purpose, message.text)

    def on_inspector_pane_wanted(self, message: InspectorPane.Wanted) -> None:
        """Do what the inspector says; by its name, as nothing imports it before it is asked for."""
        self.row_keys.beside.inspector_wants(message.what, message.text)

    # -- keys ------------------------------------------------------------------------------------

    def action_connect(self) -> None:
        """Show the connection form."""
        self.transaction.leave(lambda: self.post_message(self.ConnectWanted(self._options.settings)))

    def action_end_transaction(self, commit: bool) -> None:
        """Ask whether to commit what was written, or to roll it back."""
        self.transaction.want(commit)

    def action_tables(self) -> None:
        """Go to the tables."""
        self.add_class("-drawer")
        self.table_tree.focus()

    def action_lab(self) -> None:
        """Measure ways to read what is open."""
        self.teaching.show_lab()

    def action_lessons(self) -> None:
        """Show the lessons."""
        self.teaching.show()

    def action_rows(self) -> None:
        """Go to the rows."""
        self.row_keys.beside.make_room()
        self.remove_class("-drawer")
        self.grid.focus()

    def action_want(self, what: str) -> None:
        """Do something with what is open: a key of the grid, named in its binding."""
        self.row_keys.do(what)

    async def action_edit(self) -> None:
        """Go to the SQL editor."""
        self.row_keys.beside.make_room()
        self.remove_class("-drawer")
        await self.statements.editing.open()

    def interrupted(self) -> bool:
        """What ctrl+c means here when nothing runs; False if it means to quit."""
        return self.statements.interrupted()

    def action_stream(self) -> None:
        """Start or stop streaming."""
        self.browsing.stream.toggle()

    def action_batch(self, larger: bool) -> None:
        """Set the batch by hand."""
        self.browsing.stream.change_batch(larger)

    def action_automatic_batch(self) -> None:
        """Let the program size batches."""
        self.browsing.stream.automatic_batch()

    def action_memory(self) -> None:
        """Show the memory of both ends large."""
        from pgmem_tui.ui.screens.memory import MemoryScreen

        strip = self.query_one(MemoryStrip)
        self.app.push_screen(MemoryScreen(strip.history, self._options.memory_budget))

    def action_reload(self) -> None:
        """Open the same again in a new snapshot."""
        self.browsing.reopen()

    def action_reconnect(self) -> None:
        """Connect again after the connection was lost."""
        if self.browsing.lost:
            self.browsing.reconnect()

    def action_back(self) -> None:
        """Cancel what runs, or dismiss what is shown, the nearest first."""
        if not self.listening.connected and not self.browsing.lost:
            self.post_message(self.ConnectWanted(self._options.settings, leave=True))
        elif not (self.cancel() or self.dismiss_notice() or self._hide_editor()):
            self.action_rows()

    def _hide_editor(self) -> bool:
        return self.grid.has_focus and self.statements.hide_editor()

    def dismiss_notice(self) -> bool:
        """Take the notice away; False if there is none to be taken."""
        shown = self.notice.display and not self.browsing.lost
        if shown:
            self.notice.hide()
            self.browsing.leave_failure()
        return bool(shown)

    def cancel(self) -> bool:
        """Give up what someone waits for; False if nobody does."""
        gave_up = self.statements.running.give_up()
        return self.browsing.cancel() or gave_up or self.row_keys.cancel()

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is too little room."""
        width, height = event.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "-too-small")
        self.call_after_refresh(self.row_keys.beside.keep_in_sight)
        if small:
            text = (
                f"pgmem-tui needs {SMALLEST[0]}x{SMALLEST[1]} characters; this terminal has {width}x{height}."
            )
            self.query_one("#small", Static).update(text)
