"""The columns that can be named at a caret, each as it has to be written there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pgmem_tui.language.from_items import FromItem
from pgmem_tui.postgres import completion
from pgmem_tui.postgres.completion import FoundColumn, RelationName
from pgmem_tui.postgres.connection import Connection

MOST_RELATIONS = 60
"""Tables in scope that are asked about."""
_VISITS = 2_000
"""Subqueries looked into: one that is named often is looked into often."""
_MOST = 5_000
"""Columns of one item."""


class ScopeColumn(NamedTuple):
    """A column in scope."""

    column: FoundColumn
    item: FromItem
    place: int
    """The item's number, the nearest first."""
    written: str
    """Qualified where it must be."""
    label: str
    """The same without quotes."""


@dataclass(frozen=True)
class Columns:
    """What is known of the items in scope."""

    relations: Mapping[RelationName, Sequence[FoundColumn]]
    results: Mapping[RelationName, Sequence[FoundColumn]]
    quoted: Mapping[str, str]
    """Names of the text, as they have to be written."""

    def of(self, item: FromItem) -> list[FoundColumn]:
        """The columns of one item, in their order, its own names for them."""
        found: list[FoundColumn] = []
        visits = [_VISITS]
        for column in self._expand(item, visits):
            found.append(column)
            if len(found) >= _MOST:
                break
        return [column for column in found if column.name]

    def _expand(self, item: FromItem, visits: list[int]) -> Iterator[FoundColumn]:
        if visits[0] <= 0:
            return
        visits[0] -= 1
        renamed = iter(item.renamed)
        count = 0
        for column in self._own(item, visits):
            name = next(renamed, "")
            count += 1
            yield self._renamed(column, name) if name else column
        if not count:
            for name in renamed:  # nothing is known but what it is called here
                yield FoundColumn(name, self.quoted.get(name, ""), "")

    def _own(self, item: FromItem, visits: list[int]) -> Iterator[FoundColumn]:
        if item.function:
            single = FoundColumn(item.alias, self.quoted.get(item.alias, ""), "")
            yield from self.results.get(item.name) or [single]
        elif item.name:
            yield from self.relations.get(item.name, ())
        for output in item.outputs:
            if isinstance(output, FromItem):
                yield from self._expand(output, visits)
            else:
                yield FoundColumn(output or "", self.quoted.get(output or "", ""), "")

    def _renamed(self, column: FoundColumn, name: str) -> FoundColumn:
        return column._replace(name=name, quoted=self.quoted.get(name, ""))


def load(connection: Connection, items: Sequence[FromItem], more: Sequence[str], privilege: str) -> Columns:
    """Ask for what items in scope have, and how names of the text are written.

    Args:
        connection: In any transaction.
        items: In scope.
        more: Other names to quote.
        privilege: What is wanted of the columns.
    """
    relations, functions, names = _named_in(items)
    return Columns(
        completion.columns(connection, relations, privilege) if relations else {},
        completion.results(connection, functions) if functions else {},
        completion.quoted(connection, sorted({*names, *more} - {""})),
    )


def in_scope(
    columns: Columns, items: Sequence[FromItem], hidden: frozenset[str] = frozenset()
) -> list[ScopeColumn]:
    """All columns that can be named without a qualifier, or with one that they get here.

    Args:
        columns: Of the items.
        items: The innermost query's first.
        hidden: Names that mean something else without a qualifier.
    """
    found = [(item, columns.of(item)) for item in items if not item.qualified]
    once = _unambiguous(found) if len(found) > 1 else None
    scope: list[ScopeColumn] = []
    taken = _aliases(items)
    for place, (item, listed) in enumerate(found):
        qualifier = _qualifier(columns, item, listed, taken)
        for column in listed:
            plain = column.name not in hidden and (once is None or once.get(column.name) == place)
            if plain:
                scope.append(ScopeColumn(column, item, place, column.quoted, column.name))
            elif qualifier:
                written, label = f"{qualifier}.{column.quoted}", f"{item.alias}.{column.name}"
                scope.append(ScopeColumn(column, item, place, written, label))
    return scope


def bare(columns: Columns, items: Sequence[FromItem]) -> list[ScopeColumn]:
    """All columns as they are named in a list of columns."""
    return [
        ScopeColumn(column, item, place, column.quoted, column.name)
        for place, item in enumerate(items)
        for column in columns.of(item)
    ]


def qualified(columns: Columns, items: Sequence[FromItem], qualifier: tuple[str, ...]) -> list[ScopeColumn]:
    """The columns of what a qualifier names: an item, or else a relation that is not in scope yet."""
    name = qualifier[-1]
    meant = [item for item in items if item.alias == name and _is_of(columns, item, qualifier)]
    nearest = [item for item in meant if item.level == meant[0].level]
    return bare(columns, nearest or [FromItem(name, qualifier)])


def _is_of(columns: Columns, item: FromItem, qualifier: tuple[str, ...]) -> bool:
    """Whether a qualifier with a schema means an item: one without an alias."""
    if len(qualifier) == 1:
        return True
    if not item.name or item.name[-1] != item.alias:
        return False
    schemas = {item.name[-2]} if len(item.name) > 1 else {column.schema for column in columns.of(item)}
    return qualifier[-2] in schemas


def _named_in(items: Sequence[FromItem]) -> tuple[list[RelationName], list[RelationName], set[str]]:
    """The relations, functions and names that items are made of."""
    relations: dict[RelationName, None] = {}
    functions: dict[RelationName, None] = {}
    names = {item.alias for item in items}
    seen: set[int] = set()
    waiting = list(reversed(items))
    while waiting and len(seen) < _VISITS:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        names.update((item.alias, *item.renamed))
        if item.name:
            (functions if item.function else relations)[item.name] = None
        for output in item.outputs:
            if isinstance(output, FromItem):
                waiting.append(output)
            elif output:
                names.add(output)
    return list(relations)[:MOST_RELATIONS], list(functions)[:MOST_RELATIONS], names


def _unambiguous(found: Sequence[tuple[FromItem, list[FoundColumn]]]) -> dict[str, int]:
    """For each name, the number of the item that it means without a qualifier, if it means one."""
    meant: dict[str, int] = {}
    for level in sorted({item.level for item, _ in found}):
        counted = Counter(column.name for item, listed in found if item.level == level for column in listed)
        for place, (item, listed) in enumerate(found):
            for column in listed if item.level == level else ():
                meant.setdefault(column.name, place if counted[column.name] == 1 else -1)
    return meant


def _aliases(items: Sequence[FromItem]) -> dict[str, list[FromItem]]:
    taken: dict[str, list[FromItem]] = {}
    for item in items:
        taken.setdefault(item.alias, []).append(item)
    return taken


def _qualifier(
    columns: Columns, item: FromItem, listed: list[FoundColumn], taken: Mapping[str, list[FromItem]]
) -> str:
    """What to write before a column; empty if nothing says which item is meant."""
    same = taken[item.alias]
    nearest = [other for other in same if other.level == min(each.level for each in same)]
    if not item.alias or item not in nearest:
        return ""
    alias = columns.quoted.get(item.alias, "")
    if len(nearest) == 1:
        return alias
    schemas = [_schema(columns, other) for other in nearest]
    own = _schema(columns, item)
    if not own or schemas.count(own) > 1 or not listed:
        return ""
    return f"{listed[0].quoted_schema}.{alias}"


def _schema(columns: Columns, item: FromItem) -> str:
    """The schema of an item that is a relation without an alias."""
    if not item.name or item.function or item.name[-1] != item.alias:
        return ""
    return next((column.schema for column in columns.of(replace(item, renamed=()))), "")
