"""The terminal's end of a pseudo-terminal: a thread that reads, stamps, answers queries, and nothing else."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import struct
import termios
import threading
import time
from typing import Any, NamedTuple

now = time.perf_counter

_MODE_QUERY = re.compile(rb"\x1b\[\?(\d+)\$p")
_KNOWN_MODES = {2026: 2}
"""Answers to DECRQM: synchronised output is known and off, others are not known."""
_PARTIAL_QUERY = 12
"""Bytes in which the beginning of a query fits."""


class Chunk(NamedTuple):
    """Output as it came; the kernel hands out 4 kB at most."""

    stamp: float
    """Of `time.perf_counter()`."""
    data: bytes


class PseudoTerminal:
    """Keeps all that is sent to it."""

    def __init__(self, columns: int, lines: int, answers: bool) -> None:
        """Open it.

        Args:
            columns: Its width, in cells.
            lines: Its height.
            answers: Whether it answers queries, as a modern terminal does.
        """
        self.chunks: list[Chunk] = []
        self.ended = False
        """Whether no process has the other end open any more."""
        self._answers = answers
        self._news = threading.Condition()
        self._master, self.program_end = os.openpty()
        self._wake_read, self._wake = os.pipe()
        self.set_size(columns, lines)
        self._reader = threading.Thread(target=self._read, daemon=True)

    def start(self) -> None:
        """Leave the other end to the program, and read."""
        os.close(self.program_end)
        self._reader.start()

    @property
    def attributes(self) -> list[Any]:
        """What `termios.tcgetattr` says about it."""
        return termios.tcgetattr(self._master)

    def set_size(self, columns: int, lines: int) -> None:
        """Change its size; the kernel sends SIGWINCH."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def write(self, keys: bytes) -> None:
        """Type something."""
        os.write(self._master, keys)

    def close(self) -> None:
        """Hang up, as a lost SSH connection does. Twice does no harm."""
        if self._wake >= 0:
            os.close(self._wake)  # a pending read would keep the terminal open
            self._reader.join(5)
            os.close(self._wake_read)
            os.close(self._master)
            self._wake = -1

    def wait_more(self, count: int, timeout: float) -> bool:
        """Wait until there are more than `count` chunks, or there will be no more; return which."""
        with self._news:
            self._news.wait_for(lambda: self.ended or len(self.chunks) > count, max(0.0, timeout))
            return len(self.chunks) > count

    def wait_quiet(self, seconds: float, timeout: float) -> bool:
        """Wait until nothing has come for some seconds; return whether that happened."""
        deadline = now() + timeout
        while self.wait_more(len(self.chunks), seconds):
            if now() > deadline:
                return False
        return True

    def _read(self) -> None:
        tail = b""
        while True:
            readable, _, _ = select.select([self._master, self._wake_read], [], [])
            data = b""
            if self._wake_read not in readable:
                with contextlib.suppress(OSError):  # EIO: the program's end is closed
                    data = os.read(self._master, 1 << 16)
            stamp = now()
            with self._news:
                if data:
                    self.chunks.append(Chunk(stamp, data))
                self.ended = not data
                self._news.notify_all()
            if not data:
                return
            tail = self._reply(tail + data)

    def _reply(self, data: bytes) -> bytes:
        """Answer the queries in it; return what may be the beginning of another."""
        end = 0
        for match in _MODE_QUERY.finditer(data):
            end = match.end()
            if self._answers:
                mode = int(match[1])
                self.write(b"\x1b[?%d;%d$y" % (mode, _KNOWN_MODES.get(mode, 0)))
        return data[end:][-_PARTIAL_QUERY:]
