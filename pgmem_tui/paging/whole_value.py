"""A value of which the grid has only the beginning, for a condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pgmem_tui.paging.events import Answer, Event
from pgmem_tui.paging.requests import Question
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.paging.values import CloseValue, ReadValue, ValueRead

LONGEST = 64 * 2**10
"""Bytes of a value that is put into a query."""
_BYTEA = 17


@dataclass(frozen=True)
class WholeValueRead(Answer):
    """The value as text, or None if it is too long."""

    cell: Cell
    keep: bool
    text: str | None
    size: int
    """Bytes."""


@dataclass(frozen=True)
class ReadWholeValue(Question):
    """Bring all of a value, to keep the rows that have it or to leave them out."""

    cell: Cell
    keep: bool

    def run(self, snapshot: Snapshot, emit: Callable[[Event], None], given_up: Callable[[], bool]) -> None:
        """Answers with `WholeValueRead`."""
        found: list[Event] = []
        ReadValue(self.generation, self.cell, 0, LONGEST).run(snapshot, found.append, given_up)
        CloseValue(self.generation).run(snapshot, emit, given_up)
        (read,) = found
        assert isinstance(read, ValueRead)
        text = None
        if read.size <= LONGEST:
            binary = self.cell.column.type_oid == _BYTEA
            text = f"\\x{read.data.hex()}" if binary else read.data.decode("utf-8", "surrogateescape")
        emit(WholeValueRead(self.generation, self.cell, self.keep, text, read.size))
