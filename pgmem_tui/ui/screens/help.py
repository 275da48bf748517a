"""The keys of the pane that one is in, and of everywhere."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from pgmem_tui.ui.actions import KeyHelp

KEYS_WIDTH = 20


class HelpScreen(ModalScreen[None]):
    """Lists what was collected before it opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "close", show=False),
        Binding("j", "turn(1)", "down", show=False),
        Binding("k", "turn(-1)", "up", show=False),
    ]
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > VerticalScroll {
            width: 72;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            border: round $accent;
            padding: 0 2;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
        & Static { height: auto; }
    }
    """

    def __init__(self, groups: list[tuple[str, list[KeyHelp]]]) -> None:
        """Show these groups of keys."""
        super().__init__()
        self._groups = groups

    def compose(self) -> ComposeResult:
        """One text in a pane that scrolls."""
        with VerticalScroll() as pane:
            pane.border_title, pane.border_subtitle = "Keys", "j k scroll · esc closes"
            yield Static(self._text(), markup=False)

    def action_turn(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def _text(self) -> Text:
        text = Text()
        for title, entries in self._groups:
            reached = [entry for entry in entries if entry.keys]
            if reached:
                text.append(f"{title}\n", "bold")
            for entry in reached:
                text.append(f"  {entry.keys:<{KEYS_WIDTH}}", "dim")
                text.append(f" {entry.description}\n")
        text.rstrip()
        return text
