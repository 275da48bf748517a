"""One out of a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from pgmem_tui.display.text import one_line

MOST = 500
"""Choices shown."""


class PickScreen(ModalScreen[int | None]):
    """Dismissed with the number of what was chosen, from 0, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "close", show=False),
        Binding("j", "step('cursor_down')", "down", show=False),
        Binding("k", "step('cursor_up')", "up", show=False),
    ]
    DEFAULT_CSS = """
    PickScreen {
        align: center middle;
        & > OptionList, & > OptionList:focus {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 80%;
            border: round $accent;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
    }
    """

    def __init__(self, title: str, choices: Sequence[str]) -> None:
        """Offer these."""
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        """A list."""
        options = OptionList(*(Option(Content(one_line(text))) for text in self._choices[:MOST]))
        options.border_title = Content(one_line(self._title))
        options.border_subtitle = "enter opens · esc closes"
        yield options

    def action_step(self, how: str) -> None:
        """Move the choice."""
        getattr(self.query_one(OptionList), f"action_{how}")()

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_index)
