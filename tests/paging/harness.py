"""A browsing session under test: events are collected and waited for; nothing is mocked."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from pgmem_tui.paging.events import (
    BackendMeasured,
    Cancelled,
    Connected,
    ConnectFailed,
    CursorState,
    Event,
    Failed,
    Lost,
    Opened,
    PageRead,
    StatementSent,
)
from pgmem_tui.paging.requests import MeasureBackend, Open, Read, Request, Target, UserQuery
from pgmem_tui.paging.session import BrowseSession
from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect

TIMEOUT = 20.0
"""Seconds after which something that was waited for will not come."""

E = TypeVar("E")


class Sessions:
    """Starts sessions, and closes them after the test."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self.settings = settings
        self._started: list[SessionUnderTest] = []

    def start(self, settings: ConnectionSettings | None = None, **options: Any) -> SessionUnderTest:
        """A session that has tried to connect."""
        session = SessionUnderTest(settings or self.settings, **options)
        self._started.append(session)
        session.start()
        return session

    def close(self) -> None:
        """Close all, and make sure that each thread ended."""
        ended = [session.close() for session in self._started]
        assert all(ended), "a session did not end in time"


class SessionUnderTest:
    """A BrowseSession and every event it has sent."""

    def __init__(self, settings: ConnectionSettings, **options: Any) -> None:
        self.session = BrowseSession(settings, self._take, **options)
        self.events: list[Event] = []
        self.times: list[float] = []
        """When each event came, by `time.monotonic`."""
        self.generation = 0
        self._news = threading.Condition(threading.RLock())
        self._read = 0
        """Events that `wait` has gone past."""
        self._pages = 0

    def start(self) -> None:
        """Connect; returns when that was done, or had failed."""
        self.session.start()
        self.wait_for((Connected, ConnectFailed))

    def close(self) -> bool:
        """Whether the session's thread ended in time."""
        return self.session.close()

    def request(self, request: Request) -> None:
        """Ask for something."""
        self.session.request(request)

    # -- waiting ---------------------------------------------------------------------------------

    def wait(
        self, kind: type[E], where: Callable[[E], bool] = lambda event: True, timeout: float = TIMEOUT
    ) -> E:
        """The next event of a kind that has not been waited past; the others up to it count as seen."""
        event = self.wait_for((kind,), where, timeout)
        assert isinstance(event, kind)
        return event

    def wait_for(
        self,
        kinds: tuple[type[Any], ...],
        where: Callable[[Any], bool] = lambda event: True,
        timeout: float = TIMEOUT,
    ) -> Event:
        """The next event of any of these kinds."""
        deadline = time.monotonic() + timeout
        with self._news:
            while True:
                for index in range(self._read, len(self.events)):
                    event = self.events[index]
                    if type(event) in kinds and where(event):
                        self._read = index + 1
                        return event
                if not self._news.wait(deadline - time.monotonic()):
                    missed = [type(event).__name__ for event in self.events[self._read :]]
                    raise AssertionError(f"no {kinds} within {timeout} s, but {missed[-30:]}")

    def settle(self) -> CursorState:
        """Wait until what was asked for is done; how the cursor stands then.

        Requests are served in order, so one that is answered at once shows that those before are done. It is
        dropped while rows stream, hence the repetition.
        """
        deadline = time.monotonic() + TIMEOUT
        before = len(self.of(BackendMeasured))
        while True:
            self.request(MeasureBackend())
            with self._news:
                if self._news.wait_for(lambda: len(self.of(BackendMeasured)) > before, 0.5):
                    self._read = len(self.events)
                    return self.of(CursorState)[-1]
            assert time.monotonic() < deadline, "the session does not answer"

    def of(self, kind: type[E]) -> list[E]:
        """Every event of a kind so far."""
        with self._news:
            return [event for event in self.events if isinstance(event, kind)]

    def sent(self, *kinds: str) -> list[str]:
        """The statements sent so far, of these kinds or all."""
        reports = [event.report for event in self.of(StatementSent)]
        return [report.sql for report in reports if not kinds or report.kind in kinds]

    # -- common sequences ------------------------------------------------------------------------

    def open(self, target: Target | str, screenful: int = 10) -> Opened:
        """Open a target, or a query; returns when its first rows are here."""
        self.begin_open(target, screenful)
        event = self.wait_for((Opened, Failed, Lost, Cancelled), self._current)
        assert isinstance(event, Opened), event
        self.settle()
        return event

    def begin_open(self, target: Target | str, screenful: int = 10) -> None:
        """Ask for a target, or a query, and do not wait."""
        self.generation += 1
        wanted = UserQuery(target) if isinstance(target, str) else target
        self._pages = len(self.events)
        self.request(Open(self.generation, wanted, screenful))

    def fail(self, target: Target | str) -> Failed:
        """Open what cannot be opened."""
        self.begin_open(target)
        event = self.wait_for((PageRead, Failed, Lost, Cancelled), self._current)
        assert isinstance(event, Failed), event
        self.settle()
        return event

    def read(self, first: int, end: int, backward: bool = False) -> None:
        """Ask for rows; returns when it was answered."""
        self._pages = len(self.events)
        self.request(Read(self.generation, first, end, backward))
        self.settle()

    def pages(self) -> list[PageRead]:
        """What came since the last `open` or `read` was asked for."""
        with self._news:
            return [event for event in self.events[self._pages :] if isinstance(event, PageRead)]

    def rows(self) -> dict[int, Row]:
        """The rows that came since the last `open` or `read`, by number, with no more values than columns."""
        columns = len(self.of(Opened)[-1].columns)
        return {
            event.page.first + place: row[:columns]
            for event in self.pages()
            for place, row in enumerate(event.page.rows)
        }

    def cells(self, target: Target | str, screenful: int = 200) -> list[Row]:
        """Open something that fits one screenful; its rows."""
        self.open(target, screenful)
        rows = self.rows()
        while rows and self.pages()[-1].row_count is None and len(rows) < screenful:
            self.read(len(rows), screenful)  # where rows may be so wide that a batch is a few
            rows |= self.rows()
        return [rows[number] for number in sorted(rows)]

    def _current(self, event: Opened | PageRead | Failed | Lost | Cancelled) -> bool:
        return event.generation == self.generation

    def _take(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self.times.append(time.monotonic())
            self._news.notify_all()


def run(settings: ConnectionSettings, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements on a connection of their own that commits each; the last one's rows."""
    connection = connect(settings)
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def backends(settings: ConnectionSettings, where: str = "true") -> list[tuple[Any, ...]]:
    """(pid, state) of the program's sessions in that database."""
    return run(
        settings,
        "SELECT pid, state FROM pg_stat_activity WHERE datname = current_database()"
        f" AND application_name LIKE 'pgmem-tui %' AND {where}",
    )


def eventually(condition: Callable[[], object], timeout: float = TIMEOUT) -> None:
    """Wait until the condition holds; asks every 10 ms, for what sends no event."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout} s"
        time.sleep(0.01)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is inside takes no longer."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < seconds, f"took {took:.2f} s"


LOCK = 7
"""The advisory lock behind `gated`."""


def gated(rows: int = 1000, closed_after: int = 20) -> str:
    """A query whose rows after some number come only while nobody holds the `gate`."""
    return (
        f"SELECT i, CASE WHEN i > {closed_after} THEN pg_advisory_xact_lock_shared({LOCK}) END"
        f" FROM generate_series(1, {rows}) AS i"
    )


class Gate:
    """Holds up `gated` queries until it is opened."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self._settings = settings
        self._connection = connect(settings)
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))

    def wait_for_someone(self) -> None:
        """Return when a statement of the program waits here."""
        eventually(lambda: backends(self._settings, "wait_event_type = 'Lock'"))

    def open(self) -> None:
        """Let everyone through."""
        self._connection.close()


