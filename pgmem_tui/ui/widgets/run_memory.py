"""The memory of a lesson's programs, beside them."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.lessons.attempt import Attempt
from pgmem_tui.ui import run_curves
from pgmem_tui.ui.text_lines import Line

LOW = 4
"""Lines below which there is room for the last program only."""
_KINDS = ("dim", "strong", "good", "number")


class RunMemory(Widget):
    """A curve of the client and one of the server's process, for each program; or two lines for the last."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run-memory--{kind}" for kind in _KINDS}
    DEFAULT_CSS = """
    RunMemory {
        background: $background;
        color: $foreground;
        & > .run-memory--dim { color: $text-muted; }
        & > .run-memory--strong { color: $foreground; text-style: bold; }
        & > .run-memory--good { color: $text-success; }
        & > .run-memory--number { color: $text-primary; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self._attempt: Attempt | None = None
        self._lines: list[Line] = []

    def show(self, attempt: Attempt) -> None:
        """Show what is known now; only lines that changed are painted."""
        self._attempt = attempt
        before, self._lines = self._lines, self._made()
        for y in range(max(len(before), len(self._lines))):
            if before[y : y + 1] != self._lines[y : y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._lines = self._made()
        self.refresh()

    def _made(self) -> list[Line]:
        width, height = self.size
        if self._attempt is None or not width:
            return []
        low = height < LOW
        return (
            run_curves.strip(self._attempt, width) if low else run_curves.panel(self._attempt, width, height)
        )

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        parts = self._lines[y].pieces if y < len(self._lines) else ()
        segments = [
            Segment(
                part.text,
                self.get_component_rich_style(f"run-memory--{part.kind}")
                if part.kind in _KINDS
                else self.rich_style,
            )
            for part in parts
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
