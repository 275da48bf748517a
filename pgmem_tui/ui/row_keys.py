"""What the keys of the rows do: each is named in its binding, and here is who does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import App

from pgmem_tui.display.column_arrangement import Arrangement
from pgmem_tui.paging import events as ev
from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.sorting import SortAdvised
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.beside_rows import Beside
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.composing import Composing
from pgmem_tui.ui.finding import Finding
from pgmem_tui.ui.following import Following
from pgmem_tui.ui.messages import CatalogListeners, Listeners
from pgmem_tui.ui.narrowing import Hands, Narrowing
from pgmem_tui.ui.row_copying import copy_part
from pgmem_tui.ui.statements import Statements
from pgmem_tui.ui.widgets.chips import Chips
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.notice import Notice
from pgmem_tui.ui.widgets.table_tree import TableTree

GO_TO, FIND = "go to", "find"
HINTS = {
    GO_TO: "1,000,000 or 50M · +500 · 50% · $ the end · =KEY",
    FIND: "a text in any column; capital letters tell · n N find it again",
}
"""What is asked in the status line, and what may be typed."""


@dataclass(frozen=True)
class RowPanes:
    """The widgets around the rows."""

    grid: DataGrid
    chips: Chips
    notice: Notice
    tree: TableTree


class RowKeys:
    """Connects the keys of the rows with those who do what they say."""

    def __init__(
        self,
        app: App[Any],
        panes: RowPanes,
        browsing: Browsing,
        catalog: CatalogSession,
        settings: ConnectionSettings,
        statements: Statements,
    ) -> None:
        """Nothing is asked yet."""
        self.listeners: Listeners = []
        self.catalog_listeners: CatalogListeners = []
        self._app, self._grid, self._browsing, self._settings = app, panes.grid, browsing, settings
        self._catalog = catalog
        grid, complain = panes.grid, panes.notice.show
        hands = Hands(panes.chips, grid.say, grid.announce, complain, self._ask_to_sort)
        self.beside = Beside(app, grid, browsing, settings, self.listeners, catalog, self.catalog_listeners)
        self.composing = Composing(app, (grid, panes.tree), browsing, catalog, self.catalog_listeners)
        self.composing.on_run, self.composing.on_edit = self.beside.make_room, statements.edit
        self._narrowing = Narrowing(browsing, catalog, hands, self.composing)
        self._following = Following(browsing, catalog, grid.say, grid.announce, complain, self._pick)
        self._finding = Finding(browsing, grid.announce)
        narrowing, following, finding = self._narrowing, self._following, self._finding
        self._do: dict[str, Callable[[], object]] = {
            GO_TO: lambda: self._ask(GO_TO),
            FIND: lambda: self._ask(FIND),
            "find next": lambda: finding.again(forward=True),
            "find previous": lambda: finding.again(forward=False),
            "sort": narrowing.sort,
            "keep": lambda: narrowing.filter(keep=True),
            "leave out": lambda: narrowing.filter(keep=False),
            "undo": lambda: narrowing.take_away(None),
            "count": narrowing.count,
            "follow": lambda: following.ask(inward=False),
            "referring": lambda: following.ask(inward=True),
            "back": browsing.back,
            "cell": self._cell,
            "record": self._record,
            "columns": self._columns,
            "export": self._export,
            "explain": self._explain,
            "inspect": self.beside.inspect,
            "code": self.beside.code,
            "history": statements.show_history,
            "compose": self.composing.show,
            "compose table": lambda: self.composing.show(of_tree=True),
        }

    # -- from the widgets ------------------------------------------------------------------------

    def do(self, what: str) -> None:
        """Do what a key's binding names."""
        self._do[what]()

    def prompted(self, purpose: str, text: str) -> None:
        """Something was typed into the status line."""
        if purpose == FIND:
            self._finding.find(text)
        else:
            self._narrowing.go_to(text)

    def copy(self, message: DataGrid.CopyWanted) -> None:
        """Put a part of the rows into the clipboard."""
        browsing = self._browsing
        copy_part(self._app, self._grid, browsing.result, browsing.relation, message.part, message.form)

    def take_away(self, chip: int) -> None:
        """A condition, or the order, is to go."""
        self._narrowing.take_away(chip)
        self._grid.focus()

    def cancel(self) -> bool:
        """Give up what runs on the second connection; False if nothing does."""
        return self._narrowing.cancel()

    # -- from the threads ------------------------------------------------------------------------

    def kept(self, event: ev.Event) -> bool:
        """Whether a view above the rows keeps an event for itself."""
        return any([listener(event) for listener in self.listeners])

    def handle(self, event: ev.Event) -> None:
        """Something was told about the rows, and is on the screen already."""
        if isinstance(event, ev.Opened):
            self._narrowing.opened()
        elif isinstance(event, ev.Answer):
            self._narrowing.answered(event)
        elif isinstance(event, ev.Failed | ev.Cancelled | ev.Lost):
            self._narrowing.interrupted()
        else:
            self._finding.handle(event)

    def handle_catalog(self, event: CatalogEvent) -> bool:
        """Take an answer of the second connection; False if it is someone else's."""
        if any([listener(event) for listener in self.catalog_listeners]):
            return True
        return self._narrowing.handle(event) or self._following.handle(event)

    # -- screens ---------------------------------------------------------------------------------

    def _ask(self, purpose: str) -> None:
        if self._browsing.result.columns:
            self._grid.ask(purpose, HINTS[purpose])

    def _ask_to_sort(self, advised: SortAdvised) -> None:
        from pgmem_tui.ui.screens.sort import SortScreen

        def chosen(limit: int | None) -> None:
            if limit is not None:
                self._narrowing.sort_as(advised.target, limit)

        self._app.push_screen(SortScreen(advised), chosen)

    def _pick(self, title: str, choices: Sequence[str], then: Callable[[int | None], None]) -> None:
        from pgmem_tui.ui.screens.pick import PickScreen

        self._app.push_screen(PickScreen(title, choices), then)

    def _columns(self) -> None:
        from pgmem_tui.ui.screens.columns import ColumnsScreen

        result = self._browsing.result

        def arrange(chosen: Arrangement | None) -> None:
            if chosen and result is self._browsing.result:  # what was opened meanwhile keeps its own
                self._grid.arrange_columns(chosen)

        if draft := self._browsing.columns.draft(result.columns):
            self._app.push_screen(ColumnsScreen(draft), arrange)

    def _cell(self) -> None:
        from pgmem_tui.ui.screens.cell import CellScreen

        cell = self._browsing.cursor.whole_cell
        if cell is not None:
            self._app.push_screen(CellScreen(cell, self._browsing, self.listeners))

    def _record(self) -> None:
        from pgmem_tui.ui.screens.record import RecordScreen

        browsing = self._browsing
        if browsing.lost:
            browsing.reconnect()
        elif browsing.result.columns and self._grid.extent:
            self._app.push_screen(RecordScreen(self._grid, browsing, self.listeners, self._cell))

    def _explain(self) -> None:
        from pgmem_tui.ui.screens.explain import ExplainScreen

        browsing = self._browsing
        if browsing.target is not None:
            limit = browsing.result.cell_limit
            screen = ExplainScreen(
                browsing.target, browsing.name, self._catalog, self.catalog_listeners, limit
            )
            self._app.push_screen(screen)

    def _export(self) -> None:
        from pgmem_tui.ui.screens.export import ExportScreen

        browsing = self._browsing
        source = browsing.export_source()
        if source is None and browsing.opened is not None:
            self._grid.announce(
                "not exported: these rows are held here, the server has no such query; y copies"
            )
        elif source is not None:
            title = ".".join(source.into) if source.relation is not None else "the query's rows"
            if browsing.uncommitted:
                title += " as committed: without what the open transaction has written"
            screen = ExportScreen(self._settings, title, source, user_settings=browsing.session.user_settings)
            self._app.push_screen(screen)
