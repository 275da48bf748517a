"""What the demo's database has in it, on each of the servers here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
from psycopg2 import extensions, sql

from pgmem_tui.demo.seed import seed
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import DEMO_AMOUNTS, connect
from tests.demo.servers import AVAILABLE, NAMES

ODD = 'odd "schema"'
ALL_OF = """
SELECT n.nspname, c.relname, c.relkind::text, c.reltuples::bigint
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'odd "schema"') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
# Types that no user can give a value of, and pseudo-types.
MISSING_TYPES = """
SELECT t.typname::text FROM pg_type AS t
WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r', 'm') AND t.typcategory <> 'A'
  AND t.typname NOT LIKE 'pg\\_brin\\_%'
  AND t.typname NOT IN ('pg_node_tree', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list', 'gtsvector')
  AND t.oid NOT IN (SELECT atttypid FROM pg_attribute WHERE attrelid = 'all_types'::regclass)
"""


@dataclass
class Seeded:
    settings: ConnectionSettings
    connection: extensions.connection
    progress: list[tuple[str, int, int]]

    def rows(self, query: str | sql.Composable, *parameters: object) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall()


@pytest.fixture(scope="module", params=AVAILABLE, ids=NAMES)
def seeded(request: pytest.FixtureRequest) -> Iterator[Seeded]:
    progress: list[tuple[str, int, int]] = []
    with EmbeddedServer(request.param, database="demo") as server:
        seed(server.settings, DEMO_AMOUNTS, lambda *step: progress.append(step))
        connection = connect(server.settings)
        # As text, as the program reads them: Python has no year 12345 and no -infinity.
        text = extensions.new_type(tuple(extensions.string_types), "AS_TEXT", extensions.UNICODE)
        extensions.register_type(text, connection)
        yield Seeded(server.settings, connection, progress)
        connection.close()


def test_progress_goes_to_its_end(seeded: Seeded) -> None:
    done = [step[1] for step in seeded.progress]
    total = seeded.progress[0][2]
    assert done == sorted(done) and done[-1] == total
    assert {"events", "documents", "all_types", 'odd "schema"'} <= {step[0] for step in seeded.progress}


def test_every_table_is_there_with_its_estimate(seeded: Seeded) -> None:
    found = {(schema, name): (kind, estimate) for schema, name, kind, estimate in seeded.rows(ALL_OF)}
    amounts = DEMO_AMOUNTS
    for name, kind, rows in (
        ("events", "r", amounts.events),
        ("users", "r", amounts.users),
        ("orders", "r", amounts.orders),
        ("order_items", "r", amounts.orders * 3),
        ("documents", "r", amounts.documents),
        ("wide", "r", amounts.wide),
        ("sales", "p", amounts.sales),
        ("no_columns", "r", 3),
        ("all_types", "r", 33),
        ("monthly_sales", "m", 32),
    ):
        assert found["public", name] == (kind, str(rows))
    assert found["public", "buyers"][0] == "v"
    assert found["public", "empty"][0] == "r"
    assert found["public", "version_file"][0] == "f"
    assert sum(name.startswith("sales_2026_") for _, name in found) == 8


