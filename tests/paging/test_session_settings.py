"""SET and RESET of what may be set while one only reads."""

from __future__ import annotations

from functools import partial

import pytest

from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.events import Connected, Lost, Ran, SettingsChanged
from pgmem_tui.paging.explaining import Explained, ExplainTarget, Explanation, Wanted
from pgmem_tui.paging.requests import EndTransaction, Read, Reconnect, Statement, UserQuery
from pgmem_tui.postgres.connection import connect
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import Sessions, SessionUnderTest, eventually, run


@pytest.fixture
def session(sessions: Sessions) -> SessionUnderTest:
    """One that only reads."""
    return sessions.start()


def change(session: SessionUnderTest, text: str) -> int:
    """SET or RESET something; how many are SET then."""
    session.open(Statement(text))
    return session.of(SettingsChanged)[-1].count


def now(session: SessionUnderTest, name: str) -> str | None:
    """What the server has for a setting in a transaction of the session's."""
    ((value,),) = session.cells(f"SELECT current_setting('{name}')")
    return value


def test_what_is_set_lasts_until_it_is_reset(session: SessionUnderTest) -> None:
    before = now(session, "work_mem")
    assert change(session, "SET work_mem = '12345kB'") == 1
    assert now(session, "work_mem") == "12345kB"
    assert change(session, "SET search_path TO \"$user\", 'it''s', \"a,B\"") == 2
    assert now(session, "search_path") == '"$user", "it\'s", "a,B"'
    assert now(session, "work_mem") == "12345kB"
    assert change(session, "RESET work_mem") == 1
    assert now(session, "work_mem") == before
    assert change(session, "SET search_path TO DEFAULT") == 0


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("SET enable_seqscan = off", "enable_seqscan", "off"),
        ("SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE", "timezone", "<-08>+08"),
        ("SET datestyle = dmy", "datestyle", "ISO, DMY"),
        ("SET statement_timeout = '90s'", "statement_timeout", "90s"),
        ("SET jit = on", "jit", "on"),
        ("SET hash_mem_multiplier = 3.5", "hash_mem_multiplier", "3.5"),
    ],
)
def test_settings_of_each_kind(session: SessionUnderTest, text: str, name: str, value: str) -> None:
    assert change(session, text) == 1
    assert now(session, name) == value


def test_a_set_that_is_refused_changes_nothing(session: SessionUnderTest) -> None:
    change(session, "SET work_mem = '5MB'")
    failed = session.fail(Statement("SET work_mem = nonsense"))
    assert failed.problem.sqlstate == "22023"
    assert now(session, "work_mem") == "5MB"


@pytest.mark.parametrize("text", ["RESET enable_seqscna", "SET geqo_treshold TO DEFAULT"])
def test_a_reset_of_what_is_no_setting_is_the_server_s_error(session: SessionUnderTest, text: str) -> None:
    change(session, "SET work_mem = '5MB'")
    failed = session.fail(Statement(text))
    assert failed.problem.sqlstate == "42704" and "unrecognized" in failed.problem.message
    assert now(session, "work_mem") == "5MB"
    assert change(session, "RESET enable_seqscan") == 1


def test_times_are_written_so_that_they_are_read_as_the_same(session: SessionUnderTest) -> None:
    change(session, "SET timezone = 'Asia/Kolkata'")
    assert "only ISO" in session.fail(Statement("SET datestyle = german")).problem.message
    query = "SELECT timestamptz '1886-10-10 12:00+00'"
    ((text,),) = session.cells(query)
    assert session.cells(f"{query} = '{text}'") == [("t",)]


def test_it_lasts_over_an_error_and_a_new_connection(
    session: SessionUnderTest, database: ConnectionSettings
) -> None:
    change(session, "SET timezone = 'Asia/Tokyo'")
    session.fail(UserQuery("SELECT 1/0"))
    assert now(session, "timezone") == "Asia/Tokyo"
    (pid,) = run(
        database,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE '%browse'",
    )[0]
    run(database, f"SELECT pg_terminate_backend({pid})")
    session.request(Read(session.generation, 0, 1))
    session.wait(Lost)
    session.request(Reconnect())
    session.wait(Connected)
    assert now(session, "timezone") == "Asia/Tokyo"


def test_a_setting_that_stops_everything_can_be_reset(session: SessionUnderTest) -> None:
    change(session, "SET statement_timeout = 1")
    failed = session.fail(UserQuery("SELECT pg_sleep(5)"))
    assert failed.problem.sqlstate == "57014"
    assert change(session, "RESET statement_timeout") == 0
    assert now(session, "statement_timeout") == "0"


def test_the_others_of_the_program_s_connections_have_it_too(
    session: SessionUnderTest, database: ConnectionSettings
) -> None:
    run(database, "CREATE TABLE t AS SELECT i FROM generate_series(1, 10000) AS i")
    run(database, "CREATE INDEX ON t (i)", "ANALYZE t")
    answers: list[CatalogEvent] = []
    users = session.session.user_settings
    catalog = CatalogSession(database, answers.append, connect=partial(connect, user_settings=users))
    catalog.start()
    try:
        for kind in ("index", "indexonly", "bitmap"):
            change(session, f"SET enable_{kind}scan = off")
        catalog.request(ExplainTarget(UserQuery("SELECT i FROM t WHERE i = 5"), wanted=Wanted.QUERY))
        eventually(lambda: answers)
        (answer,) = answers
        assert isinstance(answer, Explained) and isinstance(answer.query, Explanation)
        assert "Seq Scan" in str(answer.query)
    finally:
        assert catalog.close()


def test_what_is_set_while_a_transaction_is_open_holds_in_it(
    sessions: Sessions, database: ConnectionSettings
) -> None:
    run(database, "CREATE TABLE t (note text)")
    writer = sessions.start(database, writable=True)
    text = "INSERT INTO t VALUES (current_setting('work_mem') || current_setting('jit'))"
    writer.open(Statement(text, writes=True))
    change(writer, "SET work_mem = '7MB'")
    change(writer, "SET jit = on")
    assert now(writer, "work_mem") == "7MB"
    writer.open(Statement(text, writes=True))
    failed = writer.fail(Statement("SET work_mem = nonsense"))
    assert failed.problem.sqlstate == "22023"
    change(writer, "RESET jit")
    writer.open(Statement(text, writes=True))
    assert not writer.of(Ran)[-2].writes
    writer.request(EndTransaction(True))
    eventually(lambda: len(run(database, "SELECT note FROM t")) == 3)
    ((first,), *others) = run(database, "SELECT note FROM t")
    assert first.endswith("off") and others == [("7MBon",), ("7MBoff",)]
    assert now(writer, "work_mem") == "7MB"


def test_a_reset_of_what_is_no_setting_loses_nothing_that_was_written(
    sessions: Sessions, database: ConnectionSettings
) -> None:
    run(database, "CREATE TABLE t (i int)")
    writer = sessions.start(database, writable=True)
    writer.open(Statement("INSERT INTO t VALUES (1)", writes=True))
    failed = writer.fail(Statement("RESET enable_seqscna"))
    assert failed.problem.sqlstate == "42704"
    writer.request(EndTransaction(True))
    eventually(lambda: run(database, "SELECT i FROM t"))
    assert not writer.of(Lost)
