"""Counts and costs from the second connection, in the snapshot of the first."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from pgmem_tui.paging.catalog_requests import (
    CatalogEvent,
    CatalogFailed,
    CatalogRequest,
    FindRelation,
    RelationFound,
)
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.counting import Count, Counted, Counting, ExportSnapshot, SnapshotExported
from pgmem_tui.paging.events import Failed, PageRead
from pgmem_tui.paging.following import FindLinks, LinksFound
from pgmem_tui.paging.requests import KnownRelation, NamedRelation, Read, TakeCount, Target, UserQuery
from pgmem_tui.paging.sorting import AdviseSort, FindKey, KeyFound, SortAdvised
from pgmem_tui.postgres.query_spec import Condition, SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import DEMO_AMOUNTS
from tests.paging.harness import TIMEOUT, Sessions, run


class Second:
    """The second connection, and its answers."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self._events: queue.SimpleQueue[CatalogEvent] = queue.SimpleQueue()
        self.session = CatalogSession(settings, self._events.put)
        self.session.start()

    def ask(self, request: CatalogRequest) -> tuple[CatalogEvent, list[Counting]]:
        self.session.request(request)
        return self.wait()

    def wait(self) -> tuple[CatalogEvent, list[Counting]]:
        seen: list[Counting] = []
        while isinstance(event := self._events.get(timeout=TIMEOUT), Counting):
            seen.append(event)
        return event, seen

    def oid(self, name: str) -> int:
        found, _ = self.ask(FindRelation(name))
        assert isinstance(found, RelationFound), found
        return found.relation.oid


@pytest.fixture
def second(demo_database: ConnectionSettings) -> Iterator[Second]:
    asked = Second(demo_database)
    yield asked
    assert asked.session.close()


def counted(second: Second, target: Target) -> int:
    event, seen = second.ask(Count(target))
    assert isinstance(event, Counted), event
    assert [count.rows for count in seen] == sorted(count.rows for count in seen)
    return event.rows


def test_tables_partitions_views_and_queries_are_counted(second: Second) -> None:
    assert counted(second, NamedRelation("events")) == DEMO_AMOUNTS.events
    assert counted(second, NamedRelation("sales")) == DEMO_AMOUNTS.sales
    assert counted(second, NamedRelation("empty")) == 0
    assert counted(second, UserQuery("SELECT 1 FROM generate_series(1, 450000)")) == 450_000
    oid = second.oid("events")
    some = KnownRelation(oid, (Condition("kind", "buy"),), (SortKey("id"),))
    ((buys,),) = run(second.session._settings, "SELECT count(*) FROM events WHERE kind = 'buy'")
    assert 0 < counted(second, some) == buys
    assert counted(second, KnownRelation(oid, limit=7)) == 7


