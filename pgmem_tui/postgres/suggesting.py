"""From what fits at a caret to what the database has for it."""

from __future__ import annotations

from collections.abc import Iterator

from pgmem_tui.language.context import Context, Fits
from pgmem_tui.language.from_items import FromItem
from pgmem_tui.postgres import completion, joining, scope_columns
from pgmem_tui.postgres.completion import FoundRelation, FoundType
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.scope_columns import Columns, ScopeColumn
from pgmem_tui.postgres.suggestion import LONGEST, Candidate, Suggestion, SuggestionKind, ranked

_VIEWS = frozenset("vm")
_RELATED = -1
"""The place of a relation that a foreign key leads to: before all schemas."""
_BARE_TYPES = frozenset({"varchar", "numeric", "interval", "time", "timestamp"})
"""Names that are key words as well, which mean the same without quotes."""


def suggest(connection: Connection, there: Context, most: int) -> tuple[Suggestion, ...]:
    """What could stand at the caret, the best first.

    Args:
        connection: In a transaction.
        there: What fits.
        most: Suggestions at most.

    Raises:
        psycopg2.Error: A name cannot be sent, or the connection is lost.
        ValueError: A name has a character that no name can have.
    """
    return ranked(_candidates(connection, there), there.prefix, most)


def key_words(there: Context, most: int) -> tuple[Suggestion, ...]:
    """What needs no server."""
    return ranked(_key_words(there), there.prefix, most)


def _candidates(connection: Connection, there: Context) -> Iterator[Candidate]:
    if Fits.RELATION in there.fits:
        yield from _tables(connection, there)
    if Fits.COLUMN in there.fits:
        yield from _of_columns(connection, there)
    if Fits.TYPE in there.fits:
        types = completion.types(connection, there.prefix, _schema(there))
        yield from (_type(found, there) for found in types)
    if Fits.FUNCTION in there.fits:
        yield from _functions(connection, there)
    if Fits.SCHEMA in there.fits and there.prefix:
        for name, written in completion.schemas(connection, there.prefix):
            yield Candidate(Suggestion(written, name, SuggestionKind.SCHEMA), (name,))
    yield from _key_words(there)


def _key_words(there: Context) -> Iterator[Candidate]:
    if Fits.KEYWORD in there.fits:
        for word in there.keywords:
            yield Candidate(Suggestion(word, word, SuggestionKind.KEYWORD), (word.lower(),))


def _tables(connection: Connection, there: Context) -> Iterator[Candidate]:
    """CTEs, relations, and those that foreign keys lead to."""
    schema = _schema(there)
    ctes = {} if there.qualifier else {cte.alias: cte for cte in there.ctes}
    written = completion.quoted(connection, list(ctes))
    for name, cte in ctes.items():
        detail = ", ".join(cte.renamed or [each for each in cte.outputs if isinstance(each, str)])
        yield Candidate(Suggestion(written[name], name, SuggestionKind.CTE, _short(detail)), (name,))
    related: set[tuple[str, str]] = set()
    if there.partners:
        joins = joining.related(connection, there)
        related = {(join.other.schema, join.other.name) for join in joins}
        if Fits.JOIN in there.fits:
            yield from joining.with_conditions(connection, there, joins)
        for other in {(join.other.schema, join.other.name): join.other for join in joins}.values():
            if schema is None or schema == other.schema:
                yield _relation(FoundRelation(other, "r", True), there, frozenset(ctes), True)
    for found in completion.relations(connection, there.prefix, schema):
        yield _relation(found, there, frozenset(ctes), (found.named.schema, found.named.name) in related)


def _relation(found: FoundRelation, there: Context, ctes: frozenset[str], related: bool) -> Candidate:
    named, kind = found.named, SuggestionKind.VIEW if found.kind in _VIEWS else SuggestionKind.TABLE
    insert = named.written
    if there.qualifier:
        insert = named.quoted
    elif named.name in ctes:
        insert = f"{named.quoted_schema}.{named.quoted}"
    suggestion = Suggestion(insert, named.name, kind, named.schema)
    return Candidate(suggestion, (named.name,), _RELATED if related else named.place, found.readable)


