"""Fill the demo's database over two connections at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from pgmem_tui.demo import steps
from pgmem_tui.demo.steps import Amounts, Step
from pgmem_tui.postgres.settings import ConnectionSettings

Progress = Callable[[str, int, int], None]
"""Called with what is being made, and how much of all work is done."""


class Cancelled(Exception):
    """Another part of the seeding failed, or the user gave up."""


class _Meter:
    """Adds up the work that several threads report, and passes it on from one thread at a time."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.total = total
        self.done = 0
        self.progress = progress
        self.cancelled = False
        self.lock = threading.Lock()

    def add(self, label: str, work: int) -> None:
        with self.lock:
            if self.cancelled:
                raise Cancelled
            self.done += work
            self.progress(label, self.done, self.total)


def seed(
    settings: ConnectionSettings, amounts: Amounts | None = None, progress: Progress = lambda *_: None
) -> None:
    """Make, fill and analyze every table of the demo in an empty UTF-8 database.

    Args:
        settings: The database; nothing of the demo may be in it yet.
        amounts: Rows of each table.
        progress: Called from other threads, though never from two at once.

    Raises:
        psycopg2.Error: what the server said; what was begun is rolled back, what was done stays.
    """
    lanes = steps.lanes(amounts or Amounts())
    meter = _Meter(sum(step.work for lane in lanes for step in lane), progress)
    dsn = make_dsn(**replace(settings, application_name="pgmem-tui seed").parameters())
    connections: list[Connection] = []
    pool = ThreadPoolExecutor(len(lanes), "seed")
    running: list[Future[None]] = []
    try:
        for lane in lanes:
            connections.append(psycopg2.connect(dsn))
            running.append(pool.submit(_run, connections[-1], lane, meter))
        # In this thread a statement would hold back Ctrl-C until it ended; a wait does not.
        for future in wait(running, return_when=FIRST_EXCEPTION).done:
            future.result()
    finally:
        meter.cancelled = True
        _cancel(connections, running)
        pool.shutdown()
        for connection in connections:
            connection.close()


def _run(connection: Connection, lane: Sequence[Step], meter: _Meter) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = public; SET client_min_messages = warning")
        cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")
    connection.commit()
    for step in lane:
        step.run(connection, meter.add)


def _cancel(connections: Sequence[Connection], running: Sequence[Future[None]]) -> None:
    """Have what still runs end now; again and again, since a cancel between two statements hits neither."""
    while wait(running, timeout=0).not_done:
        for connection in connections:
            if not connection.closed:
                connection.cancel()
        wait(running, timeout=0.1)
