"""Completion, on a real server. `^` is the caret."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.completing import LIMIT, Complete, Completed, SuggestionKind
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import CreateDatabase
from tests.conftest import connect as connect_writing
from tests.paging.completion import Answer
from tests.paging.completion import complete as ask

COLUMN, JOIN, CONDITION = SuggestionKind.COLUMN, SuggestionKind.JOIN, SuggestionKind.CONDITION
TABLE, CTE, FUNCTION, TYPE = (
    SuggestionKind.TABLE,
    SuggestionKind.CTE,
    SuggestionKind.FUNCTION,
    SuggestionKind.TYPE,
)

SCHEMA = """
CREATE SCHEMA shop;
CREATE TYPE shop.mood AS ENUM ('good');
CREATE TYPE shop.pair AS (a int, b int);
CREATE DOMAIN "Code" AS text;
CREATE TABLE shop.customers (id bigint PRIMARY KEY, email text, "Full Name" text);
CREATE TABLE shop.orders (
    id bigint, part int, customer_id bigint REFERENCES shop.customers, "select" int, PRIMARY KEY (id, part)
);
CREATE TABLE items (order_id bigint, part int, n int, FOREIGN KEY (order_id, part) REFERENCES shop.orders);
CREATE TABLE staff (id int PRIMARY KEY, boss int REFERENCES staff, name text);
CREATE TABLE orders (id int, x text);
CREATE VIEW reports AS SELECT 1 AS n;
CREATE TABLE sales (id int, region int REFERENCES staff) PARTITION BY LIST (region);
CREATE TABLE sales_1 PARTITION OF sales FOR VALUES IN (1);
CREATE TABLE sales_2 PARTITION OF sales FOR VALUES IN (2);
CREATE FUNCTION shop.found(a int, OUT b int, OUT "C d" text) LANGUAGE sql AS $$SELECT 1, 'x'$$;
CREATE FUNCTION rows_of_staff() RETURNS SETOF staff LANGUAGE sql AS 'SELECT * FROM staff';
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""


@pytest.fixture
def writing(database: ConnectionSettings) -> Iterator[Connection]:
    connection = connect_writing(database)
    connection.cursor().execute(SCHEMA)
    yield connection
    connection.close()


@pytest.fixture
def connection(database: ConnectionSettings, writing: Connection) -> Iterator[Connection]:
    opened = connect(database, "catalog")
    yield opened
    opened.close()


def test_tables_of_the_search_path_come_first(connection: Connection) -> None:
    assert ask(connection, "SELECT * FROM or^").inserts()[:2] == ["orders", "shop.orders"]
    assert ask(connection, "SELECT * FROM cus^").inserts()[0] == "shop.customers"
    found = ask(connection, "SELECT * FROM ^").inserts(TABLE, SuggestionKind.VIEW)
    assert found[:5] == ["items", "orders", "reports", "sales", "staff"], "and partitions last"
    assert found.index("sales_1") < found.index("shop.customers") < found.index("pg_class")
    assert ask(connection, "SELECT * FROM shop.^").inserts(TABLE) == ["customers", "orders"]
    assert ask(connection, "SELECT * FROM pg_cl^").inserts()[0] == "pg_class"


def test_letters_here_and_there(connection: Connection) -> None:
    assert ask(connection, "SELECT * FROM csmr^").inserts()[0] == "shop.customers"
    assert ask(connection, "SELECT * FROM ders^").inserts()[0] == "orders"
    assert not ask(connection, "SELECT * FROM zqzqz^").suggestions


def test_a_cte_hides_a_table_of_its_name(connection: Connection) -> None:
    answer = ask(connection, "WITH staff AS (SELECT 1 AS q) SELECT * FROM sta^")
    assert [(each.insert, each.kind) for each in answer.suggestions[:2]] == [
        ("staff", CTE),
        ("public.staff", TABLE),
    ]


