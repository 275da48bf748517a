"""Texts in several styles as lines of so many cells, each safe for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pgmem_tui.display.text import is_plain, pieces

PLAIN, DIM, STRONG, EMPHASIS, CODE = "plain", "dim", "strong", "emphasis", "code"
HEADING, LINK, GOOD, BAD, CHOSEN = "heading", "link", "good", "bad", "chosen"
KEY_WORD, NAME, STRING, COMMENT, NUMBER = "key-word", "name", "string", "comment", "number"
KINDS = frozenset(
    (
        *(PLAIN, DIM, STRONG, EMPHASIS, CODE, HEADING, LINK, GOOD, BAD, CHOSEN),
        *(KEY_WORD, NAME, STRING, COMMENT, NUMBER),
    )
)
"""What a piece can be; a widget gives each its colours."""


class Piece(NamedTuple):
    """A safe text of one kind."""

    text: str
    kind: str
    cells: int


class Line(NamedTuple):
    """One line of a text, and what the mouse and keys may do with it."""

    pieces: tuple[Piece, ...] = ()
    choice: int = -1
    """The index of the choice that it belongs to."""
    step: int = -1
    """The index of the step whose program it belongs to."""
    fill: str = ""
    """The kind of what is behind the text, up to the edge."""
    address: str = ""
    """Where its link leads, of which it shows a part; where that is empty, a link shows all of it."""

    @property
    def text(self) -> str:
        """Without its styles."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def cells(self) -> int:
        """How wide it is."""
        return sum(piece.cells for piece in self.pieces)


def piece(text: str, kind: str = PLAIN) -> Piece:
    """Anything as a safe piece."""
    if is_plain(text):
        return Piece(text, kind, len(text))
    shown, cells = "", 0
    for part, width in pieces(text):
        shown, cells = shown + part, cells + width
    return Piece(shown, kind, cells)


def line(*texts: tuple[str, str]) -> Line:
    """A line of (text, kind) pairs."""
    return Line(tuple(piece(text, kind) for text, kind in texts if text))


def indented(lines: Iterable[Line], first: Piece, rest: Piece | None = None) -> Iterator[Line]:
    """The lines behind a mark, and those after the first behind blanks or another one."""
    begin = first
    for each in lines:
        yield each._replace(pieces=(begin, *each.pieces))
        begin = rest or piece(" " * first.cells)


def flowed(texts: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """(text, kind) pairs that follow each other, broken at blanks where that is possible."""
    lines: list[Line] = []
    now: list[Piece] = []
    used = 0
    for word in _words(texts):
        cells = sum(part.cells for part in word)
        blank = word[0].text == " "
        if blank and (not now or used + 1 > width):
            continue
        if now and not blank and used + cells > width:
            while now and now[-1].text == " ":
                now.pop()
            lines.append(Line(_joined(now)))
            now, used = [], 0
        for part in word if cells <= width else _cut(word):
            if now and used + part.cells > width:
                lines.append(Line(_joined(now)))
                now, used = [], 0
            now.append(part)
            used += part.cells
    if now or not lines:
        lines.append(Line(_joined(now)))
    return lines


def cut(text: Line, width: int) -> Iterator[Line]:
    """A line that stays as it is, continued below where it is too wide; between words, if that is near."""
    if text.cells <= width:
        yield text
        return
    if is_plain(text.text):
        yield from _cut_plain(text, width)
        return
    now: list[Piece] = []
    used = 0
    for part in _cut(text.pieces):
        if now and used + part.cells > width:
            blank = max((at for at, each in enumerate(now) if each.text == " "), default=0)
            end = blank + 1 if blank > len(now) // 2 else len(now)
            yield text._replace(pieces=_joined(now[:end]))
            now = now[end:]
            used = sum(each.cells for each in now)
        now.append(part)
        used += part.cells
    yield text._replace(pieces=_joined(now))


def _cut_plain(text: Line, width: int) -> Iterator[Line]:
    """The same where each character is a cell: programs print long lines."""
    whole, start = text.text, 0
    while start < len(whole):
        end = min(len(whole), start + width)
        if end < len(whole):
            end = _break(whole, start, end)
        yield text._replace(pieces=tuple(_between(text.pieces, start, end)))
        start = end


def _break(text: str, start: int, end: int) -> int:
    """Where to go on below: in the second half behind a blank or a comma, else behind a bracket."""
    half = start + (end - start) // 2 + 1
    for marks in (" ,", "([{"):
        at = max(text.rfind(mark, half, end) for mark in marks)
        if at >= 0:
            return at + 1
    return end


def _between(parts: Iterable[Piece], start: int, end: int) -> Iterator[Piece]:
    at = 0
    for part in parts:
        inside = part.text[max(0, start - at) : max(0, end - at)]
        if inside:
            yield Piece(inside, part.kind, len(inside))
        at += len(part.text)


def _words(texts: Sequence[tuple[str, str]]) -> Iterator[list[Piece]]:
    """Words of pieces, and single blanks between them."""
    word: list[Piece] = []
    for text, kind in texts:
        shown, cells = "", 0
        for character, (part, width) in zip(text, pieces(text), strict=True):
            if character in " \n":
                if shown:
                    word.append(Piece(shown, kind, cells))
                    shown, cells = "", 0
                if word:
                    yield word
                    word = []
                yield [Piece(" ", kind, 1)]
            else:
                shown, cells = shown + part, cells + width
        if shown:
            word.append(Piece(shown, kind, cells))
    if word:
        yield word


def _cut(parts: Sequence[Piece]) -> Iterator[Piece]:
    """Each character by itself: they are joined again afterwards."""
    for part in parts:
        for shown, cells in pieces(part.text):
            yield Piece(shown, part.kind, cells)


def _joined(parts: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbours of one kind as one."""
    joined: list[Piece] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind:
            last = joined.pop()
            part = Piece(last.text + part.text, part.kind, last.cells + part.cells)
        joined.append(part)
    return tuple(joined)
