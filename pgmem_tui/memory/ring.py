"""The newest numbers of a series, in memory of fixed size."""

from __future__ import annotations

from array import array


class Ring:
    """The last `capacity` whole numbers appended. Takes 8 bytes a number, all of it from the start."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a ring holds one number or more, not {capacity}")
        self._numbers = array("q", bytes(8 * capacity))
        self._end = 0  # where the next number goes
        self._length = 0
        self.peak = 0
        """The largest number ever appended, whether still held or not; at least 0."""

    @property
    def capacity(self) -> int:
        """How many numbers it holds at most."""
        return len(self._numbers)

    @property
    def nbytes(self) -> int:
        """Bytes that the numbers take, now and always."""
        return self._numbers.itemsize * len(self._numbers)

    def __len__(self) -> int:
        return self._length

    def append(self, number: int) -> None:
        """Add a number, which drops the oldest if the ring is full."""
        self._numbers[self._end] = number
        self._end = (self._end + 1) % len(self._numbers)
        self._length = min(self._length + 1, len(self._numbers))
        self.peak = max(self.peak, number)

    def newest(self, n: int) -> array[int]:
        """Return the newest `n` numbers, or as many as there are, the oldest of them first."""
        n = max(0, min(n, self._length))
        start = self._end - n
        if start >= 0:
            return self._numbers[start : self._end]
        return self._numbers[start:] + self._numbers[: self._end]