@pytest.mark.parametrize(
    ("marked", "columns"),
    [
        ("SELECT ^ FROM shop.customers", ["id", "email", '"Full Name"']),
        ("SELECT c.^ FROM shop.customers c, orders", ["id", "email", '"Full Name"']),
        ('SELECT "F^ FROM shop.customers', ['"Full Name"']),
        ("SELECT ^ FROM orders o, shop.customers c", ["o.id", "x", "c.id", "email", '"Full Name"']),
        ("SELECT 1 FROM orders o, shop.customers c WHERE ^", ["c.id", "email", '"Full Name"', "o.id", "x"]),
        ("SELECT i^ FROM orders, shop.orders", ["public.orders.id", "shop.orders.id"]),
        ("SELECT shop.orders.p^ FROM orders, shop.orders", ["part"]),
        ("SELECT customers.^ ", []),
        ("SELECT orders.^ ", ["id", "x"]),
        ("SELECT 1 FROM orders WHERE id IN (SELECT ^ FROM items)", ["order_id", "part", "n", "id", "x"]),
        ("SELECT 1 FROM orders WHERE id IN (SELECT ^ FROM staff)", ["id", "boss", "name", "orders.id", "x"]),
        (
            "WITH r AS (SELECT * FROM staff), s AS (SELECT r.*, 1 AS k FROM r) SELECT ^ FROM s",
            ["id", "boss", "name", "k"],
        ),
        ('SELECT ^ FROM (SELECT id AS "I", count(*) FROM staff GROUP BY 1) q', ['"I"', "count"]),
        ("SELECT ^ FROM staff AS s (a, b)", ["a", "b", "name"]),
        ("SELECT ^ FROM shop.found(1)", ["b", '"C d"']),
        ("SELECT ^ FROM rows_of_staff() r", ["id", "boss", "name"]),
        ("SELECT ^ FROM generate_series(1, 2) g", ["g"]),
        ("SELECT ^ FROM jsonb_each('{}') AS e", ["key", "value"]),
        ("INSERT INTO shop.orders (part, ^)", ["id", "customer_id", '"select"']),
        ("UPDATE staff SET name = 'x', ^", ["id", "boss"]),
        ("UPDATE staff s SET name = ^", ["id", "boss", "name"]),
        ("INSERT INTO staff VALUES (1) ON CONFLICT DO UPDATE SET name = excluded.n^", ["name"]),
        ("INSERT INTO staff VALUES (1) ON CONFLICT DO UPDATE SET name = n^", ["staff.name", "excluded.name"]),
        ("DELETE FROM staff RETURNING old.b^", ["boss"]),
        ("SELECT 1 FROM items JOIN shop.orders USING (^)", ["part"]),
        ("SELECT ^ FROM nowhere", []),
    ],
)
def test_columns_in_scope(connection: Connection, marked: str, columns: list[str]) -> None:
    assert ask(connection, marked).inserts(COLUMN) == columns


def test_a_name_of_the_select_list_hides_a_column_in_order_by(connection: Connection) -> None:
    answer = ask(connection, "SELECT boss AS id, count(*) AS n FROM staff GROUP BY 1 ORDER BY ^")
    assert answer.inserts(COLUMN) == ["staff.id", "boss", "name"]
    assert answer.inserts(SuggestionKind.OUTPUT) == ["id", "n"]


@pytest.mark.parametrize(
    ("marked", "conditions"),
    [
        ("SELECT * FROM shop.orders o JOIN shop.customers AS c ON ^", ["c.id = o.customer_id"]),
        ("SELECT * FROM shop.customers c JOIN shop.orders ON ^", ["orders.customer_id = c.id"]),
        ("SELECT * FROM items i JOIN shop.orders o ON ^", ["o.id = i.order_id AND o.part = i.part"]),
        ("SELECT * FROM staff a JOIN staff b ON ^", ["b.id = a.boss", "b.boss = a.id"]),
        ("SELECT * FROM staff JOIN sales_1 ON ^", ["sales_1.region = staff.id"]),
        ("SELECT * FROM items i JOIN staff s ON ^", []),
        ("SELECT * FROM shop.customers c JOIN shop.orders o ON c^", ["o.customer_id = c.id"]),
    ],
)
def test_join_conditions(connection: Connection, marked: str, conditions: list[str]) -> None:
    found = ask(connection, marked)
    assert found.inserts(CONDITION) == conditions
    assert found.inserts()[: len(conditions)] == conditions


