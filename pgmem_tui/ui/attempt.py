"""One attempt to connect, on a thread of its own, so that the screen never waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pgmem_tui.postgres.settings import ConnectionSettings, expected, target

if TYPE_CHECKING:
    from pgmem_tui.postgres.connection import ServerInfo

Connector = Callable[[ConnectionSettings], "ServerInfo"]
"""Connects, says what it found, and closes the connection again; may take any time."""


def probe(settings: ConnectionSettings) -> ServerInfo:
    """Connect, look, and close: the session that reads rows opens its own connection, on its own thread.

    Raises:
        psycopg2.Error: With libpq's or the server's own sentence.
    """
    # psycopg2 takes 30 ms to import; the form is on the screen meanwhile.
    from pgmem_tui.postgres.connection import connect, server_info

    connection = connect(settings, "connect")
    try:
        return server_info(connection)
    finally:
        connection.close()


class Attempt:
    """Runs a connector once. Whoever loses interest just forgets it: the thread ends by itself.

    A daemon thread, because neither libpq's connect nor a look-up of a host can be interrupted, and the
    program must be able to end meanwhile.
    """

    def __init__(self, settings: ConnectionSettings, purpose: str, connector: Connector) -> None:
        """Nothing starts yet.

        Args:
            settings: Whom to connect to.
            purpose: What for; kept for the one who waits.
            connector: Called on the thread.
        """
        self.settings = settings
        self.purpose = purpose
        self.target = target(settings)
        self.limit = _limit(settings)
        """Seconds after which waiting makes no sense; infinite where the user said so."""
        self.info: ServerInfo | None = None
        """What was found; set on the thread before `done` is called."""
        self.error: Exception | None = None
        """What was raised instead."""
        self.ended = 0.0
        """Seconds that it took."""
        self._connector = connector
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._started

    @property
    def overdue(self) -> bool:
        """Whether its time is up. (libpq's timeout is for each address, and not for looking it up.)"""
        return self.seconds > self.limit

    def start(self, done: Callable[[Attempt], object]) -> None:
        """Start the thread.

        Args:
            done: Called on the thread when it has ended, whether it is still wanted or not.
        """
        self._started = time.monotonic()
        threading.Thread(target=self._run, args=(done,), name="connect", daemon=True).start()

    def _run(self, done: Callable[[Attempt], object]) -> None:
        try:
            self.info = self._connector(self.settings)
        except Exception as error:
            self.error = error
        self.ended = self.seconds
        done(self)


def _limit(settings: ConnectionSettings) -> float:
    if settings.connect_timeout <= 0:
        return float("inf")
    # A second more than libpq's own, whose sentence says which address did not answer.
    hosts = expected(settings).host.count(",") + 1
    return settings.connect_timeout * hosts + 1.0
