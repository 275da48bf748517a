"""What is seen of an experiment: the way that runs, its curve, the report so far; all bounded."""

from __future__ import annotations

from dataclasses import dataclass

from pgmem_tui.lab.events import Progress, Ready, Sampled
from pgmem_tui.lab.experiment import WARM_UP, Began, Experiment, ExperimentEvent, Happened, Measured
from pgmem_tui.lab.measurement import Curve, Point
from pgmem_tui.lab.preparing import Prepared
from pgmem_tui.lab.report import Report


@dataclass(frozen=True)
class Watched:
    """An experiment at one moment."""

    began: Began
    """The run that goes on, or was the last."""
    seconds: float
    """Since that began."""
    baseline: int
    """RSS of its process before it read anything, in bytes; of the one before, until that is known."""
    rss: int
    """Bytes above that, now."""
    rows: int
    """It has seen so many, at least."""
    curve: tuple[Point, ...]
    """Of that run; empty once it is measured."""
    report: Report
    """Of what is measured so far."""

    @property
    def mode(self) -> str:
        """The name of the way that runs; empty while caches are warmed."""
        return "" if self.began.mode == WARM_UP else self.began.mode


class Watching:
    """Collects the events of one experiment."""

    def __init__(self, prepared: Prepared, experiment: Experiment) -> None:
        """Nothing has happened.

        Args:
            prepared: What is run.
            experiment: Which runs it.
        """
        self._prepared, self._experiment = prepared, experiment
        self._baseline = 0
        self._begin(Began(WARM_UP, "warm-up", 1, experiment.runs))
        self._report = prepared.report(experiment.measurements)

    def take(self, event: ExperimentEvent) -> None:
        """Add what an event tells."""
        if isinstance(event, Began):
            self._begin(event)
        elif isinstance(event, Measured):
            self._curve = Curve(0)
            self._report = self._prepared.report(self._experiment.measurements)
        elif isinstance(event, Happened):
            said = event.event
            if isinstance(said, Ready):
                self._baseline, self._curve = said.baseline, Curve(said.baseline)
            elif isinstance(said, Sampled):
                self._seconds, self._rss = said.seconds, max(0, said.rss - self._baseline)
                self._curve.add(said.seconds, said.rss)
            elif isinstance(said, Progress):
                self._rows = said.rows

    def _begin(self, began: Began) -> None:
        self._began, self._curve = began, Curve(0)
        self._rss = self._rows = 0
        self._seconds = 0.0

    @property
    def seen(self) -> Watched:
        """All of it, as it is now."""
        return Watched(
            self._began,
            self._seconds,
            self._baseline,
            self._rss,
            self._rows,
            self._curve.points(),
            self._report,
        )
