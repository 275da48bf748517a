"""What a grid looks like: a heading, rows, a scrollbar, a line about the cell under the cursor.

Nothing here is proportional to the result: a screenful of lines is formatted, remembered while it
stays on the screen, and painted again only where something changed.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.column_layout import ColumnLayout, Place
from pgmem_tui.display.text import cell_width, fit
from pgmem_tui.ui.widgets.grid_rows import Rows, position
from pgmem_tui.ui.widgets.row_lines import LineStyles, RowLines
from pgmem_tui.ui.widgets.scrollbar import Scrollbar

HEADER = 1
STATUS = 1
ROOM = 200
"""Characters of a value that are looked at for the width of its column."""


class GridView(Widget, can_focus=True):
    """Paints rows from a number on, columns from a number on, and a cell cursor."""

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
    GridView {
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

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without rows."""
        super().__init__(id=id)
        self.top = 0
        """Number of the first row on the screen."""
        self.row = 0
        """Number of the row with the cell cursor."""
        self.column = 0
        """Index in the result of the column with the cell cursor; always one that is shown."""
        self.left = 0
        """Position, among the columns shown, of the first on the screen that scrolls."""
        self.message = ""
        """Shown instead of the position, while something is going on."""
        self.prompt = ""
        """Shown before anything else: keys that are expected now."""
        self.told = ""
        """A sentence about what was done, until the next key."""
        self.empty_text = ""
        """Shown where there is no result."""
        self._rows: Rows | None = None
        self._layout = ColumnLayout(())
        self._lines = RowLines()
        self._absent = False
        """Whether a row that was painted was not there yet."""
        self._painted: tuple[object, ...] = ()
        """The look that was painted last."""

    def say(self, message: str) -> None:
        """Show a message in the status line, or the position again."""
        if message != self.message:
            self.message = message
            self._refresh_status()

    @property
    def column_layout(self) -> ColumnLayout:
        """What is shown of the columns, in what order and how wide."""
        return self._layout

    @property
    def body(self) -> int:
        """Rows on a screenful."""
        return max(1, self.size.height - HEADER - STATUS)

    @property
    def extent(self) -> int:
        """Rows to scroll over."""
        return self._rows.extent(self.body) if self._rows else 0

    @property
    def _look(self) -> tuple[object, ...]:
        """What every line depends on besides its row."""
        return self._layout.version, self._gutter, self._scrollbar.thumb(self.top)

    @property
    def _scrollbar(self) -> Scrollbar:
        return Scrollbar(self.extent, self.body)

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
        layout = self._layout
        columns = [place.column for place in self._places()]
        for number in range(self.top, self.top + self.body):
            row = self._rows.row(number)
            if row is None:
                continue
            for column in columns:
                value = row[column]
                if value is not None and (
                    min(len(value), ROOM) > layout.wanted(column) or not value.isascii()
                ):
                    layout.grow(column, cell_width(value[:ROOM]))
        layout.spread(self._area)

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
        self._lines.forget_styles()

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
                self.has_focus and selected >= 0,
                self._rows.exact,
            ),
            self._places(),
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
        begin, end = self._scrollbar.thumb(self.top)
        return "▐" if begin <= line < end else " "

    def _heading_line(self, styles: LineStyles, width: int) -> Strip:
        segments = [Segment(" " * (self._gutter + 1), styles.base)]
        used = self._gutter + 1
        for place in self._places():
            heading = self._layout.headings[place.column]
            segments.append(Segment(fit(heading.name, place.width, heading.right), styles.header))
            segments.append(Segment(place.gap, styles.base))
            used += place.width + len(place.gap)
        segments.append(Segment(" " * (width - used), styles.base))
        return Strip(segments, width)

    def _hidden(self) -> str:
        shown, columns = len(self._layout.shown), len(self._layout)
        return f" · {shown} of {columns} columns" if shown < columns else ""

    def _status_line(self, styles: LineStyles, width: int) -> Strip:
        text = (
            self.prompt
            or self.message
            or self.told
            or position(self._rows, self.row, self.column, self.extent) + self._hidden()
        )
        return Strip([Segment(fit(f" {text}", width), styles.status)], width)

    def on_focus(self) -> None:
        """Show the cursor bright."""
        self._lines.forget_styles()
        self._refresh_cell(self.row, self.column)

    def on_blur(self) -> None:
        """Show the cursor dim."""
        self.on_focus()
