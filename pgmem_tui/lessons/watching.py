"""What is seen of a program while it runs: curves of its memory, its last lines; all bounded. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from pgmem_tui.lab.events import Ended, Event, Noted, Printed, Ready, Sampled
from pgmem_tui.lessons.expression import Value

MOST_SLOTS = 512
"""Of a curve."""
SLOT = 0.01
"""Seconds of one, at first."""
MOST_LINES = 200
LONGEST = 500
"""Characters of a printed line that are kept."""
MOST_NOTES = 100
MISSING = -1
"""Where nothing was measured."""


class Curve:
    """The highest value of each slot of time; when there are too many slots, each two become one."""

    def __init__(self) -> None:
        self._slots: list[int] = []
        self._slot = SLOT

    def add(self, seconds: float, value: int) -> None:
        """Take a value.

        Args:
            seconds: Since the start; never less than before.
            value: Bytes.
        """
        index = int(max(0.0, seconds) / self._slot)
        while index >= MOST_SLOTS:
            pairs = zip(self._slots[::2], [*self._slots[1::2], MISSING], strict=False)
            self._slots = [max(pair) for pair in pairs]
            self._slot *= 2
            index //= 2
        while len(self._slots) <= index:
            # Between two samples it was what it was before.
            self._slots.append(self._slots[-1] if self._slots and len(self._slots) < index else MISSING)
        self._slots[index] = max(self._slots[index], value)

    @property
    def values(self) -> tuple[int, ...]:
        """From the start to now, at equal distances."""
        return tuple(self._slots)


@dataclass(frozen=True)
class Watched:
    """What has been seen of a program so far. Sizes are bytes."""

    seconds: float = 0.0
    baseline: int = 0
    """RSS before it did anything."""
    client: tuple[int, ...] = ()
    """Its RSS, from its start to now."""
    backend: tuple[int, ...] = ()
    """What the server's process allocated meanwhile; `MISSING` where that is not known."""
    client_peak: int = 0
    backend_peak: int | None = None
    lines: tuple[str, ...] = ()
    """The last ones it printed. Escape them for display."""
    earlier: int = 0
    """Lines that were printed before those."""
    notes: tuple[tuple[str, Value], ...] = ()
    """What it noted, in order."""


class Watching:
    """Collects the events of one run."""

    def __init__(self) -> None:
        self._client, self._backend = Curve(), Curve()
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._printed = 0
        self._notes: dict[str, Value] = {}
        self._seconds = 0.0
        self._baseline = self._peak = 0
        self._backend_peak: int | None = None

    def take(self, event: Event) -> None:
        """Add what an event tells."""
        if isinstance(event, Ready):
            self._baseline = event.baseline
            self._sample(0.0, event.baseline, None)
        elif isinstance(event, Sampled):
            self._sample(event.seconds, event.rss, event.backend)
        elif isinstance(event, Printed):
            self._printed += 1
            self._lines.append(event.line[:LONGEST])
        elif isinstance(event, Noted):
            if event.name in self._notes or len(self._notes) < MOST_NOTES:
                self._notes[event.name] = event.value
        elif isinstance(event, Ended):
            outcome = event.outcome
            self._seconds = max(self._seconds, outcome.seconds)
            self._peak = max(self._peak, outcome.peak_rss)
            if outcome.backend_peak is not None:
                self._backend_peak = max(self._backend_peak or 0, outcome.backend_peak)

    def _sample(self, seconds: float, rss: int, backend: int | None) -> None:
        self._seconds = seconds
        self._client.add(seconds, rss)
        self._backend.add(seconds, MISSING if backend is None else backend)
        self._peak = max(self._peak, rss)
        if backend is not None:
            self._backend_peak = max(self._backend_peak or 0, backend)

    @property
    def seen(self) -> Watched:
        """All of it, as it is now."""
        return Watched(
            self._seconds,
            self._baseline,
            self._client.values,
            self._backend.values,
            self._peak,
            self._backend_peak,
            tuple(self._lines),
            self._printed - len(self._lines),
            tuple(self._notes.items()),
        )
