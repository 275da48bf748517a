"""One out of very many, or several, found by their letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from pgmem_tui.display.text import one_line
from pgmem_tui.ui.widgets.choice_list import ChoiceList, Choices

MOST_LINES = 24


class ChooseScreen(ModalScreen[None]):
    """Closes and tells at once what was chosen: the next key meets what comes of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "close", show=False)]
    DEFAULT_CSS = """
    ChooseScreen {
        align: center middle;
        background: $background 0%;
        & > Vertical {
            width: 70;
            max-width: 100%;
            max-height: 90%;
            border: round $accent;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
        & ChoiceList { height: 1fr; }
    }
    """

    def __init__(self, choices: Choices, then: Callable[[list[int]], None]) -> None:
        """Offer these.

        Args:
            choices: What there is.
            then: Called with the numbers of what was chosen, from 0, if anything was.
        """
        super().__init__()
        self._choices, self._then = choices, then

    def compose(self) -> ComposeResult:
        """A list with a line to type into."""
        with Vertical() as pane:
            pane.styles.height = min(MOST_LINES, max(1, self._choices.count)) + ChoiceList.HEAD + 2
            pane.border_title = Text(one_line(self._choices.title))
            several = "tab marks · " if self._choices.several else ""
            pane.border_subtitle = f"{several}↵ takes · esc closes"
            yield ChoiceList(self._choices)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(ChoiceList).focus()

    @on(ChoiceList.Clicked)
    def action_take(self) -> None:
        """Take what is marked, or the cursor's."""
        if taken := self.query_one(ChoiceList).taken:
            self.dismiss()
            self._then(taken)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss()
