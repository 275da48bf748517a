"""How many rows the next FETCH asks for. Pure.

`itersize` counts rows, and rows can be 40 bytes or 40 kB: a batch is sized by the bytes and the
time that rows were measured to take, within bounds that hold for the widest row there can be.
"""

from __future__ import annotations

BYTES = 1024 * 1024
"""What a batch aims at: bytes of memory, which is several times its text."""
BROWSE_SECONDS = 0.05
"""How long a batch may take while someone looks at one place."""
STREAM_SECONDS = 0.2
"""... and while everything streams past: stopping waits for one batch at most."""
LARGEST = 10_000
"""Rows, however small they are."""
SMOOTHING = 0.5
ROW_OVERHEAD = 56
"""Bytes of an empty tuple and its place in a list, in CPython."""
VALUE_OVERHEAD = 57
"""... and of an empty string and its place in the tuple."""


class Batching:
    """Learns from each batch and says how large the next should be."""

    def __init__(
        self, columns: int, manual: int | None = None, nbytes: int = BYTES, largest: int = 2**31
    ) -> None:
        """Start small.

        Args:
            columns: Values in a row.
            manual: Rows in every batch, set by hand; None sizes them by what was measured.
            nbytes: Memory that a batch should take, by what was measured.
            largest: Rows that fit even if each is the widest there can be; holds by hand, too.
        """
        self.manual = manual
        self._nbytes = nbytes
        self._largest = max(1, largest)
        self._overhead = ROW_OVERHEAD + VALUE_OVERHEAD * columns
        self._bytes_per_row = 0.0
        self._seconds_per_row = 0.0
        self._last = 0
        self._batches = 0

    def next(self, at_least: int, streaming: bool = False) -> int:
        """Rows to fetch.

        Args:
            at_least: Rows the screen needs; more come only if they are cheap.
            streaming: Whether throughput counts more than the wait for one batch.
        """
        if self.manual is not None:
            return min(self.manual, self._largest)
        if not self._last:
            return max(1, min(at_least, self._largest))
        grown = max(at_least, self._last * 2)
        return max(1, min(grown, self._affordable(streaming)))

    def learn(self, rows: int, nbytes: int, seconds: float) -> None:
        """Take in what a batch of `rows` cost: bytes of text, seconds without the way there and back."""
        if not rows:
            return
        self._batches += 1
        first, second = self._batches == 1, self._batches == 2
        self._bytes_per_row = self._blend(self._bytes_per_row, nbytes / rows + self._overhead, first)
        # The first batch's time has the query's start in it, a sort perhaps, which the rows do not take.
        self._seconds_per_row = self._blend(self._seconds_per_row, max(0.0, seconds) / rows, first or second)
        self._last = rows

    def _affordable(self, streaming: bool) -> int:
        by_bytes = self._nbytes / max(1.0, self._bytes_per_row)
        by_time = (STREAM_SECONDS if streaming else BROWSE_SECONDS) / max(1e-7, self._seconds_per_row)
        return min(LARGEST, self._largest, int(min(by_bytes, by_time)))

    @staticmethod
    def _blend(old: float, new: float, first: bool) -> float:
        # A sudden fat batch counts at once; thin ones win it back slowly.
        return new if first or new > old else old + (new - old) * SMOOTHING
