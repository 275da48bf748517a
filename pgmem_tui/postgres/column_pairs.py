"""Columns compared with columns. Pure."""

from __future__ import annotations

from psycopg2 import sql

from pgmem_tui.postgres.comparison import Comparison
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.operands import Operands
from pgmem_tui.postgres.operators import compares
from pgmem_tui.postgres.relation import Column

Named = tuple[sql.Composable, Column]
"""How a column is said in the query, and what it is."""

_SYMBOLS = {"<": "less", "<=": "less_equal", "=": "equal", ">=": "greater_equal", ">": "greater"}
OPERATORS = frozenset({*_SYMBOLS, "<>"})
"""The names of those that take a column as well."""

_TEXTS = frozenset({25, 1043})
_ALIKE = (
    frozenset({20, 21, 23, 700, 701, 1700}),
    frozenset({1082, 1114, 1184}),
    _TEXTS,
)
"""Types of which any two compare in pg_catalog: numbers, dates with or without a time, texts."""


def comparable(one: Column, other: Column) -> bool:
    """Whether the values of two columns compare, as far as their types tell."""
    types = {one.type_oid, other.type_oid}
    return compares(one) and compares(other) and (len(types) == 1 or any(types <= kind for kind in _ALIKE))


def plain(one: Column, other: Column, known: Operands) -> bool:
    """Whether an operator's name alone means what `compared` sends: neither is compared as another type."""
    texts = {one.type_oid, other.type_oid} <= _TEXTS
    found = [known.comparison(column) for column in (one, other)]
    return all(
        how is not None and how.schema == "pg_catalog" and (texts or how.type_name == how.own_type)
        for how in found
    )


def compared(operator: str, one: Named, other: Named, known: Operands) -> sql.Composed:
    """That an operator of `OPERATORS` holds between two columns.

    Raises:
        Refused: They do not compare, or not so.
    """
    sides = []
    for name, column in (one, other):
        comparison = known.comparison(column)
        if comparison is None or operator not in OPERATORS or not comparable(one[1], other[1]):
            raise Refused(
                f"{one[1].name}, {one[1].type_name}, is not compared with"
                f" {other[1].name}, {other[1].type_name}, by {operator}"
            )
        sides.append((comparison, comparison.column(name)))
    how: Comparison = sides[0][0]
    symbol = how.operator(getattr(how, _SYMBOLS.get(operator, "equal")))
    said = sql.SQL("{} {} {}").format(sides[0][1], symbol, sides[1][1])
    # An operator class has no <>.
    return sql.SQL("NOT ({})").format(said) if operator == "<>" else said
