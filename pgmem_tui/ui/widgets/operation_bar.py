"""What may be done to a cursor, on one line: each has a key, and can be clicked."""

from __future__ import annotations

from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import cell_width, fit


class Button(NamedTuple):
    """One operation."""

    key: str
    text: str
    short: str
    """The same where there is little room."""
    statement: str
    """What it begins with, to be changed or sent as it is."""


BUTTONS = (
    Button("f", "FETCH", "FETCH", "FETCH FORWARD 10"),
    Button("b", "BACKWARD", "BACK", "FETCH BACKWARD 10"),
    Button("m", "MOVE", "MOVE", "MOVE FORWARD 1000"),
    Button("r", "RELATIVE", "REL", "FETCH RELATIVE 100"),
    Button("a", "ABSOLUTE", "ABS", "FETCH ABSOLUTE 1"),
    Button("L", "LAST", "LAST", "FETCH LAST"),
    Button("X", "CLOSE", "CLOSE", "CLOSE"),
)


class OperationBar(Widget):
    """The buttons, side by side."""

    DEFAULT_CSS = """
    OperationBar { height: 1; background: $panel; color: $foreground; }
    """
    ALLOW_SELECT = False

    class Pressed(Message):
        """One was clicked."""

        def __init__(self, button: Button) -> None:
            """Say which."""
            super().__init__()
            self.button = button

    def render_line(self, y: int) -> Strip:
        """Paint them."""
        text = "".join(self._texts())
        return Strip([Segment(fit(text, self.size.width), self.rich_style)], self.size.width)

    def on_click(self, event: events.Click) -> None:
        """Find out which it is."""
        end = 0
        for button, text in zip(BUTTONS, self._texts(), strict=True):
            end += cell_width(text)
            if event.x < end:
                self.post_message(self.Pressed(button))
                return

    def _texts(self) -> list[str]:
        wide = [f" {button.key} {button.text} " for button in BUTTONS]
        if sum(map(cell_width, wide)) <= self.size.width:
            return wide
        return [f" {button.key} {button.short}" for button in BUTTONS]
