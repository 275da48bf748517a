"""A transaction in which nothing can be written."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg2
import pytest
from psycopg2 import errors
from psycopg2 import extensions as ext

from pgmem_tui.postgres import transaction
from pgmem_tui.postgres.connection import Connection, NotReadOnly, connect
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import StatementReport
from tests.conftest import connect as connect_writing


@pytest.fixture
def connection(database: ConnectionSettings, reports: list[StatementReport]) -> Iterator[Connection]:
    writing = connect_writing(database)
    with writing.cursor() as cursor:
        cursor.execute("CREATE TABLE t (i int)")
        cursor.execute("CREATE SEQUENCE s")
    writing.close()
    opened = connect(database, "test", reports.append)
    yield opened
    opened.close()


@pytest.fixture
def reports() -> list[StatementReport]:
    return []


def ask(connection: Connection, statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return (cursor.fetchone() or (None,))[0]


def test_it_is_a_read_only_snapshot(connection: Connection, reports: list[StatementReport]) -> None:
    started = transaction.begin(connection)
    assert time.time() - 20 < started <= reports[0].started
    assert connection.info.transaction_status == ext.TRANSACTION_STATUS_INTRANS
    assert ask(connection, "SHOW transaction_read_only") == "on"
    assert ask(connection, "SHOW transaction_isolation") == "repeatable read"
    begin, settings = reports[:2]
    assert (begin.connection, begin.kind, begin.error, begin.implied) == ("test", "BEGIN", "", True)
    assert begin.sql == "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    assert settings.kind == "SET LOCAL" and settings.seconds > 0 and not settings.implied


def test_its_settings_are_gone_with_it(database: ConnectionSettings) -> None:
    asked = "-c jit=on -c synchronize_seqscans=on -c standard_conforming_strings=off"
    connection = connect(replace(database, other=(("options", asked),)), "test")
    names = ("jit", "synchronize_seqscans", "standard_conforming_strings")
    before = [ask(connection, f"SHOW {name}") for name in names]
    connection.rollback()
    transaction.begin(connection)
    assert [ask(connection, f"SHOW {name}") for name in names] == ["off", "off", "on"]
    transaction.end(connection)
    assert [ask(connection, f"SHOW {name}") for name in names] == before == ["on", "on", "off"]
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (1)",
        "CREATE TABLE u ()",
        "SELECT nextval('s')",
        "SELECT setval('s', 5)",
        "SELECT * FROM t FOR UPDATE",
        "SET TRANSACTION READ WRITE",
        "SET transaction_read_only = off",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "DO $$BEGIN SET TRANSACTION READ WRITE; END$$",
    ],
)
def test_nothing_is_written_and_nothing_makes_it_writable(connection: Connection, statement: str) -> None:
    transaction.begin(connection)
    with pytest.raises((errors.ReadOnlySqlTransaction, errors.ActiveSqlTransaction)):
        ask(connection, statement)
        assert ask(connection, "SHOW transaction_read_only") == "on"
        ask(connection, "INSERT INTO t VALUES (1)")


def test_what_a_reset_lets_through_is_rolled_back(connection: Connection) -> None:
    """PostgreSQL before 16 lets `RESET` make the transaction writable; but it is never committed."""
    transaction.begin(connection)
    with contextlib.suppress(psycopg2.Error), connection.cursor() as cursor:
        cursor.execute("RESET transaction_read_only")
        cursor.execute("INSERT INTO t VALUES (1)")
    transaction.end(connection)
    transaction.begin(connection)
    assert ask(connection, "SHOW transaction_read_only") == "on"
    assert ask(connection, "SELECT count(*) FROM t") == "0"


def test_a_transaction_that_may_write_is_ended_before_anything_is_read(connection: Connection) -> None:
    connection.set_session(readonly=False)
    with pytest.raises(NotReadOnly):
        transaction.begin(connection)
    assert connection.info.transaction_status == ext.TRANSACTION_STATUS_IDLE


def test_the_answer_is_the_servers_own(database: ConnectionSettings, connection: Connection) -> None:
    """Whatever stands before pg_catalog in the search path."""
    writing = connect_writing(database)
    with writing.cursor() as cursor:
        cursor.execute(
            "CREATE SCHEMA evil; CREATE FUNCTION evil.current_setting(text) RETURNS text"
            " LANGUAGE sql AS $$SELECT 'on'::text$$"
        )
    writing.close()
    path = replace(database, other=(("options", "-c search_path=evil,pg_catalog"),))
    hostile = connect(path, "test")
    hostile.set_session(readonly=False)
    assert ask(hostile, "SELECT current_setting('transaction_read_only')") == "on"
    hostile.rollback()
    with pytest.raises(NotReadOnly):
        transaction.begin(hostile)
    hostile.close()


def test_end_is_a_rollback_and_twice_does_no_harm(
    connection: Connection, reports: list[StatementReport]
) -> None:
    transaction.begin(connection)
    transaction.end(connection)
    transaction.end(connection)
    assert [report.kind for report in reports] == ["BEGIN", "SET LOCAL", "ROLLBACK"]
    assert connection.info.transaction_status == ext.TRANSACTION_STATUS_IDLE
    connection.close()
    transaction.end(connection)


def test_end_after_an_error(connection: Connection) -> None:
    transaction.begin(connection)
    with pytest.raises(psycopg2.Error):
        ask(connection, "SELECT nope")
    transaction.end(connection)
    assert connection.info.transaction_status == ext.TRANSACTION_STATUS_IDLE
    transaction.begin(connection)
