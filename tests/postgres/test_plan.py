"""Plans that a real server made: what is read of them, where their time goes, what is marked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import psycopg2.extensions as ext
import pytest

from pgmem_tui.postgres import plan as plans
from pgmem_tui.postgres import plan_text
from pgmem_tui.postgres.connection import connect as connect_to_browse
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.plan import Plan
from pgmem_tui.postgres.plan_shares import Weighed, weigh
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import Server, connect

Explain = Callable[..., Plan]

TABLES = """
    CREATE TABLE big AS
        SELECT i AS id, i % 100 AS g, i % 7 AS a, i % 7 AS b, repeat('x', 50) AS pad
        FROM generate_series(1, 100000) AS i;
    CREATE INDEX big_g ON big (g);
    CREATE INDEX big_id ON big (id);
    CREATE TABLE small AS SELECT i AS id FROM generate_series(1, 1000) AS i;
    CREATE TABLE "odd ""t\x1b[31m" AS SELECT 1 AS "c\u202e";
    ANALYZE
"""
MEASURED = "FORMAT JSON, ANALYZE, BUFFERS, SETTINGS, SUMMARY"


@pytest.fixture(scope="module")
def connection(module_database: ConnectionSettings) -> Iterator[ext.connection]:
    """A connection to tables that are big enough to be marked."""
    made = connect(module_database)
    with made.cursor() as cursor:
        cursor.execute(TABLES)
    made.close()
    browsing = connect_to_browse(module_database, "test")
    yield browsing
    browsing.close()


@pytest.fixture
def explain(connection: ext.connection) -> Iterator[Explain]:
    """Has the server explain a statement."""

    def ask(statement: str, options: str = MEASURED, *settings: str) -> Plan:
        with connection.cursor() as cursor:
            for setting in ("jit = off", "max_parallel_workers_per_gather = 0", *settings):
                cursor.execute(f"SET LOCAL {setting}")
            cursor.execute(f"EXPLAIN ({options}) {statement}")
            ((text,),) = cursor.fetchall()
        return plans.read(text)

    yield ask
    connection.rollback()


def titled(plan: Plan, title: str) -> Weighed:
    """The first node whose title has that in it."""
    return next(weighed for weighed in weigh(plan) if title in weighed.node.title)


PARALLEL = (
    "max_parallel_workers_per_gather = 2",
    "parallel_setup_cost = 0",
    "min_parallel_table_scan_size = 0",
)
STATEMENTS = [
    "SELECT * FROM big",
    "SELECT g, count(*) FROM big GROUP BY g ORDER BY 2",
    "SELECT * FROM big JOIN small USING (id) WHERE pad LIKE 'x%' ORDER BY big.g LIMIT 10",
    "SELECT * FROM small LEFT JOIN LATERAL (SELECT * FROM big WHERE big.id = small.id) AS q ON true",
    "WITH x AS MATERIALIZED (SELECT g, count(*) AS n FROM big GROUP BY g)"
    " SELECT * FROM x AS a JOIN x AS b USING (g) WHERE a.n > (SELECT min(id) FROM big WHERE pad > 'a')",
    "SELECT *, (SELECT count(*) FROM small AS s WHERE s.id = small.id) FROM small",
    "SELECT * FROM small WHERE id NOT IN (SELECT id FROM big)",
    "SELECT id FROM big UNION SELECT id FROM small",
    "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 2000) SELECT * FROM r",
    "SELECT * FROM big WHERE id < 0 AND EXISTS (SELECT FROM small WHERE small.id > big.id)",
]


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("settings", [(), PARALLEL], ids=["alone", "parallel"])
def test_own_times_and_costs_add_up_to_the_whole(
    explain: Explain, statement: str, settings: tuple[str, ...]
) -> None:
    plan = explain(statement, MEASURED, *settings)
    nodes = weigh(plan)
    whole = nodes[0]
    assert whole.milliseconds > 0
    assert sum(node.own_cost for node in nodes) == pytest.approx(whole.cost, rel=0.01)
    # Workers begin late, and the clock is read between: what is lost there is no node's.
    tolerance = 0.5 if settings else 0.1
    assert sum(node.own_milliseconds for node in nodes) == pytest.approx(
        whole.milliseconds, rel=tolerance, abs=1.0
    )
    assert sum(node.share for node in nodes) == pytest.approx(1.0, abs=0.5 if settings else 0.15)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_without_running_shares_are_of_the_cost(explain: Explain, statement: str) -> None:
    plan = explain(statement, "FORMAT JSON, SETTINGS")
    nodes = weigh(plan)
    assert not plan.measured and plan.execution is None
    assert all(node.factor == 1 and not node.misjudged and not node.milliseconds for node in nodes)
    assert sum(node.share for node in nodes) == pytest.approx(1.0, abs=0.01)
    assert all(-1e-6 <= node.own_cost <= node.cost + 1e-6 for node in nodes)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_tree_is_the_servers(connection: ext.connection, explain: Explain, statement: str) -> None:
    plan = explain(statement, "FORMAT JSON, COSTS ON")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        said = "\n".join(line for (line,) in cursor.fetchall())
    ours = plan_text.text(plan)
    for line in said.splitlines():
        if "(cost=" in line:
            title, numbers = line.strip().removeprefix("->").strip().split("  (cost=")
            assert f"{title}  (cost={numbers}" in ours
    assert ours.count("(cost=") == said.count("(cost=")


def test_a_slow_node_is_marked_and_a_fast_one_is_not(explain: Explain) -> None:
    sql = (
        "SELECT count(*) FROM small AS s JOIN (SELECT g FROM big WHERE sqrt(id) * sqrt(a) > 1e9) AS q ON true"
    )
    plan = explain(sql)
    assert titled(plan, "Seq Scan on big").slow
    assert not titled(plan, "Seq Scan on small").slow
    assert titled(plan, "Seq Scan on big").share > 0.5
    assert not any(node.slow for node in weigh(explain("SELECT * FROM small WHERE id = 3")))


def test_a_bad_estimate_is_marked_with_its_factor(explain: Explain) -> None:
    # The planner takes a and b for independent, and both for a day of seven.
    plan = explain("SELECT * FROM big WHERE a = 3 AND b = 4 AND id > 0")
    scan = titled(plan, "on big")
    assert scan.misjudged and scan.fewer
    assert scan.factor == pytest.approx(scan.node.estimate.rows)
    many = titled(explain("SELECT * FROM big WHERE id % 2 < 5"), "on big")
    assert many.node.actual is not None and many.node.actual.rows == 100_000
    assert not many.misjudged and many.factor < 10
    more = titled(explain("SELECT * FROM big WHERE id + 0 = id"), "on big")
    assert more.misjudged and not more.fewer and more.factor > 100


def test_what_a_limit_ends_is_no_bad_estimate(explain: Explain) -> None:
    plan = explain("SELECT * FROM big LIMIT 5")
    scan = titled(plan, "Seq Scan")
    assert scan.factor > 1000 and not scan.misjudged
    # A sort takes all of it, LIMIT or not.
    plan = explain("SELECT * FROM big WHERE id + 0 = id ORDER BY pad LIMIT 5")
    assert titled(plan, "Seq Scan").misjudged


def test_few_rows_are_no_bad_estimate(explain: Explain) -> None:
    assert not any(node.misjudged for node in weigh(explain("SELECT * FROM small WHERE id + 0 = 3")))


def test_a_sort_on_disk_and_in_memory(explain: Explain) -> None:
    spilling = explain("SELECT * FROM big ORDER BY pad, g", MEASURED, "work_mem = '64kB'")
    sort = titled(spilling, "Sort")
    assert sort.node.spilled > 1_000_000 and sort.node.buffers.temp_written > 100
    assert any("kB (disk)" in text for _, text in sort.node.details)
    assert ("work_mem", "64kB") in spilling.settings
    assert titled(explain("SELECT * FROM small ORDER BY id"), "Sort").node.spilled == 0
    hashed = explain(
        "SELECT count(*) FROM big AS x JOIN big AS y USING (id)",
        MEASURED,
        "work_mem = '64kB'",
        "enable_mergejoin = off",
        "enable_nestloop = off",
    )
    assert titled(hashed, "Hash").node.kind == "Hash Join"
    assert any(node.node.kind == "Hash" and node.node.spilled > 0 for node in weigh(hashed))


def test_the_time_of_a_cte_is_not_counted_twice(explain: Explain) -> None:
    plan = explain(
        "WITH x AS MATERIALIZED (SELECT g, sum(sqrt(id)) AS s FROM big GROUP BY g) SELECT * FROM x, x AS y"
    )
    made = next(node for node in weigh(plan) if node.node.label == "CTE x")
    scans = [node for node in weigh(plan) if node.node.kind == "CTE Scan"]
    # Both are rounded to a microsecond.
    assert len(scans) == 2 and max(scan.milliseconds for scan in scans) >= made.milliseconds - 0.001
    assert sum(scan.own_milliseconds for scan in scans) < made.milliseconds / 2


def test_labels(explain: Explain, server: Server) -> None:
    plan = explain(
        "WITH x AS MATERIALIZED (SELECT 1 AS i)"
        " SELECT (SELECT count(*) FROM small WHERE id > b.id) FROM big AS b, x"
        " WHERE b.id < 4 AND b.id > (SELECT min(id) FROM small)"
    )
    labels = {node.node.label for node in weigh(plan)} - {""}
    assert "CTE x" in labels
    assert any(label.startswith("InitPlan ") for label in labels)
    assert any(label.startswith("SubPlan ") for label in labels)


def test_workers(explain: Explain) -> None:
    plan = explain("SELECT count(*) FROM big", MEASURED, *PARALLEL)
    gather = titled(plan, "Gather")
    assert gather.node.workers[0] == 2
    scan = titled(plan, "Parallel Seq Scan on big")
    assert scan.node.actual is not None
    # Loops of the workers are averaged, not added: nothing takes longer than the whole.
    assert scan.milliseconds <= weigh(plan)[0].milliseconds * 1.05


def test_rows_have_fractions_since_18(explain: Explain, server: Server) -> None:
    plan = explain(
        "SELECT * FROM small JOIN big ON big.id = small.id * 200 AND big.id <= 100000 WHERE small.id < 900",
        MEASURED,
        "enable_hashjoin = off",
        "enable_mergejoin = off",
        "enable_seqscan = off",
    )
    inner = titled(plan, "Index Scan using big_id on big")
    assert inner.node.actual is not None
    loops, rows = inner.node.actual.loops, inner.node.actual.rows
    assert loops == 899
    assert rows == (pytest.approx(500 / 899, abs=0.01) if server.major >= 18 else 1)


def test_what_writes_is_seen_in_its_plan(explain: Explain) -> None:
    estimated = "FORMAT JSON"
    for statement in (
        "DELETE FROM big",
        "WITH x AS (DELETE FROM big RETURNING id) SELECT * FROM x",
        "SELECT * FROM big FOR UPDATE",
    ):
        assert explain(statement, estimated).root.writes
    assert not explain("SELECT * FROM big", estimated).root.writes


def test_names_are_taken_as_they_are(explain: Explain) -> None:
    plan = explain('SELECT * FROM "odd ""t\x1b[31m" AS "a""b" WHERE "c\u202e" = 1')
    assert plan.root.reads == 'odd "t\x1b[31m'
    assert plan.root.title == 'Seq Scan on "odd ""t\x1b[31m" "a""b"'
    (said,) = json.loads(plan.json)
    assert said["Plan"]["Alias"] == 'a"b'


def test_very_many_partitions_are_summed_up(explain: Explain) -> None:
    parts = " UNION ALL ".join(f"SELECT {n} AS n, * FROM small WHERE id > {n}" for n in range(600))
    plan = explain(parts, MEASURED)
    nodes = weigh(plan)
    assert len(plan.root.children) == plans.MOST_CHILDREN
    rest = plan.root.children[-1]
    assert rest.summed == 600 - (plans.MOST_CHILDREN - 1)
    assert "401 more: Seq Scan 401" in rest.title
    assert sum(node.own_cost for node in nodes) == pytest.approx(nodes[0].cost, rel=0.01)
    assert rest.actual is not None
    rows = sum(child.actual.rows * child.actual.loops for child in plan.root.children if child.actual)
    assert rows == sum(max(0, 1000 - n) for n in range(600))


def test_a_deep_plan_is_read_or_refused(explain: Explain) -> None:
    sql = "SELECT 1 AS x"
    for _ in range(150):
        sql = f"SELECT x, random() FROM (SELECT x FROM ({sql} OFFSET 0) AS a LIMIT 5) AS b"
    plan = explain(sql, "FORMAT JSON")
    assert weigh(plan)[-1].depth > 100
    nested = '[{"Plan": ' + '{"Node Type": "Limit", "Plans": [' * 200_000
    with pytest.raises(Refused, match=r"too deeply|no plan"):
        plans.read(nested + "]}" * 200_000 + "}]")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1]", '[{"Plan": 3}]', "null", "[{}]", '["Utility Statement"]']
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        plans.read(text)
