"""A line of SQL as it is painted: its text in runs of one style each."""

from __future__ import annotations

from typing import NamedTuple

from pgmem_tui.display.edited_line import Piece
from pgmem_tui.language.highlighting import spans


class Mark(NamedTuple):
    """A part of a line that is painted on top of its look."""

    start: int
    end: int
    name: str


class SqlLine(NamedTuple):
    """All that the look of a line depends on, but its number."""

    text: str
    opened: str
    current: bool
    marks: tuple[Mark, ...]
    left: int
    width: int


def runs(line: SqlLine, pieces: list[Piece]) -> list[tuple[str, tuple[str, ...]]]:
    """The text in runs of one style each, and which names it has."""
    looks = spans(line.text, line.opened)
    edges = {edge for start, end, _ in looks for edge in (start, end)}
    edges |= {edge for start, end, _ in line.marks for edge in (start, end)}
    found: list[tuple[str, tuple[str, ...]]] = []
    names: tuple[str, ...] | None = None
    at = 0
    for column, text, _ in pieces:
        if names is None or column in edges:
            while at < len(looks) and looks[at].end <= column:
                at += 1
            look = (looks[at].look.value,) if at < len(looks) and looks[at].start <= column else ()
            names = look + tuple(mark.name for mark in line.marks if mark.start <= column < mark.end)
        escaped = len(text) > 1 and line.text[column : column + 1] != "\t"
        wanted = (*names, "escape") if escaped else names
        if found and found[-1][1] == wanted:
            found[-1] = (found[-1][0] + text, wanted)
        else:
            found.append((text, wanted))
    return found
