"""Heap order: from any place, in any direction, no row twice and none left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.paging.sources.anchored import Anchored
from pgmem_tui.paging.sources.heap_order import HeapOrder, HeapPlace
from pgmem_tui.postgres import composition
from pgmem_tui.postgres.catalog import find_relation
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.server_cursor import ServerCursor
from pgmem_tui.postgres.storage import leaves
from pgmem_tui.postgres.wire import StatementReport
from tests.conftest import Server
from tests.paging.walk import BATCH, SIZES, STEPS, Checked, on, walk

NUMBERS = count(1)
SETUP = """
CREATE TABLE holes (id int, pad text) WITH (autovacuum_enabled = off);
INSERT INTO holes SELECT i, repeat('x', 150) FROM generate_series(1, 6000) i;
DELETE FROM holes WHERE id BETWEEN 1000 AND 2500 OR id % 7 = 0 OR id > 5800 OR id < 90;
VACUUM (TRUNCATE off) holes;
UPDATE holes SET pad = 'short' WHERE id % 11 = 0;
INSERT INTO holes SELECT i, 'new' FROM generate_series(6001, 6050) i;
DELETE FROM holes WHERE id BETWEEN 3000 AND 3400;
CREATE TABLE nothing (id int);
CREATE TABLE all_dead (id int) WITH (autovacuum_enabled = off);
INSERT INTO all_dead SELECT generate_series(1, 2000);
DELETE FROM all_dead;
CREATE TABLE one (id int);
INSERT INTO one VALUES (7);
CREATE TABLE parts (id int, pad text) PARTITION BY RANGE (id);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (1000);
CREATE TABLE parts_empty PARTITION OF parts FOR VALUES FROM (1000) TO (2000);
CREATE TABLE parts_b PARTITION OF parts FOR VALUES FROM (2000) TO (3000) PARTITION BY LIST (id);
CREATE TABLE parts_b_rest PARTITION OF parts_b DEFAULT;
CREATE TABLE parts_gone PARTITION OF parts FOR VALUES FROM (3000) TO (4000);
CREATE TABLE parts_c PARTITION OF parts FOR VALUES FROM (4000) TO (9000);
INSERT INTO parts SELECT i, repeat('y', i % 300) FROM generate_series(1, 8000) i
WHERE i NOT BETWEEN 1000 AND 1999;
DELETE FROM parts_gone;
CREATE TABLE heirs (id int, pad text);
INSERT INTO heirs SELECT i, 'parent' FROM generate_series(1, 300) i;
CREATE TABLE heir (more int) INHERITS (heirs);
INSERT INTO heir SELECT i, 'child' FROM generate_series(301, 700) i;
CREATE MATERIALIZED VIEW stored AS SELECT i AS id FROM generate_series(1, 3000) i;
"""
TABLES = ["holes", "nothing", "all_dead", "one", "parts", "heirs", "stored"]


class Fetched:
    """Counts the rows that FETCHes bring."""

    rows = 0

    def __call__(self, report: StatementReport) -> None:
        self.rows += report.rows if report.kind == "FETCH" else 0


FETCHED = Fetched()


@dataclass(repr=False)
class Table:
    """A table, and all its rows in the order of its leaves' blocks."""

    name: str
    rows: list[str]
    """Their ids."""
    connection: Connection

    def __repr__(self) -> str:
        return self.name

    def open(self, estimate: int | None = None) -> Anchored[HeapPlace]:
        """Read it from a fresh start."""
        found = find_relation(self.connection, self.name)
        tables, why = leaves(self.connection, found.oid)
        assert tables, why
        columns = composition.clamp(found.columns, 256)

        def declare(query: sql.Composed) -> ServerCursor:
            cursor = ServerCursor(self.connection, f"c{next(NUMBERS)}", query)
            cursor.declare()
            return cursor

        rows = sum(table.rows for table in tables) if estimate is None else estimate
        order = HeapOrder(tables, composition.leaf_select(columns, 256))
        opened = Anchored(order, declare, rows)
        opened.open()
        return opened


@pytest.fixture(scope="module")
def tables(server: Server, reading: Connection) -> dict[str, Table]:
    if server.major < 14:
        pytest.fail("TID range scans came with PostgreSQL 14")
    return tables_of(reading)


