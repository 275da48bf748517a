"""A named cursor: where it stands, what it says, what it sends."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2 import errors, sql

from pgmem_tui.postgres import server_cursor
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.cursor_operation import LARGEST_COUNT, parse
from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.server_cursor import ServerCursor
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import MEASURED_ROWS, StatementReport, measure


@pytest.fixture
def connection(database: ConnectionSettings, reports: list[StatementReport]) -> Iterator[Connection]:
    opened = connect(database, "test", lambda report: reports.append(report) if report.cursor else None)
    yield opened
    opened.close()


@pytest.fixture
def reports() -> list[StatementReport]:
    return []


def declared(connection: Connection, rows: int, name: str = "c") -> ServerCursor:
    query = sql.SQL("SELECT i FROM generate_series(1, {}) AS i").format(sql.Literal(rows))
    cursor = ServerCursor(connection, name, query)
    cursor.declare()
    return cursor


def numbers(rows: list[Row]) -> list[int]:
    return [int(row[0] or "") for row in rows]


def test_it_is_a_scroll_cursor_without_hold(connection: Connection) -> None:
    cursor = declared(connection, 3)
    assert (cursor.scrollable, cursor.withhold, cursor.position, cursor.row_count) == (True, False, 0, None)
    assert not cursor.description
    with connection.cursor() as other:
        other.execute("SELECT name, is_holdable, is_scrollable FROM pg_cursors")
        assert other.fetchall() == [("c", "f", "t")]
    cursor.fetch(1)
    assert [column.name for column in cursor.description] == ["i"]


def test_positions_are_the_servers(connection: Connection) -> None:
    cursor = declared(connection, 10)
    assert numbers(cursor.fetch(4)) == [1, 2, 3, 4]
    assert (cursor.position, cursor.row_count) == (4, None)
    cursor.move_to(1)
    assert numbers(cursor.fetch(2)) == [2, 3]
    assert cursor.move_forward(5) == 5
    assert (cursor.position, cursor.row_count) == (8, None)
    assert numbers(cursor.fetch(2)) == [9, 10]
    assert (cursor.position, cursor.row_count) == (10, None)
    assert cursor.fetch(2) == []
    assert (cursor.position, cursor.row_count) == (11, 10)
    assert cursor.fetch(1) == []
    assert (cursor.position, cursor.row_count) == (11, 10)
    assert cursor.move_forward(1) == 0
    cursor.move_to(9)
    assert numbers(cursor.fetch(5)) == [10]
    assert (cursor.position, cursor.row_count) == (11, 10)
    cursor.move_to(0)
    assert numbers(cursor.fetch(1)) == [1]


def test_a_move_to_the_end_tells_the_count(connection: Connection) -> None:
    cursor = declared(connection, 10)
    assert cursor.move_forward(LARGEST_COUNT) == 10
    assert (cursor.position, cursor.row_count) == (11, 10)


def test_back_to_a_place_too_far_for_move_absolute(
    connection: Connection, reports: list[StatementReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if an int4 ended at 10: nobody waits for 2,147,483,647 rows here."""
    monkeypatch.setattr(server_cursor, "LARGEST_COUNT", 10)
    cursor = declared(connection, 100)
    for _ in range(11):
        cursor.move_forward(10)
    for position in (57, 12, 11, 10, 3, 0):
        cursor.move_to(position)
        assert (cursor.position, numbers(cursor.fetch(1))) == (position, [position + 1])
    counts = [int(report.sql.split()[2]) for report in reports if report.kind == "MOVE"]
    assert max(counts) == 10


def test_an_empty_result(connection: Connection) -> None:
    cursor = declared(connection, 0)
    assert cursor.fetch(5) == []
    assert (cursor.position, cursor.row_count) == (1, 0)


