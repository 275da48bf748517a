"""The catalog, asked on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2 import sql

from pgmem_tui.postgres import catalog
from pgmem_tui.postgres.catalog import NoSuchRelation, NotARelation
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.relation_details import RelationEntry
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import CreateDatabase
from tests.conftest import connect as connect_writing

HOSTILE_SCHEMA = 'odd "schema"'
HOSTILE_NAME = '\'); DROP TABLE "x".\n[red]\u202e%s'

SCHEMA = """
CREATE SCHEMA shop;
CREATE DOMAIN shop.code AS varchar(12) NOT NULL;
CREATE DOMAIN shop.short_code AS shop.code CHECK (length(VALUE) < 5);
CREATE TABLE shop.customers (
    id bigint PRIMARY KEY, email text NOT NULL UNIQUE, code shop.short_code, amount numeric(10,2),
    tags text[], gone int
);
ALTER TABLE shop.customers DROP COLUMN gone;
CREATE TABLE shop.orders (
    customer bigint REFERENCES shop.customers, number int, placed timestamptz, PRIMARY KEY (number, customer)
);
CREATE INDEX orders_placed ON shop.orders (placed DESC) WHERE number > 0;
CREATE VIEW shop.recent AS SELECT * FROM shop.orders;
CREATE MATERIALIZED VIEW shop.totals AS SELECT 1 AS a;
CREATE SEQUENCE shop.numbers;
CREATE TYPE shop.pair AS (a int, b int);
CREATE TABLE shop.sales (id int, region text, sold date) PARTITION BY RANGE (sold);
CREATE TABLE shop.sales_2025 PARTITION OF shop.sales FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE shop.sales_2026 PARTITION OF shop.sales FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
    PARTITION BY LIST (region);
CREATE TABLE shop.sales_2026_eu PARTITION OF shop.sales_2026 FOR VALUES IN ('eu');
INSERT INTO shop.sales SELECT i, 'eu', date '2025-07-01' + i % 365 FROM generate_series(1, 1000) AS i;
CREATE TABLE "Events" (id int);
CREATE TABLE public.events (id int PRIMARY KEY, note text);
CREATE TABLE public.never_analyzed (id int PRIMARY KEY);
INSERT INTO public.events SELECT i, 'note ' || i FROM generate_series(1, 500) AS i;
CREATE TABLE public.parent (id int);
CREATE TABLE public.heir () INHERITS (public.parent);
INSERT INTO public.parent VALUES (1), (2);
INSERT INTO public.heir VALUES (1), (2), (3);
ANALYZE shop.customers, shop.orders, shop.totals, shop.sales_2025, shop.sales_2026_eu, events, parent, heir;
"""


@pytest.fixture
def writing(database: ConnectionSettings) -> Iterator[Connection]:
    connection = connect_writing(database)
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(HOSTILE_SCHEMA)))
        hostile = sql.Identifier(HOSTILE_SCHEMA, HOSTILE_NAME)
        cursor.execute(sql.SQL("CREATE TABLE {} ({} int)").format(hostile, sql.Identifier("a\n[b]%s")))
    yield connection
    connection.close()


@pytest.fixture(params=["text", "typed"])
def connection(
    request: pytest.FixtureRequest, database: ConnectionSettings, writing: Connection
) -> Iterator[Connection]:
    """One as the program opens it, where each value is text, and one with psycopg2's own casters."""
    opened = connect(database, "catalog") if request.param == "text" else connect_writing(database)
    yield opened
    opened.close()


def _oid(connection: Connection, name: str) -> int:
    return catalog.find_relation(connection, name).oid


def _entry(connection: Connection, name: str) -> RelationEntry:
    (entry,) = [entry for entry in catalog.list_relations(connection, False) if entry.name == name]
    return entry


def test_list_by_schema_and_name_without_system_schemas(connection: Connection) -> None:
    entries = catalog.list_relations(connection, system=False)
    schemas = list(dict.fromkeys(entry.schema for entry in entries))
    assert schemas == ["public", *sorted(["shop", HOSTILE_SCHEMA])], "the search path's first, then by name"
    assert [(e.name, e.kind) for e in entries if e.schema == "shop"] == [
        ("customers", "r"),
        ("orders", "r"),
        ("recent", "v"),
        ("sales", "p"),
        ("sales_2025", "r"),
        ("sales_2026", "p"),
        ("sales_2026_eu", "r"),
        ("totals", "m"),
    ]
    assert all(entry.readable for entry in entries)
    assert (HOSTILE_SCHEMA, HOSTILE_NAME) in {(entry.schema, entry.name) for entry in entries}


def test_system_schemas_are_listed_last_when_asked_for(connection: Connection) -> None:
    entries = catalog.list_relations(connection, system=True)
    assert entries[: len(catalog.list_relations(connection, False))] == catalog.list_relations(
        connection, False
    )
    assert ("pg_catalog", "pg_class") in {(entry.schema, entry.name) for entry in entries}


