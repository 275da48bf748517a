"""Conditions -> SQL. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg2 import sql

from pgmem_tui.postgres.comparison import Comparison
from pgmem_tui.postgres.composition import as_text
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.query_spec import Condition
from pgmem_tui.postgres.relation import Column


def where(
    conditions: Sequence[Condition], columns: Sequence[Column], comparisons: Mapping[int, Comparison]
) -> sql.Composed | None:
    """All conditions at once; None without any.

    Args:
        conditions: What must hold.
        columns: The relation's.
        comparisons: How the types of those columns compare; values of others are compared as text.

    Raises:
        Refused: There is no such column.
    """
    named = {column.name: column for column in columns}
    parts = []
    for condition in conditions:
        column = named.get(condition.column)
        if column is None:
            raise Refused(f"there is no column {condition.column}")
        parts.append(_holds(condition, column, comparisons.get(column.type_oid)))
    return sql.SQL(" AND ").join(parts) if parts else None


def _holds(condition: Condition, column: Column, comparison: Comparison | None) -> sql.Composed:
    name = sql.Identifier(column.name)
    if condition.value is None:
        # IS NULL would hold for a row of NULLs too.
        return sql.SQL(
            "{} IS NOT DISTINCT FROM NULL" if condition.keep else "{} IS DISTINCT FROM NULL"
        ).format(name)
    # Whether two arrays or rows compare depends on what is in them; as text they do.
    if comparison is not None and column.category not in "AC":
        equal = sql.SQL("{} {} {}").format(
            comparison.column(column.name),
            comparison.operator(comparison.equal),
            comparison.value(condition.value),
        )
    else:
        equal = sql.SQL("{} OPERATOR(pg_catalog.=) {}::pg_catalog.text").format(
            as_text(column, name), sql.Literal(condition.value)
        )
    return equal if condition.keep else sql.SQL("({}) IS NOT TRUE").format(equal)
