"""What is found from any place, in any direction, is the next row that has the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.paging.opening import prepare
from pgmem_tui.paging.requests import UserQuery
from pgmem_tui.paging.sources import RowSource, choosing
from pgmem_tui.paging.sources.query_cursor import QueryCursor
from pgmem_tui.postgres.catalog import find_relation
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.server_cursor import ServerCursor
from tests.conftest import Server, fresh_database
from tests.paging import test_heap_order, test_key_order
from tests.paging.conftest import snapshot_of
from tests.paging.find_walk import Finder, Step, all_cells, steps

HEAP_TABLES = ["holes", "nothing", "all_dead", "one", "parts", "heirs"]
TEXTS = ["short", "new", "77", "5999", "child", "yyyyyyyyyyyyyyyyyyyyyyyy", "x", "no such", "0", "Short"]
KEY_TEXTS = ["buy", "click", "77", "1.5", "499", "2026-01-03", "name q", "Name z 2", "no such", "a", "x"]
MOST = 150
ANY = settings(max_examples=MOST, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def heap_tables(server: Server) -> Iterator[dict[str, test_heap_order.Table]]:
    with fresh_database(server) as database, snapshot_of(database, test_heap_order) as connection:
        yield test_heap_order.tables_of(connection)


@pytest.fixture(scope="module")
def key_tables(server: Server) -> Iterator[dict[str, test_key_order.Table]]:
    with fresh_database(server) as database, snapshot_of(database, test_key_order) as connection:
        yield test_key_order.tables_of(connection)


def heap_finder(table: test_heap_order.Table, estimate: int | None) -> Finder:
    columns = find_relation(table.connection, table.name).columns
    return Finder(table, all_cells(table.connection, table.name, table.rows), columns, estimate)


def key_finder(table: test_key_order.Table, estimate: int | None) -> Finder:
    name = test_key_order.ORDERS[table.name][0]
    columns = find_relation(table.connection, name).columns
    return Finder(table, all_cells(table.connection, name, table.rows), columns, estimate)


@dataclass(repr=False)
class Query:
    """A query, and all its rows."""

    sql: str
    rows: list[str]
    connection: Connection

    def open(self, estimate: int | None = None) -> RowSource:
        """Run it from a fresh start."""
        what = prepare(self.connection, UserQuery(self.sql), 20)

        def make(query: sql.Composed, scrollable: bool = True, savepoint: bool = False) -> ServerCursor:
            name = f"c{next(test_heap_order.NUMBERS)}"
            return ServerCursor(self.connection, name, query, scrollable=scrollable)

        source, _ = choosing.choose(self.connection, UserQuery(self.sql), what, make)
        assert isinstance(source, QueryCursor)
        source.open()
        return source


QUERIES = {
    "series": "SELECT i, i * 7 % 1000 AS i FROM generate_series(1, 3000) AS i",
    "sorted": "SELECT id, pad FROM parts ORDER BY id DESC",
    "late": "SELECT i, repeat('.', 300) || i FROM generate_series(1, 2000) AS i",
    "none": "SELECT 1 WHERE false",
}


@ANY
@given(name=st.sampled_from(list(QUERIES)), walked=steps(["77", "1999", "0", "no such", ".1", "YYY"]))
def test_in_queries(heap_tables: dict[str, test_heap_order.Table], name: str, walked: list[Step]) -> None:
    connection = heap_tables["one"].connection
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[name])
        cells = [tuple(row) for row in cursor.fetchall()]
    query = Query(QUERIES[name], [row[0] for row in cells], connection)
    columns = prepare(connection, UserQuery(query.sql), 20).columns
    Finder(query, cells, columns, None).walk(walked)


@ANY
@given(
    name=st.sampled_from(HEAP_TABLES),
    estimate=st.sampled_from([None, 10, 3_000, 60_000]),
    walked=steps(TEXTS),
)
def test_in_heap_order(
    heap_tables: dict[str, test_heap_order.Table], name: str, estimate: int | None, walked: list[Step]
) -> None:
    heap_finder(heap_tables[name], estimate).walk(walked)


@ANY
@given(
    name=st.sampled_from(list(test_key_order.ORDERS)),
    estimate=st.sampled_from([None, 10, 3_000, 60_000]),
    walked=steps(KEY_TEXTS),
)
def test_in_key_order(
    key_tables: dict[str, test_key_order.Table], name: str, estimate: int | None, walked: list[Step]
) -> None:
    key_finder(key_tables[name], estimate).walk(walked)


def test_behind_a_mark_among_many_equal_keys(key_tables: dict[str, test_key_order.Table]) -> None:
    for name in ("kind", "kind down", "all_null", "tenant"):
        key_finder(key_tables[name], 60_000).walk([(-1, True), ("buy", True), ("499", False)])


@pytest.mark.parametrize("name", HEAP_TABLES)
@pytest.mark.parametrize("text", ["77", "short", "no such"])
def test_every_hit_in_heap_order(heap_tables: dict[str, test_heap_order.Table], name: str, text: str) -> None:
    every_hit(heap_finder(heap_tables[name], None), text)


@pytest.mark.parametrize("name", test_key_order.ORDERS)
@pytest.mark.parametrize("text", ["77", "499", "no such"])
def test_every_hit_in_key_order(key_tables: dict[str, test_key_order.Table], name: str, text: str) -> None:
    every_hit(key_finder(key_tables[name], None), text)


def every_hit(finder: Finder, text: str) -> None:
    forward, row = [], -1
    while (hit := finder.find(text, row, True)).row is not None:
        row = hit.row
        forward.append(row)
    row = finder.checked.source.row_count or 0
    backward = []
    while (hit := finder.find(text, row, False)).row is not None:
        row = hit.row
        backward.append(row)
    assert forward == backward[::-1]
    assert bool(forward) == (finder.expected(text, -1, True) is not None)
