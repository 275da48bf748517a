"""A table of hostile names and values, and what exports leave behind."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from pgmem_tui.export import source
from pgmem_tui.export.job import Export, Order
from pgmem_tui.export.progress import Outcome
from pgmem_tui.export.source import ExportSource
from pgmem_tui.export.target import Target
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect

TABLE = 'odd "table" %s\\ ü'
"""A name with everything in it that needs quoting."""

VALUES: list[str | None] = [
    None,
    "",
    " ",
    "plain",
    "NULL",
    r"\N",
    r"\.",
    "\\",
    r"back\slash\\n",
    "it's",
    '"double"',
    "comma,semi;",
    "tab\there",
    "line\nbreak",
    "carriage\r\nreturn",
    "\n",
    "%s %L {} %%",
    "\x01one\x02two\x02\x02\x01",
    "\x02",
    "\x01",
    "ends in \x02",
    "äöü € 𝄞 \u202e",
    "</script>",
    "x" * 300_000,
    "\x02" * 200_001,
]
"""Texts, each hard for some format."""


@pytest.fixture
def place(database: ConnectionSettings) -> ConnectionSettings:
    """A database, under an application name of this test's own."""
    return replace(database, application_name=f"pgmem-export-{secrets.token_hex(4)}")


@pytest.fixture
def observer(database: ConnectionSettings) -> Iterator[Connection]:
    """Another connection, to look and to interfere."""
    connection = connect(database)
    yield connection
    connection.close()


@pytest.fixture
def hostile(observer: Connection) -> str:
    """Makes a table of every value, and of types whose text is not plain; returns its name as SQL."""
    name = sql.Identifier(TABLE).as_string(observer)
    with observer.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                'CREATE TABLE {} (n int, "select" text, "q" text[], "a ""b"", c" bytea, j json, b boolean,'
                " f float8, c char(4), num numeric, at timestamptz, \"\\\" text DEFAULT 'd')"
            ).format(sql.Identifier(TABLE))
        )
        for number, value in enumerate(VALUES):
            row = [
                *(number, value, [value, None, "z"], None if value is None else value.encode()[:50]),
                *('{"a":\n\t [1,\r\n 2],\n "b": "x\\ny"}', number % 2 == 0, 0.1 + 0.2, "ab"),
                *("12345678901234567890.0123456789", "2026-01-02 03:04:05.678+09", value),
            ]
            cursor.execute(
                sql.SQL("INSERT INTO {} VALUES ({})").format(
                    sql.Identifier(TABLE), sql.SQL(", ").join(map(sql.Literal, row))
                )
            )
    return name


def export(
    place: ConnectionSettings,
    what: ExportSource | str,
    form: str,
    path: Path | str,
    *,
    compressed: bool = False,
    force: bool = False,
) -> Outcome:
    """Export on this thread's time; a text is a query."""
    job = start(place, what, form, path, compressed=compressed, force=force)
    assert job.wait(30.0)
    assert job.outcome is not None
    return job.outcome


def start(
    place: ConnectionSettings,
    what: ExportSource | str,
    form: str,
    path: Path | str,
    *,
    compressed: bool = False,
    force: bool = False,
) -> Export:
    """Start an export on its thread."""
    wanted = source.of_query(what, "rows") if isinstance(what, str) else what
    job = Export(Order(place, wanted, form, Target(str(path), force=force), compressed))
    job.start()
    return job


def eventually(true: Callable[[], object], timeout: float = 10.0, about: Callable[[], object] = str) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline, about()
        time.sleep(0.01)


def backends(observer: Connection, place: ConnectionSettings) -> list[tuple[str, str]]:
    """The state and statement of each of the exports' sessions."""
    with observer.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, ''), query FROM pg_stat_activity WHERE application_name LIKE %s",
            (f"{place.application_name}%",),
        )
        return [(state, query) for state, query in cursor.fetchall()]
