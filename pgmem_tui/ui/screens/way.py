"""One way to read rows: what it does, its code, and what it was measured to take."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from pgmem_tui.lab.measurement import Measurement
from pgmem_tui.lab.modes import Mode
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.way_words import about, program
from pgmem_tui.ui.widgets.code_view import CodeView
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.plan_detail import PlanDetail

KEYS = (
    " esc back │ y copy the code  tab pane  j k scroll  ? help",
    " esc back │ y copy  tab pane  ? help",
)


class WayScreen(Screen[None]):
    """Words above, code below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,p,enter", "dismiss", "back", show=False),
        Binding("y", "copy", "copy the code", show=False),
        Binding("tab", "app.focus_next", "other pane", show=False),
        Binding("shift+tab", "app.focus_previous", "other pane", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    DEFAULT_CSS = """
    WayScreen {
        & #way-pane { height: 1fr; border: round $accent; border-title-color: $foreground;
                      border-title-style: none; }
        & PlanDetail { height: 9; }
        &.-tall PlanDetail { height: 14; }
        & CodeView { height: 1fr; border-top: solid $surface-lighten-2; }
        & #way-status { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
        & #way-keys { height: 1; background: $panel; }
    }
    """

    def __init__(self, mode: Mode, takes: dict[str, str], found: Measurement | None, mind: str = "") -> None:
        """Show a way.

        Args:
            mode: The way.
            takes: What its function is given here, by name.
            found: What was measured; None if nothing was.
            mind: Why its rows may not be those of the other ways; empty if they are.
        """
        super().__init__()
        self._mode = mode
        self._about = about(mode, takes, found, mind)

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="way-pane"):
            yield PlanDetail()
            yield CodeView()
            yield OneLine(id="way-status")
        yield OneLine(id="way-keys")

    def on_mount(self) -> None:
        """Show it."""
        self.query_one("#way-pane").border_title = Text(self._mode.title)
        self.query_one(PlanDetail).show(self._about)
        view = self.query_one(CodeView)
        view.show(program(self._mode))
        view.focus()

    def on_resize(self) -> None:
        """List the keys that there is room for."""
        self.query_one("#way-keys", OneLine).show_fitting(KEYS, self.size.width)

    def action_copy(self) -> None:
        """Put the code into the clipboard."""
        text = program(self._mode)
        status = self.query_one("#way-status", OneLine)
        copy_text(self.app, text, f"the code, {len(text):,} characters", lambda said: status.show((said, "")))

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)
