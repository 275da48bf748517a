"""Cancel what runs on a connection from another thread, and never the statement after it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pgmem_tui.postgres import cancel_request
from pgmem_tui.postgres.connection import Connection


class Cancellation:
    """Guards one connection: `running()` on its own thread, `cancel()` on any other.

    A cancel request names a session, not a statement
    (https://www.postgresql.org/docs/current/libpq-cancel.html), so it is sent only while a
    statement runs, and no other can begin before it has been delivered.
    """

    def __init__(self, connection: Connection) -> None:
        """Nothing is running yet."""
        self._connection = connection
        self._lock = threading.Lock()
        self._running: int | None = None

    @contextmanager
    def running(self, number: int = 0) -> Iterator[None]:
        """Statements inside the block may be cancelled, by the number of what they serve."""
        with self._lock:
            self._running = number
        try:
            yield
        finally:
            with self._lock:
                self._running = None

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """Statements inside the block, which are short, are not cancelled."""
        with self._lock:
            running, self._running = self._running, None
        try:
            yield
        finally:
            with self._lock:
                self._running = running

    def cancel(self, number: int = 0) -> bool:
        """Ask the server to stop what runs under that number; False if nothing does.

        Waits for the server's word.
        """
        with self._lock:
            if self._running != number or self._connection.closed:
                return False
            return cancel_request.send(self._connection)
