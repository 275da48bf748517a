"""One row of what is open, a field a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from pgmem_tui.display import quantities
from pgmem_tui.paging import events as ev
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.messages import Listeners
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.record_view import RecordView

KEYS = " esc back │ ↵ whole value  n p next, previous row  / fields by name  ? help"


class RecordScreen(Screen[None]):
    """The grid's row in a pane of its own; going to another row moves the grid's cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "no filter, back", show=False),
        Binding("q,r", "leave", "back", show=False),
        Binding("n,J", "row(1)", "next row", show=False),
        Binding("p,K", "row(-1)", "previous row", show=False),
        Binding("slash", "filter", "fields by name", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    DEFAULT_CSS = """
    RecordScreen {
        & #record-pane { height: 1fr; border: round $accent; border-title-color: $foreground;
                         border-title-style: none; }
        & #record { height: 1fr; }
        & #record-status { height: 1; color: $text-muted; padding: 0 1; }
        & #record-keys { height: 1; background: $panel; }
    }
    """

    def __init__(
        self, grid: DataGrid, browsing: Browsing, listeners: Listeners, open_cell: Callable[[], None]
    ) -> None:
        """Nothing is shown yet.

        Args:
            grid: Its cursor's row is shown; it asks for rows that are not held.
            browsing: What is open.
            listeners: Is added to while the row is looked at.
            open_cell: Shows the whole value under the grid's cursor.
        """
        super().__init__()
        self._grid, self._browsing, self._listeners, self._open_cell = grid, browsing, listeners, open_cell

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="record-pane"):
            yield RecordView(id="record")
            yield OneLine(id="record-status")
        yield Prompt(id="prompt")
        yield OneLine(id="record-keys")

    def on_mount(self) -> None:
        """Show the row."""
        self.view, self.prompt = self.query_one(RecordView), self.query_one(Prompt)
        self.query_one("#record-keys", OneLine).show((KEYS, ""))
        self._listeners.append(self._hear)
        self.view.focus()
        self._show()
        self.call_after_refresh(self.view.go_column, self._grid.column)

    def on_unmount(self) -> None:
        """Hear no more."""
        self._listeners.remove(self._hear)

    def _hear(self, event: ev.Event) -> bool:
        if isinstance(event, ev.PageRead | ev.Opened | ev.EndFound | ev.Failed | ev.Lost | ev.Cancelled):
            self.call_later(self._show)  # once the grid has taken it
        return False

    def _show(self) -> None:
        result, number = self._browsing.result, self._grid.row
        row = result.row(number)
        self.view.show(result.columns, row, result.cell_limit)
        about = "" if result.exact else "≈"
        title = f"row {about}{quantities.row_number(number + 1)}"
        if result.row_count is not None:
            title += f" of {about}{quantities.row_number(result.row_count)}"
        self.query_one("#record-pane").border_title = Text(f"{title} ─ {len(result.columns):,} fields")
        says = ""
        if row is None:
            says = "the connection is lost: esc, then r" if self._browsing.lost else "on its way …"
        elif self.view.filter:
            says = f"{self.view.count:,} of {len(result.columns):,} fields"
        self.query_one("#record-status", OneLine).show((says, ""))

    @on(RecordView.Chosen)
    def _chosen(self) -> None:
        self._grid.go_column(self.view.column)
        self._open_cell()

    @on(Prompt.Changed)
    def _changed(self, message: Prompt.Changed) -> None:
        self.view.narrow(message.text)
        self._show()

    @on(Prompt.Given)
    def _given(self) -> None:
        self.view.focus()

    @on(Prompt.Left)
    def _left(self) -> None:
        self.view.narrow("")
        self._show()
        self.view.focus()

    def action_row(self, by: int) -> None:
        """Go to another row."""
        self._grid.action_move(by)
        self._show()

    def action_filter(self) -> None:
        """Ask for a part of a name."""
        self.prompt.ask("filter", "fields with", self.view.filter)

    def action_back(self) -> None:
        """Show all fields again, or go back."""
        if self.view.filter:
            self._left()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Go back to the rows."""
        self.dismiss()

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)
