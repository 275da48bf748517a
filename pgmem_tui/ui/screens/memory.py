"""The memory of this program and of the server's process, large."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from pgmem_tui.display.quantities import nbytes
from pgmem_tui.memory.history import History
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.widgets.memory_charts import charts
from pgmem_tui.ui.widgets.one_line import OneLine

KEYS = " esc back │ two samples a second, the last five minutes  ? help"
_TICK = 0.5


class MemoryScreen(Screen[None]):
    """Two charts that go on while they are looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,m", "leave", "back", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    DEFAULT_CSS = """
    MemoryScreen {
        & #memory-large { height: 1fr; border: round $accent; border-title-color: $foreground;
                          border-title-style: none; padding: 0 1; }
        & #memory-charts { height: 1fr; color: $primary; }
        & #memory-status { height: 1; color: $text-muted; }
        & #memory-keys { height: 1; background: $panel; }
    }
    """

    def __init__(self, history: History, budget: int) -> None:
        """Show what was sampled so far.

        Args:
            history: Someone else adds to it.
            budget: Bytes of rows that are held at most.
        """
        super().__init__()
        self._history, self._budget = history, budget

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="memory-large") as pane:
            pane.border_title = "Memory"
            yield OneLine(id="memory-charts")
            yield OneLine(id="memory-status")
        yield OneLine(id="memory-keys")

    def on_mount(self) -> None:
        """Go on with the samples."""
        self.query_one("#memory-keys", OneLine).show((KEYS, ""))
        self.set_interval(_TICK, self._show)
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        drawn = self.query_one("#memory-charts", OneLine)
        width, height = drawn.size
        drawn.show(*((line, "") for line in charts(self._history, width, height)))
        latest = self._history.latest
        if latest is not None:
            held = f"rows held {nbytes(latest.cache)} of {nbytes(self._budget)}"
            uss = "" if latest.uss is None else f" · its own (USS) {nbytes(latest.uss)}"
            rest = f" · {latest.available_percent:.0f} % of the machine's memory available"
            self.query_one("#memory-status", OneLine).show((held + uss + rest, ""))

    def action_leave(self) -> None:
        """Go back to the rows."""
        self.dismiss()

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)
