"""What really goes over a connection: a relay that keeps each Query message of its clients."""

from __future__ import annotations

import socket
import struct

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import Relay


class Heard(list[str]):
    """The texts of one connection's Query messages."""

    name = ""
    """Its application_name."""


class Wiretap(Relay):
    """Keeps the text of each Query message, by connection, in the order in which they came.

    https://www.postgresql.org/docs/current/protocol-message-formats.html
    """

    def __init__(self, upstream: ConnectionSettings) -> None:
        super().__init__(upstream)
        self.connections: list[Heard] = []

    def _pump(self, source: socket.socket, sink: socket.socket, late: bool) -> None:
        if not late:
            heard = Heard()
            self.connections.append(heard)
            sink = _Tap(sink, heard)  # type: ignore[assignment]  # all that is called of it
        super()._pump(source, sink, late)


class _Tap:
    """A socket's writing end."""

    def __init__(self, sink: socket.socket, heard: Heard) -> None:
        self._sink, self._heard = sink, heard
        self._data = b""
        self._began = False

    def sendall(self, data: bytes) -> None:
        self._data += data
        while self._message():
            pass
        self._sink.sendall(data)

    def shutdown(self, how: int) -> None:
        self._sink.shutdown(how)

    def _message(self) -> bool:
        head = 1 if self._began else 0  # the first one has no letter
        if len(self._data) < head + 4:
            return False
        end = head + int(struct.unpack("!i", self._data[head : head + 4])[0])
        if len(self._data) < end:
            return False
        kind, body, self._data = self._data[:head], self._data[head + 4 : end], self._data[end:]
        if kind == b"Q":
            self._heard.append(body[:-1].decode("utf-8", "surrogateescape"))
        if not kind and b"application_name\0" in body:
            self._heard.name = body.partition(b"application_name\0")[2].partition(b"\0")[0].decode()
        self._began = True
        return True
