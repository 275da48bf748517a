"""Any spec over any names and values: the tree that is meant, and on a server the rows that are meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pglast import parse_sql
from psycopg2 import sql

from pgmem_tui.paging.spec_facts import LookUpRelations
from pgmem_tui.postgres import column_pairs, filtering, psycopg2_code, readable
from pgmem_tui.postgres.composed_text import Span, written
from pgmem_tui.postgres.composing import Looked, compose, lines, look_up
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.errors import Refused
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
NUMBERS = {"integer", "bigint"}
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
    alike = [other for other, kind in TYPES.items() if kind == type_name or {kind, type_name} == NUMBERS]
    if own_and_how is None and how in column_pairs.OPERATORS and draw(st.booleans()):
        other = ColumnOf(draw(st.sampled_from(["", *aliases])), world.columns[draw(st.sampled_from(alike))])
        return Condition(column, None, keep, how, source=source, other=other)
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


AGGREGATED = [
    (own, aggregate, result)
    for own in PLAIN
    for aggregate, result in {
        "integer": (("count", "bigint"), ("sum", "bigint"), ("min", "integer"), ("max", "integer")),
        "bigint": (("count", "bigint"), ("sum", "numeric"), ("min", "bigint"), ("max", "bigint")),
        "text": (("count", "bigint"), ("min", "text"), ("max", "text")),
        "boolean": (("count", "bigint"), ("bool_and", "boolean"), ("bool_or", "boolean")),
    }[TYPES[own]]
]
"""A column, an aggregate of it and what that makes."""


@st.composite
def of_groups(draw: st.DrawFn, world: World, aliases: list[str]) -> Condition:
    """A condition on an aggregate."""
    own, aggregate, result = draw(st.sampled_from(AGGREGATED))
    like = {"numeric": "num", "bigint": "num", "integer": "id", "text": "txt", "boolean": "flag"}[result]
    how = draw(st.sampled_from([*HOW[TYPES[like]], "is null"]))
    condition = draw(conditions(world, aliases, (like, how)))
    distinct = aggregate in ("count", "sum") and draw(st.booleans())
    if aggregate == "count" and not distinct and draw(st.booleans()):
        return replace(condition, column="", source="", aggregate=aggregate)
    return replace(condition, column=world.columns[own], aggregate=aggregate, distinct=distinct)


@st.composite
def of_some_kind(draw: st.DrawFn, world: World, aliases: list[str], keys: list[tuple[str, str]]) -> Group:
    """Conditions of groups and of rows: all of them, or any where the rows are grouped by the column."""
    groups = st.lists(of_groups(world, aliases), min_size=1, max_size=2)
    either = bool(keys) and draw(st.booleans())
    if not either:
        rows = st.lists(parts(world, aliases), min_size=1, max_size=2)
        return Group(tuple(draw(st.permutations([*draw(groups), *draw(rows)]))), either=False)
    alias, own = draw(st.sampled_from(keys))
    how = draw(st.sampled_from(HOW[TYPES[own]]))
    key = replace(draw(conditions(world, [alias], (own, how))), source=alias)
    inner = Group((key, *draw(groups)), either=draw(st.booleans()))
    return Group((inner, *draw(groups)))


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
    if draw(st.booleans()) and listed:
        plain = [output.column for output in listed if output.column is not None and not output.aggregate]
        called = {name: own for own, name in world.columns.items()}
        keys = [(column.source, called[column.column]) for column in plain]
        having = of_groups(world, aliases) | of_some_kind(world, aliases, keys)
        where = tuple(draw(st.permutations([*where, *draw(st.lists(having, min_size=1, max_size=2))])))
    grouped = QuerySpec(Source(0, ""), outputs=listed, where=where).grouped
    distinct = bool(listed) and draw(st.booleans())
    directions = st.booleans(), st.none() | st.booleans()
    by_output = [
        OutputOrder(place, draw(directions[0]), draw(directions[1]))
        for place, output in enumerate(listed)
        if output.aggregate != "array_agg" and draw(st.booleans())
    ]
    order: list[SortKey | OutputOrder] = list(by_output)
    if not distinct and not grouped and draw(st.booleans()):
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


GROUPED = QuerySpec(
    Source(1, "t"),
    outputs=(Output(ColumnOf("t", "kind")), Output(ColumnOf("t", "amount"), "sum")),
    where=(Condition("amount", "0", operator=">="),),
)
MANY = Condition("", "10", operator=">", aggregate="count")
BIG = Condition("amount", "100", operator=">=", aggregate="sum", distinct=True)


def having(connection: Connection, *where: Condition | Group, spec: QuerySpec = GROUPED) -> list[str]:
    """The last lines of a query of the sums of a table."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE sums (kind text, amount int, note text)")
        cursor.execute("SELECT 'sums'::regclass::oid")
        ((oid,),) = cursor.fetchall()
    try:
        full = replace(spec, source=Source(int(oid), "t"), where=(*spec.where, *where))
        return [one.as_string(connection) for one in lines(full, look_up(connection, full))][2:]
    finally:
        connection.rollback()


