"""What to read -> `psycopg2.sql.Composed`. Pure: nothing is sent from here.

Names go through `sql.Identifier`, everything else of the program's own is a constant. Values
without a small bound are cut by the server, so that no cell can be larger than the cell limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from psycopg2 import sql

from pgmem_tui.postgres.relation import Column, Leaf, Relation

ROW_LIMIT = 65_536
"""Characters of cut values in one row: with very many columns each gets less than the cell limit."""
SHORTEST_CELL = 16
SHORT = 128
"""Bytes of the text of a type of fixed length, or nearly."""
BYTES_A_CHARACTER = 4
"""In memory, at most."""

_BYTEA, _TEXT, _UNKNOWN, _BPCHAR, _VARCHAR, _XML = 17, 25, 705, 1042, 1043, 142
_NUMERIC, _BIT, _VARBIT = 1700, 1560, 1562
_SMALL = frozenset(
    {
        *(869, 650, 829, 774),  # inet, cidr, macaddr, macaddr8
        *(3904, 3926, 3912, 3908, 3910),  # ranges of integers, dates and timestamps
    }
)
"""Types of varying length whose text is short all the same."""


Tid = tuple[int, int]
"""Block and item."""


class LeafSelect(Protocol):
    """Composes the SELECT of a leaf table between two places."""

    def __call__(self, leaf: Leaf, at_least: Tid | None = None, below: Tid | None = None) -> sql.Composed:
        """Rows whose ctid is at least the one and below the other."""


@dataclass(frozen=True)
class RelationSelect:
    """Composes SELECTs of one relation's columns."""

    relation: Relation
    columns: Sequence[Column]
    """As `clamp` returned them."""
    cell_limit: int
    """As `effective_limit` returned it."""
    identity: tuple[str, ...] = ()
    """System columns to select behind the others, by which a row is found again."""

    def __call__(
        self,
        where: sql.Composable | None = None,
        order: sql.Composable | None = None,
        limit: int = 0,
    ) -> sql.Composed:
        """Rows for which a condition holds, in an order, `limit` of them at most unless it is 0."""
        cells: list[sql.Composable] = [
            _cell(column, sql.Identifier(column.name), self.cell_limit) for column in self.columns
        ]
        cells += [sql.Identifier(name) for name in self.identity]
        query = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(cells), sql.Identifier(self.relation.schema, self.relation.name)
        )
        return with_clauses(query, where, order, limit)

    def nothing(self, where: sql.Composable | None) -> sql.Composed:
        """The rows without any column, to count them."""
        query = sql.SQL("SELECT FROM {}").format(sql.Identifier(self.relation.schema, self.relation.name))
        return with_clauses(query, where)

    def texts(
        self, names: Sequence[str], where: sql.Composable | None, order: sql.Composable | None
    ) -> sql.Composed:
        """Some columns as text with nothing cut."""
        cells = [
            sql.SQL("CAST({} AS pg_catalog.text)").format(sql.Identifier(self.relation.name, name))
            for name in names
        ]
        query = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(cells), sql.Identifier(self.relation.schema, self.relation.name)
        )
        return with_clauses(query, where, order)

    def whole(
        self, where: sql.Composable | None = None, order: sql.Composable | None = None, limit: int = 0
    ) -> sql.Composed:
        """The same rows with nothing cut."""
        names = [sql.Identifier(column.name) for column in self.columns]
        query = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(names), sql.Identifier(self.relation.schema, self.relation.name)
        )
        return with_clauses(query, where, order, limit)


def with_clauses(
    query: sql.Composed,
    where: sql.Composable | None = None,
    order: sql.Composable | None = None,
    limit: int = 0,
) -> sql.Composed:
    """Add what is given to a SELECT … FROM."""
    if where is not None:
        query += sql.SQL(" WHERE {}").format(where)
    if order is not None:
        query += sql.SQL(" ORDER BY {}").format(order)
    if limit:
        query += sql.SQL(" LIMIT {}").format(sql.Literal(limit))
    return query


def leaf_select(
    columns: Sequence[Column], cell_limit: int, identity: Sequence[str] = ("ctid",)
) -> LeafSelect:
    """Composes SELECTs of these columns, and each row's identity behind them, from one leaf table.

    Args:
        columns: As `clamp` returned them.
        cell_limit: As `effective_limit` returned it.
        identity: System columns; the last one is the ctid.
    """
    cells = [_cell(column, sql.Identifier(column.name), cell_limit) for column in columns]
    return select_from_leaf(sql.SQL(", ").join([*cells, *map(sql.Identifier, identity)]))


def select_from_leaf(listed: sql.Composable) -> LeafSelect:
    """Composes SELECTs of what is listed, from one leaf table."""

    def select(leaf: Leaf, at_least: Tid | None = None, below: Tid | None = None) -> sql.Composed:
        bounds = [(">=", at_least), ("<", below)]
        conditions = [
            sql.SQL("ctid OPERATOR(pg_catalog.{}) {}::pg_catalog.tid").format(
                sql.SQL(operator), sql.Literal(f"({bound[0]},{bound[1]})")
            )
            for operator, bound in bounds
            if bound is not None
        ]
        where = sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("")
        return sql.SQL("SELECT {} FROM ONLY {}{}").format(
            listed, sql.Identifier(leaf.schema, leaf.name), where
        )

    return select


def select_query(
    text: str | sql.Composed, columns: Sequence[Column], cell_limit: int
) -> tuple[sql.Composed, tuple[Column, ...]]:
    """SELECT from a query; aliases by position survive columns of the same name."""
    clamped = clamp(columns, cell_limit)
    limit = effective_limit(clamped, cell_limit)
    names = positional(len(clamped))
    cells = [_cell(column, name, limit) for column, name in zip(clamped, names, strict=True)]
    query = sql.SQL("SELECT {} {}").format(sql.SQL(", ").join(cells), from_query(text, len(clamped)))
    return query, clamped


