"""Conditions on every type, asked of the server."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.postgres import composition, filtering
from pgmem_tui.postgres.catalog import find_relation
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.operands import operands
from pgmem_tui.postgres.query_spec import Condition
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect as connect_writing

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@pytest.fixture(scope="module")
def reading(demo_database: ConnectionSettings) -> Iterator[Connection]:
    connection = connect(demo_database, "test")
    yield connection
    connection.close()


def ids(connection: Connection, relation: Relation, *conditions: Condition) -> set[str]:
    """The ids of the rows for which these hold."""
    columns = composition.clamp(relation.columns, 100_000)
    found = operands(connection, columns)
    where = filtering.where(conditions, columns, found)
    select = composition.RelationSelect(relation, columns, 100_000)
    with connection.cursor() as cursor:
        cursor.execute(select.texts(["id"], where, None))
        return {row[0] for row in cursor.fetchall()}


def columns_of(connection: Connection, name: str) -> list[Column]:
    return list(find_relation(connection, name).columns)


def test_every_value_of_every_type_keeps_its_rows_and_leaves_them_out(reading: Connection) -> None:
    relation = find_relation(reading, "all_types")
    columns = composition.clamp(relation.columns, 100_000)
    with reading.cursor() as cursor:
        cursor.execute(composition.RelationSelect(relation, columns, 100_000)())
        rows = cursor.fetchall()
    everyone = ids(reading, relation)
    tried = 0
    for place, column in enumerate(columns):
        for value in {row[place] for row in rows}:
            same = {row[0] for row in rows if row[place] == value}
            kept = ids(reading, relation, Condition(column.name, value))
            left = ids(reading, relation, Condition(column.name, value, keep=False))
            assert same <= kept, (column, value)
            assert kept | left == everyone and not kept & left, (column, value)
            tried += 1
    assert tried > 200


def test_conditions_hold_together(reading: Connection) -> None:
    relation = find_relation(reading, "events")
    both = ids(reading, relation, Condition("kind", "buy"), Condition("user_id", "7919", keep=False))
    with reading.cursor() as cursor:
        cursor.execute("SELECT id FROM events WHERE kind = 'buy' AND user_id <> 7919")
        assert both == {row[0] for row in cursor.fetchall()}
    with pytest.raises(Refused, match="no column nowhere"):
        ids(reading, relation, Condition("nowhere", "1"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(TEXT, min_size=1, max_size=4, unique=True), name=TEXT.filter(bool))
def test_any_text_under_any_name(writing: Connection, values: list[str], name: str) -> None:
    name = name.encode()[:60].decode(errors="ignore") or "x"
    if name in ("id", "ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"):  # a table has these already
        return
    with writing.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS hostile")
        column = sql.Identifier(name)
        cursor.execute(sql.SQL("CREATE TABLE hostile (id int, {} text)").format(column))
        for number, value in enumerate(values):
            cursor.execute("INSERT INTO hostile VALUES (%s, %s)", (number, value))
    relation = find_relation(writing, "hostile")
    for number, value in enumerate(values):
        others = {str(other) for other in range(len(values)) if other != number}
        assert ids(writing, relation, Condition(name, value)) == {str(number)}
        assert ids(writing, relation, Condition(name, value, keep=False)) == others


@pytest.fixture(scope="module")
def writing(demo_database: ConnectionSettings) -> Iterator[Connection]:
    """A connection with tables of its own that nobody else sees."""
    connection = connect(demo_database, "test")
    connection.set_session(readonly=False)
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA filtering_test")
        cursor.execute("SET search_path = filtering_test")
    yield connection
    connection.rollback()
    connection.close()


def test_no_operator_of_others_runs(database: ConnectionSettings) -> None:
    """A better match on the search path would be somebody's code, run as whoever looks."""
    owner = connect_writing(database)
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id int, name varchar(20), note char(4))")
        cursor.execute("INSERT INTO t VALUES (1, 'a', 'b')")
        for kind in ("varchar", "bpchar"):
            cursor.execute(
                f"CREATE FUNCTION trap({kind}, {kind}) RETURNS bool LANGUAGE plpgsql"
                " AS $$BEGIN RAISE 'trapped'; END$$"
            )
            cursor.execute(f"CREATE OPERATOR public.= (LEFTARG = {kind}, RIGHTARG = {kind}, FUNCTION = trap)")
    connection = connect(database, "test")
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = public, pg_catalog")
        with pytest.raises(psycopg2.Error, match="trapped"):
            cursor.execute("SELECT FROM t WHERE name = 'a'::varchar")
        connection.rollback()
        cursor.execute("SET search_path = public, pg_catalog")
    relation = find_relation(connection, "t")
    for column in columns_of(connection, "t"):
        value = {"id": "1", "name": "a", "note": "b   "}[column.name]
        assert ids(connection, relation, Condition(column.name, value)) == {"1"}
    connection.close()
    owner.close()