def tables_of(connection: Connection) -> dict[str, Table]:
    """All that `SETUP` made."""
    return {table: Table(table, _ids(connection, table), connection) for table in TABLES}


def _ids(connection: Connection, table: str) -> list[str]:
    found = find_relation(connection, table)
    ids: list[str] = []
    with connection.cursor() as cursor:
        for leaf in leaves(connection, found.oid)[0]:
            query = sql.SQL("SELECT id, ctid FROM ONLY {}").format(sql.Identifier(leaf.schema, leaf.name))
            cursor.execute(query)
            ids += [row[0] for row in cursor.fetchall()]
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        assert cursor.fetchone() == (str(len(ids)),)
    return ids


@pytest.mark.parametrize("name", TABLES)
def test_forward_from_the_first_row(tables: dict[str, Table], name: str) -> None:
    checked, seen = Checked(tables[name]), 0
    while batch := checked.read(seen):
        assert batch.exact and not batch.shift
        if not batch.rows:
            break
        seen += len(batch.rows)
    assert seen == len(tables[name].rows) == checked.source.row_count


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.33, 0.5, 0.77, 0.99, 1.0])
@pytest.mark.parametrize("factor", [1.0, 0.3, 20.0])
def test_from_anywhere_to_both_ends(tables: dict[str, Table], name: str, share: float, factor: float) -> None:
    table = tables[name]
    estimate = max(1, int(len(table.rows) * factor)) + 30_000
    checked = Checked(table, estimate)
    batch = checked.read(int(share * estimate))
    low, high = batch.first, batch.first + len(batch.rows)
    forward = len(batch.rows)
    while batch := checked.read(high):
        if not batch.rows:
            break
        high += len(batch.rows)
        forward += len(batch.rows)
    if forward:
        assert checked.source.row_count == high
    else:  # it is behind the end, which was walked to
        assert checked.source.row_count == len(table.rows)
        low = len(table.rows)
    backward = 0
    while low > 0 and table.rows:
        batch = checked.read(max(0, low - BATCH), min(low, BATCH), backward=True)
        backward += len(batch.rows) if not batch.restarted else 0
        if batch.restarted or not batch.rows:
            break
        low = batch.first
    if not batch.restarted:
        assert forward + backward == len(table.rows)
    first = checked.read(0)
    assert first.exact and [row[0] for row in first.rows] == table.rows[: len(first.rows)]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("estimate", [None, 0, 5, 100_000])
def test_the_last_rows(tables: dict[str, Table], name: str, estimate: int | None) -> None:
    checked = Checked(tables[name], estimate)
    last = checked.end()
    assert len(last.rows) >= min(BATCH, len(tables[name].rows))
    low = last.first
    for _ in range(5):
        if low == 0:
            break
        batch = checked.read(max(0, low - BATCH), min(low, BATCH), backward=True)
        low = batch.first
    assert checked.read(0).exact


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["holes", "parts", "heirs", "one"]),
    estimate=st.sampled_from([None, 10, 3_000, 60_000]),
    steps=STEPS,
    size=SIZES,
)
def test_any_walk(
    tables: dict[str, Table], name: str, estimate: int | None, steps: list[str | int], size: int
) -> None:
    walk(Checked(tables[name], estimate), steps, size)


def test_a_jump_costs_a_screenful(tables: dict[str, Table]) -> None:
    table = tables["holes"]
    source = table.open(50_000)
    FETCHED.rows = 0
    source.read(25_000, BATCH, on)
    assert FETCHED.rows == BATCH


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            "ALTER TABLE one ENABLE ROW LEVEL SECURITY; ALTER TABLE one FORCE ROW LEVEL SECURITY",
            "row-level security",
        ),
        ("REVOKE ALL ON one FROM nobody_reads", "may not read by itself"),
    ],
)
def test_what_cannot_be_read_by_blocks(server: Server, statement: str, reason: str) -> None:
    with psycopg2.connect(server.dsn) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE ROLE nobody_reads; CREATE TABLE one (id int)")
        cursor.execute("SELECT 'one'::regclass::oid::int")
        ((oid,),) = cursor.fetchall()
        cursor.execute(statement)
        cursor.execute("SET ROLE nobody_reads")
        assert leaves(connection, oid) == ((), leaves(connection, oid)[1])
        assert reason in leaves(connection, oid)[1]
        connection.rollback()
