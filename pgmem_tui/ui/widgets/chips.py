"""The conditions that hold and the order of the rows, each to be taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import cell_width, one_line, truncate

WIDEST = 48
"""Cells of one chip."""
MARK = " ×"
REST = 6
"""Cells kept for how many more there are."""


class Chips(Widget, can_focus=True):
    """One line; the first, or the chosen one, is always on it, cut if need be; the others are counted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "the one before", show=False),
        Binding("right,l", "step(1)", "the next one", show=False),
        Binding("delete,backspace,enter,x", "remove", "take it away", show=False),
    ]
    HELP_TITLE = "Conditions"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"chips--chip", "chips--selected"}
    DEFAULT_CSS = """
    Chips {
        height: 1;
        display: none;
        & > .chips--chip { background: $panel; color: $foreground; }
        & > .chips--selected { background: $accent; color: auto; }
        &:nocolor > .chips--selected { text-style: reverse; }
    }
    """
    ALLOW_SELECT = False

    class Removed(Message):
        """One is to go."""

        def __init__(self, index: int) -> None:
            """Say which, from 0."""
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin with none."""
        super().__init__(id=id)
        self._texts: list[str] = []
        self._selected = 0

    def show(self, texts: Sequence[str]) -> None:
        """Show these."""
        self._texts = [truncate(one_line(text), WIDEST - cell_width(MARK)) for text in texts]
        self._selected = min(self._selected, max(0, len(texts) - 1))
        self.display = bool(texts)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint them side by side."""
        width = self.size.width
        plain = self.rich_style
        laid = self._laid_out()
        first, after = (laid[0][0], laid[-1][0] + 1) if laid else (0, 0)
        segments: list[Segment] = [Segment(f"+{first} ", plain)] if first else []
        for index, text, _ in laid:
            selected = self.has_focus and index == self._selected
            name = "chips--selected" if selected else "chips--chip"
            segments += [Segment(text, self.get_component_rich_style(name)), Segment(" ", plain)]
        if hidden := len(self._texts) - after:
            segments.append(Segment(f"+{hidden}", plain))
        return Strip(segments).adjust_cell_length(width, plain)

    def _laid_out(self) -> list[tuple[int, str, int]]:
        """Those that there is room for, the chosen one among them: number, text, first cell."""
        laid = self._from(0)
        if self.has_focus and laid and self._selected > laid[-1][0]:
            return self._from(self._selected)
        return laid

    def _from(self, start: int) -> list[tuple[int, str, int]]:
        laid: list[tuple[int, str, int]] = []
        x = len(f"+{start} ") if start else 0
        for index in range(start, len(self._texts)):
            room = self.size.width - x - (REST if index + 1 < len(self._texts) else 0)
            text, needed = self._texts[index], cell_width(self._texts[index]) + cell_width(MARK) + 2
            if needed > room and laid:
                break
            text = f" {truncate(text, max(1, room - cell_width(MARK) - 2))}{MARK} "
            laid.append((index, text, x))
            x += cell_width(text) + 1
        return laid

    def action_step(self, by: int) -> None:
        """Choose another."""
        self._selected = min(max(0, self._selected + by), max(0, len(self._texts) - 1))
        self.refresh()

    def action_remove(self) -> None:
        """Take the chosen one away."""
        if self._texts:
            self.post_message(self.Removed(self._selected))

    def on_click(self, event: events.Click) -> None:
        """Take away the one under the mouse."""
        for index, text, x in self._laid_out():
            if x <= event.x < x + cell_width(text):
                self.post_message(self.Removed(index))
                return

    def on_focus(self) -> None:
        """Show the chosen one."""
        self.refresh()

    def on_blur(self) -> None:
        """Show none as chosen."""
        self.refresh()
