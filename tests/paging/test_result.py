"""What is known of a result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgmem_tui.paging.events import Opened, PageRead
from pgmem_tui.paging.result import Result
from pgmem_tui.paging.window import make_page
from pgmem_tui.postgres.relation import Column, Relation

COLUMNS = (Column("id", "integer", 23, 4),)
RELATION = Relation(1, "public", "t", "r", COLUMNS, estimated_rows=1000)
OPENED = Opened(1, RELATION, COLUMNS, 256, "query cursor", 1000)


@pytest.fixture
def result() -> Result:
    result = Result(1, 10**6)
    result.opened(OPENED)
    return result


def take(result: Result, first: int, count: int, row_count: int | None = None) -> None:
    rows = [(str(number),) for number in range(first, first + count)]
    result.take(make_page(first, rows), row_count, (first, first + 1))


def test_an_estimate_until_the_end_was_seen(result: Result) -> None:
    assert result.extent(50) == 1000
    take(result, 0, 100)
    assert (result.extent(50), result.seen, result.row_count) == (1000, 100, None)
    take(result, 990, 100)
    assert result.extent(50) == 1090 + 50
    take(result, 1090, 10, row_count=1100)
    assert result.extent(50) == 1100


def test_a_result_smaller_than_estimated(result: Result) -> None:
    take(result, 0, 3, row_count=3)
    assert result.extent(50) == 3


def test_without_an_estimate_there_is_always_some_more_to_scroll_to(result: Result) -> None:
    result.opened(replace(OPENED, relation=None, estimate=-1))
    assert result.extent(50) == 50
    take(result, 0, 100)
    assert result.extent(50) == 150
    take(result, 100, 0, row_count=100)
    assert result.extent(50) == 100


def test_an_empty_page_far_away_is_no_row_seen(result: Result) -> None:
    take(result, 5000, 0, row_count=10)
    assert (result.seen, result.row_count, result.extent(50)) == (0, 10, 10)


def test_the_count_is_what_the_source_says_last(result: Result) -> None:
    take(result, 990, 10, row_count=1000)
    take(result, 0, 10)
    assert result.row_count is None, "rows from the beginning say nothing of an end that was estimated"


def test_renumbered_rows_stay_held(result: Result) -> None:
    take(result, 500, 10)
    page = make_page(460, [("x",)] * 10)
    result.renumbered(PageRead(1, page, None, exact=True, shift=-30, epoch=1))
    assert (result.row(470), result.row(480), result.seen) == (("500",), None, 480)
    result.take(page, None, (460, 470))
    assert result.missing(460, 480) is None


def test_a_new_run_forgets_the_old_one(result: Result) -> None:
    take(result, 0, 10)
    result.renumbered(PageRead(1, make_page(700, []), None, exact=False, restarted=True, epoch=1))
    assert (result.row(0), result.exact, result.epoch, result.seen) == (None, False, 1, 0)


def test_nothing_is_missing_outside_the_result(result: Result) -> None:
    assert result.missing(-20, 30) == (0, 30)
    take(result, 0, 10, row_count=15)
    assert result.missing(0, 100) == (10, 15)
    assert result.missing(15, 100) is None
    assert result.missing(200, 100) is None


def test_a_new_snapshot_forgets_what_the_old_one_told(result: Result) -> None:
    take(result, 0, 10, row_count=10)
    result.opened(replace(OPENED, refreshed="released while idle", cell_limit=16))
    assert (result.row_count, result.seen, result.row(0), result.cell_limit) == (None, 0, None, 16)
