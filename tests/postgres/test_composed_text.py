"""Composed queries as text without a server: the same as with one; and what pasting would make of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.language.keywords import NOT_PLAIN
from pgmem_tui.postgres.composed_text import name_as_needed, pasted, quoted_name, written
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.psycopg2_code import spans
from pgmem_tui.postgres.settings import ConnectionSettings

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
names = texts.filter(bool)


@pytest.fixture(scope="module")
def connection(demo_database: ConnectionSettings) -> Iterator[Connection]:
    """Quotes as libpq does."""
    connection = connect(demo_database, "test")
    yield connection
    connection.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(names, min_size=1, max_size=3), texts, st.integers(0))
def test_it_is_what_the_driver_would_send(
    connection: Connection, parts: list[str], value: str, number: int
) -> None:
    query = sql.SQL("SELECT {} = CAST({} AS text) LIMIT {}").format(
        sql.Identifier(*parts), sql.Literal(value), sql.Literal(number)
    )
    assert written(query) == spans(query, connection)


def lines(name: str, value: str) -> list[sql.Composed]:
    """A query of a name and a value."""
    value_of = sql.SQL("CAST({} AS pg_catalog.text)").format(sql.Literal(value))
    return [
        sql.SQL("SELECT {} FROM t").format(sql.Identifier(name)),
        sql.SQL("WHERE a OPERATOR(pg_catalog.=) {}").format(value_of),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    names | st.sampled_from(sorted(NOT_PLAIN)) | st.from_regex(r"[A-Za-z_][a-z0-9_$]{0,8}", fullmatch=True)
)
def test_names_have_quotes_where_the_server_writes_them(connection: Connection, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.quote_ident(%s)", (name,))
        ((quoted,),) = cursor.fetchall()
    newer = name in NOT_PLAIN  # a key word of later versions only
    assert name_as_needed(name) == (quoted_name(name) if newer else quoted)


def test_every_key_word_is_known(connection: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'")
        assert {word for (word,) in cursor} <= NOT_PLAIN


@pytest.mark.parametrize(
    ("name", "value", "broken"),
    [
        ("plain", "value", []),
        ("Mixed", "value", ["Mixed"]),
        ("two words", "value", ["two words"]),
        ("select", "value", ["select"]),
        ("1st", "value", ["1st"]),
        ('qu"ote', "value", ['qu"ote', "'value'"]),
        ("a -- ", "value", ["a -- "]),
        ("plain", "it's", ["'it's'"]),
        ("plain", "x' OR '1'='1", ["'x' OR '1'='1'"]),
        ("plain", "100%\\", []),
    ],
)
def test_what_would_be_read_as_something_else(name: str, value: str, broken: list[str]) -> None:
    made = pasted(lines(name, value))
    assert [made.text[start:end] for start, end, _ in made.broken] == broken
