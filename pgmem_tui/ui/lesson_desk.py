"""The lessons of one connection: which is open, how far each has come, and the thread that they run on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pgmem_tui.lessons import binding
from pgmem_tui.lessons.attempt import Attempt, Phase, begin
from pgmem_tui.lessons.lesson import Lesson, Statement
from pgmem_tui.lessons.live import Live
from pgmem_tui.lessons.live_events import LiveEvent, Loaded, Looked, Order, Remembered, StepEnded, Wanted
from pgmem_tui.lessons.progress import Done
from pgmem_tui.lessons.site import Site
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import target

Emit = Callable[[LiveEvent], object]


class LessonDesk:
    """Used on the screen's thread. It outlives the screen, so that one can look at the rows and come back."""

    def __init__(
        self, options: Options, kept: Path | None, release: Callable[[], object] = lambda: None
    ) -> None:
        """Nothing is read yet.

        Args:
            options: How to connect, whether the server is ours, where the user's lessons are.
            kept: Where progress is kept; None keeps none.
            release: Has the program's own snapshot let go before each step of a lesson that writes: what is
                deleted would be kept for it.
        """
        self._release = release
        self._options, self._kept = options, kept
        self._live: Live | None = None
        self._ending: list[Live] = []
        self._attempts: dict[int, Attempt] = {}
        self._wishes: Sequence[Wanted] = (Wanted(),)
        self._number = 0
        self.lessons: tuple[Lesson, ...] = ()
        self.index = 0
        """Of the lesson that is open."""
        self.done: dict[str, Done] = {}
        """What was done before, by lessons' names."""
        self.site: Site | None = None
        """The server, once it was looked at."""

    @property
    def where(self) -> str:
        """The server and the database, in words."""
        return f"on {target(self._options.settings)}"

    def open(self, table: str, emit: Emit) -> None:
        """Begin, or go on where one left.

        Args:
            table: What is open in the grid, written as in SQL; empty for no table.
            emit: Gets what the thread says, on that thread.
        """
        mine = [Wanted(table)] if table else []
        demo = [Wanted()]
        first = demo + mine if self._options.own_server else mine + demo
        self._wishes = (*first, Wanted(made_up=True))
        self._ending = [live for live in self._ending if live.alive]
        options = self._options
        self._live = Live(
            options.settings, options.own_server, emit, self._kept, options.lessons, self._ending
        )

    def leave(self) -> None:
        """Stop what runs; it ends by itself."""
        if self._live is not None:
            self._live.close(0)
            self._ending.append(self._live)
            self._live = None
            self._forget_run()

    def close(self, timeout: float) -> None:
        """Wait until nothing is left, for so many seconds at most."""
        self.leave()
        for live in self._ending:
            live.close(timeout)

    # -- the open lesson -------------------------------------------------------------------------

    @property
    def attempt(self) -> Attempt | None:
        """How far the open lesson has come; None as long as there are no lessons."""
        if not self.lessons:
            return None
        if self.index not in self._attempts:
            self._attempts[self.index] = begin(self.lessons[self.index], self._wishes[0])
        return self._attempts[self.index]

    @property
    def missing(self) -> str:
        """What the open lesson needs and the server is not, as far as that is known."""
        return (
            ""
            if self.site is None or not self.lessons
            else binding.missing(self.lessons[self.index], self.site)
        )

    @property
    def elsewhere(self) -> frozenset[str]:
        """The names of the lessons that cannot run on this server, as far as that is known."""
        site = self.site
        return frozenset(
            each.name for each in self.lessons if site is not None and binding.missing(each, site)
        )

    @property
    def busy(self) -> bool:
        """Whether something runs, or is about to."""
        attempt = self.attempt
        return attempt is not None and attempt.phase in (Phase.RUNNING, Phase.BINDING)

    def go(self, index: int) -> None:
        """Open another lesson; what is open on the server for this one is closed."""
        if 0 <= index < len(self.lessons) and index != self.index:
            if self._live is not None:
                self._live.drop()
            self._forget_run()
            self.index = index
            self._find_out()

    def predict(self, choice: int | None) -> None:
        """Predict, or not; where the lesson can run only."""
        attempt = self.attempt
        if attempt is not None and attempt.phase is Phase.PREDICT and not self.missing:
            self._set(attempt.predict(choice))
            self._find_out()

    def change_table(self) -> None:
        """Want other rows, the next of those there are."""
        attempt = self.attempt
        if attempt is None or attempt.running is not None or not attempt.lesson.table:
            return
        at = self._wishes.index(attempt.wanted) if attempt.wanted in self._wishes else -1
        self._set(attempt.want(self._wishes[(at + 1) % len(self._wishes)]))
        self._find_out()

    def run(self) -> None:
        """Run the next step."""
        attempt = self.attempt
        if attempt is not None and attempt.predicted and attempt.running is None and not self.missing:
            if attempt.lesson.needs.writes:
                self._release()
            self._order(*attempt.run(self._next_number()))

    def again(self) -> None:
        """Forget what has run, to run it again."""
        attempt = self.attempt
        if attempt is not None and attempt.ran and attempt.running is None:
            self._set(attempt.afresh())
            self._find_out()

    def cancel(self) -> bool:
        """Give up what runs; False if nothing does."""
        busy = self.busy
        if busy and self._live is not None:
            self._live.cancel()
        return busy

    def give_up(self) -> bool:
        """Close the sessions of a lesson between two of its steps, to begin anew; False if there are none."""
        attempt = self.attempt
        if attempt is None or self.busy or not attempt.begun or self._live is None:
            return False
        if not any(isinstance(ran.result.step, Statement) for ran in attempt.ran):
            return False
        self._live.drop()
        self._forget_run()
        return True

    def hear(self, event: LiveEvent) -> None:
        """Take what the thread says."""
        if isinstance(event, Loaded):
            self.lessons = event.lessons
            self.index = min(self.index, max(0, len(self.lessons) - 1))
        elif isinstance(event, Looked):
            self.site = event.site
            self._find_out()
        elif isinstance(event, Remembered):
            self.done = event.done or self.done
        elif (attempt := self.attempt) is not None:
            self._set(attempt.hear(event))
            if isinstance(event, StepEnded):
                self._count(attempt)

    def _count(self, before: Attempt) -> None:
        """Mark a lesson as done, as the file does."""
        now = self.attempt
        if now is not None and now.over and not before.over and now.result is not None:
            done = Done(0.0, now.result.passed, now.chosen, now.result.right)
            self.done[now.lesson.name] = done.after(self.done.get(now.lesson.name))

    def _find_out(self) -> None:
        """Have the server asked which table serves, unless that is known: what is shown is what will run."""
        attempt = self.attempt
        if attempt is None or self._live is None or self.site is None or self.missing:
            return
        if not (attempt.bound or attempt.binding or attempt.over):
            self._order(*attempt.ask(self._next_number()))

    def _order(self, attempt: Attempt, order: Order) -> None:
        self._set(attempt)
        if self._live is not None:
            self._live.order(order)

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _set(self, attempt: Attempt) -> None:
        self._attempts[self.index] = attempt

    def _forget_run(self) -> None:
        """What has not run to its end begins anew: its sessions are closed."""
        attempt = self._attempts.get(self.index)
        if attempt is not None and not (attempt.over and attempt.running is None):
            self._set(replace(attempt.afresh(), number=0))
