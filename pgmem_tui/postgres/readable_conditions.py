"""Conditions as a person writes them, where that keeps the same rows; else as they are sent. Pure.

A literal needs no cast where the operator takes two values of one type: the server reads it as that of the
other side (https://www.postgresql.org/docs/current/typeconv-oper.html). A cast stays where the operator takes
something else too (`@>` a range or an element, `@@` a tsquery), where a type is compared as another one (cidr
as inet), where an array's elements may be rows, and where the text of a value is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from psycopg2 import sql

from pgmem_tui.postgres import column_pairs, filtering
from pgmem_tui.postgres.operands import Operands
from pgmem_tui.postgres.operators import MANY, Operand, Operator, operator
from pgmem_tui.postgres.outside import TEXT, Outside
from pgmem_tui.postgres.query_spec import Condition
from pgmem_tui.postgres.relation import Column

VARCHAR = 1043
FIRST_OF_USERS = 16_384
"""The first oid of what is not the system's."""
_BPCHAR, _UNKNOWN, _XML, _INET, _JSONB, _NUMERIC, _BOOLEAN = 1042, 705, 142, 869, 3802, 1700, 16
_BITS = {21: 16, 23: 32, 20: 64}
"""Of the types of integers."""
_WORDS = {"like": "LIKE", "ilike": "ILIKE"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?")
_TRUTHS = {"true": True, "t": True, "false": False, "f": False}


def condition(said: Condition, find: filtering.Find, known: Operands, outside: Outside) -> sql.Composed:
    """One condition.

    Raises:
        Refused: As `filtering.condition` does.
    """
    name, column = find(said)
    how = operator(said.operator)
    sent = filtering.condition(said, find, known)
    if said.is_null:
        if column.category == "C":
            return sent  # of a row IS NULL is about each of its columns
        return sql.SQL("{} IS NULL" if said.keep else "{} IS NOT NULL").format(name)
    if said.other is not None:
        return _of_columns(said, (name, column), find(filtering.other_of(said)), known, outside) or sent
    plain = _Plain(how, name, column, known, outside)
    holds = plain.holds(filtering.values_of(said, how), said.keep)
    if holds is None:
        return sent
    return holds if said.keep or how.name == "=" else sql.SQL("({}) IS NOT TRUE").format(holds)


def _of_columns(
    said: Condition, one: column_pairs.Named, other: column_pairs.Named, known: Operands, outside: Outside
) -> sql.Composed | None:
    if not column_pairs.plain(one[1], other[1], known):
        return None
    symbols = ("=", "<>") if said.operator == "<>" else (said.operator,)
    if any(outside.has(symbol, one[1].type_oid, other[1].type_oid, TEXT) for symbol in symbols):
        return None
    holds = sql.SQL(f"{{}} {said.operator} {{}}").format(one[0], other[0])
    # IS DISTINCT FROM would not hold where both are NULL.
    return holds if said.keep else sql.SQL("({}) IS NOT TRUE").format(holds)


@dataclass(frozen=True)
class _Plain:
    """Writes what holds of one column; None is: not without qualified names."""

    how: Operator
    name: sql.Composable
    column: Column
    known: Operands
    outside: Outside

    def holds(self, values: tuple[str, ...], keep: bool) -> sql.Composed | None:
        if self.how.name == "any":
            return self._in_array(values[0])
        if self.how.symbol:
            return self._by_symbol(values)
        compared = self.known.comparison(self.column)
        if compared is None:
            left, cells = self._text(), self._literals(values)
        else:
            alike = compared.type_name == compared.own_type or self.column.type_oid == VARCHAR
            if compared.schema != "pg_catalog" or not alike:
                return None
            left, cells = self.name, self._cells(values, self.column.type_oid)
            if self.column.category == "A" and not self._array:
                cells = [_cast(value, compared.own_type) for value in values]
        symbols = {"in": ("=",), "between": (">=", "<="), "<>": ("=", "<>")}
        if left is None or self._others(*symbols.get(self.how.name, (self.how.name,))):
            return None
        return self._compared(left, cells, keep)

    def _compared(self, left: sql.Composable, cells: Sequence[sql.Composable], keep: bool) -> sql.Composed:
        if self.how.name == "between":
            return sql.SQL("{} BETWEEN {} AND {}").format(left, *cells)
        if self.how.name == "in" and self.column.category == "A":
            # IN would want an array of arrays.
            each = [sql.SQL("{} = {}").format(left, cell) for cell in cells]
            return sql.SQL("({})" if len(each) > 1 else "{}").format(sql.SQL(" OR ").join(each))
        if self.how.name == "in":
            return sql.SQL("{} IN ({})").format(left, sql.SQL(", ").join(cells))
        word = "IS DISTINCT FROM" if self.how.name == "=" and not keep else self.how.name
        return sql.SQL(f"{{}} {word} {{}}").format(left, cells[0])

    def _by_symbol(self, values: tuple[str, ...]) -> sql.Composed | None:
        left: sql.Composable | None = self._text() if self.how.of_text else self.name
        if left is None or self._others(self.how.symbol):
            return None
        own = self.known.types.get(self.column.type_oid)
        if self.how.operand is Operand.TEXT:
            cells = self._literals(values)
        elif self.how.operand is Operand.TSQUERY:
            cells = [_cast(values[0], "tsquery")]
        elif own is None:
            return None
        elif self.how.operand is Operand.ELEMENT:
            cells = [_cast(values[0], own.element_name)]
        elif self._array or self.column.type_oid in (_INET, _JSONB):
            cells = self._literals(values)
        else:
            cells = [_cast(values[0], own.name)]
        right = cells[0]
        if self.how.takes == MANY:
            right = sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(cells))
        return sql.SQL(f"{{}} {_WORDS.get(self.how.name, self.how.symbol)} {{}}").format(left, right)

    def _in_array(self, value: str) -> sql.Composed | None:
        element, own = self.known.element(self.column), self.known.types.get(self.column.type_oid)
        if element is None or own is None or not self._array:
            return None
        if self._others("=", element_oid=own.element_oid):
            return None
        alike = element.type_name == element.own_type or own.element_oid == VARCHAR
        # Elements of a domain are read as the domain, and compared as what it is of.
        if element.schema != "pg_catalog" or not alike or own.element_name != element.own_type:
            return None
        if own.element_oid >= FIRST_OF_USERS:
            cell: sql.Composable = _cast(value, own.element_name)
        else:
            (cell,) = self._cells((value,), own.element_oid)
        return sql.SQL("{} = ANY ({})").format(cell, self.name)

    @property
    def _array(self) -> bool:
        """Whether the type is an array of another, and not one that is only made like one (int2vector)."""
        own = self.known.types.get(self.column.type_oid)
        return self.column.category == "A" and own is not None and own.name == f"{own.element_name}[]"

    def _text(self) -> sql.Composable | None:
        """The column as text, as `composition.as_text` has it."""
        oid = self.column.type_oid
        if oid in (TEXT, VARCHAR, _UNKNOWN) or (oid == _BPCHAR and self.how.of_text):
            return self.name
        if oid in (_BPCHAR, _XML):
            return None
        return sql.SQL("{}::text").format(self.name)

    def _cells(self, values: tuple[str, ...], type_oid: int) -> Sequence[sql.Composable]:
        return _numbers(values, type_oid) or self._literals(values)

    def _literals(self, values: tuple[str, ...]) -> Sequence[sql.Composable]:
        return [sql.Literal(value) for value in values]

    def _others(self, *symbols: str, element_oid: int = TEXT) -> bool:
        """Whether an operator that is not the system's could be meant by one of these names."""
        return any(self.outside.has(one, self.column.type_oid, TEXT, element_oid) for one in symbols)


def _cast(value: str, type_name: str) -> sql.Composed:
    return sql.SQL("{}::{}").format(sql.Literal(value), sql.Composed([sql.SQL(type_name)]))


def _numbers(values: tuple[str, ...], type_oid: int) -> list[sql.Composable]:
    """All values as literals without quotes; none if one of them means something else without.

    Not of floating-point types: 0.1 is a numeric, and no real is equal to it.
    """
    if type_oid in _BITS and all(map(_INTEGER.fullmatch, values)):
        numbers = [int(value) for value in values]
        most = 1 << (_BITS[type_oid] - 1)
        return [sql.Literal(number) for number in numbers] if all(-most <= n < most for n in numbers) else []
    if type_oid == _NUMERIC and all(map(_DECIMAL.fullmatch, values)):
        return [sql.Literal(Decimal(value)) for value in values]
    if type_oid == _BOOLEAN and all(value in _TRUTHS for value in values):
        return [sql.Literal(_TRUTHS[value]) for value in values]
    return []
