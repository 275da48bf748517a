"""Pages of rows by row number, under a budget in bytes. Pure.

The budget counts what Python really holds: strings, tuples and lists, as `sys.getsizeof` has
them. What goes over it is dropped farthest from the viewport first, and fetched again when
someone scrolls back.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter
from sys import getsizeof

from pgmem_tui.postgres.relation import Row

_first = attrgetter("first")


@dataclass(frozen=True)
class Page:
    """Consecutive rows of a result."""

    first: int
    """The number of its first row, from 0."""
    rows: Sequence[Row] = field(repr=False)
    """A row may have more values than columns: where it lies, for the source."""
    nbytes: int
    """Memory it takes."""

    @property
    def end(self) -> int:
        """The number after its last row's."""
        return self.first + len(self.rows)


def make_page(first: int, rows: Sequence[Row]) -> Page:
    """Weigh rows and make a page of them."""
    values = sum(map(getsizeof, chain.from_iterable(rows)))
    return Page(first, rows, getsizeof(rows) + sum(map(getsizeof, rows)) + values)


class Window:
    """Disjoint pages, ordered; those on the screen stay, whatever they weigh."""

    def __init__(self, budget: int) -> None:
        """Start empty.

        Args:
            budget: Bytes.
        """
        self.budget = budget
        self.nbytes = 0
        self.evicted = 0
        """Pages dropped so far."""
        self._pages: list[Page] = []

    @property
    def pages(self) -> Sequence[Page]:
        """The pages held, in order."""
        return self._pages

    def clear(self) -> None:
        """Drop everything."""
        self._pages.clear()
        self.nbytes = 0

    def row(self, number: int) -> Row | None:
        """The row of that number, or None if its page is not held."""
        page = self._page_of(number)
        return page.rows[number - page.first] if page else None

    def missing(self, first: int, end: int) -> tuple[int, int] | None:
        """The first run of rows in [first, end) that is not held, as (first, end)."""
        while first < end:
            page = self._page_of(first)
            if page is None:
                following = bisect_right(self._pages, first, key=_first)
                if following < len(self._pages):
                    end = min(end, self._pages[following].first)
                return first, end
            first = page.end
        return None

    def add(self, page: Page, viewport: tuple[int, int]) -> None:
        """Hold a page, its rows instead of those held of the same numbers, and keep to the budget.

        Args:
            page: An empty one is ignored.
            viewport: The rows [first, end) on the screen: theirs are kept whatever they weigh, and
                others the nearer the longer.
        """
        if not page.rows:
            return
        for old in [held for held in self._pages if held.first < page.end and page.first < held.end]:
            self._drop(old)
            # What is left of it stays: else whoever reads a row too many loses a screenful, and asks again.
            self._insert(old.first, old.rows[: max(0, page.first - old.first)])
            self._insert(page.end, old.rows[page.end - old.first :] if page.end < old.end else ())
        insort(self._pages, page, key=_first)
        self.nbytes += page.nbytes
        while self.nbytes > self.budget:
            farthest = max((self._pages[0], self._pages[-1]), key=lambda held: _distance(held, viewport))
            if not _distance(farthest, viewport):
                break
            self._drop(farthest)
            self.evicted += 1

    def shift(self, by: int) -> None:
        """Renumber all rows."""
        self._pages = [replace(page, first=page.first + by) for page in self._pages]

    def _insert(self, first: int, rows: Sequence[Row]) -> None:
        if rows:
            page = make_page(first, rows)
            insort(self._pages, page, key=_first)
            self.nbytes += page.nbytes

    def _drop(self, page: Page) -> None:
        self._pages.remove(page)
        self.nbytes -= page.nbytes

    def _page_of(self, number: int) -> Page | None:
        place = bisect_right(self._pages, number, key=_first) - 1
        if place >= 0 and number < self._pages[place].end:
            return self._pages[place]
        return None


def _distance(page: Page, viewport: tuple[int, int]) -> int:
    """Rows between a page and the screen, and one; 0 if they overlap."""
    first, end = viewport
    return max(page.first - end + 1, first - page.end + 1, 0)
