"""Painting again only those lines of a widget that look otherwise than before."""

from __future__ import annotations

from typing import Any

from textual.geometry import Region
from textual.widget import Widget


class ChangedLines(Widget):
    """A widget that knows how each of its lines looks without painting it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Nothing was painted."""
        super().__init__(id=id)
        self._looks: list[Any] = []

    def look(self, y: int) -> Any:
        """All that a line's painting depends on, besides the widget's width; to be compared."""
        raise NotImplementedError

    def refresh_changed(self) -> None:
        """Paint the lines that look otherwise than when this was last called."""
        width, height = self.size
        before, self._looks = self._looks, [self.look(y) for y in range(height)]
        if len(before) != height:
            self.refresh()
            return
        changed = [y for y in range(height) if before[y] != self._looks[y]]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))
