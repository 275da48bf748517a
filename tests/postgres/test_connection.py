"""Connections: safe, and every value as the server writes it."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg2
import pytest
from psycopg2.extensions import make_dsn

from pgmem_tui.postgres.connection import Connection, connect, server_info
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import CreateDatabase, Server
from tests.conftest import connect as connect_writing

PSQL = shutil.which("psql")
FIELD, RECORD, NULL = "\x1f", "\x1e", "\x1dNULL\x1d"


def printed(settings: ConnectionSettings, query: str) -> list[tuple[str | None, ...]]:
    """The rows as `psql -At` prints them; as COPY writes them where there is no psql."""
    if PSQL is None:
        return copied(settings, query)
    options = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-P", f"null={NULL}", "-F", FIELD, "-R", RECORD]
    done = subprocess.run(
        [PSQL, *options, "-d", make_dsn(**settings.parameters()), "-c", query],
        capture_output=True,
        check=True,
        env={"PGCLIENTENCODING": "UTF8", "PATH": "/usr/bin:/bin"},
    )
    text = done.stdout.decode().removesuffix("\n")
    records = text.split(RECORD) if text else []
    return [
        tuple(None if value == NULL else value for value in record.split(FIELD)) if record else ("",)
        for record in records
    ]


def copied(settings: ConnectionSettings, query: str) -> list[tuple[str | None, ...]]:
    """The rows as COPY writes them in its text format."""
    connection, written = connect_writing(settings), io.StringIO()
    connection.set_client_encoding("UTF8")
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", written)
    connection.close()
    lines = written.getvalue().split("\n")[:-1]
    return [tuple(map(unescaped, line.split("\t"))) for line in lines]


def unescaped(value: str) -> str | None:
    if value == "\\N":
        return None
    escapes = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
    parts = iter(value)
    return "".join(escapes[next(parts)] if character == "\\" else character for character in parts)


def fetched(connection: Connection, query: str) -> list[tuple[str | None, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[str | None, ...]] = cursor.fetchall()
    connection.rollback()
    return rows


@pytest.fixture
def connection(database: ConnectionSettings) -> Iterator[Connection]:
    opened = connect(database, "test")
    yield opened
    opened.close()


VALUES = """
SELECT NULL, 'NULL', '', ' ', true, false, 'a '::char(5), '10.1.2.3'::inet, '10.0.0.0/8'::inet,
       '\\x00ff'::bytea, 1.50::numeric, 'NaN'::float8, '-Infinity'::float8, 0.1::float4,
       '4713-01-01 BC'::date, 'infinity'::timestamptz, '12345-06-07'::date, '1 day -00:00:01'::interval,
       ARRAY[1, NULL, 3], ARRAY['a "b"', 'NULL', NULL], ROW(1, 'a b', NULL), '[1,5)'::int4range,
       '{"a":  1}'::json, '{"a":  1}'::jsonb, 12::money, 'pg_class'::regclass, E'a\\nb\\tc\\\\', '東京😀',
       B'101', '08:00:2b:01:02:03'::macaddr, '(1,2)'::point, 123::oid, '{}'::int[], 'x'::name, 'c'::"char",
       DATE '2026-01-01', TIME '24:00', '12:34:56+05:30'::timetz, ARRAY[true, false], ARRAY['\\x00'::bytea],
       -0.0::float8, 1e300::float8, 9223372036854775807, E'\\u202e\\x1b[31m', '{}'::jsonb, '1'::xid
"""


def test_values_are_as_psql_prints_them(database: ConnectionSettings, connection: Connection) -> None:
    rows = fetched(connection, VALUES)
    assert rows == copied(database, VALUES)
    assert rows == printed(database, VALUES)
    assert rows[0][:9] == (None, "NULL", "", " ", "t", "f", "a    ", "10.1.2.3", "10.0.0.0/8")


def test_every_built_in_type(demo_database: ConnectionSettings) -> None:
    connection = connect(demo_database, "test")
    rows = fetched(connection, "SELECT * FROM all_types ORDER BY id")
    assert rows == copied(demo_database, "SELECT * FROM all_types ORDER BY id")
    assert rows == printed(demo_database, "SELECT * FROM all_types ORDER BY id")
    assert len(rows) > 30 and len(rows[0]) > 50
    connection.close()


def test_named_cursors_bring_text_too(connection: Connection) -> None:
    with connection.cursor(name="c") as cursor:
        cursor.execute("SELECT 1, true, NULL, ARRAY[1], 'infinity'::date, 1.0")
        assert cursor.fetchmany(2) == [("1", "t", None, "{1}", "infinity", "1.0")]


@pytest.mark.parametrize("encoding", ["LATIN1", "WIN1252", "EUC_JP", "UTF8"])
def test_a_database_in_another_encoding(create_database: CreateDatabase, encoding: str) -> None:
    text = "東京" if encoding == "EUC_JP" else "naïve café"
    settings = replace(create_database(encoding), other=(("client_encoding", "SQL_ASCII"),))
    connection = connect(settings, "test")
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", (text,))
        assert cursor.fetchone() == (text,)
    connection.close()


def test_transactions_are_read_only_snapshots(connection: Connection) -> None:
    for _ in range(2):
        assert fetched(connection, "SHOW transaction_read_only") == [("on",)]
        assert fetched(connection, "SHOW transaction_isolation") == [("repeatable read",)]
        with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t ()")
        connection.rollback()


def test_the_label_is_in_the_application_name(database: ConnectionSettings, connection: Connection) -> None:
    assert fetched(connection, "SHOW application_name") == [("pgmem-tui test",)]
    named = connect(replace(database, application_name=""), "test")
    assert fetched(named, "SHOW application_name") == [("",)]
    named.close()


def test_a_dead_network_is_noticed_unless_the_user_said_otherwise(
    database: ConnectionSettings, connection: Connection
) -> None:
    assert connection.get_dsn_parameters()["keepalives_idle"] == "30"
    said = connect(replace(database, other=(("keepalives_idle", "7"),)), "test")
    assert said.get_dsn_parameters()["keepalives_idle"] == "7"
    said.close()


def test_what_the_header_says(server: Server, database: ConnectionSettings, connection: Connection) -> None:
    info = server_info(connection)
    assert (info.database, info.user, info.version_text) == (database.dbname, database.user, server.version)
    assert info.version // 10_000 == server.major
    assert (info.encoding, info.tls, info.local) == ("UTF8", "", True)
    assert fetched(connection, "SELECT pg_backend_pid()") == [(str(info.backend_pid),)]
    (started,) = fetched(
        connection,
        "SELECT extract(epoch FROM backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()",
    )[0]
    assert info.backend_started == float(started or 0) > 0
    assert connection.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_IDLE


def test_a_connection_that_cannot_be_used_is_closed(create_database: CreateDatabase) -> None:
    """There is no way from this encoding to UTF-8."""
    settings = create_database("MULE_INTERNAL")
    with pytest.raises(psycopg2.Error):
        connect(settings, "test")
    watcher = connect_writing(replace(settings, other=(("client_encoding", "SQL_ASCII"),)))
    with watcher.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgmem-tui test'")
        deadline = time.monotonic() + 5
        while cursor.fetchone() != (0,):
            assert time.monotonic() < deadline
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgmem-tui test'")
    watcher.close()
