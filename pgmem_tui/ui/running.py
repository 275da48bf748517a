"""One or several statements of a text: looked at first, asked about where they write, run in order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.worker import Worker

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.paging import events as ev
from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.ui.aside import aside
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.planned_run import Refusal, Step, steps

if TYPE_CHECKING:
    from pgmem_tui.ui.screens.confirm import ConfirmScreen

_WEIGHED = ("INSERT", "UPDATE", "DELETE", "MERGE", "WITH")
"""Statements of which the planner says how many rows they change."""
MOST_WEIGHED = 20
"""Statements that it is asked about."""
SAID = 15.0
"""Seconds for which it is said that statements were not run."""
AT_ONCE = 8192
"""Characters that are looked at while the screen waits: some 10 ms."""


@dataclass(frozen=True)
class Finished:
    """One statement is through, or was never sent."""

    sql: str
    """Its text, without what is around it."""
    start: int
    """Where it begins, in the text that `Running.run` was given, plus its `offset`."""
    seconds: float = 0.0
    rows: int = -1
    """How many it returned; -1 if it returns none, or nobody knows yet."""
    tag: str = ""
    """`UPDATE 3`; empty for what is read by a cursor."""
    problem: Problem | None = None
    """Why it failed, or was not sent. Its position counts as `start` does, from 1; 0 is the whole."""


class Running:
    """Runs what is in an editor, or after -c."""

    def __init__(
        self,
        app: App[Any],
        browsing: Browsing,
        writable: bool,
        complain: Callable[[Problem, str], None],
        on_finished: Callable[[Finished], None] = lambda finished: None,
    ) -> None:
        """Nothing runs.

        Args:
            app: Shows what is asked.
            browsing: Opens each statement; the last one's result stays.
            writable: Whether any may write.
            complain: Shows a problem, and the statement that its position points into.
            on_finished: Told of each statement: for the place of an error, and for the history.
        """
        self.on_finished = on_finished
        self._app, self._browsing, self._writable, self._complain = app, browsing, writable, complain
        self._steps: deque[Step] = deque()
        self._current: Step | None = None
        self._generation = -1
        """Of the result of what runs."""
        self._count = self._done = 0
        """Statements of the text, and those of them that were run."""
        self._dropped = ""
        """What is said of the waiting statements that were dropped; empty while none was."""
        self._looking: Worker[None] | None = None
        self._began = 0.0
        self._ran: ev.Ran | None = None
        self._asking: ConfirmScreen | None = None
        self._number = 0
        """Of the last `Weigh`."""
        self._weighed: dict[int, int] = {}
        """Statements of the question, by the numbers of their `Weigh`s."""

    @property
    def running(self) -> bool:
        """Whether statements wait to be run, or one is."""
        return self._current is not None or bool(self._steps)

    @property
    def writing(self) -> bool:
        """Whether a statement that writes runs, or waits to be run."""
        return any(step.writes for step in (self._current, *self._steps) if step is not None)

    def run(self, text: str, offset: int = 0, values: Sequence[BoundValue] = ()) -> None:
        """Run every statement of a text, one after the other; the last one's result stays on the screen.

        Nothing is sent if one of them may not be. What writes is asked about once. The first error ends it.

        Args:
            text: One or several statements.
            offset: Added to every position told: where the text begins in a longer one.
            values: Of the parameters, `:name`, of all the statements.
        """
        if self._current is not None and self._current.writes:
            advice = "esc cancels it, and takes back what it has written"
            self._complain(Problem("a statement that writes is running", advice=advice), "")
            return
        self._look_no_more()
        self._drop()
        self._over()
        if len(text) <= AT_ONCE:
            self._looked_at(steps(text, offset, tuple(values), self._writable))
        else:
            self._looking = self._app.run_worker(self._look_aside(text, offset, tuple(values)))

    def handle(self, event: ev.Event) -> None:
        """Something was told about what runs, and is on the screen already."""
        if isinstance(event, ev.Weighed):
            self._take_weight(event)
        elif isinstance(event, ev.TransactionOpen | ev.TransactionEnded):
            if self._asking is not None:
                self._asking.happens(inside=isinstance(event, ev.TransactionOpen))
        elif self._current is None:
            return
        elif self._browsing.result.generation != self._generation:
            self._drop()  # something else was opened meanwhile
            self._follow_to_its_end(event)
        elif getattr(event, "generation", -1) == self._generation:
            self._follow(event)

    def give_up(self) -> bool:
        """Do not send what waits or is looked at, whatever becomes of what runs; False for nothing."""
        # The session may be through with what runs, and know of nothing that it could cancel.
        waiting = bool(self._steps)
        self._drop("cancelled: ")
        return self._look_no_more() or waiting

    # -- before anything is sent -----------------------------------------------------------------

    async def _look_aside(self, text: str, offset: int, values: tuple[BoundValue, ...]) -> None:
        self._browsing.working("looking at the statements …")
        open_then = self._browsing.result.generation
        found = await aside(partial(steps, text, offset, values, self._writable))
        self._looking = None
        if self._browsing.result.generation == open_then:
            self._browsing.working("")
            self._looked_at(found)

    def _look_no_more(self) -> bool:
        """Do not run what is being looked at; False if nothing is."""
        looking, self._looking = self._looking, None
        if looking is None:
            return False
        looking.cancel()
        self._browsing.working("")
        return True

    def _looked_at(self, found: list[Step] | Refusal) -> None:
        if isinstance(found, Refusal):
            self._complain(found.problem, found.sql)
            problem = _placed(found.problem, found.start)
            self.on_finished(Finished(found.sql, found.start, problem=problem))
            return
        writing = [step for step in found if step.writes]
        if writing:
            self._ask(found, writing)
        else:
            self._begin(found)

    def _ask(self, found: list[Step], writing: list[Step]) -> None:
        from pgmem_tui.ui.screens.confirm import ConfirmScreen, Planned, values_of

        self._weighed.clear()
        planned = []
        for index, step in enumerate(writing):
            weigh = step.word.split(" ")[0] in _WEIGHED and index < MOST_WEIGHED
            told = values_of(step.sql, step.target.values)
            planned.append(Planned(step.headline, step.sql, "about … rows" if weigh else "", told))
            if weigh:
                self._number += 1
                self._weighed[self._number] = index
                self._browsing.session.request(rq.Weigh(self._number, step.sql, step.target.values))

        def answered(run: bool | None) -> None:
            self._asking = None
            if run:
                self._begin(found)

        self._asking = ConfirmScreen(planned, len(found) - len(writing), self._browsing.uncommitted)
        self._app.push_screen(self._asking, answered)

    def _take_weight(self, event: ev.Weighed) -> None:
        index = self._weighed.pop(event.number, None)
        if index is None or self._asking is None:
            return
        if event.problem is not None and index:  # the others may make what it needs
            text = "not known before the statements above are run"
        elif event.problem is not None:
            text = f"! {one_line(event.problem.message)}"
        elif event.rows is None:
            text = ""
        else:
            text = f"≈{quantities.count(event.rows)} row{'' if event.rows == 1 else 's'}, the planner thinks"
        self._asking.weighed(index, text)

    # -- one after the other ---------------------------------------------------------------------

    def _begin(self, found: Sequence[Step]) -> None:
        self._steps = deque(found)
        self._count, self._done = len(found), 0
        self._next()

    def _next(self) -> None:
        if not self._steps:
            self._over()
        else:
            self._current = self._steps.popleft()
            self._ran, self._began = None, time.monotonic()
            self._browsing.open(self._current.target, one_line(self._current.word))
            self._generation = self._browsing.result.generation

    def _follow(self, event: ev.Event) -> None:
        if isinstance(event, ev.Ran):
            self._ran = event
        elif isinstance(event, ev.PageRead):
            self._finish()
            self._next()
        elif isinstance(event, ev.Failed):
            self._finish(event.problem)
        elif isinstance(event, ev.Cancelled):
            self._finish(Problem("cancelled", canceled=True))
        elif isinstance(event, ev.Lost):
            self._finish(replace(event.problem, position=0))

    def _follow_to_its_end(self, event: ev.Event) -> None:
        """What runs is no longer what is open: only a statement that writes is not given up for that."""
        step, generation = self._current, getattr(event, "generation", -1)
        if step is None or generation < self._generation:
            return
        if generation == self._generation and isinstance(event, ev.Ran):
            self._ran = event
            self._finish()
            self._over()
        elif generation == self._generation and isinstance(event, ev.Failed | ev.Cancelled | ev.Lost):
            self._follow(event)
            if isinstance(event, ev.Failed) and step.writes:
                failed = f"{step.word} failed: {event.problem.message}"
                self._app.notify(one_line(failed), severity="error", timeout=SAID, markup=False)
        elif generation > self._generation:
            self._over()

    def _finish(self, problem: Problem | None = None) -> None:
        step, ran = self._current, self._ran
        assert step is not None
        seconds = ran.seconds if ran is not None else time.monotonic() - self._began
        rows = self._browsing.result.row_count if ran is None else ran.rows
        if problem is None:
            self._done += 1
        else:
            self._drop(then="" if problem.canceled else ", then one failed")
            self._over()
            problem = _placed(problem, step.start)
        self.on_finished(
            Finished(
                step.sql,
                step.start,
                seconds,
                -1 if rows is None or problem is not None else rows,
                ran.tag if ran is not None else "",
                problem,
            )
        )

    def _drop(self, why: str = "", then: str = "") -> None:
        """Forget what waits; that is told once it is known what became of what runs."""
        if self._steps:
            self._steps.clear()
            self._dropped = f"{why}{{done}} of {{count}} statements were run{then}; the rest was not"

    def _over(self) -> None:
        """Nothing runs."""
        self._current, dropped, self._dropped = None, self._dropped, ""
        if dropped:  # not above the rows: what was opened meanwhile takes that away
            words = dropped.format(done=quantities.count(self._done), count=quantities.count(self._count))
            self._app.notify(words, severity="warning", timeout=SAID, markup=False)


def _placed(problem: Problem, start: int) -> Problem:
    return replace(problem, position=start + problem.position if problem.position else 0)
