"""Neighbouring bytes of a value that is somewhere else, up to a limit. Pure."""

from __future__ import annotations

from pgmem_tui.display.values.rows import NotHeld

LIMIT = 2 * 2**20
"""Bytes held at most, a quarter of them before the screen."""
REACH = 128 * 2**10
"""Bytes asked for at a time."""


class ByteWindow:
    """One run of bytes, [start, end) of `size`."""

    def __init__(self, size: int, data: bytes = b"", start: int = 0, limit: int = LIMIT) -> None:
        """Hold the bytes given.

        Args:
            size: Bytes of the whole value.
            data: The bytes known.
            start: Where those begin.
            limit: Bytes to hold at most.
        """
        self.size, self.start, self._limit = size, start, limit
        self.data = bytearray(data)
        """What is held; it grows and shrinks at its ends without being copied."""

    @property
    def end(self) -> int:
        """The offset behind the last byte held."""
        return self.start + len(self.data)

    @property
    def whole(self) -> bool:
        """Whether all of the value is held."""
        return len(self.data) == self.size

    def add(self, start: int, data: bytes, near: int) -> None:
        """Hold more bytes; what is farthest from the offset `near` goes first.

        Bytes that do not continue those held replace them.
        """
        end = start + len(data)
        if start > self.end or end < self.start:
            self.start, self.data = start, bytearray(data)
        else:
            if start < self.start:
                self.data[:0] = data[: self.start - start]
                self.start = start
            self.data += data[max(0, self.end - start) :]
        first, _ = self.kept(near)
        excess = len(self.data) - self._limit
        if excess > 0:
            front = min(excess, max(0, first - self.start))
            del self.data[:front]
            del self.data[self._limit :]
            self.start += front

    def kept(self, near: int) -> tuple[int, int]:
        """The bytes around an offset, from first to before end, that there is room for at once."""
        first = max(0, near - self._limit // 4)
        return first, first + self._limit

    def need(self, first: int, end: int) -> None:
        """Make sure that bytes [first, end) are held, as far as the value has them.

        Raises:
            NotHeld: They are not. Names a run that continues what is held, where that is near.
        """
        first, end = max(0, first), min(end, self.size)
        if first >= end or (self.start <= first and end <= self.end):
            return
        if self.start <= first <= self.end:
            raise NotHeld(self.end, min(self.size, self.end + REACH))
        if self.start <= end <= self.end:
            raise NotHeld(max(0, self.start - REACH), self.start)
        middle = max(0, (first + end - REACH) // 2)
        raise NotHeld(middle, min(self.size, max(end, middle + REACH)))

    def find(self, byte: bytes, first: int, end: int) -> int:
        """The first offset of a byte in [first, end), which are held; -1 without any."""
        found = self.data.find(byte, first - self.start, end - self.start)
        return found + self.start if found >= 0 else -1

    def rfind(self, byte: bytes, first: int, end: int) -> int:
        """The last one."""
        found = self.data.rfind(byte, first - self.start, end - self.start)
        return found + self.start if found >= 0 else -1

    def read(self, first: int, end: int) -> bytes:
        """Bytes [first, end), which are held."""
        return bytes(self.data[first - self.start : end - self.start])
