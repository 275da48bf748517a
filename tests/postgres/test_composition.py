"""What is sent for a relation and for a query, read back from a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.postgres import catalog, composition
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.settings import ConnectionSettings


def column(name: str, type_name: str = "text", oid: int = 25, length: int = -1, typmod: int = -1) -> Column:
    return Column(name, type_name, oid, length, typmod)


@pytest.fixture(scope="module")
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """One that may write, and never commits."""
    settings: ConnectionSettings = request.getfixturevalue("server").settings
    opened = connect(settings, "test")
    opened.set_session(readonly=False)
    yield opened
    opened.close()


def names(**bounds: int) -> st.SearchStrategy[str]:
    """What PostgreSQL takes for a name: any text without NUL, of up to 63 bytes."""
    character = st.one_of(
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
        st.sampled_from("%{}\"'\\;-/*.$ \n\t😀\u202e"),
    )
    return st.text(character, min_size=1, max_size=63).filter(lambda name: len(name.encode()) <= 63)


WIDE_AND_SMALL = st.sampled_from([("text", True), ("int", False), ("jsonb", True), ("varchar(9)", False)])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    schema=names().filter(lambda name: not name.startswith("pg_")),
    table=names(),
    columns=st.lists(st.tuples(names(), WIDE_AND_SMALL), unique_by=lambda item: item[0], max_size=5),
)
def test_any_names(
    connection: Connection, schema: str, table: str, columns: list[tuple[str, tuple[str, bool]]]
) -> None:
    """Each column comes under its own name with its own values; a relation, and a query of it."""
    identifier = sql.Identifier(schema, table)
    defined = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_name)) for name, (type_name, _) in columns
    ]
    values = sql.SQL(", ").join(
        sql.SQL("{}::{}").format(sql.Literal(str(number)), sql.SQL(type_name))
        for number, (_, (type_name, _)) in enumerate(columns)
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(identifier, sql.SQL(", ").join(defined)))
        cursor.execute(sql.SQL("INSERT INTO {} SELECT {}").format(identifier, values))
        cursor.execute("SELECT %s::regclass::oid", (identifier.as_string(connection),))
        (oid,) = cursor.fetchone() or ("0",)
        relation = catalog.load_relation(connection, int(oid))
        assert (relation.schema, relation.name) == (schema, table)
        clamped = composition.clamp(relation.columns, 256)
        query = composition.RelationSelect(relation, clamped, 256)()
        assert [(one.name, one.clamped) for one in clamped] == [(name, wide) for name, (_, wide) in columns]
        expected = tuple(str(number) for number in range(len(columns)))
        cursor.execute(query)
        assert [found.name for found in cursor.description or ()] == [name for name, _ in columns]
        assert cursor.fetchall() == [expected]
        text = sql.SQL("SELECT * FROM {} -- comment").format(identifier).as_string(connection)
        query, _ = composition.select_query(text, relation.columns, 256)
        cursor.execute(query)
        assert cursor.fetchall() == [expected]
        described, _ = composition.describe_query(text)
        cursor.execute(described)
        assert [found.name for found in cursor.description or ()] == [name for name, _ in columns]
    connection.rollback()


@given(text=st.text(max_size=20))
def test_the_users_text_is_sent_as_it_is_and_begins_where_it_is_said(
    connection: Connection, text: str
) -> None:
    statement, before = composition.describe_query(text)
    sent = statement.as_string(connection)
    assert sent[before:].startswith(text)
    assert sent[before + len(text)] == "\n"
    query, _ = composition.select_query(text, [column("a")], 256)
    assert f"(\n{text}\n)" in query.as_string(connection)


@pytest.mark.parametrize(
    ("typed", "wide"),
    [
        (("text", 25, -1, -1), True),
        (("varchar", 1043, -1, -1), True),
        (("varchar(256)", 1043, -1, 260), False),
        (("varchar(257)", 1043, -1, 261), True),
        (("char(256)", 1042, -1, 260), False),
        (("char(257)", 1042, -1, 261), True),
        (("numeric", 1700, -1, -1), True),
        (("numeric(10,2)", 1700, -1, 655366), False),
        (("numeric(253,0)", 1700, -1, (253 << 16) + 4), False),
        (("numeric(254,0)", 1700, -1, (254 << 16) + 4), True),
        (("numeric(2,1000)", 1700, -1, 132076), True),
        (("numeric(3,-5)", 1700, -1, 198655), False),
        (("numeric(1,-1000)", 1700, -1, 66588), True),
        (("bit(256)", 1560, -1, 256), False),
        (("bit varying(257)", 1562, -1, 257), True),
        (("bit varying", 1562, -1, -1), True),
        (("bytea", 17, -1, -1), True),
        (("jsonb", 3802, -1, -1), True),
        (("json", 114, -1, -1), True),
        (("xml", 142, -1, -1), True),
        (("integer[]", 1007, -1, -1), True),
        (("numeric(10,2)[]", 1231, -1, 655366), True),
        (("numrange", 3906, -1, -1), True),
        (("int4multirange", 4451, -1, -1), True),
        (("a composite", 99999, -1, -1), True),
        (("tsvector", 3614, -1, -1), True),
        (("path", 602, -1, -1), True),
        (("cstring", 2275, -2, -1), True),
        (("int4range", 3904, -1, -1), False),
        (("tstzrange", 3910, -1, -1), False),
        (("inet", 869, -1, -1), False),
        (("macaddr", 829, 6, -1), False),
        (("integer", 23, 4, -1), False),
        (("boolean", 16, 1, -1), False),
        (("name", 19, 64, -1), False),
        (("an enum", 99998, 4, -1), False),
        (("interval", 1186, 16, -1), False),
    ],
)
def test_what_is_cut_is_what_has_no_small_bound(typed: tuple[str, int, int, int], wide: bool) -> None:
    assert composition.is_wide(column("c", *typed), 256) == wide


def test_with_very_many_columns_each_gets_less() -> None:
    few = composition.clamp([column(str(number)) for number in range(200)], 256)
    assert composition.effective_limit(few, 256) == 256
    many = composition.clamp([column(str(number)) for number in range(1600)], 256)
    assert composition.effective_limit(many, 256) == composition.ROW_LIMIT // 1600 == 40
    assert composition.effective_limit(many, 20) == 20
    assert composition.effective_limit(many * 10, 256) == composition.SHORTEST_CELL
    assert composition.effective_limit([column("i", "integer", 23, 4)] * 1600, 256) == 256


def test_nothing_in_the_search_path_gets_between(connection: Connection) -> None:
    """Functions, types and operators that we add are those of pg_catalog, and only such are added."""
    types = [("text", 25), ("jsonb", 3802), ("bytea", 17), ("char(999)", 1042), ("xml", 142), ("x", 99999)]
    columns = [column(name, name, oid, -1, 9999 if oid == 1042 else -1) for name, oid in types]
    relation = Relation(1, "s", "t", "r", tuple(columns))
    query = composition.RelationSelect(relation, composition.clamp(columns, 256), 256)()
    listed = query.as_string(connection).removesuffix(' FROM "s"."t"')
    for word in ("substr", "text", "textin", "bpcharout", "xml_out"):
        plain = listed.replace(f'"{word}"', "")
        assert plain.count(word + "(") == plain.count(f"pg_catalog.{word}(")
    assert listed.count("::") == listed.count("::pg_catalog.")
