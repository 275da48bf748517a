"""Several ways to read the same rows, each run several times in a process of its own."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from pgmem_tui.lab.events import Ended, Event, ModeJob, Outcome, Ready, Sampled
from pgmem_tui.lab.measurement import Curve, Figures, Measurement, figures
from pgmem_tui.lab.modes import MODES, Mode
from pgmem_tui.lab.process import Run
from pgmem_tui.lab.subject import FEW, Subject
from pgmem_tui.postgres.settings import ConnectionSettings

WARM_UP = "warm-up"
"""The name of the run that is not counted."""
_ROW_HEADER, _VALUE_HEADER = 7, 4
"""Bytes of a row on the wire besides its values
(https://www.postgresql.org/docs/current/protocol-message-formats.html, DataRow)."""


@dataclass(frozen=True)
class Plan:
    """What to run."""

    settings: ConnectionSettings
    subject: Subject
    modes: tuple[Mode, ...]
    repeat: int = 3
    cap: int | None = 512 << 20
    """Bytes of RSS at which a run is killed."""
    timeout: float | None = 60.0
    """Seconds after which one is."""

    def moved(self) -> int | None:
        """About how many bytes will come over the connection, warm-up included; None if nobody can tell."""
        if self.subject.row_bytes is None:
            return None
        one = self.subject.estimated_rows * self.subject.row_bytes
        few = min(FEW, self.subject.estimated_rows) * self.subject.row_bytes
        possible = [mode for mode in self.modes if not mode.missing(self.subject)]
        return round(one + self.repeat * sum(few if mode.name == "limit" else one for mode in possible))


@dataclass(frozen=True)
class Began:
    """A run has begun."""

    mode: str
    """Its name, or `WARM_UP`."""
    title: str
    number: int
    """Of this run, from 1, the warm-up included."""
    total: int
    """Runs there will be, the warm-up included; fewer as soon as one does not come to its end."""


@dataclass(frozen=True)
class Happened:
    """An event of the run that goes on."""

    mode: str
    event: Event


@dataclass(frozen=True)
class Measured:
    """A run has ended; this is the way with all its runs so far."""

    measurement: Measurement


@dataclass(frozen=True)
class Finished:
    """The last event."""

    measurements: tuple[Measurement, ...]
    """In the order of the plan."""
    cancelled: bool = False
    problem: str = ""
    """Why it could not even be begun."""


ExperimentEvent = Began | Happened | Measured | Finished


class Experiment:
    """A plan, carried out once. `events` is for one thread; `cancel` may be called from any."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found = {mode.name: self._empty(mode) for mode in plan.modes}
        self._row_bytes = plan.subject.row_bytes or 0.0
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._cancelled = False
        self._number = 0

    def events(self) -> Generator[ExperimentEvent, None, None]:
        """What happens; the last is `Finished`. Blocks in between. Whoever stops iterating ends it.

        First comes a run that is not counted, which warms the caches and weighs the rows. Then every way
        in turn, and again, the other way round each time: what drifts meanwhile hits all alike. One that
        did not come to its end is not repeated.
        """
        outcome = yield from self._warm_up()
        if outcome.problem is not None:
            yield Finished(self.measurements, problem=outcome.problem.message)
            return
        for repeat in range(self._plan.repeat):
            for mode in self._plan.modes[:: -1 if repeat % 2 else 1]:
                found = self._found[mode.name]
                if found.skipped or not (found.done or not found.runs) or self._cancelled:
                    continue
                yield from self._measure(mode)
        yield Finished(self.measurements, self._cancelled)

    def cancel(self) -> None:
        """End the run that goes on and begin no other. Never blocks for long."""
        with self._lock:
            self._cancelled = True
            if self._run is not None:
                self._run.cancel()

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """What is measured so far, in the order of the plan; for the thread of `events`."""
        return tuple(self._found.values())

    @property
    def runs(self) -> int:
        """Runs there will be, the warm-up included, as far as is known."""
        return 1 + sum(map(self._runs_of, self._found.values()))

    def _runs_of(self, found: Measurement) -> int:
        """Runs of one way: what did not come to its end is not repeated."""
        if found.skipped:
            return 0
        return len(found.runs) if found.runs and not found.done else self._plan.repeat

    def _warm_up(self) -> Generator[ExperimentEvent, None, Outcome]:
        mode = MODES["copy"]
        self._number += 1
        yield Began(WARM_UP, "warm-up", self._number, self.runs)
        outcome, _ = yield from self._watch(WARM_UP, self._job(mode, weigh=True))
        if outcome.rows:
            # COPY has a separator behind each value instead of its length before it.
            besides = _ROW_HEADER + (_VALUE_HEADER - 1) * self._plan.subject.columns
            self._row_bytes = outcome.nbytes / outcome.rows + besides
        return outcome

    def _measure(self, mode: Mode) -> Iterator[ExperimentEvent]:
        self._number += 1
        yield Began(mode.name, mode.title, self._number, self.runs)
        outcome, curve = yield from self._watch(mode.name, self._job(mode))
        if outcome.cancelled:
            return
        found = self._found[mode.name]
        runs: tuple[Figures, ...] = (*found.runs, figures(outcome, self._row_bytes_of(mode)))
        self._found[mode.name] = replace(found, runs=runs, curve=curve.points())
        yield Measured(self._found[mode.name])

    def _row_bytes_of(self, mode: Mode) -> float:
        """Bytes of a row on the wire; those of a clamped one are not known."""
        return 0.0 if mode.name == "clamped" else self._row_bytes

    def _job(self, mode: Mode, weigh: bool = False) -> ModeJob:
        return ModeJob(self._plan.settings, mode, self._plan.subject, self._plan.timeout, weigh)

    def _watch(self, name: str, job: ModeJob) -> Generator[ExperimentEvent, None, tuple[Outcome, Curve]]:
        """Pass on what happens; returns the outcome and the curve."""
        outcome, curve = Outcome(cancelled=True), Curve(0)
        with self._lock:
            if self._cancelled:
                return outcome, curve
            self._run = Run(job, self._plan.cap)
        try:
            for event in self._run.events():
                if isinstance(event, Ready):
                    curve = Curve(event.baseline)
                elif isinstance(event, Sampled):
                    curve.add(event.seconds, event.rss)
                elif isinstance(event, Ended):
                    outcome = event.outcome
                yield Happened(name, event)
        finally:
            with self._lock:
                run, self._run = self._run, None
            run.close()
        return outcome, curve

    def _empty(self, mode: Mode) -> Measurement:
        subject = self._plan.subject
        skipped = mode.missing(subject)
        caution = "" if skipped else mode.caution(subject)
        return Measurement(mode.name, mode.title, skipped=skipped, caution=caution)
