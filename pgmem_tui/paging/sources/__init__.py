"""Where rows come from: one protocol, one module a kind of source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pgmem_tui.postgres.matching import Matching
from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.server_cursor import ServerCursor

Progress = Callable[[int, int], None]
"""Called between two statements of a long walk with (row reached, row wanted or -1).
Raises `Stopped` to end the walk there."""


class Stopped(Exception):
    """Someone does not want to wait any longer; nothing failed and nothing is lost."""


@dataclass(frozen=True)
class Batch:
    """Rows that a source returned."""

    first: int
    """The number of the first one, from 0."""
    rows: list[Row]
    exact: bool = True
    """Whether row numbers are counted, or estimated."""
    shift: int = 0
    """What to add to every row number told before; this batch's has it already."""
    restarted: bool = False
    """Whether rows told before do not continue in these: forget them."""


Passed = Callable[[int], None]
"""Called now and then with the rows that a search has gone past. Raises `Stopped` to end it there."""


@dataclass(frozen=True)
class Hit:
    """Where a search ended."""

    row: int | None
    """The number of the row found; None if there is none."""
    column: int
    """The index of the first of its columns that has the text."""
    batch: Batch
    """Without rows, but with what became of row numbers on the way."""
    stopped: bool = False
    """Whether nobody waited for its end any longer."""


class RowSource(Protocol):
    """Rows by number, from 0, of a result that does not change."""

    name: str
    """Its kind, as the screen shows it."""
    estimate: int
    """About how many rows there are; -1 if nobody knows."""

    @property
    def total(self) -> int | None:
        """How many rows there are, once all were counted."""

    @property
    def exact(self) -> bool:
        """Whether row numbers are counted, or estimated."""

    @property
    def row_count(self) -> int | None:
        """How many rows there are, once that is known."""

    @property
    def cursor(self) -> ServerCursor | None:
        """The cursor in use, for the cursor strip."""

    @property
    def base(self) -> int:
        """The number of the first row that the cursor has."""

    def open(self) -> None:
        """DECLARE, in a transaction that has begun."""

    def read(self, first: int, count: int, progress: Progress, backward: bool = False) -> Batch:
        """Rows from number `first`; fewer than `count` only at the end, which sets `row_count`.

        Number 0 is the first row of all; but `backward`, it is among those right before the rows known.
        """

    def count(self, rows: int) -> int:
        """Take note that rows were counted. Returns what to add to every row number told before."""

    def read_end(self, count: int, progress: Progress) -> Batch:
        """The last rows, which sets `row_count`."""

    def find(self, matching: Matching, row: int, forward: bool, progress: Progress, passed: Passed) -> Hit:
        """The first row behind a row, or the last one before it, that has what is looked for.

        Args:
            matching: What to look for.
            row: The number of a row; -1 is before the first.
            forward: Whether to look behind it.
            progress: Told of the way to that row, where it is not among those known.
            passed: Told of the search.

        Raises:
            Refused: The rows do not come in the same order again.
        """

    def spoiled(self, forward: bool) -> str:
        """Why reading cannot go on with the cursor, which someone else has moved; empty if it can.

        Args:
            forward: Whether it was moved forward only.
        """

    def rest(self) -> None:
        """Let go of the cursor as it stands: the next read brings another, or that one back."""


__all__ = ["Hit", "Passed", "Progress", "Row", "RowSource", "Stopped"]
