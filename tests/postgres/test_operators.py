"""What is offered for a column works on it: every operator and aggregate, on a column of every type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.postgres.aggregates import aggregates_for, result, result_type
from pgmem_tui.postgres.catalog import find_relation
from pgmem_tui.postgres.composing import compose, look_up
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.operators import MANY, Operand, Operator, operator, operators_for
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Output,
    QuerySpec,
    Source,
    flat,
)
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.result_columns import result_columns
from pgmem_tui.postgres.settings import ConnectionSettings


@pytest.fixture(scope="module")
def reading(demo_database: ConnectionSettings) -> Iterator[Connection]:
    connection = connect(demo_database, "test")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def relation(reading: Connection) -> Relation:
    return find_relation(reading, "all_types")


def values(connection: Connection, column: Column, how: Operator) -> list[str]:
    """Values that rows have, as the operator takes them."""
    name = sql.Identifier(column.name)
    if how.operand is Operand.TSQUERY:
        return ["fat & !cat"]
    text = sql.SQL("{}::text").format(name)
    if how.operand is Operand.ELEMENT:
        element = "unnest({}) AS e" if column.category == "A" else "(SELECT lower({})) AS e(e)"
        found = sql.SQL("SELECT DISTINCT e::text FROM all_types, LATERAL " + element).format(name)
    else:
        found = sql.SQL("SELECT DISTINCT {} FROM all_types").format(text)
    with connection.cursor() as cursor:
        cursor.execute(found)
        texts = [row[0] for row in cursor if row[0] is not None and row[0] != ""]
    if how.of_text:
        return ["a%"] if "like" in how.name else ["a.*"]
    return texts[:3]


def conditions(connection: Connection, column: Column) -> Iterator[Condition]:
    for how in operators_for(column):
        if not how.takes:
            yield Condition(column.name, operator=how.name)
            continue
        texts = values(connection, column, how)
        for text in texts if how.takes == 1 else []:
            yield Condition(column.name, text, operator=how.name)
        if how.takes == 2 and texts:
            yield Condition(column.name, operator=how.name, values=(texts[0], texts[-1]))
        if how.takes == MANY and texts:
            yield Condition(column.name, operator=how.name, values=tuple(texts))


def test_every_operator_offered_works(reading: Connection, relation: Relation) -> None:
    tried: set[str] = set()
    source, count = Source(relation.oid, "t"), (Output(None, "count"),)
    every = [condition for column in relation.columns for condition in conditions(reading, column)]
    looked = look_up(reading, QuerySpec(source, where=tuple(every)))
    for condition in every:
        kept = []
        for keep in (True, False):
            spec = QuerySpec(source, outputs=count, where=(replace(condition, keep=keep),))
            with reading.cursor() as cursor:
                cursor.execute(compose(spec, looked))
                ((rows,),) = cursor.fetchall()
            kept.append(int(rows))
        assert sum(kept) == 33, condition
        if condition.operator in ("=", "in"):
            assert kept[0], condition
        tried.add(condition.operator)
    assert len(tried) > 20 and {"any", "has", "@@", "?&", "<<=", "&&"} <= tried


def test_every_aggregate_offered_works(reading: Connection, relation: Relation) -> None:
    tried: set[str] = set()
    for column in relation.columns:
        for how in aggregates_for(column):
            whole = Output(ColumnOf("t", column.name), how.name)
            each = Output(ColumnOf("t", column.name), how.name, distinct=True)
            outputs = (whole, each) if how.distinct else (whole,)
            spec = QuerySpec(Source(relation.oid, "t"), outputs=outputs)
            with reading.cursor() as cursor:
                # Some sums are too large for their type.
                cursor.execute(sql.SQL("EXPLAIN {}").format(compose(spec, look_up(reading, spec))))
            tried.add(how.name)
    assert len(tried) == 9


def test_conditions_on_every_aggregate_offered_work(reading: Connection, relation: Relation) -> None:
    tried: set[tuple[str, str]] = set()
    for column in relation.columns:
        for how in aggregates_for(column):
            made = result(how.name, False, column)
            if made is None:
                assert how.name == "array_agg"
                continue
            tried.add((how.name, made.type_name))
            output = Output(ColumnOf("t", column.name), how.name)
            count = QuerySpec(Source(relation.oid, "t"), outputs=(output,))
            for meant in operators_for(made):
                one = "1" if made.category == "N" else None
                condition = Condition(column.name, one, operator=meant.name, aggregate=how.name)
                if meant.takes not in (0, 1) or (one is None and meant.takes):
                    continue
                spec = replace(count, where=(condition,))
                with reading.cursor() as cursor:
                    cursor.execute(sql.SQL("EXPLAIN {}").format(compose(spec, look_up(reading, spec))))
            with reading.cursor() as cursor:
                query = compose(count, look_up(reading, count))
                cursor.execute(sql.SQL("SELECT * FROM ({}) AS q WHERE FALSE").format(query))
                assert cursor.description is not None
                assert cursor.description[0].type_code == made.type_oid, (column, how)
    assert len(tried) > 30 and {("sum", "numeric"), ("avg", "interval"), ("max", "inet")} <= tried


def test_the_type_of_every_aggregate(reading: Connection, relation: Relation) -> None:
    for column in relation.columns:
        for how in aggregates_for(column):
            output = Output(ColumnOf("t", column.name), how.name)
            spec = QuerySpec(Source(relation.oid, "t"), outputs=(output,), where=(Condition("id", "1"),))
            with reading.cursor() as cursor:
                cursor.execute(compose(spec, look_up(reading, spec)))
                (made,) = result_columns(reading, cursor.description or ())
            assert result_type(how.name, column) == made.type_name, (how.name, column)
    assert result_type("count", None) == "bigint" and result_type("max", None) == ""


def test_what_there_is_not() -> None:
    with pytest.raises(Refused, match="no operator"):
        operator("; DROP TABLE x")


ANY = st.text(max_size=100)
CONDITIONS = st.builds(
    Condition,
    ANY,
    ANY | st.none(),
    st.booleans(),
    st.sampled_from(["=", "<>", "<", "between", "in", "like", "~", "is null", "@>", "any", "?|"]),
    st.lists(ANY, max_size=30).map(tuple),
    ANY,
)
PARTS = st.recursive(
    CONDITIONS, lambda inner: st.builds(Group, st.lists(inner, max_size=9).map(tuple), st.booleans())
)


@given(part=PARTS)
def test_a_description_is_short_and_safe(part: Condition | Group) -> None:
    assert part.described.isprintable()
    if isinstance(part, Condition):
        assert len(part.described) <= 10 * (80 + 60), "a character may take ten to write"
    assert len(list(flat((part,)))) >= (1 if isinstance(part, Condition) else 0)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition("a", "1"), "a = 1"),
        (Condition("a", "1", keep=False), "a IS NOT 1"),
        (Condition("a", "1", operator="<>"), "a <> 1"),
        (Condition("a", None), "a IS NULL"),
        (Condition("a", None, keep=False), "a IS NOT NULL"),
        (Condition("a", operator="is null", keep=False, source="t"), "t.a IS NOT NULL"),
        (Condition("a", operator="between", values=("1", "2")), "a BETWEEN 1 AND 2"),
        (Condition("a", operator="in", values=("1", "2"), keep=False), "a NOT IN (1, 2)"),
        (Condition("a", "x", operator="any"), "x = ANY a"),
        (Condition("a", " ", operator="ilike", keep=False), "a NOT ILIKE ' '"),
        (Condition("a", "{1}", operator="@>", keep=False), "NOT a @> {1}"),
        (Condition("a\n", "\x1b[31m"), "a\\n = \\x1b[31m"),
        (Condition("a", operator="<", other=ColumnOf("u", "b\n")), "a < u.b\\n"),
        (Condition("a", keep=False, other=ColumnOf("", "b")), "a IS NOT b"),
        (Condition("", "10", operator=">", aggregate="count"), "count(*) > 10"),
        (Condition("b", "1", source="u", aggregate="sum", distinct=True), "sum(DISTINCT u.b) = 1"),
    ],
)
def test_descriptions(condition: Condition, text: str) -> None:
    assert condition.described == text


def test_a_group_is_described_as_far_as_there_is_room() -> None:
    few = Group((Condition("a", "1"), Group((Condition("b", "2"), Condition("c", "3")), either=False)))
    assert few.described == "(a = 1 OR (b = 2 AND c = 3))"
    many = Group(tuple(Condition("a", str(number)) for number in range(100)))
    assert many.described.endswith(" OR …)") and len(many.described) < 120
