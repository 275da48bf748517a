"""A session when things go wrong: it says what, stays usable, and comes back to the same place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.paging.events import (
    Cancelled,
    Connected,
    ConnectFailed,
    CursorState,
    Failed,
    Lost,
    Opened,
    PageRead,
    Released,
    TransactionEnded,
)
from pgmem_tui.paging.requests import (
    EndTransaction,
    FindEnd,
    KnownRelation,
    MeasureBackend,
    NamedRelation,
    Read,
    Reconnect,
    Release,
    Statement,
    Stream,
)
from pgmem_tui.postgres.query_spec import SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import (
    Relay,
    Sessions,
    SessionUnderTest,
    backends,
    eventually,
    gate,
    gated,
    run,
    within,
)


def terminate(database: ConnectionSettings) -> None:
    """End the program's sessions, and wait until they are gone."""
    run(
        database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE 'pgmem-tui %'",
    )
    eventually(lambda: not backends(database))


def come_back(session: SessionUnderTest, first: int, end: int, refreshed: str = "reconnected") -> None:
    """Reconnect, and read the same rows in a new snapshot."""
    session.request(Reconnect())
    session.wait(Connected)
    session.read(first, end)
    again = session.of(Opened)[-1]
    assert (again.refreshed, again.generation) == (refreshed, session.generation)
    assert [session.rows()[number] for number in range(first, end)] == [
        (str(number + 1),) for number in range(first, end)
    ]


@pytest.fixture
def table(database: ConnectionSettings) -> ConnectionSettings:
    """The database with a table t of 1,000 rows."""
    run(database, "CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) AS i")
    return database


# -- a query that cannot be ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("SELECT nope", "nope"),
        ("\n\n  SELECT 1,\n nope", "nope"),
        (" ; ;SELECT 'é東京😀', nope -- c", "nope"),
        ("/* é */ SELECT 1; -- x\n SELECT 2", "SELECT 2"),
        ("SELECT 'é東', oops oops oops", "oops oops"),
        ("SELECT 1 + 'a'", "'a'"),
        ("TABLE missing", "missing"),
        ("SELECT 1 /* \0 */", "\0"),
        ("SELECT '\udc80'", "\udc80"),
    ],
)
def test_the_place_of_a_mistake_is_told_in_the_users_own_text(
    sessions: Sessions, text: str, marked: str
) -> None:
    session = sessions.start()
    failed = session.fail(text)
    assert failed.sql == text
    place = failed.problem.position - 1
    if marked == "oops oops":
        assert text[place:].startswith("oops")
    else:
        assert place == text.index(marked)
    assert session.cells("SELECT 1") == [("1",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DELETE FROM t", "DELETE is not a query"),
        ("", "there is no statement"),
        ("SELECT 1; SELECT 2", "there are 2 statements"),
        ("SELECT * INTO u FROM t", "SELECT INTO makes a table"),
    ],
)
def test_what_is_not_a_query_is_not_run(sessions: Sessions, text: str, said: str) -> None:
    session = sessions.start()
    problem = session.fail(text).problem
    assert problem.message.startswith(said)
    assert problem.advice
    assert not session.sent("DECLARE")


