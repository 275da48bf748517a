"""The source of a composed statement composes the same statement again, whatever is in it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.postgres.python_source import composing, string
from tests.conftest import Server, connect

NASTY = "ab_C19{}\"'\\%\n\r\t\0 \u202e\u200b\ud800é東,;$#"
TEXT = st.text(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=12)
NAMES = st.lists(
    st.one_of(TEXT, st.sampled_from(["self", "class", "id", "name", "value"])), min_size=1, max_size=2
)
WORDS = st.sampled_from(["SELECT ", ", ", " AND ", " FROM ", "FROM ", " WHERE ", " LIMIT ", " ", "{}", "x"])
PIECES = st.one_of(
    WORDS.map(sql.SQL),
    TEXT.map(sql.SQL),
    NAMES.map(lambda names: sql.Identifier(*names)),
    st.one_of(TEXT, st.integers(-5, 5), st.none()).map(sql.Literal),
)


def parts(query: sql.Composable) -> list[Any]:
    """Names, values, and the text between them without its blanks, of which numbers are a part."""
    if isinstance(query, sql.Composed):
        flat = [part for piece in query.seq for part in parts(piece)]
    elif isinstance(query, sql.Literal) and isinstance(query.wrapped, int) and query.wrapped >= 0:
        return [str(query.wrapped)]
    else:
        return ["".join(query.string.split(" "))] if isinstance(query, sql.SQL) else [query]
    joined: list[Any] = []
    for part in flat:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return [part.replace("\n", "").strip() if isinstance(part, str) else part for part in joined]


@given(st.lists(PIECES, max_size=12))
def test_the_same_again(pieces: list[sql.Composable]) -> None:
    query = sql.Composed(pieces)
    source = composing(query)
    assert source.replace("\n", "").isprintable()
    again = eval(source, {"sql": sql})  # our own source, of text that is any text: that is what is tested
    meant = [part for part in parts(query) if part != ""]
    found = [part for part in parts(sql.Composed([again])) if part != ""]
    assert found == meant


@given(TEXT)
def test_a_string(text: str) -> None:
    source = string(text)
    assert eval(source) == text
    assert source.isprintable()


def test_names_are_given_by_name() -> None:
    query = sql.SQL("SELECT {0}, {1}, {0} FROM {2} LIMIT {3}").format(
        sql.Identifier("id"), sql.Identifier("class"), sql.Identifier("public", "id"), sql.Literal(5)
    )
    assert composing(query).splitlines()[1:] == [
        "SELECT {id}, {name}, {id}",
        "FROM {id_2}",
        "LIMIT 5",
        '""").format(',
        '    id=sql.Identifier("id"),',
        '    name=sql.Identifier("class"),',
        '    id_2=sql.Identifier("public", "id"),',
        ")",
    ]


def test_a_text_is_written_otherwise() -> None:
    query = sql.SQL("SELECT * FROM ({}) AS q").format(sql.SQL("SELECT 'x'"))
    instead = {"SELECT 'x'": sql.SQL("SELECT {}").format(sql.Literal("x"))}
    assert "SELECT * FROM (SELECT {value}) AS q" in composing(query, instead)


def test_long_lists_are_broken(server: Server) -> None:
    names = [sql.Identifier(f"column_{number}") for number in range(200)]
    query = sql.SQL("SELECT {} FROM t").format(sql.SQL(", ").join(names))
    source = composing(query)
    assert max(map(len, source.splitlines())) < 80
    connection = connect(server.settings)
    again = eval(source, {"sql": sql})
    assert again.as_string(connection).split() == query.as_string(connection).split()
    connection.close()
