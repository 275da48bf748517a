"""Tables at the left, rows at the right, memory and cursor below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from pgmem_tui.display.column_arrangement import Arrangement, Arrangements
from pgmem_tui.display.text import one_line
from pgmem_tui.options import Options
from pgmem_tui.paging import events as ev
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.paging.sorting import SortAdvised
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings, target
from pgmem_tui.ui import bridge
from pgmem_tui.ui.actions import key_help
from pgmem_tui.ui.browsing import Browsing, Panes
from pgmem_tui.ui.finding import Finding
from pgmem_tui.ui.following import Following
from pgmem_tui.ui.memory_watch import INTERVAL, MemoryWatch
from pgmem_tui.ui.messages import CatalogAnswer, SessionEvent
from pgmem_tui.ui.narrowing import Hands, Narrowing
from pgmem_tui.ui.row_copying import copy_part
from pgmem_tui.ui.screens.columns import ColumnsScreen
from pgmem_tui.ui.screens.help import HelpScreen
from pgmem_tui.ui.screens.pick import PickScreen
from pgmem_tui.ui.screens.sort import SortScreen
from pgmem_tui.ui.tables import Tables
from pgmem_tui.ui.widgets.chips import Chips
from pgmem_tui.ui.widgets.cursor_strip import CursorStrip
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.memory_strip import MemoryStrip
from pgmem_tui.ui.widgets.notice import Notice
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.table_tree import TableTree
from pgmem_tui.ui.widgets.top_bar import TopBar

SMALLEST = (60, 15)
"""Columns and rows of the smallest terminal that everything fits into."""

KEYS = (
    " 1 connect  2 tables  3 rows │ ↵ open  / filter  space stream  G end  C columns  y copy  + - batch"
    "  R again ? help  q quit"
)
FEW_KEYS = " 2 tables  3 rows │ ↵ open  / filter  space stream  G end  ? help  q quit"

FEWEST_KEYS = " 2 tables 3 rows │ ↵ open  space stream  ? help  q quit"


_FIND = "find"


class BrowseScreen(Screen[None]):
    """One connection and what is open on it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "connect", "connection", show=False),
        Binding("2", "tables", "tables", show=False),
        Binding("3", "rows", "rows", show=False),
        Binding("tab", "app.focus_next", "next pane", show=False),
        Binding("shift+tab", "app.focus_previous", "pane before", show=False),
        Binding("space", "stream", "stream all rows; again to stop", show=False),
        Binding("plus", "batch(True)", "larger batch, by hand", show=False),
        Binding("minus", "batch(False)", "smaller batch, by hand", show=False),
        Binding("a", "automatic_batch", "batch sized by bytes again", show=False),
        Binding("R", "reload", "open again in a new snapshot", show=False),
        Binding("E", "export", "export what is open to a file", show=False),
        Binding("r", "reconnect", "reconnect after a loss", show=False),
        Binding("escape", "back", "cancel, back", show=False),
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

    def __init__(self, options: Options, arrangements: Arrangements | None = None) -> None:
        """Nothing is connected yet.

        Args:
            options: What the command line and the form said.
            arrangements: How columns of tables were shown, on this server and others.
        """
        super().__init__()
        self._options = options
        self._arrangements = Arrangements() if arrangements is None else arrangements
        self._connected = False
        self._listeners: list[Callable[[ev.Event], bool]] = []
        """The cell and the record view, while they are shown: told first, and may keep an event."""
        self.was_connected = False
        """Whether the server has answered at least once."""
        self.session = BrowseSession(
            options.settings,
            bridge.session_events(self),
            batch=options.batch,
            memory_budget=options.memory_budget,
            cell_limit=options.cell_limit,
        )
        self.catalog = CatalogSession(options.settings, bridge.catalog_answers(self))

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
        yield OneLine(id="keys")

    def on_mount(self) -> None:
        """Connect, and open what the command line named."""
        self.table_tree, self.grid = self.query_one(TableTree), self.query_one(DataGrid)
        self.table_tree.border_title, self.query_one("#memory-pane").border_title = "Tables", "Memory"
        self.query_one("#cursor-pane").border_title = "Cursor"
        self.bar, self.notice = self.query_one(TopBar), self.query_one(Notice)
        panes = Panes(self.grid, self.query_one(CursorStrip), self.notice, self._show_title)
        self.browsing = Browsing(self._options, panes, self.session, self._arrangements)
        self.tables = Tables(self.table_tree, self.catalog)
        hands = Hands(
            self.query_one(Chips), self.grid.say, self.grid.announce, self.notice.show, self._ask_to_sort
        )
        self.narrowing = Narrowing(self.browsing, self.catalog, hands)
        self.following = Following(
            self.browsing, self.catalog, self.grid.say, self.grid.announce, self.notice.show, self._pick
        )
        self.finding = Finding(self.browsing, self.grid.announce)
        self._wants: dict[str, Callable[[], object]] = {
            "go to": self._ask_where,
            "find": self._ask_what,
            "find next": lambda: self.finding.again(forward=True),
            "find previous": lambda: self.finding.again(forward=False),
            "sort": self.narrowing.sort,
            "keep": lambda: self.narrowing.filter(keep=True),
            "leave out": lambda: self.narrowing.filter(keep=False),
            "undo": lambda: self.narrowing.take_away(None),
            "count": self.narrowing.count,
            "follow": lambda: self.following.ask(inward=False),
            "referring": lambda: self.following.ask(inward=True),
            "back": self.browsing.back,
        }
        self.watch_memory = MemoryWatch(self.query_one(MemoryStrip), self.bar, self.session)
        self.bar.show_connecting(one_line(target(self._options.settings)))
        self.grid.clear("connecting … esc goes back to the form")
        self.session.start()
        self.catalog.start()
        self.set_interval(INTERVAL, self._tick)
        self.grid.focus()

    def close_sessions(self, timeout: float) -> None:
        """End transactions and connections, waiting `timeout` seconds at most for each thread."""
        self.session.close(timeout)
        self.catalog.close(timeout)

    def _tick(self) -> None:
        self.watch_memory.tick(self.browsing.result.window.nbytes, self._connected)
        self.query_one(CursorStrip).tick()
        self.browsing.waiting.tick()

    def _show_title(self, title: str) -> None:
        self.query_one("#rows").border_title = Text(title)  # a plain string would be read as markup

    # -- from the threads ------------------------------------------------------------------------

    @on(SessionEvent)
    def _session_event(self, message: SessionEvent) -> None:
        event = message.event
        if any([listener(event) for listener in self._listeners]):
            return
        if isinstance(event, ev.Connected):
            self._on_connected(event)
        elif isinstance(event, ev.ConnectFailed):
            self._on_connect_failed(event)
        elif isinstance(event, ev.StatementSent):
            if event.report.kind in ("DECLARE", "FETCH", "MOVE", "CLOSE"):
                self.query_one(CursorStrip).show_report(event.report)
        elif isinstance(event, ev.BackendMeasured):
            self.watch_memory.told(event.nbytes)
        else:
            if isinstance(event, ev.Opened) and event.relation is not None:
                self.table_tree.show_open(event.relation.oid)
            if isinstance(event, ev.Lost):
                self._connected = False
                self.bar.show_lost(one_line(target(self._options.settings)))
                self.watch_memory.disconnected()
            self.browsing.handle(event)
            if isinstance(event, ev.Opened):
                self.narrowing.opened()
            elif isinstance(event, ev.Answer):
                self.narrowing.answered(event)
            elif isinstance(event, ev.Failed | ev.Cancelled | ev.Lost):
                self.narrowing.interrupted()
            else:
                self.finding.handle(event)

    def _on_connected(self, event: ev.Connected) -> None:
        self._connected = self.was_connected = True
        self.bar.show_server(event.server)
        self.watch_memory.connected(event.server)
        if self.browsing.lost:
            self.browsing.reconnected()
            return
        if self._options.table:
            self.browsing.open(ev.NamedRelation(self._options.table), one_line(self._options.table))
        elif self._options.command:
            self.browsing.open(ev.UserQuery(self._options.command), "query")
        else:
            self.grid.clear("choose a table")
            self.action_tables()
        self.tables.load()

    def _on_connect_failed(self, event: ev.ConnectFailed) -> None:
        if self.browsing.lost:
            self.browsing.reconnecting = False
            self.notice.show(event.problem, keys="r tries again")
            self.grid.say("")
        else:
            self.post_message(self.ConnectWanted(self._options.settings, event.problem, leave=True))

    @on(CatalogAnswer)
    def _catalog_answer(self, message: CatalogAnswer) -> None:
        event = message.event
        if not (self.narrowing.handle(event) or self.following.handle(event)):
            self.tables.handle(event)

    # -- from the widgets ------------------------------------------------------------------------

    @on(TableTree.RelationChosen)
    def _relation_chosen(self, message: TableTree.RelationChosen) -> None:
        self.browsing.open(ev.KnownRelation(message.oid), one_line(f"{message.schema}.{message.name}"))
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
        if message.rows is self.browsing.result:
            self.browsing.read(message.first, message.end, message.backward)

    @on(DataGrid.Arranged)
    def _arranged(self, message: DataGrid.Arranged) -> None:
        if message.rows is self.browsing.result:
            self.browsing.columns.keep(message.arrangement)

    @on(DataGrid.CopyWanted)
    def _copy_wanted(self, message: DataGrid.CopyWanted) -> None:
        opened = self.browsing
        copy_part(self.app, self.grid, opened.result, opened.relation, message.part, message.form)

    @on(DataGrid.EndWanted)
    def _end_wanted(self) -> None:
        self.browsing.find_end()

    @on(Chips.Removed)
    def _chip_removed(self, message: Chips.Removed) -> None:
        self.narrowing.take_away(message.index)
        self.grid.focus()

    @on(DataGrid.Prompted)
    def _prompted(self, message: DataGrid.Prompted) -> None:
        if message.purpose == _FIND:
            self.finding.find(message.text)
        else:
            self.narrowing.go_to(message.text)

    def _ask_what(self) -> None:
        if self.browsing.result.columns:
            self.grid.ask(_FIND, "a text in any column; capital letters tell · n N find it again")

    def _ask_where(self) -> None:
        if self.browsing.result.columns:
            self.grid.ask("go to", "1,000,000 or 50M · +500 · 50% · $ the end · =KEY")

    def _ask_to_sort(self, advised: SortAdvised) -> None:
        def chosen(limit: int | None) -> None:
            if limit is not None:
                self.narrowing.sort_as(advised.target, limit)

        self.app.push_screen(SortScreen(advised), chosen)

    def _pick(self, title: str, choices: Sequence[str], then: Callable[[int | None], None]) -> None:
        self.app.push_screen(PickScreen(title, choices), then)

    # -- keys ------------------------------------------------------------------------------------

    def action_connect(self) -> None:
        """Show the connection form."""
        self.post_message(self.ConnectWanted(self._options.settings))

    def action_tables(self) -> None:
        """Go to the tables."""
        self.add_class("-drawer")
        self.table_tree.focus()

    def action_rows(self) -> None:
        """Go to the rows."""
        self.remove_class("-drawer")
        self.grid.focus()

    def action_want(self, what: str) -> None:
        """Do something with what is open: a key of the grid, named in its binding."""
        self._wants[what]()

    def action_columns(self) -> None:
        """Choose, order, freeze and resize columns."""
        result = self.browsing.result

        def arrange(chosen: Arrangement | None) -> None:
            if chosen and result is self.browsing.result:  # what was opened meanwhile keeps its own
                self.grid.arrange_columns(chosen)

        if draft := self.browsing.columns.draft(result.columns):
            self.app.push_screen(ColumnsScreen(draft), arrange)

    def action_stream(self) -> None:
        """Start or stop streaming."""
        self.browsing.stream.toggle()

    def action_batch(self, larger: bool) -> None:
        """Set the batch by hand."""
        self.browsing.stream.change_batch(larger)

    def action_automatic_batch(self) -> None:
        """Let the program size batches."""
        self.browsing.stream.automatic_batch()

    def action_cell(self) -> None:
        """Show the whole value under the cursor."""
        from pgmem_tui.paging.value_place import Cell
        from pgmem_tui.ui.screens.cell import CellScreen

        result, grid = self.browsing.result, self.grid
        row = result.row(grid.row)
        if row is not None and result.columns:
            cell = Cell(result.columns, grid.column, row, grid.row, result.exact)
            self.app.push_screen(CellScreen(cell, self.browsing, self._listeners))

    def action_record(self) -> None:
        """Show the row under the cursor, a field a line; reconnect if the connection is lost."""
        from pgmem_tui.ui.screens.record import RecordScreen

        if self.browsing.lost:
            self.browsing.reconnect()
        elif self.browsing.result.columns and self.grid.extent:
            self.app.push_screen(RecordScreen(self.grid, self.browsing, self._listeners, self.action_cell))

    def action_reload(self) -> None:
        """Open the same again in a new snapshot."""
        self.browsing.reopen()

    def action_export(self) -> None:
        """Write what is open to a file."""
        from pgmem_tui.ui.screens.export import ExportScreen

        source, opened = self.browsing.export_source(), self.browsing.opened
        if source is None or opened is None:
            return
        title = ".".join(source.into) if opened.relation is not None else "the query's rows"
        self.app.push_screen(ExportScreen(self._options.settings, title, source, source.estimate))

    def action_reconnect(self) -> None:
        """Connect again after the connection was lost."""
        if self.browsing.lost:
            self.browsing.reconnect()

    def action_back(self) -> None:
        """Cancel what runs, or dismiss what is shown, the nearest first."""
        if not self._connected and not self.browsing.lost:
            self.post_message(self.ConnectWanted(self._options.settings, leave=True))
        elif self.browsing.cancel() or self.narrowing.cancel():
            return
        elif self.notice.display and not self.browsing.lost:
            self.notice.hide()
        else:
            self.action_rows()

    def action_help(self) -> None:
        """List the keys."""
        self.app.push_screen(HelpScreen(list(key_help(self.app, self))))

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is too little room."""
        width, height = event.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "-too-small")
        keys = next((keys for keys in (KEYS, FEW_KEYS) if len(keys) < width), FEWEST_KEYS)
        self.query_one("#keys", OneLine).show((keys, ""))
        if small:
            text = (
                f"pgmem-tui needs {SMALLEST[0]}x{SMALLEST[1]} characters; this terminal has {width}x{height}."
            )
            self.query_one("#small", Static).update(text)
