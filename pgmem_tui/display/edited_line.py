"""Where the characters of a line stand on a terminal while the line is being edited.

Each character keeps a place of its own, so that a caret can stand on it: a tab reaches to the next tab stop,
and what is hostile is shown escaped, as everywhere (`display.text`).
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from pgmem_tui.display.text import is_plain, pieces

TAB = 4
"""Cells between two tab stops."""
CHUNK = 2048
"""Characters that are measured, and remembered, together."""


class Piece(NamedTuple):
    """A character as it is shown."""

    column: int
    """Its index in the line."""
    text: str
    """Of one terminal line; empty for nothing to see."""
    cells: int


def cells_before(line: str, column: int) -> int:
    """Terminal cells before a character; those of the whole line for its length or more."""
    if is_plain(line):
        return min(column, len(line))
    cells = 0
    for start in range(0, min(column, len(line)), CHUNK):
        chunk = line[start : start + CHUNK]
        wanted = min(len(chunk), column - start)
        cells += wanted if is_plain(chunk) else _ends(chunk, cells % TAB)[wanted - 1]
    return cells


def column_at(line: str, cell: int) -> int:
    """The index of the character that a cell belongs to; the line's length behind it."""
    if is_plain(line):
        return min(max(0, cell), len(line))
    before = 0
    for start in range(0, len(line), CHUNK):
        chunk = line[start : start + CHUNK]
        ends = _ends(chunk, before % TAB)
        if cell < before + ends[-1]:
            return start + bisect_right(ends, max(0, cell - before))
        before += ends[-1]
    return len(line)


def window(line: str, first: int, width: int) -> tuple[int, list[Piece]]:
    """What is seen of a line through a window.

    Args:
        line: Any text.
        first: The cell at the window's left edge.
        width: Of the window, in cells.

    Returns:
        The cell where the first piece begins, at most `first`, and the pieces up to the window's right edge.
    """
    start = column_at(line, first)
    place = before = cells_before(line, start)
    found: list[Piece] = []
    # A character takes a cell or more, marks aside, of which there are only so many on one.
    for column, (shown, cells) in enumerate(pieces(line[start : start + width * 9]), start):
        if line[column] == "\t":
            cells = TAB - place % TAB
            shown = " " * cells
        if place >= first + width:
            break
        found.append(Piece(column, shown, cells))
        place += cells
    return before, found


@lru_cache(maxsize=256)
def _ends(chunk: str, offset: int) -> list[int]:
    """Behind which cell of the chunk each character ends. 256 chunks are at most 6 MB."""
    if "\t" not in chunk:
        return list(accumulate(cells for _, cells in pieces(chunk)))
    ends: list[int] = []
    place = 0
    for character, (_, cells) in zip(chunk, pieces(chunk), strict=True):
        place += TAB - (offset + place) % TAB if character == "\t" else cells
        ends.append(place)
    return ends
