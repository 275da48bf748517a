"""Rows of a query by number: whatever is read in whatever order, they are the rows of that number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from pgmem_tui.paging.sources import Progress, Stopped
from pgmem_tui.paging.sources import query_cursor as query_cursor_module
from pgmem_tui.paging.sources.query_cursor import QueryCursor
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.server_cursor import ServerCursor
from pgmem_tui.postgres.wire import StatementReport
from tests.conftest import Server

BATCH = 8
"""Sizes near multiples of it are where an end can be missed or seen twice."""


@pytest.fixture(scope="module")
def sent() -> list[StatementReport]:
    """All that the connection has sent about cursors."""
    return []


@pytest.fixture(scope="module")
def connection(server: Server, sent: list[StatementReport]) -> Iterator[Connection]:
    opened = connect(server.settings, "test", lambda report: sent.append(report) if report.cursor else None)
    yield opened
    opened.close()


@pytest.fixture
def reports(sent: list[StatementReport]) -> list[StatementReport]:
    sent.clear()
    return sent


def source(connection: Connection, rows: int, query: str = "") -> QueryCursor:
    text = query or f"SELECT i FROM generate_series(1, {rows}) AS i"
    opened = QueryCursor(ServerCursor(connection, "c", sql.SQL(text)))
    opened.open()
    return opened


def on(row: int, goal: int) -> None:
    """Go on."""


def end_of(rows: QueryCursor, progress: Progress) -> int | None:
    """Go to the end; the number of rows."""
    last = rows.read_end(3, progress)
    assert last.first + len(last.rows) == rows.row_count
    return rows.row_count


READS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 3 * BATCH), st.integers(1, BATCH + 1)),
        st.tuples(st.integers(0, 2000), st.just(BATCH)),
        st.just("end"),
        st.just("next"),
        st.just("previous"),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    total=st.one_of(
        st.sampled_from([0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 3 * BATCH]), st.integers(0, 1500)
    ),
    reads=READS,
    kind=st.sampled_from(["function", "table", "sorted"]),
)
def test_any_reads_in_any_order(
    connection: Connection, total: int, reads: list[tuple[int, int] | str], kind: str
) -> None:
    query = {
        "function": f"SELECT i FROM generate_series(1, {total}) AS i",
        "table": f"SELECT row_number() OVER () FROM pg_attribute LIMIT {total}",
        "sorted": f"SELECT i FROM generate_series(1, {total}) AS i ORDER BY i",
    }[kind]
    rows, count_known = source(connection, total, query), False
    first, count = 0, BATCH
    for read in reads:
        if read == "end":
            assert end_of(rows, on) == total
            count_known = True
            continue
        if read == "next":
            first += count
        elif read == "previous":
            first = max(0, first - count)
        elif not isinstance(read, str):
            first, count = read
        found = rows.read(first, count, on).rows
        expected = [(str(number + 1),) for number in range(first, min(first + count, total))]
        assert found == expected
        count_known = count_known or len(expected) < count
        assert rows.row_count == (total if count_known else None)
    connection.rollback()


def test_in_order_it_only_fetches(connection: Connection, reports: list[StatementReport]) -> None:
    rows = source(connection, 100)
    for first in range(0, 100, 10):
        rows.read(first, 10, on)
    assert [report.kind for report in reports] == ["DECLARE"] + ["FETCH"] * 10
    connection.rollback()


def test_once_the_end_is_known_nothing_is_asked_beyond_it(
    connection: Connection, reports: list[StatementReport]
) -> None:
    rows = source(connection, 25)
    assert len(rows.read(0, 100, on).rows) == 25
    sent = len(reports)
    assert rows.read(25, 10, on).rows == rows.read(1000, 10, on).rows == []
    assert rows.row_count == 25
    assert len(reports) == sent
    assert rows.read(20, 10, on).rows == [(str(number),) for number in range(21, 26)]
    assert reports[-1].sql == 'FETCH FORWARD 5 FROM "c"'
    connection.rollback()


def test_a_long_walk_goes_in_strides_with_progress(
    connection: Connection, reports: list[StatementReport]
) -> None:
    rows = source(connection, 0, "SELECT generate_series(1, 3000000)")
    seen: list[tuple[int, int]] = []
    assert rows.read(2_500_000, 1, lambda row, goal: seen.append((row, goal))).rows == [("2500001",)]
    assert {goal for _, goal in seen} == {2_500_000}
    reached = [row for row, _ in seen]
    assert reached == sorted(reached) and reached[-1] == 2_500_000
    assert len(reached) > 2
    longest = max(report.seconds for report in reports if report.kind == "MOVE")
    assert longest < 1.0, "this long nobody could stop it without losing the cursor"
    connection.rollback()


def test_a_walk_can_be_stopped_and_the_cursor_goes_on_from_there(
    connection: Connection, reports: list[StatementReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_cursor_module, "FIRST_STRIDE", 1000)
    rows = source(connection, 100_000)

    def stop(row: int, goal: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        rows.read(90_000, 10, stop)
    assert rows.cursor.position == 1000
    with pytest.raises(Stopped):
        end_of(rows, stop)
    assert rows.row_count is None
    assert rows.read(500, 1, on).rows == [("501",)]
    assert rows.read(90_000, 1, on).rows == [("90001",)]
    assert end_of(rows, on) == 100_000
    connection.rollback()
