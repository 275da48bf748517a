"""A grid over rows that are somewhere else: moves about in them and asks for what is not held."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from pgmem_tui.display.column_arrangement import Arrangement
from pgmem_tui.display.column_layout import ColumnLayout, Heading
from pgmem_tui.ui.widgets.grid_rows import Rows
from pgmem_tui.ui.widgets.grid_view import HEADER
from pgmem_tui.ui.widgets.prompt_keys import PromptKeys
from pgmem_tui.ui.widgets.row_demand import RowDemand

WHEEL = 3
"""Rows a turn of the wheel."""


class DataGrid(PromptKeys, can_focus=True):
    """Rows and columns with a cell cursor that keys and mouse move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("right,l", "move_column(1)", "right", show=False),
        Binding("left,h", "move_column(-1)", "left", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False),
        Binding("ctrl+d", "page(0.5)", "half a page down", show=False),
        Binding("ctrl+u", "page(-0.5)", "half a page up", show=False),
        Binding("home,g", "first", "first row", show=False),
        Binding("end,G", "last", "last row", show=False),
        Binding("0,circumflex_accent", "edge_column(0)", "first column", show=False),
        Binding("dollar_sign", "edge_column(1)", "last column", show=False),
        Binding("colon", "screen.want('go to')", "go to a row, a share of the way, a key", show=False),
        Binding("slash", "screen.want('find')", "find a text from here on", show=False),
        Binding("n", "screen.want('find next')", "find it again, further on", show=False),
        Binding("N", "screen.want('find previous')", "find it again, backwards", show=False),
        Binding("s", "screen.want('sort')", "sort by this column: up, down, not at all", show=False),
        Binding("equals_sign", "screen.want('keep')", "keep the rows with this value", show=False),
        Binding(
            "exclamation_mark", "screen.want('leave out')", "leave the rows with this value out", show=False
        ),
        Binding("u", "screen.want('undo')", "take the last condition away", show=False),
        Binding("number_sign", "screen.want('count')", "count the rows exactly", show=False),
        Binding("x", "screen.want('explain')", "the plan of these rows: EXPLAIN", show=False),
        Binding("i", "screen.want('inspect')", "the cursor, seen from both ends", show=False),
        Binding("p", "screen.want('code')", "the psycopg2 program that does this", show=False),
        Binding("f", "screen.want('follow')", "follow this foreign key", show=False),
        Binding("F", "screen.want('referring')", "rows of other tables that refer to this one", show=False),
        Binding("backspace", "screen.want('back')", "back to what was open before", show=False),
        Binding("y", "copy", "copy: y y a cell; also row, column, CSV, JSON, INSERT", show=False),
        Binding("c", "screen.want('compose')", "compose a query of what is open", show=False),
        Binding("C", "screen.want('columns')", "columns: show, hide, order, freeze", show=False),
        Binding("enter", "screen.want('cell')", "the whole value", show=False),
        Binding("r", "screen.want('record')", "the row, a field a line; reconnect after a loss", show=False),
        Binding("less_than_sign", "resize(-2)", "narrower column", show=False),
        Binding("greater_than_sign", "resize(2)", "wider column", show=False),
    ]
    HELP_TITLE = "Rows"

    class RowsNeeded(Message):
        """Rows [first, end) are on the screen or about to be, and not held."""

        def __init__(self, rows: Rows, first: int, end: int, backward: bool) -> None:
            """Say which, and of what; `backward` if someone scrolls up."""
            super().__init__()
            self.rows, self.first, self.end, self.backward = rows, first, end, backward

    class EndWanted(Message):
        """Someone wants the last row, and nobody knows which that is."""

    class Arranged(Message):
        """Someone wants to see the columns of this otherwise."""

        def __init__(self, rows: Rows, arrangement: Arrangement) -> None:
            """Say of what, and how."""
            super().__init__()
            self.rows, self.arrangement = rows, arrangement

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without rows."""
        super().__init__(id=id)
        self.following = False
        """Whether rows stream past, so that none need be asked for."""
        self._demand = RowDemand()
        self._dragging = False

    def show(
        self,
        rows: Rows,
        headings: list[Heading],
        keep_place: bool = False,
        arrangement: Arrangement | None = None,
        keep_columns: bool = False,
    ) -> None:
        """Show another result, or the same in a new snapshot.

        Args:
            rows: The result.
            headings: Of its columns.
            keep_place: Whether the cursor stays, if the columns are the same.
            arrangement: How the columns are shown, unless they are as they come.
            keep_columns: Whether they stay as they are: these are other rows of the same table.
        """
        same = keep_place and headings == list(self._layout.headings)
        self._rows = rows
        self._demand.opened()
        if not ((keep_columns or keep_place) and headings == list(self._layout.headings)):
            self._layout = ColumnLayout(headings, arrangement)
            self.column, self.left = (self._layout.shown[0] if headings else 0), 0
        if not same:
            self.top = self.row = 0
        self._lines.clear()
        self._changed()

    def clear(self, text: str) -> None:
        """Show no result, and say why."""
        self._rows, self.empty_text = None, text
        self.top = self.row = 0
        self.message = self.told = ""
        self._lines.clear()
        self.refresh()

    def rows_arrived(self) -> None:
        """More is held, or known of the length. Paints again only what that changes."""
        self._demand.answered()
        before = self.row, self.top
        self._place(self.row, self.top)
        self._fit_columns()
        if before == (self.row, self.top) and self._painted == self._look and not self._absent:
            self._refresh_status()
            self._ask()
        else:
            self._changed()

    def renumbered(self, by: int) -> None:
        """Rows have other numbers: what is shown stays where it is."""
        self.top, self.row = self.top + by, self.row + by
        self._demand.renumbered()
        self._lines.clear()
        self.refresh()

    def forget_request(self) -> None:
        """What was asked for will not come."""
        self._demand.answered()

    def go(self, row: int, top: int | None = None) -> None:
        """Put the cursor on a row, and that row (or `top`) on the screen."""
        self._demand.down = row >= self.row
        self._place(row, self.top if top is None else top)
        self._changed()

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        old_row, old_top = self.row, self.top
        self._demand.down = by > 0
        self._place(self.row + by, self.top)
        if self.top != old_top:
            self._changed()
        elif self.row != old_row:
            self._refresh_cell(old_row, self.column)
            self._refresh_cell(self.row, self.column)
            self._refresh_status()
            self._ask()

    def action_page(self, pages: float) -> None:
        """Move screen and cursor by screenfuls."""
        by = int(self.body * pages)
        self._demand.down = by > 0
        top = min(max(0, self.top + by), self._scrollbar.highest)
        self._place(self.row + by, top)
        self._changed()

    def action_first(self) -> None:
        """Go to the first row of all."""
        self._demand.go_home()
        self.go(0, 0)

    def action_last(self) -> None:
        """Go to the last row; ask for it if nobody knows it yet."""
        if self._rows is None:
            return
        if self._rows.row_count is None:
            self.post_message(self.EndWanted())
        else:
            self.go(self._rows.row_count - 1)

    def action_move_column(self, by: int) -> None:
        """Move the cursor by columns."""
        if len(self._layout):
            self._go_position(self._layout.position(self.column) + by)

    def action_edge_column(self, last: int) -> None:
        """Go to the first or the last column."""
        self._go_position(len(self._layout) if last else 0)

    def action_resize(self, by: int) -> None:
        """Make the cursor's column wider or narrower."""
        if len(self._layout):
            self._layout.resize(self.column, by)
            self._rearranged()

    def go_column(self, column: int) -> None:
        """Put the cursor on a column."""
        self._go_position(self._layout.position(column))

    def arrange_columns(self, arrangement: Arrangement) -> None:
        """Show these columns; the cursor stays on its own, or goes to one beside it."""
        if self._rows is not None and len(arrangement.order) == len(self._layout):
            self._layout.arrange(arrangement)
            self.column = self._layout.shown[self._layout.position(self.column)]
            self._rearranged()

    def _rearranged(self) -> None:
        self._changed()
        if self._rows is not None:
            self.post_message(self.Arranged(self._rows, self._layout.arrangement))

    def _go_position(self, position: int) -> None:
        shown = self._layout.shown
        if not shown:
            return
        old_column, old_left = self.column, self.left
        self.column = shown[min(max(0, position), len(shown) - 1)]
        self.left = self._layout.left_for(self.column, self.left, self._area)
        if self.left != old_left:
            self._changed()
        else:
            self._refresh_cell(self.row, old_column)
            self._refresh_cell(self.row, self.column)
            self._refresh_status()

    def _place(self, row: int, top: int) -> None:
        extent, body = self.extent, self.body
        self.row = min(max(0, row), max(0, extent - 1))
        top = min(max(top, self.row - body + 1), self.row)
        self.top = min(max(0, top), max(0, extent - body))

    def _ask(self) -> None:
        if self._rows is None or self.following:
            return
        wanted = self._demand.wanted(self._rows, self.top, self.body)
        if wanted is not None:
            self.post_message(self.RowsNeeded(self._rows, *wanted))

    def _changed(self) -> None:
        self._absent = False
        self._fit_columns()
        left = self._layout.left_for(self.column, self.left, self._area) if len(self._layout) else 0
        if left != self.left:
            # What was just seen made columns wider: the cursor's stays on the screen.
            self.left = left
            self._fit_columns()
        self._painted = self._look
        self._ask()
        self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self._turn(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self._turn(-WHEEL)

    def _turn(self, by: int) -> None:
        self._demand.down = by > 0
        top = min(max(0, self.top + by), self._scrollbar.highest)
        self._place(min(max(self.row, top), top + self.body - 1), top)
        self._changed()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take the cursor there, or the scrollbar."""
        if self._rows is None:
            return
        if event.x >= self.size.width - 1 and event.y >= HEADER:
            self._dragging = True
            self.capture_mouse()
            self._drag(event.y)
        elif event.y < HEADER + self.body:
            x = event.x - self._gutter - 1
            for place in self._places():
                if place.x <= x < place.x + place.width + len(place.gap):
                    self._go_position(self._layout.position(place.column))
                    break
            if event.y >= HEADER:
                self.action_move(self.top + event.y - HEADER - self.row)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the scrollbar."""
        if self._dragging:
            self._drag(event.y)

    def on_mouse_up(self) -> None:
        """Let the scrollbar go."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _drag(self, y: int) -> None:
        row = self._scrollbar.line_at(y - HEADER)
        self.go(row, row)

    def on_resize(self) -> None:
        """Fit what is shown into the new size."""
        self._lines.clear()
        self._place(self.row, self.top)
        self._layout.refit()
        if len(self._layout):
            self.left = self._layout.left_for(self.column, self.left, self._area)
        self._changed()
