"""A line below the text: what to find there, and what to put in its place."""

from __future__ import annotations

import re
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from pgmem_tui.ui.widgets.text_input import TextInput


class FindBar(Horizontal):
    """Hidden until something is to be found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "go(True)", "the next one", show=False),
        Binding("up", "go(False)", "the one before", show=False),
        Binding("tab,shift+tab", "other", "from what to find to what to put there, and back", show=False),
        Binding("ctrl+t", "case", "tell capital letters from small ones, or not", show=False),
        Binding("ctrl+o", "all", "replace all", show=False),
        Binding("escape", "leave", "back to the text", show=False),
    ]
    HELP_TITLE = "Find and replace"
    KEYS = (
        " ↵ ↓ next  ↑ before  ctrl+t capitals  tab to what to put there (↵ replace, ctrl+o all) │ esc text",
        " ↵ ↓ next  ↑ before  ctrl+t Aa  tab replace (↵ one, ctrl+o all) │ esc text",
        " ↵ ↓ next  ↑ before  tab replace │ esc text",
    )
    """For the line at the foot of the screen."""
    DEFAULT_CSS = """
    FindBar {
        display: none;
        height: 1;
        background: $panel;
        & > Static { width: auto; padding: 0 1; color: $foreground; }
        & > Input { width: 1fr; }
        & > #find-note { min-width: 14; color: $text-muted; }
    }
    """

    class Changed(Message):
        """Another text is to be found."""

    class Go(Message):
        """The next one is wanted, or the one before."""

        def __init__(self, forward: bool) -> None:
            """Say which."""
            super().__init__()
            self.forward = forward

    class Replace(Message):
        """What was found is to be replaced."""

        def __init__(self, everywhere: bool) -> None:
            """Say whether all of them, or this one."""
            super().__init__()
            self.everywhere = everywhere

    class Left(Message):
        """Nothing is to be found any longer."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin hidden."""
        super().__init__(id=id)
        self._case = False

    def compose(self) -> ComposeResult:
        """Two fields, and a word about what was found."""
        yield Static("find", markup=False)
        yield TextInput(compact=True, id="find-text")
        yield Static("replace", markup=False)
        yield TextInput(compact=True, id="find-replacement")
        yield Static("", id="find-note", markup=False)

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What is to be found; None for nothing."""
        text = self.query_one("#find-text", Input).value
        return re.compile(re.escape(text), 0 if self._case else re.IGNORECASE) if text else None

    @property
    def replacement(self) -> str:
        """What to put in its place."""
        return self.query_one("#find-replacement", Input).value

    def ask(self, text: str) -> None:
        """Ask for what to find, beginning with a text, or with what was found last."""
        self.display = True
        field = self.query_one("#find-text", Input)
        if text:
            field.value = text
        field.action_select_all()
        self.screen.set_focus(field)  # at once: the next key is for the field
        self.post_message(self.Changed())

    def tell(self, note: str) -> None:
        """Say what was found."""
        self.query_one("#find-note", Static).update(f"{note} · Aa" if self._case else note)

    def hide(self) -> None:
        """Take it away."""
        self.display = False

    @on(Input.Changed, "#find-text")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Changed())

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "find-text":
            self.post_message(self.Go(True))
        else:
            self.post_message(self.Replace(False))

    def action_go(self, forward: bool) -> None:
        """Go to another one."""
        self.post_message(self.Go(forward))

    def action_other(self) -> None:
        """Go to the other field."""
        find, replacement = self.query(Input)
        self.screen.set_focus(replacement if find.has_focus else find)

    def action_case(self) -> None:
        """Tell capital letters from small ones, or not."""
        self._case = not self._case
        self.post_message(self.Changed())

    def action_all(self) -> None:
        """Replace all."""
        self.post_message(self.Replace(True))

    def action_leave(self) -> None:
        """Find nothing more."""
        self.post_message(self.Left())
