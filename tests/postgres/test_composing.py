"""Any spec over any names and values: the tree that is meant, and on a server the rows that are meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pglast import parse_sql
from psycopg2 import sql

from pgmem_tui.paging.spec_facts import LookUpRelations
from pgmem_tui.postgres import psycopg2_code, readable
from pgmem_tui.postgres.composed_text import Span, written
from pgmem_tui.postgres.composing import Looked, compose, look_up
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
    Source,
)
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.postgres import composed_rows as meant
from tests.postgres.composed_tree import Tree, shape
from tests.postgres.readable_tree import ReadableTree
from tests.postgres.test_composition import names

TYPES = {
    "id": "integer",
    "ref": "integer",
    "num": "bigint",
    "txt": "text",
    "tags": "text[]",
    "doc": "jsonb",
    "span": "int4range",
    "flag": "boolean",
}
PLAIN = ("id", "ref", "num", "txt", "flag")
"""Columns whose values are compared in results."""
SYSTEM = {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"}

TEXT = st.text(
    st.one_of(
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
        st.sampled_from("aAbB%_{}\"'\\;-?$ \n:,"),
    ),
    max_size=8,
)
SMALL = st.integers(-3, 3)
RANGES = st.tuples(SMALL, SMALL).map(lambda bounds: bounds if bounds[0] < bounds[1] else meant.EMPTY)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "integer": SMALL,
    "bigint": st.sampled_from([-(2**63), -1, 0, 1, 2**63 - 1]),
    "boolean": st.booleans(),
    "int4range": RANGES,
}
HOW = {
    "integer": ("=", "<>", "<", "<=", ">", ">=", "between", "in", "is null"),
    "bigint": ("=", "<>", "<", "<=", ">", ">=", "between", "in"),
    "boolean": ("=", "<>", "is null"),
    "text": ("=", "<>", "<", "<=", ">", ">=", "between", "in", "like", "ilike", "~", "~*", "is null"),
    "text[]": ("=", "<>", "in", "any", "@>", "<@", "&&", "is null"),
    "jsonb": ("=", "<>", "@>", "<@", "?", "?|", "?&"),
    "int4range": ("=", "<>", "<", ">=", "between", "has", "@>", "<@", "&&"),
}
PAIRS = [(own, how) for own, type_name in TYPES.items() for how in HOW[type_name]]


@dataclass
class World:
    """Two tables of the same columns under hostile names, and their rows."""

    schema: str
    tables: list[str]
    columns: dict[str, str]
    """What a column of TYPES is called."""
    texts: list[str]
    rows: list[list[meant.Row]]
    oids: list[int] = field(default_factory=lambda: [1, 2])

    def type_of(self, name: str) -> str:
        return next(TYPES[own] for own, called in self.columns.items() if called == name)


def value_of(type_name: str, texts: list[str]) -> st.SearchStrategy[Any]:
    text = st.sampled_from(texts)
    if type_name == "text":
        return text
    if type_name == "text[]":
        return st.lists(text, max_size=3)
    if type_name == "jsonb":
        return st.dictionaries(text, SMALL, max_size=2)
    return VALUES[type_name]


@st.composite
def worlds(draw: st.DrawFn, least: int = 0) -> World:
    schema = draw(names().filter(lambda name: not name.startswith("pg_")))
    tables = draw(st.lists(names(), min_size=2, max_size=2, unique=True))
    free = names().filter(lambda name: name not in SYSTEM)
    called = draw(st.lists(free, min_size=len(TYPES), max_size=len(TYPES), unique=True))
    columns = dict(zip(TYPES, called, strict=True))
    texts = draw(st.lists(TEXT, min_size=1, max_size=4, unique=True))
    texts += ["aB", "aBc"]
    texts += [one.swapcase() for one in texts if one.isascii() and one.swapcase() not in texts]
    row = {
        columns[own]: st.none() | value_of(type_name, texts)
        for own, type_name in TYPES.items()
        if own not in ("id", "tags")
    }
    row[columns["tags"]] = st.none() | st.lists(st.none() | st.sampled_from(texts), max_size=3)
    rows = [draw(st.lists(st.fixed_dictionaries(row), min_size=least, max_size=6)) for _ in tables]
    for table in rows:
        for number, one in enumerate(table):
            one[columns["id"]] = number - 2
    return World(schema, tables, columns, texts, rows)


@st.composite
def conditions(
    draw: st.DrawFn, world: World, aliases: list[str], own_and_how: tuple[str, str] | None = None
) -> Condition:
    own, how = own_and_how or draw(st.sampled_from(PAIRS))
    type_name = TYPES[own]
    column, keep = world.columns[own], draw(st.booleans())
    source = draw(st.sampled_from(["", *aliases]))
    if how == "is null":
        return Condition(column, None, keep, draw(st.sampled_from(["=", how])), source=source)
    one = value_of(type_name, world.texts).map(meant.written)
    if how in ("any", "?", "?|", "?&"):
        one = st.sampled_from(world.texts)
    elif how == "has":
        one = SMALL.map(str)
    elif how in ("like", "ilike"):
        literal = st.sampled_from(world.texts).map(
            lambda text: "".join("\\" + c if c in "%_\\" else c for c in text)
        )
        one = st.lists(literal | st.sampled_from("%_"), max_size=4).map("".join)
    elif how in ("~", "~*"):
        one = st.sampled_from(world.texts).map("***={}".format)
    if how in ("between", "in", "?|", "?&"):
        least, most = (2, 2) if how == "between" else (1, 3)
        values = tuple(draw(st.lists(one, min_size=least, max_size=most)))
        return Condition(column, None, keep, how, values, source)
    return Condition(column, draw(one), keep, how, source=source)


def parts(world: World, aliases: list[str]) -> st.SearchStrategy[Condition | Group]:
    one: st.SearchStrategy[Condition | Group] = conditions(world, aliases)
    return st.recursive(
        one,
        lambda inner: st.builds(Group, st.lists(inner, max_size=3).map(tuple), st.booleans()),
        max_leaves=4,
    )


@st.composite
def outputs(draw: st.DrawFn, world: World, aliases: list[str]) -> Output:
    own = draw(st.sampled_from(PLAIN))
    functions = {
        "integer": ("", "", "count", "sum", "min", "max", "array_agg"),
        "bigint": ("", "count", "sum", "min", "max"),
        "text": ("", "", "count", "min", "max"),
        "boolean": ("", "bool_and", "bool_or", "count"),
    }[TYPES[own]]
    aggregate = draw(st.sampled_from(functions))
    alias = draw(st.just("") | names())
    if aggregate == "count" and draw(st.booleans()):
        return Output(None, "count", alias=alias)
    distinct = aggregate in ("count", "sum", "array_agg") and draw(st.booleans())
    column = ColumnOf(draw(st.sampled_from(aliases)), world.columns[own])
    return Output(column, aggregate, distinct, alias)


@st.composite
def specs(draw: st.DrawFn, world: World) -> QuerySpec:
    aliases = draw(st.lists(names(), min_size=1, max_size=3, unique=True))
    tables = [draw(st.sampled_from(world.oids)) for _ in aliases]
    joins = []
    for place in range(1, len(aliases)):
        before = draw(st.sampled_from(aliases[:place]))
        ends = draw(st.lists(st.tuples(*[st.sampled_from(["id", "ref", "txt"])] * 1), min_size=1, max_size=2))
        pairs = tuple(
            (ColumnOf(before, world.columns[own]), ColumnOf(aliases[place], world.columns[own]))
            if own == "txt"
            else (
                ColumnOf(before, world.columns["ref"]),
                ColumnOf(aliases[place], world.columns[own]),
            )
            for (own,) in ends
        )
        joins.append(Join(Source(tables[place], aliases[place]), pairs, draw(st.booleans())))
    listed = tuple(draw(st.lists(outputs(world, aliases), max_size=4)))
    where = tuple(draw(st.lists(parts(world, aliases), max_size=3)))
    distinct = bool(listed) and draw(st.booleans())
    directions = st.booleans(), st.none() | st.booleans()
    by_output = [
        OutputOrder(place, draw(directions[0]), draw(directions[1]))
        for place, output in enumerate(listed)
        if output.aggregate != "array_agg" and draw(st.booleans())
    ]
    order: list[SortKey | OutputOrder] = list(by_output)
    if not distinct and not any(one.aggregate for one in listed) and draw(st.booleans()):
        own = draw(st.sampled_from(PLAIN))
        order.append(SortKey(world.columns[own], draw(directions[0]), draw(directions[1])))
    limit = draw(st.sampled_from([0, 0, 1, 3]))
    return QuerySpec(
        Source(tables[0], aliases[0]), tuple(joins), listed, distinct, where, tuple(order), limit
    )


@st.composite
def composed(draw: st.DrawFn) -> tuple[World, QuerySpec]:
    world = draw(worlds())
    return world, draw(specs(world))


@st.composite
def asked(draw: st.DrawFn) -> tuple[World, list[Condition]]:
    world = draw(worlds(least=2))
    return world, [draw(conditions(world, [], pair)) for pair in PAIRS]


@pytest.fixture(scope="module")
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """One that may write, and never commits."""
    given_settings: ConnectionSettings = request.getfixturevalue("server").settings
    opened = connect(given_settings, "test")
    opened.set_session(readonly=False)
    yield opened
    opened.close()


def create(connection: Connection, world: World) -> None:
    """The world's tables and rows; its oids become real."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(world.schema)))
        for place, (table, rows) in enumerate(zip(world.tables, world.rows, strict=True)):
            name = sql.Identifier(world.schema, table)
            listed = [
                sql.SQL("{} {}").format(
                    sql.Identifier(world.columns[own]),
                    sql.SQL(f'{type_name} COLLATE "C"' if type_name.startswith("text") else type_name),
                )
                for own, type_name in TYPES.items()
            ]
            cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(listed)))
            for row in rows:
                cells = [
                    sql.SQL("{}::{}").format(sql.Literal(stored(row[world.columns[own]])), sql.SQL(type_name))
                    for own, type_name in TYPES.items()
                ]
                cursor.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(name, sql.SQL(", ").join(cells)))
            cursor.execute("SELECT %s::regclass::oid", (name.as_string(connection),))
            ((oid,),) = cursor.fetchall()
            world.oids[place] = int(oid)


