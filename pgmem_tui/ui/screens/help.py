"""The keys of the pane that one is in, and of everywhere."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from pgmem_tui.ui.actions import KeyHelp, key_help

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
        """All of them in a pane that scrolls."""
        with VerticalScroll() as pane:
            pane.border_title, pane.border_subtitle = "Keys", "j k scroll · esc closes"
            yield Static(self._columns(), markup=False)

    def action_turn(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def _columns(self) -> Group:
        """Keys at the left, and what they do at the right, where it goes on below itself."""
        parts: list[RenderableType] = []
        for title, entries in self._groups:
            reached = [entry for entry in entries if entry.keys]
            if not reached:
                continue
            columns = Table.grid(padding=(0, 1, 0, 0))
            columns.add_column(width=KEYS_WIDTH + 2, style="dim")
            columns.add_column()
            for entry in reached:
                columns.add_row(Text(f"  {entry.keys}"), Text(entry.description))
            parts += [Text(title, "bold"), columns]
        return Group(*parts)


def show_keys(screen: Screen[Any]) -> None:
    """List the keys that reach something on a screen now."""
    screen.app.push_screen(HelpScreen(list(key_help(screen.app, screen))))
