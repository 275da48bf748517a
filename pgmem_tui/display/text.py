r"""From any text to one safe line, its width in terminal cells, and cells of exact width.

A value or a name from a server is hostile: it may move the cursor, reverse the reading order or hide
characters. What is not a plain visible character is shown escaped, as Python and C write it:

- newline, tab, carriage return and the like: `\n` `\t` `\r` `\a` `\b` `\f` `\v`
- other C0 and C1 controls, DEL: `\x1b` `\x9b` `\x7f`
- bidi controls, zero-width and other format characters, line and paragraph separators, variation
  selectors, surrogates, private use, unassigned: `\u202e` `\U000e0001`

A backslash stays as it is, so a newline and the two characters `\n` look alike here; a view of the whole
value tells them apart. ASCII escapes, not symbols such as `↵`, because every console font has them.

Widths must be those that the terminal and Textual (`rich.cells.cell_len`) use, or a line of the grid
breaks. So a character whose width is disputed between Unicode versions or terminals is shown escaped
too; a test compares the rest with `cell_len` over all code points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

ELLIPSIS = "…"
"""Ends a text that was cut. One cell."""

MARKS_LIMIT = 8
"""Combining marks in a row that are drawn on one base character; those after it are shown escaped."""

_NAMED = {"\a": r"\a", "\b": r"\b", "\t": r"\t", "\n": r"\n", "\v": r"\v", "\f": r"\f", "\r": r"\r"}

# Assigned, printable, and yet without a width that everyone agrees on (or without anything to see).
_DISPUTED = (
    (0x034F, 0x034F),  # combining grapheme joiner: invisible
    (0x115F, 0x1160),  # Hangul fillers: invisible
    (0x17B4, 0x17B5),  # Khmer inherent vowels: invisible
    (0x180B, 0x180F),  # Mongolian variation selectors: invisible
    (0x2630, 0x2637),  # trigrams: wide since Unicode 16
    (0x268A, 0x268F),  # monograms and digrams: the same
    (0x3164, 0x3164),  # Hangul filler: invisible
    (0x4DC0, 0x4DFF),  # hexagrams: wide since Unicode 16
    (0xFE00, 0xFE0F),  # variation selectors: the last makes its base wide in some terminals
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler: invisible
    (0x1D300, 0x1D376),  # Tai Xuan Jing symbols, counting rods: wide since Unicode 16
    (0x1F1E6, 0x1F1FF),  # regional indicators: two make a flag, of two cells or of four
    (0x1F3FB, 0x1F3FF),  # emoji skin tones: none or two cells, depending on what stands before
    (0xE0100, 0xE01EF),  # variation selectors
)

# Hangul vowels and trailing consonants are drawn inside the two cells of the leading consonant.
_CONJOINING = ((0x1161, 0x11FF), (0xD7B0, 0xD7FF))


def one_line(text: str) -> str:
    """Return the text as one line that is safe to write to a terminal.

    Doing it twice changes nothing.

    Args:
        text: Anything, lone surrogates included.
    """
    if is_plain(text):
        return text
    return "".join([shown for shown, _ in pieces(text)])


def cell_width(text: str) -> int:
    """Return how many terminal cells `one_line(text)` takes."""
    if is_plain(text):
        return len(text)
    return sum([cells for _, cells in pieces(text)])


def truncate(text: str, width: int) -> str:
    """Return the text as one safe line of at most `width` cells, ending in `…` if it was cut.

    A wide character or an escape is never split. Takes time for the width, not for the text.

    Args:
        text: Anything; it need not be safe already.
        width: Terminal cells.
    """
    return _cut(text, width)[0]


def fit(text: str, width: int, right: bool = False) -> str:
    """Return the text as one safe line of exactly `width` cells, cut with `…` or padded.

    Args:
        text: Anything; it need not be safe already.
        width: Terminal cells; the result is empty for none or fewer.
        right: Whether the text stands at the right, as numbers do.
    """
    if len(text) <= width and text.isascii() and text.isprintable():
        return text.rjust(width) if right else text.ljust(width)
    shown, used = _cut(text, width)
    padding = " " * (width - used)
    return padding + shown if right else shown + padding


def is_plain(text: str) -> bool:
    """Return whether each character is shown as it is, in one cell; cheap, and often false for no reason."""
    # Below the first combining mark all that is printable takes one cell.
    return text.isprintable() and (text.isascii() or max(text) < "\u0300")


def _cut(text: str, width: int) -> tuple[str, int]:
    """Return the safe text cut to at most `width` cells, and its width."""
    if width <= 0:
        return "", 0
    head = text[: width + 1]
    if is_plain(head):
        return (head, len(head)) if len(head) <= width else (head[: width - 1] + ELLIPSIS, width)
    shown: list[str] = []
    used = kept = kept_width = 0
    for piece, cells in pieces(text):
        used += cells
        if used > width:
            return "".join(shown[:kept]) + ELLIPSIS, kept_width + 1
        shown.append(piece)
        if used < width:  # the ellipsis would still have room behind this piece
            kept, kept_width = len(shown), used
    return "".join(shown), used


def pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield how each character is shown, and the cells that takes."""
    marks = MARKS_LIMIT  # a mark without a base before it would be drawn on the neighbouring column
    for character in text:
        shown, cells = _piece(character)
        if cells == 0:
            if marks < MARKS_LIMIT:
                marks += 1
            else:
                shown = _escape(character)
                cells = len(shown)
        else:
            marks = 0 if len(shown) == 1 else MARKS_LIMIT
        yield shown, cells


@lru_cache(maxsize=4096)
def _piece(character: str) -> tuple[str, int]:
    """Return how one character is shown and the cells that takes. Remembers 4096, about 1 MB at most."""
    category = unicodedata.category(character)
    codepoint = ord(character)
    if (not character.isprintable() and category != "Zs") or _within(codepoint, _DISPUTED):
        escaped = _escape(character)
        return escaped, len(escaped)
    if category in ("Mn", "Me", "Mc") or _within(codepoint, _CONJOINING):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _within(codepoint: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= codepoint <= last for first, last in ranges)


def _escape(character: str) -> str:
    codepoint = ord(character)
    if named := _NAMED.get(character):
        return named
    if codepoint <= 0xFF:
        return f"\\x{codepoint:02x}"
    return f"\\u{codepoint:04x}" if codepoint <= 0xFFFF else f"\\U{codepoint:08x}"
