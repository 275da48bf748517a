"""Walks through a source of rows; each batch is held against all rows in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hypothesis import strategies as st

from pgmem_tui.paging.sources import Batch, RowSource

BATCH = 40
SIZES = st.sampled_from([1, 7, BATCH, 500])
STEPS: st.SearchStrategy[list[str | int]] = st.lists(
    st.one_of(
        st.sampled_from(["next", "previous", "end", "start"]),
        st.integers(0, 8_000),
        st.integers(0, 90_000),
    ),
    max_size=14,
)


class Walked(Protocol):
    """Rows to walk through."""

    @property
    def rows(self) -> Sequence[str]:
        """The first value of each row, unique, in order."""

    def open(self, estimate: int | None = None) -> RowSource:
        """A source of these rows, opened."""


def on(row: int, goal: int) -> None:
    """Go on."""


class Checked:
    """Reads, and holds each batch against the table."""

    def __init__(self, table: Walked, estimate: int | None = None) -> None:
        self.table = table
        self.source = table.open(estimate)
        self.offset: int | None = 0
        """What to add to a number to have the row's true place; None before the first batch of a run."""

    def read(self, first: int, count: int = BATCH, backward: bool = False) -> Batch:
        batch = self.check(self.source.read(first, count, on, backward))
        assert not (backward and batch.restarted and first <= count), "rows go on, wherever numbers end"
        return batch

    def end(self, count: int = BATCH) -> Batch:
        batch = self.check(self.source.read_end(count, on))
        assert batch.first + len(batch.rows) == self.source.row_count
        assert [row[0] for row in batch.rows][-count:] == self.table.rows[-count:]
        return batch

    def check(self, batch: Batch) -> Batch:
        ids = [row[0] for row in batch.rows]
        if batch.restarted:
            self.offset = None
        elif self.offset is not None:
            self.offset -= batch.shift
        if ids:
            place = self.table.rows.index(str(ids[0]))
            assert ids == self.table.rows[place : place + len(ids)], "contiguous, in order"
            if self.offset is None:
                self.offset = place - batch.first
            assert batch.first + self.offset == place, "numbers continue those of before"
        if batch.exact and ids:
            assert self.offset == 0, "exact numbers are true"
        return batch


def walk(checked: Checked, steps: Sequence[str | int], size: int) -> None:
    """Go on, back, to the ends and to numbers."""
    first = end = 0
    for step in steps:
        if step == "end":
            batch = checked.end(size)
        elif step == "next":
            batch = checked.read(end, size)
        elif step == "previous":
            batch = checked.read(max(0, first - size), max(1, min(first, size)), backward=True)
        else:
            batch = checked.read(0 if step == "start" else int(step), size)
        if batch.rows:
            first, end = batch.first, batch.first + len(batch.rows)
        else:
            first, end = first + batch.shift, end + batch.shift
