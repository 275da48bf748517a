"""The process that starts the demo server, and ends it when whoever asked for it is gone.

Run as a script of its own (`python -I -S keeper.py`), so it must import nothing but the standard library.
Its standard input is a pipe: one line of JSON says what to run, and the end of file says stop. The system
closes the pipe however the other process ends, SIGKILL included, so neither the server nor its directory
outlives it. Server and initdb are children of this process, so there is no moment at which they run
unwatched; on Linux they are told to end with it as well.

What happens is reported as lines of JSON on standard output: `{"event": "ready"}`, or `failed` with the log.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

LOG_TAIL = 4000
"""Bytes of the server's log that go into a report of failure."""
FAST, IMMEDIATE = 3.0, 6.0
"""Seconds given to a fast shutdown, and then to an immediate one."""
INITDB = 5.0
"""Seconds in which initdb may end by itself, after we were told to stop."""
_PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """The other end is gone, or somebody asked this process to end."""


class Keeper:
    """One server: its directory, its process and its end."""

    def __init__(self, job: dict[str, Any], wakeup: int) -> None:
        self.job = job
        self.directory: str = job["directory"]
        self.log = os.path.join(self.directory, "server.log")
        self.wakeup = wakeup
        self.child: subprocess.Popen[bytes] | None = None
        # Cut short, the servers that initdb runs would leave shared memory behind, which nobody removes.
        self.shutdown: list[tuple[int, float]] = [(0, INITDB)]
        self.created = False

    def run(self) -> None:
        """Start, wait for the end, and clean up, in whatever order things go wrong."""
        try:
            self.create_directory()
            self.spawn(self.job["initdb"], signal.SIGTERM)
            if self.wait(self.ended) != 0:
                return report("failed", step="initdb", log=self.log_tail())
            for secret in self.job["remove_after_initdb"]:
                os.unlink(os.path.join(self.directory, secret))
            self.spawn(self.job["postgres"], signal.SIGQUIT)
            self.shutdown = [(signal.SIGINT, FAST), (signal.SIGQUIT, IMMEDIATE)]
            if self.wait(self.ready_or_ended) != "ready":
                return report("failed", step="postgres", log=self.log_tail())
            report("ready")
            self.wait(self.ended)
            report("ended", log=self.log_tail())
        except Stopped:
            pass
        except OSError as error:
            report("failed", step="its keeper", log=f"{error}\n{self.log_tail()}")
        finally:
            self.clean_up()

    def create_directory(self) -> None:
        """Make the directory: ours, the server's own part of it the server's, and nobody else's."""
        uid, gid = self.job["uid"], self.job["gid"]
        os.mkdir(self.directory, 0o700)
        self.created = True
        # Held as long as we live; one that can be taken marks a directory as left over.
        self.lock = os.open(os.path.join(self.directory, "lock"), os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        data = os.path.join(self.directory, "data")
        os.mkdir(data, 0o700)
        for name, text in self.job["files"].items():
            path = os.path.join(self.directory, name)
            descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(text.encode("latin-1"))
            if uid is not None:
                os.chown(path, uid, gid)
        if uid is not None:
            os.chown(data, uid, gid)
            os.chown(self.directory, -1, gid)
            os.chmod(self.directory, 0o710)

    def spawn(self, command: list[str], death_signal: int) -> None:
        """Run a program as the server's user, in a session of its own, with its output in the log."""
        identity: dict[str, Any] = {}
        if self.job["uid"] is not None:
            identity = {"user": self.job["uid"], "group": self.job["gid"], "extra_groups": []}
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self.job["environment"],
                start_new_session=True,
                umask=0o077,
                preexec_fn=end_with_parent(death_signal),
                **identity,
            )

    def ended(self) -> int | None:
        """The child's exit code, once it has one."""
        return self.child.poll() if self.child else None

    def ready_or_ended(self) -> str | None:
        """Whether the server takes connections: its lock file says so in the last line.

        https://www.postgresql.org/docs/current/storage-file-layout.html (postmaster.pid)
        """
        if self.ended() is not None:
            return "ended"
        try:
            with open(os.path.join(self.directory, "data", "postmaster.pid"), errors="replace") as file:
                lines = file.read().split("\n")
        except OSError:
            return None
        return "ready" if len(lines) > 7 and lines[7].strip() == "ready" else None

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Wait until a condition gives something, or until told to stop."""
        interval = 0.01 if condition == self.ready_or_ended else None
        while True:
            outcome = condition()
            if outcome is not None:
                return outcome
            readable, _, _ = select.select([0, self.wakeup], [], [], interval)
            if 0 in readable and not os.read(0, 4096):
                raise Stopped
            if self.wakeup in readable and signal.SIGTERM in os.read(self.wakeup, 4096):
                raise Stopped

    def log_tail(self) -> str:
        """The end of the log."""
        try:
            with open(self.log, "rb") as file:
                file.seek(max(0, os.path.getsize(self.log) - LOG_TAIL))
                return file.read().decode(errors="replace")
        except OSError:
            return ""

    def clean_up(self) -> None:
        """Stop what runs, ever less politely, and remove the directory."""
        child = self.child
        if child and child.poll() is None:
            for number, seconds in self.shutdown:
                if number:
                    child.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(seconds)
                    break
            else:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        deadline = time.monotonic() + 10
        while self.created and os.path.lexists(self.directory) and time.monotonic() < deadline:
            # A backend that saw its postmaster die may write once more while we delete.
            shutil.rmtree(self.directory, ignore_errors=True)
            if os.path.lexists(self.directory):
                time.sleep(0.05)


def end_with_parent(number: int) -> Callable[[], None] | None:
    """What makes Linux send a new process this signal when its parent ends; elsewhere there is no such thing.

    The kernel forgets it when a process changes its user: subprocess calls this after it did.
    """
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def report(event: str, **details: str) -> None:
    """Tell the other end; it may be gone."""
    with contextlib.suppress(OSError):
        os.write(1, json.dumps({"event": event, **details}).encode() + b"\n")


def read_job() -> dict[str, Any] | None:
    """The line that says what to do, or None if the other end is gone before it came."""
    line = b""
    while not line.endswith(b"\n"):
        chunk = os.read(0, 65536)
        if not chunk:
            return None
        line += chunk
    job: dict[str, Any] = json.loads(line)
    return job


def main() -> None:
    """Do one job."""
    wakeup, notify = os.pipe()
    os.set_blocking(notify, False)
    signal.set_wakeup_fd(notify, warn_on_full_buffer=False)
    # Handlers, not SIG_IGN: programs that we run would inherit that.
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    job = read_job()
    if job is not None:
        Keeper(job, wakeup).run()


if __name__ == "__main__":
    main()
