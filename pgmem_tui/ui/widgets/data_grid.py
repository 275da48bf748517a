"""A grid over rows that are somewhere else: it paints what is held and asks for what is not.

Nothing here is proportional to the result: a screenful of lines is formatted, remembered while it
stays on the screen, and painted again only where something changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display import quantities
from pgmem_tui.display.column_layout import GAP, ColumnLayout, Heading, Place
from pgmem_tui.display.text import cell_width, fit, one_line
from pgmem_tui.postgres.relation import Column
from pgmem_tui.ui.widgets.row_lines import LineStyles, RowLines

HEADER = 1
STATUS = 1
WHEEL = 3
"""Rows a turn of the wheel."""


class Rows(Protocol):
    """Where the rows are."""

    row_count: int | None
    exact: bool
    estimate: int
    cell_limit: int

    @property
    def columns(self) -> Sequence[Column]:
        """What a row is made of."""

    def row(self, number: int) -> tuple[str | None, ...] | None:
        """A row, if it is held."""

    def missing(self, first: int, end: int) -> tuple[int, int] | None:
        """The first run of rows within [first, end) that is not held and may exist."""

    def may_exist(self, number: int) -> bool:
        """Whether a row that is not held is likely to be there."""

    def extent(self, ahead: int) -> int:
        """Rows to scroll over."""


class DataGrid(Widget, can_focus=True):
    """Rows and columns with a cell cursor."""

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
        Binding("less_than_sign", "resize(-2)", "narrower column", show=False),
        Binding("greater_than_sign", "resize(2)", "wider column", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "data-grid--header",
        "data-grid--gutter",
        "data-grid--null",
        "data-grid--cursor",
        "data-grid--absent",
        "data-grid--bar",
        "data-grid--status",
    }
    DEFAULT_CSS = """
    DataGrid {
        background: $background;
        color: $foreground;
        & > .data-grid--header { color: $foreground; text-style: bold underline; }
        & > .data-grid--gutter { color: $text-muted; }
        & > .data-grid--null { color: $text-muted; text-style: italic; }
        & > .data-grid--cursor { background: $surface-lighten-2; text-style: underline; }
        & > .data-grid--absent { color: $text-muted; }
        & > .data-grid--bar { color: $text-muted; }
        & > .data-grid--status { color: $text-muted; }
        &:focus > .data-grid--cursor { background: $accent; color: auto; text-style: none; }
        &:nocolor > .data-grid--cursor { text-style: reverse; }
    }
    """
    ALLOW_SELECT = False
    HELP_TITLE = "Rows"

    class RowsNeeded(Message):
        """Rows [first, end) are on the screen or about to be, and not held."""

        def __init__(self, first: int, end: int, backward: bool) -> None:
            """Say which; `backward` if someone scrolls up."""
            super().__init__()
            self.first, self.end, self.backward = first, end, backward

    class EndWanted(Message):
        """Someone wants the last row, and nobody knows which that is."""

    class CursorMoved(Message):
        """The cell cursor stands elsewhere."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without rows."""
        super().__init__(id=id)
        self.top = 0
        """Number of the first row on the screen."""
        self.row = 0
        """Number of the row with the cell cursor."""
        self.column = 0
        """Number of the column with the cell cursor."""
        self.left = 0
        """Number of the first column on the screen."""
        self.message = ""
        """Shown instead of the position, while something is going on."""
        self.empty_text = ""
        """Shown where there are no rows."""
        self._rows: Rows | None = None
        self._layout = ColumnLayout(())
        self._lines = RowLines()
        self._asked: tuple[int, int] | None = None
        self._expecting = False
        """Whether rows are on their way without having been asked for: whatever is opened brings some."""
        self._down = True
        self._dragging = False
        self._absent = False
        """Whether a row that was painted was not there yet."""
        self._painted: tuple[object, ...] = ()
        """The look that was painted last."""
        self.following = False
        """Whether rows stream past, so that none need be asked for."""

    # -- what it shows ---------------------------------------------------------------------------

    def show(self, rows: Rows, headings: list[Heading], keep_place: bool = False) -> None:
        """Show another result, or the same in a new snapshot."""
        same = keep_place and headings == list(self._layout.headings)
        self._rows, self._asked, self._expecting = rows, None, True
        if not same:
            self._layout = ColumnLayout(headings)
            self.top = self.row = self.column = self.left = 0
        self._lines.clear()
        self._changed()

    def clear(self, text: str) -> None:
        """Show no result, and say why."""
        self._rows, self._layout, self.empty_text = None, ColumnLayout(()), text
        self.top = self.row = self.column = self.left = 0
        self.message = ""
        self._lines.clear()
        self.refresh()

    def rows_arrived(self) -> None:
        """More is held, or known of the length. Paints again only what that changes."""
        self._asked, self._expecting = None, False
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
        self._asked = None
        self._lines.clear()
        self.refresh()

    def forget_request(self) -> None:
        """What was asked for will not come."""
        self._asked, self._expecting = None, False

    def go(self, row: int, top: int | None = None) -> None:
        """Put the cursor on a row, and that row (or `top`) on the screen."""
        self._down = row >= self.row
        self._place(row, self.top if top is None else top)
        self._changed()
        self.post_message(self.CursorMoved())

    def say(self, message: str) -> None:
        """Show a message in the status line, or the position again."""
        if message != self.message:
            self.message = message
            self._refresh_status()

    @property
    def body(self) -> int:
        """Rows on a screenful."""
        return max(1, self.size.height - HEADER - STATUS)

    @property
    def extent(self) -> int:
        """Rows to scroll over."""
        return self._rows.extent(self.body) if self._rows else 0

    @property
    def cell(self) -> str | None:
        """The value under the cursor, as far as it was fetched; None for NULL or nothing."""
        row = self._rows.row(self.row) if self._rows else None
        return row[self.column] if row and self.column < len(row) else None

    # -- moving ----------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        old_row, old_top = self.row, self.top
        self._down = by > 0
        self._place(self.row + by, self.top)
        if self.top != old_top:
            self._changed()
        elif self.row != old_row:
            self._refresh_cell(old_row, self.column)
            self._refresh_cell(self.row, self.column)
            self._refresh_status()
            self._ask()
        self.post_message(self.CursorMoved())

    def action_page(self, pages: float) -> None:
        """Move screen and cursor by screenfuls."""
        by = int(self.body * pages)
        self._down = by > 0
        highest = max(0, self.extent - self.body)
        top = min(max(0, self.top + by), highest)
        self._place(self.row + by, top)
        self._changed()
        self.post_message(self.CursorMoved())

    def action_first(self) -> None:
        """Go to the first row."""
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
        self._go_column(self.column + by)

    def action_edge_column(self, last: int) -> None:
        """Go to the first or the last column."""
        self._go_column(len(self._layout) - 1 if last else 0)

    def action_resize(self, by: int) -> None:
        """Make the cursor's column wider or narrower."""
        if len(self._layout):
            self._layout.resize(self.column, by)
            self._changed()

    def _go_column(self, column: int) -> None:
        if not len(self._layout):
            return
        old_column, old_left = self.column, self.left
        self.column = min(max(0, column), len(self._layout) - 1)
        self.left = self._layout.left_for(self.column, self.left, self._area)
        if self.left != old_left:
            self._changed()
        else:
            self._refresh_cell(self.row, old_column)
            self._refresh_cell(self.row, self.column)
            self._refresh_status()
        self.post_message(self.CursorMoved())

    def _place(self, row: int, top: int) -> None:
        extent, body = self.extent, self.body
        self.row = min(max(0, row), max(0, extent - 1))
        top = min(top, self.row)
        top = max(top, self.row - body + 1)
        self.top = min(max(0, top), max(0, extent - 1))

    # -- asking ----------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self._rows is None or self.following or self._expecting:
            return
        body, top, end = self.body, self.top, self.top + self.body
        gap = self._rows.missing(top, end)
        if gap is None:
            gap = self._rows.missing(end, end + body) if self._down else self._rows.missing(top - body, top)
        if gap is not None and gap != self._asked:
            self._asked = gap
            self.post_message(self.RowsNeeded(*gap, backward=not self._down and gap[1] <= end))

    # -- painting --------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._absent = False
        self._fit_columns()
        self._painted = self._look
        self._ask()
        self.refresh()

    @property
    def _look(self) -> tuple[object, ...]:
        """What every line depends on besides its row."""
        return self._layout.version, self._gutter, self._thumb_lines()

    @property
    def _gutter(self) -> int:
        return max(3, len(str(self.extent))) + 1

    @property
    def _area(self) -> int:
        return max(1, self.size.width - self._gutter - 1 - 1)

    def _places(self) -> list[Place]:
        return self._layout.places(self.left, self._area)

    def _fit_columns(self) -> None:
        """Make room for the values on the screen."""
        if self._rows is None:
            return
        columns = [place.column for place in self._places()]
        for number in range(self.top, self.top + self.body):
            row = self._rows.row(number)
            if row is None:
                continue
            for column in columns:
                value = row[column]
                room = self._layout.width(column)
                if value is not None and (len(value) > room or not value.isascii()):
                    self._layout.grow(column, cell_width(value[:200]))

    def _refresh_cell(self, row: int, column: int) -> None:
        y = row - self.top
        if not 0 <= y < self.body:
            return
        for place in self._places():
            if place.column == column:
                x = self._gutter + 1 + place.x
                self.refresh(Region(x, HEADER + y, place.width, 1))

    def _refresh_status(self) -> None:
        self.refresh(Region(0, self.size.height - 1, self.size.width, 1))

    def notify_style_update(self) -> None:
        """Forget lines in old colours."""
        super().notify_style_update()
        self._lines.clear()

    def render_line(self, y: int) -> Strip:
        """One line of the widget: the heading, a row, or the status."""
        styles = self._styles()
        width = self.size.width
        if y == self.size.height - 1:
            return self._status_line(styles, width)
        if self._rows is None:
            text = self.empty_text if y == max(1, self.size.height // 3) else ""
            return Strip([Segment(fit(text.center(width), width), styles.absent)], width)
        if y == 0:
            return self._heading_line(styles, width)
        number = self.top + y - HEADER
        row = self._rows.row(number)
        self._absent = self._absent or row is None
        if row is None and not self._rows.may_exist(number):
            text = "  no rows" if number == 0 and self._rows.row_count == 0 else ""
            return Strip([Segment(text.ljust(width), styles.absent)], width)
        selected = self.column if number == self.row else -1
        return self._lines.line(
            number,
            row,
            (
                selected,
                self._thumb(y - HEADER),
                self.left,
                self._layout.version,
                width,
                self._gutter,
                self.has_focus,
            ),
            lambda: self._places(),
            self._layout,
            styles,
        )

    def _styles(self) -> LineStyles:
        base = self.rich_style

        def style(name: str) -> Style:
            return self.get_component_rich_style(f"data-grid--{name}")

        return self._lines.styles or self._lines.keep(
            LineStyles(base, *map(style, ("header", "gutter", "null", "cursor", "absent", "bar", "status")))
        )

    def _thumb(self, line: int) -> str:
        begin, end = self._thumb_lines()
        return "▐" if begin <= line < end else " "

    def _thumb_lines(self) -> tuple[int, int]:
        """The lines of the scrollbar's thumb, none where everything is on the screen."""
        extent, body = self.extent, self.body
        if extent <= body:
            return 0, 0
        length = max(1, body * body // extent)
        begin = round((body - length) * self.top / (extent - body))
        return begin, begin + length

    def _heading_line(self, styles: LineStyles, width: int) -> Strip:
        segments = [Segment(" " * (self._gutter + 1), styles.base)]
        used = self._gutter + 1
        for place in self._places():
            heading = self._layout.headings[place.column]
            segments.append(Segment(fit(heading.name, place.width, heading.right), styles.header))
            gap = min(GAP, width - used - place.width)
            segments.append(Segment(" " * gap, styles.base))
            used += place.width + gap
        segments.append(Segment(" " * (width - used), styles.base))
        return Strip(segments, width)

    def _status_line(self, styles: LineStyles, width: int) -> Strip:
        text = self.message or self._position()
        return Strip([Segment(fit(f" {text}", width), styles.status)], width)

    def _position(self) -> str:
        rows = self._rows
        if rows is None:
            return ""
        about = "" if rows.exact else "≈"
        if rows.row_count is not None and rows.exact:
            total = quantities.row_number(rows.row_count)
        elif rows.estimate >= 0 or rows.row_count is not None:
            total = "≈" + quantities.count(max(rows.estimate, self.extent))
        else:
            total = "?"
        parts = [f"row {about}{quantities.row_number(self.row + 1 if self.extent else 0)} of {total}"]
        if rows.row_count is not None or rows.estimate > 0:
            parts.append(f"{100 * (self.row + 1) / max(1, self.extent):.1f} %")
        if len(self._layout):
            parts.append(one_line(self._layout.headings[self.column].detail))
            parts.append(self._about_cell())
        return " · ".join(part for part in parts if part)

    def _about_cell(self) -> str:
        row = self._rows.row(self.row) if self._rows else None
        if row is None or self._rows is None:
            return ""
        value = row[self.column]
        if value is None:
            return "NULL"
        cut = self._rows.columns[self.column].was_cut(value, self._rows.cell_limit)
        return f"cut at {self._rows.cell_limit} characters" if cut else ""

    # -- mouse and focus -------------------------------------------------------------------------

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self._turn(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self._turn(-WHEEL)

    def _turn(self, by: int) -> None:
        self._down = by > 0
        top = min(max(0, self.top + by), max(0, self.extent - self.body))
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
        elif HEADER <= event.y < HEADER + self.body:
            for place in self._places():
                x = event.x - self._gutter - 1
                if place.x <= x < place.x + place.width + GAP:
                    self._go_column(place.column)
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
        share = min(max(0, y - HEADER), self.body - 1) / max(1, self.body - 1)
        row = round(share * max(0, self.extent - self.body))
        self.go(row, row)

    def on_resize(self) -> None:
        """Fit what is shown into the new size."""
        self._lines.clear()
        self._place(self.row, self.top)
        self._changed()

    def on_focus(self) -> None:
        """Show the cursor bright."""
        self._lines.clear()
        self._refresh_cell(self.row, self.column)

    def on_blur(self) -> None:
        """Show the cursor dim."""
        self.on_focus()
