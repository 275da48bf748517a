"""A text with places marked in it, as lines of styled pieces that are so wide at most. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pgmem_tui.display.text import pieces
from pgmem_tui.language.tokens import Kind, tokens

Span = tuple[int, int, str]
"""Start, end, what stands there."""
MOST = 20_000
"""Characters of a text that are looked at: a condition may have a value of a megabyte."""

PLAIN, WORD, COMMENT, STRING = "plain", "word", "comment", "string"
IDENTIFIER, VALUE, BROKEN = "identifier", "value", "broken"


class Styled(NamedTuple):
    """A safe text and what it is."""

    text: str
    kind: str
    cells: int


def words(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans, and the key words between them."""
    text = text[:MOST]
    found: list[Span] = list(spans)
    place = 0
    for start, end, _ in [*spans, (len(text), len(text), "")]:
        between = text[place:start]
        for token in tokens(between):
            word = token.text(between)
            if token.kind is Kind.NAME and word.isupper():
                found.append((place + token.start, place + token.end, WORD))
        place = max(place, end)
    return tuple(sorted(found))


def wrapped(text: str, spans: Sequence[Span], width: int) -> list[list[Styled]]:
    """Lines of at most so many cells, broken at blanks where that is possible.

    A line end in a marked place is part of a name or a value, and shown escaped.
    """
    cut = len(text) > MOST
    text = text[:MOST]
    lines: list[list[Styled]] = []
    for line in _lines(text, spans):
        lines += _wrap(line, max(10, width))
    if cut:
        lines.append([Styled("…", COMMENT, 1)])
    return lines


def _lines(text: str, spans: Sequence[Span]) -> Iterator[list[Styled]]:
    """The text's own lines, in words: each character's cells are known, blanks between words are words."""
    line: list[Styled] = []
    for start, end, kind in _covered(text, spans):
        inside = kind in (IDENTIFIER, VALUE, BROKEN)
        word, cells = "", 0
        for character, (shown, width) in zip(text[start:end], pieces(text[start:end]), strict=True):
            if character == "\n" and not inside:
                if word:
                    line.append(Styled(word, kind, cells))
                yield line
                line, word, cells = [], "", 0
                continue
            if word and width and (character == " ") != (word[-1] == " "):
                line.append(Styled(word, kind, cells))
                word, cells = "", 0
            word, cells = word + shown, cells + width
        if word:
            line.append(Styled(word, kind, cells))
    yield line


def _covered(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans, and what is between them as plain; where they overlap the first one counts."""
    place = 0
    for start, end, kind in spans:
        if start > place:
            yield place, min(start, len(text)), PLAIN
        if end > max(start, place) and start < len(text):
            yield max(start, place), min(end, len(text)), kind
        place = max(place, end)
    if place < len(text):
        yield place, len(text), PLAIN


def _wrap(line: list[Styled], width: int) -> Iterator[list[Styled]]:
    indent = _indent(line, width)
    now: list[Styled] = []
    used = 0
    for word in line:
        blank = not word.text.strip(" ")
        if used + word.cells > width and now and not blank:
            yield now
            now, used = [indent], indent.cells
        if blank and used + word.cells > width:
            continue
        for part in _cut(word, width - used, width - indent.cells):
            if used + part.cells > width:
                yield now
                now, used = [indent], indent.cells
            now.append(part)
            used += part.cells
    yield now


def _indent(line: list[Styled], width: int) -> Styled:
    """Blanks for where a line goes on: no less far in than it begins, or below a comment's first word."""
    own = line[0].cells if line and not line[0].text.strip(" ") else 0
    comment = any(word.kind == COMMENT for word in line[bool(own) : bool(own) + 1])
    cells = min(own + 2 if comment else max(4, own), width // 2)
    return Styled(" " * cells, PLAIN, cells)


def _cut(word: Styled, first: int, rest: int) -> Iterator[Styled]:
    """A word that is wider than a line, in parts."""
    if word.cells <= max(first, 0):
        yield word
        return
    part, cells, room = "", 0, max(1, first)
    for shown, width in pieces(word.text):
        if cells + width > room and part:
            yield Styled(part, word.kind, cells)
            part, cells, room = "", 0, max(1, rest)
        part, cells = part + shown, cells + width
    if part:
        yield Styled(part, word.kind, cells)
