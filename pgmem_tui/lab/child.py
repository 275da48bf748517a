"""The process that is measured: `python -m pgmem_tui.lab.child`.

One line of JSON on standard input says what to do, passwords included: unlike arguments and the environment
that a process starts with, nobody else can read it. It prepares, says `ready`, waits for a second line (so
that its baseline can be taken), runs, and reports events as lines of JSON on what was its standard output.
When standard input ends, whoever asked is gone: it cancels what runs on the server and ends.

Imports nothing that psycopg2 does not import anyway: whatever is imported here is part of the baseline.
"""

from __future__ import annotations

import _thread
import gc
import io
import json
import os
import sys
import time
import weakref
from collections.abc import Callable

import psycopg2

from pgmem_tui.lab import notes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST_LINE = 1000
"""Characters of a printed line, or of a noted text, that are reported."""
MOST_LINES = 1000
"""Printed lines that are reported."""
MOST_NOTES = 10_000
"""Notes that are reported."""
PROGRAM = "<program>"
"""What tracebacks call the file of a program."""


class Channel:
    """Both directions to whoever asked, out of the reach of what runs here."""

    def __init__(self) -> None:
        self._in, self._out = os.dup(0), os.dup(1)
        self._rest = b""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)

    def say(self, event: str, **fields: object) -> None:
        """Report an event; ends the process if nobody listens any more."""
        line = json.dumps({"event": event, **fields}).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._out, line) :]
        except OSError:
            os._exit(1)

    def line(self) -> bytes:
        """The next line that was sent here; ends the process if there is none."""
        while b"\n" not in self._rest:
            chunk = os.read(self._in, 65536)
            if not chunk:
                os._exit(1)
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def end_with(self, connections: Connections) -> None:
        """Cancel and end, from a thread of its own, once the other end is gone."""

        def watch() -> None:
            while os.read(self._in, 4096):
                pass
            connections.cancel()
            os._exit(1)

        _thread.start_new_thread(watch, ())


class Connections:
    """What has been opened here, without keeping it open."""

    def __init__(self) -> None:
        self._opened: list[weakref.ref[Any]] = []

    def add(self, connection: Any) -> None:
        """Remember one."""
        self._opened.append(weakref.ref(connection))

    def cancel(self) -> None:
        """Have the server stop what it does for them."""
        for connection in self._open():
            try:
                connection.cancel()
            except psycopg2.Error:
                continue  # it is gone, or its server is

    def close(self) -> None:
        """Close those that are still open."""
        for connection in self._open():
            try:
                connection.close()
            except psycopg2.Error:
                continue

    def _open(self) -> list[Any]:
        alive = (reference() for reference in self._opened)
        return [connection for connection in alive if connection is not None and not connection.closed]


class Lines(io.TextIOBase):
    """Standard output of a program: whole lines, some of each, and not without end."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._begun = ""
        self._count = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str, /) -> int:
        """Report the lines that this completes."""
        *whole, rest = (self._begun + text if "\n" in text else text).split("\n")
        if whole:
            for line in whole:
                self._say(line)
            self._begun = ""
        self._begun = (self._begun + rest)[: LONGEST_LINE + 1]
        return len(text)

    def finish(self) -> None:
        """Report what no line break ended, and how many lines were left out."""
        if self._begun:
            self._say(self._begun)
        if self._count > MOST_LINES:
            self._channel.say("printed", line=f"… and {self._count - MOST_LINES} more lines")

    def _say(self, line: str) -> None:
        self._count += 1
        if self._count <= MOST_LINES:
            self._channel.say("printed", line=shortened(line))


def shortened(text: str) -> str:
    """A text that is not longer than reported."""
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"


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
            connection = connect(*arguments, **keywords)
            connections.add(connection)
            self._channel.say("connected", pid=connection.info.backend_pid)
            return connection

        psycopg2.connect = telling


def main() -> None:
    """Do one job."""
    channel, connections = Channel(), Connections()
    job: dict[str, Any] = json.loads(channel.line())
    offer_to_the_kernel()
    task = Program(job, channel, connections)
    gc.collect()
    channel.say("ready")
    channel.line()
    channel.end_with(connections)
    ended = task.run()
    channel.say("ended", peak=notes.peak_rss(), **ended)
    connections.close()
    os._exit(0)  # freeing what is held takes seconds and shows nothing


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
