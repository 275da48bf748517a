"""What completion writes parses, and means what was meant: hostile names, on a real server.

Each table has one row; each of its columns holds its own name. So what a text refers to is what it returns.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pglast import keywords
from psycopg2 import sql

from pgmem_tui.paging.completing import Suggestion, SuggestionKind
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect as connect_writing
from tests.paging.completion import Answer, between, complete, read, tables

HOSTILE = [
    *(
        "Odd Name",
        '"',
        '""',
        "'",
        "';--",
        "a\nb",
        "\n",
        "\x1b[31m",
        "\x01",
        "\x7f",
        "a.b",
        ".",
        "(",
        "x)",
        "--",
    ),
    *(
        "/*",
        "%s",
        "%(name)s",
        "{}",
        "\\",
        "U&\\0061",
        " ",
        " a ",
        "select",
        "SELECT",
        "Select",
        "user",
        "left",
    ),
    *(
        "char",
        "été",
        "Été",
        "東京",
        "\u202e",
        "\u200b",
        "😀",
        "a$b",
        "$1",
        "$$",
        ":a",
        "1a",
        "_",
        "a" * 63,
        "ß",
    ),
    *(
        "é" * 31,
        "İ",
        "old",
        "new",
        "excluded",
        "set",
        "values",
        "nulls",
        "over",
        "row",
        "[bold]x[/]",
        "a\tb",
        ";",
    ),
]
SYSTEM = ("ctid", "tableoid", "xmin", "xmax", "cmin", "cmax")
"""Columns that every table has."""
NAMES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=15),
    st.text("\"'.;$-/*\\ aAé\n", min_size=1, max_size=12),
).filter(lambda name: len(name.encode()) <= 63 and name not in SYSTEM and not name.startswith("pg_"))
ALL_KEYWORDS = sorted(
    keywords.RESERVED_KEYWORDS
    | keywords.COL_NAME_KEYWORDS
    | keywords.TYPE_FUNC_NAME_KEYWORDS
    | keywords.UNRESERVED_KEYWORDS
)


@pytest.fixture(scope="module")
def writing(module_database: ConnectionSettings) -> Iterator[Connection]:
    connection = connect_writing(module_database)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def connection(module_database: ConnectionSettings) -> Iterator[Connection]:
    opened = connect(module_database, "catalog")
    yield opened
    opened.close()


def one(answer: Answer, label: str, *kinds: SuggestionKind, detail: str = "") -> Suggestion:
    found = [each for each in answer.suggestions if each.label == label and each.kind in kinds]
    found = [each for each in found if each.detail == detail] if detail else found
    assert len(found) == 1, (answer.text, label, answer.suggestions[:5])
    return found[0]


def typed(name: str, length: int) -> str:
    """The beginning of a name, as one types it in quotes."""
    return '"' + name[:length].replace('"', '""')


SOME = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SOME
@given(schema=NAMES, name=NAMES, columns=st.lists(NAMES, min_size=1, max_size=3, unique=True), data=st.data())
def test_a_table_and_its_columns(
    connection: Connection,
    writing: Connection,
    schema: str,
    name: str,
    columns: list[str],
    data: st.DataObject,
) -> None:
    if schema.startswith("pg_") or schema in ("information_schema", "public"):
        return
    place = data.draw(st.sampled_from([schema, "public"]))
    length = data.draw(st.integers(min_value=0, max_value=len(name)))
    kept = data.draw(st.sampled_from(columns))
    with tables(writing, place, (name, tuple(columns))):
        written = ""
        for before in ("", typed(name, length)):
            answer = between(connection, f"SELECT * FROM {before}")
            text = answer.taken(one(answer, name, SuggestionKind.TABLE, detail=place))
            assert read(connection, text) == [tuple(columns)]
            written = text.removeprefix("SELECT * FROM ")
        for before, behind in (
            ("SELECT ", f" FROM {written} AS t"),
            ("SELECT t.", f" FROM {written} AS t"),
            (f"SELECT {typed(kept, length)}", f" FROM {written} AS t"),
            (f"SELECT 1 FROM {written} UNION ALL SELECT ", f" FROM {written}"),
            (f"WITH w AS (SELECT * FROM {written}) SELECT ", " FROM w"),
        ):
            if before.startswith('SELECT "') and "\n" in written:
                continue  # Both readings may be whole: then the quotes in the line decide, and it ends here.
            answer = between(connection, before, behind)
            text = answer.taken(one(answer, kept, SuggestionKind.COLUMN)).replace("SELECT 1", "SELECT ''")
            assert read(connection, text)[-1] == (kept,), text


@SOME
@given(name=NAMES, column=NAMES, alias=NAMES, other=NAMES)
def test_ambiguous_columns_are_qualified(
    connection: Connection, writing: Connection, name: str, column: str, alias: str, other: str
) -> None:
    if alias == other or alias in ("a", "b"):
        return
    with tables(writing, "public", (name, (column,))):
        table = sql.Identifier("public", name).as_string(connection)
        first, second = (sql.Identifier(each).as_string(connection) for each in (alias, other))
        values = f"(SELECT 'second' AS {sql.Identifier(column).as_string(connection)}) AS {second}"
        connection.rollback()
        answer = between(connection, "SELECT ", f" FROM {table} AS {first}, {values}")
        assert read(connection, answer.taken(one(answer, f"{alias}.{column}", SuggestionKind.COLUMN))) == [
            (column,)
        ]
        assert read(connection, answer.taken(one(answer, f"{other}.{column}", SuggestionKind.COLUMN))) == [
            ("second",)
        ]


@SOME
@given(
    parent=NAMES,
    child=NAMES,
    columns=st.lists(NAMES, min_size=2, max_size=2, unique=True),
    named=st.booleans(),
)
def test_joins_of_hostile_tables(
    connection: Connection, writing: Connection, parent: str, child: str, columns: list[str], named: bool
) -> None:
    if parent == child:
        return
    key = sql.SQL(", ").join(map(sql.Identifier, columns))
    with tables(writing, "public", (parent, tuple(columns)), (child, tuple(columns))):
        with writing.cursor() as cursor:
            for statement in (
                "ALTER TABLE {parent} ADD UNIQUE ({key})",
                "ALTER TABLE {child} ADD FOREIGN KEY ({key}) REFERENCES {parent} ({key})",
            ):
                cursor.execute(
                    sql.SQL(statement).format(
                        parent=sql.Identifier(parent), child=sql.Identifier(child), key=key
                    )
                )
        for one_table, two in ((parent, child), (child, parent)):
            first, second = (
                sql.Identifier("public", each).as_string(connection) for each in (one_table, two)
            )
            connection.rollback()
            alias = " AS b" if named else ""
            joined = between(connection, f"SELECT * FROM {first} JOIN {second}{alias} ON ")
            (condition,) = joined.inserts(SuggestionKind.CONDITION)
            written = between(connection, f"SELECT * FROM {first}{alias} JOIN ")
            (join,) = [each for each in written.suggestions if each.kind is SuggestionKind.JOIN]
            for text in (f"SELECT * FROM {first} JOIN {second}{alias} ON {condition}", written.taken(join)):
                assert read(connection, text) == [tuple(columns) * 2], text


def test_every_key_word_can_be_a_name(connection: Connection, writing: Connection, server: object) -> None:
    known = known_to_the_server(connection)
    words = [word for word in ALL_KEYWORDS if word in known]
    with tables(writing, "public", ("words", tuple(words)), *((word, ("x",)) for word in words[::7])):
        for word in words:
            for marked in (
                f"SELECT {word}^ FROM words",
                f"SELECT w.{word}^ FROM words AS w",
                f"SELECT max({word}^) FROM words",
                f'SELECT "{word}" FROM words WHERE "{word}" <> \'\' ORDER BY {word}^',
            ):
                answer = complete(connection, marked)
                found = [
                    each
                    for each in answer.suggestions
                    if each.label in (word, f"words.{word}")
                    and each.kind in (SuggestionKind.COLUMN, SuggestionKind.OUTPUT)
                ]
                assert read(connection, answer.taken(found[0])) == [(word,)], answer.taken(found[0])
        for word in words[::7]:
            answer = complete(connection, f'SELECT * FROM "{word}^')
            assert read(connection, answer.taken(one(answer, word, SuggestionKind.TABLE))) == [("x",)]


def known_to_the_server(connection: Connection) -> set[str]:
    """Its key words: one that is new later needs no quotes in it, but pglast is of a later version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM pg_get_keywords()")
        words = {word for (word,) in cursor.fetchall()}
    connection.rollback()
    return words


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ('SELECT c, ^"A b" FROM "Odd"', 'SELECT c, "A b" FROM "Odd"'),
        ('SELECT 1 &A^ FROM "Odd"', 'SELECT 1 & "A b" FROM "Odd"'),
        ("SELECT A^'' FROM \"Odd\"", 'SELECT "A b" \'\' FROM "Odd"'),
        ('SELECT "A^ bold" FROM "Odd"', 'SELECT "A b" FROM "Odd"'),
        ('SELECT "A^ FROM "Odd"', 'SELECT "A b" FROM "Odd"'),
        ('SELECT "A^\nb" FROM "Odd"', 'SELECT "A b" FROM "Odd"'),
        (
            'SELECT "A^ FROM (SELECT 1 AS "x\ny", * FROM "Odd") AS o',
            'SELECT "A b" FROM (SELECT 1 AS "x\ny", * FROM "Odd") AS o',
        ),
    ],
)
def test_what_is_replaced_and_kept_apart(
    connection: Connection, writing: Connection, marked: str, text: str
) -> None:
    with tables(writing, "public", ("Odd", ("A b", "c"))):
        answer = complete(connection, marked)
        assert answer.taken(one(answer, "A b", SuggestionKind.COLUMN)) == text
