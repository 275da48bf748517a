"""The aggregate functions that a composed query may have, and which of them fit a column. Pure.

https://www.postgresql.org/docs/current/functions-aggregate.html
"""

from __future__ import annotations

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

_UUID, _MONEY, _INTERNAL_CHAR = 2950, 790, 18
_NO_SUM = frozenset({26, 24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191})
"""Oids of objects are in the category of numbers, and add up to nothing."""


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