def test_a_count_sees_the_snapshot_of_the_screen(sessions: Sessions, database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE growing AS SELECT generate_series(1, 5000) AS i", "ANALYZE growing")
    session, second = sessions.start(), Second(database)
    session.open(NamedRelation("growing"))
    run(database, "INSERT INTO growing SELECT generate_series(1, 300)")
    session.request(ExportSnapshot(session.generation))
    exported = session.wait(SnapshotExported)
    event, _ = second.ask(Count(NamedRelation("growing"), snapshot=exported.snapshot))
    assert isinstance(event, Counted) and event.rows == 5000
    fresh, _ = second.ask(Count(NamedRelation("growing")))
    assert isinstance(fresh, Counted) and fresh.rows == 5300
    assert second.session.close()


def test_a_name_with_percent_signs(database: ConnectionSettings) -> None:
    run(database, 'CREATE TABLE "100%s %" AS SELECT generate_series(1, 7)')
    second = Second(database)
    assert counted(second, NamedRelation('"100%s %"')) == 7
    assert second.session.close()


def test_a_count_of_another_snapshot_is_refused(sessions: Sessions, database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE t AS SELECT generate_series(1, 500)")
    session = sessions.start()
    session.open(NamedRelation("t"))
    session.request(ExportSnapshot(session.generation))
    began = session.wait(SnapshotExported).began
    session.open(NamedRelation("t"))
    session.request(TakeCount(session.generation, 400, began))
    assert "a snapshot that is gone" in session.wait(Failed).problem.message
    session.read(490, 500)
    assert session.pages()[-1].page.end == 500


def test_only_the_request_that_is_meant_is_cancelled(second: Second) -> None:
    endless = UserQuery("SELECT generate_series(1, 2000000000)")
    waiting = Count(NamedRelation("events"), generation=7)
    second.session.request(Count(endless))
    assert isinstance(second._events.get(timeout=TIMEOUT), Counting)
    second.session.request(waiting)
    second.session.cancel(waiting)
    assert isinstance(second._events.get(timeout=TIMEOUT), Counting), "what runs goes on"
    second.session.cancel(Count(endless))
    event, _ = second.wait()
    assert isinstance(event, CatalogFailed) and event.problem.canceled
    assert counted(second, NamedRelation("users")) == DEMO_AMOUNTS.users, "what waited was dropped"


def test_numbers_become_exact_by_a_count(sessions: Sessions, database: ConnectionSettings) -> None:
    run(
        database,
        "CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT i FROM generate_series(1, 100000) i",
        "ANALYZE t",
        "DELETE FROM t WHERE i % 2 = 0",
    )
    session = sessions.start()
    session.open(NamedRelation("t"), 40)
    session.read(70_000, 70_040)
    page = session.pages()[0]
    assert not page.exact
    session._pages = len(session.events)
    session.request(ExportSnapshot(session.generation))
    began = session.wait(SnapshotExported).began
    session.request(TakeCount(session.generation, 50_000, began))
    session.settle()
    epoch = session.of(PageRead)[-1].epoch
    session.request(Read(session.generation, page.page.end, page.page.end + 100_000, epoch=epoch))
    session.settle()
    last = [event for event in session.of(PageRead) if event.row_count is not None][-1]
    assert last.exact and last.row_count == 50_000


def test_a_count_is_cancelled(second: Second) -> None:
    endless = UserQuery("SELECT generate_series(1, 2000000000)")
    second.session.request(Count(endless))
    first = second._events.get(timeout=TIMEOUT)
    assert isinstance(first, Counting) and first.rows > 0
    second.session.cancel()
    event, _ = second.wait()
    assert isinstance(event, CatalogFailed) and event.problem.canceled
    assert counted(second, NamedRelation("users")) == DEMO_AMOUNTS.users


def test_an_order_has_an_index_or_a_price(second: Second) -> None:
    oid = second.oid("events")
    by_index, _ = second.ask(AdviseSort(KnownRelation(oid, order=(SortKey("id", descending=True),))))
    assert isinstance(by_index, SortAdvised)
    assert (by_index.index, by_index.sorts) == ("events_pkey", False)
    by_sort, _ = second.ask(AdviseSort(KnownRelation(oid, order=(SortKey("note"),))))
    assert isinstance(by_sort, SortAdvised)
    assert by_sort.sorts and not by_sort.index
    assert by_sort.rows == pytest.approx(DEMO_AMOUNTS.events, rel=0.2) and by_sort.nbytes > 20 * by_sort.rows


def test_keys_and_links(second: Second) -> None:
    key, _ = second.ask(FindKey(second.oid("order_items")))
    assert isinstance(key, KeyFound)
    assert [part.column for part in key.order] == ["order_id", "line"]
    none, _ = second.ask(FindKey(second.oid("buyers")))
    assert isinstance(none, KeyFound) and not none.order
    links, _ = second.ask(FindLinks(second.oid("orders")))
    assert isinstance(links, LinksFound)
    assert [(link.table, link.columns, link.others) for link in links.outward] == [
        ("users", ("user_id",), ("id",))
    ]
    assert [(link.table, link.columns, link.others) for link in links.inward] == [
        ("order_items", ("id",), ("order_id",))
    ]
    there = links.outward[0].target({"user_id": "7", "id": "1"})
    assert there == KnownRelation(second.oid("users"), (Condition("id", "7"),))
    assert links.outward[0].target({"user_id": None}) is None
