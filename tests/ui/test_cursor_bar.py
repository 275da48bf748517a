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
