"""The last keys, large, what they did, and what the server was asked: for who sits far from the screen."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import cell_width, fit, truncate

LOW = 20
"""Lines of a terminal that has no room for all of it."""

NARROWEST = 13
"""Cells of a cap, so that most are alike and the words beside them stay where they are."""


class Told(NamedTuple):
    """What is shown."""

    cap: str
    """The last key; empty before the first."""
    did: str
    """What it did."""
    before: str
    """The keys before it."""
    asked: str
    """What was sent since."""
    statement: str
    """The last statement in words."""


class PresenterStrip(Widget):
    """Four lines: a key's cap of three beside what it did, and one about the last statement.

    A terminal cannot make single letters larger, so they are set apart: few words, in bold, with much
    space around the key.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"presenter--cap", "presenter--dim", "presenter--server"}
    DEFAULT_CSS = """
    PresenterStrip {
        height: 4;
        background: $panel;
        color: $foreground;
        &.-low { height: 2; }
        &.-over { dock: bottom; }
        &.-above-bar { margin: 0 0 1 0; }
        & .presenter--cap { background: $accent; color: auto 100%; text-style: bold; }
        & .presenter--dim { color: $text-muted; }
        & .presenter--server { background: $primary; color: auto 100%; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        """Show nothing yet."""
        super().__init__()
        self._told = Told("", "", "", "", "")

    @property
    def told(self) -> Told:
        """What is shown."""
        return self._told

    def show(self, told: Told) -> None:
        """Show something else."""
        if told != self._told:
            self._told = told
            self.refresh()

    @property
    def room(self) -> int:
        """Cells of a line; of the terminal's as long as this has no size."""
        return self.size.width or self.app.size.width

    @property
    def beside(self) -> int:
        """Cells beside the cap."""
        return max(1, self.room - cell_width(self._cap) - 3)

    @property
    def _cap(self) -> str:
        cap = self._told.cap
        more = max(0, NARROWEST - cell_width(cap) - 6)
        return " " * (3 + more // 2) + cap + " " * (3 + more - more // 2) if cap else ""

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        told, width, low = self._told, self.size.width, self.size.height < 4
        if y == self.size.height - 1:
            style = self.get_component_rich_style("presenter--server")
            return Strip([Segment(fit(f" {told.statement}", width), style)], width)
        cap = self._cap
        middle = low or y == 1
        segments = []
        if cap:
            style = self.get_component_rich_style("presenter--cap")
            segments.append(Segment(cap if middle else " " * cell_width(cap), style))
        bold, dim = self.rich_style, self.get_component_rich_style("presenter--dim")
        text, style = (told.did, bold) if middle else (told.before, dim) if y == 0 else (told.asked, bold)
        if middle:
            style = self.rich_style + type(style)(bold=True)
        segments.append(Segment(fit("  " + truncate(text, self.beside), width - cell_width(cap)), style))
        return Strip(segments, width)
