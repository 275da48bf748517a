"""Rows that are here: the first ones that a statement returned, as many as the budget allowed.

The statement is not run again to get them, so they stay whatever becomes of its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pgmem_tui.paging.sources import Batch, Hit, Passed, Progress, Row
from pgmem_tui.postgres.composition import effective_limit
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.execution import Executed
from pgmem_tui.postgres.matching import Matching
from pgmem_tui.postgres.relation import Column

LOOKED_AT = 10_000
"""Rows of a search between two looks at whether anyone still waits for it."""
_BYTEA = 17
_SAID: tuple[Column, ...] = (Column("what the server said", "text", 25, category="S"),)


@dataclass(frozen=True)
class HeldValue:
    """One of the values, read in slices as one is that the server has."""

    data: bytes
    characters: int | None

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return len(self.data)

    def read(self, offset: int, length: int) -> bytes:
        """Some of them."""
        return self.data[offset : offset + length]

    def count(self) -> int | None:
        """How many characters it has; None of bytes."""
        return self.characters

    def report_every(self, seconds: float) -> None:
        """Nothing is sent, so nothing is reported."""


class HeldRows:
    """What one statement returned; of one that returns no rows, what the server said."""

    name = "held rows"
    exact = True
    base = 0
    cursor = None
    """There is none."""

    _columns: tuple[Column, ...]
    _rows: list[Row]

    def __init__(self, executed: Executed, cell_limit: int, writes: bool = False) -> None:
        """Hold them.

        Args:
            executed: What came.
            cell_limit: Characters of a value that the grid is given; here it is whole.
            writes: Whether it came of a statement that writes.
        """
        self.executed, self.writes = executed, writes
        if executed.columns is None:
            said = (executed.tag, *executed.notices)
            self._columns, self._rows = _SAID, [(line,) for line in said]
        else:
            self._columns, self._rows = executed.columns, executed.rows
        self.columns = tuple(replace(column, clamped=True) for column in self._columns)
        """As the grid gets them: cut at the limit."""
        self.cell_limit = effective_limit(self.columns, cell_limit)
        """Characters that such a value may have."""
        self.estimate = len(self._rows)

    @property
    def cut(self) -> bool:
        """Whether the statement returned more than is held."""
        return self.executed.total > len(self.executed.rows)

    @property
    def total(self) -> int:
        """How many rows there are here."""
        return len(self._rows)

    @property
    def row_count(self) -> int:
        """The same: all are at hand."""
        return len(self._rows)

    def open(self) -> None:
        """Nothing is sent."""

    def count(self, rows: int) -> int:
        """The number is known."""
        return 0

    def read(self, first: int, count: int, progress: Progress, backward: bool = False) -> Batch:
        """Rows from number `first`."""
        first = min(first, len(self._rows))
        return Batch(first, [self._short(row) for row in self._rows[first : first + count]])

    def read_end(self, count: int, progress: Progress) -> Batch:
        """The last rows."""
        return self.read(max(0, len(self._rows) - count), count, progress)

    def find(self, matching: Matching, row: int, forward: bool, progress: Progress, passed: Passed) -> Hit:
        """The next row with a text behind a row, or before it."""
        rows = range(row + 1, len(self._rows)) if forward else range(min(row, len(self._rows)) - 1, -1, -1)
        for done, number in enumerate(rows):
            if done % LOOKED_AT == LOOKED_AT - 1:
                passed(done)
            column = _first_hit(self._rows[number], matching)
            if column is not None:
                return Hit(number, column, Batch(number, []))
        return Hit(None, 0, Batch(max(0, row), []))

    def spoiled(self, forward: bool) -> str:
        """There is no cursor."""
        return ""

    def rest(self) -> None:
        """There is none to let go of."""

    def value(self, row: int, column: int) -> HeldValue:
        """One value, whole.

        Raises:
            Refused: It is NULL, or not here.
        """
        text = self._rows[row][column] if row < len(self._rows) else None
        if text is None:
            raise Refused("there is no value here")
        if self._columns[column].type_oid == _BYTEA and text.startswith("\\x"):
            return HeldValue(bytes.fromhex(text[2:]), None)
        return HeldValue(text.encode("utf-8", "surrogateescape"), len(text))

    def _short(self, row: Row) -> Row:
        limit = 2 * self.cell_limit + 4  # of a bytea's text; what is a little longer is told by `was_cut`
        if all(value is None or len(value) <= limit for value in row):
            return row
        return tuple(value if value is None or len(value) <= limit else value[:limit] for value in row)


def _first_hit(row: Sequence[str | None], matching: Matching) -> int | None:
    text = matching.text.lower() if matching.any_case else matching.text
    for column in matching.wanted:
        value = row[column]
        if value is not None and text in (value.lower() if matching.any_case else value):
            return column
    return None
