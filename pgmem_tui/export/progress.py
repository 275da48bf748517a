"""How far an export is, and what came of it: frozen values, and their words."""

from __future__ import annotations

from dataclasses import dataclass

from pgmem_tui.display import quantities
from pgmem_tui.postgres.errors import Problem

CONNECTING = "connecting"
STARTING = "waiting for the first row"
WRITING = "exporting"
FINISHING = "flushing to disk"

_MEANINGFUL = 1.0
"""Seconds before which a speed says little about the time left."""
_FULL, _EMPTY = "█", "░"


@dataclass(frozen=True)
class Progress:
    """A moment of an export."""

    stage: str = CONNECTING
    """One of the words above."""
    rows: int = 0
    exact: bool = False
    """Whether rows were counted by the server, or line breaks here."""
    nbytes: int = 0
    """Of the format, before any compression."""
    written: int = 0
    """Bytes in the file so far."""
    seconds: float = 0.0
    """Since the statement was sent."""
    estimate: int = -1
    """About how many rows there are; -1 if nobody knows."""

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def share(self) -> float | None:
        """How much is done, from 0 to 1, by the estimate; None where that is unknown or was too low."""
        if self.estimate <= 0 or self.rows > self.estimate:
            return None
        return self.rows / self.estimate

    @property
    def seconds_left(self) -> float | None:
        """By the estimate and the speed so far; None if nobody can tell."""
        if self.share is None or self.rows == 0 or self.seconds < _MEANINGFUL:
            return None
        return (self.estimate - self.rows) / self.rate


@dataclass(frozen=True)
class Outcome:
    """How an export ended."""

    progress: Progress
    """The last; its rows are exact if it was completed."""
    name: str
    """Where it went."""
    problem: Problem | None = None
    """Why it failed."""
    exists: bool = False
    """Whether that is a file of that name, which nobody said may be replaced."""
    cancelled: bool = False
    reader_gone: bool = False
    """Whether nobody reads the pipe any more (`| head`): no reason to complain."""

    @property
    def done(self) -> bool:
        """Whether all of it is where it was to go."""
        return self.problem is None and not self.cancelled and not self.reader_gone


def figures(progress: Progress) -> str:
    """Rows, bytes, speed, share and time left: `≈1.2M rows · 73 MB · 470k rows/s · ≈38 % · ≈2:05 left`."""
    if progress.stage == CONNECTING:
        return f"{CONNECTING} …"
    if progress.nbytes == 0:
        return f"{STARTING} … {quantities.seconds(progress.seconds)}"
    parts = [
        f"{'' if progress.exact else '≈'}{quantities.count(progress.rows)} rows",
        quantities.nbytes(progress.nbytes),
    ]
    if progress.written not in (0, progress.nbytes):
        parts[-1] += f" ({quantities.nbytes(progress.written)} written)"
    parts.append(quantities.rate(progress.rate))
    if progress.stage == FINISHING:
        return " · ".join([*parts, f"{FINISHING} …"])
    if progress.share is not None:
        parts.append(f"≈{100 * progress.share:.0f} %")
    if progress.seconds_left is not None:
        parts.append(f"≈{quantities.clock(progress.seconds_left)} left")
    return " · ".join(parts)


def bar(progress: Progress, width: int) -> str:
    """A bar of that many cells, full by the share that is done; empty where nobody can tell."""
    share = 1.0 if progress.stage == FINISHING else progress.share or 0.0
    full = int(share * width)
    return _FULL * full + _EMPTY * (width - full)


def result(progress: Progress) -> str:
    """The last word: `exported 1,092,292 rows, 1.2 GB, in 3.4 s (321k rows/s)`."""
    rows = f"{quantities.row_number(progress.rows)} row{'' if progress.rows == 1 else 's'}"
    size = quantities.nbytes(progress.nbytes)
    if progress.written != progress.nbytes:
        size += f" ({quantities.nbytes(progress.written)} compressed)"
    speed = quantities.rate(progress.rate)
    return f"exported {rows}, {size}, in {quantities.seconds(progress.seconds)} ({speed})"
