"""Where a value of the grid is found again: by its row's ctid, else by its row's number."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg2 import sql

from pgmem_tui.paging.opening import Opening
from pgmem_tui.paging.requests import Target
from pgmem_tui.postgres import composition
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.key_bounds import order_by
from pgmem_tui.postgres.relation import Column, Row
from pgmem_tui.postgres.value_cursor import select_value

MOST_CELLS = 1600
"""Of a row, to compare: a SELECT has 1664 columns at most
(https://www.postgresql.org/docs/current/limits.html)."""


@dataclass(frozen=True)
class Cell:
    """One value of a row on the screen."""

    columns: tuple[Column, ...]
    """Of the row."""
    place: int
    """Which of them."""
    row: Row
    """As the grid has it, with what identifies it behind the columns' values."""
    number: int
    """The row's, from 0."""
    exact: bool
    """Whether that is counted, or estimated."""

    @property
    def column(self) -> Column:
        """The value's."""
        return self.columns[self.place]

    @property
    def shown(self) -> str | None:
        """What the grid has of the value."""
        return self.row[self.place]

    @property
    def identity(self) -> Row:
        """`ctid`, or `tableoid` and `ctid`, or nothing."""
        return self.row[len(self.columns) :]

    @property
    def values(self) -> Row:
        """The row's values, cut as they may be; those that it is told apart by."""
        return self.row[: min(len(self.columns), MOST_CELLS)]


class Elsewhere(Refused):
    """The row is not where it was."""


def compose(what: Opening, target: Target, cell: Cell, encoding: str) -> sql.Composed:
    """The SELECT of a cell's slices, and of the whole row as the grid has it.

    Args:
        what: What is open.
        target: What was asked for.
        cell: The value wanted.
        encoding: The client's.

    Raises:
        Elsewhere: There is no way to find the row.
    """
    if what.columns != cell.columns or len(cell.identity) != len(what.identity):
        raise Elsewhere("the columns are not those on the screen any longer", "R opens the rows again")
    if cell.identity:
        names = [sql.Identifier(column.name) for column in what.columns]
        rows = _by_ctid(what, cell)
    else:
        names = [sql.Identifier(f"c{number}") for number in range(1, len(what.columns) + 1)]
        rows = _by_number(what, target, cell)
    cells = [
        composition.cut(column, name, what.server_limit)
        for column, name in zip(what.columns[:MOST_CELLS], names, strict=False)
    ]
    return select_value(cell.column, names[cell.place], rows, cells, encoding)


def elsewhere(cell: Cell) -> Elsewhere:
    """What to say when another row was found, or none."""
    if cell.identity:
        return Elsewhere(
            "the row is no longer where it was: it was changed or deleted", "R opens the rows again"
        )
    return Elsewhere(
        "this row has no fixed place: the query returned another row there this time",
        "an ORDER BY over columns that are unique together would give it one",
    )


def _by_ctid(what: Opening, cell: Cell) -> sql.Composed:
    *table, ctid = cell.identity
    leaf = next((leaf for leaf in what.leaves if not table or str(leaf.oid) == table[0]), None)
    if leaf is None:
        raise Elsewhere("the partition of this row is gone", "R opens the rows again")
    return sql.SQL("ONLY {} WHERE ctid OPERATOR(pg_catalog.=) {}::pg_catalog.tid").format(
        sql.Identifier(leaf.schema, leaf.name), sql.Literal(ctid)
    )


def _by_number(what: Opening, target: Target, cell: Cell) -> sql.Composed:
    if not cell.exact:
        raise Elsewhere("this row's number is an estimate, and nothing else tells where it is")
    if what.relation is None:
        query: sql.Composable = sql.Composed([sql.SQL(what.text)])
    else:
        order = getattr(target, "order", ())
        query = composition.with_clauses(
            what.select.whole(what.where, order_by(what.select.relation.name, order) if order else None),
            limit=getattr(target, "limit", 0),
        )
    return composition.numbered_row(query, len(what.columns), cell.number)
