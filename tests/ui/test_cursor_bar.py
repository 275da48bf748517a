"""The rows of a result to scale: one idea of how many there are, and of where the cursor stands."""

from __future__ import annotations

from pgmem_tui.paging.result import Result
from pgmem_tui.paging.window import Page
from pgmem_tui.ui.cursor_bar import Standing, lines


def result(rows: int, estimate: int, row_count: int | None = None) -> Result:
    """A result of which the first rows are held."""
    made = Result(1, 2**20)
    made.estimate = estimate
    made.take(Page(0, [("x",)] * rows, 100 * rows), row_count, (0, rows))
    return made


def drawn(of: Result, standing: Standing, planned: int = -1, width: int = 60) -> tuple[str, str, str, str]:
    """How many there are, and the three lines below it."""
    (_, total), (screen, _), (bar, _), (cursor, _) = lines(of, 0, standing, planned, width)
    return total, screen, bar, cursor


def test_an_estimate_is_said_to_be_one() -> None:
    assert drawn(result(74, 36_094), Standing())[0] == "of ≈36.1k"
    assert drawn(result(74, 36_094, 74), Standing())[0] == "of 74"


def test_a_length_that_nobody_knows() -> None:
    standing = Standing("pgmem_1", 74, None, 74)
    total, _, bar, cursor = drawn(result(74, -1), standing)
    assert total == "of ?" and bar.endswith("·")
    assert cursor.index("▲") < 59
    total, _, bar, cursor = drawn(result(74, -1), standing, planned=19_700)
    assert total == "of ≈19.7k" and bar.endswith("·" * 50)
    assert cursor.index("▲") < 2
    assert drawn(result(74, -1), standing, planned=10)[0] == "of ?", "more were seen than planned"


def test_a_cursor_stands_on_a_row_or_before_or_after_all() -> None:
    assert "▲ the cursor, on row 30" in drawn(result(74, -1), Standing("c", 30, None, 30))[3]
    assert drawn(result(10, -1, 10), Standing("c", 10, None, 10), width=10)[3].index("▲") == 9
    assert "▲ the cursor, before its first row" in drawn(result(74, -1), Standing("c", 0, None, 0))[3]
    ended = drawn(result(74, -1, 74), Standing("c", 75, 74, 75))[3]
    assert ended.endswith("the cursor, after its last row, 74 ▲") and len(ended) == 60
    assert drawn(result(74, -1), Standing("c", -1))[3].startswith("the cursor, row ?: the server tells no")


def test_of_no_rows() -> None:
    total, screen, bar, cursor = drawn(result(0, 0, 0), Standing("c", 1, 0, 1))
    assert total == "of 0" and screen == "no rows" and not bar.strip()
    assert cursor == "▲ the cursor, at its end: it has no rows"
