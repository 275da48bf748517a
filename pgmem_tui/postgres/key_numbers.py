"""Values as numbers, for types where distances between values count: numbers, times, UUIDs. Pure."""

from __future__ import annotations

from decimal import Decimal

from psycopg2 import sql

from pgmem_tui.postgres.comparison import cast

_WHOLE = frozenset({20, 21, 23, 26})
_FRACTIONAL = frozenset({700, 701, 1700})
_DATE, _TIMESTAMP, _TIMESTAMPTZ, _UUID = 1082, 1114, 1184, 2950


def number_of(oid: int, value: sql.Composable) -> sql.Composable:
    """An expression for where a value stands on a scale of numbers."""
    if oid in _WHOLE or oid in _FRACTIONAL:
        return cast(value, "pg_catalog.text")
    if oid == _DATE:  # in days: a date may lie beyond any timestamp
        return sql.SQL(
            "CASE WHEN pg_catalog.isfinite({0}) THEN CAST(({0} OPERATOR(pg_catalog.-)"
            " '1970-01-01'::pg_catalog.date) AS pg_catalog.text) END"
        ).format(value)
    if oid in (_TIMESTAMP, _TIMESTAMPTZ):
        return sql.SQL(
            "CASE WHEN pg_catalog.isfinite({0})"
            " THEN CAST(pg_catalog.date_part('epoch', {0}) AS pg_catalog.text) END"
        ).format(value)
    if oid == _UUID:
        return sql.SQL("pg_catalog.replace(CAST({} AS pg_catalog.text), '-', '')").format(value)
    return sql.SQL("NULL::pg_catalog.text")


def value_of(oid: int, number: Decimal) -> str | sql.Composed:
    """The value that a number stands for, or an expression for its text."""
    if oid in _WHOLE:
        return str(int(number))
    if oid in _FRACTIONAL:
        return f"{number:f}"
    if oid == _UUID:
        return f"{int(number):032x}"
    if oid == _DATE:
        day = sql.SQL("('1970-01-01'::pg_catalog.date OPERATOR(pg_catalog.+) {}::pg_catalog.int4)")
        return cast(day.format(sql.Literal(str(int(number)))), "pg_catalog.text")
    moment = sql.SQL("pg_catalog.to_timestamp({}::pg_catalog.float8)").format(sql.Literal(str(number)))
    if oid == _TIMESTAMPTZ:
        return cast(moment, "pg_catalog.text")
    return cast(sql.SQL("pg_catalog.timezone('UTC', {})").format(moment), "pg_catalog.text")


def number_from(oid: int, number: str | None) -> Decimal | None:
    """The number that such an expression gave; None if it has no place on the scale."""
    if number is None:
        return None
    if oid == _UUID:
        return Decimal(int(number, 16))
    value = Decimal(number)
    return value if value.is_finite() else None