def test_the_foreign_table_can_be_read(seeded: Seeded) -> None:
    assert seeded.rows("SELECT line FROM version_file") == [
        (str(seeded.connection.info.server_version // 10000),)
    ]


def test_rows_lie_in_the_order_of_their_keys(seeded: Seeded) -> None:
    assert seeded.rows("SELECT min(id), max(id), count(*) FROM events") == [("1", "20000", "20000")]
    assert seeded.rows("SELECT id FROM events LIMIT 3") == [("1",), ("2",), ("3",)]
    assert seeded.rows("SELECT count(*) FROM events WHERE user_id NOT IN (SELECT id FROM users)") == [("0",)]


def test_documents_are_of_a_megabyte_on_the_disk_too(seeded: Seeded) -> None:
    [(smallest, largest, table)] = seeded.rows(
        "SELECT min(octet_length(body)), max(octet_length(body)), pg_table_size('documents') FROM documents"
    )
    assert 900_000 < int(smallest) <= int(largest) < 1_200_000
    assert int(table) > 1_000_000 * DEMO_AMOUNTS.documents
    [(scan, attributes)] = seeded.rows(
        "SELECT max(octet_length(scan)), max(length(attributes::text)) FROM documents"
    )
    assert int(scan) > 1_000_000 and int(attributes) > 500_000


def test_wide_and_keys(seeded: Seeded) -> None:
    columns = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'wide'"
    assert seeded.rows(columns) == [("64",)]
    keys = "SELECT conrelid::regclass, confrelid::regclass FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
    assert set(seeded.rows(keys)) == {("orders", "users"), ("order_items", "orders")}


def test_every_type_that_the_server_has(seeded: Seeded) -> None:
    missing = {name for (name,) in seeded.rows(MISSING_TYPES)}
    assert missing <= {"xml"}
    if "xml" in missing:
        with pytest.raises(psycopg2.errors.FeatureNotSupported):
            seeded.rows("SELECT '<a/>'::xml")
    [(rows,)] = seeded.rows("SELECT count(*) FROM all_types")
    assert int(rows) >= 20


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("date", {"infinity", "-infinity", "4713-01-01 BC", "12345-06-07", "5874897-12-31", None}),
        ("timestamp_with_time_zone", {"infinity", "12345-06-06 18:09:10+00", "0001-06-01 00:00:00+00 BC"}),
        ("numeric", {"NaN", "0.000000000000000000000000000001"}),
        ("real", {"NaN", "Infinity", "-0"}),
        ("integer_array", {"{{1,2},{3,NULL}}", "[0:2]={7,8,9}", "{}"}),
        ("text_array", {'{"",NULL,"NULL","a,b","\\"q\\"","back\\\\slash"}'}),
        ("mood", {"not sure", ""}),
        ("address", {'("Main, Street",12,"Old ""Town""")', "(,,)"}),
        ("daterange", {"empty", '["0044-03-15 BC",12345-01-01)'}),
        ("internal_char", {"a", ""}),
        ("uuid", {"ffffffff-ffff-ffff-ffff-ffffffffffff"}),
    ],
)
def test_the_edges_of_types(seeded: Seeded, column: str, values: set[str | None]) -> None:
    query = sql.SQL("SELECT DISTINCT {}::text FROM all_types").format(sql.Identifier(column))
    assert values <= {value for (value,) in seeded.rows(query)}


def test_the_hostile_schema_can_be_read(seeded: Seeded) -> None:
    names = [name for schema, name, _, _ in seeded.rows(ALL_OF) if schema == ODD]
    assert {"'); DROP TABLE users; --", "[bold]x[/bold]", "select", "esc \x1b[31m red \x1b[2J"} <= set(names)
    assert {63} <= {len(name.encode()) for name in names}
    assert any("\u202e" in name for name in names) and any("\u200b" in name for name in names)
    for name in names:
        assert seeded.rows(sql.SQL("SELECT * FROM {}").format(sql.Identifier(ODD, name)))
    assert seeded.rows("SELECT count(*) FROM users") == [(str(DEMO_AMOUNTS.users),)]


def test_the_hostile_values_come_back_as_they_are_meant(seeded: Seeded) -> None:
    table = sql.Identifier(ODD, "hostile values")
    found = dict(seeded.rows(sql.SQL("SELECT what, value FROM {}").format(table)))
    assert found["SQL injection"] == "'); DROP TABLE users; --"
    assert found["newlines"] == "first\nsecond\r\nthird\rfourth\vfifth\fsixth"
    assert found["ANSI colour"] == "\x1b[31mred\x1b[0m \x1b[7mreverse\x1b[0m"
    assert found["right-to-left override"] == "invoice\u202efdp.exe\u202c end"
    assert found["OSC 52 clipboard"] == "\x1b]52;c;cm0gLXJmIC8=\x07"
    assert "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" in found["emoji joined"]
    assert found["null"] is None and found["empty"] == "" and len(found["ten thousand characters"]) == 10_000
    assert found["double quotes, backslashes"] == r'"C:\new\table" \\ \N'
    assert found["format strings"] == "%s %(name)s %% {0} {} ${HOME} $(reboot) `reboot`"


def test_a_second_time_it_says_what_is_wrong(seeded: Seeded) -> None:
    with pytest.raises(psycopg2.errors.DuplicateTable, match="already exists"):
        seed(seeded.settings, DEMO_AMOUNTS)


def test_giving_up_ends_it_at_once(database: ConnectionSettings) -> None:
    started = []

    def give_up(label: str, done: int, total: int) -> None:
        started.append(time.monotonic())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed(database, DEMO_AMOUNTS, give_up)
    assert time.monotonic() - started[0] < 5
