"""Text of a value as pieces to paint: safe, cut to cells, told apart by kind. Pure.

A newline never gets here; a tab goes to the next of the stops, and any other character that is not
plain is escaped as in the grid, but told apart from the same letters written in the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from pgmem_tui.display.text import pieces

TAB = 8
"""Cells from one tab stop to the next."""
PLAIN, ESCAPE, MARK, KEY, FOUND = "plain", "escape", "mark", "key", "found"


class Span(NamedTuple):
    """Neighbouring characters of one kind."""

    text: str
    kind: str


def cut(text: str, left: int, width: int) -> list[Span]:
    """The spans of a row that is seen from cell `left` on.

    Args:
        text: Anything without a newline.
        left: Cells to pass over; a wide character or an escape that begins there is left out.
        width: Cells that there are.
    """
    if _plain(text[: left + width]):
        return [Span(text[left : left + width], PLAIN)] if text[left : left + width] else []
    spans: list[Span] = []
    used = 0
    for shown, cells, kind in _cells(text):
        at, used = used, used + cells
        if at < left:
            overlap = min(used, left + width) - left
            if overlap > 0:
                spans.append(Span(" " * overlap, PLAIN))
            continue
        if used > left + width:
            break
        if spans and spans[-1].kind == kind:
            spans[-1] = Span(spans[-1].text + shown, kind)
        else:
            spans.append(Span(shown, kind))
    return spans


def breaks(text: str, width: int) -> list[int]:
    """Where rows of at most `width` cells begin in a text, as indices; the first is 0.

    Args:
        text: Anything without a newline.
        width: Cells; what needs more by itself has a row of its own.
    """
    if _plain(text):
        return list(range(0, len(text), width)) or [0]
    begins, used = [0], 0
    for index, (character, (_, cells)) in enumerate(zip(text, pieces(text), strict=True)):
        needed = TAB - used % TAB if character == "\t" else cells
        if used and used + needed > width:
            begins.append(index)
            used, needed = 0, TAB if character == "\t" else cells
        used += needed
    return begins


def highlight(spans: list[Span], needle: str) -> list[Span]:
    """The same spans with each place that reads as the needle marked; in any case if that has no capitals."""
    whole = "".join(span.text for span in spans)
    found = [(place, place + len(needle)) for place in _places(whole, needle)]
    if not found:
        return spans
    marked: list[Span] = []
    at = 0
    for span in spans:
        end = at + len(span.text)
        borders = {min(max(at, border), end) for pair in found for border in pair}
        edges = sorted({at, end, *borders})
        for first, last in pairwise(edges):
            inside = any(begin <= first < behind for begin, behind in found)
            marked.append(Span(whole[first:last], FOUND if inside else span.kind))
        at = end
    return marked


def _places(text: str, needle: str) -> Iterator[int]:
    if needle == needle.lower():
        lowered = text.lower()
        text = lowered if len(lowered) == len(text) else text
    place = text.find(needle) if needle else -1
    while place >= 0:
        yield place
        place = text.find(needle, place + len(needle))


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _cells(text: str) -> Iterator[tuple[str, int, str]]:
    used = 0
    for character, (shown, cells) in zip(text, pieces(text), strict=True):
        if character == "\t":
            cells = TAB - used % TAB
            yield " " * cells, cells, PLAIN
        else:
            yield shown, cells, PLAIN if shown == character else ESCAPE
        used += cells
