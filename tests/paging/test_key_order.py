"""Key order: from any key, in any direction, in the order of the index, no row twice and none left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.paging.opening import prepare
from pgmem_tui.paging.requests import KnownRelation
from pgmem_tui.paging.sources import Batch, choosing
from pgmem_tui.paging.sources.key_order import ByKey
from pgmem_tui.postgres.catalog import find_relation
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.query_spec import SortKey
from pgmem_tui.postgres.server_cursor import ServerCursor
from tests.paging.walk import BATCH, SIZES, STEPS, Checked, on, walk

NUMBERS = count(1)
SETUP = """
CREATE TABLE gaps (id int PRIMARY KEY, pad text);
INSERT INTO gaps SELECT i * 7 % 30011, 'x' FROM generate_series(1, 6000) i;
CREATE TABLE ties (id int, kind text, score numeric, at timestamptz, day date);
INSERT INTO ties SELECT i, (ARRAY['buy', 'click', 'view', NULL])[1 + (i * i) % 4], (i * 37 % 100) / 4.0,
timestamptz '2026-01-01' + (i % 977) * interval '1 hour', date '2026-01-01' + i % 400
FROM generate_series(1, 5000) i;
UPDATE ties SET score = NULL WHERE id % 50 = 0;
UPDATE ties SET score = 1.50 WHERE id % 55 = 0;
CREATE INDEX ties_kind ON ties (kind);
CREATE INDEX ties_score ON ties (score DESC);
CREATE INDEX ties_at ON ties (at NULLS FIRST);
CREATE INDEX ties_day ON ties (day DESC NULLS LAST);
CREATE TABLE pairs (id int, tenant int NOT NULL, seq bigint NOT NULL, PRIMARY KEY (tenant, seq));
INSERT INTO pairs SELECT i, i % 5, i FROM generate_series(1, 4000) i;
CREATE TABLE texts (id int, name varchar(40), u uuid PRIMARY KEY);
INSERT INTO texts SELECT i, 'Name ' || chr(97 + i % 26) || ' ' || i, md5(i::text)::uuid
FROM generate_series(1, 3000) i;
CREATE INDEX texts_name ON texts (name);
CREATE TABLE parts (id int PRIMARY KEY, pad text) PARTITION BY RANGE (id);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (1000);
CREATE TABLE parts_empty PARTITION OF parts FOR VALUES FROM (1000) TO (2000);
CREATE TABLE parts_b PARTITION OF parts FOR VALUES FROM (2000) TO (9000);
INSERT INTO parts SELECT i, 'y' FROM generate_series(1, 5000) i WHERE i NOT BETWEEN 1000 AND 1999;
CREATE TABLE nothing (id int PRIMARY KEY);
CREATE TABLE one (id int PRIMARY KEY);
INSERT INTO one VALUES (7);
CREATE TABLE all_null (id int, k int);
CREATE INDEX all_null_k ON all_null (k);
INSERT INTO all_null SELECT i, NULL FROM generate_series(1, 500) i;
CREATE TABLE padded (id int, k bpchar);
CREATE INDEX padded_k ON padded (k);
INSERT INTO padded SELECT i, 'a' || i % 40 || repeat(' ', i % 3) FROM generate_series(1, 3000) i;
CREATE TABLE days (id int, day date);
CREATE INDEX days_day ON days (day);
INSERT INTO days SELECT i, date '1990-01-01' + i FROM generate_series(1, 3000) i;
INSERT INTO days VALUES (0, '4000-01-01 BC'), (3001, '500000-01-01'), (3002, 'infinity');
CREATE TABLE hashed (id int, k int) PARTITION BY HASH (id);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE hashed_2 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 2);
CREATE INDEX hashed_k ON hashed (k);
INSERT INTO hashed SELECT i, i % 10 FROM generate_series(1, 900) i;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child () INHERITS (parent);
INSERT INTO parent SELECT generate_series(1, 50);
INSERT INTO child SELECT generate_series(1, 50);
ANALYZE gaps, ties, pairs, texts, parts, one, padded, days
"""
ASCENDING, DESCENDING = False, True
ORDERS: dict[str, tuple[str, tuple[SortKey, ...]]] = {
    "gaps": ("gaps", (SortKey("id"),)),
    "gaps down": ("gaps", (SortKey("id", DESCENDING),)),
    "kind": ("ties", (SortKey("kind"),)),
    "kind down": ("ties", (SortKey("kind", DESCENDING),)),
    "score": ("ties", (SortKey("score"),)),
    "score down": ("ties", (SortKey("score", DESCENDING),)),
    "at": ("ties", (SortKey("at"),)),
    "at down": ("ties", (SortKey("at", DESCENDING),)),
    "day": ("ties", (SortKey("day"),)),
    "day down": ("ties", (SortKey("day", DESCENDING),)),
    "pairs": (
        "pairs",
        (
            SortKey("tenant"),
            SortKey("seq"),
        ),
    ),
    "pairs down": (
        "pairs",
        (
            SortKey("tenant", DESCENDING),
            SortKey("seq", DESCENDING),
        ),
    ),
    "tenant": ("pairs", (SortKey("tenant"),)),
    "name": ("texts", (SortKey("name"),)),
    "uuid": ("texts", (SortKey("u"),)),
    "parts": ("parts", (SortKey("id"),)),
    "parts down": ("parts", (SortKey("id", DESCENDING),)),
    "padded": ("padded", (SortKey("k"),)),
    "days": ("days", (SortKey("day"),)),
    "days down": ("days", (SortKey("day", DESCENDING),)),
    "nothing": ("nothing", (SortKey("id"),)),
    "one": ("one", (SortKey("id"),)),
    "all_null": ("all_null", (SortKey("k"),)),
}


@dataclass(repr=False)
class Table:
    """A relation in an order, and all its rows in it."""

    name: str
    rows: list[str]
    """Their ids."""
    oid: int
    order: tuple[SortKey, ...]
    connection: Connection

    def __repr__(self) -> str:
        return self.name

    def open(self, estimate: int | None = None) -> ByKey:
        """Read it from a fresh start."""
        source = _source(self.connection, self.oid, self.order)
        if estimate is not None:
            source.estimate = estimate
        source.open()
        return source


def _source(connection: Connection, oid: int, order: tuple[SortKey, ...]) -> ByKey:
    target = KnownRelation(oid, order=order)
    what = prepare(connection, target, 256)

    def make(query: sql.Composed, scrollable: bool = True, savepoint: bool = False) -> ServerCursor:
        name = f"c{next(NUMBERS)}"
        return ServerCursor(connection, name, query, scrollable=scrollable, savepoint=savepoint)

    source, why = choosing.choose(connection, target, what, make)
    assert isinstance(source, ByKey), why
    return source


@pytest.fixture(scope="module")
def tables(reading: Connection) -> dict[str, Table]:
    return tables_of(reading)


def tables_of(connection: Connection) -> dict[str, Table]:
    """All that `SETUP` made, in each order."""
    return {shown: _table(connection, shown) for shown in ORDERS}


def _table(connection: Connection, shown: str) -> Table:
    name, order = ORDERS[shown]
    found = find_relation(connection, name)
    keys = [f"{key.column} {'DESC' if key.descending else ''}" for key in order]
    nulls = {"at": " NULLS FIRST", "at down": " NULLS LAST", "day": " NULLS FIRST", "day down": " NULLS LAST"}
    with connection.cursor() as cursor:
        # The settings that key order reads under: ties come as the index has them.
        cursor.execute(choosing.BY_INDEX)
        cursor.execute(f"EXPLAIN SELECT id FROM {name} ORDER BY {', '.join(keys)}{nulls.get(shown, '')}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Sort" not in plan and "Index" in plan, plan
        cursor.execute(f"SELECT id FROM {name} ORDER BY {', '.join(keys)}{nulls.get(shown, '')}")
        ids = [row[0] for row in cursor.fetchall()]
    return Table(shown, ids, found.oid, order, connection)


def seek(checked: Checked, key: tuple[str, ...]) -> Batch:
    assert isinstance(checked.source, ByKey)
    return checked.source.seek(key, BATCH, on)


@pytest.mark.parametrize("name", ORDERS)
def test_forward_from_the_first_row(tables: dict[str, Table], name: str) -> None:
    checked, seen = Checked(tables[name]), 0
    while batch := checked.read(seen):
        assert batch.exact and not batch.shift
        if not batch.rows:
            break
        seen += len(batch.rows)
    assert seen == len(tables[name].rows) == checked.source.row_count


@pytest.mark.parametrize("name", ORDERS)
def test_backward_from_the_last_row(tables: dict[str, Table], name: str) -> None:
    checked = Checked(tables[name])
    low = checked.end().first
    while low > 0:
        low = checked.read(max(0, low - BATCH), min(low, BATCH), backward=True).first
    assert checked.source.exact and checked.source.row_count == len(tables[name].rows)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(list(ORDERS)),
    estimate=st.sampled_from([None, 10, 3_000, 60_000]),
    steps=STEPS,
    size=SIZES,
)
def test_any_walk(
    tables: dict[str, Table], name: str, estimate: int | None, steps: list[str | int], size: int
) -> None:
    walk(Checked(tables[name], estimate), steps, size)


@pytest.mark.parametrize(
    ("name", "key", "found"),
    [
        ("gaps", ("7",), "7"),
        ("gaps", ("0013",), "14"),
        ("gaps down", ("13",), "12"),
        ("pairs", ("3",), "3"),
        ("pairs", ("3", "2000"), "2003"),
        ("pairs down", ("3", "2000"), "1998"),
        ("parts", ("1500",), "2000"),
        ("parts down", ("1500",), "999"),
        ("name", ("Name d 1017",), "1017"),
    ],
)
def test_a_key_is_sought(tables: dict[str, Table], name: str, key: tuple[str, ...], found: str) -> None:
    checked = Checked(tables[name])
    checked.read(0)
    batch = checked.check(seek(checked, key))
    assert isinstance(checked.source, ByKey)
    landed = checked.source.landed
    assert batch.restarted and batch.rows[landed - batch.first][0] == found
    truth = tables[name].rows.index(found)
    assert abs(landed - truth) <= max(30, 0.1 * len(tables[name].rows)), "the number is near the truth"
    assert checked.read(max(0, batch.first - BATCH), BATCH, backward=True).rows or truth == 0
    assert checked.read(batch.first + BATCH).rows or truth + BATCH >= len(tables[name].rows)


def test_a_key_behind_the_last_shows_the_last_rows(tables: dict[str, Table]) -> None:
    checked = Checked(tables["gaps"])
    batch = checked.check(seek(checked, ("999999",)))
    assert [row[0] for row in batch.rows] == tables["gaps"].rows[-BATCH:]


@pytest.mark.parametrize(("name", "key"), [("gaps", ("abc",)), ("pairs", ("3", "9" * 30)), ("uuid", ("x",))])
def test_a_key_that_is_none_loses_nothing(tables: dict[str, Table], name: str, key: tuple[str, ...]) -> None:
    checked = Checked(tables[name])
    checked.read(0)
    with pytest.raises(Refused, match=r"invalid input syntax|out of range"):
        seek(checked, key)
    checked.read(BATCH)


@pytest.mark.parametrize("name", ["gaps", "gaps down", "at", "uuid", "pairs", "parts"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_jump_lands_about_there(tables: dict[str, Table], name: str, share: float) -> None:
    rows = tables[name].rows
    source = tables[name].open(len(rows) * 100)  # so far away that it is not walked to
    batch = source.read(int(share * len(rows) * 100), BATCH, on)
    assert batch.restarted and not batch.exact
    truth = rows.index(str(batch.rows[0][0])) / len(rows)
    assert abs(truth - batch.first / (len(rows) * 100)) < 0.15


def test_a_count_makes_numbers_exact(tables: dict[str, Table]) -> None:
    table = tables["gaps"]
    checked = Checked(table, 60_000)
    batch = checked.end()
    assert not batch.exact
    shift = checked.source.count(len(table.rows))
    assert checked.source.row_count == len(table.rows) and checked.source.exact
    assert batch.first + shift == len(table.rows) - BATCH


@pytest.mark.parametrize(("name", "key"), [("hashed", "k"), ("parent", "id")])
def test_several_indexes_keep_no_order_of_equal_keys(tables: dict[str, Table], name: str, key: str) -> None:
    connection = tables["gaps"].connection
    oid = find_relation(connection, name).oid
    with pytest.raises(AssertionError, match="no index has this order"):
        _source(connection, oid, (SortKey(key),))


def test_statistics_that_cannot_be_read_cost_the_estimate_only(tables: dict[str, Table]) -> None:
    checked = Checked(tables["days"])
    checked.read(0)
    batch = seek(checked, ("1995-06-01",))
    checked.check(batch)
    assert checked.table.rows[checked.table.rows.index(str(batch.rows[0][0]))] == "1977"
    assert seek(checked, ("490000-01-01",)).rows


def test_other_orders_are_refused_with_the_reason(tables: dict[str, Table]) -> None:
    table = tables["kind"]
    for order in ((SortKey("id"),), (SortKey("kind", nulls_first=True),)):
        with pytest.raises(AssertionError, match="no index has this order"):
            _source(table.connection, table.oid, order)
