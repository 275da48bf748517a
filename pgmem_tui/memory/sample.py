"""One look at the memory, as the screen shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MemorySample:
    """What memory was in use at one moment. Sizes are bytes."""

    time: float
    """Seconds on a clock that only goes forward."""
    rss: int
    """Resident set size of this process."""
    uss: int | None = None
    """What this process alone holds, a few seconds old at most; None where the system does not say."""
    available_percent: float = 0.0
    """Share of the machine's memory that could be had without swapping."""
    fetches: int = 0
    """FETCH statements that ended since the sample before."""
    cache: int = 0
    """Bytes of rows held in pages."""
    backend: int | None = None
    """Memory of the server's process; None where it is not known."""