def test_estimates_are_summed_over_the_leaves(connection: Connection) -> None:
    entries = {entry.name: entry for entry in catalog.list_relations(connection, False)}
    sales, leaf = entries["sales"], entries["sales_2026_eu"]
    assert leaf.parent == entries["sales_2026"].oid and entries["sales_2026"].parent == sales.oid
    assert sales.parent == 0
    assert sales.rows == entries["sales_2025"].rows + leaf.rows == 1000
    assert sales.nbytes == entries["sales_2025"].nbytes + leaf.nbytes > 0


def test_what_was_never_analyzed_is_unknown(connection: Connection) -> None:
    entry = _entry(connection, "never_analyzed")
    assert (entry.rows, entry.nbytes) == (-1, -1)
    relation = catalog.load_relation(connection, entry.oid)
    assert (relation.estimated_rows, relation.nbytes) == (-1, -1)
    view = _entry(connection, "recent")
    assert (view.rows, view.nbytes) == (-1, -1)


def test_estimated_bytes_are_those_that_vacuum_saw(connection: Connection, writing: Connection) -> None:
    with writing.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE events")
    entry = _entry(connection, "events")
    details = catalog.describe(connection, entry.oid)
    assert entry.rows == details.relation.estimated_rows == 500
    # The free space and visibility maps are no pages of the table, and small.
    assert entry.nbytes == details.relation.nbytes <= details.nbytes < entry.nbytes + 100_000


def test_a_parent_counts_its_heirs(connection: Connection) -> None:
    assert catalog.find_relation(connection, "parent").estimated_rows == 5
    assert catalog.find_relation(connection, "shop.sales").estimated_rows == 1000


def test_what_may_not_be_read_is_listed_and_marked(writing: Connection) -> None:
    role = f"pgmem_reader_{writing.info.backend_pid}"
    with writing.cursor() as cursor:
        cursor.execute(
            f"CREATE ROLE {role}; GRANT USAGE ON SCHEMA shop TO {role}; GRANT SELECT ON events TO {role};"
            f"GRANT SELECT (id) ON shop.customers TO {role}; SET ROLE {role}"
        )
        try:
            readable = {entry.name: entry.readable for entry in catalog.list_relations(writing, False)}
        finally:
            cursor.execute(f"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")
    assert readable["events"] and readable["customers"]  # one column is enough
    assert not readable["orders"] and not readable[HOSTILE_NAME]


def test_temporary_tables_are_left_out(connection: Connection, writing: Connection) -> None:
    with writing.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE mine (a int)")
    assert "mine" not in {entry.name for entry in catalog.list_relations(connection, True)}


def test_columns(connection: Connection) -> None:
    columns = catalog.find_relation(connection, "shop.customers").columns
    assert [(c.name, c.type_name, c.category, c.not_null) for c in columns] == [
        ("id", "bigint", "N", True),
        ("email", "text", "S", True),
        ("code", "shop.short_code", "S", True),
        ("amount", "numeric(10,2)", "N", False),
        ("tags", "text[]", "A", False),
    ]
    code = columns[2]
    assert (code.type_oid, code.type_length, code.typmod) == (1043, -1, 16), (
        "a domain is stored as varchar(12)"
    )
    assert (columns[0].type_oid, columns[0].type_length) == (20, 8)


def test_keys_and_indexes(connection: Connection) -> None:
    details = catalog.describe(connection, _oid(connection, "shop.orders"))
    assert details.primary_key == ("number", "customer")
    primary, foreign = details.keys
    assert (primary.kind, primary.name, primary.columns) == ("p", "orders_pkey", ("number", "customer"))
    assert (foreign.kind, foreign.columns) == ("f", ("customer",))
    assert (foreign.referenced, foreign.referenced_columns) == (("shop", "customers"), ("id",))
    assert foreign.referenced_oid == _oid(connection, "shop.customers")
    assert [(index.name, index.unique, index.valid) for index in details.indexes] == [
        ("orders_pkey", True, True),
        ("orders_placed", False, True),
    ]
    assert details.indexes[1].definition.endswith("USING btree (placed DESC) WHERE (number > 0)")
    assert [key.kind for key in catalog.describe(connection, _oid(connection, "shop.customers")).keys] == [
        "p",
        "u",
    ]


def test_partitions(connection: Connection) -> None:
    sales = catalog.describe(connection, _oid(connection, "shop.sales"))
    assert (sales.partition_key, sales.partition_bound) == ("RANGE (sold)", "")
    part = catalog.describe(connection, _oid(connection, "shop.sales_2026"))
    assert part.partition_key == "LIST (region)"
    assert part.partition_bound == "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
    leaves = [
        catalog.describe(connection, _oid(connection, f"shop.sales_{name}")) for name in ("2025", "2026_eu")
    ]
    assert sales.nbytes == sum(leaf.nbytes for leaf in leaves) > 0


def test_a_view_has_no_size(connection: Connection) -> None:
    view = catalog.describe(connection, _oid(connection, "shop.recent"))
    assert (view.nbytes, view.relation.nbytes, view.keys, view.indexes) == (-1, -1, (), ())


