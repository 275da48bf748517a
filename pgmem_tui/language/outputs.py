"""What the columns of a select list are called.

https://www.postgresql.org/docs/current/queries-select-lists.html#QUERIES-COLUMN-LABELS
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pgmem_tui.language.from_items import Block, FromItem
from pgmem_tui.language.keywords import BEFORE_AN_OPERAND, RESERVED
from pgmem_tui.language.statement import Statement
from pgmem_tui.language.tokens import Kind

MOST = 1_664
"""Columns that a select list can have (https://www.postgresql.org/docs/current/limits.html)."""
_ENDS = frozenset(
    (
        *("from", "where", "group", "having", "window", "union", "intersect", "except", "order", "limit"),
        *("offset", "fetch", "for", "into", "returning", "on", ";", ")"),
    )
)


def outputs(statement: Statement, block: Block, last: int) -> tuple[str | FromItem | None, ...]:
    """The columns of a query, in order: None has no name to use, an item stands for all columns of it.

    Args:
        statement: Whose words are read.
        block: The query.
        last: The word before which its level ends.
    """
    if block.outputs < 0:
        return tuple(block.items)
    found: list[str | FromItem | None] = []
    for first, end in _elements(statement, block.outputs, last):
        found += _output(statement, block, first, end)
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def columns_of_values(statement: Statement, opened: int) -> tuple[str, ...]:
    """The names that VALUES gives its columns, by its first row."""
    last = statement.closing.get(opened, opened)
    count = sum(1 for _ in _elements(statement, opened + 1, last))
    return tuple(f"column{number}" for number in range(1, min(count, MOST) + 1))


def names_in(statement: Statement, opened: int) -> tuple[str, ...]:
    """The first name of each element of a list in parentheses."""
    last = min(statement.closing.get(opened, opened), len(statement.words))
    elements = _elements(statement, opened + 1, last)
    return tuple(statement.name(first) for first, end in elements if first < end and statement.is_name(first))


def _elements(statement: Statement, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Each element of a list separated by commas, as the words that it begins with and ends before."""
    if statement.low(first) == "distinct":
        first = first + 1
        if statement.low(first) == "on" and statement.low(first + 1) == "(":
            first = statement.after(first + 1)
    elif statement.low(first) == "all":
        first += 1
    index = first
    while index < last and not _is_end(statement, index):
        if statement.low(index) == ",":
            yield first, index
            first = index + 1
        index = statement.after(index)
    if first < min(index, last):
        yield first, min(index, last)


def _is_end(statement: Statement, index: int) -> bool:
    low = statement.low(index)
    if low not in _ENDS or statement.low(index - 1) == ".":
        return False
    return not (low == "from" and statement.low(index - 1) == "distinct")


def _output(statement: Statement, block: Block, first: int, end: int) -> Sequence[str | FromItem | None]:
    last = end - 1
    if statement.low(last) == "*" and last == first:
        return block.items
    if statement.low(last) == "*" and statement.low(last - 1) == "." and statement.is_name(last - 2):
        alias = statement.name(last - 2)
        return [item for item in block.items if item.alias == alias][:1]
    return [_label(statement, first, last)]


def _label(statement: Statement, first: int, last: int) -> str | None:
    """What one expression is called."""
    if statement.is_name(last) and last > first and _ends_operand(statement, last - 1):
        return None if _is_reserved(statement, last) else statement.name(last)
    index = first
    while index + 2 <= last and statement.is_name(index) and statement.low(index + 1) == ".":
        index += 2
    if not statement.is_name(index) or _is_reserved(statement, index):
        return None
    behind = index + 1
    if statement.low(behind) == "(":
        behind = statement.after(behind)
        while statement.low(behind) in ("over", "filter", "within", "group") and behind <= last:
            behind = statement.after(behind + 1 if statement.low(behind + 1) == "(" else behind)
    while statement.low(behind) == "::" and statement.is_name(behind + 1):
        behind = statement.after(behind + 2) if statement.low(behind + 2) == "(" else behind + 2
    return statement.name(index) if behind > last else None


def _ends_operand(statement: Statement, index: int) -> bool:
    """Whether a name behind this word is an alias."""
    word = statement.words[index]
    if word.kind is Kind.NAME:
        return (
            word.low == "as"
            or word.low in ("end", "null", "true", "false")
            or (word.low not in BEFORE_AN_OPERAND and word.low not in RESERVED)
        )
    return word.kind is not Kind.OPERATOR and word.low not in (".", ",", "[", "(")


def _is_reserved(statement: Statement, index: int) -> bool:
    return (
        statement.words[index].kind is Kind.NAME
        and statement.low(index) in RESERVED
        and (statement.low(index - 1) != "as")
    )
