"""What is known of the result on the screen: its rows in a window, its length or an estimate."""

from __future__ import annotations

from pgmem_tui.paging.events import Opened, PageRead
from pgmem_tui.paging.ranges import Ranges
from pgmem_tui.paging.window import Page, Window
from pgmem_tui.postgres.relation import Column, Row


class Result:
    """One thing that is open. Owned by the screen's thread."""

    def __init__(self, generation: int, memory_budget: int) -> None:
        """Nothing is known yet.

        Args:
            generation: Events of others are not about this.
            memory_budget: Bytes of pages to hold.
        """
        self.generation = generation
        self.columns: tuple[Column, ...] = ()
        self.cell_limit = 0
        self.window = Window(memory_budget)
        self.been = Ranges()
        """Rows that were held at any time."""
        self.row_count: int | None = None
        """How many rows there are, once the end was seen."""
        self.estimate = -1
        """The planner's idea of that; -1 if it has none."""
        self.seen = 0
        """Rows known to exist: the number after the farthest one seen."""
        self.keys: tuple[str, ...] = ()
        """Columns that a row can be sought by."""
        self.total: int | None = None
        """How many rows there are, once they were counted."""
        self.exact = True
        """Whether row numbers are counted, or estimated."""
        self.epoch = 0
        """How often rows were renumbered."""

    def opened(self, event: Opened) -> None:
        """Begin, or begin again in a new snapshot: what was held may no longer be so."""
        self.columns, self.cell_limit, self.keys = event.columns, event.cell_limit, event.keys
        known = max(self.seen, self.row_count or 0) if event.refreshed else -1
        self.estimate = max(event.estimate, known)  # a place in the old snapshot is one in the new
        self.row_count, self.seen, self.epoch, self.exact = None, 0, 0, True
        self.total = None
        self.window.clear()
        self.been.clear()

    def renumbered(self, event: PageRead) -> None:
        """Take note that rows have other numbers now, or that other rows have them."""
        self.epoch, self.exact = event.epoch, event.exact
        if event.restarted:
            self.window.clear()
            self.been.clear()
            self.seen = 0
        elif event.shift:
            self.window.shift(event.shift)
            self.been.shift(event.shift)
            self.seen += event.shift

    def take(self, page: Page, row_count: int | None, viewport: tuple[int, int]) -> None:
        """Hold a page that arrived; `viewport` are the rows [first, end) on the screen."""
        self.row_count = row_count
        self.seen = max(self.seen, page.end if page.rows else 0)
        self.window.add(page, viewport)
        self.been.add(page.first, page.end)

    def row(self, number: int) -> Row | None:
        """A row, if it is held."""
        return self.window.row(number)

    def missing(self, first: int, end: int) -> tuple[int, int] | None:
        """The first run of rows within [first, end) that is not held and may exist."""
        end = end if self.row_count is None else min(end, self.row_count)
        return self.window.missing(max(0, first), end) if end > first else None

    def may_exist(self, number: int) -> bool:
        """Whether a row that is not held is likely to be there."""
        if self.row_count is not None:
            return number < self.row_count
        return number < max(self.estimate if self.total is None else self.total, self.seen)

    @property
    def known_length(self) -> int | None:
        """How many rows there are, exactly or about; None if nobody knows."""
        known = self.row_count if self.total is None else self.total
        if known is not None:
            return known
        return self.estimate if self.estimate >= 0 else None

    def extent(self, ahead: int) -> int:
        """Rows to scroll over: exact, or the estimate, or what was seen and `ahead` more."""
        if self.row_count is not None:
            return self.row_count
        if self.total is not None:
            return max(self.total, self.seen)
        return max(self.estimate, self.seen + ahead)
