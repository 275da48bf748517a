"""Several statements that are interrupted, overtaken or left while they run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pgmem_tui.history.file import default_path
from pgmem_tui.history.store import Search, Store
from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui import running
from pgmem_tui.ui.planned_run import Refusal, Step, steps
from pgmem_tui.ui.running import AT_ONCE, Finished
from pgmem_tui.ui.screens.browse import BrowseScreen
from tests.paging.harness import backends, eventually, gate, run
from tests.ui.program import Program, program
from tests.ui.test_running import TERMINATE

HELD = "INSERT INTO t SELECT 11, 'x' FROM (SELECT pg_advisory_xact_lock_shared(7)) AS held"
"""Runs once nobody holds the gate."""
BATCH = f"{HELD};\nINSERT INTO t VALUES (12, 'y');\nINSERT INTO t VALUES (13, 'z')"


@pytest.fixture
def place(database: ConnectionSettings) -> ConnectionSettings:
    """A database with a table t of ten rows."""
    run(
        database,
        "CREATE TABLE t AS SELECT i, 'row ' || i AS note FROM generate_series(1, 10) AS i",
        "ANALYZE t",
    )
    return database


def listen(shown: Program, told: Callable[[Finished], None]) -> None:
    """Be told of each statement."""
    shown.browse.statements.running.on_finished = told


async def says(shown: Program, sentence: str) -> None:
    """Wait until this alone was said of the batch."""
    await shown.until(lambda: shown.app._notifications)
    assert [note.message for note in shown.app._notifications] == [sentence]


async def begin(shown: Program, text: str) -> None:
    """Run statements that write."""
    await shown.shows("WRITABLE", "row 10")
    shown.browse.statements.running.run(text)
    await shown.shows("This writes")
    await shown.press("y")


async def test_a_cancel_between_two_statements_ends_the_batch(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as shown:
        await shown.shows("row 10")
        browse, told = shown.browse, list[Finished]()

        def finished(one: Finished) -> None:
            told.append(one)
            browse.cancel()  # the session is through with it, and has nothing to cancel

        listen(shown, finished)
        await begin(shown, BATCH)
        await says(shown, "cancelled: 1 of 3 statements were run; the rest was not")
        assert [one.problem for one in told] == [None]
        assert not browse.statements.running.running


async def test_a_batch_that_is_overtaken_says_how_far_it_came(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as shown:
        await shown.shows("row 10")
        told = list[Finished]()
        listen(shown, told.append)
        with gate(place) as closed:
            await begin(shown, BATCH)
            await asyncio.to_thread(closed.wait_for_someone)
            shown.browse.browsing.open(rq.UserQuery("SELECT count(*) AS now FROM t"), "another")
            closed.open()
            await says(shown, "1 of 3 statements were run; the rest was not")
            await shown.shows("now", "11")
        assert [one.tag for one in told] == ["INSERT 0 1"]


async def test_an_error_says_what_was_not_run(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as shown:
        await begin(shown, "DELETE FROM t WHERE i = 1;\nSELECT nothing FROM t;\nDELETE FROM t")
        await shown.shows('"nothing" does not exist', "1 statement,")
        await says(shown, "1 of 3 statements were run, then one failed; the rest was not")


async def test_a_statement_that_is_overtaken_is_in_the_history(
    place: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    async with program(place, table="t", writable=True, history=True) as shown:
        await shown.shows("row 10")
        browse = shown.browse
        with gate(place) as closed:
            await begin(shown, HELD)
            await asyncio.to_thread(closed.wait_for_someone)
            browse.browsing.open(rq.NamedRelation("t"), "t")
            closed.open()
            await shown.until(lambda: browse.browsing.opened)
    store = Store(default_path())
    (entry,) = store.search(Search())
    store.close()
    assert (entry.text, entry.failed) == (HELD, False)


async def test_leaving_while_the_first_statement_writes_asks(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as shown:
        await shown.shows("row 10")
        with gate(place) as closed:
            await begin(shown, BATCH)
            await asyncio.to_thread(closed.wait_for_someone)
            await shown.press("q")
            await shown.shows("a statement that writes is running", "Z  leave", "stay")
            await shown.press("W", "escape")
            await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen))
            assert not shown.app._exit
            await shown.press("q")
            await shown.shows("Z  leave")
            await shown.press("Z")
            await shown.until(lambda: shown.app._exit)
    assert run(place, "SELECT count(*) FROM t") == [(10,)]


async def test_a_question_about_a_transaction_goes_with_it(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as shown:
        await begin(shown, "DELETE FROM t WHERE i = 1")
        await shown.shows("OPEN TRANSACTION")
        await shown.press("W")
        await shown.shows("1 statement not committed")
        run(place, TERMINATE)
        await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen))
        await shown.shows("lost with the connection", "r reconnects")


async def test_the_question_fits_and_enter_does_not_write(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True, size=(60, 15)) as shown:
        await shown.shows("row 1")
        text = ";\n".join(f"INSERT INTO t VALUES ({i}, 'x')" for i in range(11, 21))
        shown.browse.statements.running.run(text)
        await shown.shows("This writes", "y  run it", "do not run it")
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen))
        assert not shown.browse.statements.running.running


async def test_the_question_knows_when_the_transaction_has_ended(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as shown:
        await begin(shown, "DELETE FROM t WHERE i = 1")
        await shown.shows("OPEN TRANSACTION")
        shown.browse.statements.running.run("DELETE FROM t")
        await shown.shows("run it in the open transaction")
        run(place, TERMINATE)
        await shown.shows("run it in a transaction that stays open")


async def test_what_was_lost_before_it_opened_is_not_being_opened(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT 1, pg_sleep(60)") as shown:
        await shown.shows("esc cancels")
        await asyncio.to_thread(eventually, lambda: backends(place, "wait_event = 'PgSleep'"))
        run(place, TERMINATE)
        await shown.shows("r reconnects")
        assert "esc cancels" not in shown.text


async def test_what_an_earlier_statement_makes_is_not_said_to_be_missing(place: ConnectionSettings) -> None:
    async with program(place, table="t", writable=True) as shown:
        await shown.shows("row 10")
        shown.browse.statements.running.run("CREATE TABLE n (i int);\nINSERT INTO n VALUES (1)")
        await shown.shows("INSERT  not known before the statements above are run")


async def test_a_long_text_that_is_being_looked_at_gives_way(
    place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, asked, through = threading.Event(), list[str](), list[str]()

    def slow(text: str, *others: Any) -> list[Step] | Refusal:
        asked.append(text)
        if len(text) > AT_ONCE:
            assert threading.current_thread().daemon
            held.wait(10)
        through.append(text)
        return steps(text, *others)

    monkeypatch.setattr(running, "steps", slow)
    comment = "-- nothing\n" * 2000
    async with program(place, table="t") as shown:
        await shown.shows("row 10")
        told = list[Finished]()
        listen(shown, told.append)
        browse = shown.browse
        browse.statements.running.run(comment + "SELECT 'too late'")
        await shown.shows("looking at the statements")
        browse.statements.running.run("SELECT 'newer'")
        await shown.shows("newer", "row 1 of 1")
        browse.statements.running.run(comment + "SELECT 'overtaken'")
        await shown.until(lambda: len(asked) == 3)
        browse.browsing.open(rq.UserQuery("SELECT 'opened'"), "opened")
        await shown.shows("opened")
        browse.statements.running.run(comment + "SELECT 'cancelled'")
        await shown.until(lambda: len(asked) == 4)
        assert browse.cancel()
        held.set()
        await shown.until(lambda: len(through) == 4)
        browse.statements.running.run("SELECT 'last'")
        await shown.shows("last", "row 1 of 1")
    assert [one.sql for one in told] == ["SELECT 'newer'", "SELECT 'last'"]
