"""What is pasted as an INSERT puts the same values into a table again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from pgmem_tui.postgres.insertion import identifier, insert, literal
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=15)
REPEATED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def connection(demo_database: ConnectionSettings) -> Iterator[Connection]:
    """A session with temporary tables of its own."""
    made = connect(demo_database)
    yield made
    made.close()


@REPEATED
@given(st.lists(st.tuples(texts | st.none(), st.binary() | st.none()), min_size=1, max_size=4), st.booleans())
@example([("\\'; DROP TABLE x; --", b"\\'"), ("'\\", b"\x00\xff")], False)
@example([("\\'; DROP TABLE x; --", b"\\'"), ("'\\", b"\x00\xff")], True)
def test_any_value_is_the_same_again(
    connection: Connection, rows: list[tuple[str | None, bytes | None]], conforming: bool
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.copied")
        cursor.execute("CREATE TEMP TABLE copied (n serial, t text, b bytea)")
        cursor.execute("SELECT set_config('standard_conforming_strings', %s, false)", (str(conforming),))
        cursor.execute("SET backslash_quote = off")
        written = [(text, None if data is None else f"\\x{data.hex()}") for text, data in rows]
        _run(connection, "\n".join(insert(("pg_temp", "copied"), ("t", "b"), written)))
        cursor.execute("SET standard_conforming_strings = on")
        cursor.execute("SELECT t, b FROM copied ORDER BY n")
        found = [(text, None if data is None else bytes(data)) for text, data in cursor.fetchall()]
    assert found == rows


@REPEATED
@given(names, st.lists(names, min_size=1, max_size=3, unique=True))
def test_any_names_are_the_same_again(connection: Connection, table: str, columns: list[str]) -> None:
    with connection.cursor() as cursor:
        made = sql.SQL(", ").join(sql.SQL("{} int").format(sql.Identifier(name)) for name in columns)
        cursor.execute(sql.SQL("CREATE TEMP TABLE {} ({})").format(sql.Identifier(table), made))
        try:
            numbers = [str(number) for number in range(len(columns))]
            _run(connection, "\n".join(insert(("pg_temp", table), columns, [numbers, numbers])))
            cursor.execute(sql.SQL("SELECT * FROM pg_temp.{}").format(sql.Identifier(table)))
            assert cursor.fetchall() == [tuple(range(len(columns)))] * 2
        finally:
            cursor.execute(sql.SQL("DROP TABLE pg_temp.{}").format(sql.Identifier(table)))


@pytest.mark.parametrize(
    "typed",
    [
        "1::int",
        "'NaN'::numeric",
        "'-Infinity'::float8",
        "true",
        "'2020-02-30 BC'::text",
        "'0044-03-15 BC'::date",
        "'infinity'::timestamptz",
        "'1 year -2 days'::interval",
        r"""ARRAY['a"b', 'c\d', NULL, '']""",
        """'{"a": "it''s \\\\"}'::jsonb""",
        "ROW(1, 'x,y')::pg_temp.pair",
        "'[1,5)'::int4range",
        "B'101'",
        "'\\x00ff'::bytea",
        "'a  '::char(5)",
        "'127.0.0.1/8'::inet",
        "NULL::int",
    ],
)
def test_the_text_of_a_type_is_its_value_again(connection: Connection, typed: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET backslash_quote = safe_encoding")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.typed; DROP TYPE IF EXISTS pg_temp.pair")
        cursor.execute("CREATE TYPE pg_temp.pair AS (a int, b text)")
        cursor.execute(f"CREATE TEMP TABLE typed AS SELECT {typed} AS v")
        cursor.execute("SELECT pg_catalog.format('%s', v) FROM typed WHERE v IS NOT NULL")
        found = cursor.fetchone()
        value = found[0] if found else None
        _run(connection, "\n".join(insert(("pg_temp", "typed"), ("v",), [(value,), (value,)])))
        cursor.execute("SELECT count(*), count(DISTINCT v::text) FROM typed")
        assert cursor.fetchone() == (3, 0 if value is None else 1)


def _run(connection: Connection, statement: str) -> None:
    """As psql would run what is pasted: psycopg2 takes no parameters, and no percent sign for one."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_how_it_looks() -> None:
    lines = list(insert(("public", 'Ta"ble'), ("id", "select"), [("1", None), ("2", "it's")]))
    assert lines == [
        'INSERT INTO "public"."Ta""ble" ("id", "select") VALUES',
        "  ('1', NULL),",
        "  ('2', 'it''s');",
    ]
    assert literal("a\\b'c") == "E'a\\\\b''c'"
    assert identifier("Order") == '"Order"'