def test_related_tables_come_first_after_join(connection: Connection) -> None:
    found = ask(connection, "SELECT * FROM shop.orders o JOIN ^").inserts()
    assert found[:4] == [
        "shop.customers ON customers.id = o.customer_id",
        "items ON items.order_id = o.id AND items.part = o.part",
        "shop.customers",
        "items",
    ]
    found = ask(connection, "SELECT * FROM staff JOIN sta^").inserts(JOIN, TABLE)
    assert found[:3] == [
        "staff AS staff_2 ON staff_2.boss = staff.id",
        "staff AS staff_2 ON staff_2.id = staff.boss",
        "staff",
    ]
    found = ask(connection, "SELECT * FROM staff JOIN sal^").inserts(JOIN)
    assert found == ["sales ON sales.region = staff.id"], "a partition has a copy of the key"
    assert not ask(connection, "SELECT * FROM shop.orders o CROSS JOIN ^").inserts(JOIN)
    found = ask(connection, "SELECT * FROM shop.orders o JOIN ^ ON o.id = 1").inserts()
    assert found[:2] == ["shop.customers", "items"]


def test_functions(connection: Connection) -> None:
    lower = ask(connection, "SELECT lowe^").suggestions[0]
    assert (lower.insert, lower.kind) == ("lower(", FUNCTION) and lower.detail.startswith("(text) → text")
    assert ask(connection, "SELECT lowe^(name) FROM staff").inserts()[0] == "lower"
    assert "left(" in ask(connection, "SELECT lef^").inserts(FUNCTION), "a key word, and no quotes"
    assert ask(connection, "SELECT no^").inserts(FUNCTION)[0] == "now()"
    assert ask(connection, "SELECT foun^").inserts()[0] == "shop.found("
    assert ask(connection, "SELECT shop.f^").inserts() == ["found("]
    assert not ask(connection, "SELECT touche^").inserts(FUNCTION), "a trigger's"
    assert ask(connection, "SELECT * FROM generate_s^").inserts()[0] == "generate_series("
    assert not ask(connection, "SELECT * FROM lower^").inserts(FUNCTION), "it returns no set"


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("SELECT 1::integ^", "integer"),
        ("SELECT 1::int4^", "int4"),
        ("SELECT 1::timestamptz^", "timestamptz"),
        ("SELECT 1::varch^", "varchar"),
        ("SELECT CAST(1 AS doub^", "double precision"),
        ("SELECT CAST(1 AS pg_catalog.int^", "int2"),
        ("SELECT 1::moo^", "shop.mood"),
        ("SELECT 1::shop.moo^", "mood"),
        ("SELECT 1::shop.pa^", "pair"),
        ("SELECT 1::cod^", '"Code"'),
    ],
)
def test_types(connection: Connection, marked: str, first: str) -> None:
    assert ask(connection, marked).inserts()[0] == first


def test_row_types_of_tables_are_no_suggestions(connection: Connection) -> None:
    assert "staff" not in ask(connection, "SELECT 1::staf^").inserts()


def test_a_column_without_a_name(connection: Connection) -> None:
    assert ask(connection, 'SELECT 1 AS "", 2 AS b FROM staff ORDER BY ^').inserts(SuggestionKind.OUTPUT) == [
        "b"
    ]
    assert ask(connection, 'WITH "" AS (SELECT 1 AS "") SELECT ^ FROM "" AS x').inserts(COLUMN) == []


def test_schemas(connection: Connection) -> None:
    assert ("shop", SuggestionKind.SCHEMA) in [
        (each.insert, each.kind) for each in ask(connection, "SELECT * FROM sho^").suggestions
    ]


def test_nothing_in_strings_and_comments(connection: Connection) -> None:
    for marked in ("SELECT 'st^'", "SELECT 1 -- st^", "SELECT $$st^", "SELECT /* st^ */ 1"):
        assert not ask(connection, marked).suggestions, marked


