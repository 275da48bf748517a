"""Everything that is asked of a server whose search path has a schema of evil operators before pg_catalog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pgmem_tui.export import source
from pgmem_tui.export.job import Export, Order
from pgmem_tui.files.target import Target
from pgmem_tui.paging.catalog_requests import Describe, ListRelations, RelationsListed
from pgmem_tui.paging.completing import Complete, Completed
from pgmem_tui.paging.composing import CheckValue, ListJoins, Previewed, ValueChecked
from pgmem_tui.paging.counting import Count, Counted, ExportSnapshot, SnapshotExported
from pgmem_tui.paging.events import Connected, EndFound, Failed, Ran, Sought
from pgmem_tui.paging.explaining import Explained, ExplainTarget
from pgmem_tui.paging.finding import Find, Found, NotFound
from pgmem_tui.paging.following import FindLinks, LinksFound
from pgmem_tui.paging.inspecting import Inspect, Inspected
from pgmem_tui.paging.parameter_types import InferTypes, TypesInferred
from pgmem_tui.paging.requests import (
    ComposedQuery,
    EndTransaction,
    FindEnd,
    KnownRelation,
    MeasureBackend,
    NamedRelation,
    Read,
    Seek,
    Statement,
    TakeCount,
)
from pgmem_tui.paging.sorting import AdviseSort, FindKey, KeyFound, SortAdvised
from pgmem_tui.postgres.inspected import Part
from pgmem_tui.postgres.query_spec import ColumnOf, Condition, Join, Output, QuerySpec, SortKey, Source
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire_log import SENT
from tests.paging.harness import TIMEOUT, Sessions, SessionUnderTest, run
from tests.paging.test_composing import Asker
from tests.postgres.evil_operators import HOWS, PATH, shadow, unshadow

TABLES = (
    "CREATE TABLE users (id int PRIMARY KEY, name text)",
    "INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 50) AS i",
    "CREATE TABLE orders (id bigint PRIMARY KEY, buyer int REFERENCES users, note text, paid numeric)",
    "INSERT INTO orders SELECT i, i % 50 + 1, 'note ' || i, i FROM generate_series(1, 5000) AS i",
    "CREATE VIEW seen AS SELECT id, note FROM orders",
    "CREATE TABLE kept (i int)",
    "ANALYZE",
)


@pytest.fixture(params=HOWS)
def hostile(request: pytest.FixtureRequest, database: ConnectionSettings) -> Iterator[ConnectionSettings]:
    """Settings of connections to a database that has `TABLES`, on which evil comes before pg_catalog."""
    run(database, *TABLES)
    yield shadow(database, request.param)
    unshadow(database)


def no_shadow(newest: int) -> None:
    """Nothing sent since has met an operator of `evil`."""
    assert not [found.report for found in SENT.since(newest) if "shadowed" in found.report.error]


def spec(users: int, orders: int) -> QuerySpec:
    pair = ColumnOf("users", "id"), ColumnOf("orders", "buyer")
    return QuerySpec(
        Source(users, "users"),
        (Join(Source(orders, "orders"), (pair,)),),
        (Output(ColumnOf("users", "name")), Output(ColumnOf("orders", "id"), "count")),
        where=(Condition("note", "note 1%", operator="like", source="orders"),),
        limit=20,
    )


def browse(session: SessionUnderTest, users: int, orders: int) -> None:
    session.open(NamedRelation("orders"))
    session.request(FindEnd(session.generation, 10))
    session.wait(EndFound)
    session.request(Find(session.generation, "note 4000", 0))
    assert isinstance(session.wait_for((Found, NotFound, Failed)), Found)
    session.request(Inspect(session.generation, frozenset(Part)))
    session.wait(Inspected)
    session.request(MeasureBackend())
    some = (Condition("note", "%9%", operator="like"), Condition("paid", "7", operator=">"))
    session.open(KnownRelation(orders, some, (SortKey("note"),)))
    session.open(KnownRelation(orders, order=(SortKey("id"),)))
    session.request(Seek(session.generation, ("2500",), 10))
    session.wait(Sought)
    session.read(4000, 4010)
    session.open(NamedRelation("seen"))
    session.open(ComposedQuery(spec(users, orders)))
    assert session.cells("SELECT 1 + 1 WHERE 1 = 1") == [("2",)]
    session.open(Statement("EXPLAIN SELECT * FROM orders WHERE id = 3"))


def look_up(asker: Asker, users: int, orders: int, snapshot: str) -> int:
    composed = spec(users, orders)
    for request, kind in (
        (ListRelations(), RelationsListed),
        (ListJoins((composed.source,)), object),
        (CheckValue(orders, "paid", ">", "12"), ValueChecked),
        (FindLinks(users), LinksFound),
        (FindKey(orders), KeyFound),
        (AdviseSort(KnownRelation(orders, order=(SortKey("note"),))), SortAdvised),
        (ExplainTarget(KnownRelation(orders), analyze=True), Explained),
        (InferTypes("SELECT * FROM orders WHERE id = :id"), TypesInferred),
        (Describe(orders), object),
        *((Complete(text, len(text)), Completed) for text in COMPLETED),
    ):
        event = asker.last(request)
        assert isinstance(event, kind) and "shadowed" not in repr(event), event
    assert isinstance(asker.previewed(composed), Previewed)
    counted, _ = asker.ask(Count(KnownRelation(orders), snapshot=snapshot))
    assert isinstance(counted, Counted)
    return counted.rows


COMPLETED = (
    *("SELECT * FROM ord", "SELECT no FROM orders WHERE id = 1", "SELECT * FROM users JOIN ", "SELECT low"),
    *("SELECT '1'::int", "SELECT * FROM pu", "SELECT * FROM users u JOIN orders o ON ", "SELECT q. FROM q"),
)


def test_nothing_of_anothers_is_run(sessions: Sessions, hostile: ConnectionSettings, tmp_path: Path) -> None:
    newest = SENT.newest
    session, asker = sessions.start(hostile), Asker(hostile)
    assert session.of(Connected)[-1].server.search_path.replace(" ", "") == PATH.replace(" ", "")
    users, orders = asker.oid("users"), asker.oid("public.orders")
    browse(session, users, orders)
    session.open(NamedRelation("orders"))
    session.request(ExportSnapshot(session.generation))
    exported = session.wait(SnapshotExported)
    rows = look_up(asker, users, orders, exported.snapshot)
    session.request(TakeCount(session.generation, rows, exported.began))
    session.request(Read(session.generation, 4990, 5000))
    session.settle()
    job = Export(Order(hostile, source.of_query("TABLE orders", "t"), "csv", Target(str(tmp_path / "t.csv"))))
    job.start()
    assert job.wait(TIMEOUT) and job.outcome is not None and job.outcome.problem is None
    assert asker.session.close()
    assert not session.of(Failed)
    no_shadow(newest)


def test_nor_where_statements_write(sessions: Sessions, hostile: ConnectionSettings) -> None:
    newest = SENT.newest
    session = sessions.start(hostile, writable=True)
    session.open(Statement("INSERT INTO kept SELECT 1 + 1 RETURNING i", writes=True))
    session.open(KnownRelation(int(run_oid(hostile)), order=(SortKey("id"),)))
    session.open(Statement("CREATE TABLE made AS SELECT 7 AS i", writes=True))
    assert session.cells("SELECT i FROM kept") == [("2",)]
    session.request(EndTransaction(True))
    session.settle()
    assert run(hostile, "TABLE evil.made") == [(7,)], "CREATE still creates in the first schema of the path"
    no_shadow(newest)


def test_nor_after_a_statement_that_sets_the_path(sessions: Sessions, database: ConnectionSettings) -> None:
    run(database, *TABLES)
    shadow(database, "")
    orders = run_oid(database)
    newest = SENT.newest
    session = sessions.start(writable=True)
    session.open(Statement(f"SET LOCAL search_path = {PATH}", writes=True))
    session.open(KnownRelation(orders, order=(SortKey("id"),)))
    session.open(NamedRelation("orders"))
    no_shadow(newest)
    failed = session.fail(Statement("INSERT INTO kept SELECT 1 + 1", writes=True))
    assert "shadowed" in failed.problem.message, "what the user has SET holds for the user's statements"


def test_temporary_objects_are_no_catalogs(sessions: Sessions, database: ConnectionSettings) -> None:
    """Relations and types are looked for among a session's own temporary ones first."""
    run(database, *TABLES)
    ((names, types),) = run(
        database,
        "SELECT array_agg(DISTINCT relname) FILTER (WHERE relkind <> 'i'), (SELECT array_agg(typname)"
        " FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype = 'b' AND typelem = 0)"
        " FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')",
    )
    tables = "; ".join(f'CREATE TEMP TABLE "{name}" (a pg_catalog.int4)' for name in names)
    domains = "; ".join(f'CREATE DOMAIN pg_temp."{name}" AS pg_catalog.bool' for name in types)
    users, orders = (
        int(oid) for oid in run(database, "SELECT 'users'::regclass::oid, 'orders'::regclass::oid")[0]
    )
    session = sessions.start(writable=True)
    session.open(Statement(f"DO $do$ BEGIN {tables}; {domains}; END $do$", writes=True))
    assert session.cells("SELECT a FROM pg_class") == []
    browse(session, users, orders)
    session.open(KnownRelation(orders, order=(SortKey("id"),)))
    assert session.cells("SELECT count(*)::pg_catalog.text FROM orders") == [("5000",)]
    assert not session.of(Failed)


def run_oid(settings: ConnectionSettings) -> int:
    ((oid,),) = run(settings, "SELECT 'public.orders'::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4")
    return int(oid)


def test_a_path_that_the_user_sets(sessions: Sessions, database: ConnectionSettings) -> None:
    run(database, *TABLES)
    shadow(database, "")
    newest = SENT.newest
    session = sessions.start(writable=True)
    session.open(Statement(f"SET search_path = {PATH}"))
    (notice,) = session.of(Ran)[-1].notices
    assert "pg_catalog behind evil, public, whose" in notice
    assert session.cells(Statement("SHOW search_path")) == [("evil, public",)]
    session.open(KnownRelation(run_oid(database), order=(SortKey("id"),)))
    session.open(Statement("INSERT INTO kept SELECT 1 + 1", writes=True))
    session.open(Statement(f"SET search_path = {PATH}"))
    assert session.cells("SELECT i + 1 FROM kept") == [("3",)]
    no_shadow(newest)
