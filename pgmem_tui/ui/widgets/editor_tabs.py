"""The tabs of an editor as one line: as many as there is room for, the current one always."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from pgmem_tui.display.text import cell_width, truncate

LONGEST_NAME = 24
"""Cells of a tab's name that are shown."""


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
