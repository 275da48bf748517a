"""What each way of reading really sends, by the server's own word, and that all see the same rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.lab import subject
from pgmem_tui.lab.modes import MODES, Mode, chosen
from pgmem_tui.lab.subject import Subject
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.statements import NotAQuery
from tests.conftest import connect

ASKED = [1, 999, 1000, 2000, 2500, subject.EVERYTHING]
"""Of 2,300 rows."""


@pytest.fixture(scope="module")
def table() -> str:
    return "lab.\"a % %(x)s {} '\"\"\""


@pytest.fixture
def logged(database: ConnectionSettings, table: str) -> Iterator[Connection]:
    """A connection to which the server sends the text of each statement, and a table of hostile names."""
    connection = connect(database)
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE SCHEMA lab; CREATE TABLE {table} ("k %s" text, "K" int, wide text, "100%%" int NOT NULL,'
            ' PRIMARY KEY ("K", "k %s")); '
            f"INSERT INTO {table} SELECT n % 7, n / 3, repeat('x', 300), n FROM generate_series(1, 2300) AS n"
        )
        cursor.execute("SET log_statement = 'all'; SET client_min_messages = 'log'")
    connection.autocommit = False
    yield connection
    connection.close()


def read(connection: Connection, mode: Mode, given: Subject) -> tuple[list[object], int]:
    """The rows that a way sees, and how many statements the server was sent."""
    rows: list[object] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.notices.clear()
    connection.notices = []
    mode.way(connection, rows.append, **mode.arguments(given))
    sent = [notice for notice in connection.notices if "statement:" in notice]
    connection.rollback()
    return rows, len(sent)


class Kept(list[str]):
    """psycopg2 keeps the last 50 notices only: of these, all."""


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", MODES)
def test_rows_and_round_trips(logged: Connection, table: str, name: str, asked: int) -> None:
    mode = MODES[name]
    given = subject.of_table(logged, table, asked)
    expected = min(asked, 2300 if name != "limit" else 1000)
    assert not mode.missing(given)
    rows: list[object] = []
    counted = Counted()
    with logged.cursor() as cursor:
        cursor.execute("SELECT 1")
    logged.notices = counted
    mode.way(logged, rows.append, **mode.arguments(given))
    logged.rollback()
    assert len(rows) == expected
    assert counted.statements - 1 == mode.trips(expected, asked)  # less the ROLLBACK


class Counted:
    """What psycopg2 appends the server's notices to."""

    def __init__(self) -> None:
        self.statements = 0

    def append(self, notice: str) -> None:
        self.statements += "statement:" in notice
