"""What the measured process has to do with whoever asked for it. Imports what psycopg2 does, and no more."""

from __future__ import annotations

import _thread
import io
import json
import os
import weakref

import psycopg2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST_LINE = 1000
"""Characters of a printed line, or of a noted text, that are reported."""
MOST_LINES = 1000
"""Printed lines that are reported."""
_SIGKILL = 9


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
            if os.getpgrp() == os.getpid():
                os.killpg(0, _SIGKILL)  # what a program has started may hold its connections
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