def stored(value: Any) -> Any:
    """A value as psycopg2 sends it."""
    if isinstance(value, tuple):
        return meant.written(value)
    if isinstance(value, dict):
        return json.dumps(value)
    # A minus before a number would be an operator: -1::int is -(1::int).
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def real(spec: QuerySpec, world: World) -> QuerySpec:
    """The same spec with the oids that the tables have now."""
    from dataclasses import replace

    def source(old: Source) -> Source:
        return replace(old, oid=world.oids[old.oid - 1])

    joins = tuple(replace(join, source=source(join.source)) for join in spec.joins)
    return replace(spec, source=source(spec.source), joins=joins)


def readable_text(spec: QuerySpec, looked: Looked) -> tuple[str, tuple[Span, ...]]:
    """What is shown of a spec."""
    return written(sql.SQL("\n").join(readable.lines(spec, looked)), readable=True)


def shown(output: Output, value: Any) -> str | None:
    """A value of a result as the server writes it."""
    if isinstance(value, bool):
        return "t" if value else "f"
    return None if value is None else str(value)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=composed())
def test_any_spec_is_the_tree_and_the_rows_meant(
    connection: Connection, made: tuple[World, QuerySpec]
) -> None:
    world, spec = made
    try:
        create(connection, world)
        spec = real(spec, world)
        query = compose(spec, look_up(connection, spec))
        text = query.as_string(connection)
        tables = {oid: (world.schema, name) for oid, name in zip(world.oids, world.tables, strict=True)}
        types = {called: TYPES[own] for own, called in world.columns.items()}
        (statement,) = parse_sql(text)
        assert shape(statement.stmt) == shape(Tree(spec, tables, types).select())
        with connection.cursor() as cursor:
            cursor.execute(query)
            check_rows(spec, world, cursor.fetchall())
        sent, marked = psycopg2_code.spans(query, connection)
        assert sent == text
        for start, end, kind in marked:
            assert text[start] == '"' if kind == "identifier" else text[start] in "'E0123456789"
            assert text[end - 1] == '"' if kind == "identifier" else text[end - 1] in "'0123456789"
        looked = LookUpRelations(tuple(world.oids)).run(connection, lambda event: None).looked
        text, marked = readable_text(spec, looked)
        (statement,) = parse_sql(text)
        assert shape(statement.stmt) == shape(ReadableTree(spec, tables, types).select())
        with connection.cursor() as cursor:
            cursor.execute(text)
            check_rows(spec, world, cursor.fetchall())
        for start, end, kind in marked:
            value = re.fullmatch(r"'(?:[^']|'')*'|-?[0-9]+|true|false", text[start:end])
            assert value or kind == "identifier", text[start:end]
    finally:
        connection.rollback()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=asked())
