"""Plans of what is open, by the thread of the second connection; and what a cursor changes."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.explaining import Explained, ExplainTarget, Explanation, Wanted
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.query_spec import Condition, QuerySpec, SortKey, Source
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import Sessions, backends, eventually, gate, gated, run, within

TABLES = (
    "CREATE TABLE big AS SELECT i AS id, (i * 7919) % 100003 AS mixed, repeat('x', 100) AS pad"
    " FROM generate_series(1, 100000) AS i",
    "CREATE INDEX big_mixed ON big (mixed)",
    "CREATE UNIQUE INDEX big_id ON big (id)",
    "CREATE TABLE parts (id int, v text) PARTITION BY RANGE (id)",
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20)",
    "INSERT INTO parts SELECT i, 'v' FROM generate_series(0, 19) AS i",
    "CREATE FUNCTION write_it() RETURNS int LANGUAGE sql AS 'INSERT INTO parts VALUES (3) RETURNING id'",
    "VACUUM ANALYZE",
)


class Asking:
    """A session, what it is asked, and what it answers."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self.settings = settings
        self.events: queue.Queue[CatalogEvent] = queue.Queue()
        self.statements: list[str] = []
        self.session = CatalogSession(settings, self.events.put, self._connect)
        self.session.start()

    def _connect(self, settings: ConnectionSettings, label: str) -> Connection:
        return connect(settings, label, lambda report: self.statements.append(report.sql))

    def ask(
        self, target: rq.Target | str, analyze: bool = False, wanted: Wanted = Wanted.BOTH
    ) -> CatalogEvent:
        """Ask, and wait for the answer."""
        known = rq.UserQuery(target) if isinstance(target, str) else target
        self.session.request(ExplainTarget(known, analyze, wanted))
        return self.events.get(timeout=20)

    def explained(
        self, target: rq.Target | str, analyze: bool = False, wanted: Wanted = Wanted.BOTH
    ) -> Explained:
        """The same, where there is a plan."""
        event = self.ask(target, analyze, wanted)
        assert isinstance(event, Explained), event
        return event

    def words(self, target: rq.Target | str, analyze: bool = False) -> str:
        """What is said of the difference."""
        event = self.explained(target, analyze)
        assert event.difference is not None, event
        return "\n".join(event.difference.words)

    def relation(self, name: str, **rest: object) -> rq.KnownRelation:
        """A relation by its name."""
        ((oid,),) = run(self.settings, f"SELECT '{name}'::regclass::oid::int")
        return rq.KnownRelation(oid, **rest)  # type: ignore[arg-type]


@pytest.fixture
def asking(database: ConnectionSettings) -> Iterator[Asking]:
    run(database, *TABLES)
    asking = Asking(database)
    yield asking
    assert asking.session.close()
    eventually(lambda: not backends(database), timeout=5.0)


def both(event: Explained) -> tuple[Explanation, Explanation]:
    """Its two plans."""
    assert isinstance(event.query, Explanation) and isinstance(event.cursor, Explanation), event
    return event.query, event.cursor


def set_for_all(settings: ConnectionSettings, *changes: str) -> None:
    """Change settings for whoever connects to the database from now on."""
    for change in changes:
        run(settings, f'ALTER DATABASE "{settings.dbname}" SET {change}')


def test_nothing_is_run_unless_asked(asking: Asking) -> None:
    query, cursor = both(asking.explained("SELECT 1 / (id - 1) FROM big"))
    assert not query.plan.measured and not cursor.plan.measured
    event = asking.ask("SELECT 1 / (id - 1) FROM big", analyze=True)
    assert isinstance(event, CatalogFailed) and "division by zero" in event.problem.message


