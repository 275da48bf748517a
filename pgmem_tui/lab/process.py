"""One run in a process of its own, watched from outside and ended whatever happens.

run = Run(ProgramJob(settings, source), cap=512 << 20)
for event in run.events():
    …
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import subprocess
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import psycopg2

from pgmem_tui.lab import launching
from pgmem_tui.lab.events import (
    Connected,
    Ended,
    Event,
    Job,
    ModeJob,
    Noted,
    Outcome,
    Printed,
    ProgramJob,
    Progress,
    Ready,
    Sampled,
)
from pgmem_tui.lab.observer import Observer
from pgmem_tui.lab.record import Record
from pgmem_tui.lab.sampling import INTERVAL, Sampler
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.settings import ConnectionSettings

__all__ = [
    "Connected",
    "Ended",
    "Event",
    "Job",
    "ModeJob",
    "Noted",
    "Outcome",
    "Printed",
    "ProgramJob",
    "Progress",
    "Ready",
    "Run",
    "Sampled",
]

MOST_UNREAD = 1 << 20
"""Bytes of an event's line, at most."""
START = 60.0
"""Seconds until it has to be ready, connected and all."""


class Run:
    """A job, run once. `events` is for one thread; `cancel` may be called from any."""

    def __init__(self, job: Job, cap: int | None = None) -> None:
        """Nothing happens yet.

        Args:
            job: What to run.
            cap: Bytes of RSS at which it is killed; None for no cap.
        """
        self._job, self._cap = job, cap
        self._name = application_name(job.settings)
        self._record = Record(job)
        self._observer: Observer | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._sampler: Sampler | None = None
        self._lock = threading.Lock()
        """For the two ends of a pipe."""
        self._wake = self._notify = -1
        self._cancelled = False
        self._launched = time.monotonic()
        self._begun: float | None = None
        self._unread = b""

    def start(self) -> None:
        """Connect the observer and start the process; `events` does that, unless it was done before.

        What goes wrong is told by the events.
        """
        if self._process is not None or self._record.over:
            return
        with self._lock:
            self._wake, self._notify = os.pipe()
            os.set_blocking(self._notify, False)
        try:
            self._observer = Observer(self._job.settings, self._name)
            self._launched = time.monotonic()
            self._process = launching.start(self._job, self._name)
            self._sampler = Sampler(self._process.pid)
        except psycopg2.Error as error:
            self._end(problem=explain(error, self._job.settings))
        except OSError as error:
            self._end(problem=Problem(f"a process could not be started: {error}"))

    def events(self) -> Generator[Event, None, None]:
        """What happens, as it happens, every 5 ms at least; the last is `Ended`. Blocks in between.

        Whoever stops iterating ends the run.
        """
        try:
            self.start()
            while not self._record.over:
                yield from self._step()
            self.close()
            yield Ended(self._record.outcome)
        finally:
            self.close()

    def cancel(self) -> None:
        """Have it killed soon; the last event says that it was cancelled. Never blocks."""
        with self._lock:
            self._cancelled = True
            if self._notify >= 0:
                with contextlib.suppress(BlockingIOError):
                    os.write(self._notify, b"c")

    def close(self) -> None:
        """End the process and its sessions, if they are still there. Twice does no harm."""
        if not self._record.over:
            self._end(cancelled=True)
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                pipe.close()
        observer, self._observer = self._observer, None
        if observer is not None:
            with contextlib.suppress(psycopg2.Error):
                observer.end_sessions()
                self._record.add(temp_bytes=observer.temp_bytes())
            observer.close()
        with self._lock:
            for descriptor in (self._wake, self._notify):
                if descriptor >= 0:
                    os.close(descriptor)
            self._wake = self._notify = -1

    def _step(self) -> Iterator[Event]:
        """Wait for an event, but not longer than until the next sample."""
        assert self._process is not None and self._process.stdout is not None
        assert self._sampler is not None
        stdout = self._process.stdout.fileno()
        readable, _, _ = select.select([stdout, self._wake], [], [], INTERVAL)
        if self._cancelled:
            self._end(cancelled=True)
            return
        if stdout in readable:
            yield from self._read(stdout)
        if not self._record.over and self._sampler.look():
            if self._begun is not None:
                yield Sampled(self._seconds(), self._sampler.rss, self._sampler.uss, self._sampler.backend)
            self._check_limits(self._process, self._sampler)

    def _check_limits(self, process: subprocess.Popen[bytes], sampler: Sampler) -> None:
        if self._cap is not None and sampler.rss >= self._cap:
            peak = sampler.own_peak()
            _kill(process)
            self._end(killed_at_cap=True, peak_rss=peak)
        elif self._begun is None:
            if time.monotonic() - self._launched > START:
                self._end(problem=Problem(f"it was not ready after {START:.0f} seconds"))
        elif self._job.timeout is not None and self._seconds() > self._job.timeout:
            self._end(timed_out=True, peak_rss=sampler.own_peak())

    def _read(self, stdout: int) -> Iterator[Event]:
        chunk = os.read(stdout, 1 << 16)
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        for line in lines:
            yield from self._take(json.loads(line))
        if not self._record.over and (not chunk or len(self._unread) > MOST_UNREAD):
            self._end(problem=Problem(f"the process ended without a word, with {self._status()}"))

    def _take(self, said: dict[str, Any]) -> Iterator[Event]:
        if self._record.over:
            return
        if said["event"] == "ready":
            yield self._ready(said["pid"])
        elif said["event"] == "connected":
            self._watch(said["pid"])
            yield Connected(said["pid"])
        elif said["event"] == "ended":
            self._end(**self._record.take_end(said))
            if "rows" in said:
                yield self._record.progress(said)
        else:
            yield self._record.take(said)

    def _ready(self, backend_pid: int | None) -> Ready:
        assert self._sampler is not None and self._process is not None
        if backend_pid is not None:
            self._watch(backend_pid)
        sampler = self._sampler
        sampler.begin()
        self._record.add(baseline=sampler.rss, baseline_uss=sampler.uss, backend_baseline=sampler.backend)
        launching.send(self._process, b"go\n")
        self._begun = time.monotonic()
        return Ready(self._process.pid, backend_pid, sampler.rss)

    def _watch(self, backend_pid: int) -> None:
        assert self._observer is not None and self._sampler is not None
        with contextlib.suppress(psycopg2.Error):
            backend = self._observer.backend(backend_pid)
            if backend is not None:
                self._sampler.watch(backend)

    def _status(self) -> str:
        assert self._process is not None
        _kill(self._process)  # it closed its end, whatever it does now
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"status {code}"

    def _seconds(self) -> float:
        """Since it began; 0 before."""
        return time.monotonic() - self._begun if self._begun is not None else 0.0

    def _end(self, **values: Any) -> None:
        """It is known how it ended: nothing is read or sampled any more."""
        self._record.end(self._sampler, self._seconds(), **values)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill it with all that it has started, which may hold its connections: they are a group of their own."""
    if process.returncode is None:  # once it was waited for, the number may be somebody else's
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def application_name(settings: ConnectionSettings) -> str:
    """A name by which the server's sessions of one run are found: no other has it."""
    # The server cuts names at 63 bytes and rewrites what is not ASCII.
    said = "".join(character for character in settings.application_name if " " <= character <= "~")
    return f"{said[:40] or 'pgmem-tui'} lab {secrets.token_hex(6)}"
