"""Runs a lesson's steps on a server, and says what came of its claims.

run = LessonRun(lesson, site)
for index in range(len(run.steps)):
    for event in run.step(index):
        …
result = run.result()
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import PurePath

from pgmem_tui.lab import launching
from pgmem_tui.lab.events import Ended, Event, Outcome, ProgramJob
from pgmem_tui.lab.process import Run
from pgmem_tui.lessons import binding, claims, value_words
from pgmem_tui.lessons.binding import Guarded
from pgmem_tui.lessons.claims import Judged, Verdict
from pgmem_tui.lessons.expression import Value
from pgmem_tui.lessons.lesson import Lesson, Program, Statement, Step
from pgmem_tui.lessons.sessions import Said, Sessions
from pgmem_tui.lessons.site import Site
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings

CAP = 1 << 30
"""Bytes of RSS at which a program is killed."""
TIMEOUT = 120.0
"""Seconds after which one is."""
_REFUSED = "unsupported startup parameter"
_POOLER = (
    "A pooler is in between, and lessons have their programs made read-only by startup options, which it"
    " refuses: connect to PostgreSQL itself."
)
"""What a pooler ignores instead makes nothing read-only
(https://www.pgbouncer.org/config.html#ignore_startup_parameters)."""
_READ_ONLY = "-c default_transaction_read_only=on"


@dataclass(frozen=True)
class StepResult:
    """What a step brought."""

    step: Step
    values: tuple[tuple[str, Value], ...]
    """By their whole names, `STEP.NAME`."""
    outcome: Outcome | None = None
    """Of a program."""
    said: Said | None = None
    """Of a statement."""
    where: str = ""
    """The file and the line in which it failed, `03-name.md:41`; empty if it did not, or no line says it."""

    source: str = ""
    """That line of the program, as it ran; empty for a statement."""

    @property
    def problem(self) -> Problem | None:
        """Why it failed, if it did."""
        if self.said is not None:
            return self.said.problem
        assert self.outcome is not None
        if self.outcome.killed_at_cap:
            return Problem(f"killed: its memory reached {CAP >> 20} MB")
        if self.outcome.timed_out:
            return Problem(f"killed: it took longer than {TIMEOUT:.0f} s")
        if self.outcome.cancelled:
            return Problem("cancelled", canceled=True)
        problem = self.outcome.problem
        refused = problem is not None and _REFUSED in problem.message
        return replace(problem, advice=_POOLER) if problem is not None and refused else problem


@dataclass(frozen=True)
class LessonResult:
    """What came of a lesson, as far as it has run."""

    steps: tuple[StepResult, ...]
    values: dict[str, Value]
    claims: tuple[Judged, ...]
    right: int | None
    """The index of the choice that turned out right; None if that is not known."""
    failed: StepResult | None
    """The step that failed and should not have."""
    whole: bool
    """Whether every step has run."""

    @property
    def passed(self) -> bool:
        """Whether it ran to its end and no claim failed."""
        return self.whole and self.failed is None and all(j.verdict is not Verdict.FAILS for j in self.claims)


class LessonRun:
    """One lesson on one server. `step` is for one thread at a time; `cancel` may be called from any."""

    def __init__(
        self,
        lesson: Lesson,
        site: Site,
        table: str = "",
        made_up: bool = False,
        guarded: Guarded = nullcontext,
    ) -> None:
        """Ask the server which table serves; see `binding.bind`.

        Args:
            lesson: What to run.
            site: Where.
            table: The user's table, written as in SQL; empty for none.
            made_up: Whether the server is to make rows up, where that is possible.
            guarded: Is around all that is asked for that.

        Raises:
            CannotRun: The lesson needs another server; the text says which.
            NoSuchRelation, NotARelation: There is no such table.
            psycopg2.Error: What the server said.
        """
        self.lesson = lesson
        bound = binding.bind(lesson, site, table, made_up, guarded)
        self.steps = bound.steps
        """As they run here: with the table's name in them."""
        self.about = bound.about
        """What the programs read, in words."""
        read_only = not (lesson.needs.writes and site.own_server)
        self._settings = _read_only(site.settings) if read_only else site.settings
        self._sessions = Sessions(site.settings, read_only)
        self._results: dict[str, StepResult] = {}
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._cancelled = False
        self._begun = False
        """Whether a step has, and it was not closed since."""

    def step(self, index: int) -> Iterator[Event | StepResult]:
        """Run a step; what a program does comes as events, and last of all the result.

        Args:
            index: Into `steps`; they are to run in order.
        """
        step = self.steps[index]
        self._begun = True
        result: StepResult | None = None
        if isinstance(step, Statement):
            result = self._statement(step)
        else:
            for event in self._events(step):
                yield event
                if isinstance(event, Ended):
                    measured = tuple(_measured(step.name, event.outcome).items())
                    number = event.outcome.problem_line
                    where, source = self._where(step, number), _line(step, number)
                    result = StepResult(step, measured, event.outcome, where=where, source=source)
        assert result is not None
        self._results[step.name] = result
        yield result

    def result(self) -> LessonResult:
        """What came of it so far."""
        done = tuple(self._results[step.name] for step in self.steps if step.name in self._results)
        values = dict(pair for result in done for pair in result.values)
        kinds = value_words.kinds(self.lesson)
        failed = (r for r in done if r.problem and not claims.expects_failure(self.lesson, r.step.name))
        return LessonResult(
            steps=done,
            values=values,
            claims=tuple(claims.judge(claim, values, kinds) for claim in self.lesson.claims),
            right=claims.right_choice(self.lesson.prediction, values),
            failed=next(failed, None),
            whole=len(done) == len(self.steps),
        )

    def cancel(self) -> None:
        """Have what runs end now; a step that is asked for later ends at once. Does not wait."""
        with self._lock:
            self._cancelled = True
            if self._run is not None:
                self._run.cancel()
        self._sessions.cancel()

    def close(self) -> None:
        """Close what is open, and send what cleans up and was not sent; for the thread of `step`."""
        sent = {name for name, result in self._results.items() if result.problem is None}
        left = [
            step
            for step in self.steps
            if isinstance(step, Statement) and step.cleanup and step.name not in sent
        ]
        begun, self._begun = self._begun, False
        self._sessions.close(left if begun else ())

    def _events(self, program: Program) -> Iterator[Event]:
        run = Run(ProgramJob(self._settings, program.source, timeout=TIMEOUT), CAP)
        with self._lock:
            self._run = run
            if self._cancelled:
                run.cancel()
        try:
            yield from run.events()
        finally:
            with self._lock:
                self._run = None
            run.close()

    def _where(self, step: Step, line: int) -> str:
        """Where a line of a step stands in the lesson's file; binding it to a table moves none."""
        return f"{PurePath(self.lesson.place).name}:{step.line + line - 1}" if line else ""

    def _statement(self, statement: Statement) -> StepResult:
        said = self._sessions.run(statement)
        values = _named(statement.name, _of(said.problem) | dict(said.values))
        where = self._where(statement, 1 if said.problem else 0)
        return StepResult(statement, tuple(values.items()), said=said, where=where)


def _line(program: Program, number: int) -> str:
    lines = program.source.splitlines()
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def _measured(name: str, outcome: Outcome) -> dict[str, Value]:
    """A run's figures by name; what the program noted itself comes before what was seen from outside."""
    figures: dict[str, Value | None] = {
        "peak": max(0, outcome.peak_rss - outcome.baseline),
        "peak_rss": outcome.peak_rss,
        "baseline": outcome.baseline,
        "seconds": outcome.seconds,
        "backend_peak": outcome.backend_peak,
        "temp_bytes": outcome.temp_bytes,
        "killed": float(outcome.killed_at_cap),
        "timed_out": float(outcome.timed_out),
        "nbytes": outcome.nbytes or None,
        **_of(outcome.problem),
        **outcome.notes,
    }
    if outcome.peak_uss is not None and outcome.baseline_uss is not None:
        figures["peak_uss"] = max(0, outcome.peak_uss - outcome.baseline_uss)
    return _named(name, {key: value for key, value in figures.items() if value is not None})


def _of(problem: Problem | None) -> dict[str, Value]:
    return {"problem": problem.message if problem else "", "sqlstate": problem.sqlstate if problem else ""}


def _named(step: str, values: dict[str, Value]) -> dict[str, Value]:
    return {f"{step}.{name}": value for name, value in values.items()}


def _read_only(settings: ConnectionSettings) -> ConnectionSettings:
    """The same, with transactions that are read-only unless a program says otherwise.

    https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-DEFAULT-TRANSACTION-READ-ONLY
    """
    return launching.with_options(settings, _READ_ONLY)
