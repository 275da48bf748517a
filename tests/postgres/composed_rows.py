"""The rows that a spec means, computed from the rows that were inserted; None is NULL, and unknown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from itertools import groupby
from typing import Any

from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Output,
    QuerySpec,
    flat,
)

Row = dict[str, Any]
"""Values by column."""
Joined = dict[str, Row]
"""Rows by alias; of an outer join without any, empty."""
AGGREGATED = "\0"
"""In a row: what aggregates make of its group, by what a condition says of them. No alias has it."""
Range = tuple[int, int]
"""From one bound up to below the other."""
EMPTY: Range = (-(10**9), -(10**9))
"""Sorts before all others, as it does in PostgreSQL."""


def joined(spec: QuerySpec, tables: dict[int, list[Row]]) -> list[Joined]:
    """What FROM and WHERE let through."""
    found: list[Joined] = [{spec.source.alias: row} for row in tables[spec.source.oid]]
    for join in spec.joins:
        alias, more = join.source.alias, []
        for before in found:
            with_it = [{**before, alias: row} for row in tables[join.source.oid]]
            hits = [one for one in with_it if all(_meets(one, *pair) for pair in join.pairs)]
            more += hits or ([{**before, alias: {}}] if join.outer else [])
        found = more
    where = [part for part in conjuncts(spec.where) if not of_groups(part)]
    return [row for row in found if every([holds(part, row, spec.source.alias) for part in where])]


def results(spec: QuerySpec, rows: list[Joined]) -> list[tuple[Any, ...]]:
    """The outputs, in no order, without the limit."""
    if not spec.grouped:
        found = [tuple(get(row, output.column) for output in spec.outputs) for row in rows]
    else:
        plain = [output.column for output in spec.outputs if not output.aggregate]

        def key(row: Joined) -> str:
            return repr([get(row, column) for column in plain])

        groups = [list(members) for _, members in groupby(sorted(rows, key=key), key)]
        if not plain and not groups:
            groups = [[]]
        groups = [members for members in groups if kept(spec, members)]
        found = [tuple(_output(output, members) for output in spec.outputs) for members in groups]
    return list({repr(row): row for row in found}.values()) if spec.distinct else found


def conjuncts(parts: Iterable[Condition | Group]) -> list[Condition | Group]:
    """All that must hold, without groups of which all must."""
    found: list[Condition | Group] = []
    for part in parts:
        found += conjuncts(part.parts) if isinstance(part, Group) and not part.either else [part]
    return found


def of_groups(part: Condition | Group) -> bool:
    """Whether it is about an aggregate."""
    return any(condition.aggregate for condition in flat((part,)))


def kept(spec: QuerySpec, members: list[Joined]) -> bool:
    """Whether HAVING lets a group through."""
    values: Row = {}
    for condition in filter(lambda one: one.aggregate, flat(spec.where)):
        column = ColumnOf(condition.source or spec.source.alias, condition.column)
        of = column if condition.column else None
        values[condition.subject] = _output(Output(of, condition.aggregate, condition.distinct), members)
    row = {**(members[0] if members else {}), AGGREGATED: values}
    having = [part for part in conjuncts(spec.where) if of_groups(part)]
    return every([holds(part, row, spec.source.alias) for part in having]) is True


def get(row: Joined, column: ColumnOf | None) -> Any:
    """A value; None is NULL."""
    assert column is not None
    return row[column.source].get(column.column)


def ordered(spec: QuerySpec, rows: Sequence[Any], key: Callable[[Any, Any], Any]) -> list[Any]:
    """Rows in the spec's order; `key` gets a row and one of the spec's keys."""

    def compare(one: Any, other: Any) -> int:
        for by in spec.order:
            found = _compare(key(one, by), key(other, by), by.descending, by.nulls_first)
            if found:
                return found
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def holds(part: Condition | Group, row: Joined, first: str) -> bool | None:
    """Whether a part holds for a row."""
    if isinstance(part, Group):
        each = [holds(one, row, first) for one in part.parts if said(one)]
        return (some(each) if part.either else every(each)) if each else True
    own = row[AGGREGATED] if part.aggregate else row[part.source or first]
    value = own.get(part.subject if part.aggregate else part.column)
    if part.is_null:
        return (value is None) == part.keep
    if part.other is not None:
        other = row[part.other.source or first].get(part.other.column)
        known = None if value is None or other is None else ordered_so(part.operator, value, other)
        return known if part.keep else known is not True
    known = None if value is None else compared(part, value)
    return known if part.keep else known is not True


def said(part: Condition | Group) -> bool:
    """Whether a part says anything."""
    return isinstance(part, Condition) or any(map(said, part.parts))


def every(each: Iterable[bool | None]) -> bool | None:
    """AND."""
    each = list(each)
    return False if False in each else None if None in each else True


def some(each: Iterable[bool | None]) -> bool | None:
    """OR."""
    each = list(each)
    return True if True in each else None if None in each else False


def compared(part: Condition, value: Any) -> bool | None:
    """What an operator says of a value that is not NULL."""
    how = part.operator
    texts = part.values or (part.value or "",)
    if isinstance(value, str) and how in ("like", "ilike", "~", "~*"):
        return _matches(how, value, texts[0])
    if isinstance(value, dict) and how in ("?", "?|", "?&"):
        there = [text in value for text in texts]
        return all(there) if how == "?&" else any(there)
    if how == "any":
        return some([None if one is None else one == texts[0] for one in value])
    if how == "has":
        return bool(value[0] <= int(texts[0]) < value[1])
    given = [read(value, text) for text in texts]
    if how in ("@>", "<@", "&&"):
        return _contains(how, value, given[0])
    if how == "between":
        return bool(given[0] <= _key(value) <= given[1])
    if how in ("in", "=", "<>"):
        return (_key(value) in given) != (how == "<>")
    return ordered_so(how, _key(value), given[0])


def ordered_so(how: str, value: Any, other: Any) -> bool:
    """Whether an operator of an order holds."""
    operations: dict[str, Callable[[Any, Any], bool]] = {
        "=": lambda a, b: a == b,
        "<>": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    return operations[how](_key(value), _key(other))


def read(like: Any, text: str) -> Any:
    """A condition's text as what it is of the type of another value."""
    if isinstance(like, bool):
        return text == "true"
    if isinstance(like, int):
        return int(text)
    if isinstance(like, tuple):
        return _range(text)
    if isinstance(like, list):
        return [
            re.sub(r"\\(.)", r"\1", one, flags=re.DOTALL)
            for one in re.findall(r'"((?:[^"\\]|\\.)*)"', text, re.DOTALL)
        ]
    return json.loads(text) if isinstance(like, dict) else text.encode()


