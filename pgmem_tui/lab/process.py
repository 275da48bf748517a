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
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
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
from pgmem_tui.lab.notes import Value
from pgmem_tui.lab.observer import Observer, try_to_connect
from pgmem_tui.lab.sampling import INTERVAL, Sampler
from pgmem_tui.postgres.advice import SQLSTATE_ADVICE
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.settings import ConnectionSettings, redact

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
_START = 60.0
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
        self._observer: Observer | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._sampler: Sampler | None = None
        self._wake, self._notify = os.pipe()
        self._launched = 0.0
        self._begun: float | None = None
        self._unread = b""
        self._outcome = Outcome()
        self._notes: dict[str, Value] = {}
        self._printed: list[str] = []
        self._over = False

    def start(self) -> None:
        """Connect the observer and start the process; `events` does that, unless it was done before.

        What goes wrong is told by the events.
        """
        if self._process is not None or self._over:
            return
        found = try_to_connect(self._job.settings, self._name)
        if isinstance(found, psycopg2.Error):
            self._end(problem=explain(found, self._job.settings))
            return
        self._observer = found
        try:
            self._launched = time.monotonic()
            self._process = launching.start(self._job, self._name)
            self._sampler = Sampler(self._process.pid)
        except OSError as error:
            self._end(problem=Problem(f"a process could not be started: {error}"))

    def events(self) -> Iterator[Event]:
        """What happens, as it happens, every 5 ms at least; the last is `Ended`. Blocks in between.

        Whoever stops iterating ends the run.
        """
        try:
            self.start()
            while not self._over:
                yield from self._step()
            self.close()
            yield Ended(replace(self._outcome, notes=dict(self._notes), printed=tuple(self._printed)))
        finally:
            self.close()

    def cancel(self) -> None:
        """Have it killed soon; the last event says that it was cancelled. Never blocks."""
        with contextlib.suppress(OSError):
            os.write(self._notify, b"c")

    def close(self) -> None:
        """End the process and its sessions, if they are still there. Twice does no harm."""
        self._over = True
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
        observer, self._observer = self._observer, None
        if observer is not None:
            with contextlib.suppress(psycopg2.Error):
                observer.end_sessions()
                self._outcome = replace(self._outcome, temp_bytes=observer.temp_bytes())
            observer.close()
        if self._wake >= 0:
            wake, notify, self._wake, self._notify = self._wake, self._notify, -1, -1
            os.close(wake)
            os.close(notify)

    def _step(self) -> Iterator[Event]:
        """Wait for an event, but not longer than until the next sample."""
        assert self._process is not None and self._process.stdout is not None
        assert self._sampler is not None
        stdout = self._process.stdout.fileno()
        readable, _, _ = select.select([stdout, self._wake], [], [], INTERVAL)
        if self._wake in readable:
            self._end(cancelled=True)
            return
        if stdout in readable:
            yield from self._read(stdout)
        if not self._over and self._sampler.look():
            if self._begun is not None:
                yield self._sampled()
            self._check_limits()

    def _sampled(self) -> Sampled:
        assert self._sampler is not None and self._begun is not None
        sampler = self._sampler
        return Sampled(time.monotonic() - self._begun, sampler.rss, sampler.uss, sampler.backend)

    def _check_limits(self) -> None:
        assert self._sampler is not None and self._observer is not None
        if self._cap is not None and self._sampler.rss >= self._cap:
            assert self._process is not None
            own_peak = self._sampler.own_peak()
            self._process.kill()
            self._end(killed_at_cap=True, peak_rss=own_peak)
        elif self._begun is None:
            if time.monotonic() - self._launched > _START:
                self._end(problem=Problem(f"it was not ready after {_START:.0f} seconds"))
        elif self._job.timeout is not None and time.monotonic() - self._begun > self._job.timeout:
            self._end(timed_out=True, peak_rss=self._sampler.own_peak())

    def _read(self, stdout: int) -> Iterator[Event]:
        chunk = os.read(stdout, 1 << 16)
        self._unread += chunk
        *lines, self._unread = self._unread.split(b"\n")
        for line in lines:
            yield from self._take(json.loads(line))
        if not self._over and (not chunk or len(self._unread) > MOST_UNREAD):
            self._end(problem=Problem(f"the process ended without a word: {self._status()}"))

    def _status(self) -> str:
        assert self._process is not None
        self._process.kill()  # it closed its end, whatever it does now
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"status {code}"

    def _take(self, said: dict[str, Any]) -> Iterator[Event]:
        kind = said["event"]
        if kind == "ready":
            yield self._ready(said)
        elif kind == "connected":
            self._watch(said["pid"])
            yield Connected(said["pid"])
        elif kind == "noted":
            self._notes[said["name"]] = said["value"]
            yield Noted(said["name"], said["value"])
        elif kind == "printed":
            line = redact(said["line"], self._job.settings)
            self._printed.append(line)
            yield Printed(line)
        elif kind == "progress":
            progress = Progress(said["rows"], said["nbytes"], said["round_trips"])
            self._remember(**vars(progress), first_row_seconds=said["first_row"])
            yield progress
        elif kind == "ended":
            self._ended(said)

    def _ready(self, said: dict[str, Any]) -> Ready:
        assert self._sampler is not None and self._process is not None
        pid = said.get("pid")
        if pid is not None:
            self._watch(pid)
        self._sampler.forget()
        self._sampler.look()
        sampler = self._sampler
        self._remember(baseline=sampler.rss, baseline_uss=sampler.uss, backend_baseline=sampler.backend)
        launching.send(self._process, b"go\n")
        self._begun = time.monotonic()
        return Ready(self._process.pid, pid, sampler.rss)

    def _watch(self, pid: int) -> None:
        assert self._observer is not None and self._sampler is not None
        with contextlib.suppress(psycopg2.Error):
            backend = self._observer.backend(pid)
            if backend is not None:
                self._sampler.watch(backend)

    def _ended(self, said: dict[str, Any]) -> None:
        found = said["problem"]
        self._remember(**{key: said[key] for key in ("rows", "nbytes", "round_trips") if key in said})
        self._end(
            peak_rss=said["peak"],
            seconds=said["seconds"],
            first_row_seconds=said.get("first_row"),
            problem=_problem(found, self._job.settings) if found else None,
            problem_line=found["line"] if found else 0,
        )

    def _remember(self, **values: Any) -> None:
        self._outcome = replace(self._outcome, **values)

    def _end(self, **values: Any) -> None:
        """The outcome is known; nothing is read or sampled any more."""
        self._over = True
        self._remember(**values)
        if self._sampler is not None:
            sampler = self._sampler
            peak = max(self._outcome.peak_rss, sampler.peak_rss)
            self._remember(peak_rss=peak, peak_uss=sampler.peak_uss, backend_peak=sampler.peak_backend)
        if not self._outcome.seconds and self._begun is not None:
            self._remember(seconds=time.monotonic() - self._begun)


def application_name(settings: ConnectionSettings) -> str:
    """A name by which the server's sessions of one run are found: no other has it."""
    # The server cuts names at 63 bytes and rewrites what is not ASCII.
    said = "".join(character for character in settings.application_name if " " <= character <= "~")
    return f"{said[:40] or 'pgmem-tui'} lab {secrets.token_hex(6)}"


def _problem(said: dict[str, Any], settings: ConnectionSettings) -> Problem:
    state = said["sqlstate"]
    message = said["message"] if state else f"{said['kind']}: {said['message']}"
    return Problem(
        message=redact(message, settings),
        sqlstate=state,
        detail=redact(said["detail"], settings),
        hint=redact(said["hint"], settings),
        advice=SQLSTATE_ADVICE.get(state, ""),
    )