def test_the_cursor_is_the_one_that_browsing_declares(sessions: Sessions, asking: Asking) -> None:
    targets: list[rq.Target] = [
        rq.UserQuery("SELECT id, count(*) FROM big GROUP BY id -- and no more"),
        asking.relation("big"),
        asking.relation("parts"),
        asking.relation("big", order=(SortKey("id"),)),
        asking.relation("big", order=(SortKey("pad"),), limit=10),
        asking.relation("big", conditions=(Condition("pad", "x'y\"z"),)),
        rq.NamedRelation("parts"),
        rq.ComposedQuery(QuerySpec(Source(asking.relation("big").oid, 'b"g'), limit=5)),
    ]
    for target in targets:
        session = sessions.start()
        session.open(target)
        declared = session.sent("DECLARE")[0]
        _, cursor = both(asking.explained(target))
        assert cursor.sql == declared
        session.close()


def test_scroll_adds_a_materialize_only_where_the_plan_cannot_go_back(asking: Asking) -> None:
    said = asking.words("SELECT id % 5, count(*) FROM big GROUP BY 1")
    assert "Materialize is on top because SCROLL must go back and " in said
    _, cursor = both(asking.explained("SELECT id % 5, count(*) FROM big GROUP BY 1"))
    assert cursor.plan.root.kind == "Materialize"
    said = asking.words(asking.relation("big"))
    assert "Materialize" not in said and "SCROLL adds nothing: Seq Scan on big can go back" in said
    assert "NO SCROLL" in asking.words(asking.relation("big", order=(SortKey("id"),)))


def test_what_materialize_keeps_is_held_against_work_mem(asking: Asking) -> None:
    many = "SELECT * FROM big LEFT JOIN parts USING (id)"
    assert "temporary files beyond work_mem (4.0 MB)" in asking.words(many)
    assert "≈100.0k rows" in asking.words(many)
    few = asking.words("SELECT count(*) FROM big")
    assert "Materialize is on top" in few and "≈1 row, " in few and "within work_mem" in few


def test_cursor_tuple_fraction_chooses_another_plan(asking: Asking) -> None:
    # To the end a sort is cheaper than an index in the order of no block; for the first rows it is not.
    set_for_all(asking.settings, "random_page_cost = 20", "work_mem = '64MB'")
    sql = "SELECT * FROM big ORDER BY mixed"
    query, cursor = both(asking.explained(sql))
    assert [node.node.kind for node in query.nodes] == ["Sort", "Seq Scan"]
    assert [node.node.kind for node in cursor.nodes if node.node.kind != "Subquery Scan"] == ["Index Scan"]
    said = asking.words(sql)
    assert (
        "cursor_tuple_fraction = 0.1: planned for the first 10 % of the rows, Index Scan using big_mixed"
        in said
    )
    assert "in place of Sort, Seq Scan on big" in said
    set_for_all(asking.settings, "cursor_tuple_fraction = 1")
    other = Asking(asking.settings)
    try:
        _, cursor = both(other.explained(sql))
        assert "Sort" in [node.node.kind for node in cursor.nodes]
    finally:
        other.session.close()


def test_a_cursor_has_no_workers(asking: Asking) -> None:
    set_for_all(asking.settings, "parallel_setup_cost = 0")
    run(asking.settings, "ALTER TABLE big SET (parallel_workers = 2)")
    sql = "SELECT count(*) FROM big"
    query, cursor = both(asking.explained(sql))
    assert any(node.node.kind.startswith("Gather") for node in query.nodes)
    assert not any(node.node.kind.startswith("Gather") for node in cursor.nodes)
    assert "No parallel workers: a cursor's plan never has them. The query has 2 planned" in asking.words(sql)


def test_settings_and_tables_of_the_cursor(asking: Asking) -> None:
    said = asking.words(asking.relation("big", order=(SortKey("id"),)))
    assert "Set for the cursor: " in said and "enable_sort = off" in said and "jit = off" in said
    said = asking.words(asking.relation("parts"))
    assert "It reads parts_1, 1 of 2 tables" in said
    merged = asking.explained(asking.relation("parts")).difference
    assert merged is not None
    signs = [(line.sign, line.weighed.node.reads) for line in merged.lines]
    assert ("-", "parts_2") in signs and (" ", "parts_1") in signs


