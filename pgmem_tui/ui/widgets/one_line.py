"""A line of text that is painted as it is: no markup, and only again when it changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import cell_width, fit
from pgmem_tui.ui.hyperlinks import linked


class OneLine(Widget):
    """Text at the left and text at the right, on one line or several."""

    DEFAULT_CSS = """
    OneLine { height: 1; color: $foreground; }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """Begin blank."""
        super().__init__(id=id, classes=classes)
        self._lines: list[tuple[str, str]] = []

    @property
    def text(self) -> str:
        """All that is shown."""
        return "\n".join(" ".join(pair).strip() for pair in self._lines)

    def show(self, *lines: tuple[str, str]) -> None:
        """Show these (left, right) pairs, a line each; what does not fit is cut at the left one's end."""
        new = list(lines)
        old, self._lines = self._lines, new
        if len(old) != len(new):
            self.refresh()
            return
        for y, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                self.refresh(Region(0, y, self.size.width, 1))

    def show_fitting(self, texts: Sequence[str], width: int) -> None:
        """Show the first of these that there is room for, or the last; safe texts, the longest first.

        Args:
            texts: Of characters that take a cell each.
            width: In cells, of what it will be as wide as.
        """
        self.show((next((text for text in texts if len(text) < width), texts[-1]), ""))

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        width = self.size.width
        left, right = self._lines[y] if y < len(self._lines) else ("", "")
        room = width - cell_width(right) - 1 if right else width
        if room < 10:
            right, room = "", width
        segments = list(linked(fit(left, room), self.rich_style, left.rstrip()))
        if right:
            segments.append(Segment(fit(f" {right}", width - room), self.rich_style))
        return Strip(segments, width)
