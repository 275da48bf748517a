"""The lab of one connection: what is read and how, what runs, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from pgmem_tui.export.source import ExportSource
from pgmem_tui.lab import command_line, opened
from pgmem_tui.lab.experiment import Experiment
from pgmem_tui.lab.modes import MODES, Mode
from pgmem_tui.lab.preparing import Prepared
from pgmem_tui.lab.report import Asked, Report, ended
from pgmem_tui.lab.trial import Ended, Failed, Known, Order, Seen, Trial, TrialEvent
from pgmem_tui.lab.watching import Watched
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings

Emit = Callable[[Trial, TrialEvent], object]


class Phase(Enum):
    """What goes on."""

    IDLE = "nothing"
    LOOKING = "the server is asked what it would take"
    PREPARING = "the same, to run then"
    ASKING = "much would be moved: someone is asked"
    RUNNING = "ways are run"


@dataclass(frozen=True)
class Choice:
    """How to read."""

    rows: int = command_line.ROWS
    """At most; 0 for all."""
    cap: int = command_line.CAP
    """Bytes."""
    repeat: int = command_line.REPEAT
    timeout: int = command_line.TIMEOUT
    """Seconds."""
    left_out: frozenset[str] = frozenset()
    """Names of ways that are not run."""

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The ways that are run."""
        return tuple(mode for mode in MODES.values() if mode.name not in self.left_out)

    def turned(self, name: str) -> Choice:
        """With a way that was left out, or without it."""
        return replace(self, left_out=self.left_out ^ {name})

    def changed(self, what: str, value: int) -> Choice:
        """With another value of a number in it."""
        values: dict[str, Any] = {what: value}
        return replace(self, **values)

    def all_or_none(self) -> Choice:
        """With all ways; with none if it has all."""
        return replace(self, left_out=frozenset() if self.left_out else frozenset(MODES))


@dataclass(frozen=True)
class Subject:
    """What is open in the grid."""

    source: ExportSource
    title: str
    """Safe text."""
    user_settings: Mapping[str, str]
    """What the user has SET, by name."""

    @property
    def identity(self) -> object:
        """Equal for the same rows, however much is known of the table by now."""
        return replace(self.source, relation=None, columns=(), estimate=-1), dict(self.user_settings)


class LabDesk:
    """Used on the screen's thread. It outlives the screen, so that one finds the figures again."""

    def __init__(self, settings: ConnectionSettings) -> None:
        """Nothing is looked at yet.

        Args:
            settings: How to connect, password and all.
        """
        self._settings = settings
        self._subject: Subject | None = None
        self._emit: Emit = lambda trial, event: None
        self._trial: Trial | None = None
        self._ending: list[Trial] = []
        self.choice = Choice()
        self.phase = Phase.IDLE
        self.known: Prepared | None = None
        """What it would take, for as many rows as are chosen."""
        self.problem: Problem | None = None
        self.watched: Watched | None = None
        """What was seen of the run that goes on, or was the last."""
        self.ended: Ended | None = None
        """How that ended."""

    @property
    def title(self) -> str:
        """What is read; safe text."""
        return self._subject.title if self._subject is not None else ""

    @property
    def report(self) -> Report | None:
        """What is measured so far; once nothing runs any more, of the ways that it came to."""
        if self.watched is None:
            return None
        return self.watched.report if self.busy else ended(self.watched.report)

    @property
    def busy(self) -> bool:
        """Whether someone waits for it."""
        return self.phase in (Phase.PREPARING, Phase.ASKING, Phase.RUNNING)

    def open(self, subject: Subject, emit: Emit) -> None:
        """Be about this now; figures of the same rows stay.

        Args:
            subject: What is read.
            emit: Gets what the thread says, on that thread.
        """
        if self._subject is None or subject.identity != self._subject.identity:
            self.watched = self.ended = self.known = None
        self._subject, self._emit = subject, emit
        self._begin(runs=False)

    def leave(self) -> None:
        """Stop what runs; it ends by itself."""
        if self._trial is not None:
            self._trial.cancel()
            self._ending = [trial for trial in (*self._ending, self._trial) if trial.alive]
            self._trial = None
        self.phase = Phase.IDLE

    def close(self, timeout: float) -> None:
        """Wait until nothing is left, for so many seconds at most."""
        self.leave()
        for trial in self._ending:
            trial.close(timeout)

    # -- from the keys ---------------------------------------------------------------------------

    def choose(self, choice: Choice) -> None:
        """Read so the next time."""
        other = choice.rows != self.choice.rows
        self.choice = choice
        if other:
            self.known = None
            self._begin(runs=False)

    def run(self) -> None:
        """Find out what it takes, and run it if that is not much; else `agree` is waited for."""
        if not self.busy and self.choice.modes:
            self._begin(runs=True)

    def agree(self) -> None:
        """It may move that much."""
        if self._trial is not None and self.phase is Phase.ASKING:
            self._started()
            self._trial.agree()

    def cancel(self) -> bool:
        """End what runs; False if nothing does."""
        if self._trial is not None and self.busy:
            self._trial.cancel()
            return True
        return False

    @property
    def plan_moves(self) -> tuple[int | None, int]:
        """About how many bytes the choice moves, None if nobody can tell; and in how many runs, at most."""
        assert self.known is not None
        plan = replace(self.known.plan, modes=self.choice.modes, repeat=self.choice.repeat)
        return plan.moved(), Experiment(plan).runs

    # -- from the thread -------------------------------------------------------------------------

    def hear(self, trial: Trial, event: TrialEvent) -> bool:
        """Take an event; False if it is of something that nobody waits for any longer."""
        if trial is not self._trial:
            return False
        if isinstance(event, Known):
            self._found(event.prepared)
        elif isinstance(event, Seen):
            self.watched = event.watched
        else:
            self._trial, self.phase = None, Phase.IDLE
            if isinstance(event, Ended):
                self.watched, self.ended = event.watched, event
                if event.problem:
                    self.problem = Problem(event.problem)
            elif isinstance(event, Failed) and not event.cancelled:
                self.problem = event.problem
        return True

    def _found(self, prepared: Prepared) -> None:
        self.known = prepared
        if self.phase is Phase.LOOKING:
            self._trial, self.phase = None, Phase.IDLE
        elif prepared.much:
            self.phase = Phase.ASKING
        else:
            self._started()

    def _started(self) -> None:
        self.phase = Phase.RUNNING
        self.watched = self.ended = None

    def _begin(self, runs: bool) -> None:
        self.leave()
        subject, choice = self._subject, self.choice
        assert subject is not None
        names = tuple(mode.name for mode in (choice.modes if runs else MODES.values()))
        timeout = float(choice.timeout)
        asked = Asked("", "", choice.rows, names, choice.repeat, choice.cap, timeout)
        settings = opened.with_user_settings(self._settings, subject.user_settings)
        trial = Trial(Order(settings, subject.source, asked, runs), lambda event: self._emit(trial, event))
        self._trial, self.problem = trial, None
        self.phase = Phase.PREPARING if runs else Phase.LOOKING
        trial.start()
