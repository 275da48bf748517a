"""What became of a run so far: the events that its process reports, and its outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pgmem_tui.lab.events import Event, Job, ModeJob, Noted, Outcome, Printed, Progress
from pgmem_tui.lab.notes import Value
from pgmem_tui.lab.sampling import Sampler
from pgmem_tui.postgres.advice import SQLSTATE_ADVICE
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import redact

CASTING = ("ValueError", "OverflowError")
"""What psycopg2's type casters raise."""
_UNCASTABLE = (
    "Python has no value for one of PostgreSQL's, such as a date before the year 1 or after 9999; text has it"
)


class Record:
    """Collects the outcome of one run. For one thread."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._known = Outcome()
        self._notes: dict[str, Value] = {}
        self._printed: list[str] = []
        self.over = False
        """Whether it is known how the run ended."""

    @property
    def outcome(self) -> Outcome:
        """What is known by now."""
        return replace(self._known, notes=dict(self._notes), printed=tuple(self._printed))

    def add(self, **values: Any) -> None:
        """Remember values of the outcome, by their names in it."""
        self._known = replace(self._known, **values)

    def end(self, sampler: Sampler | None, elapsed: float, **values: Any) -> None:
        """The run is over.

        Args:
            sampler: What looked at its process.
            elapsed: Seconds that it took, seen from outside.
            values: Of the outcome.
        """
        self.over = True
        self.add(**({"seconds": elapsed} | values))
        if sampler is not None:
            peak = max(self._known.peak_rss, sampler.peak_rss)
            self.add(peak_rss=peak, peak_uss=sampler.peak_uss, backend_peak=sampler.peak_backend)

    def take(self, said: dict[str, Any]) -> Event:
        """What the process reported, as an event."""
        if said["event"] == "noted":
            value: Value = said["value"]
            value = redact(value, self._job.settings) if isinstance(value, str) else value
            self._notes[said["name"]] = value
            return Noted(said["name"], value)
        if said["event"] == "printed":
            line = redact(said["line"], self._job.settings)
            self._printed.append(line)
            return Printed(line)
        return self.progress(said)

    def take_end(self, said: dict[str, Any]) -> dict[str, Any]:
        """The values of the outcome that the process reported at its end."""
        problem = said["problem"]
        return {
            "peak_rss": said["peak"],
            "seconds": said["seconds"],
            "problem": self._problem(problem) if problem else None,
            "problem_line": problem["line"] if problem else 0,
        }

    def progress(self, said: dict[str, Any]) -> Progress:
        """How far a way of the lab is, by what its process reported."""
        job, trips = self._job, 0
        if isinstance(job, ModeJob):
            trips = job.mode.trips(said["rows"], job.subject.rows)
        progress = Progress(said["rows"], said["nbytes"], trips)
        self.add(**vars(progress), first_row_seconds=said["first_row"])
        return progress

    def _problem(self, said: dict[str, Any]) -> Problem:
        state, settings = said["sqlstate"], self._job.settings
        message = said["message"] if state else f"{said['kind']}: {said['message']}"
        advice = SQLSTATE_ADVICE.get(state, "")
        if isinstance(self._job, ModeJob) and said["kind"] in CASTING:
            advice = _UNCASTABLE
        return Problem(
            message=redact(message, settings),
            sqlstate=state,
            detail=redact(said["detail"], settings),
            hint=redact(said["hint"], settings),
            advice=advice,
        )
