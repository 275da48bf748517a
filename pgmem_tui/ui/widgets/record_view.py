"""One row of a result, a field a line: as many lines as the screen has, whatever the row has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display.text import ELLIPSIS, cell_width, fit
from pgmem_tui.postgres.relation import Column, Row
from pgmem_tui.ui.widgets.line_list import LineList, moving

NARROW, WIDE = 12, 32
"""Cells of the columns of names and of types."""
LOOKED_AT = 200
"""Fields whose names and types decide how wide those columns are."""


class RecordView(LineList, can_focus=True):
    """Names, types and values below each other, and a bright line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *moving("field"),
        Binding("enter", "choose", "the whole value", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record--name",
        "record--type",
        "record--null",
        "record--cursor",
    }
    DEFAULT_CSS = """
    RecordView {
        background: $background;
        color: $foreground;
        & > .record--name { text-style: bold; }
        & > .record--type { color: $text-muted; }
        & > .record--null { color: $text-muted; text-style: italic; }
        & > .record--cursor { background: $accent; color: auto; }
        &:nocolor > .record--cursor { text-style: reverse; }
    }
    """
    HELP_TITLE = "Record"

    class Chosen(Message):
        """The whole value of the bright line's field is wanted."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self.filter = ""
        self._columns: Sequence[Column] = ()
        self._row: Row | None = None
        self._cell_limit = 0
        self._fields: list[int] = []
        self._widths = (NARROW, NARROW)

    @property
    def column(self) -> int:
        """The number of the bright line's column; -1 without any."""
        return self._fields[self.cursor] if self._fields else -1

    @property
    def count(self) -> int:
        """How many fields the filter leaves."""
        return len(self._fields)

    def show(self, columns: Sequence[Column], row: Row | None, cell_limit: int) -> None:
        """Show a row; None if it is on its way."""
        changed = columns is not self._columns
        self._columns, self._row, self._cell_limit = columns, row, cell_limit
        if changed:
            some = columns[:LOOKED_AT]
            names = max((cell_width(column.name) for column in some), default=0)
            types = max((cell_width(column.type_name) for column in some), default=0)
            self._widths = min(max(names, NARROW), WIDE), min(max(types, NARROW), WIDE)
            self.narrow(self.filter)
        self.refresh()

    def narrow(self, text: str) -> None:
        """Show only fields with a text in their name."""
        before = self.column
        self.filter, wanted = text, text.casefold()
        self._fields = [n for n, column in enumerate(self._columns) if wanted in column.name.casefold()]
        self.refresh()
        self.go_column(before)

    def go_column(self, column: int) -> None:
        """Put the bright line on a column's field, if that is shown."""
        self.go(self._fields.index(column) if column in self._fields else 0)

    def action_page(self, pages: int) -> None:
        """Move the cursor and the screen by screenfuls."""
        self.go(self.cursor + pages * self.page, self.top + pages * self.page)

    def action_choose(self) -> None:
        """Ask for the whole value."""
        if self._row is not None and self._fields:
            self.post_message(self.Chosen())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take the bright line there."""
        self.go(self.top + event.y)

    def render_line(self, y: int) -> Strip:
        """One field."""
        width, number = self.size.width, self.top + y
        if number >= len(self._fields):
            text = " no field has that in its name" if y == 0 and self._columns else ""
            return Strip([Segment(fit(text, width), self.rich_style)], width)
        field = self._fields[number]
        column = self._columns[field]
        widths = [min(wanted, max(NARROW, width // 4)) for wanted in self._widths]
        name, kind = (
            fit(text, room) for text, room in zip((column.name, column.type_name), widths, strict=True)
        )
        room = max(1, width - sum(widths) - 6)
        value, style = self._value(field, room)
        parts = [(f" {name}  ", "name"), (f"{kind}  ", "type"), (f"{value} ", style)]
        bright = number == self.cursor
        segments = []
        for text, part in parts:
            look = self.rich_style
            if part:
                look += self.get_component_rich_style(f"record--{part}", partial=True)
            if bright:
                look += self.get_component_rich_style("record--cursor", partial=True)
            segments.append(Segment(text, look))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _value(self, field: int, room: int) -> tuple[str, str]:
        if self._row is None:
            return fit("·", room), "type"
        value = self._row[field]
        if value is None:
            return fit("NULL", room), "null"
        if self._columns[field].was_cut(value, self._cell_limit):
            value += ELLIPSIS
        return fit(value, room), ""
