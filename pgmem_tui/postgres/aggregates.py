"""The aggregate functions that a composed query may have, and which of them fit a column. Pure.

https://www.postgresql.org/docs/current/functions-aggregate.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.operators import compares
from pgmem_tui.postgres.relation import Column

DELIMITER = ", "
"""Between the values of a `string_agg`."""


@dataclass(frozen=True)
class Aggregate:
    """One function over the rows of a group."""

    name: str
    """In pg_catalog."""
    label: str
    """For people."""
    distinct: bool = True
    """Whether it makes a difference to take each value once."""


_COUNT = Aggregate("count", "count of values")
_ROWS = Aggregate("count", "count of rows (*)", distinct=False)
_SUMS = (Aggregate("sum", "sum"), Aggregate("avg", "average"))
_EXTREMES = (Aggregate("min", "least", distinct=False), Aggregate("max", "greatest", distinct=False))
_ARRAY = Aggregate("array_agg", "all values, as an array")
_STRING = Aggregate("string_agg", "all values, as one text")
_TRUTHS = (
    Aggregate("bool_and", "true of all", distinct=False),
    Aggregate("bool_or", "true of any", distinct=False),
)
_BY_NAME = {one.name: one for one in (_COUNT, *_SUMS, *_EXTREMES, _ARRAY, _STRING, *_TRUTHS)}
NAMES = frozenset(_BY_NAME)
"""Of all of them, in pg_catalog."""

_UUID, _MONEY, _INTERNAL_CHAR = 2950, 790, 18
_NO_SUM = frozenset({26, 24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191})
"""Oids of objects are in the category of numbers, and add up to nothing."""


_COUNTED = Column("count", "bigint", 20, 8, category="N")
_NUMERIC = Column("numeric", "numeric", 1700, category="N")
_REAL = Column("real", "real", 700, 4, category="N")
_DOUBLE = Column("double", "double precision", 701, 8, category="N")
_MONEY_SUM = Column("money", "money", _MONEY, 8, category="N")
_INTERVAL = Column("interval", "interval", 1186, 16, category="T")
_TRUTH = Column("boolean", "boolean", 16, 1, category="B")
_TEXT = Column("text", "text", 25, category="S")
_INET = Column("inet", "inet", 869, category="I")
RESULTS = (_COUNTED, _NUMERIC, _REAL, _DOUBLE, _MONEY_SUM, _INTERVAL, _TRUTH, _TEXT, _INET)
"""The types of results that may be none of the query's columns."""

_INT2, _INT4, _INT8, _BPCHAR = 21, 23, 20, 1042
_SUM = {
    **{_INT2: _COUNTED, _INT4: _COUNTED, _INT8: _NUMERIC},
    **{one.type_oid: one for one in (_NUMERIC, _REAL, _DOUBLE, _MONEY_SUM, _INTERVAL)},
}
_AVERAGE = {
    **dict.fromkeys((_INT2, _INT4, _INT8, _NUMERIC.type_oid), _NUMERIC),
    **{_REAL.type_oid: _DOUBLE, _DOUBLE.type_oid: _DOUBLE, _INTERVAL.type_oid: _INTERVAL},
}


def result(name: str, distinct: bool, column: Column | None) -> Column | None:
    """What an aggregate makes, as a column of that name and type; None if it is not known, or an array.

    Args:
        name: The aggregate's.
        distinct: Whether it takes each value once.
        column: What it is of; None is `count(*)`.
    """
    found = _result(name, column)
    if found is None:
        return None
    inner = "*" if column is None else column.name
    return replace(found, name=f"{name}({'DISTINCT ' if distinct else ''}{inner})", not_null=name == "count")


def _result(name: str, column: Column | None) -> Column | None:
    if name == "count":
        return _COUNTED
    if column is None:
        return None
    if name in ("sum", "avg"):
        return (_SUM if name == "sum" else _AVERAGE).get(column.type_oid)
    if name in ("min", "max"):
        return _extreme(column)
    return {"bool_and": _TRUTH, "bool_or": _TRUTH, "string_agg": _TEXT}.get(name)


def _extreme(column: Column) -> Column:
    if column.category == "S" and column.type_oid != _BPCHAR:
        return _TEXT
    return _INET if column.category == "I" else replace(column, typmod=-1)


def aggregates_for(column: Column | None) -> tuple[Aggregate, ...]:
    """Those that fit a column's type; None is all of a row."""
    if column is None:
        return (_ROWS,)
    category, found = column.category, [_COUNT]
    number = category == "N" and column.type_oid not in _NO_SUM
    if number or category == "T":
        found += _SUMS[: 1 if column.type_oid == _MONEY else 2]
    if number or (category in "SDTEI" and column.type_oid != _INTERNAL_CHAR):
        found += _EXTREMES
    if category == "B":
        found += _TRUTHS
    if category not in "AP":
        found.append(_ARRAY)
    if category in "SNDTEI" or column.type_oid == _UUID:
        found.append(_STRING)
    return tuple(found if compares(column) else [replace(one, distinct=False) for one in found])


def aggregate(name: str) -> Aggregate:
    """The aggregate of a name.

    Raises:
        Refused: There is none.
    """
    found = _BY_NAME.get(name)
    if found is None:
        raise Refused(f"there is no aggregate {name}")
    return found


_EXTREMES_OF = {
    **{16: "boolean", 20: "bigint", 21: "smallint", 23: "integer", 700: "real", 701: "double precision"},
    **{25: "text", 1043: "text", 19: "text", 1042: "character", 869: "inet", 650: "inet", 790: "money"},
    **{1082: "date", 1083: "time without time zone", 1266: "time with time zone", 1186: "interval"},
    **{1114: "timestamp without time zone", 1184: "timestamp with time zone", 1700: "numeric"},
}
"""What `min` and `max` make of types that may have a modifier, or are what a domain is of."""
_MODIFIER = re.compile(r" (?:year|month|day|hour|minute|second)\b.*|\([0-9, -]+\)")


def result_type(name: str, column: Column | None) -> str:
    """The type of what an aggregate makes of a column's values, without a modifier; empty if not known.

    https://www.postgresql.org/docs/current/functions-aggregate.html

    Args:
        name: The aggregate's.
        column: None is all of a row, or a column of which nothing is known.
    """
    if name == "array_agg" and column is not None:
        return f"{_without_modifier(column)}[]"
    if name in ("min", "max") and column is not None:
        return _EXTREMES_OF.get(column.type_oid) or _without_modifier(column)
    made = result(name, False, column)
    return made.type_name if made is not None else ""


def _without_modifier(column: Column) -> str:
    """`numeric` for `numeric(10,2)`, `interval` for `interval day to second(0)`."""
    return column.type_name if column.typmod < 0 else _MODIFIER.sub("", column.type_name)
