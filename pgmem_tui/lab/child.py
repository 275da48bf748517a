"""The process that is measured: `python -m pgmem_tui.lab.child`.

One line of JSON on standard input says what to do, passwords included: unlike arguments and the environment
that a process starts with, nobody else can read it. It prepares, says `ready`, waits for a second line (so
that its baseline can be taken), runs, and reports events as lines of JSON on what was its standard output.
When standard input ends, whoever asked is gone: it cancels what runs on the server and ends.

Imports nothing that psycopg2 does not import anyway: whatever is imported here is part of the baseline.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable

import psycopg2

from pgmem_tui.lab import notes
from pgmem_tui.lab.channel import LONGEST_LINE, Channel, Connections, Lines, shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_NOTES = 10_000
"""Notes that are reported."""
PROGRESS = 0.05
"""Seconds between two reports of how far it is."""
TCP_RECEIVED = 128
"""Where `struct tcp_info` has `tcpi_bytes_received`, 64 bits wide."""
PROGRAM = "<program>"
"""What tracebacks call the file of a program."""


def problem_of(error: BaseException) -> dict[str, object]:
    """What went wrong, as the other end can rebuild it."""
    diag = getattr(error, "diag", None)
    traced, line = error.__traceback__, 0
    while traced is not None:
        if traced.tb_frame.f_code.co_filename == PROGRAM:
            line = traced.tb_lineno
        traced = traced.tb_next
    if isinstance(error, SyntaxError) and error.filename == PROGRAM:
        line = error.lineno or 0
    return {
        "kind": type(error).__name__,
        "message": shortened(getattr(diag, "message_primary", None) or str(error)),
        "sqlstate": getattr(error, "pgcode", None) or "",
        "detail": shortened(getattr(diag, "message_detail", None) or ""),
        "hint": shortened(getattr(diag, "message_hint", None) or ""),
        "line": line,
    }


def measured(run: Callable[[], object]) -> dict[str, object]:
    """Run it; returns how long it took and what went wrong, if anything did."""
    started = time.perf_counter()
    problem = None
    try:
        run()
    except SystemExit as error:
        if error.code not in (None, 0):
            problem = problem_of(error) | {"message": f"exit status {shortened(str(error.code))}"}
    except BaseException as error:
        problem = problem_of(error)
    return {"seconds": time.perf_counter() - started, "problem": problem}


class Program:
    """A program's text, run as `python program.py` would run it."""

    def __init__(self, job: dict[str, Any], channel: Channel, connections: Connections) -> None:
        for name in [name for name in os.environ if name in job["unset"]]:
            del os.environ[name]
        os.environ.update(job["environment"])
        sys.argv = [PROGRAM, *job["arguments"]]
        self._source: str = job["source"]
        self._others: dict[str, str] = job["others"]
        """What `connect("")` is to use and no variable can say: a key's passphrase, for one."""
        self._channel = channel
        self._notes = 0
        self._lines = Lines(channel)
        self._instrument(connections)

    def run(self) -> dict[str, object]:
        """Run it; returns how it ended."""
        sys.stdout = sys.stderr = self._lines
        notes.report_to(self._note)
        names = {"__name__": "__main__", "__file__": PROGRAM, "__builtins__": __builtins__}
        ended = measured(lambda: exec(compile(self._source, PROGRAM, "exec"), names))
        self._lines.finish()
        return ended

    def _note(self, name: str, value: notes.Value) -> None:
        self._notes += 1
        if self._notes <= MOST_NOTES:
            said = shortened(value) if isinstance(value, str) else value
            self._channel.say("noted", name=name[:LONGEST_LINE], value=said)

    def _instrument(self, connections: Connections) -> None:
        """Have psycopg2 tell of each connection which process of the server serves it."""
        connect = psycopg2.connect

        def telling(*arguments: Any, **keywords: Any) -> Any:
            said = arguments[0] if arguments else keywords.get("dsn")
            connection = connect(*arguments, **keywords if said else {**self._others, **keywords})
            connections.add(connection)
            self._channel.say("connected", pid=connection.info.backend_pid)
            return connection

        psycopg2.connect = telling


