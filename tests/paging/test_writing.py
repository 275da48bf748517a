"""Statements that write, and the transaction that stays open until it is ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
from psycopg2 import OperationalError

from pgmem_tui.paging.events import (
    Cancelled,
    Connected,
    Ending,
    Failed,
    Lost,
    Opened,
    PageRead,
    Ran,
    TransactionEnded,
    TransactionOpen,
    Weighed,
)
from pgmem_tui.paging.requests import (
    EndTransaction,
    NamedRelation,
    Read,
    Reconnect,
    Seek,
    Statement,
    Weigh,
)
from pgmem_tui.paging.writing import CommitUnanswered, Writing
from pgmem_tui.postgres import write_transaction
from pgmem_tui.postgres.connection import connect
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.write_transaction import CommitMark, WriteTransaction, what_became_of
from tests.paging.harness import Relay, Sessions, SessionUnderTest, backends, eventually, gate, run


@pytest.fixture
def table(database: ConnectionSettings) -> ConnectionSettings:
    """The database with a table t of ten rows."""
    run(database, "CREATE TABLE t AS SELECT i, 'row ' || i AS note FROM generate_series(1, 10) AS i")
    return database


@pytest.fixture
def writer(sessions: Sessions, table: ConnectionSettings) -> SessionUnderTest:
    """A session that may write."""
    return sessions.start(table, writable=True)


def write(session: SessionUnderTest, text: str) -> Ran:
    """Run a statement that writes."""
    before = len(session.of(Ran))
    session.open(Statement(text, writes=True))
    assert len(session.of(Ran)) == before + 1
    return session.of(Ran)[-1]


def end(session: SessionUnderTest, commit: bool) -> TransactionEnded:
    """Commit or roll back."""
    session.request(EndTransaction(commit))
    return session.wait(TransactionEnded)


def notes(database: ConnectionSettings) -> list[str]:
    """What others see."""
    return [note for (note,) in run(database, "SELECT note FROM t ORDER BY i")]


# -- what writes ---------------------------------------------------------------------------------


def test_what_is_written_is_seen_here_at_once_and_by_others_after_the_commit(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    assert write(writer, "UPDATE t SET note = 'new' WHERE i <= 3").tag == "UPDATE 3"
    opened = writer.of(TransactionOpen)[-1]
    assert (opened.statements, opened.last) == (1, ("UPDATE t SET note = 'new' WHERE i <= 3",))
    assert [row[0] for row in writer.cells("SELECT note FROM t WHERE i <= 4 ORDER BY i")] == ["new"] * 3 + [
        "row 4"
    ]
    assert [row[1] for row in writer.cells(NamedRelation("t"))].count("new") == 3
    assert "new" not in notes(table)
    assert end(writer, commit=True).how is Ending.COMMITTED
    assert notes(table).count("new") == 3
    assert writer.cells("SELECT current_setting('transaction_read_only')") == [("on",)]


def test_a_roll_back_takes_all_of_it(writer: SessionUnderTest, table: ConnectionSettings) -> None:
    write(writer, "DELETE FROM t")
    assert write(writer, "CREATE TABLE made (a int)").tag == "CREATE TABLE"
    assert writer.of(TransactionOpen)[-1].statements == 2
    assert end(writer, commit=False) == TransactionEnded(Ending.ROLLED_BACK, 2)
    assert len(notes(table)) == 10
    assert run(table, "SELECT to_regclass('made')") == [(None,)]


def test_an_error_takes_back_its_own_statement_only(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    write(writer, "UPDATE t SET note = 'kept' WHERE i = 1")
    failed = writer.fail(Statement("INSERT INTO t SELECT 100 / (i - 5) FROM t", writes=True))
    assert failed.problem.sqlstate == "22012"
    assert "the statement before it is kept" in failed.problem.advice
    failed = writer.fail(Statement("UPDATE t SET nothing = 1 RETURNING i", writes=True))
    assert failed.sql[failed.problem.position - 1 :].startswith("nothing")
    assert writer.fail("SELECT 1 / (i - 5) FROM t ORDER BY 1").problem.sqlstate == "22012"
    assert [row[0] for row in writer.cells("SELECT note FROM t WHERE i = 1")] == ["kept"]
    assert end(writer, commit=True).statements == 1
    assert notes(table)[0] == "kept"


def test_a_first_statement_that_fails_leaves_no_transaction(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    run(table, "CREATE TABLE parted (i int) PARTITION BY RANGE (i)")
    failed = writer.fail(Statement("REINDEX TABLE parted", writes=True))
    assert failed.problem.sqlstate == "25001"
    assert "psql" in failed.problem.advice
    assert not writer.of(TransactionOpen)
    assert writer.settle().transaction_started == 0
    assert len(writer.cells(NamedRelation("t"))) == 10


def test_what_is_only_read_in_the_transaction_cannot_write(writer: SessionUnderTest) -> None:
    """A function in a query is called again whenever one scrolls back to its row."""
    write(writer, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM t RETURNING i'")
    assert writer.fail("SELECT f()").problem.sqlstate == "25006"
    assert (
        writer.fail("SELECT set_config('transaction_read_' || 'only', 'off', true)").problem.sqlstate
        == "25001"
    )
    assert len(writer.cells(NamedRelation("t"))) == 10
    assert write(writer, "DELETE FROM t WHERE i = 1").tag == "DELETE 1"


def test_what_a_statement_sets_does_not_change_how_the_next_is_read(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    write(writer, "DO $$ BEGIN PERFORM set_config('standard_conforming_' || 'strings', 'off', false); END $$")
    write(writer, "DO $$ BEGIN PERFORM set_config('client_' || 'encoding', 'LATIN1', false); END $$")
    write(writer, r"UPDATE t SET note = 'ż\' WHERE i = 1")
    assert end(writer, commit=True).how is Ending.COMMITTED
    assert notes(table)[0] == "ż\\"
    assert writer.cells(r"SELECT 'ż\'") == [("ż\\",)]


def test_values_returned_have_their_types_and_nulls(writer: SessionUnderTest) -> None:
    text = "UPDATE t SET note = E'a\"b,\\nc' WHERE i = 1 RETURNING i, note, NULL AS n, '' AS empty, i AS i"
    ran = write(writer, text + " -- all of it")
    assert (ran.tag, ran.rows, ran.kept) == ("UPDATE 1", 1, 1)
    opened = writer.of(Opened)[-1]
    assert [column.name for column in opened.columns] == ["i", "note", "n", "empty", "i"]
    assert writer.rows() == {0: ("1", 'a"b,\nc', None, "", "1")}
    assert write(writer, "WITH gone AS (DELETE FROM t WHERE i > 8 RETURNING *) SELECT i FROM gone").rows == 2
    assert write(writer, "SELECT i FROM t WHERE i < 3 ORDER BY i FOR UPDATE").tag == "SELECT 2"
    assert write(writer, "INSERT INTO t VALUES (11, 'x') RETURNING i").tag == "INSERT 0 1"
    with_query = "WITH low AS (SELECT 1 AS i)"
    assert (
        write(writer, f"{with_query} DELETE FROM t USING low WHERE t.i = low.i RETURNING *").tag == "DELETE 1"
    )
    assert write(writer, f"{with_query} INSERT INTO t SELECT i, 'y' FROM low RETURNING i").tag == "INSERT 0 1"
    assert write(writer, "TABLE t FOR UPDATE").tag == "SELECT 9"


def test_what_the_server_says_is_shown_in_bounds(writer: SessionUnderTest) -> None:
    ran = write(writer, "DO $$ BEGIN FOR i IN 1..1000 LOOP RAISE NOTICE 'n %', i; END LOOP; END $$")
    assert (ran.tag, ran.rows, len(ran.notices), ran.more_notices) == ("DO", -1, 20, 980)
    assert ran.notices[-1] == "NOTICE:  n 1000"
    rows = writer.rows()
    assert (rows[0], rows[1]) == (("DO",), ("NOTICE:  n 981",))


def test_a_query_that_writes_is_told_where_it_may(sessions: Sessions, table: ConnectionSettings) -> None:
    run(table, "CREATE SEQUENCE s")
    for writable, advice in ((True, "PERFORM"), (False, "psql")):
        problem = sessions.start(table, writable=writable).fail("SELECT nextval('s')").problem
        assert problem.sqlstate == "25006"
        assert advice in problem.advice


def test_rows_that_a_rule_lets_come_all_at_once_only(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    run(
        table,
        "CREATE TABLE log (i int)",
        "CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (1)",
    )
    write(writer, "DELETE FROM t WHERE i = 1")
    problem = writer.fail(Statement("INSERT INTO t VALUES (11, 'x') RETURNING i", writes=True)).problem
    assert "COPY" not in problem.message
    assert "leave RETURNING out" in problem.advice
    assert write(writer, "INSERT INTO t VALUES (11, 'x')").tag == "INSERT 0 1"


def test_notifications_are_not_kept(writer: SessionUnderTest) -> None:
    assert "not sent" in writer.fail(Statement("LISTEN c", writes=True)).problem.message
    write(writer, "DO $$ BEGIN EXECUTE 'LISTEN c'; END $$")
    write(writer, "DO $$ BEGIN FOR i IN 1..100 LOOP PERFORM pg_notify('c', i::text); END LOOP; END $$")
    assert end(writer, commit=True).how is Ending.COMMITTED
    assert writer.cells("SELECT * FROM pg_listening_channels()") == [("c",)]
    snapshot = writer.session._link.snapshot
    assert snapshot is not None
    assert not isinstance(snapshot.connection.notifies, list)


def test_rows_returned_outlive_the_transaction(writer: SessionUnderTest) -> None:
    write(writer, "DELETE FROM t RETURNING i")
    end(writer, commit=False)
    writer.read(3, 10)
    assert writer.rows()[9] == ("10",)


def test_what_cannot_be_held_is_refused(writer: SessionUnderTest) -> None:
    assert "any number of rows" in writer.fail(Statement("EXECUTE p", writes=True)).problem.message
    assert not writer.of(TransactionOpen)


# -- its end -------------------------------------------------------------------------------------


def test_a_commit_that_the_server_refuses_is_told(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    write(writer, "CREATE TABLE k (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
    write(writer, "INSERT INTO k VALUES (1), (1)")
    ended = end(writer, commit=True)
    assert ended.how is Ending.REFUSED
    assert ended.problem is not None
    assert ended.problem.sqlstate == "23505"
    assert run(table, "SELECT to_regclass('k')") == [(None,)]
    assert len(writer.cells(NamedRelation("t"))) == 10


def test_a_lost_connection_says_that_the_work_is_lost(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    write(writer, "DELETE FROM t")
    run(
        table,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE 'pgmem-tui %'",
    )
    eventually(lambda: not backends(table))
    writer.begin_open(NamedRelation("t"))
    writer.wait(Lost)
    ended = writer.wait(TransactionEnded)
    assert (ended.how, ended.statements) == (Ending.LOST, 1)
    writer.request(Reconnect())
    writer.wait(Connected)
    assert len(writer.cells(NamedRelation("t"))) == 10


@pytest.mark.parametrize("arrives", [True, False])
def test_a_commit_without_an_answer_is_looked_up(
    sessions: Sessions, table: ConnectionSettings, relay: Relay, arrives: bool
) -> None:
    run(
        table,
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END'",
        "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION wait()",
    )
    session = sessions.start(replace(relay.settings, dbname=table.dbname), writable=True)
    write(session, "UPDATE t SET note = 'new' WHERE i = 1")
    with gate(table) as closed:
        session.request(EndTransaction(True))
        closed.wait_for_someone()
        relay.stop()
        session.wait(Lost)
        ended = session.wait(TransactionEnded)
        assert (ended.how, bool(ended.xid)) == (Ending.UNKNOWN, True)
        if not arrives:
            run(
                table,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name LIKE 'pgmem-tui %'",
            )
    eventually(lambda: not backends(table))
    relay.start()
    session.request(Reconnect())
    session.wait(Connected)
    found = session.wait(TransactionEnded)
    assert found.found_out
    assert found.xid == ended.xid
    committed = notes(table)[0] == "new"
    assert found.how is (Ending.COMMITTED if committed else Ending.ROLLED_BACK)
    assert committed or not arrives


@pytest.fixture
def clerk(table: ConnectionSettings) -> Iterator[ConnectionSettings]:
    """An ordinary role that may write to t, and ask for less than others of the server."""
    name = f"clerk_{table.dbname}"
    run(
        table,
        f"CREATE ROLE {name} LOGIN PASSWORD 'clerk'",
        f"GRANT ALL ON t TO {name}",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC",
    )
    yield replace(table, user=name, password="clerk")
    run(table, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_commit_needs_no_privilege_to_ask_which_server_it_is(
    sessions: Sessions, table: ConnectionSettings, clerk: ConnectionSettings
) -> None:
    session = sessions.start(clerk, writable=True)
    write(session, "UPDATE t SET note = 'new' WHERE i = 1")
    ended = end(session, commit=True)
    assert (ended.how, bool(ended.xid)) == (Ending.COMMITTED, True)
    assert notes(table)[0] == "new"
    assert len(session.cells(NamedRelation("t"))) == 10


def test_a_commit_whose_number_is_not_told(
    table: ConnectionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_transaction, "_XID", "SELECT (1 / 0)::text")
    connection = connect(table, "browse")
    try:
        work = WriteTransaction(connection, nullcontext)
        with work.statement("DELETE FROM t"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM t")
        mark = work.mark()
        assert mark == CommitMark("", "")
        work.leave_reading()
        work.commit()
    finally:
        connection.close()
    assert notes(table) == []
    ended = CommitUnanswered(OperationalError(), 1, mark).ended
    assert (ended.how, ended.xid) == (Ending.UNKNOWN, "")
    assert CommitUnanswered(OperationalError(), 1, None).ended.how is Ending.LOST


def test_what_became_of_a_transaction(table: ConnectionSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    ((xid, system),) = run(
        table, "SELECT pg_current_xact_id()::text, (SELECT system_identifier::text FROM pg_control_system())"
    )
    connection = connect(table, "browse")
    try:
        for mark, status in (
            (CommitMark(xid, system), "committed"),
            (CommitMark(xid, ""), "committed"),
            (CommitMark(xid, "1"), "other"),
            (CommitMark(str(int(xid) + 1_000_000), system), ""),
        ):
            assert what_became_of(connection, mark) == status
        monkeypatch.setattr(write_transaction, "_SYSTEM", "SELECT (1 / 0)::text")
        assert what_became_of(connection, CommitMark(xid, system)) == "unanswered"
        writing = Writing(connection, table, lambda event: None, nullcontext, writable=True, limit=1)
        before = Writing(connection, table, lambda event: None, nullcontext, writable=True, limit=1)
        before.unsure = CommitMark(xid, system)
        writing.find_out(before)
        assert writing.unsure == before.unsure
    finally:
        connection.close()


def test_closing_rolls_back(writer: SessionUnderTest, table: ConnectionSettings) -> None:
    write(writer, "DELETE FROM t")
    assert writer.close()
    eventually(lambda: not backends(table))
    assert len(notes(table)) == 10


def test_it_is_never_released_while_idle(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start(table, writable=True, idle_limit=0.05)
    write(session, "DELETE FROM t WHERE i = 1")
    session.cells(NamedRelation("t"))
    eventually(
        lambda: backends(table, "state = 'idle in transaction' AND state_change < now() - interval '0.3 s'")
    )
    assert session.settle().writes
    assert end(session, commit=True).how is Ending.COMMITTED
    assert len(notes(table)) == 9


# -- cancelling ----------------------------------------------------------------------------------


def test_a_cancel_takes_back_the_statement_that_runs(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    write(writer, "DELETE FROM t WHERE i = 1")
    with gate(table) as closed:
        writer.begin_open(Statement("UPDATE t SET note = pg_advisory_xact_lock_shared(7)::text", writes=True))
        closed.wait_for_someone()
        writer.session.cancel()
        writer.wait(Cancelled)
    writer.request(Read(writer.generation, 0, 10))
    writer.settle()
    assert end(writer, commit=True).statements == 1
    assert notes(table) == [f"row {i}" for i in range(2, 11)]


def test_what_writes_is_not_given_up_for_what_is_opened_next(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    with gate(table) as closed:
        text = "UPDATE t SET note = 'new' WHERE pg_advisory_xact_lock_shared(7) IS NOT NULL"
        writer.begin_open(Statement(text, writes=True))
        closed.wait_for_someone()
        writer.begin_open(NamedRelation("t"))
    assert writer.wait(Ran).tag == "UPDATE 10"
    writer.wait(PageRead, lambda event: event.generation == writer.generation)
    assert end(writer, commit=True).how is Ending.COMMITTED
    assert notes(table) == ["new"] * 10


def test_what_was_given_up_before_it_was_run_is_never_run(
    sessions: Sessions, table: ConnectionSettings, relay: Relay
) -> None:
    session = sessions.start(replace(relay.settings, dbname=table.dbname), writable=True)
    write(session, "UPDATE t SET note = 'new' WHERE i = 1")
    relay.delay = 0.5
    session.begin_open(Statement("DELETE FROM t", writes=True))
    # What was read is let go of first, which takes a round trip.
    eventually(lambda: session.session._reader.generation == session.generation)
    session.session.cancel()
    session.wait(Cancelled)
    relay.delay = 0.0
    session.read(0, 10)
    session.request(Seek(session.generation, ("1",), 10))
    assert session.wait(Failed).problem.message == "nothing is open"
    session.settle()
    assert end(session, commit=True).statements == 1
    assert len(notes(table)) == 10


def test_a_statement_is_run_once(writer: SessionUnderTest, table: ConnectionSettings) -> None:
    write(writer, "CREATE TABLE s (a int)")
    writer.fail(Statement("INSERT INTO s SELECT 1 / 0", writes=True))
    writer.request(Read(writer.generation, 0, 10))
    writer.settle()
    assert writer.cells("TABLE s") == []


# -- how many rows -------------------------------------------------------------------------------


def test_the_planner_says_how_many_rows_a_statement_would_change(
    writer: SessionUnderTest, table: ConnectionSettings
) -> None:
    run(table, "ANALYZE t")
    writer.open(NamedRelation("t"))
    texts = (
        "DELETE FROM t",
        "DELETE FROM t WHERE i < 6 RETURNING *",
        "INSERT INTO t SELECT * FROM t WHERE i < 6",
    )
    for number, text in enumerate(texts):
        writer.request(Weigh(number, text))
    found = [writer.wait(Weighed).rows for _ in texts]
    assert found == [10, 5, 5]
    writer.request(Weigh(8, "INSERT INTO t " + " EXCEPT ".join(["SELECT i, note FROM t"] * 600)))
    assert writer.wait(Weighed) == Weighed(8, None, None)
    writer.request(Weigh(9, "DELETE FROM nowhere"))
    problem = writer.wait(Weighed).problem
    assert problem is not None
    assert problem.position == 13
    writer.read(0, 10)
    assert len(writer.rows()) == 10
    assert len(notes(table)) == 10
