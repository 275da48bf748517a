"""Records a terminal's output: takes it in at once, and writes it on a thread of its own.

Only output is recorded, never a key: passwords are typed, and shown as dots.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from pgmem_tui.cast.file import CastFile
from pgmem_tui.cast.sequences import shown
from pgmem_tui.display.quantities import clock, nbytes

PENDING = 8 * 2**20
"""Bytes of memory that output may take until it is written; with more, the recording stops."""
FLUSH = 0.2
"""Seconds that output waits for more, so that a stream of rows is few writes. A kill loses no more."""
_PIECE = 64 * 1024
"""Bytes from which lines are written without waiting for more."""
_FRAME = 0.005
"""Seconds in which pieces of output are one event: Textual sends a frame in three."""

Size = tuple[int, int]
"""Columns and lines."""


class Outcome(NamedTuple):
    """What there is in the end; as a text, a sentence about it."""

    name: str
    """The file's."""
    nbytes: int
    """Of the file; 0 if there is none."""
    seconds: float
    """That a replay takes."""
    problem: str
    """Why it ends before the session does; empty if it does not."""

    def __str__(self) -> str:
        why = f"the recording ended early: {self.problem}"
        if not self.nbytes:
            return why if self.problem else "nothing was shown, and nothing recorded"
        what = f"recorded {clock(self.seconds)}, {nbytes(self.nbytes)}, in {self.name}"
        about = "it has all that the screen showed, rows too, and no keys"
        return f"{what}; {why if self.problem else about}"


class _Event:
    """A line of the file, until it is written."""

    def __init__(self, at: float, code: str, text: str) -> None:
        self.at, self.code, self.parts = at, code, [text]

    def line(self) -> bytes:
        return _line([round(self.at, 6), self.code, "".join(self.parts)])


class Recorder:
    """One recording, from the first output to `close`. Any thread may call anything."""

    def __init__(self, name: str, *, force: bool = False) -> None:
        """Make the file; nothing is in it yet.

        Args:
            name: The file's path.
            force: Whether a file of that name may be replaced.

        Raises:
            CastError: The file cannot be made, or must not be.
        """
        self.name = name
        self.on_trouble: Callable[[str], object] = lambda why: None
        """Told once, on the recorder's thread, if nothing more can be recorded, and why."""
        self._file = CastFile(name, force=force)
        self._news = threading.Condition()
        self._header = b""
        self._pending: list[_Event] = []
        self._nbytes = 0
        """Bytes of memory that the pending texts take."""
        self._began = self._last = 0.0
        self._size: Size = (0, 0)
        self._closing = False
        self._problem = ""
        self._thread = threading.Thread(target=self._run, name="pgmem recorder", daemon=True)

    def output(self, text: str, size: Size) -> None:
        """Record what the terminal is sent. Takes microseconds, and never waits for the disk.

        Args:
            text: Text and whole sequences.
            size: Columns and lines of the terminal now.
        """
        text = shown(text)
        with self._news:
            if not text or self._closing or self._problem:
                return
            now = time.monotonic()
            if not self._began:
                self._began, self._size = now, size
                self._header = header(size, time.time())
                self._thread.start()
            at = now - self._began
            if size != self._size:
                self._size = size
                self._add(_Event(at, "r", f"{size[0]}x{size[1]}"), 0)
            self._add(_Event(at, "o", text), sys.getsizeof(text))
            self._last = at
            self._news.notify()

    def _add(self, event: _Event, nbytes: int) -> None:
        before = self._pending[-1] if self._pending else None
        if before is not None and before.code == event.code == "o" and event.at - before.at < _FRAME:
            before.parts += event.parts
        else:
            self._pending.append(event)
        self._nbytes += nbytes
        if self._nbytes > PENDING:
            self._pending.clear()
            self._problem = "it is written too slowly"

    def close(self, timeout: float) -> Outcome:
        """Write what is left, waiting `timeout` seconds at most; say what there is."""
        with self._news:
            self._closing = True
            self._news.notify()
        if not self._began:
            self._file.close()
            return Outcome(self.name, 0, 0.0, "")
        self._thread.join(timeout)
        slow = "the last of it could not be written in time" if self._thread.is_alive() else ""
        return Outcome(self.name, self._file.nbytes, self._last, self._problem or slow)

    # -- on the recorder's thread ----------------------------------------------------------------

    def _run(self) -> None:
        while self._write(self._next()):
            pass
        self._file.close()
        if self._problem:
            self.on_trouble(self._problem)

    def _next(self) -> list[_Event]:
        """Wait for output, and a moment more for what comes with it."""
        with self._news:
            self._news.wait_for(self._something)
            self._news.wait_for(lambda: self._closing or self._problem or self._nbytes > _PIECE, FLUSH)
            taken, self._pending, self._nbytes = self._pending, [], 0
            return taken

    def _something(self) -> bool:
        return bool(self._pending or self._closing or self._problem)

    def _write(self, events: list[_Event]) -> bool:
        """Write some events; return whether there may be more."""
        try:
            lines, self._header = bytearray(self._header), b""
            for event in events:
                lines += event.line()
                if len(lines) >= _PIECE:
                    self._file.append(bytes(lines))
                    lines.clear()
            if lines:
                self._file.append(bytes(lines))
        except OSError as error:
            with self._news:
                self._problem = error.strerror or str(error)
                self._pending.clear()
        with self._news:
            return not self._problem and bool(self._pending or not self._closing)


def header(size: Size, at: float) -> bytes:
    """The first line of a recording.

    Args:
        size: Columns and lines of the terminal.
        at: When it begins, in seconds since the epoch.
    """
    terminal = os.environ.get("TERM")
    about = {"version": 2, "width": size[0], "height": size[1], "timestamp": int(at), "title": "pgmem-tui"}
    return _line({**about, "env": {"TERM": terminal}} if terminal else about)


def _line(value: object) -> bytes:
    """One line of JSON in UTF-8. A lone surrogate, which has none, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).encode("utf-8", "replace") + b"\n"
