"""A hot standby, browsed: the same as any server, until recovery wants back what a snapshot holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pgmem_tui.demo import binaries
from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.counting import Count, Counted, ExportSnapshot, SnapshotExported
from pgmem_tui.paging.events import Connected, EndFound, Failed, Lost, Opened, PageRead, TransactionOpen
from pgmem_tui.paging.requests import (
    FindEnd,
    KnownRelation,
    MeasureBackend,
    NamedRelation,
    Read,
    Statement,
    Stream,
)
from pgmem_tui.postgres.query_spec import Condition, SortKey
from tests.conftest import PREFER
from tests.paging.harness import Sessions, SessionUnderTest, backends, eventually, run
from tests.paging.servers import Pair, caught_up, standby_pair

ROWS = 200_000
ENDED = "the standby ended the session: a recovery conflict?"
AGAIN = "a conflict with recovery on the standby"
SLOW = "SELECT i, CASE WHEN i > 20 THEN pg_sleep(0.1) END FROM generate_series(1, 1000) AS i"


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with standby_pair(binaries.find(PREFER)) as pair:  # type: ignore[arg-type]
        run(
            pair.primary,
            "CREATE TABLE events (id int PRIMARY KEY, kind text)",
            f"INSERT INTO events SELECT i, chr(97 + i % 4) FROM generate_series(1, {ROWS}) AS i",
            "VACUUM ANALYZE events",
        )
        caught_up(pair.primary, pair.standby)
        yield pair


@pytest.fixture
def sessions(pair: Pair) -> Iterator[Sessions]:
    started = Sessions(pair.standby)
    yield started
    started.close()
    eventually(lambda: not backends(pair.standby), timeout=5.0)


@pytest.fixture
def session(sessions: Sessions) -> SessionUnderTest:
    return sessions.start()


def events(pair: Pair) -> int:
    return int(run(pair.standby, "SELECT 'events'::regclass::oid::int")[0][0])


def test_its_state_is_told(session: SessionUnderTest) -> None:
    server = session.of(Connected)[-1].server
    assert server.standby == (server.version >= 140000)


def test_heap_order_to_the_end(session: SessionUnderTest) -> None:
    assert session.open(NamedRelation("events")).source == "heap order"
    session.read(ROWS // 2, ROWS // 2 + 50)
    assert len(session.rows()) >= 50
    session.request(FindEnd(session.generation, 20))
    session.wait(EndFound)
    assert session.pages()[-1].page.rows[-1][0] == str(ROWS)


def test_key_order_and_filter(session: SessionUnderTest, pair: Pair) -> None:
    order = (SortKey("id", descending=True),)
    assert session.open(KnownRelation(events(pair), order=order)).source == "key order by events_pkey"
    assert session.rows()[0][0] == str(ROWS)
    session.open(KnownRelation(events(pair), (Condition("kind", "b", True),)))
    session.request(FindEnd(session.generation, 20))
    assert session.wait(EndFound).row_count == ROWS // 4


def test_counted_in_the_snapshot(session: SessionUnderTest, pair: Pair) -> None:
    session.open(NamedRelation("events"))
    session.request(ExportSnapshot(session.generation))
    snapshot = session.wait(SnapshotExported).snapshot
    told: list[CatalogEvent] = []
    catalog = CatalogSession(pair.standby, told.append)
    catalog.start()
    try:
        catalog.request(Count(NamedRelation("events"), generation=session.generation, snapshot=snapshot))
        eventually(lambda: any(isinstance(event, Counted) for event in told))
        assert [event.rows for event in told if isinstance(event, Counted)] == [ROWS]
    finally:
        assert catalog.close()


def test_a_conflict_while_a_statement_runs(session: SessionUnderTest, pair: Pair) -> None:
    """The statement is canceled, and runs again in a new snapshot without being asked to."""
    session.open(SLOW)
    session.request(Read(session.generation, 10, 40))
    eventually(lambda: run(pair.standby, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
    pair.vacuum()
    assert session.wait(Opened).refreshed == AGAIN
    assert session.wait(PageRead).page.rows
    assert not session.of(Failed) and not session.of(Lost)


@pytest.mark.parametrize("jumped", [False, True])
def test_a_conflict_while_nothing_runs(session: SessionUnderTest, pair: Pair, jumped: bool) -> None:
    """The server ends an idle session; it is connected again, and the request served, at the same place."""
    session.open(NamedRelation("events"))
    if jumped:
        session.read(ROWS // 2, ROWS // 2 + 50)
    pair.vacuum()
    place = ROWS // 2 if jumped else 0
    epoch = session.of(PageRead)[-1].epoch
    session._pages = len(session.events)
    session.request(Read(session.generation, place, place + 50, epoch=epoch))
    session.wait(Lost)
    session.wait(Connected)
    assert session.wait(Opened).refreshed == ENDED
    assert session.wait(PageRead).page.first == place
    session.settle()
    assert backends(pair.standby, "state = 'idle in transaction'")


def test_a_conflict_is_noticed_before_the_next_scroll(session: SessionUnderTest, pair: Pair) -> None:
    session.open(NamedRelation("events"))
    pair.vacuum()
    session.request(MeasureBackend())
    session.wait(Lost)
    session.wait(Connected)
    session.read(0, 10)
    assert session.rows()[0] == ("1", "b")


def test_a_conflict_while_rows_stream(session: SessionUnderTest, pair: Pair) -> None:
    """That is told: to begin again would not go on."""
    session.open(SLOW)
    session.request(Stream(session.generation, 10, 10))
    eventually(lambda: run(pair.standby, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
    pair.vacuum()
    assert session.wait(Failed).problem.conflict
    session.read(0, 10)
    assert session.rows()[0][0] == "1"


def test_a_second_conflict_is_told(session: SessionUnderTest, pair: Pair) -> None:
    session.open(SLOW)
    session.request(Read(session.generation, 10, 40))
    for _ in range(2):
        eventually(lambda: run(pair.standby, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
        pair.vacuum()
    problem = session.wait(Failed).problem
    assert (problem.conflict, problem.lost) == (True, False)
    assert "conflict with recovery" in problem.message
    session.read(0, 10)
    assert session.rows()[0][0] == "1"


def test_it_cannot_be_written_to(sessions: Sessions, pair: Pair) -> None:
    session = sessions.start(writable=True)
    session.open(NamedRelation("events"))
    failed = session.fail(Statement("DELETE FROM events", writes=True))
    assert "recovery" in failed.problem.message
    assert "standby" in failed.problem.advice
    assert not session.of(TransactionOpen)
    session.cells(NamedRelation("events"))
    assert session.cells(Statement("SHOW transaction_read_only")) == [("on",)]
