"""How far somebody has come with a lesson: predicted, bound to a table, run, over. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from pgmem_tui.lessons.lesson import Lesson, Step
from pgmem_tui.lessons.live_events import Bound, LiveEvent, Order, Seen, StepEnded, Unbound, Wanted
from pgmem_tui.lessons.running import LessonResult, StepResult
from pgmem_tui.lessons.watching import Watched
from pgmem_tui.postgres.errors import Problem


class Phase(Enum):
    """What comes next."""

    PREDICT = "a prediction, or none, is to be made"
    READY = "the next step can be run"
    BINDING = "the server is asked which table serves"
    RUNNING = "a step runs"
    OVER = "everything has run"


@dataclass(frozen=True)
class Ran:
    """A step that has run."""

    watched: Watched
    result: StepResult


@dataclass(frozen=True)
class Attempt:
    """One lesson and what came of it so far."""

    lesson: Lesson
    wanted: Wanted = field(default_factory=Wanted)
    number: int = 0
    """Of the last order; what is told about others is not heard."""
    chosen: int | None = None
    """The index of the choice that was predicted."""
    predicted: bool = False
    """Whether the question is behind one, with a prediction or without."""
    bound: bool = False
    steps: tuple[Step, ...] = ()
    """As they run here, or, before that is known, as the lesson has them."""
    about: str = ""
    """What they read; empty before that is known."""
    ran: tuple[Ran, ...] = ()
    running: int | None = None
    """The index of the step that runs or is about to."""
    binding: bool = False
    watched: Watched = field(default_factory=Watched)
    """What is seen of it."""
    result: LessonResult | None = None
    """Once a step has run."""
    problem: Problem | None = None
    """Why it could not go on."""
    cancelled: bool = False
    """Whether the last run was."""

    @property
    def phase(self) -> Phase:
        """What comes next."""
        if self.running is not None:
            return Phase.RUNNING
        if not self.predicted:
            return Phase.PREDICT  # which table serves is asked meanwhile
        if self.binding:
            return Phase.BINDING
        return Phase.OVER if self.over else Phase.READY

    @property
    def over(self) -> bool:
        """Whether every step has run as it should."""
        return self.result is not None and self.result.whole and self.result.failed is None

    @property
    def next(self) -> int:
        """The index of the step to run next; what failed or was cancelled begins anew."""
        return 0 if self.over or self.problem or self.cancelled else len(self.ran)

    @property
    def begun(self) -> bool:
        """Whether something has run, and not everything has."""
        return bool(self.ran) and not self.over

    @property
    def stands(self) -> bool:
        """Whether something has run that the next step would not begin anew."""
        return self.running is None and (self.over or self.next > 0)

    # -- what somebody does ----------------------------------------------------------------------

    def predict(self, choice: int | None) -> Attempt:
        """Choose an answer, or none; before the run only."""
        return replace(self, chosen=choice, predicted=True) if self.phase is Phase.PREDICT else self

    def want(self, wanted: Wanted) -> Attempt:
        """Read other rows; what has run is forgotten."""
        return replace(self.afresh(), wanted=wanted)

    def afresh(self) -> Attempt:
        """The same, predicted but not run."""
        return replace(begin(self.lesson, self.wanted), chosen=self.chosen, predicted=self.predicted)

    def ask(self, number: int) -> tuple[Attempt, Order]:
        """Have the server asked which table serves."""
        order = Order(number, self.lesson, self.wanted)
        return replace(self, number=number, binding=True, problem=None), order

    def run(self, number: int) -> tuple[Attempt, Order]:
        """Have the next step run."""
        index = self.next
        order = Order(number, self.lesson, self.wanted, index, self.chosen)
        now = (
            replace(self.afresh(), steps=self.steps, about=self.about, bound=self.bound)
            if not index
            else self
        )
        return replace(now, number=number, running=index, watched=Watched()), order

    # -- what is told ----------------------------------------------------------------------------

    def hear(self, event: LiveEvent) -> Attempt:
        """What is known after an event."""
        if getattr(event, "number", None) != self.number:
            return self
        if isinstance(event, Bound):
            return replace(self, steps=event.steps, about=event.about, bound=True, binding=False)
        if isinstance(event, Unbound):
            cancelled = event.problem.canceled
            problem = None if cancelled else event.problem
            return replace(self, problem=problem, cancelled=cancelled, binding=False, running=None)
        if isinstance(event, Seen):
            return replace(self, watched=event.watched)
        return self._ended(event) if isinstance(event, StepEnded) else self

    def _ended(self, event: StepEnded) -> Attempt:
        ran = (*self.ran, Ran(event.watched, event.result))
        problem = event.result.problem
        cancelled = problem is not None and problem.canceled
        failed = event.so_far.failed
        return replace(
            self,
            ran=ran,
            running=None,
            watched=event.watched,
            result=event.so_far,
            cancelled=cancelled,
            problem=failed.problem if failed is not None and not cancelled else None,
        )


def begin(lesson: Lesson, wanted: Wanted) -> Attempt:
    """Nothing has been done yet."""
    return Attempt(lesson, wanted, steps=lesson.steps)
