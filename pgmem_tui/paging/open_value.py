"""The value that is being read in a snapshot, slice by slice, while the server holds it for us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgmem_tui.paging.sources.held_rows import HeldValue
from pgmem_tui.paging.value_place import Cell, compose, elsewhere
from pgmem_tui.postgres.value_cursor import ValueCursor

if TYPE_CHECKING:
    from pgmem_tui.paging.snapshot import Snapshot


@dataclass
class OpenValue:
    """A value whose cursor is open."""

    cell: Cell
    cursor: ValueCursor
    size: int
    """Bytes of all of it."""

    def read(self, offset: int, length: int) -> bytes:
        """Some of them."""
        found = self.cursor.read(offset, length)
        return found.data if found is not None else b""

    def count(self) -> int | None:
        """How many characters it has; None of bytes."""
        return self.cursor.count()

    def report_every(self, seconds: float) -> None:
        """Report no FETCH sooner than that after another."""
        self.cursor.report_every = seconds


def open_value(snapshot: Snapshot, cell: Cell) -> OpenValue | HeldValue:
    """The value's cursor, declared if it is not open; its row is the one that the screen has.

    Raises:
        Elsewhere: It is another one, or there is none.
    """
    if snapshot.held is not None:
        return snapshot.held.value(cell.number, cell.place)
    value = snapshot.value
    if value is not None and value.cell == cell:
        value.report_every(0.0)
        return value
    close_value(snapshot)
    assert snapshot.target is not None, "nothing is open"
    encoding = "SQL_ASCII" if snapshot.connection.encoding in ("SQL_ASCII", "SQLASCII") else "UTF8"
    query = compose(snapshot.opening, snapshot.target, cell, encoding)
    cursor = ValueCursor(snapshot.connection, "pgmem_value", query)
    cursor.declare()
    first = cursor.read(0, 0)
    if first is None or first.cells != cell.values or first.size is None:
        cursor.close()
        raise elsewhere(cell)
    snapshot.value = value = OpenValue(cell, cursor, first.size)
    return value


def close_value(snapshot: Snapshot) -> None:
    """Let the server forget the value, if one is open."""
    value, snapshot.value = snapshot.value, None
    if value is not None:
        value.cursor.close()
