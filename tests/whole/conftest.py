"""The whole program in a terminal, and another connection that sees what it leaves on the server."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("whole")


class Session(NamedTuple):
    """A line of pg_stat_activity."""

    pid: int
    state: str | None
    in_transaction: bool
    query: str


class Sessions:
    """What the program under test has on the server, by its application's name."""

    def __init__(self, connection: Connection, application_name: str) -> None:
        self._connection = connection
        self._name = application_name

    def all(self) -> list[Session]:
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid, state, xact_start IS NOT NULL, query FROM pg_stat_activity"
                " WHERE application_name LIKE %s",
                (f"{self._name}%",),
            )
            return [Session(*found) for found in cursor.fetchall()]

    def running(self) -> bool:
        """Whether a statement runs in a transaction."""
        return any(session.state == "active" and session.in_transaction for session in self.all())


@pytest.fixture
def place(demo_database: ConnectionSettings) -> ConnectionSettings:
    """The demo's database, under a name of this test's own."""
    return replace(demo_database, application_name=f"pgmem-whole-{secrets.token_hex(4)}")


@pytest.fixture
def sessions(place: ConnectionSettings) -> Iterator[Sessions]:
    """What the test has open there; nothing may be left."""
    connection = connect(replace(place, application_name="pgmem observer"))
    found = Sessions(connection, place.application_name)
    yield found
    eventually(lambda: not found.all(), 3.0, found.all)
    connection.close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without the user's files, where a crash would leave its log."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def no_crash(home: Path) -> Iterator[None]:
    """No test may end with a crash log written."""
    yield
    logs = list(home.rglob("crash-*.log"))
    assert not logs, logs[0].read_text(encoding="utf-8")


def eventually(true: Callable[[], object], timeout: float = 5.0, about: Callable[[], object] = str) -> float:
    """Wait until something is true; return the seconds that took."""
    started = time.perf_counter()
    while not true():
        assert time.perf_counter() - started < timeout, about()
        time.sleep(0.01)
    return time.perf_counter() - started