def test_both_are_measured(asking: Asking) -> None:
    said = asking.words(asking.relation("big"), analyze=True)
    assert "Measured: the cursor's first row after " in said
    query, cursor = both(asking.explained("SELECT * FROM big", analyze=True))
    for each in (query, cursor):
        assert each.plan.root.actual is not None and each.plan.root.actual.rows == 100_000
        assert each.plan.execution


def test_one_alone(asking: Asking) -> None:
    event = asking.explained("SELECT * FROM big", True, Wanted.QUERY)
    assert isinstance(event.query, Explanation) and event.query.plan.measured and event.cursor is None
    event = asking.explained("SELECT * FROM big", True, Wanted.CURSOR)
    assert isinstance(event.cursor, Explanation) and event.cursor.plan.measured and event.query is None
    assert not any(
        "EXPLAIN" in said and "ANALYZE" in said and "DECLARE" not in said for said in asking.statements[-8:]
    )


@pytest.mark.parametrize(
    "sql",
    [
        "WITH x AS (DELETE FROM big RETURNING *) SELECT * FROM x",
        "SELECT * FROM big FOR UPDATE",
        "SELECT * FROM big WHERE id IN (SELECT id FROM parts FOR SHARE)",
        "SELECT write_it()",
        "DELETE FROM big",
        "SELECT * INTO other FROM big",
        "SELECT 1; DELETE FROM big",
        "EXPLAIN ANALYZE DELETE FROM big",
    ],
)
def test_what_writes_is_never_run(asking: Asking, sql: str) -> None:
    event = asking.ask(sql, analyze=True)
    assert isinstance(event, CatalogFailed), event
    assert event.problem.message
    assert not any(
        "ANALYZE" in said and ("FOR UPDATE" in said or "FOR SHARE" in said) for said in asking.statements
    )
    assert run(asking.settings, "SELECT count(*) FROM big") == [(100_000,)]
    assert run(asking.settings, "SELECT count(*) FROM parts") == [(20,)]
    assert isinstance(asking.ask("SELECT 1"), Explained)


def test_an_analyze_is_cancelled(asking: Asking) -> None:
    with gate(asking.settings) as closed:
        request = ExplainTarget(rq.UserQuery(gated()), analyze=True, wanted=Wanted.QUERY, generation=3)
        asking.session.request(request)
        closed.wait_for_someone()
        with within(2.0):
            asking.session.cancel(request)
            event = asking.events.get(timeout=20)
    assert isinstance(event, CatalogFailed) and event.problem.canceled and event.generation == 3
    assert isinstance(asking.ask("SELECT 1"), Explained)


def test_nothing_of_it_stays(asking: Asking) -> None:
    asking.explained(asking.relation("big", order=(SortKey("id"),)), analyze=True)
    assert backends(asking.settings, "state = 'idle'")
    assert run(
        asking.settings,
        "SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)"
        " WHERE application_name LIKE '% catalog' AND locktype = 'relation'",
    ) == [(0,)]


def test_the_cursors_plan_is_there_where_the_query_has_none(asking: Asking) -> None:
    broken = "CREATE OR REPLACE FUNCTION broken() RETURNS bool IMMUTABLE LANGUAGE plpgsql AS 'BEGIN {} END'"
    run(
        asking.settings,
        broken.format("RETURN true;"),
        "CREATE INDEX ON parts_2 (id) WHERE broken()",
        broken.format("RAISE ''not to be planned''; "),
    )
    event = asking.explained(asking.relation("parts"))
    assert isinstance(event.query, Problem) and event.query.message == "not to be planned"
    assert isinstance(event.cursor, Explanation) and event.cursor.plan.root.reads == "parts_1"
    assert event.difference is None


def test_hostile_names(asking: Asking) -> None:
    run(asking.settings, 'CREATE TABLE "a\x1b[31m""b" ("c\u202e%s" text)')
    ((oid,),) = run(asking.settings, "SELECT oid::int FROM pg_class WHERE relname LIKE 'a%b'")
    query, cursor = both(asking.explained(rq.KnownRelation(oid, (Condition("c\u202e%s", "%(x)s {0}"),))))
    assert query.plan.root.reads == cursor.plan.root.reads == 'a\x1b[31m"b'
