"""From the statement down through its parentheses to a caret: which queries' tables are visible there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pgmem_tui.language.clauses import Clause
from pgmem_tui.language.from_items import Block, FromItem
from pgmem_tui.language.scope import Place, ScopeWalker
from pgmem_tui.language.statement import Statement

NESTED = 60
"""Levels of parentheses around a caret that are looked at, from the innermost."""


@dataclass(frozen=True)
class Seen:
    """What surrounds a caret."""

    clause: Clause
    """On the innermost level of parentheses."""
    opener: int
    """The parenthesis that the level begins with, or -1."""
    places: tuple[Place, ...]
    """One for each query whose tables can be named, the innermost first; there is one at least."""
    ctes: Mapping[str, FromItem]

    @property
    def block(self) -> Block:
        """The innermost query."""
        return self.places[0].block


def look(statement: Statement) -> Seen:
    """See what surrounds the caret of a statement."""
    caret = statement.caret
    around = [opened for opened, closed in statement.closing.items() if opened < caret <= closed]
    opener = sorted(around)[-NESTED - 1] if len(around) > NESTED else -1
    first, last = opener + 1, statement.closing.get(opener, len(statement.words))
    clause, hidden = Clause.START, False
    places: list[Place] = []
    ctes: Mapping[str, FromItem] = {}
    while True:
        query = clause is Clause.START or (
            clause in (Clause.TABLE, Clause.EXPRESSION, Clause.COLUMNS) and statement.begins_query(first)
        )
        if query or clause is Clause.TABLE:
            block = None if query else _copy(places[-1].block)
            place = _read(
                ScopeWalker(statement, Clause.START if query else clause, ctes, block), first, last, caret
            )
            if query and hidden:
                places.pop()
            if query:
                places.append(place)
            clause, ctes, group = place.clause, place.ctes, place.index
        else:
            group = first
            while group < caret and statement.after(group) <= caret:
                group = statement.after(group)
        if group >= caret:
            return Seen(clause, opener, tuple(reversed(places)), ctes)
        hidden = clause is Clause.WITH or (clause is Clause.TABLE and statement.low(group - 1) != "lateral")
        clause = _inside(statement, clause, group, places[-1].block)
        first, last, opener = group + 1, min(statement.closing[group], last), group


def items_before(block: Block, place: int) -> list[FromItem]:
    """What a query has named before a place in the text, the nearest first."""
    return sorted((item for item in block.items if item.start < place), key=lambda item: -item.start)


def visible(seen: Seen, place: int) -> tuple[FromItem, ...]:
    """Whose columns can be named at a place, those of the innermost query first, the nearest first."""
    found = []
    for level, at in enumerate(seen.places):
        items = sorted(_of_place(at, place), key=lambda item: abs(item.start - place))
        found += [replace(item, level=level) for item in items]
    return tuple(found)


def _of_place(at: Place, place: int) -> list[FromItem]:
    block, target = at.block, at.block.target
    if at.clause in (Clause.TABLE, Clause.FROM, Clause.ON) and block.verb == "select":
        before = [item for item in items_before(block, place) if item.start != at.start]
        return before[1:] if at.clause is Clause.FROM else before  # a function's arguments do not see it
    if target is None:
        return list(block.items)
    if at.clause is Clause.RETURNING:
        # https://www.postgresql.org/docs/current/dml-returning.html
        extra = [replace(target, alias=alias, qualified=True) for alias in ("old", "new")]
        return [*block.items, *extra]
    if block.verb != "insert":
        return list(block.items)
    if at.clause in (Clause.SET, Clause.WHERE):
        # https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
        return [target, replace(target, alias="excluded", start=target.start - 1)]
    return [] if at.clause is Clause.VALUES else [target]


def _read(walker: ScopeWalker, first: int, last: int, caret: int) -> Place:
    place = walker.read(first, last, caret)
    assert place is not None, "the caret is on this level or in a group of it"
    return place


def _copy(block: Block) -> Block:
    """To read again what the block has read already."""
    return Block(block.verb, list(block.items), block.target, block.outputs)


def _inside(statement: Statement, clause: Clause, group: int, block: Block) -> Clause:
    """What a group begins with."""
    before = statement.low(group - 1)
    if clause is Clause.WITH:
        return Clause.START if before in ("as", "materialized") else Clause.NAMES
    if clause in (Clause.START, Clause.TABLE):
        return clause
    if before == "over" or (clause is Clause.WINDOW and before == "as"):
        return Clause.WINDOW
    if before == "using" and clause in (Clause.FROM, Clause.ON):
        return Clause.USING
    if before in ("conflict", "insert") or (clause is Clause.SET and before in ("set", ",")):
        return Clause.COLUMNS
    if clause is Clause.FROM:
        return _behind_table(statement, group, block)
    return Clause.COLUMNS if clause is Clause.OTHER and block.target is not None else Clause.EXPRESSION


def _behind_table(statement: Statement, group: int, block: Block) -> Clause:
    if block.verb == "insert":
        return Clause.COLUMNS
    before = items_before(block, statement.words[group].start)
    called = before and before[0].function and before[0].name[-1] == statement.name(group - 1)
    return Clause.EXPRESSION if called else Clause.NAMES
