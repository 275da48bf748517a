"""The samples of the last minutes."""

from __future__ import annotations

from pgmem_tui.memory.ring import Ring
from pgmem_tui.memory.sample import MemorySample

CAPACITY = 600
"""Samples that a history holds: five minutes of two a second, 14 kB."""


class History:
    """What the last samples said, a series each; as long as all of them, or `capacity`."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.latest: MemorySample | None = None
        """The newest sample, once there is one."""
        self.client = Ring(capacity)
        """RSS of this process, bytes."""
        self.backend = Ring(capacity)
        """Memory of the server's process, bytes; -1 where it was not known."""
        self.fetches = Ring(capacity)
        """FETCH statements that ended before each sample and after the one before it."""

    def add(self, sample: MemorySample) -> None:
        """Add a sample, which drops the oldest if the history is full."""
        self.latest = sample
        self.client.append(sample.rss)
        self.backend.append(-1 if sample.backend is None else sample.backend)
        self.fetches.append(sample.fetches)