def test_conditions_on_aggregates_are_a_having(connection: Connection) -> None:
    written = having(connection, MANY, BIG)
    assert [line.split()[0] for line in written] == ["WHERE", "GROUP", "HAVING", "AND"]
    assert "pg_catalog.count(*)" in written[2] and 'pg_catalog.sum(DISTINCT "t"."amount")' in written[3]
    assert "bigint" in written[2]
    split = having(connection, Group((MANY, Condition("note", "x")), either=False))
    assert [line.split()[0] for line in split] == ["WHERE", "AND", "GROUP", "HAVING"]
    keys = having(connection, Group((MANY, Condition("kind", "x"))))
    assert [line.split()[0] for line in keys] == ["WHERE", "GROUP", "HAVING"] and " OR " in keys[2]


def test_what_cannot_be_a_having(connection: Connection) -> None:
    with pytest.raises(Refused, match="note is of rows, count"):
        having(connection, Group((MANY, Condition("note", "x"))))
    with pytest.raises(Refused, match="choose some"):
        having(connection, MANY, spec=replace(GROUPED, outputs=()))
    with pytest.raises(Refused, match=r"no conditions on array_agg\(kind\)"):
        having(connection, Condition("kind", "{}", aggregate="array_agg"))
    with pytest.raises(Refused, match="of groups of rows"):
        filtering.narrowing(connection, [MANY], ())


@pytest.mark.parametrize(
    "one", ["int2", "int8", "float4", "numeric", "date", "timestamptz", "varchar", "name"]
)
def test_columns_that_compare_do(connection: Connection, one: str) -> None:
    others = ["int4", "float8", "numeric", "timestamp", "text", "varchar(9)", "inet", "json", "name"]
    listed = [f"c{place} {kind}" for place, kind in enumerate([one, *others])]
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE pairs ({', '.join(listed)})")
            cursor.execute("SELECT 'pairs'::regclass::oid")
            ((oid,),) = cursor.fetchall()
        spec = QuerySpec(Source(int(oid), "t"))
        first, *rest = look_up(connection, spec).relations[int(oid)].columns
        tried = 0
        for column in rest:
            for how in column_pairs.OPERATORS:
                condition = Condition("c0", operator=how, other=ColumnOf("t", column.name))
                full = replace(spec, where=(condition,))
                if column_pairs.comparable(first, column):
                    with connection.cursor() as cursor:
                        cursor.execute(compose(full, look_up(connection, full)))
                    tried += 1
                else:
                    with pytest.raises(Refused, match="is not compared with"):
                        compose(full, look_up(connection, full))
        assert 0 < tried < len(rest) * len(column_pairs.OPERATORS)
    finally:
        connection.rollback()


def test_an_aggregate_is_compared_with_values_only(connection: Connection) -> None:
    with pytest.raises(Refused, match="values only"):
        having(connection, replace(MANY, value=None, other=ColumnOf("", "amount")))
    key = Condition("kind", operator="<", other=ColumnOf("", "note"))
    with pytest.raises(Refused, match="kind is of rows"):
        having(connection, Group((MANY, key)))


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
    elif spec.distinct or spec.grouped:
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
