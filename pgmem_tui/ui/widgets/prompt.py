"""A line in which something is asked for: a text to find, a file's name."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from pgmem_tui.ui.widgets.text_input import TextInput


class Prompt(Horizontal):
    """Hidden until something is asked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave the line", show=False)]
    DEFAULT_CSS = """
    Prompt {
        display: none;
        height: 1;
        background: $panel;
        & > Static { width: auto; padding: 0 1; color: $foreground; }
        & > Input { width: 1fr; }
    }
    """

    class Given(Message):
        """A line was given."""

        def __init__(self, what: str, text: str) -> None:
            """Say to which question."""
            super().__init__()
            self.what, self.text = what, text

    class Changed(Message):
        """A line is being written."""

        def __init__(self, what: str, text: str) -> None:
            """Say to which question."""
            super().__init__()
            self.what, self.text = what, text

    class Left(Message):
        """Nothing was given."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin hidden."""
        super().__init__(id=id)
        self._what = ""
        self._yes_or_no = False
        self._focused: Widget | None = None
        """What had the keys when it was asked."""

    def compose(self) -> ComposeResult:
        """A question and room for its answer."""
        yield Static("", markup=False)
        yield TextInput(compact=True)

    def confirm(self, what: str, question: str) -> None:
        """Ask what `y` alone agrees to, answered with that; any other key means no."""
        self.ask(what, f"{question} y or n")
        self._yes_or_no = True

    def ask(self, what: str, question: str, text: str = "") -> None:
        """Ask.

        Args:
            what: Repeated with the answer.
            question: Safe text.
            text: The answer to begin with.
        """
        self._what, self._yes_or_no = what, False
        self.query_one(Static).update(question)
        field = self.query_one(Input)
        with field.prevent(Input.Changed):
            field.value = text
        field.cursor_position = len(text)
        self.display = True
        if self.screen.focused is not field:
            self._focused = self.screen.focused
        self.screen.set_focus(field)  # at once: the next key is for the field

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.display:
            self._give(event.value)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display and self._yes_or_no:
            self._give(event.value)
        elif self.display:
            self.post_message(self.Changed(self._what, event.value))

    def _give(self, text: str) -> None:
        self._hide()
        if self._yes_or_no and text[:1].lower() != "y":
            self.post_message(self.Left())
        else:
            self.post_message(self.Given(self._what, text))

    def action_leave(self) -> None:
        """Give nothing."""
        self._hide()
        self.post_message(self.Left())

    def _hide(self) -> None:
        self.display = False
        self.screen.set_focus(self._focused)  # at once: the next key is not for the field any more
