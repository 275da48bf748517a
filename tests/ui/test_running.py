"""Statements that are run, and the transaction that writes, on the screen."""

from __future__ import annotations

import asyncio
import time

import pytest

from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.running import Finished
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.screens.connect import ConnectScreen
from pgmem_tui.ui.screens.transaction import TransactionScreen
from tests.paging.harness import backends, eventually, gate, run
from tests.ui.program import Program, program

TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'pgmem-tui browse'"
)


@pytest.fixture
def place(database: ConnectionSettings) -> ConnectionSettings:
    """A database with a table t of ten rows."""
    run(
        database,
        "CREATE TABLE t AS SELECT i, 'row ' || i AS note FROM generate_series(1, 10) AS i",
        "ANALYZE t",
    )
    return database


def finished(running: Program) -> list[Finished]:
    """Collects what is told of statements."""
    found: list[Finished] = []
    running.browse.statements.running.on_finished = found.append
    return found


async def write(running: Program, text: str, shows: str) -> None:
    """Run a statement that writes, and agree to it."""
    running.browse.statements.running.run(text)
    await running.shows("This writes")
    await running.press("y")
    await running.shows(shows)


async def test_what_writes_is_refused_without_the_option(place: ConnectionSettings) -> None:
    async with program(place, table="t") as running:
        await running.shows("READ ONLY", "row 10")
        told = finished(running)
        running.browse.statements.running.run("SELECT 1;\nDELETE FROM t", offset=100)
        await running.shows("DELETE")
        assert running.browse.notice.display
        (only,) = told  # the query before it was not sent either
        assert (only.sql, only.start) == ("DELETE FROM t", 110)
        assert "row 10" in running.text
    assert run(place, "SELECT count(*) FROM t") == [(10,)]