def positional(columns: int) -> list[sql.Identifier]:
    """The names by which `from_query` has its columns known: c1, c2, …"""
    return [sql.Identifier(f"c{number}") for number in range(1, columns + 1)]


def from_query(query: str | sql.Composed, columns: int) -> sql.Composed:
    """FROM a query that has so many columns."""
    aliases = sql.SQL("({})").format(sql.SQL(", ").join(positional(columns))) if columns else sql.SQL("")
    inner = _subquery(query) if isinstance(query, str) else sql.SQL("({})").format(query)
    return sql.SQL("FROM {} AS q{}").format(inner, aliases)


def describe_query(text: str) -> tuple[sql.Composed, int]:
    """A statement that has the query's columns and no rows, and where in it the query begins."""
    before = "SELECT * FROM "
    return sql.SQL(before + "{} AS q LIMIT 0").format(_subquery(text)), len(before) + len(_OPEN)


def clamp(columns: Sequence[Column], cell_limit: int) -> tuple[Column, ...]:
    """The same columns, each told whether the server cuts it."""
    return tuple(replace(column, clamped=is_wide(column, cell_limit)) for column in columns)


def effective_limit(columns: Sequence[Column], cell_limit: int) -> int:
    """Characters a cut value may have, so that a row of them stays within `ROW_LIMIT`."""
    wide = sum(column.clamped for column in columns)
    return min(cell_limit, max(SHORTEST_CELL, ROW_LIMIT // max(1, wide)))


def widest_row(columns: Sequence[Column], limit: int) -> int:
    """Bytes that a row's values can have at most, four a character, once the server has cut them.

    Args:
        columns: As `clamp` returned them.
        limit: As `effective_limit` returned it.
    """
    return sum(_widest(column, limit) for column in columns)


def _widest(column: Column, limit: int) -> int:
    if column.clamped:
        return (2 * limit + 4 if column.type_oid == _BYTEA else limit + 1) * BYTES_A_CHARACTER
    if column.type_length >= 0 or column.type_oid in _SMALL:
        return SHORT
    if column.type_oid == _NUMERIC:
        return _numeric_width(column.typmod)
    return column.typmod * BYTES_A_CHARACTER


def is_wide(column: Column, cell_limit: int) -> bool:
    """Whether a value's text could be longer than the limit."""
    if column.type_length >= 0 or column.type_oid in _SMALL:
        return False
    if column.typmod < 0:
        return True
    if column.type_oid in (_VARCHAR, _BPCHAR):
        return column.typmod - 4 > cell_limit
    if column.type_oid == _NUMERIC:
        return _numeric_width(column.typmod) > cell_limit
    return not (column.type_oid in (_BIT, _VARBIT) and column.typmod <= cell_limit)


def _numeric_width(typmod: int) -> int:
    """Characters of the longest value: a scale may be negative, or larger than the precision.

    https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-NUMERIC-DECIMAL
    """
    precision, scale = (typmod - 4) >> 16, (typmod - 4) & 0x7FF
    scale -= (scale & 0x400) * 2
    return max(precision, scale, precision - scale) + len("-0.")


_OPEN = "(\n"


def _subquery(text: str) -> sql.Composed:
    # The line break ends a comment that the query may close with.
    return sql.SQL(_OPEN.replace("{", "{{")) + sql.Composed([sql.SQL(text)]) + sql.SQL("\n)")


def _cell(column: Column, name: sql.Identifier, limit: int) -> sql.Composable:
    if not column.clamped:
        return name
    return sql.SQL("{} AS {}").format(cut(column, name, limit), name)


def cut(column: Column, name: sql.Identifier, limit: int) -> sql.Composable:
    """A column's value as the grid has it: cut by the server where it is wide.

    Args:
        column: As `clamp` returned it.
        name: What it is called where it comes from.
        limit: As `effective_limit` returned it.
    """
    if not column.clamped:
        return name
    # Of a bytea bytes: two or, as `bytea_output = escape` has it, one to four characters each.
    text = name if column.type_oid == _BYTEA else as_text(column, name)
    return sql.SQL("pg_catalog.substr({}, 1, {})").format(text, sql.Literal(limit + 1))


def as_text(column: Column, name: sql.Composable) -> sql.Composable:
    """A value as the server writes it, whole."""
    if column.type_oid in (_TEXT, _VARCHAR, _UNKNOWN):
        return name
    if column.type_oid == _BPCHAR:
        # A cast to text would drop the trailing blanks that psql prints.
        return sql.SQL("pg_catalog.textin(pg_catalog.bpcharout({}))").format(name)
    if column.type_oid == _XML:
        return sql.SQL("pg_catalog.textin(pg_catalog.xml_out({}))").format(name)
    return sql.SQL("{}::pg_catalog.text").format(name)


def numbered_row(query: sql.Composable, columns: int, number: int) -> sql.Composed:
    """What to write behind FROM for one row of a query, whose columns are called c1, c2 … there.

    Args:
        query: A SELECT, VALUES, TABLE or WITH … SELECT.
        columns: How many it has.
        number: The row's, from 0.
    """
    names = sql.SQL(", ").join([sql.Identifier(f"c{place}") for place in range(1, columns + 1)])
    return sql.SQL("(SELECT * FROM (\n{}\n) AS q({}) OFFSET {} LIMIT 1) AS q").format(
        query, names, sql.Literal(number)
    )