def test_a_table_that_is_not_there(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start()
    run(table, "CREATE TABLE orders ()")
    problem = session.fail(NamedRelation("order")).problem
    assert problem.message.startswith("there is no table or view")
    assert "orders" in problem.message
    assert session.fail(KnownRelation(4_000_000_000)).problem.message.startswith("the relation with oid")


def test_what_never_opened_is_not_tried_again_by_a_read(sessions: Sessions) -> None:
    session = sessions.start()
    session.fail("SELECT nope")
    session.read(0, 10)
    assert len(session.of(Failed)) == 1


def test_an_error_in_a_later_row(sessions: Sessions) -> None:
    session = sessions.start(batch=10)
    session.open("SELECT 100 / (50 - i) FROM generate_series(1, 100) AS i")
    session.read(45, 55)
    failed = session.of(Failed)[-1]
    assert (failed.problem.sqlstate, failed.problem.position) == ("22012", 0)
    session.read(0, 10)
    assert session.of(Opened)[-1].refreshed == "after an error"
    assert session.rows()[0] == ("2",)


# -- timeouts and other hands ----------------------------------------------------------------------


def test_a_statement_timeout_of_the_server_is_a_failure_and_no_cancel(
    sessions: Sessions, database: ConnectionSettings
) -> None:
    role = f"slow_{database.dbname}"
    run(database, f"CREATE ROLE {role} LOGIN SUPERUSER", f"ALTER ROLE {role} SET statement_timeout = '100ms'")
    try:
        session = sessions.start(replace(database, user=role))
        failed = session.fail("SELECT pg_sleep(30)")
        assert failed.problem.sqlstate == "57014"
        assert "statement timeout" in failed.problem.message
        assert failed.problem.advice
        assert not session.of(Cancelled)
        assert session.cells("SELECT 1") == [("1",)]
        session.close()
    finally:
        eventually(lambda: not backends(database))
        run(database, f"DROP ROLE {role}")


def test_a_statement_cancelled_by_someone_else_is_a_failure(
    sessions: Sessions, database: ConnectionSettings
) -> None:
    session = sessions.start()
    session.begin_open("SELECT pg_sleep(60)")
    eventually(lambda: backends(database, "wait_event = 'PgSleep'"))
    # By itself: the planner may ask a function in a WHERE before the other conditions, about any backend.
    sleeping = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
    )
    assert run(database, f"SELECT pg_cancel_backend(pid) FROM ({sleeping} OFFSET 0) AS q") == [(True,)]
    assert session.wait(Failed).problem.canceled
    assert not session.of(Cancelled)


