"""What is refused here, sent all the same: the server refuses it too, or ours is stricter for a reason."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from pgmem_tui.language.classifying import Runs, classify
from pgmem_tui.postgres import transaction
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect as connect_writing

READ_ONLY, ACTIVE, NO_FUNCTION, NO_PREPARED, IN_BLOCK = "25006", "25001", "42883", "26000", "25001"


@pytest.fixture
def database_with_rows(database: ConnectionSettings) -> ConnectionSettings:
    writing = connect_writing(database)
    with writing.cursor() as cursor:
        cursor.execute("CREATE TABLE t (i int); INSERT INTO t VALUES (1); CREATE SEQUENCE s")
        cursor.execute("CREATE PROCEDURE deletes() LANGUAGE sql AS 'DELETE FROM t'")
        cursor.execute(
            "CREATE FUNCTION makes_writable() RETURNS text LANGUAGE sql AS "
            "$$ SELECT pg_catalog.set_config('transaction_read_only', 'off', true) $$"
        )
    writing.close()
    return database


@pytest.fixture
def connection(database_with_rows: ConnectionSettings) -> Iterator[Connection]:
    opened = connect(database_with_rows, "test")
    transaction.begin(opened)
    yield opened
    opened.close()


def refused(connection: Connection, text: str) -> str:
    """The server's SQLSTATE, or nothing if it runs it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(text)
    except psycopg2.Error as error:
        return error.pgcode or type(error).__name__
    return ""


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("DELETE FROM t", READ_ONLY),
        ("INSERT INTO t VALUES (2) RETURNING *", READ_ONLY),
        ("UPDATE t SET i = 2", READ_ONLY),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", READ_ONLY),
        ("SELECT * FROM t FOR UPDATE", READ_ONLY),
        ("SELECT * FROM (SELECT * FROM t FOR KEY SHARE) s", READ_ONLY),
        ("SELECT i INTO n FROM t", READ_ONLY),
        ("EXPLAIN ANALYZE DELETE FROM t", READ_ONLY),
        ("EXPLAIN (ANALYZE off, ANALYZE) DELETE FROM t", READ_ONLY),
        ("EXPLAIN ANALYZE WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", READ_ONLY),
        ("DO $$ BEGIN DELETE FROM t; END $$", READ_ONLY),
        ("CALL deletes()", READ_ONLY),
        ("COPY t FROM PROGRAM 'echo 1'", READ_ONLY),
        ("TRUNCATE t", READ_ONLY),
        ("CREATE TABLE n (i int)", READ_ONLY),
        ("DROP TABLE t", READ_ONLY),
        ("COMMENT ON TABLE t IS 'x'", READ_ONLY),
        ("GRANT ALL ON t TO public", READ_ONLY),
        ("SET TRANSACTION READ WRITE", ACTIVE),
        ("SET transaction_read_only = off", ACTIVE),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", ACTIVE),
        ("SELECT pg_catalog.set_config('transaction_read_only', 'off', true)", ACTIVE),
        ("VACUUM t", IN_BLOCK),
        ("EXECUTE nothing", NO_PREPARED),
    ],
)
def test_the_server_refuses_it_too(connection: Connection, text: str, state: str) -> None:
    assert classify(text).runs is Runs.REFUSED
    assert refused(connection, text) == state


def test_what_the_grammar_cannot_see_the_server_refuses(connection: Connection) -> None:
    """A function may do anything: it is called as a query, in a transaction that may not write."""
    for text, state in (("SELECT nextval('s')", READ_ONLY), ("SELECT makes_writable()", ACTIVE)):
        assert classify(text).runs is Runs.CURSOR
        assert refused(connection, text) == state
        connection.rollback()
        transaction.begin(connection)


@pytest.mark.parametrize(
    "text",
    [
        "COMMIT; DELETE FROM t",
        "ROLLBACK; DELETE FROM t",
        "COMMIT; BEGIN READ WRITE; DELETE FROM t; COMMIT",
    ],
)
def test_only_ours_refuses_what_ends_the_transaction_first(
    connection: Connection, database_with_rows: ConnectionSettings, text: str
) -> None:
    """The server takes it for what it says: so several statements, and these words, are never sent."""
    assert [classify(part, True).runs for part in (text, *text.split("; ")[:1])] == [Runs.REFUSED] * 2
    assert refused(connection, text) == ""
    if not text.endswith("COMMIT"):
        connection.commit()
    writing = connect_writing(database_with_rows)
    with writing.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM t")
        assert cursor.fetchone() == (0,)
    writing.close()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("LOCK TABLE t IN ACCESS SHARE MODE", "others would wait for as long as the snapshot is open"),
        ("LOCK TABLE t IN ROW EXCLUSIVE MODE", "as above, and sooner"),
        ("NOTIFY n", "other sessions would act on it"),
        ("LISTEN n", "nobody would hear it"),
        (
            "SET application_name = 'x'",
            "the next statement would run in another session than the program says",
        ),
        ("SET standard_conforming_strings = off", "strings would be read in another way than here"),
        ("SAVEPOINT x", "the program has savepoints of its own"),
        ("PREPARE p AS SELECT 1", "it would outlive the transaction"),
        ("CLOSE ALL", "the program's cursors are among them"),
        ("COPY t TO PROGRAM 'cat > /dev/null'", "a program on the server may do anything"),
        ("SET CONSTRAINTS ALL DEFERRED", "as all that is set"),
    ],
)
def test_ours_is_stricter(connection: Connection, text: str, why: str) -> None:
    assert classify(text).runs is Runs.REFUSED, why
    assert refused(connection, text) == ""


@pytest.mark.parametrize("kind", ["TABLE", "MATERIALIZED VIEW"])
def test_only_ours_refuses_what_explain_makes(connection: Connection, kind: str) -> None:
    """The server makes it in a transaction that is read-only, and keeps it."""
    text = f"EXPLAIN ANALYZE CREATE {kind} n AS SELECT 1 AS i"
    assert classify(text).runs is Runs.REFUSED
    assert refused(connection, text) == ""
    connection.commit()
    assert refused(connection, "SELECT i FROM n") == ""


@pytest.mark.parametrize(
    "text",
    [
        "EXPLAIN DELETE FROM t",
        "EXPLAIN (ANALYZE off) INSERT INTO t VALUES (1)",
        "EXPLAIN CREATE TABLE n AS SELECT 1",
        "EXPLAIN ANALYZE SELECT * FROM t",
        "SHOW work_mem",
        "TABLE t",
    ],
)
def test_what_is_let_through_runs(connection: Connection, text: str) -> None:
    assert classify(text).runs in (Runs.SHOWN, Runs.CURSOR)
    assert refused(connection, text) == ""
