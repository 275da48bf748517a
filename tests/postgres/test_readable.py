"""Readable SQL: what it looks like, and that it means what is sent, whatever else the database has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from psycopg2 import sql

from pgmem_tui.language.secrets import carries_secret
from pgmem_tui.paging.spec_facts import LookUpRelations
from pgmem_tui.postgres import composing, readable
from pgmem_tui.postgres.aggregates import aggregates_for
from pgmem_tui.postgres.catalog import find_relation
from pgmem_tui.postgres.composed_text import written
from pgmem_tui.postgres.composing import Looked
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
from tests.conftest import connect as connect_writing
from tests.postgres.test_operators import conditions

TABLES = (
    "CREATE TYPE mood AS ENUM ('calm', 'tense')",
    "CREATE DOMAIN positive AS int CHECK (value > 0)",
    "CREATE TYPE pair AS (a int, b int)",
    'CREATE TABLE orders (id int PRIMARY KEY, buyer bigint, "Total" numeric(10,2), note text, code char(4),'
    " label varchar(9), mood mood, paid boolean, weight real, tags text[], span int4range, doc jsonb,"
    ' "order" int,'
    " address cidr, words tsvector, raw json, amount positive, twin pair, count int)",
    "INSERT INTO orders VALUES (1, 2, 5.10, 'a', 'ab', 'x', 'calm', true, 0.1, '{a,b}', '[1,5)',"
    " '{\"k\": 1}', 7, '10.0.0.0/8', 'fat cat', '{}', 3, (1, NULL), 4), (2)",
    "CREATE TABLE people (id bigint PRIMARY KEY, label varchar(20), code char(4), note text)",
    "INSERT INTO people VALUES (2, 'x', 'ab', 'a')",
)


@pytest.fixture
def shop(database: ConnectionSettings) -> Iterator[Connection]:
    """Columns of many types; may write."""
    connection = connect_writing(database)
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement.replace("(2)", "(2" + ", NULL" * 18 + ")"))
    yield connection
    connection.close()


def look(connection: Connection, *names: str) -> Looked:
    """What the composer knows."""
    oids = tuple(find_relation(connection, name).oid for name in names)
    return LookUpRelations(oids).run(connection, lambda event: None).looked


def oid_of(looked: Looked, name: str) -> int:
    return next(oid for oid, relation in looked.relations.items() if relation.name == name)


def text_of(spec: QuerySpec, looked: Looked) -> str:
    return written(sql.SQL("\n").join(readable.lines(spec, looked)), readable=True)[0]


def rows(connection: Connection, query: str | sql.Composed) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def check_same_rows(connection: Connection, spec: QuerySpec, looked: Looked) -> None:
    sent = rows(connection, composing.compose(spec, looked))
    assert sorted(map(repr, rows(connection, text_of(spec, looked)))) == sorted(map(repr, sent)), spec


EXAMPLES = [
    (Condition("id", "5"), "id = 5"),
    (Condition("id", "-5", operator=">="), "id >= -5"),
    (Condition("id", "05"), "id = '05'"),
    (Condition("id", "3000000000"), "id = '3000000000'"),
    (Condition("id", "x"), "id = 'x'"),
    (Condition("id", "-2147483648", operator=">="), "id >= -2147483648"),
    (Condition("buyer", "-9223372036854775808", operator=">="), "buyer >= -9223372036854775808"),
    (Condition("buyer", "3000000000", operator="<>"), "buyer <> 3000000000"),
    (Condition("Total", "5.10"), '"Total" = 5.10'),
    (Condition("Total", "1e3", keep=False), "\"Total\" IS DISTINCT FROM '1e3'"),
    (Condition("weight", "0.1"), "weight = '0.1'"),
    (Condition("paid", "true"), "paid = true"),
    (Condition("paid", "yes"), "paid = 'yes'"),
    (Condition("note", "it's"), "note = 'it''s'"),
    (Condition("note", None), "note IS NULL"),
    (Condition("note", None, keep=False), "note IS NOT NULL"),
    (Condition("twin", None), "twin IS NOT DISTINCT FROM NULL"),
    (Condition("note", "a%", operator="like"), "note LIKE 'a%'"),
    (Condition("note", "a%", keep=False, operator="ilike"), "(note ILIKE 'a%') IS NOT TRUE"),
    (Condition("code", "ab"), "code = 'ab'"),
    (Condition("code", "ab%", operator="like"), "code LIKE 'ab%'"),
    (Condition("label", "x", operator="<"), "label < 'x'"),
    (Condition("label", operator="in", values=("x", "y")), "label IN ('x', 'y')"),
    (Condition("mood", operator="in", values=("calm",)), "mood IN ('calm')"),
    (Condition("id", operator="in", values=("1", "2")), "id IN (1, 2)"),
    (Condition("id", operator="in", values=("1", "02")), "id IN ('1', '02')"),
    (Condition("id", operator="between", values=("1", "2")), "id BETWEEN 1 AND 2"),
    (Condition("tags", "a", operator="any"), "'a' = ANY (tags)"),
    (Condition("tags", "{a}", operator="@>"), "tags @> '{a}'"),
    (Condition("span", "[1,2)", operator="@>"), "span @> '[1,2)'::int4range"),
    (Condition("span", "3", operator="has"), "span @> '3'::integer"),
    (Condition("doc", '{"k": 1}', operator="@>"), "doc @> '{\"k\": 1}'"),
    (Condition("doc", operator="?|", values=("k", "l")), "doc ?| ARRAY['k', 'l']"),
    (Condition("order", "7"), '"order" = 7'),
    (Condition("words", "cat", operator="@@"), "words @@ 'cat'::tsquery"),
    (Condition("raw", "{}"), "raw::text = '{}'"),
    (Condition("amount", "3"), "amount = 3"),
    (Condition("address", "10.0.0.0/8"), None),
]


def test_conditions_as_a_person_writes_them(shop: Connection) -> None:
    looked = look(shop, "orders")
    source = Source(oid_of(looked, "orders"), "orders")
    for condition, wanted in EXAMPLES:
        shown = text_of(QuerySpec(source, where=(condition,)), looked).splitlines()
        assert shown[:2] == ["SELECT *", "FROM public.orders"]
        if wanted is None:
            assert "CAST" in shown[2] and "OPERATOR" in shown[2], "compared as another type"
        else:
            assert shown[2] == f"WHERE {wanted}"
        if condition.value not in ("x", "3000000000") or condition.column != "id":
            check_same_rows(shop, QuerySpec(source, where=(condition,)), looked)


def test_a_whole_query(shop: Connection) -> None:
    looked = look(shop, "orders", "people")
    orders, people = oid_of(looked, "orders"), oid_of(looked, "people")
    pairs = tuple((ColumnOf("orders", own), ColumnOf("p", other)) for own, other in (("buyer", "id"),))
    spec = QuerySpec(
        Source(orders, "orders"),
        (Join(Source(people, "p"), pairs, outer=True),),
        (
            Output(ColumnOf("p", "label")),
            Output(None, "count", alias="how many"),
            Output(ColumnOf("orders", "note"), "count", distinct=True),
            Output(ColumnOf("orders", "id"), "string_agg", alias="ids"),
        ),
        where=(Condition("note", "a"), Group((Condition("id", "1", source="p"), Condition("id", None)))),
        order=(OutputOrder(1, True),),
        limit=10,
    )
    assert text_of(spec, looked).splitlines() == [
        'SELECT p.label, count(*) AS "how many", count(DISTINCT orders.note),'
        " string_agg(orders.id::text, ', ') AS ids",
        "FROM public.orders",
        "LEFT JOIN public.people AS p ON orders.buyer = p.id",
        "WHERE orders.note = 'a'",
        "  AND (p.id = 1 OR orders.id IS NULL)",
        "GROUP BY p.label",
        "ORDER BY 2 DESC",
        "LIMIT 10",
    ]
    check_same_rows(shop, spec, looked)


@pytest.mark.parametrize("own", ["buyer", "id", "note", "label", "code"])
@pytest.mark.parametrize("other", ["id", "note", "label", "code"])
def test_columns_that_meet(shop: Connection, own: str, other: str) -> None:
    looked = look(shop, "orders", "people")
    pair = ColumnOf("o", own), ColumnOf("p", other)
    spec = QuerySpec(
        Source(oid_of(looked, "orders"), "o"), (Join(Source(oid_of(looked, "people"), "p"), (pair,)),)
    )
    if (own in ("buyer", "id")) == (other == "id"):
        check_same_rows(shop, spec, looked)
        cast = {own, other} == {"label", "code"}  # to text, and then a char(4) is compared as text too
        assert ("OPERATOR" in text_of(spec, looked)) == cast


def test_an_order_is_by_the_column_and_not_by_an_output_of_its_name(shop: Connection) -> None:
    looked = look(shop, "orders")
    source = Source(oid_of(looked, "orders"), "orders")
    ordered = QuerySpec(source, order=(SortKey("id", True),))
    assert text_of(ordered, looked).endswith("ORDER BY id DESC")
    alias = Output(ColumnOf("orders", "note"), alias="id")
    assert text_of(replace(ordered, outputs=(alias,)), looked).endswith("ORDER BY orders.id DESC")
    plain = Output(ColumnOf("orders", "id"))
    assert text_of(replace(ordered, outputs=(plain,)), looked).endswith("ORDER BY id DESC")


def test_every_operator_of_every_type_keeps_the_same_rows(demo_database: ConnectionSettings) -> None:
    reading = connect(demo_database, "test")
    looked = look(reading, "all_types")
    (relation,) = looked.relations.values()
    source, ids = Source(relation.oid, "t"), (Output(ColumnOf("t", "id")),)
    plain = 0
    for column in relation.columns:
        for condition in conditions(reading, column):
            for keep in (True, False):
                spec = QuerySpec(source, outputs=ids, where=(replace(condition, keep=keep),))
                check_same_rows(reading, spec, looked)
                plain += "OPERATOR" not in text_of(spec, looked)
    assert plain > 500
    reading.close()


def test_every_aggregate_of_every_type_gives_the_same(demo_database: ConnectionSettings) -> None:
    reading = connect(demo_database, "test")
    looked = look(reading, "all_types")
    (relation,) = looked.relations.values()
    for column in relation.columns:
        for how in aggregates_for(column):
            output = Output(ColumnOf("t", column.name), how.name)
            some = (Condition("id", "3", operator="<"),)  # some sums are too large for their type
            spec = QuerySpec(Source(relation.oid, "t"), outputs=(output,), where=some)
            assert "pg_catalog" not in text_of(spec, looked)
            check_same_rows(reading, spec, looked)
    reading.close()


TRAPS = {
    "=": ("integer", Condition("id", "1")),
    ">=": ("mood", Condition("mood", "calm", operator=">=")),
    "~~": ("text", Condition("note", "a", operator="like")),
    "&&": ("text[]", Condition("tags", "{a}", operator="&&")),
    "<>": ("positive", Condition("amount", "4", operator="<>")),
}


@pytest.mark.parametrize("path", ["public, pg_catalog", "pg_catalog, public", ""])
@pytest.mark.parametrize("symbol", TRAPS)
def test_an_operator_of_someone_else_is_never_meant(shop: Connection, symbol: str, path: str) -> None:
    """Whatever the search path, now or later, and for exact matches of types that the system has none for."""
    type_name, condition = TRAPS[symbol]
    with shop.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION trap({type_name}, {type_name}) RETURNS bool LANGUAGE plpgsql"
            " AS $$BEGIN RAISE 'trapped'; END$$"
        )
        cursor.execute(
            f"CREATE OPERATOR public.{symbol}"
            f" (LEFTARG = {type_name}, RIGHTARG = {type_name}, FUNCTION = trap)"
        )
        if path:
            cursor.execute(f"SET search_path = {path}")
    looked = look(shop, "public.orders")
    spec = QuerySpec(Source(oid_of(looked, "orders"), "orders"), where=(condition,))
    assert "OPERATOR(pg_catalog." in text_of(spec, looked)
    assert len(rows(shop, text_of(spec, looked))) == 1
    check_same_rows(shop, spec, looked)


def test_an_aggregate_of_someone_else_is_never_meant(shop: Connection) -> None:
    with shop.cursor() as cursor:
        cursor.execute("CREATE FUNCTION one(int, text) RETURNS int LANGUAGE sql AS 'SELECT 42'")
        cursor.execute("CREATE AGGREGATE public.count(text) (SFUNC = one, STYPE = int)")
        assert rows(shop, "SELECT count(note) FROM orders") == [(42,)], "a better match"
    looked = look(shop, "orders")
    for name, column, wanted in (("count", "note", 1), ("count", "id", 2)):
        output = Output(ColumnOf("o", column), name)
        spec = QuerySpec(Source(oid_of(looked, "orders"), "o"), outputs=(output,))
        assert rows(shop, text_of(spec, looked)) == [(wanted,)]


def test_what_cannot_be_sent_cannot_be_shown(shop: Connection) -> None:
    looked = look(shop, "orders")
    source = Source(oid_of(looked, "orders"), "orders")
    for spec in (
        QuerySpec(source, where=(Condition("nowhere", "1"),)),
        QuerySpec(source, where=(Condition("id", operator="in"),)),
        QuerySpec(source, where=(Condition("note", "a\0"),)),
        QuerySpec(source, outputs=(Output(None),)),
        QuerySpec(source, order=(OutputOrder(3),)),
        QuerySpec(replace(source, oid=1)),
    ):
        with pytest.raises(Refused) as sent:
            composing.lines(spec, looked)
        with pytest.raises(Refused) as shown:
            readable.lines(spec, looked)
        assert str(sent.value) == str(shown.value)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("password", "hunter2"),
        Condition("password", "hunter2", keep=False),
        Condition("password", operator="in", values=("hunter2", "x")),
        Condition("password", operator="between", values=("a", "b")),
        Condition("password", "hunter%", operator="like"),
        Condition("note", "password=hunter2"),
    ],
)
def test_a_secret_in_a_condition_is_seen(shop: Connection, condition: Condition) -> None:
    with shop.cursor() as cursor:
        cursor.execute("CREATE TABLE accounts (id int, password text, note text)")
    looked = look(shop, "accounts")
    spec = QuerySpec(Source(oid_of(looked, "accounts"), "a"), where=(condition, Condition("id", "1")))
    assert carries_secret(text_of(spec, looked))
