"""An experiment on a thread of its own, for a screen that waits for nobody.

It looks the rows up, waits to be agreed to where much would be moved, runs, and tells what it sees ten times
a second at most, and when a run begins and ends. Connections and processes are its own.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from pgmem_tui.export.source import ExportSource
from pgmem_tui.lab.experiment import Began, Experiment, Finished, Measured
from pgmem_tui.lab.interruption import Interruption
from pgmem_tui.lab.preparing import Prepared, Unprepared, prepare
from pgmem_tui.lab.report import Asked
from pgmem_tui.lab.watching import Watched, Watching
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.settings import ConnectionSettings

PERIOD = 0.1
"""Seconds between two looks at what runs."""
_CANCELLED = Problem("cancelled", canceled=True)


@dataclass(frozen=True)
class Known:
    """What is to be read is known; if it is much, `agree` is waited for."""

    prepared: Prepared


@dataclass(frozen=True)
class Failed:
    """It has not begun, and does not any more."""

    problem: Problem
    cancelled: bool = False
    """Whether someone cancelled it; the server's own time limits are a problem like any other."""


@dataclass(frozen=True)
class Seen:
    """It goes on."""

    passing: ClassVar[bool] = True
    """Whether only the newer of two counts."""
    watched: Watched


@dataclass(frozen=True)
class Ended:
    """It has ended, with what was measured until then."""

    watched: Watched
    cancelled: bool
    problem: str
    """Why nothing could be measured; empty if something could."""


TrialEvent = Known | Failed | Seen | Ended


@dataclass(frozen=True)
class Order:
    """What to do."""

    settings: ConnectionSettings
    """How to connect, password and all."""
    source: ExportSource = field(repr=False)
    asked: Asked
    """How to read that; which table or query is found out."""
    runs: bool = True
    """Whether to run it, or only to look what that would take."""


class Trial:
    """Carries out one order. `agree`, `cancel` and `close` may be called from any thread."""

    def __init__(self, order: Order, emit: Callable[[TrialEvent], object]) -> None:
        """Nothing happens yet.

        Args:
            order: What to do.
            emit: Gets every event, on the thread; the last is `Failed` or `Ended`, or `Known` for a look.
        """
        self._order, self._emit = order, emit
        self._stop, self._agreed = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._asking: Interruption | None = None
        self._experiment: Experiment | None = None
        self._thread = threading.Thread(target=self._work, name="pgmem-lab", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether something may be left of it."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def agree(self) -> None:
        """Let it move as much as it said."""
        self._agreed.set()

    def cancel(self) -> None:
        """End it soon; what was measured is told. Does not wait."""
        with self._lock:
            self._stop.set()
            self._agreed.set()
            if self._experiment is not None:
                self._experiment.cancel()
            asking = self._asking
        if asking is not None:
            asking.interrupt()

    def close(self, timeout: float) -> None:
        """Cancel, and wait until nothing is left on this machine and on the server.

        Args:
            timeout: Seconds to wait at most; the rest goes on by itself.
        """
        self.cancel()
        if timeout and self._thread.is_alive():
            self._thread.join(timeout)

    # -- on the thread ---------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            self._carry_out()
        except Exception as error:
            problem = error.problem if isinstance(error, Unprepared) else explain(error, self._order.settings)
            stopped = self._stop.is_set()
            self._emit(Failed(_CANCELLED if stopped else problem, stopped))

    def _carry_out(self) -> None:
        order = self._order
        prepared = prepare(order.settings, order.asked, order.source, self._guarded)
        self._go_on()
        self._emit(Known(prepared))
        if not order.runs:
            return
        if prepared.much:
            self._agreed.wait()
        self._run(prepared)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Unprepared(_CANCELLED)

    @contextlib.contextmanager
    def _guarded(self, connection: Connection) -> Iterator[None]:
        """What is asked meanwhile is asked no longer than until someone cancels."""
        with self._lock:
            asking = self._asking = Interruption(connection)
        try:
            with asking.running():
                self._go_on()
                yield
        finally:
            with self._lock:
                self._asking = None

    def _run(self, prepared: Prepared) -> None:
        with self._lock:
            self._go_on()
            experiment = self._experiment = Experiment(prepared.plan)
        watching, told = Watching(prepared, experiment), 0.0
        finished = Finished(())
        with contextlib.closing(experiment.events()) as events:
            for event in events:
                watching.take(event)
                if isinstance(event, Finished):
                    finished = event
                elif isinstance(event, Began | Measured) or time.monotonic() - told >= PERIOD:
                    told = time.monotonic()
                    self._emit(Seen(watching.seen))
        self._emit(Ended(watching.seen, finished.cancelled, finished.problem))
