"""A cursor looked at, and moved by hand: rows on the screen stay right whatever was done to it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pgmem_tui.paging import inspecting
from pgmem_tui.paging.events import Answer, Cancelled, CursorState, Failed, Opened, Released, StreamEnded
from pgmem_tui.paging.inspecting import Inspect, Inspected, Operate, Operated
from pgmem_tui.paging.requests import (
    FindEnd,
    KnownRelation,
    NamedRelation,
    Read,
    Seek,
    Statement,
    Stream,
    Target,
)
from pgmem_tui.postgres.cursor_operation import UNKNOWN, parse
from pgmem_tui.postgres.inspected import Part
from pgmem_tui.postgres.query_spec import SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire_log import SENT
from tests.paging.harness import Sessions, SessionUnderTest, backends, eventually, run

QUERY = "SELECT i FROM generate_series(1, 500) AS i"
ALL = frozenset(Part)


@pytest.fixture
def session(sessions: Sessions) -> SessionUnderTest:
    return sessions.start(batch=10)


def inspect(session: SessionUnderTest, parts: frozenset[Part] = ALL) -> Inspected:
    session.request(Inspect(session.generation, parts))
    return session.wait(Inspected)


def operate(session: SessionUnderTest, text: str) -> Operated | Failed:
    session.request(Operate(session.generation, parse(text)))
    answer = session.wait_for((Operated, Failed))
    assert isinstance(answer, Operated | Failed)
    session.settle()
    return answer


def done(session: SessionUnderTest, text: str) -> Operated:
    answer = operate(session, text)
    assert isinstance(answer, Operated), answer
    return answer


def read(session: SessionUnderTest, first: int, end: int) -> list[str | None]:
    session.read(first, end)
    rows = session.rows()
    return [rows[number][0] for number in range(first, end) if number in rows]


def test_one_duration_of_one_statement(session: SessionUnderTest) -> None:
    session.open("SELECT i, pg_sleep(0.001) FROM generate_series(1, 500) AS i")
    for text in ("FETCH FORWARD 5", "MOVE FORWARD 5", "FETCH BACKWARD 3", "CLOSE"):
        before = SENT.newest
        answer = done(session, text)
        reports = [found.report for found in SENT.since(before)]
        (seconds,) = [report.seconds for report in reports if report.sql == answer.statement]
        assert answer.seconds == seconds > 0


# -- looking -------------------------------------------------------------------------------------


def test_both_ends_of_the_cursor_of_the_screen(session: SessionUnderTest) -> None:
    session.open(QUERY)
    found = inspect(session)
    assert (found.cursor, found.source, found.position, found.row_count) == (
        "pgmem_1",
        "query cursor",
        10,
        None,
    )
    assert (found.client.name, found.client.rownumber, found.client.closed) == ("pgmem_1", 10, False)
    assert [cursor.name for cursor in found.server.cursors] == ["pgmem_1"]
    assert found.server.transaction is not None and found.server.transaction.read_only
    assert found.server.memory is not None and found.server.files is not None
    assert found.server.plan is not None and found.server.plan.root.kind == "Function Scan"
    assert not found.server.refused
    assert inspect(session, frozenset()).server.plan is None


def test_nothing_is_open(session: SessionUnderTest) -> None:
    found = inspect(session)
    assert (found.cursor, found.client.name, found.client.status) == ("", "", "idle")
    assert found.server.transaction is None and found.server.refused


def test_a_look_is_no_use_of_the_transaction(sessions: Sessions) -> None:
    session = sessions.start(idle_limit=0.5)
    session.open(QUERY)
    deadline = time.monotonic() + 20
    while not session.of(Released):
        assert time.monotonic() < deadline, "looking keeps it"
        inspect(session)
    opened = len(session.of(Opened))
    found = inspect(session)
    assert (found.cursor, found.server.transaction, found.client.status) == ("", None, "idle")
    assert len(session.of(Opened)) == opened, "looking brings nothing back"


def test_a_look_tells_nothing_else(session: SessionUnderTest) -> None:
    session.open(QUERY)
    states = len(session.of(CursorState))
    for _ in range(3):
        inspect(session)
    session.settle()
    assert len(session.of(CursorState)) == states


def test_a_look_that_was_given_up_is_not_told_of(session: SessionUnderTest) -> None:
    session.open(QUERY)
    for _ in range(20):
        session.request(Inspect(session.generation, ALL))
        session.session.cancel()
    session.settle()
    assert not session.of(Cancelled) and not session.of(Failed)
    assert read(session, 10, 12) == ["11", "12"]
    assert len(session.of(Opened)) == 1


def test_it_does_not_stop_a_stream(session: SessionUnderTest) -> None:
    session.open("SELECT i FROM generate_series(1, 20000) AS i")
    session.request(Stream(session.generation, 0, 10))
    eventually(lambda: session.session.fetches > 10)
    session.request(Inspect(session.generation, ALL))
    assert session.wait(StreamEnded).at_end


def test_a_partitioned_table_keeps_its_savepoint(database: ConnectionSettings, sessions: Sessions) -> None:
    leaves = range(70)
    run(
        database,
        "CREATE TABLE many (id int) PARTITION BY RANGE (id)",
        *(f"CREATE TABLE many_{n} PARTITION OF many FOR VALUES FROM ({n}) TO ({n + 1})" for n in leaves),
        "INSERT INTO many SELECT generate_series(0, 69)",
    )
    session = sessions.start()
    session.open(NamedRelation("many"), screenful=10)
    before = session.settle().name
    found = inspect(session)
    assert found.cursor == before and [cursor.name for cursor in found.server.cursors] == [before]
    assert read(session, 10, 70) == [str(n) for n in range(10, 70)]


# -- moving it -----------------------------------------------------------------------------------


def test_an_operation_does_just_what_it_says(session: SessionUnderTest) -> None:
    session.open(QUERY)
    answer = done(session, "FETCH FORWARD 3")
    assert (answer.statement, answer.got, answer.rows) == (
        'FETCH FORWARD 3 FROM "pgmem_1"',
        3,
        (("11",), ("12",), ("13",)),
    )
    assert (answer.before, answer.after, answer.then) == (10, 13, "")
    assert [column.name for column in answer.columns] == ["i"]
    assert session.sent("FETCH")[-1] == answer.statement
    assert done(session, "FETCH BACKWARD 2").rows == (("12",), ("11",))
    assert done(session, "FETCH RELATIVE 5").rows == (("16",),)
    assert done(session, "FETCH ABSOLUTE 400").rows == (("400",),)
    moved = done(session, "MOVE FORWARD 50")
    assert (moved.rows, moved.got, moved.after) == ((), 50, 450)
    assert session.of(CursorState)[-1].position == 450
    last = done(session, "FETCH LAST")
    assert (last.rows, last.after) == ((("500",),), UNKNOWN) and last.then
    assert read(session, 20, 22) == ["21", "22"]
    session.request(FindEnd(session.generation, 10))
    session.settle()
    assert done(session, "FETCH LAST").after == 500
    assert done(session, "FETCH ABSOLUTE -2").after == 499


def test_few_rows_are_shown_of_many(session: SessionUnderTest) -> None:
    session.open(QUERY)
    answer = done(session, "FETCH FORWARD 250")
    assert (answer.got, len(answer.rows), answer.after) == (250, inspecting.MOST_SHOWN, 260)


@pytest.mark.parametrize("text", ["FETCH ALL", "FETCH 1001", "FETCH BACKWARD ALL"])
def test_more_than_memory_has_room_for_is_refused(session: SessionUnderTest, text: str) -> None:
    session.open(QUERY)
    failed = operate(session, text)
    assert isinstance(failed, Failed) and "MOVE" in failed.problem.advice
    assert done(session, "FETCH NEXT").rows == (("11",),), "and nothing is lost"
    assert done(session, "MOVE ALL").after == 501


def test_wider_rows_leave_room_for_fewer() -> None:
    assert inspecting.most_fetched(0) == inspecting.most_fetched(100) == inspecting.MOST_FETCHED
    assert inspecting.most_fetched(1_000_000) == 8
    assert inspecting.most_fetched(2**40) == 1


def test_closed_by_hand(session: SessionUnderTest) -> None:
    session.open(QUERY)
    assert done(session, "CLOSE").then == "it was closed"
    found = inspect(session)
    assert (found.cursor, found.client.name, found.client.closed) == ("", "pgmem_1", True)
    assert not found.server.cursors and found.server.transaction is not None
    failed = operate(session, "FETCH NEXT")
    assert isinstance(failed, Failed) and "closed" in failed.problem.message
    assert session.of(CursorState)[-1].name == ""
    assert read(session, 10, 13) == ["11", "12", "13"]
    assert session.settle().name == "pgmem_2"
    assert len(session.of(Opened)) == 1, "in the same snapshot"


def test_rows_that_are_held_have_no_cursor(session: SessionUnderTest) -> None:
    session.open(Statement("SHOW work_mem"))
    failed = operate(session, "FETCH NEXT")
    assert isinstance(failed, Failed) and "held here" in failed.problem.message and failed.by_hand
    session.request(Seek(session.generation, ("5",), 10))
    assert not session.wait(Failed).by_hand
    assert inspect(session).cursor == ""


def test_no_way_back_without_scroll(database: ConnectionSettings, sessions: Sessions) -> None:
    session = sessions.start(batch=10)
    session.open(_by_key(database), screenful=10)
    assert not session.settle().scrollable
    assert [row[0] for row in done(session, "FETCH 2").rows] == ["11", "12"]
    failed = operate(session, "FETCH PRIOR")
    assert isinstance(failed, Failed)
    assert failed.problem.message == "cursor can only scan forward" and failed.by_hand
    found = inspect(session)
    assert (found.cursor, found.client.status) == ("", "idle"), "the transaction went with it"
    assert read(session, 20, 22) == ["21", "22"]
    assert session.of(Opened)[-1].refreshed == "after an error"


def test_after_the_end_of_a_part(database: ConnectionSettings, sessions: Sessions) -> None:
    _by_key(database)
    session = sessions.start(batch=10)
    session.open(NamedRelation("parts"))
    moved = done(session, "MOVE 200")
    assert (moved.got, moved.after) == (90, 101) and "last row of its part" in moved.then
    assert read(session, 101, 104) == ["102", "103", "104"]


def test_operations_are_given_up_with_what_they_were_for(session: SessionUnderTest) -> None:
    session.open(QUERY)
    generation = session.generation
    session.open("SELECT 7")
    session.request(Operate(generation, parse("CLOSE")))
    session.request(Inspect(generation))
    state = session.settle()
    assert state.name and not session.of(Answer)


# -- any operations, any reads -------------------------------------------------------------------

ROWS = 700
TABLES = f"""
CREATE TABLE plain (id int PRIMARY KEY, pad text);
INSERT INTO plain SELECT i, repeat('x', 100) FROM generate_series(1, {ROWS}) AS i;
CREATE TABLE parts (id int) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (101);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (101) TO (150);
CREATE TABLE parts_3 PARTITION OF parts FOR VALUES FROM (150) TO (160);
CREATE TABLE parts_4 PARTITION OF parts FOR VALUES FROM (160) TO (100000);
INSERT INTO parts SELECT generate_series(1, {ROWS});
ANALYZE plain;
"""


def _by_key(database: ConnectionSettings) -> KnownRelation:
    run(database, *filter(str.strip, TABLES.split(";")))
    ((oid,),) = run(database, "SELECT 'plain'::regclass::oid::int")
    return KnownRelation(oid, order=(SortKey("id"),))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(0, ROWS + 50), st.integers(1, 40)),
        st.just(("end",)),
        st.tuples(
            st.sampled_from(["FETCH", "MOVE"]),
            st.sampled_from(["FORWARD", "FORWARD", "BACKWARD", "RELATIVE", "ABSOLUTE"]),
            st.one_of(st.integers(-5, 60), st.integers(-ROWS - 9, ROWS + 9)),
        ),
        st.sampled_from([("MOVE", "LAST"), ("MOVE", "ALL"), ("FETCH", "FIRST"), ("CLOSE",), ("look",)]),
    ),
    min_size=1,
    max_size=14,
)
KINDS = ["query", "by ctid", "heap", "partitions", "key"]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_right_after_any_operations(
    database: ConnectionSettings, sessions: Sessions, kind: str
) -> None:
    by_key = _by_key(database)
    targets: dict[str, Target | str] = {
        "query": f"SELECT i FROM generate_series(1, {ROWS}) AS i",
        "by ctid": "SELECT id FROM plain WHERE ctid >= '(0,0)'",
        "heap": NamedRelation("plain"),
        "partitions": NamedRelation("parts"),
        "key": by_key,
    }
    session = sessions.start()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def check(steps: list[tuple[Any, ...]]) -> None:
        session.open(targets[kind], screenful=20)
        for step in [*steps, ("read", 0, 30), ("read", 90, 80)]:
            _take(session, step)

    check()


def _take(session: SessionUnderTest, step: tuple[Any, ...]) -> None:
    if step[0] == "read":
        _, first, count = step
        expected = [str(number + 1) for number in range(first, min(ROWS, first + count))]
        assert read(session, first, first + count) == expected
        assert all(row[0] == str(number + 1) for number, row in session.rows().items())
        assert all(page.row_count in (None, ROWS) and page.exact for page in session.pages())
    elif step[0] == "end":
        session.request(FindEnd(session.generation, 10))
        session.settle()
    elif step[0] == "look":
        found = inspect(session)
        assert [found.cursor] == [cursor.name for cursor in found.server.cursors] or not found.cursor
    else:
        answer = operate(session, " ".join(map(str, step)))
        if isinstance(answer, Failed):
            words = ("scan forward", "no cursor", "all here at once")
            assert any(word in answer.problem.message for word in words), answer


def test_nothing_is_left_behind(database: ConnectionSettings, sessions: Sessions) -> None:
    session = sessions.start(idle_limit=0.2)
    session.open(QUERY)
    done(session, "MOVE LAST")
    session.wait(Released)
    eventually(lambda: backends(database, "state = 'idle'"))
    session.request(Read(session.generation, 30, 40))
    session.settle()
    assert session.of(Opened)[-1].refreshed == "released while idle"
