"""What the server and psycopg2 say of a cursor: told by their own means, and lost by no refusal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import psycopg2
import pytest
from psycopg2 import sql

from pgmem_tui.postgres import inspecting, transaction
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.inspected import Part, TemporaryFiles
from pgmem_tui.postgres.inspecting import client_side, server_side, transactions_since
from pgmem_tui.postgres.server_cursor import ServerCursor
from pgmem_tui.postgres.settings import ConnectionSettings
from tests import conftest

ALL = frozenset(Part)


@pytest.fixture
def connection(database: ConnectionSettings) -> Iterator[Connection]:
    opened = connect(database, "test")
    yield opened
    opened.close()


def declared(connection: Connection, query: str = "SELECT 1", name: str = "c") -> ServerCursor:
    cursor = ServerCursor(connection, name, sql.SQL(query))
    cursor.declare()
    return cursor


def test_both_sides_of_one_cursor(connection: Connection) -> None:
    transaction.begin(connection)
    cursor = declared(connection, "SELECT i FROM generate_series(1, 9) AS i", 'odd "name"')
    client = client_side(connection, cursor.named)
    assert (client.name, client.scrollable, client.withhold) == ('odd "name"', True, False)
    assert (client.columns, client.rownumber, client.closed) == (None, 0, False)
    cursor.fetch(3)
    client = client_side(connection, cursor.named)
    assert (client.columns, client.rownumber, client.itersize) == (1, 3, 2000)
    assert (client.status, client.isolation, client.autocommit) == (
        "in transaction",
        "REPEATABLE READ",
        False,
    )
    said = server_side(connection)
    (one,) = said.cursors
    assert (one.name, one.scrollable, one.holdable, one.binary) == ('odd "name"', True, False, False)
    assert one.statement.startswith('DECLARE "odd ""name""" SCROLL CURSOR') and one.length == len(
        one.statement
    )
    assert said.transaction is not None and said.transaction.read_only
    assert (said.transaction.xid, said.transaction.isolation) == ("", "repeatable read")
    assert said.transaction.pid == connection.info.backend_pid
    assert said.transaction.snapshot.startswith(f"{said.transaction.xmin}:")
    assert 0 <= said.transaction.age < 60
    assert not said.refused


def test_the_snapshot_stays_while_others_write(connection: Connection, database: ConnectionSettings) -> None:
    transaction.begin(connection)
    before = server_side(connection).transaction
    assert before is not None
    second = connect(database, "test")
    began = transactions_since(second, before.xmin)
    second.rollback()
    other = conftest.connect(database)
    with other.cursor() as cursor:
        for _ in range(3):
            cursor.execute("SELECT txid_current()")
    other.close()
    assert transactions_since(second, before.xmin) >= began + 3 and began >= 0
    second.close()
    after = server_side(connection).transaction
    assert after is not None
    assert (after.xmin, after.snapshot) == (before.xmin, before.snapshot) and after.age > before.age


def test_no_xmin_where_each_statement_has_another(connection: Connection) -> None:
    connection.set_session(isolation_level="READ COMMITTED", readonly=False)
    said = server_side(connection)
    assert said.transaction is None and said.refused
    with connection.cursor() as cursor:
        cursor.execute("SELECT txid_current()")
        ((xid,),) = cursor.fetchall()
    found = server_side(connection).transaction
    assert found is not None and (found.xmin, found.xid, found.read_only) == ("", xid, False)


def test_memory_is_a_tree_in_which_the_cursor_is(connection: Connection) -> None:
    declared(connection, "SELECT i FROM generate_series(1, 9) AS i", "mine").fetch(1)
    memory = server_side(connection, ALL).memory
    assert memory is not None and memory.count == len(memory.contexts)
    assert [context.name for context in memory.contexts if context.depth == 0] == ["TopMemoryContext"]
    assert memory.contexts[0].depth == 0
    steps = zip(memory.contexts, memory.contexts[1:], strict=False)
    assert all(after.depth <= before.depth + 1 for before, after in steps)
    assert memory.nbytes == sum(context.nbytes for context in memory.contexts) > 100_000
    names = [context.name for context in memory.contexts]
    assert not {"Backend Status Snapshot", "PgStat Snapshot"} & set(names), (
        "looking takes no memory that stays"
    )
    portal = next(
        place for place, context in enumerate(memory.contexts) if context.ident in ("mine", '"mine"')
    )
    assert names[portal] == "PortalContext"
    # What the portal's plan takes while it runs is in it, and so right behind it.
    assert names[portal + 1] == "ExecutorState"
    assert memory.contexts[portal + 1].depth == memory.contexts[portal].depth + 1