@contextmanager
def gate(settings: ConnectionSettings) -> Iterator[Gate]:
    """A closed gate, opened at the end at the latest."""
    closed = Gate(settings)
    try:
        yield closed
    finally:
        closed.open()


class Relay:
    """Hands bytes on between clients and the server: later, or no more."""

    def __init__(self, upstream: ConnectionSettings) -> None:
        self.delay = 0.0
        """Seconds that each answer of the server comes later."""
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()
        self._sockets: list[socket.socket] = []
        self._stopped = threading.Event()

    @property
    def settings(self) -> ConnectionSettings:
        """How to connect through it."""
        host, port = self._address
        return replace(self._upstream, host=host, port=str(port), sslmode="disable")

    def start(self) -> None:
        """Take connections, at the first or again."""
        if self._listener.fileno() < 0:
            self._listener = socket.create_server(self._address)
        self._stopped.clear()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """Break every connection, and refuse new ones."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._stopped.set()
        while self._sockets:
            with contextlib.suppress(OSError):
                self._sockets.pop().shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server = self._connect()
                self._sockets += [client, server]
                for source, sink, late in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pump, args=(source, sink, late), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = self._upstream.host, int(self._upstream.port or 5432)
        if not host.startswith("/"):
            return socket.create_connection((host or "localhost", port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server

    def _pump(self, source: socket.socket, sink: socket.socket, late: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if late and self.delay:
                    self._stopped.wait(self.delay)
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()
