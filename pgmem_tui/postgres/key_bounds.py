"""Bounds in the order of a key, and the conditions for the rows from one on or before it. Pure.

A bound stands before all rows that have a key, so an index can begin to scan there whatever the order
of those rows is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from psycopg2 import sql

from pgmem_tui.postgres.comparison import Comparison
from pgmem_tui.postgres.query_spec import SortKey
from pgmem_tui.postgres.relation import Column

Key = tuple[str | None, ...]
"""Values of the first key columns, as text; at least one."""


class Edge(Enum):
    """Where an order begins and ends."""

    START = "start"
    END = "end"


KeyBound = Edge | Key


@dataclass(frozen=True)
class KeyColumn:
    """A column that rows are sought by."""

    sort: SortKey
    """With `nulls_first` told."""
    column: Column
    comparison: Comparison


def seekable(
    order: Sequence[SortKey], columns: Sequence[Column], comparisons: Mapping[int, Comparison]
) -> tuple[KeyColumn, ...]:
    """The longest run of sort keys, from the first on, that one comparison can bound.

    That is the first, and those after it while all are NOT NULL and run in one direction: rows are
    then compared row-wise (https://www.postgresql.org/docs/current/functions-comparisons.html#ROW-WISE-COMPARISON).
    """
    named = {column.name: column for column in columns}
    found: list[KeyColumn] = []
    for sort in order:
        column = named[sort.column]
        comparison = comparisons.get(column.type_oid)
        if comparison is None:
            break
        key = KeyColumn(sort, column, comparison)
        if found and not _alike(found[0], key):
            break
        found.append(key)
        if not column.not_null:
            break
    return tuple(found)


def _alike(first: KeyColumn, other: KeyColumn) -> bool:
    operators = [
        (key.comparison.schema, key.comparison.less, key.comparison.greater) for key in (first, other)
    ]
    return (
        first.sort.descending == other.sort.descending
        and first.column.not_null
        and other.column.not_null
        and operators[0] == operators[1]
    )


@dataclass(frozen=True)
class KeyBounds:
    """Composes conditions for the rows on one side of a bound."""

    relation: str
    """The name by which the query knows its relation."""
    order: tuple[SortKey, ...]
    """All that rows are sorted by, with `nulls_first` told."""
    keys: tuple[KeyColumn, ...]
    """The first of them, as `seekable` returned them; at least one."""

    def ordering(self, backward: bool = False) -> sql.Composed:
        """What follows ORDER BY."""
        return order_by(self.relation, self.order, backward)

    def from_bound(self, bound: KeyBound) -> sql.Composed | None:
        """The rows from a bound on, as far as one scan reaches: not over to NULLs; None is no condition."""
        if isinstance(bound, Edge):
            return None
        if bound[0] is None:
            return None if self.keys[0].sort.nulls_first else self._null()
        return self._compared(bound, at_or_after=True)

    def before_bound(self, bound: KeyBound) -> sql.Composed | None:
        """The rows before a bound that are on its side of the NULLs; None is no condition."""
        if isinstance(bound, Edge):
            return None if self.keys[0].column.not_null else self._null(" NOT")
        if bound[0] is None:
            return self._null(" NOT")
        return self._compared(bound, at_or_after=False)

    @property
    def nulls(self) -> sql.Composed | None:
        """The rows that have no key; None where there can be none."""
        return None if self.keys[0].column.not_null else self._null()

    def _null(self, word: str = "") -> sql.Composed:
        return sql.SQL("{} IS{} NULL").format(sql.Identifier(self.keys[0].sort.column), sql.SQL(word))

    def _compared(self, key: Key, at_or_after: bool) -> sql.Composed:
        parts = list(zip(self.keys, key, strict=False))
        first = self.keys[0].comparison
        if self.keys[0].sort.descending:
            operator = first.less_equal if at_or_after else first.greater
        else:
            operator = first.greater_equal if at_or_after else first.less
        columns = [part.comparison.column(part.sort.column) for part, _ in parts]
        values = [part.comparison.value(value or "") for part, value in parts]
        if len(parts) == 1:
            return sql.SQL("{} {} {}").format(columns[0], first.operator(operator), values[0])
        return sql.SQL("ROW({}) {} ROW({})").format(
            sql.SQL(", ").join(columns), first.operator(operator), sql.SQL(", ").join(values)
        )


def order_by(relation: str, order: Sequence[SortKey], backward: bool = False) -> sql.Composed:
    """What follows ORDER BY. Columns are qualified: a cut one has an alias of its own name."""
    parts = []
    for key in order:
        descending = key.descending != backward
        nulls_first = (key.descending if key.nulls_first is None else key.nulls_first) != backward
        text = f"{{}}{' DESC' if descending else ''}"
        if nulls_first != descending:
            text += f" NULLS {'FIRST' if nulls_first else 'LAST'}"
        parts.append(sql.SQL(text).format(sql.Identifier(relation, key.column)))
    return sql.SQL(", ").join(parts)