def test_any_condition_keeps_the_rows_meant(
    connection: Connection, made: tuple[World, list[Condition]]
) -> None:
    """Each operator of each type, on one table."""
    world, each = made
    try:
        create(connection, world)
        name = world.columns["id"]
        source, output = Source(world.oids[0], "t"), (Output(ColumnOf("t", name)),)
        looked = look_up(connection, QuerySpec(source, where=tuple(each)))
        for condition in each:
            spec = QuerySpec(source, outputs=output, where=(condition,))
            with connection.cursor() as cursor:
                cursor.execute(compose(spec, looked))
                kept = {row[0] for row in cursor.fetchall()}
                cursor.execute(readable_text(spec, looked)[0])
                assert kept == {row[0] for row in cursor.fetchall()}, readable_text(spec, looked)
            rows = meant.joined(spec, {world.oids[0]: world.rows[0]})
            assert kept == {str(row["t"][name]) for row in rows}, condition
    finally:
        connection.rollback()


def check_rows(spec: QuerySpec, world: World, found: list[tuple[str | None, ...]]) -> None:
    """That these are the rows meant, in the order meant."""
    rows = meant.joined(spec, dict(zip(world.oids, world.rows, strict=True)))
    if not spec.outputs:
        aliases = [spec.source.alias, *(join.source.alias for join in spec.joins)]
        every = [own for _ in aliases for own in TYPES]
        places = [place for place, own in enumerate(every) if own in PLAIN]
        found = [tuple(row[place] for place in places) for row in found]
        columns = [ColumnOf(alias, world.columns[own]) for alias in aliases for own in TYPES if own in PLAIN]
        whole = QuerySpec(spec.source, outputs=tuple(Output(column) for column in columns))
        wanted = [(row, meant.results(whole, [row])[0]) for row in rows]
    elif spec.distinct or any(output.aggregate for output in spec.outputs):
        wanted = [({}, result) for result in meant.results(spec, rows)]
    else:
        wanted = [(row, meant.results(spec, [row])[0]) for row in rows]

    def key(pair: tuple[meant.Joined, tuple[Any, ...]], by: SortKey | OutputOrder) -> Any:
        row, result = pair
        if isinstance(by, OutputOrder):
            return result[by.output]
        return row[spec.source.alias].get(by.column)

    def text(pair: tuple[meant.Joined, tuple[Any, ...]]) -> tuple[Any, ...]:
        outputs = spec.outputs or [Output(None)] * len(pair[1])
        return tuple(shown(*one) for one in zip(outputs, pair[1], strict=True))

    def comparable(row: tuple[Any, ...]) -> tuple[Any, ...]:
        arrays = [place for place, output in enumerate(spec.outputs) if output.aggregate == "array_agg"]
        return tuple(
            str(tuple(sorted(one[1:-1].replace("NULL", "None").split(","))))
            if place in arrays and one is not None and one.startswith("{")
            else one
            for place, one in enumerate(row)
        )

    wanted = meant.ordered(spec, wanted, key)
    expected, got = [text(one) for one in wanted], [comparable(row) for row in found]
    if not spec.limit:
        assert sorted(map(repr, got)) == sorted(map(repr, expected))
    assert len(got) == (min(spec.limit, len(expected)) if spec.limit else len(expected))
    remaining = list(expected)
    for row in got:
        remaining.remove(row)
    for place, by in enumerate(spec.order):
        if place == 0 and isinstance(by, OutputOrder):
            values = [row[by.output] for row in got]
            assert values == [row[by.output] for row in expected[: len(values)]]
