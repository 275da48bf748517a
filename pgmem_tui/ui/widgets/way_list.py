"""The lab's ways, one a line: which are chosen, and what they were measured to take."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display.text import fit
from pgmem_tui.ui import way_lines
from pgmem_tui.ui.text_lines import Line
from pgmem_tui.ui.way_lines import Shown
from pgmem_tui.ui.widgets import way_colours
from pgmem_tui.ui.widgets.line_list import LineList

_PREFIX = "way-list"


class WayList(LineList, can_focus=True):
    """All ways, always in the same places."""

    HEAD = 1
    """The columns' names."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "next way", show=False),
        Binding("up,k", "move(-1)", "way before", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("home,g", "edge(False)", "first way", show=False),
        Binding("end,G", "edge(True)", "last way", show=False),
    ]
    HELP_TITLE = "Ways"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"{_PREFIX}--cursor", *way_colours.classes(_PREFIX)}
    DEFAULT_CSS = f"""
    WayList {{
        background: $background;
        color: $foreground;
        {way_colours.rules(_PREFIX)}
        & > .{_PREFIX}--cursor {{ background: $accent; color: auto; }}
        &:nocolor > .{_PREFIX}--cursor {{ text-style: reverse; }}
    }}
    """

    class Moved(Message):
        """Another way is bright."""

    class Clicked(Message):
        """The bright way was clicked."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show all ways, chosen."""
        super().__init__(id=id)
        self._shown = Shown()
        self._lines: list[Line] = []

    def show(self, shown: Shown) -> None:
        """Show what is known now; only lines that changed are painted."""
        self._shown = shown
        before, self._lines = self._lines, way_lines.lines(shown, self.size.width)
        for number, (old, new) in enumerate(zip(before, self._lines, strict=False)):
            if old != new:
                y = number - self.top if number else 0
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def name_chosen(self) -> str:
        """The name of the bright way."""
        return way_lines.NAMES[self.cursor]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(way_lines.NAMES)

    def moved(self) -> None:
        """Say that another one is bright."""
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """Make the lines anew for the width."""
        self._lines = way_lines.lines(self._shown, self.size.width)
        self.refresh()
        super().on_resize()

    def on_click(self, event: events.Click) -> None:
        """Go to the way that was clicked; turn it over if it was bright."""
        offset = event.get_content_offset(self)
        line = self.line_at(offset.y) if offset is not None else -1
        if line >= 0 and line == self.cursor:
            self.post_message(self.Clicked())
        elif line >= 0:
            self.go(line)

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        width = self.size.width
        number = 0 if y == 0 else self.top + y
        if number >= len(self._lines):
            return Strip([Segment(" " * width, self.rich_style)], width)
        line = self._lines[number]
        if number and number - 1 == self.cursor:
            style = self.get_component_rich_style(f"{_PREFIX}--cursor")
            return Strip([Segment(fit(line.text, width), style)], width)
        painted = Strip(list(way_colours.segments(self, _PREFIX, line)))
        return painted.adjust_cell_length(width, self.rich_style)
