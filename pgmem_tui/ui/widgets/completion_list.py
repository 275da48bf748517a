"""What could stand at the caret, as a list on top of everything else. The text keeps focus and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import cell_width, fit

MOST_ROWS = 8
WIDEST = 60
WIDEST_LABEL = 32


class Item(NamedTuple):
    """One choice."""

    label: str
    kind: str
    detail: str
    """All of these may be hostile."""


class CompletionList(Widget):
    """Hidden until there is something to choose from."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"completion--chosen", "completion--kind"}
    DEFAULT_CSS = """
    CompletionList {
        display: none;
        overlay: screen;
        position: absolute;
        background: $panel;
        color: $foreground;
        & > .completion--kind { color: $text-muted; }
        & > .completion--chosen { background: $accent; color: auto; }
        &:nocolor > .completion--chosen { text-style: reverse; }
        &:ansi > .completion--chosen { text-style: reverse; }
    }
    """
    ALLOW_SELECT = False

    class Clicked(Message):
        """A choice was clicked on, and is the chosen one now."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin hidden."""
        super().__init__(id=id)
        self.items: Sequence[Item] = ()
        self._top = 0
        self._label = self._kind = 0
        self.chosen = 0
        """Index of the bright one."""

    def show(self, items: Sequence[Item], caret: Offset, room: tuple[int, int]) -> None:
        """Show these next to the caret.

        Args:
            items: At least one.
            caret: The cell of the screen where the word begins.
            room: Columns and rows of the screen.
        """
        columns, rows = room
        self.items, self.chosen, self._top = items, 0, 0
        self._label = min(WIDEST_LABEL, max(cell_width(item.label[:WIDEST_LABEL]) for item in items))
        self._kind = max(len(item.kind) for item in items)
        detail = max(cell_width(item.detail[:WIDEST]) for item in items)
        width = min(WIDEST, columns, self._label + self._kind + detail + 4 + (1 if detail else 0))
        below, above = rows - caret.y - 1, caret.y
        height = min(MOST_ROWS, len(items))
        downwards = below >= height or below >= above
        height = max(1, min(height, below if downwards else above))
        self.styles.width, self.styles.height = width, height
        x = min(max(0, caret.x - 1), columns - width)
        self.absolute_offset = Offset(x, caret.y + 1 if downwards else caret.y - height)
        self.display = True
        self.refresh(layout=True)

    def hide(self) -> None:
        """Take it away."""
        self.display = False

    def move(self, by: int) -> None:
        """Choose another; from the last on to the first with a step."""
        last = len(self.items) - 1
        chosen = self.chosen + by
        if abs(by) == 1:
            chosen %= last + 1
        self.chosen = min(max(0, chosen), last)
        height = self.size.height or MOST_ROWS
        self._top = min(max(self._top, self.chosen - height + 1), self.chosen)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Take the one under the mouse."""
        event.stop()
        if self._top + event.y < len(self.items):
            self.chosen = self._top + event.y
            self.post_message(self.Clicked())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down."""
        event.stop()
        self.move(min(1, len(self.items) - 1 - self.chosen))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up."""
        event.stop()
        self.move(-min(1, self.chosen))

    def render_line(self, y: int) -> Strip:
        """Paint a choice."""
        index, width = self._top + y, self.size.width
        if index >= len(self.items):
            return Strip.blank(width, self.rich_style)
        item = self.items[index]
        rest = width - self._label - self._kind - 4
        label = f" {fit(item.label, self._label)} "
        about = f" {fit(item.kind, self._kind)} "
        if rest > 1:
            about += fit(item.detail, rest)
        if index == self.chosen:
            style = self.get_component_rich_style("completion--chosen")
            return Strip([Segment(fit(label + about, width), style)], width)
        kind = self.get_component_rich_style("completion--kind")
        strip = Strip([Segment(label, self.rich_style), Segment(about, kind)])
        return strip.adjust_cell_length(width, self.rich_style)
