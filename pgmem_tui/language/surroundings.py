"""Where the statement around a place begins and ends, found without cutting all the text into tokens.

An editor's text may be long, and its tokens take a hundred times as much time as looking for its
semicolons. The rules are those of `pgmem_tui.language.tokens`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

WINDOW = 16_000
"""Characters of one statement that are looked at, before a place and behind it."""

_LETTER = r"[\w$\x80-\U0010ffff]"
_MARK = re.compile(
    rf"""[;()]
    |--[^\r\n]*
    |(?P<nested>/\*)
    |(?P<string>')
    |"(?:[^"]|"")*(?:"|\Z)
    |(?P<dollar>\$(?<!{_LETTER}\$)(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$)""",
    re.VERBOSE | re.ASCII,
)
_ESCAPED = re.compile(r"(?:[^'\\]|''|\\.)*(?:'|\\?\Z)", re.DOTALL)
_PLAIN = re.compile(r"(?:[^']|'')*(?:'|\Z)")
_ESCAPES = re.compile(rf"(?<!{_LETTER})[eE]\Z", re.ASCII)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Mark(NamedTuple):
    """A semicolon or parenthesis that is in no string, name or comment."""

    place: int
    what: str


def marks(text: str, start: int, end: int) -> Iterator[Mark]:
    """Those between two places; the first must be in no string, name or comment."""
    while found := _MARK.search(text, start, end):
        start = found.end()
        if found.lastgroup == "string":
            pattern = _ESCAPED if _ESCAPES.search(text, max(0, start - 3), start - 1) else _PLAIN
            inside = pattern.match(text, start, end)
            start = inside.end() if inside else end
        elif found.lastgroup == "nested":
            start = _comment_end(text, start, end)
        elif found.lastgroup == "dollar":
            closing = text.find(found[0], start, end)
            start = closing + len(found[0]) if closing >= 0 else end
        elif found[0] in ";()":
            yield Mark(found.start(), found[0])


def bounds(found: list[Mark], place: int, length: int) -> tuple[int, int]:
    """The statement around a place: between semicolons outside parentheses that close.

    A parenthesis without its other half is being typed, and holds nothing together. Of a very long statement
    only what is near the place counts.
    """
    closing = _closing(found)
    start, end, index = 0, length, 0
    while index < len(found):
        mark = found[index]
        if mark.what == ";" and mark.place < place:
            start = mark.place + 1
        elif mark.what == ";":
            end = mark.place
            break
        index = closing.get(index, index) + 1
    if place - start > WINDOW:
        start = next((mark.place for mark in found if mark.place > place - WINDOW), place)
    return min(start, place), min(end, place + WINDOW)


def _closing(found: list[Mark]) -> dict[int, int]:
    closing, opened = {}, []
    for index, mark in enumerate(found):
        if mark.what == "(":
            opened.append(index)
        elif mark.what == ")" and opened:
            closing[opened.pop()] = index
    return closing


def _comment_end(text: str, start: int, end: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, start, end):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end()
    return end