class Reading:
    """One of the lab's ways to read rows, on a connection that is made before the baseline is taken."""

    def __init__(self, job: dict[str, Any], channel: Channel, connections: Connections) -> None:
        from pgmem_tui.lab import ways

        self._way, self._takes = getattr(ways, job["way"]), job["takes"]
        self._take = self._weigh if job["weigh"] else self._see
        self._weight = 0
        self._channel = channel
        self.connection = psycopg2.connect(**job["parameters"])
        connections.add(self.connection)
        self.connection.set_client_encoding("UTF8")
        self.connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        self._begin(job["same_rows"])
        self._rows, self._before = 0, received(self.connection)
        self._first: float | None = None
        self._started = self._due = self._looked = 0.0
        self._look = self._step = 1
        """At which row to look at the clock, and how many rows after that again."""

    def run(self) -> dict[str, object]:
        """Read all of it; returns how that ended."""
        self._started = self._looked = time.perf_counter()
        self._due = self._started + PROGRESS
        ended = measured(lambda: self._way(self.connection, self._take, **self._takes))
        return {**ended, **self._figures()}

    def _see(self, row: object) -> None:
        self._rows += 1
        if self._rows >= self._look:
            self._look_at_clock()

    def _look_at_clock(self) -> None:
        """Report now and then: the first row at once, slow ones each, and of fast ones few."""
        now = time.perf_counter()
        first = self._first is None
        if first:
            self._first = now - self._started
        self._step = min(1024, 2 * self._step) if now - self._looked < PROGRESS / 10 else 1
        self._look, self._looked = self._rows + self._step, now
        if first or now >= self._due:
            self._due = now + PROGRESS
            self._channel.say("progress", **self._figures())

    def _weigh(self, line: bytes) -> None:
        self._weight += len(line)
        self._see(line)

    def _figures(self) -> dict[str, object]:
        nbytes = self._weight or received(self.connection) - self._before
        return {"rows": self._rows, "nbytes": nbytes, "first_row": self._first}

    def _begin(self, same_rows: list[tuple[str, int]]) -> None:
        """Begin a transaction in which every run sees the same rows, whatever was scanned before, and a long
        statement ends soon after this process did
        (https://www.postgresql.org/docs/current/runtime-config-connection.html).

        Args:
            same_rows: Settings, and the server's version from which there is each.
        """
        version = self.connection.info.server_version
        with self.connection.cursor() as cursor:
            if version >= 140000:
                try:
                    cursor.execute("SET LOCAL client_connection_check_interval = '2s'")
                except psycopg2.Error:  # the server's system cannot do it
                    self.connection.rollback()
            cursor.execute(
                "; ".join(f"SET LOCAL {setting}" for setting, since in same_rows if version >= since)
            )


def received(connection: Any) -> int:
    """Bytes that have come over a connection's socket: Linux counts them for TCP; elsewhere 0.

    https://man7.org/linux/man-pages/man7/tcp.7.html, TCP_INFO.
    """
    import socket

    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as copy:
            told = copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_RECEIVED + 8)
            return int.from_bytes(told[TCP_RECEIVED : TCP_RECEIVED + 8], sys.byteorder)
    except (OSError, AttributeError, psycopg2.Error):
        return 0


def main() -> None:
    """Do one job."""
    channel, connections = Channel(), Connections()
    job: dict[str, Any] = json.loads(channel.line())
    offer_to_the_kernel()
    go_to(job["folder"])
    task: Program | Reading
    try:
        task = (Reading if "way" in job else Program)(job, channel, connections)
    except psycopg2.Error as error:
        channel.say("ended", peak=notes.peak_rss(), seconds=0.0, problem=problem_of(error))
        os._exit(0)
    gc.collect()
    channel.say("ready", pid=task.connection.info.backend_pid if isinstance(task, Reading) else None)
    channel.line()
    channel.end_with(connections)
    ended = task.run()
    channel.say("ended", peak=notes.peak_rss(), **ended)
    connections.close()
    os._exit(0)  # freeing what is held takes seconds and shows nothing


def go_to(folder: str) -> None:
    """Be where files are named from, if that is still there."""
    try:
        os.chdir(folder)
    except OSError:
        return


def offer_to_the_kernel() -> None:
    """Let Linux end this process before any other, should the machine run out of memory after all.

    https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html
    """
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        return  # another system


if __name__ == "__main__":
    main()
