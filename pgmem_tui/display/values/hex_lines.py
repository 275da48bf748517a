"""Bytes as a hex dump: an offset, the bytes, what they are in ASCII. Pure."""

from __future__ import annotations

from pgmem_tui.display.values.byte_window import ByteWindow
from pgmem_tui.display.values.rows import NotHeld, Row
from pgmem_tui.display.values.spans import MARK, PLAIN, Span

_SHOWN = bytes(byte if 0x20 <= byte < 0x7F else 0x2E for byte in range(256))
_GROUP = 8
_OFFSET = 8
"""Digits of the offset; a value is smaller than 1 GB."""


class HexLines:
    """16 or 32 bytes a row, by byte offsets."""

    name = "hex"

    def __init__(self, window: ByteWindow, width: int) -> None:
        """Read from a window; as many bytes a row as the width has room for."""
        self._window = window
        self._count = 32 if width >= _width(32) else 16 if width >= _width(16) else 8

    @property
    def end(self) -> int:
        """The size of the value."""
        return self._window.size

    def rows(self, place: int, count: int) -> tuple[list[Row], NotHeld | None]:
        """Rows from an offset on."""
        rows: list[Row] = []
        while len(rows) < count and place < self.end:
            try:
                self._window.need(place, place + self._count)
            except NotHeld as missing:
                return rows, missing
            data = self._window.read(place, min(place + self._count, self.end))
            rows.append(Row(place, _dump(data, self._count), f"{place:0{_OFFSET}x}  "))
            place += self._count
        return rows, None

    def back(self, place: int, count: int) -> int:
        """The offset of the row that many rows before."""
        return max(0, self.at(place + self._count - 1) - count * self._count)

    def at(self, place: int) -> int:
        """The offset of the row with a byte in it."""
        return min(place, self.end + self._count - 1) // self._count * self._count

    def spans(self, row: Row, left: int, width: int) -> list[Span]:
        """What to paint of a row."""
        label, text = row.label[left : left + width], row.text
        room = max(0, width - len(label))
        behind = max(0, left - len(row.label))
        return [span for span in (Span(label, MARK), Span(text[behind : behind + room], PLAIN)) if span.text]


def _width(count: int) -> int:
    return _OFFSET + 2 + 3 * count + count // _GROUP + 2 + count


def _dump(data: bytes, count: int) -> str:
    groups = [data[first : first + _GROUP].hex(" ") for first in range(0, len(data), _GROUP)]
    digits = "  ".join(groups)
    room = 3 * count - 1 + (count // _GROUP - 1)
    return f"{digits:<{room}}  |{data.translate(_SHOWN).decode('ascii')}|"
