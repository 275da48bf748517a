"""Sessions on a fresh database, and the proof that they leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from pgmem_tui.postgres import transaction
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect as connect_writing
from tests.paging.harness import Relay, Sessions, backends, eventually


@pytest.fixture
def sessions(request: pytest.FixtureRequest) -> Iterator[Sessions]:
    """Starts sessions. Afterwards each must have ended in time, and its backend and transaction be gone.

    They are on the test's own database if it has one, else on the demo's, which takes no time to make.
    """
    own = "database" in request.fixturenames
    database: ConnectionSettings = request.getfixturevalue("database" if own else "demo_database")
    started = Sessions(database)
    yield started
    started.close()
    eventually(lambda: not backends(database), timeout=5.0)


@pytest.fixture(scope="module")
def reading(request: pytest.FixtureRequest, module_database: ConnectionSettings) -> Iterator[Connection]:
    """A connection in a snapshot of what the statements in the module's `SETUP` made.

    A module's `FETCHED`, if it has one, is told of what it sends.
    """
    with snapshot_of(module_database, request.module) as connection:
        yield connection


@contextmanager
def snapshot_of(database: ConnectionSettings, module: ModuleType) -> Iterator[Connection]:
    """What `reading` is, for the `SETUP` of any module."""
    writing = connect_writing(database)
    with writing.cursor() as cursor:
        for statement in module.SETUP.strip().split(";\n"):
            cursor.execute(statement)
    writing.close()
    connection = connect(database, "test", getattr(module, "FETCHED", lambda report: None))
    transaction.begin(connection)
    yield connection
    connection.close()


@pytest.fixture
def relay(database: ConnectionSettings) -> Iterator[Relay]:
    """A way to the server over TCP that can be made slow or broken."""
    relay = Relay(database)
    relay.start()
    yield relay
    relay.stop()