async def test_a_statement_that_writes_asks_and_waits_for_a_commit(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        told = finished(running)
        running.browse.statements.running.run("UPDATE t SET note = 'new' WHERE i < 6 RETURNING i, note")
        await running.shows("This writes", "UPDATE", "≈5 rows, the planner thinks", "WHERE i < 6")
        await running.press("escape")
        await running.until(lambda: isinstance(running.app.screen, BrowseScreen))
        assert not told
        running.browse.statements.running.run("UPDATE t SET note = 'new' WHERE i < 6 RETURNING i, note")
        await running.shows("This writes")
        await running.press("y")
        await running.shows("UPDATE 5 ─ 5 rows, held", "OPEN TRANSACTION: 1 statement, 0:0", "W commit")
        assert [(done.tag, done.rows, done.problem) for done in told] == [("UPDATE 5", 5, None)]
        await write(running, "DELETE FROM t WHERE i > 8", "2 statements")
        await running.press("W")
        await running.shows("2 statements not committed", "DELETE FROM t WHERE i > 8")
        await running.press("W")
        await running.shows("2 statements committed", "WRITABLE")
    assert run(place, "SELECT count(*), count(*) FILTER (WHERE note = 'new') FROM t") == [(8, 5)]


async def test_several_statements_end_at_the_first_error(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        told = finished(running)
        text = "INSERT INTO t VALUES (11, 'x');\nSELECT nothing FROM t;\nDELETE FROM t"
        running.browse.statements.running.run(text, offset=7)
        await running.shows("This writes", "INSERT", "DELETE", "and 1 that only read")
        await running.press("y")
        await running.shows('column "nothing" does not exist', "1 statement")
        assert [done.start for done in told] == [7, 7 + text.index("SELECT")]
        assert told[1].problem is not None
        assert told[1].problem.position == 7 + text.index("nothing") + 1
        assert not running.browse.statements.running.running


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_leaving_with_an_open_transaction_asks(place: ConnectionSettings, key: str) -> None:
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        await write(running, "DELETE FROM t", "DELETE 10")
        await running.press(key)
        await running.shows("1 statement not committed", "stay")
        await running.press("escape")
        await running.until(lambda: isinstance(running.app.screen, BrowseScreen))
        await running.press(key)
        await running.shows("1 statement not committed")
        await running.press(*(("W",) if key == "q" else ("Z",)))
        await running.until(lambda: running.app._exit)
    left = 0 if key == "q" else 10
    eventually(lambda: not backends(place))
    assert run(place, "SELECT count(*) FROM t") == [(left,)]


async def test_connecting_elsewhere_with_an_open_transaction_asks(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        await write(running, "DELETE FROM t", "DELETE 10")
        await running.press("1")
        await running.until(lambda: isinstance(running.app.screen, TransactionScreen))
        await running.press("Z")
        await running.shows("Host", "Port")
        assert isinstance(running.app.screen, ConnectScreen)
        eventually(lambda: not backends(place, "xact_start IS NOT NULL"))
    assert run(place, "SELECT count(*) FROM t") == [(10,)]


async def test_a_quit_waits_for_a_commit_that_fails(place: ConnectionSettings) -> None:
    run(place, "CREATE TABLE k (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        await write(running, "INSERT INTO k VALUES (1), (1)", "INSERT 0 2")
        await running.press("q")
        await running.shows("stay")
        await running.press("W")
        await running.shows("NOT committed", "duplicate key")
        assert not running.app._exit


async def test_the_badge_gets_louder(place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with program(place, table="t", writable=True, size=(80, 24)) as running:
        await running.shows("WRITABLE")
        await write(running, "DELETE FROM t", "OPEN TRANSACTION: 1 statement")
        assert running.browse.bar.has_class("-open")
        later = time.time() + 400
        monkeypatch.setattr(time, "time", lambda: later)
        await running.shows("UNCOMMITTED FOR 6:4", "W")


async def test_rows_that_are_held_cannot_be_exported_and_say_so(place: ConnectionSettings) -> None:
    async with program(place, command="EXPLAIN TABLE t") as running:
        await running.shows("Seq Scan on t", "EXPLAIN ─ 1 row, held")
        await running.press("E")
        await running.shows("held here")
        await running.press("enter")
        await running.shows("QUERY PLAN", "Seq Scan on t")


async def test_a_lost_connection_says_what_was_lost(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        await write(running, "DELETE FROM t", "DELETE 10")
        run(place, TERMINATE)
        running.browse.statements.running.run("TABLE t")
        await running.shows("1 statement lost with the connection", "r reconnects")
        await running.press("r")
        await running.shows("WRITABLE")
        await write(running, "DELETE FROM t", "DELETE 10")
        run(place, TERMINATE)
        await running.press("W", "W")
        await running.shows("1 statement lost with the connection", "r reconnects")
        await running.press("r")
        await running.until(lambda: "r reconnects" not in running.text)
        await running.shows("DELETE 10 ─ rolled back: the connection was lost")


async def test_what_became_of_a_statement_stands_in_its_title(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        await write(running, "DELETE FROM t WHERE i = 1", "DELETE 1")
        await running.press("W", "W")
        await running.shows("DELETE 1 ─ committed")
        await write(running, "DELETE FROM t", "DELETE 9")
        assert "─ committed" not in running.text


async def test_what_became_of_a_commit_without_an_answer_is_said(
    place: ConnectionSettings,
) -> None:
    run(
        place,
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END'",
        "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION wait()",
    )
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        await write(running, "UPDATE t SET note = 'new' WHERE i = 1", "UPDATE 1")
        with gate(place) as closed:
            await running.press("W", "W")
            await asyncio.to_thread(closed.wait_for_someone)
            run(place, TERMINATE)
            await running.shows("whether it is committed is unknown", "r reconnects")
        await running.press("r")
        await running.shows("WRITABLE", "the server was asked about transaction", ": rolled back")
        assert run(place, "SELECT note FROM t WHERE i = 1") == [("row 1",)]


async def test_a_long_text_is_looked_at_in_a_thread(place: ConnectionSettings) -> None:
    async with program(place, table="t") as running:
        await running.shows("row 10")
        text = "SELECT 1;\n" * 2000
        running.browse.statements.running.run(text + "DELETE FROM t")
        await running.shows("DELETE deletes rows", "nothing was run")
        running.browse.statements.running.run("-- nothing\n" * 2000 + "SELECT 'the last'")
        await running.shows("the last", "row 1 of 1")


async def test_what_is_set_is_in_sight_and_holds_for_what_is_opened(place: ConnectionSettings) -> None:
    run(place, "CREATE SCHEMA aside", "CREATE TABLE aside.t AS SELECT 'of another schema' AS note")
    async with program(place, table="t") as running:
        await running.shows("READ ONLY", "row 10")
        running.browse.statements.running.run(
            "SET search_path = aside; SET work_mem = '7MB'; SELECT note FROM t"
        )
        await running.shows("SET 2  READ ONLY", "of another schema")
        running.browse.statements.running.run("RESET work_mem")
        await running.shows("SET 1  READ ONLY", "setting", "search_path", "aside")
        running.browse.statements.running.run("RESET search_path; SELECT note FROM t LIMIT 1")
        await running.shows("TLS  READ ONLY", "row 1")


async def test_the_question_names_what_writes_and_the_values(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as running:
        await running.shows("WRITABLE", "row 10")
        values = [
            BoundValue("i", "integer", "3"),
            BoundValue("note", "text", "a[b]\x1b" + "x" * 200),
            BoundValue("nothing", "text", None),
            BoundValue("elsewhere", "text", "of another statement"),
        ]
        text = (
            "WITH gone AS (DELETE FROM t WHERE i = :i RETURNING note) SELECT :note, :nothing, note FROM gone;"
            "DELETE FROM t WHERE note = :password; SELECT :elsewhere"
        )
        secret = BoundValue("password", "text", "hunter2")
        running.browse.statements.running.run(text, values=[*values, secret])
        await running.shows("WITH … DELETE", ":i = 3", r":note = a[b]\x1bxxx", ":nothing = NULL", "not shown")
        assert "hunter2" not in running.text and "of another statement" not in running.text
        await running.press("escape")


async def test_a_set_is_not_done_again_by_going_back(place: ConnectionSettings) -> None:
    async with program(place, table="t") as running:
        await running.shows("READ ONLY", "row 10")
        running.browse.statements.running.run("SET work_mem = '7MB'")
        await running.shows("SET 1  READ ONLY", "value until RESET")
        running.browse.statements.running.run("RESET work_mem; SELECT 'then' AS then")
        await running.shows("TLS  READ ONLY", "then")
        await running.press("backspace")
        await running.shows("row 10")
        assert "SET 1" not in running.text
