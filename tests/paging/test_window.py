"""Pages under a budget."""

from __future__ import annotations

from itertools import chain
from sys import getsizeof

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.paging.window import Page, Window, make_page
from pgmem_tui.postgres.relation import Row


def page(first: int, count: int, text: str = "") -> Page:
    return make_page(first, [(f"{number}{text}",) for number in range(first, first + count)])


def held(window: Window) -> set[int]:
    return {number for held in window.pages for number in range(held.first, held.end)}


def test_a_page_weighs_what_python_holds() -> None:
    rows: list[Row] = [("a" * 100, None, "東京"), ("b", "", None)]
    expected = getsizeof(rows) + sum(getsizeof(row) for row in rows)
    expected += sum(getsizeof(value) for value in chain.from_iterable(rows))
    assert make_page(0, rows).nbytes == expected


def test_rows_by_number() -> None:
    window = Window(10**6)
    window.add(page(10, 5), (10, 11))
    window.add(page(30, 5), (10, 11))
    assert [window.row(number) for number in (9, 10, 14, 15, 34, 35)] == [
        None,
        ("10",),
        ("14",),
        None,
        ("34",),
        None,
    ]


def test_missing_is_the_first_gap() -> None:
    window = Window(10**6)
    assert window.missing(0, 20) == (0, 20)
    window.add(page(10, 5), (10, 11))
    window.add(page(15, 5), (10, 11))
    window.add(page(30, 5), (10, 11))
    assert window.missing(0, 40) == (0, 10)
    assert window.missing(12, 40) == (20, 30)
    assert window.missing(12, 20) is None
    assert window.missing(31, 40) == (35, 40)
    assert window.missing(5, 5) is None


def test_the_rows_of_an_overlapping_page_take_the_place_of_the_old() -> None:
    window = Window(10**6)
    window.add(page(0, 10, "old"), (0, 1))
    window.add(page(10, 10, "old"), (0, 1))
    window.add(page(5, 10, "new"), (0, 1))
    assert held(window) == set(range(20))
    assert [window.row(number) for number in (4, 5, 14, 15)] == [("4old",), ("5new",), ("14new",), ("15old",)]
    assert window.nbytes == sum(held.nbytes for held in window.pages)


def test_an_empty_page_is_ignored() -> None:
    window = Window(10**6)
    window.add(make_page(3, []), (0, 1))
    assert not window.pages
    assert window.nbytes == 0


def test_what_goes_is_what_is_farthest_from_the_viewport() -> None:
    weight = page(0, 10).nbytes
    window = Window(weight * 3 + 400)
    for first in range(0, 50, 10):
        window.add(page(first, 10), (first, first + 1))
    assert [held.first for held in window.pages] == [20, 30, 40]
    assert window.evicted == 2
    window.add(page(10, 10), (10, 11))
    assert [held.first for held in window.pages] == [10, 20, 30]
    assert window.evicted == 3


def test_the_viewports_page_stays_whatever_it_weighs() -> None:
    window = Window(1000)
    window.add(page(0, 10, "x" * 10_000), (5, 6))
    window.add(page(10, 10), (5, 6))
    assert held(window) == set(range(10))
    window.add(page(50, 10, "x" * 10_000), (55, 56))
    assert held(window) == set(range(50, 60))


def test_all_pages_on_the_screen_stay() -> None:
    window = Window(page(0, 10, "x" * 1000).nbytes)
    window.add(page(0, 10, "x" * 1000), (5, 15))
    window.add(page(10, 10, "x" * 1000), (5, 15))
    assert held(window) == set(range(20)), "or each would be fetched for the other, for ever"
    window.add(page(20, 10, "x" * 1000), (5, 15))
    assert held(window) == set(range(20))


def test_clear() -> None:
    window = Window(10**6)
    window.add(page(0, 10), (0, 1))
    window.clear()
    assert (window.nbytes, window.row(0), list(window.pages)) == (0, None, [])


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40), st.integers(0, 50)), max_size=30),
    st.integers(0, 100_000),
)
def test_whatever_is_added(pages: list[tuple[int, int, int]], budget: int) -> None:
    """It is ordered, disjoint and within its budget; every row held is the newest of its number."""
    window, newest = Window(budget), dict[int, str]()
    viewport = 0
    for number, (first, count, width) in enumerate(pages):
        added, viewport = page(first, count, f"/{number}" + "x" * width), first
        window.add(added, (viewport, viewport + 1))
        newest |= {first + place: row[0] or "" for place, row in enumerate(added.rows)}
        assert all(one.end <= two.first for one, two in zip(window.pages, window.pages[1:], strict=False))
        assert window.nbytes == sum(held.nbytes for held in window.pages)
        assert window.nbytes <= budget or len(window.pages) == 1
        rows = held(window)
        assert all(window.row(row) == ((newest[row],) if row in rows else None) for row in range(-1, 345))
        if count:
            assert viewport in rows
        gap = window.missing(0, 345)
        missing = sorted(set(range(345)) - rows)
        assert gap is None if not missing else gap is not None and gap[0] == missing[0]
        if gap:
            assert rows.isdisjoint(range(*gap))
            assert gap[1] == 345 or gap[1] in rows