def test_more_contexts_than_are_shown_are_added_up(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared(connection)
    whole = server_side(connection, ALL).memory
    monkeypatch.setattr(inspecting, "MOST_CONTEXTS", 5)
    some = server_side(connection, ALL).memory
    assert whole is not None and some is not None
    assert len(some.contexts) == 5 and some.count >= whole.count - 5 > 5
    assert some.nbytes > 2 * sum(context.nbytes for context in some.contexts)


def test_temporary_files_of_a_sort(connection: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
    assert server_side(connection, ALL).files == TemporaryFiles(0, 0)
    declared(
        connection, "SELECT i, repeat('x', 100) FROM generate_series(1, 20000) AS i ORDER BY i DESC"
    ).fetch(1)
    files = server_side(connection, ALL).files
    assert files is not None and files.count >= 1 and files.nbytes > 1_000_000
    connection.rollback()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert server_side(connection, ALL).files == TemporaryFiles(0, 0)


def test_the_plan_is_the_cursors(connection: Connection) -> None:
    cursor = declared(connection, "SELECT i FROM generate_series(1, 9) AS i ORDER BY i")
    plan = server_side(connection, ALL, cursor.declaration).plan
    assert plan is not None
    assert plan.root.kind == "Sort" and [node.kind for node in plan.root.children] == ["Function Scan"]


def test_a_refusal_costs_nothing(connection: Connection) -> None:
    cursor = declared(connection, "SELECT i FROM generate_series(1, 9) AS i")
    cursor.fetch(2)
    said = server_side(connection, ALL, sql.SQL("DECLARE d CURSOR FOR SELECT nothing_of_that_name"))
    assert "nothing_of_that_name" in said.refused[Part.PLAN] and said.plan is None
    assert said.memory is not None and said.transaction is not None
    assert cursor.fetch(1) == [("3",)]
    # And none of it is left: a savepoint of that name is unknown.
    with connection.cursor() as other, pytest.raises(psycopg2.errors.InvalidSavepointSpecification):
        other.execute("RELEASE SAVEPOINT pgmem_inspect")


def test_an_ordinary_role_is_told_why_not(connection: Connection, database: ConnectionSettings) -> None:
    role = f"pgmem_plain_{connection.info.backend_pid}"
    owner = conftest.connect(database)
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'plain'")
    plain = connect(replace(database, user=role, password="plain"), "test")
    try:
        mine = declared(plain)
        said = server_side(plain, ALL, mine.declaration)
        assert said.memory is None and "pg_read_all_stats" in said.refused[Part.MEMORY]
        assert said.files is None and "pg_monitor" in said.refused[Part.FILES]
        assert said.database_temporary is not None
        assert said.plan is not None and said.transaction is not None and said.cursors[0].name == "c"
        assert mine.fetch(1) == [("1",)]
        plain.rollback()
    finally:
        plain.close()
        with owner.cursor() as cursor:
            cursor.execute(f"DROP ROLE {role}")
        owner.close()


def test_a_cancel_stops_the_look_and_not_the_cursor(
    connection: Connection, database: ConnectionSettings
) -> None:
    cursor = declared(connection, "SELECT i FROM generate_series(1, 9) AS i")
    cursor.fetch(1)
    other = conftest.connect(database)
    # Its planning runs the function.
    with other.cursor() as maker:
        maker.execute(
            "CREATE FUNCTION slow() RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(60); RETURN 1; END $$"
        )
    pid = connection.info.backend_pid

    def cancel() -> None:
        with other.cursor() as canceller:
            while True:
                canceller.execute(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                    " WHERE pid = %s AND wait_event = 'PgSleep'",
                    (pid,),
                )
                if canceller.fetchall():
                    return

    canceller = threading.Thread(target=cancel)
    canceller.start()
    said = server_side(connection, ALL, sql.SQL("DECLARE d CURSOR FOR SELECT slow()"))
    canceller.join()
    other.close()
    assert "cancel" in said.refused[Part.PLAN]
    assert cursor.fetch(1) == [("2",)]


def test_a_broken_connection_is_no_refusal(connection: Connection, database: ConnectionSettings) -> None:
    declared(connection)
    other = conftest.connect(database)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
    other.close()
    with pytest.raises(psycopg2.Error):
        while True:
            server_side(connection, ALL)
    assert client_side(connection, None).connection_closed == 2


def test_bounded_text_of_a_long_query(connection: Connection) -> None:
    declared(connection, "SELECT '" + "x" * 50_000 + "'")
    (one,) = server_side(connection).cursors
    assert len(one.statement) == inspecting.LONGEST and one.length > 50_000


def test_who_may_ask_for_memory_contexts() -> None:
    assert inspecting._who_may(Part.MEMORY, 140_000).startswith("superusers")
    assert "pg_read_all_stats" in inspecting._who_may(Part.MEMORY, 150_000)
