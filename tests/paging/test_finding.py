"""What is found from any place, in any direction, is the next row that has the text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pgmem_tui.postgres.catalog import find_relation
from tests.paging import test_heap_order, test_key_order
from tests.paging.find_walk import Finder, Step, all_cells, steps

heap_tables = test_heap_order.tables
key_tables = test_key_order.tables
HEAP_TABLES = ["holes", "nothing", "all_dead", "one", "parts", "heirs"]
TEXTS = ["short", "new", "77", "5999", "child", "yyyyyyyyyyyyyyyyyyyyyyyy", "x", "no such", "0", "Short"]
KEY_TEXTS = ["buy", "click", "77", "1.5", "499", "2026-01-03", "name q", "Name z 2", "no such", "a", "x"]
ANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def heap_finder(table: test_heap_order.Table, estimate: int | None) -> Finder:
    columns = find_relation(table.connection, table.name).columns
    return Finder(table, all_cells(table.connection, table.name, table.rows), columns, estimate)


def key_finder(table: test_key_order.Table, estimate: int | None) -> Finder:
    name = test_key_order.ORDERS[table.name][0]
    columns = find_relation(table.connection, name).columns
    return Finder(table, all_cells(table.connection, name, table.rows), columns, estimate)


@ANY
@given(
    name=st.sampled_from(HEAP_TABLES),
    estimate=st.sampled_from([None, 10, 3_000, 60_000]),
    walked=steps(TEXTS),
)
def test_heap_order(
    heap_tables: dict[str, test_heap_order.Table], name: str, estimate: int | None, walked: list[Step]
) -> None:
    heap_finder(heap_tables[name], estimate).walk(walked)


@ANY
@given(
    name=st.sampled_from(list(test_key_order.ORDERS)),
    estimate=st.sampled_from([None, 10, 3_000, 60_000]),
    walked=steps(KEY_TEXTS),
)
def test_key_order_(
    key_tables: dict[str, test_key_order.Table], name: str, estimate: int | None, walked: list[Step]
) -> None:
    key_finder(key_tables[name], estimate).walk(walked)


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
    assert bool(forward) == any(finder.expected(text, -1, True) is not None for _ in [0])
