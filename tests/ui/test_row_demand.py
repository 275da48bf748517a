"""Which rows a grid asks for, and that it asks for none twice."""

from __future__ import annotations

from pgmem_tui.paging.result import Result
from pgmem_tui.paging.window import make_page
from pgmem_tui.ui.widgets.row_demand import RowDemand, Wanted

BODY = 10


def result(*held: tuple[int, int], count: int | None = None) -> Result:
    """A result with rows [first, end) held, and as many as `count` known."""
    found = Result(0, 2**20)
    for first, end in held:
        found.take(make_page(first, [(str(n),) for n in range(first, end)]), count, (first, end))
    return found


def test_what_is_on_the_screen_comes_first_and_once() -> None:
    demand, rows = RowDemand(), result((0, 5))
    assert demand.wanted(rows, 0, BODY) == Wanted(5, 10, False)
    assert demand.wanted(rows, 0, BODY) is None
    demand.answered()
    assert demand.wanted(rows, 0, BODY) == Wanted(5, 10, False), "it did not come"


def test_a_screenful_ahead_in_the_direction_of_going_once_a_place() -> None:
    demand, rows = RowDemand(), result((20, 30))
    assert demand.wanted(rows, 20, BODY) == Wanted(30, 40, False)
    demand.answered()
    assert demand.wanted(rows, 20, BODY) is None, "it did not fit the budget"
    demand.down = False
    assert demand.wanted(rows, 20, BODY) == Wanted(10, 20, True)


def test_what_is_opened_brings_its_first_rows_unasked() -> None:
    demand, rows = RowDemand(), result()
    demand.opened()
    assert demand.wanted(rows, 0, BODY) is None
    demand.answered()
    assert demand.wanted(rows, 0, BODY) == Wanted(0, 10, False)


def test_the_first_rows_of_all_are_not_asked_for_backward() -> None:
    demand, rows = RowDemand(), result((50, 60))
    demand.down = False
    demand.go_home()
    assert demand.wanted(rows, 0, BODY) == Wanted(0, 10, False)
    demand.renumbered()
    assert demand.wanted(rows, 0, BODY) == Wanted(0, 10, True), "home was asked for"


def test_nothing_is_wanted_behind_the_end() -> None:
    assert RowDemand().wanted(result((0, 10), count=10), 0, BODY) is None