def _of_columns(connection: Connection, there: Context) -> Iterator[Candidate]:
    """Columns in scope; with them, outputs, aliases and join conditions."""
    items = there.items
    if there.bare and there.joined is not None:
        items = (there.joined, *there.partners)
    asked = items
    if there.qualifier and there.qualifier[-1] not in {item.alias for item in items}:
        asked = (*items, FromItem(there.qualifier[-1], there.qualifier))
    writes = there.bare and there.joined is None
    columns = scope_columns.load(connection, asked, there.outputs, "INSERT, UPDATE" if writes else "SELECT")
    found = _scope(columns, there, items)
    yield from (_column(each) for each in found)
    if there.qualifier or there.bare:
        return
    taken = {each.column.name for each in found if each.written == each.column.quoted}
    for name in there.outputs:
        if there.outputs_win or name not in taken:
            suggestion = Suggestion(columns.quoted[name], name, SuggestionKind.OUTPUT, "select list")
            yield Candidate(suggestion, (name,))
    if there.prefix:
        yield from _aliases(columns, items)
    if Fits.CONDITION in there.fits:
        yield from joining.conditions(connection, there, columns.quoted)


def _scope(columns: Columns, there: Context, items: tuple[FromItem, ...]) -> list[ScopeColumn]:
    if there.bare and there.joined is not None:
        shared = {column.name for item in there.partners for column in columns.of(item)}
        return [
            each
            for each in scope_columns.bare(columns, [there.joined])
            if each.column.name in shared - there.listed
        ]
    if there.bare:
        return [each for each in scope_columns.bare(columns, items) if each.column.name not in there.listed]
    if there.qualifier:
        return scope_columns.qualified(columns, items, there.qualifier)
    hidden = frozenset(there.outputs) if there.outputs_win else frozenset()
    return scope_columns.in_scope(columns, items, hidden)


def _column(found: ScopeColumn) -> Candidate:
    column, item = found.column, found.item
    detail = " · ".join(filter(None, (column.type_name, item.alias)))
    suggestion = Suggestion(found.written, found.label, SuggestionKind.COLUMN, _short(detail))
    return Candidate(suggestion, (column.name, found.label), found.place, column.allowed)


def _aliases(columns: Columns, items: tuple[FromItem, ...]) -> Iterator[Candidate]:
    for place, item in enumerate(items):
        if item.alias:
            detail = ".".join(item.name) if item.name and item.name[-1] != item.alias else ""
            suggestion = Suggestion(
                columns.quoted[item.alias], item.alias, SuggestionKind.ALIAS, _short(detail)
            )
            yield Candidate(suggestion, (item.alias,), place)


def _functions(connection: Connection, there: Context) -> Iterator[Candidate]:
    """With an opening parenthesis, if there is none; and the other one if nothing goes between them."""
    sets = Fits.RELATION in there.fits
    own = not there.prefix and not there.qualifier
    for found in completion.functions(connection, there.prefix, _schema(there), sets, own):
        named = found.named
        insert = named.quoted if there.qualifier else named.written
        if not there.called:
            insert += "(" if found.arguments or found.variants > 1 else "()"
        more = f" +{found.variants - 1}" if found.variants > 1 else ""
        detail = f"({found.arguments}) → {found.result}"
        suggestion = Suggestion(insert, named.name, SuggestionKind.FUNCTION, _short(detail) + more)
        yield Candidate(suggestion, (named.name,), named.place)


def _type(found: FoundType, there: Context) -> Candidate:
    """By the standard's name; by PostgreSQL's (int4) if that is what was typed."""
    named, standard = found.named, found.standard
    system = named.schema == "pg_catalog"
    short = named.name if named.name in _BARE_TYPES else named.quoted
    insert = standard
    if there.qualifier:
        insert = named.quoted
    elif system and named.visible and there.prefix and named.name.startswith(there.prefix):
        insert = short
    label, detail = (insert, named.name) if system else (named.name, named.schema)
    suggestion = Suggestion(insert, label, SuggestionKind.TYPE, detail)
    return Candidate(suggestion, (named.name, standard), named.place)


def _schema(there: Context) -> str | None:
    return there.qualifier[-1] if there.qualifier else None


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
