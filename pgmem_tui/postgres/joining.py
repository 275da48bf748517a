"""Joins that foreign keys suggest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pgmem_tui.language.context import Context
from pgmem_tui.language.from_items import FromItem
from pgmem_tui.postgres import completion
from pgmem_tui.postgres.completion import FoundJoin
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.suggestion import Candidate, Suggestion, SuggestionKind

_MOST = 30
"""Tables in scope that are asked about."""


def related(connection: Connection, there: Context) -> list[FoundJoin]:
    """What can be joined with the tables before the caret."""
    partners = _relations(there.partners)
    if not partners:
        return []
    return completion.joins(connection, [item.name for item in partners], False, _suffix(partners))


def with_conditions(connection: Connection, there: Context, joins: list[FoundJoin]) -> Iterator[Candidate]:
    """Tables to join, each with the condition that it is joined on."""
    if there.qualifier:
        return
    partners = _relations(there.partners)
    taken = {item.alias for item in there.partners}
    defined = {cte.alias for cte in there.ctes}
    aliases = completion.quoted(connection, sorted(taken - {""}))
    for join in joins:
        own, other = partners[join.place], join.other
        table = other.written if other.name not in defined else f"{other.quoted_schema}.{other.quoted}"
        alias = other.quoted
        if other.name in taken:
            alias = join.other_alias
            table = f"{table} AS {alias}"
        condition = _condition(join, aliases.get(own.alias, ""), alias)
        label = f"{other.name}{f' AS {alias}' if other.name in taken else ''} ON {condition}"
        suggestion = Suggestion(f"{table} ON {condition}", label, SuggestionKind.JOIN, other.schema)
        yield Candidate(suggestion, (other.name,), join.place)


def conditions(connection: Connection, there: Context, quoted: Mapping[str, str]) -> Iterator[Candidate]:
    """The whole condition of the join that is being written, for each foreign key that fits.

    Args:
        connection: In a transaction.
        there: With the joined item and its partners.
        quoted: The items' aliases, as they have to be written.
    """
    items = _relations((there.joined, *there.partners) if there.joined is not None else ())
    if len(items) < 2 or items[0] is not there.joined:
        return
    for join in completion.joins(connection, [item.name for item in items], True, ""):
        if join.place != 0 or join.among < 0:
            continue
        own, other = items[0], items[join.among]
        condition = _condition(join, quoted.get(own.alias, ""), quoted.get(other.alias, ""))
        suggestion = Suggestion(condition, condition, SuggestionKind.CONDITION, join.other.name)
        columns = (f"{item.alias}.{column}" for item, column in _sides(join, own, other))
        names = (own.alias, other.alias, *columns)
        yield Candidate(suggestion, names, join.among)


def _relations(items: tuple[FromItem, ...]) -> list[FromItem]:
    """Those that can have foreign keys, by the names that their columns have in the catalog."""
    found = [item for item in items if item.name and not item.function and not item.renamed and item.alias]
    return found[:_MOST]


def _condition(join: FoundJoin, own: str, other: str) -> str:
    """The joined table's column first, as one writes it."""
    first, second = (own, other) if join.among >= 0 else (other, own)
    pairs = join.pairs if join.among >= 0 else tuple((theirs, ours) for ours, theirs in join.pairs)
    return " AND ".join(f"{first}.{left} = {second}.{right}" for left, right in pairs)


def _sides(join: FoundJoin, own: FromItem, other: FromItem) -> list[tuple[FromItem, str]]:
    ours, theirs = join.pairs[0]
    return [(own, ours), (other, theirs)]


def _suffix(items: list[FromItem]) -> str:
    """Makes a name that no item has."""
    number = len(items) + 1
    while any(item.alias.endswith(f"_{number}") for item in items):
        number += 1
    return f"_{number}"
