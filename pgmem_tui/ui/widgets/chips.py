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

from pgmem_tui.display.text import cell_width, fit, one_line, truncate

WIDEST = 48
"""Cells of one chip."""
MARK = " ×"


class Chips(Widget, can_focus=True):
    """One line; what does not fit is counted at its end."""

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
        self._texts = [truncate(one_line(text), WIDEST - cell_width(MARK)) + MARK for text in texts]
        self._selected = min(self._selected, max(0, len(texts) - 1))
        self.display = bool(texts)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint them side by side."""
        width = self.size.width
        plain = self.rich_style
        segments: list[Segment] = []
        used = 0
        for index, text in enumerate(self._texts):
            selected = self.has_focus and index == self._selected
            name = "chips--selected" if selected else "chips--chip"
            shown = f" {text} "
            if used + cell_width(shown) > width - 6:
                rest = f"+{len(self._texts) - index}"
                segments.append(Segment(rest, plain))
                used += len(rest)
                break
            segments += [Segment(shown, self.get_component_rich_style(name)), Segment(" ", plain)]
            used += cell_width(shown) + 1
        return Strip([*segments, Segment(fit("", max(0, width - used)), plain)], width)

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
        x = 0
        for index, text in enumerate(self._texts):
            width = cell_width(text) + 3
            if x <= event.x < x + width - 1:
                self.post_message(self.Removed(index))
                return
            x += width

    def on_focus(self) -> None:
        """Show the chosen one."""
        self.refresh()

    def on_blur(self) -> None:
        """Show none as chosen."""
        self.refresh()