def test_the_server_ends_an_idle_transaction(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start(
        replace(table, other=(("options", "-c idle_in_transaction_session_timeout=100"),))
    )
    session.open(NamedRelation("t"))
    eventually(lambda: not backends(table))
    session.request(Read(1, 500, 510))
    assert session.wait(Lost).problem.lost
    come_back(session, 500, 510)


# -- a lost connection -----------------------------------------------------------------------------


@pytest.mark.parametrize("during", ["idle", "read", "stream", "open", "release"])
def test_the_backend_is_terminated(sessions: Sessions, table: ConnectionSettings, during: str) -> None:
    session = sessions.start(batch=10, idle_limit=0.3 if during == "release" else 60.0)
    if during in ("read", "stream"):
        session.open(gated())
        with gate(table) as closed:
            session.request(Read(1, 20, 30) if during == "read" else Stream(1, 20, 10))
            closed.wait_for_someone()
            terminate(table)
            lost = session.wait(Lost)
        session.request(Reconnect())
        session.wait(Connected)
        session.read(20, 30)
        assert session.rows()[20][0] == "21"
        assert session.of(Opened)[-1].refreshed == "reconnected"
    else:
        if during == "open":
            session.open("SELECT 'the old one'")
        else:
            session.open(NamedRelation("t"))
        terminate(table)
        if during == "open":
            session.begin_open(NamedRelation("t"))
        elif during == "idle":
            session.request(Read(1, 500, 510))
        lost = session.wait(Lost)
        come_back(session, 500, 510, "" if during == "open" else "reconnected")
    assert lost.problem.lost
    assert lost.problem.message
    assert not session.of(Failed)
    assert not session.of(Released)


def test_a_lost_connection_is_told_again_for_each_request(
    sessions: Sessions, table: ConnectionSettings
) -> None:
    session = sessions.start()
    session.open(NamedRelation("t"))
    terminate(table)
    for request in (Read(1, 500, 510), Read(1, 500, 510), FindEnd(1, 10), Stream(1, 0, 10)):
        session.request(request)
        session.wait(Lost)
    session.begin_open("SELECT 2")
    assert session.wait(Lost).generation == 2
    session.request(Reconnect())
    session.wait(Connected)
    session.read(0, 1)
    assert session.rows() == {0: ("2",)}


def test_reconnecting_may_take_more_than_one_attempt(
    sessions: Sessions, table: ConnectionSettings, relay: Relay
) -> None:
    session = sessions.start(relay.settings)
    session.open(NamedRelation("t"))
    relay.stop()
    session.request(Read(1, 500, 510))
    session.wait(Lost)
    for _ in range(2):
        session.request(Reconnect())
        problem = session.wait(ConnectFailed).problem
        assert "refused" in problem.message
    session.request(Read(1, 500, 510))
    session.wait(Lost)
    relay.start()
    come_back(session, 500, 510)


def test_a_first_attempt_that_fails(sessions: Sessions, table: ConnectionSettings, relay: Relay) -> None:
    relay.stop()
    session = sessions.start(relay.settings)
    assert session.of(ConnectFailed)
    relay.start()
    session.request(Reconnect())
    session.wait(Connected)
    session.open(NamedRelation("t"))
    assert session.rows()[0] == ("1",)


def test_a_connection_lost_between_connecting_and_the_first_answer(
    sessions: Sessions, table: ConnectionSettings
) -> None:
    """A server that takes the connection and then cannot say when the backend started."""
    hostile = replace(table, other=(("options", "-c statement_timeout=1 -c search_path=pg_catalog"),))
    run(table, "REVOKE EXECUTE ON FUNCTION pg_backend_pid() FROM PUBLIC")
    run(table, "DROP ROLE IF EXISTS nobody_here", "CREATE ROLE nobody_here LOGIN")
    try:
        session = sessions.start(replace(hostile, user="nobody_here"))
        assert session.of(ConnectFailed)
        assert session.close()
    finally:
        run(table, "DROP ROLE nobody_here")


def test_the_server_is_stopped(sessions: Sessions) -> None:
    with EmbeddedServer() as server:
        run(server.settings, "CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) AS i")
        session = sessions.start(server.settings)
        session.open(NamedRelation("t"))
        server.stop()
        session.request(Read(1, 500, 510))
        assert session.wait(Lost).problem.advice
        session.request(Reconnect())
        assert session.wait(ConnectFailed).problem.message
        with within(2.0):
            assert session.close()


def test_a_dead_network_does_not_hold_up_the_end(
    sessions: Sessions, table: ConnectionSettings, relay: Relay
) -> None:
    session = sessions.start(relay.settings)
    session.open(NamedRelation("t"))
    relay.delay = 3600.0
    session.request(Read(1, 500, 510))
    with within(2.5):
        session.session.close()
    relay.stop()
    eventually(session.close)


# -- a slow network --------------------------------------------------------------------------------


def test_a_long_way_to_the_server_does_not_make_batches_small(
    sessions: Sessions, table: ConnectionSettings, relay: Relay
) -> None:
    """The time that a round trip takes says nothing about the rows."""
    session = sessions.start(relay.settings)
    relay.delay = 0.08
    session.open(NamedRelation("t"), screenful=50)
    for first in (50, 150, 250):
        session.read(first, first + 50)
    sizes = [len(event.page.rows) for event in session.of(PageRead)]
    assert min(sizes) >= 50
    assert max(sizes) >= 200


# -- tables that change ----------------------------------------------------------------------------


def test_a_table_dropped_while_it_was_released(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start(idle_limit=0.1)
    session.open(NamedRelation("t"))
    session.wait(Released)
    run(table, "DROP TABLE t")
    session.read(100, 110)
    assert session.of(Failed)[-1].problem.message.startswith("there is no table")
    run(table, "CREATE TABLE t AS SELECT -i AS i FROM generate_series(1, 1000) AS i")
    session.read(100, 102)
    assert session.rows()[100] == ("-101",)
    assert session.of(Opened)[-1].refreshed


def test_a_table_altered_while_it_was_released(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start(idle_limit=0.1)
    session.open(NamedRelation("t"))
    session.wait(Released)
    run(table, "ALTER TABLE t ADD COLUMN added text DEFAULT 'new'", "ALTER TABLE t ALTER i TYPE text")
    session.read(100, 102)
    again = session.of(Opened)[-1]
    assert [(column.name, column.type_name, column.clamped) for column in again.columns] == [
        ("i", "text", True),
        ("added", "text", True),
    ]
    assert session.rows()[100] == ("101", "new")


def test_a_table_that_shrank_while_it_was_released(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start(idle_limit=0.1)
    session.open(NamedRelation("t"))
    session.wait(Released)
    run(table, "DELETE FROM t WHERE i > 100")
    session.read(500, 510)
    assert session.pages()[-1].row_count == 100
    assert session.rows() == {}


def test_why_it_is_lost_is_said_again(sessions: Sessions, table: ConnectionSettings) -> None:
    """psycopg2 knows later only that the connection is closed."""
    session = sessions.start()
    session.open(NamedRelation("t"))
    terminate(table)
    session.request(MeasureBackend())
    first = session.wait(Lost)
    assert session.wait(CursorState).transaction_started == 0
    session.request(Read(session.generation, 500, 510))
    assert session.wait(Lost).problem == first.problem
    assert "closed the connection" in first.problem.message or "terminating" in first.problem.message
    come_back(session, 500, 510)


BLOATED = (
    "CREATE TABLE bloated (i int, filler text) WITH (autovacuum_enabled = off)",
    "INSERT INTO bloated SELECT -i, repeat('x', 200) FROM generate_series(1, 40000) AS i",
    "DELETE FROM bloated",
    "INSERT INTO bloated SELECT i, repeat('x', 200) FROM generate_series(1, 100000) AS i",
    "CREATE INDEX ON bloated (i)",
)
"""Rows whose number says little about their block: the first blocks have none."""


@pytest.mark.parametrize("order", [(), (SortKey("i"),)], ids=["heap order", "key order"])
@pytest.mark.parametrize("how", ["released", "reconnected"])
def test_far_rows_are_the_same_afterwards(
    sessions: Sessions, database: ConnectionSettings, how: str, order: tuple[SortKey, ...]
) -> None:
    run(database, *BLOATED)
    (oid,) = run(database, "SELECT 'bloated'::regclass::oid")[0]
    session = sessions.start(database, batch=1_000)
    session.open(KnownRelation(int(oid), order=order))
    for first in range(0, 60_000, 1_000):
        session.read(first, first + 1_000)
    assert session.pages()[-1].page.rows[0][0] == "59001"
    if how == "released":
        session.request(Release())
        session.wait(Released)
    else:
        terminate(database)
        session.request(Read(session.generation, 61_000, 61_010))
        session.wait(Lost)
        session.request(Reconnect())
        session.wait(Connected)
    session.read(55_500, 55_510)
    again = session.pages()[-1]
    assert again.page.first == 55_500 and not again.exact
    assert [row[0] for row in again.page.rows[:10]] == [str(number) for number in range(55_501, 55_511)]
    session.request(Read(session.generation, 54_000, 54_010, True, again.epoch))
    before = session.wait(PageRead, lambda event: event.page.first <= 54_000 < event.page.end)
    assert before.page.rows[54_000 - before.page.first][0] == "54001"


def test_released_on_demand(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start()
    session.open(NamedRelation("t"))
    session.request(Release())
    assert session.wait(Released).idle_seconds == 0
    with within(10.0):
        run(table, "ALTER TABLE t ADD COLUMN late int")
    session.read(100, 102)
    assert session.of(Opened)[-1].refreshed
    assert session.rows()[100][:1] == ("101",)


def test_what_writes_is_not_released_on_demand(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start(writable=True)
    session.open(Statement("DELETE FROM t WHERE i = 1", writes=True))
    session.request(Release())
    session.request(EndTransaction(True))
    session.wait(TransactionEnded)
    assert not session.of(Released)


def test_an_open_table_can_neither_be_dropped_nor_altered_before_it_is_let_go(
    sessions: Sessions, table: ConnectionSettings
) -> None:
    session = sessions.start(idle_limit=0.5)
    session.open(NamedRelation("t"))
    with within(10.0):
        run(table, "ALTER TABLE t ADD COLUMN late int")
    session.wait(Released)
