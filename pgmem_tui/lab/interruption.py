"""Have the server end what runs on a connection, asked again until it has; and hear that someone wants it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.connection import Connection

AGAIN = 0.1
"""Seconds between two requests: one that comes before a statement does, or between two, is lost."""

CLOSING = 10.0
"""Seconds that what is given up gets to end."""

T = TypeVar("T")


def heard(work: Callable[[], T], give_up: Callable[[], object]) -> T:
    """Do something on a thread of its own: psycopg2 hears no signal while the server keeps it waiting.

    Args:
        work: What to do; what it raises is raised.
        give_up: Has it end soon.

    Raises:
        KeyboardInterrupt: Interrupted; it has ended, or had its time to.
    """
    ended: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()

    def end() -> None:
        try:
            found = work()
        except BaseException as error:
            failure = error
            ended.put(lambda: _raise(failure))
        else:
            ended.put(lambda: found)

    thread = threading.Thread(target=end, name="pgmem work", daemon=True)
    thread.start()
    try:
        told = ended.get()
    except KeyboardInterrupt:
        give_up()
        thread.join(CLOSING)
        raise
    return told()


def _raise(error: BaseException) -> NoReturn:
    raise error


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


class Guard:
    """Around what is asked of a server until someone gives up. `interrupt` may be called from any thread."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._lock = threading.Lock()
        self._asking: Interruption | None = None
        self._given_up = False

    @contextmanager
    def guarded(self, connection: Connection) -> Iterator[None]:
        """What is asked inside the block is asked no longer than until someone gives up."""
        asking = Interruption(connection)
        with asking.running():
            with self._lock:
                self._asking = asking
                if self._given_up:
                    asking.interrupt()
            yield

    def interrupt(self) -> None:
        """Give up; returns at once."""
        with self._lock:
            self._given_up = True
            if self._asking is not None:
                self._asking.interrupt()
