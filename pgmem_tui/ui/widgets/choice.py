"""A field of one line that steps through a few values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from pgmem_tui.display.text import fit, one_line


class Choice(Widget, can_focus=True):
    """One value out of a few, with a word about what it means.

    A list that drops down would hide the form's other lines, and would take the arrow keys from them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Previous", show=False),
        Binding("right,space", "step(1)", "Next", show=False),
        Binding("enter", "submit", "take what is chosen", show=False),
    ]
    DEFAULT_CSS = """
    Choice {
        height: 1;
        width: 1fr;
        background: $surface;
        color: $foreground;
        &:focus { background-tint: $foreground 5%; }
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    value: reactive[str] = reactive("")
    """The value chosen; one that is not among the values is shown, and left by the first step."""

    class Changed(Message):
        """Another value was chosen by the user."""

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(self, meanings: Mapping[str, str], value: str = "", id: str | None = None) -> None:  # noqa: A002
        """Make the field.

        Args:
            meanings: What each value means, in the order of stepping.
            value: The value at first.
            id: The widget's.
        """
        super().__init__(id=id)
        self._meanings = dict(meanings)
        self._width = max(map(len, meanings), default=0)
        self.set_reactive(Choice.value, value)

    def render(self) -> Content:
        """The value between its arrows, and what it means."""
        arrow = "$text-accent bold" if self.has_focus else "$foreground 65%"
        meaning = one_line(self._meanings.get(self.value, ""))
        parts = ("‹ ", arrow), fit(self.value, self._width), (" ›   ", arrow), (meaning, "$foreground 65%")
        return Content.assemble(*parts)

    def action_step(self, by: int) -> None:
        """Choose the value that many further on; after the last comes the first."""
        values = list(self._meanings)
        if self.value in values:
            self.value = values[(values.index(self.value) + by) % len(values)]
        else:
            self.value = values[0 if by > 0 else -1]
        self.post_message(self.Changed())

    def action_submit(self) -> None:
        """Say that enter was pressed."""
        self.post_message(self.Submitted())

    def on_click(self, event: Click) -> None:
        """Step back on the left arrow, else forward."""
        self.action_step(-1 if event.x < 2 else 1)
