"""The conditions of a query as lines, and what is said of a value while it is typed. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pgmem_tui.postgres.operators import MANY, Operator, operator
from pgmem_tui.postgres.query_spec import ColumnOf, Condition, Group, QuerySpec
from pgmem_tui.postgres.relation import Column
from pgmem_tui.ui import query_changes as changes
from pgmem_tui.ui.condition_tree import walk
from pgmem_tui.ui.query_draft import Place, QueryDraft, Section
from pgmem_tui.ui.query_fields import Field, Kind, takes_values
from pgmem_tui.ui.query_line import Checked, Line, Piece, Role, aggregated, named

LONGEST_VALUE = 200
"""Characters of a value that are painted."""


def conditions(draft: QueryDraft) -> Iterator[Line]:
    """Groups, conditions and their values, a line each."""
    for path, part in walk(draft.spec.where):
        depth, place = len(path) - 1, Place(Section.WHERE, path)
        if isinstance(part, Group):
            said = "any of" if part.either else "all of"
            yield Line(place, ((said, Role.PLAIN),), "OR" if part.either else "AND", depth)
        else:
            yield from _condition(draft, place, part)


def _condition(draft: QueryDraft, place: Place, condition: Condition) -> Iterator[Line]:
    spec, depth = draft.spec, len(place.path) - 1
    found = changes.subject(spec, draft.relations, condition)
    pieces = [*_subject(spec, condition), *_compares(spec, condition, found)]
    if not condition.keep and not _meant(condition).opposite:
        pieces.insert(0, ("NOT ", Role.PLAIN))
    note = _note(condition, found) if found is not None else ""
    if found is None and spec.source.oid in draft.relations:
        note = "no such column"
    yield Line(place, tuple(pieces), note, depth, checkable(spec, condition, -1))
    takes = operator(condition.operator).takes
    for number, value in enumerate(condition.values if takes not in (0, 1) else ()):
        before = "and " if takes == 2 and number else ""
        shown = [(before, Role.PLAIN), (shown_value(value, found), Role.VALUE)]
        checked = checkable(spec, condition, number)
        yield Line(place._replace(value=number), tuple(shown), "", depth + 1, checked)


def _subject(spec: QuerySpec, condition: Condition) -> list[Piece]:
    name = named(spec, ColumnOf(condition.source, condition.column)) if condition.column else []
    return aggregated(condition.aggregate, condition.distinct, name) if condition.aggregate else name


def _note(condition: Condition, column: Column) -> str:
    """The type, and what becomes of NULLs where one might expect something else."""
    said = ""
    if not column.not_null and not condition.is_null:
        unlike = condition.operator == "<>"
        said = "NULLs kept" if not condition.keep else "NULLs left out" if unlike else ""
    of = "HAVING" if condition.aggregate else ""
    return " · ".join(filter(None, (said, of, column.type_name)))


def _meant(condition: Condition) -> Operator:
    return operator("is null" if condition.is_null else condition.operator)


def _compares(spec: QuerySpec, condition: Condition, column: Column | None) -> list[Piece]:
    meant = _meant(condition)
    said = word(meant) if condition.keep else meant.opposite or word(meant)
    pieces = [(f" {said}", Role.PLAIN)]
    if condition.other is not None:
        pieces += [(" ", Role.PLAIN), *named(spec, condition.other)]
    elif meant.takes == 1:
        pieces += [(" ", Role.PLAIN), (shown_value(condition.value, column), Role.VALUE)]
    return pieces


def word(meant: Operator) -> str:
    """An operator without what explains it."""
    return meant.label.split("  ")[0]


def hint(typed: Field, type_name: str) -> str:
    """What is said of a field, as long as nothing is wrong with it."""
    if typed.kind is Kind.ROWS:
        return "rows at most; nothing: all of them"
    if typed.kind is Kind.NAME:
        return "its name in the result; nothing: its own"
    takes = operator(typed.condition.operator).takes
    parts = [type_name, "" if typed.edit.text else "the empty string"]
    if takes == MANY and not typed.edit.text:
        parts[1] = "↵ ends · ctrl+e the empty string"
    elif takes == 1:
        parts.append("ctrl+n NULL")
    return " · ".join(part for part in parts if part)


def checkable(spec: QuerySpec, condition: Condition, value: int) -> Checked | None:
    """What is to be checked of a condition: one of its values, or the only one (-1); None for nothing."""
    if not takes_values(condition):
        return None
    text = condition.values[value] if 0 <= value < len(condition.values) else condition.value
    if text is None:
        return None
    oid = changes.oid_of(spec, condition.source or spec.source.alias)
    return Checked(oid, condition.column, condition.operator, text, condition.aggregate)


def shown_value(value: str | None, column: Column | None) -> str:
    """A value as it stands in a line: text between quotes, so that NULL and blanks are told from it."""
    if value is None:
        return "NULL"
    cut = value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"
    plain = column is not None and column.category in "NB" and value.strip() == value and value
    return cut if plain else f"'{cut}'"
