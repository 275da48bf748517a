"""The server's process is believed only if it proves to be the one, and a scan is no leak."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import resources

import psutil
import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from pgmem_tui.memory.backend import local_backend
from pgmem_tui.postgres.connection import is_local
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import Server, connect

QUERIES = resources.files("pgmem_tui.postgres.queries")
MB = 1 << 20


@pytest.fixture
def connection(database: ConnectionSettings) -> Iterator[Connection]:
    with closing(connect(database)) as connection:
        yield connection


def one_value(connection: Connection, query: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(query)
        (row,) = cursor.fetchall()
    return None if row[0] is None else str(row[0])


def start_of(connection: Connection) -> float:
    """The session's start, in seconds since the epoch."""
    query = "SELECT extract(epoch FROM backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    return float(one_value(connection, query) or 0)


@pytest.mark.parametrize(
    ("host", "local"),
    [("", True), ("/run/postgresql", True), ("@abstract", True), ("localhost", True), ("127.0.0.1", True),
     ("127.9.9.9", True), ("::1", True), ("db1", False), ("10.0.0.1", False), ("fe80::1%eth0", False),
     ("127.0.0.1.example.org", False)],
)  # fmt: skip
def test_is_local(host: str, local: bool) -> None:
    assert is_local(host) is local


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process shares")
def test_local_backend_is_found_and_a_scan_of_shared_buffers_is_no_growth(
    database: ConnectionSettings, connection: Connection
) -> None:
    pid = connection.info.backend_pid
    if not connection.info.host.startswith("/"):  # a server of the user's choice, anywhere
        assert local_backend(pid, is_local(connection.info.host), 0.0) is None
        return
    backend = local_backend(pid, True, start_of(connection))
    assert backend is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE numbers AS SELECT g AS id, repeat('x', 200) FROM generate_series(1, 150000) g"
        )
        cursor.execute("CREATE INDEX ON numbers (id)")
    with closing(connect(database)) as fresh, fresh.cursor() as cursor:
        scanning = local_backend(fresh.info.backend_pid, True, start_of(fresh))
        assert scanning is not None
        cursor.execute(
            "SET jit = off; SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off"
        )
        before = scanning.nbytes()
        rss = psutil.Process(fresh.info.backend_pid).memory_info().rss
        cursor.execute("BEGIN; DECLARE c CURSOR FOR SELECT * FROM numbers ORDER BY id; MOVE FORWARD ALL IN c")
        after = scanning.nbytes()
        assert psutil.Process(fresh.info.backend_pid).memory_info().rss - rss > 20 * MB
        assert before is not None and after is not None
        assert 100_000 < before < 50 * MB
        assert after - before < 2 * MB


def test_a_process_that_is_not_the_one_is_refused() -> None:
    me = psutil.Process()
    assert local_backend(me.pid, True, me.create_time()) is None  # not called postgres
    assert local_backend(0, True, 0.0) is None
    assert local_backend(2**31 - 1, True, 0.0) is None  # nobody


def test_a_postgres_process_must_be_of_this_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil.Process, "name", lambda process: "postgres")
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: 1000.0)
    assert local_backend(os.getpid(), False, 1000.0) is None
    assert local_backend(os.getpid(), True, 1060.0) is None
    assert local_backend(os.getpid(), True, 1001.0) is not None


def test_an_ended_backend_has_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil.Process, "name", lambda process: "postgres")
    backend = local_backend(os.getpid(), True, psutil.Process().create_time())
    assert backend is not None and backend.nbytes() is not None
    monkeypatch.setattr(psutil.Process, "is_running", lambda process: False)
    assert backend.nbytes() is None


def test_the_contexts_query_on_a_server(server: Server, connection: Connection) -> None:
    readable = one_value(connection, (QUERIES / "backend_memory_readable.sql").read_text())
    if server.major < 14:
        assert readable == "False"
        return
    if readable == "True":
        total = int(one_value(connection, (QUERIES / "backend_memory.sql").read_text()) or 0)
        assert 100_000 < total < 100 * MB


def test_an_ordinary_user_is_told_no_without_an_error(connection: Connection) -> None:
    role = sql.Identifier(f"pgmem_nobody_{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {}").format(role))
        try:
            cursor.execute(sql.SQL("SET ROLE {}").format(role))
            assert one_value(connection, (QUERIES / "backend_memory_readable.sql").read_text()) == "False"
        finally:
            cursor.execute(sql.SQL("RESET ROLE; DROP ROLE {}").format(role))
