"""Have the server end what runs on a connection, asked again until it has."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.connection import Connection

AGAIN = 0.1
"""Seconds between two requests: one that comes before a statement does, or between two, is lost."""


class Interruption:
    """`running()` on the connection's thread, once; `interrupt()` on any, which it does not hold up."""

    def __init__(self, connection: Connection) -> None:
        """Nothing is running yet."""
        self._cancellation = Cancellation(connection)
        self._ended = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Statements inside the block may be interrupted, and none after it."""
        try:
            with self._cancellation.running():
                yield
        finally:
            self._ended.set()

    def interrupt(self) -> None:
        """Have the statement that runs, and each after it, end; returns at once."""
        threading.Thread(target=self._insist, name="pgmem interruption", daemon=True).start()

    def _insist(self) -> None:
        while not self._ended.is_set():
            self._cancellation.cancel()
            self._ended.wait(AGAIN)