def written(value: Any) -> str:
    """A value as one would type it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{value[0]},{value[1]})"
    if isinstance(value, list):
        quoted = ['"' + re.sub(r'(["\\])', r"\\\1", one) + '"' for one in value if one is not None]
        return "{" + ", ".join(quoted) + "}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _range(text: str) -> Range:
    first, end = map(int, text[1:-1].split(","))
    return (first, end) if first < end else EMPTY


def _key(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _meets(row: Joined, one: ColumnOf, other: ColumnOf) -> bool:
    value = get(row, one)
    return value is not None and bool(value == get(row, other))


def _matches(how: str, value: str, text: str) -> bool:
    if how in ("ilike", "~*"):
        # Of collation C: letters without marks are all that has two cases.
        value, text = _fold(value), _fold(text)
    if how in ("~", "~*"):
        return text.removeprefix("***=") in value
    pattern, place = "", 0
    while place < len(text):
        one = text[place]
        if one == "\\":
            place += 1
            one = re.escape(text[place])
        else:
            one = {"%": ".*", "_": "."}.get(one, re.escape(one))
        pattern += one
        place += 1
    return re.fullmatch(pattern, value, re.DOTALL) is not None


def _fold(text: str) -> str:
    return "".join(one.lower() if one.isascii() else one for one in text)


def _contains(how: str, value: Any, given: Any) -> bool:
    if how == "<@":
        return _contains("@>", given, value)
    if isinstance(value, dict):
        return all(key in value and value[key] == given[key] for key in given)
    if isinstance(value, list):
        shared = {one for one in given if one is not None and one in value}
        return bool(shared) if how == "&&" else all(one is not None and one in value for one in given)
    (first, end), (other, last) = value, given
    if how == "&&":
        return bool(first < end and other < last and other < end and first < last)
    return bool(other >= last or (first <= other and last <= end))


def _output(output: Output, rows: list[Joined]) -> Any:
    if not output.aggregate:
        return get(rows[0], output.column)
    if output.column is None:
        return len(rows)
    values = [get(row, output.column) for row in rows]
    known = [value for value in values if value is not None]
    if output.distinct:
        known = list(dict.fromkeys(known))
        values = list(dict.fromkeys(values))
    if output.aggregate == "count":
        return len(known)
    if output.aggregate == "array_agg":
        return tuple(sorted(map(repr, values))) if values else None
    if not known:
        return None
    functions: dict[str, Callable[[list[Any]], Any]] = {
        "sum": sum,
        "min": lambda found: min(found, key=_key),
        "max": lambda found: max(found, key=_key),
        "bool_and": all,
        "bool_or": any,
    }
    return functions[output.aggregate](known)


def _compare(one: Any, other: Any, descending: bool, nulls_first: bool | None) -> int:
    if one is None or other is None:
        first = descending if nulls_first is None else nulls_first
        return 0 if one is other else (-1 if (one is None) == first else 1)
    one, other = _key(one), _key(other)
    found = int(one > other) - int(one < other)
    return -found if descending else found
