"""What the runs of one way of reading came to. Frozen, and plain enough for JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from pgmem_tui.lab.events import Outcome
from pgmem_tui.postgres.errors import Problem

MOST_POINTS = 200
"""Points of a curve that are kept."""

Point = tuple[float, int]
"""Seconds since the start, and bytes of RSS above the baseline."""


@dataclass(frozen=True)
class Figures:
    """One run. Sizes are bytes, above what there was before it began; times are seconds."""

    rss: int
    """The most that its RSS was."""
    uss: int | None
    backend: int | None
    """The most that the server's process allocated; None where that is not known."""
    temp_bytes: int | None
    """Temporary files of the whole database meanwhile."""
    first_row: float | None
    seconds: float
    rows: int
    nbytes: int
    """That came over the connection."""
    counted: bool
    """Whether the system counted these bytes, or they follow from the rows."""
    round_trips: int
    baseline: int
    """RSS before it began, all of it."""
    killed: bool = False
    """Whether it reached the cap."""
    timed_out: bool = False
    problem: str = ""

    @property
    def done(self) -> bool:
        """Whether it read everything."""
        return not (self.killed or self.timed_out or self.problem)


def figures(outcome: Outcome, row_bytes: float) -> Figures:
    """The figures of a run.

    Args:
        outcome: How it ended.
        row_bytes: Bytes of a row on the wire, for where the system does not count them.
    """

    def above(peak: int | None, before: int | None) -> int | None:
        return None if peak is None or before is None else max(0, peak - before)

    return Figures(
        rss=max(0, outcome.peak_rss - outcome.baseline),
        uss=above(outcome.peak_uss, outcome.baseline_uss),
        backend=above(outcome.backend_peak, outcome.backend_baseline),
        temp_bytes=outcome.temp_bytes,
        first_row=outcome.first_row_seconds,
        seconds=outcome.seconds,
        rows=outcome.rows,
        nbytes=outcome.nbytes or round(outcome.rows * row_bytes),
        counted=outcome.nbytes > 0,
        round_trips=outcome.round_trips,
        baseline=outcome.baseline,
        killed=outcome.killed_at_cap,
        timed_out=outcome.timed_out,
        problem=_said(outcome.problem) if outcome.problem else "",
    )


def _said(problem: Problem) -> str:
    return f"{problem.message} ({problem.advice})" if problem.advice else problem.message


@dataclass(frozen=True)
class Measurement:
    """All runs of one way of reading."""

    mode: str
    title: str
    runs: tuple[Figures, ...] = ()
    curve: tuple[Point, ...] = ()
    """Of the last run."""
    skipped: str = ""
    """Why there is no run; empty if there is one."""
    caution: str = ""
    """Why its rows may not be those of the other ways; empty if they are."""

    @property
    def last(self) -> Figures:
        """The last run: how it ended."""
        return self.runs[-1]

    @property
    def done(self) -> bool:
        """Whether there are runs, and each read everything."""
        return bool(self.runs) and all(run.done for run in self.runs)

    @property
    def rss(self) -> int:
        """Median of the peaks of RSS, above the baseline."""
        return round(self.median(lambda run: run.rss) or 0)

    @property
    def seconds(self) -> float:
        """Median."""
        return self.median(lambda run: run.seconds) or 0.0

    @property
    def first_row(self) -> float | None:
        """Median of the seconds until the first row; None if a run never saw one."""
        return self.median(lambda run: run.first_row)

    @property
    def rows(self) -> int:
        """Rows seen by the last run."""
        return self.last.rows

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def nbytes(self) -> int:
        """Median of the bytes that came."""
        return round(self.median(lambda run: run.nbytes) or 0)

    @property
    def uss(self) -> int | None:
        """Median of the peaks of USS, above the baseline."""
        return _whole(self.median(lambda run: run.uss))

    @property
    def backend(self) -> int | None:
        """Median of the peaks of the server's process, above what it had before."""
        return _whole(self.median(lambda run: run.backend))

    @property
    def temp_bytes(self) -> int | None:
        """Median of the bytes in temporary files."""
        return _whole(self.median(lambda run: run.temp_bytes))

    def median(self, figure: Callable[[Figures], float | None]) -> float | None:
        """The median of a figure; None if a run lacks it."""
        found = [figure(run) for run in self.runs]
        known = [value for value in found if value is not None]
        return median(known) if known and len(known) == len(found) else None

    def spread(self) -> tuple[float, float]:
        """The shortest and the longest run, in seconds."""
        return min(run.seconds for run in self.runs), max(run.seconds for run in self.runs)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


class Curve:
    """Points over a time that nobody knows before, never more than twice `MOST_POINTS`; peaks stay."""

    def __init__(self, baseline: int) -> None:
        self._baseline = baseline
        self._points: list[Point] = []
        self._each, self._waiting, self._count = 1, (0.0, 0), 0

    def add(self, seconds: float, rss: int) -> None:
        """Add a sample."""
        above = max(0, rss - self._baseline)
        self._waiting = (seconds, max(above, self._waiting[1] if self._count else 0))
        self._count += 1
        if self._count == self._each:
            self._points.append(self._waiting)
            self._count = 0
            if len(self._points) >= 2 * MOST_POINTS:
                self._points = _halved(self._points)
                self._each *= 2

    def points(self) -> tuple[Point, ...]:
        """The curve."""
        found = [*self._points, *([self._waiting] if self._count else [])]
        return tuple(_halved(found) if len(found) > MOST_POINTS else found)


def _halved(points: list[Point]) -> list[Point]:
    pairs = zip(points[::2], points[1::2] + points[-1:], strict=False)
    return [(two[0], max(one[1], two[1])) for one, two in pairs]
