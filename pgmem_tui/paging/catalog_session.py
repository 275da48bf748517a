"""The thread that owns the second connection: catalog questions in, answers out, while rows are fetched.

Each request runs in a transaction of its own that ends with it, read-only and verified to be, so that nothing
stays open on the server between two questions.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace

import psycopg2

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed, CatalogRequest
from pgmem_tui.postgres import transaction
from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.catalog import NoSuchRelation
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.errors import explain
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.watched_connection import keeping_house

LABEL = "catalog"
"""What reports and application_name call this connection."""
CANCEL_AGAIN = 0.05
"""Seconds between two cancel requests, while one request goes on with another statement."""


class CatalogSession:
    """Answers one request after the other on a connection that is opened with the first.

    A request equal to one that waits takes its place, so what waits is bounded by how many different things
    one can ask.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        emit: Callable[[CatalogEvent], None],
        connect: Callable[[ConnectionSettings, str], Connection] = connect,
    ) -> None:
        """Nothing happens before `start`.

        Args:
            settings: Whom to connect to.
            emit: Gets every answer, on the session's thread; must not block.
            connect: How to connect.
        """
        self._settings = settings
        self._emit = emit
        self._connect = connect
        self._connection: Connection | None = None
        self._cancellation: Cancellation | None = None
        self._waiting: dict[CatalogRequest, CatalogRequest] = {}
        self._serving: CatalogRequest | None = None
        """The request taken up last, as it waited."""
        self._news = threading.Condition()
        self._closed = False
        self._stop = threading.Event()
        self._serial = 0  # odd while a request runs
        self._thread = threading.Thread(target=self._run, name="pgmem-catalog", daemon=True)

    # -- from any thread ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to answer. Connects with the first request only."""
        self._thread.start()

    def request(self, request: CatalogRequest) -> None:
        """Ask for something; each request that is not replaced by an equal one gets one answer."""
        question = replace(request, generation=0)
        with self._news:
            self._waiting.pop(question, None)
            self._waiting[question] = request
            self._news.notify()

    def cancel(self, request: CatalogRequest | None = None) -> None:
        """Give up what runs, if anything does; its answer is a `CatalogFailed` of a canceled statement.

        With a request, that one only: one that waits is dropped without an answer.

        Returns at once: a cancel request is a connection of its own, and the network may be dead.
        """
        if request is not None:
            question = replace(request, generation=0)
            with self._news:
                if self._waiting.pop(question, None) is not None or self._serving != question:
                    return
        serial = self._serial
        self._stop.set()
        threading.Thread(target=self._cancel_until_ended, args=(serial,), daemon=True).start()

    def withdraw(self, request: CatalogRequest) -> bool:
        """Drop a request that waits, without an answer; False if it does not wait: it runs, or has ended."""
        with self._news:
            return self._waiting.pop(replace(request, generation=0), None) is not None

    def close(self, timeout: float = 2.0) -> bool:
        """Cancel, answer nothing more, disconnect; whether that was done within `timeout` seconds."""
        with self._news:
            self._closed = True
            self._waiting.clear()
            self._news.notify()
        self.cancel()
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _cancel_until_ended(self, serial: int) -> None:
        # One request connects and sends several statements, and a cancel stops the one that it meets.
        while self._serial == serial and serial % 2 and self._stop.is_set():
            cancellation = self._cancellation
            if cancellation is not None:
                cancellation.cancel(serial)
            time.sleep(CANCEL_AGAIN)

    # -- on the session's thread -------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while (request := self._next()) is not None:
                self._serial += 1
                self._stop.clear()
                event = self._answer(request)
                self._serial += 1
                self._tell(event)
                # A list of 20,000 relations would stay alive until the next question.
                del request, event
        finally:
            self._disconnect()

    def _tell(self, event: CatalogEvent) -> None:
        if not self._closed:
            self._emit(event)

    def _next(self) -> CatalogRequest | None:
        """The request that waits longest; None when the session was closed."""
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._serving = next(iter(self._waiting))
            return self._waiting.pop(self._serving)

    def _answer(self, request: CatalogRequest) -> CatalogEvent:
        """Run a request; once more on a new connection if the old one had died since it was last used."""
        fresh = self._connection is None
        try:
            return self._ask(request)
        except Exception as error:
            failed = self._failed(request, error)
        if failed.problem.lost and not fresh and not self._stop.is_set():
            try:
                return self._ask(request)
            except Exception as error:
                failed = self._failed(request, error)
        return failed

    def _ask(self, request: CatalogRequest) -> CatalogEvent:
        """Run a request in a transaction of its own."""
        if self._connection is None:
            self._connection = self._connect(self._settings, LABEL)
            self._cancellation = Cancellation(self._connection)
        connection, cancellation = self._connection, self._cancellation
        assert cancellation is not None
        house = keeping_house(connection) if request.housekeeping else nullcontext()
        with cancellation.running(self._serial), house:
            try:
                transaction.begin(connection, request.snapshot)
                return request.run(connection, self._tell)
            finally:
                transaction.end(connection)

    def _failed(self, request: CatalogRequest, error: Exception) -> CatalogFailed:
        """Turn an error into an event; leave no connection that cannot be used."""
        nearest = error.nearest_names if isinstance(error, NoSuchRelation) else ()
        problem = explain(error, self._settings, self._connection)
        if self._connection is not None and (self._connection.closed or problem.lost):
            problem = replace(problem, lost=True)
            self._disconnect()
        return CatalogFailed(request.generation, request, problem, nearest)

    def _disconnect(self) -> None:
        connection, self._connection, self._cancellation = self._connection, None, None
        if connection is not None:
            with suppress(psycopg2.Error):  # it may be gone, which is what was wanted
                connection.close()
