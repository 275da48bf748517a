"""The tabs of an editor; and as one line: as many as there is room for, the current one always."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.text import Text

from pgmem_tui.display.text import cell_width, truncate
from pgmem_tui.ui.widgets.sql_document import Buffer

MOST_TABS = 50
MOST_CLOSED = 5
"""Closed tabs that can be brought back."""
LONGEST_NAME = 24
"""Cells of a tab's name that are shown."""

_LINES, _LONGEST_BEGINNING = 100, 200
"""Looked through for the beginning of a text, and its characters."""


@dataclass
class Tab:
    """One text."""

    name: str
    """As typed."""
    buffer: Buffer = field(default_factory=Buffer)
    given: bool = False
    """Whether its text was made elsewhere, and is to make room for the next one unless it was changed."""

    @property
    def blank(self) -> bool:
        """Whether it has no text, and had none that can be brought back."""
        return not self.buffer.document.length and self.buffer.history.is_empty

    @property
    def beginning(self) -> str:
        """The first line that is not blank, cut."""
        lines = self.buffer.document.lines[:_LINES]
        return next((line.strip()[:_LONGEST_BEGINNING] for line in lines if line.strip()), "")

    @property
    def replaceable(self) -> bool:
        """Whether its text was made elsewhere and never changed."""
        return self.given and self.buffer.history.is_empty


class Tabs:
    """All of them, one of which is shown; never none."""

    def __init__(self, buffer: Buffer) -> None:
        """Begin with one."""
        self.listed = [Tab("query 1", buffer)]
        self.current = 0
        self._closed: list[Tab] = []

    @property
    def shown(self) -> Tab:
        """The one that is shown."""
        return self.listed[self.current]

    def add(self, tab: Tab, most: int) -> bool:
        """Add one and show it, in place of a blank one that is shown; False if there are `most`."""
        if len(self.listed) >= most:
            return False
        if self.shown.blank and tab.buffer.document.length:
            self.listed[self.current] = tab
        else:
            self.current = len(self.listed)
            self.listed.append(tab)
        return True

    def give(self, text: str) -> bool:
        """Show a text that was made elsewhere, in place of the one before it if that is as it was."""
        place = next((number for number, tab in enumerate(self.listed) if tab.replaceable), None)
        if place is None:
            name = self.shown.name if self.shown.blank else self.free_name()
            return self.add(Tab(name, Buffer(text), given=True), MOST_TABS)
        self.current = place
        self.listed[place] = Tab(self.shown.name, Buffer(text), given=True)
        return True

    def free_name(self) -> str:
        """A name that no tab has."""
        names = {tab.name for tab in self.listed}
        return next(name for number in range(1, len(names) + 2) if (name := f"query {number}") not in names)

    def close(self) -> bool:
        """Close the one that is shown; whether there is a text to bring back."""
        closed = self.listed.pop(self.current)
        if not self.listed:
            self.listed.append(Tab("query 1"))
        self.current = min(self.current, len(self.listed) - 1)
        if closed.buffer.document.length:
            self._closed = [*self._closed[1 - MOST_CLOSED :], closed]
        return bool(closed.buffer.document.length)

    def reopen(self) -> bool:
        """Bring back the one that was closed last, and show it; False if there is none, or no room."""
        if not self._closed or len(self.listed) >= MOST_TABS:
            return False
        self.listed.append(self._closed.pop())
        self.current = len(self.listed) - 1
        return True


class TabPlace(NamedTuple):
    """Where a tab is in the line."""

    tab: int
    start: int
    end: int


def tab_line(names: Sequence[str], current: int, width: int) -> tuple[Text, list[TabPlace]]:
    """The line, and where each tab is in it, for the mouse.

    Args:
        names: Of the tabs, as typed.
        current: Index of the one that is shown.
        width: Cells there are.
    """
    labels = [f" {number} {truncate(name, LONGEST_NAME)} " for number, name in enumerate(names, 1)]
    first = last = current
    used = cell_width(labels[current])
    while True:
        if last + 1 < len(labels) and used + cell_width(labels[last + 1]) <= width - 2:
            last += 1
            used += cell_width(labels[last])
        elif first and used + cell_width(labels[first - 1]) <= width - 2:
            first -= 1
            used += cell_width(labels[first])
        else:
            break
    line = Text("‹" if first else "", no_wrap=True)
    places: list[TabPlace] = []
    for tab in range(first, last + 1):
        start = line.cell_len
        line.append(labels[tab], "reverse" if tab == current else "")
        places.append(TabPlace(tab, start, line.cell_len))
    line.append("›" if last + 1 < len(labels) else "")
    return line, places
