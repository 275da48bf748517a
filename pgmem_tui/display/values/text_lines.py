"""Text as rows: broken at its line ends and, where a line is long, at fixed places. Pure.

Rows must come out the same whether one comes to them from before or from behind, and a line may be the
whole gigabyte. So a line is wrapped from its beginning only if that is near. Offsets that are a multiple
of `BLOCK` are borders: where the block before a border has no line end in it, a new stretch begins there,
as if a line did. A stretch is thus at most two blocks, and where it begins is known from the two blocks
before. Borders are moved behind a character that they would split.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from pgmem_tui.display.values.byte_window import ByteWindow
from pgmem_tui.display.values.rows import NotHeld, Row
from pgmem_tui.display.values.spans import Span, breaks, cut

BLOCK = 8192
"""Bytes."""
REMEMBERED = 64
"""Stretches kept, of 16 kB at most each and usually of a line."""
_LONGEST_CHARACTER = 4
_ERRORS = "surrogateescape"


@dataclass(frozen=True)
class _Stretch:
    end: int
    """Behind its line end, if it has one."""
    text: str = field(repr=False)
    places: list[int] = field(repr=False)
    """Offsets at which its rows begin."""
    indices: list[int] = field(repr=False)
    """The same in characters of the text."""


class TextLines:
    """UTF-8, whatever bytes it may have in it, by byte offsets."""

    name = "text"

    def __init__(self, window: ByteWindow, width: int, wrap: bool) -> None:
        """Read from a window.

        Args:
            window: Of the value.
            width: Cells of a row, if rows are wrapped.
            wrap: Whether a long line goes on in the next row; else it has one row a stretch.
        """
        self._window, self._width, self._wrap = window, max(1, width), wrap
        self._stretches: dict[int, _Stretch] = {}

    @property
    def end(self) -> int:
        """The size of the value."""
        return self._window.size

    def rows(self, place: int, count: int) -> tuple[list[Row], NotHeld | None]:
        """Rows from an offset on at which one begins."""
        rows: list[Row] = []
        while len(rows) < count and place < self.end:
            try:
                stretch = self._around(place)
            except NotHeld as missing:
                return rows, missing
            first = bisect_right(stretch.places, place) - 1
            ends = [*stretch.indices[1:], len(stretch.text)]
            for number in range(first, len(stretch.places)):
                text = stretch.text[stretch.indices[number] : ends[number]]
                rows.append(Row(stretch.places[number], text))
            place = stretch.end
        return rows[:count], None

    def back(self, place: int, count: int) -> int:
        """The offset of the row that many rows before."""
        while count > 0 and place > 0:
            stretch = self._around(place - 1)
            index = bisect_right(stretch.places, place - 1) - 1
            passed = min(count - 1, index)
            place = stretch.places[index - passed]
            count -= passed + 1
        return place

    def at(self, place: int) -> int:
        """The offset of the row with a byte in it."""
        if not self.end:
            return 0
        stretch = self._around(min(max(0, place), self.end - 1))
        return stretch.places[bisect_right(stretch.places, place) - 1]

    def spans(self, row: Row, left: int, width: int) -> list[Span]:
        """What to paint of a row."""
        return cut(row.text, left, width)

    def _around(self, offset: int) -> _Stretch:
        begin = self._begin(offset)
        stretch = self._stretches.get(begin)
        if stretch is None:
            if len(self._stretches) >= REMEMBERED:
                self._stretches.pop(next(iter(self._stretches)))
            stretch = self._stretches[begin] = self._stretch(begin)
        return stretch

    def _begin(self, offset: int) -> int:
        block = offset // BLOCK * BLOCK
        self._window.need(block - 2 * BLOCK, max(offset, block + _LONGEST_CHARACTER) + 1)
        if block and offset < self._aligned(block):
            block -= BLOCK
        found = self._window.rfind(b"\n", block, offset)
        if found < 0 and block:
            found = self._window.rfind(b"\n", block - BLOCK, block)
            if found < 0:
                return self._aligned(block)
        return found + 1

    def _stretch(self, begin: int) -> _Stretch:
        block = begin // BLOCK * BLOCK
        border = block + BLOCK
        self._window.need(block, border + BLOCK + _LONGEST_CHARACTER)
        if self._window.rfind(b"\n", block, begin) >= 0:
            border += BLOCK
        found = self._window.find(b"\n", begin, min(border, self.end))
        last = found if found >= 0 else self._aligned(border)
        data = self._window.read(begin, last)
        text = data.decode("utf-8", _ERRORS)
        indices = breaks(text, self._width) if self._wrap else [0]
        places = [begin]
        for first, after in pairwise(indices):
            length = (
                after - first if len(text) == len(data) else len(text[first:after].encode("utf-8", _ERRORS))
            )
            places.append(places[-1] + length)
        return _Stretch(found + 1 if found >= 0 else last, text, places, indices)

    def _aligned(self, border: int) -> int:
        """A border, or the first offset behind it that does not split a character."""
        border = min(border, self.end)
        following = self._window.read(border, min(border + _LONGEST_CHARACTER - 1, self.end))
        inside = len(following) - len(following.lstrip(_CONTINUATION))
        return border + inside


_CONTINUATION = bytes(range(0x80, 0xC0))
