"""Operations as they are written, and where a cursor stands after them: as the server has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.cursor_operation import UNKNOWN, Operation, Verb, Way, completed, parse
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.server_cursor import ServerCursor
from tests.conftest import Server


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[Connection]:
    opened = connect(server.settings, "test")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("FETCH FORWARD 10", 'FETCH FORWARD 10 FROM "c"'),
        ("fetch 5;", 'FETCH FORWARD 5 FROM "c"'),
        ("fetch", 'FETCH FORWARD 1 FROM "c"'),
        ("Fetch all", 'FETCH FORWARD ALL FROM "c"'),
        ("MOVE  BACKWARD\tALL", 'MOVE BACKWARD ALL FROM "c"'),
        ("move relative -3", 'MOVE RELATIVE -3 FROM "c"'),
        ("FETCH ABSOLUTE 0", 'FETCH ABSOLUTE 0 FROM "c"'),
        ("MOVE LAST", 'MOVE LAST FROM "c"'),
        ("fetch prior", 'FETCH PRIOR FROM "c"'),
        (" close ", 'CLOSE "c"'),
    ],
)
def test_what_is_written_is_what_is_sent(connection: Connection, text: str, sent: str) -> None:
    assert parse(text).statement("c").as_string(connection) == sent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FETCH FROM x",
        "FETCH 1; DROP TABLE t",
        "DECLARE c CURSOR FOR SELECT 1",
        "FETCH LAST 3",
        "FETCH ABSOLUTE",
        "MOVE RELATIVE ALL",
        "FETCH 2147483648",
        "FETCH ٣",
        "CLOSE ALL",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)


COUNTS = st.one_of(st.integers(-3, 3), st.integers(-30, 30))
OPERATIONS = st.one_of(
    st.builds(
        lambda verb, way, count: parse(f"{verb} {way} {count}"),
        st.sampled_from(["FETCH", "MOVE"]),
        st.sampled_from(["FORWARD", "BACKWARD", "RELATIVE", "ABSOLUTE"]),
        COUNTS,
    ),
    st.sampled_from(["FETCH NEXT", "FETCH PRIOR", "FETCH FIRST", "MOVE LAST", "FETCH LAST"]).map(parse),
    st.sampled_from(["MOVE ALL", "FETCH BACKWARD ALL"]).map(parse),
)


def _where(connection: Connection, cursor: ServerCursor, total: int) -> int:
    """Where the server has it: how many rows are before it says a MOVE BACKWARD ALL; then it goes back."""
    with connection.cursor() as other:
        name = sql.Identifier(cursor.name)
        other.execute(sql.SQL("MOVE FORWARD 0 FROM {}").format(name))
        on_row = other.statusmessage == "MOVE 1"
        other.execute(sql.SQL("MOVE BACKWARD ALL FROM {}").format(name))
        before = int((other.statusmessage or "").split()[-1])
        position = before + on_row
        if not on_row and before:
            assert before == total
            position = total + 1
            other.execute(sql.SQL("MOVE FORWARD ALL FROM {}").format(name))
        elif position:
            other.execute(sql.SQL("MOVE ABSOLUTE {} FROM {}").format(sql.Literal(position), name))
        return position


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(total=st.integers(0, 12), operations=st.lists(OPERATIONS, max_size=12), counted=st.booleans())
def test_it_stands_where_the_server_has_it(
    connection: Connection, total: int, operations: list[Operation], counted: bool
) -> None:
    query = sql.SQL("SELECT i FROM generate_series(1, {}) AS i").format(sql.Literal(total))
    cursor = ServerCursor(connection, "c", query)
    cursor.declare()
    cursor.row_count = total if counted else None
    for operation in operations:
        got, rows = cursor.operate(operation)
        assert cursor.row_count in (None, total)
        where = _where(connection, cursor, total)
        if cursor.position != UNKNOWN:
            # An empty result has nothing that tells before it from after it.
            assert cursor.position == where or (not total and where == 0)
        else:
            assert cursor.row_count is None
        if operation.verb is Verb.FETCH:
            assert len(rows) == got <= operation.most
            if got and cursor.position not in (UNKNOWN, 0, total + 1) and operation.way is not Way.RELATIVE:
                assert rows[-1] == (str(cursor.position),)
    cursor.close()
    connection.rollback()


@pytest.mark.parametrize(
    ("offered", "text", "meant"),
    [
        ("FETCH FORWARD 10", "5", "FETCH FORWARD 5"),
        ("FETCH RELATIVE 100", " -5 ", "FETCH RELATIVE -5"),
        ("FETCH ABSOLUTE 1", "+7", "FETCH ABSOLUTE +7"),
        ("FETCH ", "5", "FETCH 5"),
        ("FETCH LAST", "5", "FETCH LAST 5"),
        ("FETCH FORWARD 10", "MOVE LAST", "MOVE LAST"),
        ("FETCH FORWARD 10", "5 5", "5 5"),
        ("FETCH FORWARD 10", "", ""),
    ],
)
def test_a_bare_number_is_the_count_of_what_was_offered(offered: str, text: str, meant: str) -> None:
    assert completed(offered, text) == meant


def test_close_is_sent_once(connection: Connection) -> None:
    cursor = ServerCursor(connection, "c", sql.SQL("SELECT 1"))
    cursor.declare()
    assert not cursor.closed
    cursor.operate(parse("CLOSE"))
    assert cursor.closed
    cursor.close()
    with connection.cursor() as other:
        other.execute("SELECT count(*) FROM pg_cursors")
        assert other.fetchone() == ("0",)
    connection.rollback()
