"""One line to type into, below the rows: where to go, what to find."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class Prompt(Horizontal):
    """A label and a field; enter gives the text away, escape gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "give up", show=False)]
    DEFAULT_CSS = """
    Prompt {
        height: 1;
        display: none;
        background: $panel;
        & > Static { width: auto; padding: 0 1; text-style: bold; }
        & > Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
        & > Input:focus { border: none; }
    }
    """

    class Submitted(Message):
        """Something was typed in."""

        def __init__(self, purpose: str, text: str) -> None:
            """Say what it is for."""
            super().__init__()
            self.purpose, self.text = purpose, text

    class Left(Message):
        """Nothing was."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin out of sight."""
        super().__init__(id=id)
        self._purpose = ""

    def compose(self) -> ComposeResult:
        """Label and field."""
        yield Static(markup=False)
        yield Input(compact=True, select_on_focus=False)  # else what is typed ahead would be replaced

    def ask(self, purpose: str, label: str, placeholder: str) -> None:
        """Show the line."""
        self._purpose = purpose
        self.query_one(Static).update(label)
        field = self.query_one(Input)
        field.placeholder, field.value = placeholder, ""
        self.display = True
        field.focus()

    def action_leave(self) -> None:
        """Ask no longer."""
        self.display = False
        self.post_message(self.Left())

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.display = False
        self.post_message(self.Submitted(self._purpose, message.value))
