"""Lessons on a thread of their own, for a screen that waits for nobody.

Orders go in, events come out; each event of a run carries its order's number. Nothing of this touches the
connection that the rows come through.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from pathlib import Path

from pgmem_tui.lab.interruption import Guard
from pgmem_tui.lessons import loader, progress, site
from pgmem_tui.lessons.errors import CannotRun, LessonError
from pgmem_tui.lessons.lesson import Lesson
from pgmem_tui.lessons.live_events import (
    Bound,
    LiveEvent,
    Loaded,
    Looked,
    Order,
    Remembered,
    Seen,
    StepEnded,
    Unbound,
    Wanted,
)
from pgmem_tui.lessons.progress import Done
from pgmem_tui.lessons.running import LessonResult, LessonRun, StepResult
from pgmem_tui.lessons.site import Site
from pgmem_tui.lessons.watching import Watching
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.settings import ConnectionSettings

PERIOD = 0.1
"""Seconds between two looks at a program that runs."""
PATIENCE = 10.0
"""Seconds that what was closed before gets to clean up."""


class _Other(Enum):
    """What can be ordered besides."""

    DROP = "close what a lesson has open"
    END = "end for good"


class Live:
    """One thread, and what runs on it. `order`, `cancel` and `drop` return at once."""

    def __init__(
        self,
        settings: ConnectionSettings,
        own_server: bool,
        emit: Callable[[LiveEvent], object],
        kept: Path | None = None,
        folder: str = "",
        earlier: Sequence[Live] = (),
    ) -> None:
        """Begin: read the lessons and what was done before, and look at the server.

        Args:
            settings: How to connect, password and all.
            own_server: Whether the server is ours alone, so that lessons may write.
            emit: Gets every event, on this thread.
            kept: Where progress is kept; None keeps none.
            folder: Where lessons of the user's are; empty for none.
            earlier: Others on the same server that were closed and may still clean up: nothing runs before
                they have ended.
        """
        self._earlier = tuple(earlier)
        self._settings, self._own_server, self._emit, self._kept = settings, own_server, emit, kept
        self._folder = folder
        self._orders: queue.SimpleQueue[Order | _Other] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._newest = self._given_up = 0
        self._site: Site | None = None
        self._guard = Guard()
        """Around the questions of the newest binding."""
        self._run: LessonRun | None = None
        self._bound: tuple[Lesson, Wanted] | None = None
        self._used = False
        """Whether a step of that run has run."""
        self._thread = threading.Thread(target=self._work, name="pgmem-lessons", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether something may be left of it."""
        return self._thread.is_alive()

    def order(self, order: Order) -> None:
        """Have this done next; what runs is to be cancelled first by whoever no longer wants it."""
        with self._lock:
            self._newest = order.number
        self._orders.put(order)

    def cancel(self) -> None:
        """Have every order so far end now. What runs still tells its end."""
        with self._lock:
            self._given_up = self._newest
            self._guard.interrupt()
            if self._run is not None:
                self._run.cancel()

    def drop(self) -> None:
        """Cancel, and close what the lesson has open on the server: its sessions and their transactions."""
        self.cancel()
        self._orders.put(_Other.DROP)

    def close(self, timeout: float) -> None:
        """End for good, and wait until nothing is left on this machine and on the server.

        Args:
            timeout: Seconds to wait at most; the rest goes on by itself.
        """
        self.cancel()
        self._orders.put(_Other.END)
        if timeout:
            self._thread.join(timeout)

    # -- on the thread ---------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            self._emit(_loaded(self._folder))
            self._remember()
            self._attempt(0, self._look)
            while (order := self._orders.get()) is not _Other.END:
                if not isinstance(order, Order):
                    self._leave()
                else:
                    self._attempt(order.number, partial(self._obey, order))
        finally:
            self._leave()

    def _attempt(self, number: int, what: Callable[[], object]) -> None:
        """Do something; whatever goes wrong on the way to a run is told."""
        try:
            what()
        except CannotRun as error:
            self._emit(Unbound(number, Problem(f"It {error}.")))
        except Exception as error:
            self._leave()
            self._emit(Unbound(number, explain(error, self._settings)))

    def _look(self) -> Site:
        if self._site is None:
            self._site = site.look(self._settings, self._own_server)
            self._emit(Looked(self._site))
        return self._site

    def _obey(self, order: Order) -> None:
        stale = self._bound != (order.lesson, order.wanted) or (order.index in (None, 0) and self._used)
        if stale and not self._given_up_on(order):
            self._bind(order)
        if self._given_up_on(order):
            self._emit(Unbound(order.number, Problem("cancelled", canceled=True)))
        elif order.index is not None:
            self._step(order, order.index)

    def _given_up_on(self, order: Order) -> bool:
        return order.number <= self._given_up

    def _bind(self, order: Order) -> None:
        """Find the table again: since the last time it may be another."""
        self._leave()
        self._wait(order)
        wanted, place = order.wanted, self._look()
        with self._lock:
            guard = self._guard = Guard()
            if self._given_up_on(order):
                guard.interrupt()
        run = LessonRun(order.lesson, place, wanted.table, wanted.made_up, guard.guarded)
        with self._lock:
            self._run, self._bound, self._used = run, (order.lesson, wanted), False
        self._emit(Bound(order.number, run.steps, run.about))

    def _wait(self, order: Order) -> None:
        """Let those before clean up: what they drop last might be what this makes first."""
        end = time.monotonic() + PATIENCE
        for live in self._earlier:
            while live.alive and time.monotonic() < end and not self._given_up_on(order):
                live._thread.join(PERIOD)
        self._earlier = ()

    def _step(self, order: Order, index: int) -> None:
        run = self._run
        assert run is not None
        watching, told = Watching(), 0.0
        result: StepResult | None = None
        with self._lock:
            self._used = True
            if self._given_up_on(order):
                run.cancel()
        for event in run.step(index):
            if isinstance(event, StepResult):
                result = event
                continue
            watching.take(event)
            now = time.monotonic()
            if now - told >= PERIOD:
                told = now
                self._emit(Seen(order.number, watching.seen))
        assert result is not None
        so_far = run.result()
        if result.problem is not None and result.problem.canceled:
            self._leave()  # a run that was cancelled runs nothing any more
        elif so_far.whole:
            run.close()  # nothing is left open on the server while somebody reads what came of it
            if so_far.failed is None:
                self._keep(order, so_far)
        self._emit(StepEnded(order.number, watching.seen, result, so_far))

    def _leave(self) -> None:
        with self._lock:
            run, self._run, self._bound = self._run, None, None
        if run is not None:
            run.close()

    def _remember(self) -> None:
        if self._kept is not None:
            try:
                self._emit(Remembered(progress.read(self._kept)))
            except progress.Unavailable as error:
                self._emit(Remembered({}, str(error)))

    def _keep(self, order: Order, result: LessonResult) -> None:
        if self._kept is None:
            return
        done = Done(time.time(), result.passed, order.chosen, result.right)
        try:
            progress.keep(self._kept, order.lesson.name, done)
        except progress.Unavailable as error:
            self._emit(Remembered({}, str(error)))


def _loaded(folder: str) -> Loaded:
    lessons = loader.built_in()
    if not folder:
        return Loaded(lessons)
    try:
        found = loader.from_folder(folder)
    except LessonError as error:
        return Loaded(lessons, (str(error),))
    return Loaded((*lessons, *found.lessons), (*map(str, found.wrong), *found.passed_over))
