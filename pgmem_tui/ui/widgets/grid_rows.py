"""What a grid needs to know of its rows, and where in them its cursor stands, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.postgres.relation import Column


class Rows(Protocol):
    """Where the rows are."""

    row_count: int | None
    total: int | None
    seen: int
    exact: bool
    estimate: int
    cell_limit: int

    @property
    def columns(self) -> Sequence[Column]:
        """What a row is made of."""

    def row(self, number: int) -> tuple[str | None, ...] | None:
        """A row, if it is held."""

    def missing(self, first: int, end: int) -> tuple[int, int] | None:
        """The first run of rows within [first, end) that is not held and may exist."""

    def may_exist(self, number: int) -> bool:
        """Whether a row that is not held is likely to be there."""

    def extent(self, ahead: int) -> int:
        """Rows to scroll over."""


def position(rows: Rows | None, row: int, column: int, extent: int) -> str:
    """Where the cursor stands, of how many rows, in which column, on what."""
    if rows is None:
        return ""
    if rows.row_count == 0:
        return "no rows"
    about = "" if rows.exact else "≈"
    parts = [f"row {about}{quantities.row_number(row + 1 if extent else 0)} of {length(rows)}"]
    if extent and (rows.row_count is not None or rows.estimate > 0):
        parts.append(f"{100 * (row + 1) / max(1, extent):.1f} %")
    if column < len(rows.columns):
        parts += [rows.columns[column].described, _about_cell(rows, row, column)]
    return " · ".join(one_line(part) for part in parts if part)


def length(rows: Rows) -> str:
    """How many rows there are: counted, estimated as `≈2.0M`, or `?`."""
    known = rows.row_count if rows.exact and rows.total is None else rows.total
    if known is not None:
        return quantities.row_number(known)
    if rows.estimate >= 0 or rows.row_count is not None:
        return "≈" + quantities.count(max(rows.estimate, rows.seen))
    return "?"


def _about_cell(rows: Rows, row: int, column: int) -> str:
    values = rows.row(row)
    if values is None:
        return ""
    value = values[column]
    if value is None:
        return "NULL"
    cut = rows.columns[column].was_cut(value, rows.cell_limit)
    return f"cut at {rows.cell_limit} characters" if cut else ""
