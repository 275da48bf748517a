"""Parameters of a user's statement, on a real server: their types, their values, and what stays behind."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import extensions as ext

from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.parameters import BoundValue, ParameterRefused, bind, bound_text, place, types
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.statements import check_strings
from tests.conftest import CreateDatabase
from tests.conftest import connect as connect_writing

SETUP = """
CREATE SCHEMA hidden;
CREATE TYPE hidden."Mood" AS ENUM ('sad', 'ok');
CREATE DOMAIN short AS varchar(3);
CREATE TABLE t (i int, b bigint, n numeric(5, 2), c char(3), v varchar(5), d date, tz timestamptz, a int[],
    j jsonb, m hidden."Mood", s short, bits bit(3), "Odd ""name" text, q "char");
INSERT INTO t (i, c, m) VALUES (1, 'abc', 'ok');
CREATE PROCEDURE p(i int) LANGUAGE sql AS 'SELECT 1';
"""


@pytest.fixture
def connection(database: ConnectionSettings) -> Iterator[Connection]:
    writing = connect_writing(database)
    with writing.cursor() as cursor:
        cursor.execute(SETUP)
    writing.close()
    opened = connect(database, "test")
    yield opened
    opened.close()


def ask(connection: Connection, statement: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)  # type: ignore[arg-type]
        return list(cursor.fetchall())


def left_behind(connection: Connection) -> list[tuple[object, ...]]:
    """Prepared statements, and relations that are locked."""
    return ask(
        connection,
        "SELECT name FROM pg_prepared_statements UNION ALL SELECT relation::regclass::text FROM pg_locks "
        "WHERE pid = pg_backend_pid() AND relation::regclass::text = 't'",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT 1", {}),
        (
            "SELECT * FROM t WHERE i = :i AND b < :'b' AND n > :n",
            {"i": "integer", "b": "bigint", "n": "numeric"},
        ),
        ("SELECT * FROM t WHERE c = :c AND v = :v", {"c": "bpchar", "v": "text"}),
        ("SELECT * FROM t WHERE d = :d AND tz > :d2", {"d": "date", "d2": "timestamp with time zone"}),
        ("SELECT * FROM t WHERE i = ANY (:a) AND j @> :j", {"a": "integer[]", "j": "jsonb"}),
        ("SELECT * FROM t WHERE m = :m", {"m": 'hidden."Mood"'}),
        ("SELECT * FROM t WHERE bits = :b AND q = :q", {"b": '"bit"', "q": '"char"'}),
        ("SELECT :x::int + :x, :y", {"x": "integer", "y": "text"}),
        ("SELECT * FROM t LIMIT :n OFFSET :n", {"n": "bigint"}),
        ("SELECT :a IS NULL, :b IS NULL, i = :c FROM t;", {"a": "text", "b": "text", "c": "integer"}),
        ("SELECT jsonb_build_object('é😀', :v), format('%s', :w) -- :x", {"v": "text", "w": "text"}),
        ("UPDATE t SET n = :n WHERE i = :i", {"n": "numeric", "i": "integer"}),
        ("INSERT INTO t (s, a) VALUES (:s, :a)", {"s": "short", "a": "integer[]"}),
        ("WITH x AS (DELETE FROM t WHERE i = :i RETURNING *) SELECT * FROM x", {"i": "integer"}),
        ("EXPLAIN (ANALYZE) SELECT * FROM t WHERE i = :i", {"i": "integer"}),
        ("EXPLAIN VERBOSE DELETE FROM t WHERE b = :b", {"b": "bigint"}),
        ("CALL p(:i)", {"i": "unknown"}),
        ("CREATE TABLE n AS SELECT :i", {"i": "unknown"}),
        ("SELECT 1 INTO n WHERE :i = 1", {"i": "unknown"}),
        ('SELECT :"c" FROM t WHERE i = :i', {"c": "name", "i": "unknown"}),
    ],
)
def test_the_types(connection: Connection, text: str, found: dict[str, str]) -> None:
    assert types(connection, text) == found
    assert connection.info.transaction_status in (ext.TRANSACTION_STATUS_INTRANS, ext.TRANSACTION_STATUS_IDLE)
    assert left_behind(connection) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT i FROM t WHERE i = :x OR v = :x", {"x": "unknown"}),
        ("SELECT i FROM t WHERE i = :x OR d = :x AND n = :y", {"x": "unknown", "y": "numeric"}),
        ("SELECT coalesce(:x, i), coalesce(:x, v), :y FROM t", {"x": "unknown", "y": "text"}),
        ("INSERT INTO t (i, v) VALUES (:x, :x)", {"x": "unknown"}),
        ("SELECT i FROM t WHERE i = :x AND b = :x", {"x": "integer"}),
    ],
)
def test_a_value_in_places_that_want_different_types(
    connection: Connection, text: str, found: dict[str, str]
) -> None:
    assert types(connection, text) == found
    assert left_behind(connection) == []
    values = [BoundValue(name, type_name, "7") for name, type_name in found.items()]
    if text.startswith("SELECT") and " d = " not in text:
        assert len(ask(connection, bound_text(connection, text, values))) <= 1


def test_what_else_is_wrong_is_told(connection: Connection) -> None:
    with pytest.raises(ParameterRefused) as caught:
        types(connection, "SELECT i FROM t WHERE i = :x OR v = :x OR nothing")
    assert "nothing" in str(caught.value)


def test_with_names_given(connection: Connection) -> None:
    text = 'SELECT :"c" FROM :"t" WHERE :"c" = :value AND i = :i'
    found = types(connection, text, {"c": 'Odd "name', "t": "t"})
    assert found == {"c": "name", "t": "name", "value": "text", "i": "integer"}


@pytest.mark.parametrize(
    ("text", "position", "state", "said"),
    [
        ("SELECT 'é東😀', :a + :b", 18, "42725", "not unique"),
        ("SELECT 'é', :long_name, oops FROM t", 25, "42703", '"oops"'),
        ("SELECT :a FROM nowhere", 16, "42P01", "nowhere"),
        ("EXPLAIN (COSTS) SELECT 'é', :a, oops FROM t", 33, "42703", '"oops"'),
        ("SELECT 'é', date :'d'", 18, "42601", "a value cannot stand here"),
        ("SELECT :a, oops oops oops", 22, "", '"oops"'),
        ("SELECT :a +", 12, "", "end of input"),
        ("SELECT :a; DROP TABLE t", 0, "", "2 statements"),
    ],
)
def test_what_is_wrong_is_in_the_users_text(
    connection: Connection, text: str, position: int, state: str, said: str
) -> None:
    ask(connection, "SELECT 1")
    with pytest.raises(ParameterRefused, match=said) as caught:
        types(connection, text)
    assert (caught.value.position, caught.value.sqlstate) == (position, state)
    assert connection.info.transaction_status == ext.TRANSACTION_STATUS_INTRANS
    assert left_behind(connection) == []


def test_a_cancelled_one_leaves_a_usable_transaction(
    connection: Connection, database: ConnectionSettings
) -> None:
    locking = connect_writing(database)
    locking.autocommit = False
    with locking.cursor() as cursor:
        cursor.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        ask(connection, "SET LOCAL statement_timeout = '100ms'; SELECT 1")
        with pytest.raises(ext.QueryCanceledError):
            types(connection, "SELECT * FROM t WHERE i = :i")
    locking.close()
    assert left_behind(connection) == []


def test_a_lost_connection_is_said_to_be_lost(connection: Connection, database: ConnectionSettings) -> None:
    ask(connection, "SELECT 1")
    killer = connect_writing(database)
    with killer.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
    killer.close()
    with pytest.raises(psycopg2.OperationalError):
        types(connection, "SELECT :a")
    assert connection.closed


VALUES = st.text(
    st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=20
) | st.sampled_from(["'", "\\", "'; DROP TABLE t; --", "\\'", '"', "%s", "%(x)s", "$$", ":a", "é東😀", "/*"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(value=VALUES, name=VALUES.filter(bool), unknown=st.booleans())
def test_values_and_names_arrive_as_they_are(
    connection: Connection, value: str, name: str, unknown: bool
) -> None:
    text = "SELECT :'v' AS :\"n\", :v IS NULL, ':v', E'\\':v'"
    kind = "unknown" if unknown else "text"
    name = name.encode()[:63].decode(errors="ignore")
    statement = bind(
        text, [BoundValue("v", kind, value), BoundValue("n", "name", name), BoundValue("x", "text", "")]
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.fetchall() == [(value, "f", ":v", "':v")]
        assert [column.name for column in cursor.description or ()][:1] == [name]


@pytest.mark.parametrize(
    ("text", "values", "rows"),
    [
        ("SELECT i FROM t WHERE c = :c", [("c", "bpchar", "abc")], [("1",)]),
        ("SELECT i FROM t WHERE m = :m", [("m", 'hidden."Mood"', "ok")], [("1",)]),
        (
            "SELECT :a IS NULL, :b::int[]",
            [("a", "text", None), ("b", "integer[]", "{1,2}")],
            [("t", "{1,2}")],
        ),
        ("SELECT i FROM t LIMIT :n", [("n", "bigint", "1")], [("1",)]),
        ("SELECT 1, :n-:n", [("n", "integer", "-2")], [("1", "0")]),
        ("SELECT date :'d'", [("d", "unknown", "2020-01-02")], [("2020-01-02",)]),
        (r"SELECT ('{1,2,3}'::int[])[1\:2]", [], [("{1,2}",)]),
    ],
)
def test_what_is_bound_runs(
    connection: Connection, text: str, values: list[tuple[str, str, str | None]], rows: list[tuple[str, ...]]
) -> None:
    assert ask(connection, bind(text, [BoundValue(*value) for value in values])) == rows


@pytest.mark.parametrize(
    ("before", "parameter", "after"),
    [
        *(("E", ":'v'", ""), ("'x'", ":'v'", ""), ("U&", ":'v'", ""), ('"x"', ':"v"', ""), ("$", ":v", "$")),
        *(
            ("B", ":'v'", ""),
            ("", ":'v'", "'x'"),
            ("", ':"v"', '"x"'),
            ("x", ":v", ""),
            ("x", ":v", "::text"),
        ),
    ],
)
def test_a_value_never_becomes_one_with_what_is_beside_it(
    connection: Connection, before: str, parameter: str, after: str
) -> None:
    for kind in ("text", "unknown"):
        bound = bound_text(connection, f"SELECT {before}{parameter}{after}", [BoundValue("v", kind, "a\\'b")])
        assert bound.startswith(f"SELECT {before} ") or not before
        assert bound.endswith(f" {after}") or not after


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (BoundValue("a", "text", "\0"), "NUL"),
        (BoundValue("b", "text", "1"), "a has no value"),
        (BoundValue("a", "text", "\udcff"), "no such character"),
    ],
)
def test_what_cannot_be_bound(connection: Connection, value: BoundValue, said: str) -> None:
    with pytest.raises(ParameterRefused, match=said) as caught:
        bound_text(connection, "SELECT 'é', :a", [value])
    assert caught.value.position == 13


def test_a_name_cannot_be_empty() -> None:
    for nothing in ("", None):
        with pytest.raises(ParameterRefused, match="cannot be empty"):
            bind('SELECT :"a"', [BoundValue("a", "name", nothing)])


def test_any_byte_goes_to_a_server_without_an_encoding(create_database: CreateDatabase) -> None:
    connection = connect(create_database("SQL_ASCII"), "test")
    assert types(connection, "SELECT :a || 'é'") == {"a": "text"}
    assert ask(connection, bind("SELECT :a", [BoundValue("a", "text", "\udcff")])) == [("\udcff",)]
    connection.close()


def test_positions_are_mapped_back(connection: Connection) -> None:
    text = "SELECT 'é😀', :a + :'long_name', x:b\\:oops"
    values = [
        BoundValue("a", "integer", "1234567"),
        BoundValue("long_name", "text", "'"),
        BoundValue("b", "text", None),
    ]
    bound = bound_text(connection, text, values)
    for word in ("SELECT", "'é😀'", "+ ", ", x", "oops"):
        assert place(connection, text, values, bound.index(word) + 1) == text.index(word) + 1
    assert place(connection, text, values, bound.index("1234567") + 1) == text.index(":a") + 1
    assert place(connection, text, values, bound.index("NULL") + 1) == text.index(":b") + 1
    assert place(connection, text, values, len(bound) + 1) == len(text) + 1
    assert place(connection, text, values, 0) == 0


def test_nothing_is_sent_to_a_server_that_reads_strings_in_another_way(connection: Connection) -> None:
    check_strings(connection)
    ask(connection, "SELECT set_config('standard_conforming_strings', 'off', true)")
    with pytest.raises(Refused, match="standard_conforming_strings"):
        types(connection, "SELECT :a")
    connection.rollback()
    check_strings(connection)