def test_a_locked_table_is_described_without_its_exact_size(
    connection: Connection, writing: Connection
) -> None:
    oid = _oid(connection, "events")
    connection.rollback()
    with writing.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        listed = {entry.oid for entry in catalog.list_relations(connection, False)}
        details = catalog.describe(connection, oid)
        cursor.execute("ROLLBACK")
    assert oid in listed
    assert details.nbytes == -1 and details.columns


def test_names_as_psql_reads_them(connection: Connection) -> None:
    database = connection.info.dbname
    events = _oid(connection, "events")
    for text in ("EVENTS", " events ", "public.Events", '"events"', f"{database}.public.events"):
        assert _oid(connection, text) == events, text
    assert _oid(connection, '"Events"') != events
    quoted = '"odd ""schema"""."' + HOSTILE_NAME.replace('"', '""') + '"'
    assert catalog.find_relation(connection, quoted).columns[0].name == "a\n[b]%s"
    assert catalog.find_relation(connection, "shop.numbers").kind == "S"


def test_the_search_path_decides(connection: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = shop, public")
        assert catalog.find_relation(connection, "orders").schema == "shop"
        assert catalog.find_relation(connection, "events").schema == "public"


def test_a_hostile_search_path_changes_nothing(connection: Connection, writing: Connection) -> None:
    with writing.cursor() as cursor:
        cursor.execute(
            "CREATE SCHEMA trap; CREATE TABLE trap.pg_class (a int); CREATE TABLE trap.pg_namespace (a int);"
            "CREATE FUNCTION trap.sum(int) RETURNS int LANGUAGE sql AS 'SELECT 1/0';"
            "CREATE FUNCTION trap.current_database() RETURNS int LANGUAGE sql AS 'SELECT 1/0'"
        )
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = trap, public, pg_catalog")
        assert _entry(connection, "customers").kind == "r"
        assert catalog.describe(connection, _oid(connection, "shop.orders")).nbytes > 0


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("evnts", "events"),
        ("Event", "events"),
        ("shop.costumers", "shop.customers"),
        ("customers", "shop.customers"),
        ("publc.events", "public.events"),
        ("pg_clas", "pg_class"),
    ],
)
def test_a_name_that_does_not_exist_brings_the_nearest(connection: Connection, typed: str, near: str) -> None:
    with pytest.raises(NoSuchRelation) as raised:
        catalog.find_relation(connection, typed)
    assert near in raised.value.nearest_names
    assert near in str(raised.value)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("order", ("orders", "crm.orders", "shop.orders")),
        ("costumers", ("crm.customers", "shop.customers")),
        ("public.customers", ("crm.customers", "shop.customers")),
        ("hsop.customers", ("shop.customers", "crm.customers")),
        ("crm.customer", ("crm.customers", "shop.customers")),
    ],
)
def test_each_schema_that_has_a_name_is_offered(
    connection: Connection, writing: Connection, typed: str, near: tuple[str, ...]
) -> None:
    with writing.cursor() as cursor:
        cursor.execute("CREATE SCHEMA crm; CREATE TABLE crm.customers (); CREATE TABLE crm.orders ()")
        cursor.execute("CREATE TABLE public.orders ()")
    with pytest.raises(NoSuchRelation) as raised:
        catalog.find_relation(connection, typed)
    assert raised.value.nearest_names[: len(near)] == near


@pytest.mark.parametrize(
    "typed", ["", ".", "a.b.c.d", "elsewhere.public.events", "x\0y", "xyzzyxyzzy", '"', "\udc80"]
)
def test_a_name_like_nothing(connection: Connection, typed: str) -> None:
    with pytest.raises(NoSuchRelation) as raised:
        catalog.find_relation(connection, typed)
    assert raised.value.nearest_names == ()


@pytest.mark.parametrize(("name", "what"), [("events_pkey", "an index"), ("shop.pair", "a composite type")])
def test_what_has_no_rows(connection: Connection, name: str, what: str) -> None:
    with pytest.raises(NotARelation, match=what):
        catalog.find_relation(connection, name)


def test_what_was_dropped(connection: Connection, writing: Connection) -> None:
    oid = _oid(connection, "events")
    with writing.cursor() as cursor:
        connection.rollback()
        cursor.execute("DROP TABLE events")
    with pytest.raises(NoSuchRelation, match="no longer"):
        catalog.describe(connection, oid)


def test_a_database_of_no_encoding(create_database: CreateDatabase) -> None:
    settings = create_database("SQL_ASCII")
    writing = connect_writing(settings)
    writing.set_client_encoding("LATIN1")
    with writing.cursor() as cursor:
        cursor.execute("CREATE TABLE caf\xe9 (id int)")
    writing.close()
    opened = connect(settings, "catalog")
    (entry,) = catalog.list_relations(opened, False)
    assert catalog.load_relation(opened, entry.oid).name == entry.name
    opened.close()


def test_a_broken_connection_raises_the_drivers_error(connection: Connection) -> None:
    connection.close()
    with pytest.raises(psycopg2.Error):
        catalog.list_relations(connection, False)