def test_every_statement_is_reported(connection: Connection, reports: list[StatementReport]) -> None:
    cursor = declared(connection, 10, 'odd "name" %s')
    cursor.fetch(3)
    cursor.move_forward(2)
    cursor.move_to(1)
    cursor.close()
    name = '"odd ""name"" %s"'
    assert [(report.kind, report.sql) for report in reports] == [
        (
            "DECLARE",
            f"DECLARE {name} SCROLL CURSOR WITHOUT HOLD FOR SELECT i FROM generate_series(1, 10) AS i",
        ),
        ("FETCH", f"FETCH FORWARD 3 FROM {name}"),
        ("MOVE", f"MOVE FORWARD 2 FROM {name}"),
        ("MOVE", f"MOVE ABSOLUTE 1 FROM {name}"),
        ("CLOSE", f"CLOSE {name}"),
    ]
    assert [(report.before, report.after) for report in reports] == [(0, 0), (0, 3), (3, 5), (5, 1), (1, 1)]
    fetch = reports[1]
    assert (fetch.rows, fetch.nbytes, fetch.exact, fetch.error) == (3, 3, True, "")
    assert {report.cursor for report in reports} == {'odd "name" %s'}
    assert all(report.seconds > 0 for report in reports)


def test_an_error_is_reported_with_its_state(connection: Connection, reports: list[StatementReport]) -> None:
    query = sql.SQL("SELECT 1 / (2 - i) FROM generate_series(1, 3) AS i")
    cursor = ServerCursor(connection, "c", query)
    cursor.declare()
    with pytest.raises(errors.DivisionByZero):
        cursor.fetch(3)
    assert (reports[-1].kind, reports[-1].error, reports[-1].rows) == ("FETCH", "22012", 0)
    cursor.close()
    assert reports[-1].kind == "FETCH", "nothing was sent into an aborted transaction"


def test_close_does_nothing_where_there_is_nothing(
    connection: Connection, reports: list[StatementReport]
) -> None:
    never = ServerCursor(connection, "never", sql.SQL("SELECT 1"))
    never.close()
    after_rollback = declared(connection, 3, "a")
    connection.rollback()
    after_rollback.close()
    twice = declared(connection, 3, "b")
    twice.close()
    twice.close()
    after_the_end = declared(connection, 3, "d")
    connection.close()
    after_the_end.close()
    assert [report.kind for report in reports] == ["DECLARE", "DECLARE", "CLOSE", "DECLARE"]


def test_a_cursor_of_an_ended_transaction_is_gone(
    connection: Connection, reports: list[StatementReport]
) -> None:
    cursor = declared(connection, 3)
    connection.rollback()
    with pytest.raises(psycopg2.Error):
        cursor.fetch(1)
    assert [report.kind for report in reports] == ["DECLARE"], "psycopg2 knows, and does not ask"


def test_two_cursors_share_a_snapshot(connection: Connection) -> None:
    one, two = declared(connection, 5, "one"), declared(connection, 5, "two")
    one.fetch(2)
    assert numbers(two.fetch(2)) == [1, 2]
    assert numbers(one.fetch(2)) == [3, 4]


@pytest.mark.parametrize(
    ("rows", "nbytes"),
    [
        ([], 0),
        ([()], 0),
        ([("abc", None, "")], 3),
        ([("é東😀",), ("a",)], 10),
        ([("\udc80",)], 3),
    ],
)
def test_measured_bytes_are_those_of_the_values(rows: list[Row], nbytes: int) -> None:
    assert measure(rows) == (nbytes, True)


def test_a_large_batch_is_measured_on_a_sample() -> None:
    rows: list[Row] = [("ab", None)] * (MEASURED_ROWS * 10 + 1)
    assert measure(rows[:MEASURED_ROWS]) == (2 * MEASURED_ROWS, True)
    assert measure(rows) == (2 * len(rows), False)


def test_rows_that_come_by_hand_have_bytes(connection: Connection, reports: list[StatementReport]) -> None:
    cursor = declared(connection, 100)
    cursor.move_forward(20)
    cursor.operate(parse("FETCH BACKWARD 10"))
    cursor.operate(parse("MOVE 5"))
    fetched, moved = reports[-2:]
    assert (fetched.rows, fetched.nbytes, fetched.exact) == (10, 20, True), "19 to 10"
    assert moved.nbytes == 0