def test_what_cannot_be_sent_is_no_name(connection: Connection) -> None:
    for odd in ("\0", "\ud800"):
        assert isinstance(ask(connection, f'SELECT "{odd}^ FROM staff').completed, Completed)
        assert isinstance(ask(connection, f'SELECT * FROM "{odd}" AS "{odd}" WHERE ^').completed, Completed)
        assert "and" in ask(connection, f'select * from "{odd}" where a a^').inserts()


def test_a_database_that_lacks_a_character(create_database: CreateDatabase) -> None:
    opened = connect(create_database("LATIN1"), "catalog")
    try:
        assert ask(opened, "SELECT * FROM 東^").suggestions == ()
        assert "where" in ask(opened, 'select * from "東" wh^').inserts()
    finally:
        opened.close()


def test_what_may_not_be_read(database: ConnectionSettings, writing: Connection) -> None:
    role = f"pgmem_reader_{writing.info.backend_pid}"
    with writing.cursor() as cursor:
        cursor.execute(
            f"CREATE ROLE {role}; CREATE SCHEMA closed; CREATE TABLE closed.stash (a int);"
            f"CREATE TABLE sta_other (a int); GRANT SELECT (boss, name), INSERT (id) ON staff TO {role}"
        )
        try:
            cursor.execute(f"SET ROLE {role}")
            tables = ask_in(writing, "SELECT * FROM sta^").inserts(TABLE)
            columns = ask_in(writing, "SELECT ^ FROM staff").inserts(COLUMN)
            target = ask_in(writing, "INSERT INTO staff (^").inserts(COLUMN)
        finally:
            cursor.execute(f"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")
    assert "closed.stash" not in tables
    assert tables[0] == "staff" and tables.index("sta_other") > tables.index("pg_statistic_ext")
    assert columns == ["boss", "name", "id"] and target[0] == "id"


def ask_in(connection: Connection, marked: str) -> Answer:
    """With a connection that commits each statement."""
    before, _, behind = marked.partition("^")
    text = before + behind
    return Answer(text, Complete(text, len(before)).run(connection, lambda event: None))


def test_a_hostile_search_path_changes_nothing(connection: Connection, writing: Connection) -> None:
    with writing.cursor() as cursor:
        cursor.execute(
            "CREATE SCHEMA trap; CREATE TABLE trap.pg_type (a int); CREATE TABLE trap.pg_class (a int);"
            "CREATE FUNCTION trap.lower(text) RETURNS text LANGUAGE sql AS 'SELECT 1/0';"
            "CREATE FUNCTION trap.quote_ident(text) RETURNS text LANGUAGE sql AS 'SELECT 1/0'"
        )
    cursor = connection.cursor()
    cursor.execute("SET search_path = trap, public, pg_catalog")
    connection.commit()
    assert ask(connection, "SELECT * FROM staf^").inserts()[0] == "staff"
    found = ask(connection, "SELECT 1 FROM pg_clas^").inserts(TABLE)
    assert found[:2] == ["pg_class", "pg_catalog.pg_class"]
    assert ask(connection, "SELECT ^ FROM staff").inserts(COLUMN) == ["id", "boss", "name"]


def test_there_are_never_too_many(connection: Connection, writing: Connection) -> None:
    columns = ", ".join(f"column_{number} int" for number in range(1_500))
    writing.cursor().execute(f"CREATE TABLE wide ({columns})")
    answer = ask(connection, "SELECT c^ FROM wide")
    assert len(answer.suggestions) == LIMIT and answer.inserts()[0] == "column_0"


def test_only_the_last_waits(database: ConnectionSettings, writing: Connection) -> None:
    answers: queue.Queue[CatalogEvent] = queue.Queue()
    session = CatalogSession(database, answers.put)
    text = "SELECT * FROM sta"
    for number in range(len(text) + 1):
        session.request(Complete(text[:number], number, generation=number))
    session.start()
    answer = answers.get(timeout=20)
    assert session.close() and answers.empty()
    assert isinstance(answer, Completed) and answer.generation == len(text)
    assert answer.suggestions[0].insert == "staff"


def test_what_is_typed_is_not_in_a_traceback() -> None:
    assert "hunter2" not in repr(Complete("ALTER ROLE x PASSWORD 'hunter2'", 3))
