"""A query as lines to be looked at and changed: what the composer lists. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from pgmem_tui.display import quantities
from pgmem_tui.postgres.aggregates import result_type
from pgmem_tui.postgres.operators import MANY, Operator, operator
from pgmem_tui.postgres.query_spec import ColumnOf, Condition, Group, OutputOrder, QuerySpec, SortKey
from pgmem_tui.postgres.relation import Column
from pgmem_tui.ui import query_changes as changes
from pgmem_tui.ui.condition_tree import walk
from pgmem_tui.ui.query_draft import Place, QueryDraft, Section
from pgmem_tui.ui.query_fields import Field, Kind, takes_values

LONGEST_VALUE = 200
"""Characters of a value that are painted."""


class Role(Enum):
    """What a piece of a line is."""

    PLAIN = "plain"
    NAME = "name"
    VALUE = "value"
    MUTED = "muted"
    PROBLEM = "problem"


Piece = tuple[str, Role]


@dataclass(frozen=True)
class Line:
    """One line."""

    place: Place
    pieces: tuple[Piece, ...]
    """Any text: it has to be made safe to be shown."""
    note: str = ""
    """Stands at the right."""
    depth: int = 0
    checked: Checked | None = None
    """Its value, if it has one that a server can check."""


Checked = tuple[int, str, str, str]
"""A relation's oid, a column, an operator, a text."""


def checkable(spec: QuerySpec, condition: Condition, value: int) -> Checked | None:
    """What is to be checked of a condition: one of its values, or the only one (-1); None for nothing."""
    if not takes_values(condition):
        return None
    text = condition.values[value] if 0 <= value < len(condition.values) else condition.value
    if text is None:
        return None
    oid = changes.oid_of(spec, condition.source or spec.source.alias)
    return oid, condition.column, condition.operator, text


@dataclass
class Notes:
    """What was found out about a query, and is said beside it."""

    order: str = ""
    """What sorting takes."""
    checked: dict[Checked, tuple[str, str]] = field(default_factory=dict)
    """What the server said against a value, empty for nothing, and the type that it is taken for."""


def listed(draft: QueryDraft, notes: Notes) -> list[Line]:
    """All lines, section by section."""
    lines: list[Line] = []
    for section in Section:
        lines += _SECTIONS[section](draft, notes)
    return lines


def _table(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    relation = draft.relations.get(draft.spec.source.oid)
    place = Place(Section.TABLE)
    if relation is None:
        text = "asking for its columns …" if draft.spec.source.oid else "choose a table …"
        yield Line(place, ((text, Role.MUTED),))
        return
    name: list[Piece] = [(relation.schema, Role.NAME), (".", Role.PLAIN), (relation.name, Role.NAME)]
    if changes.ambiguous(draft.spec):
        name += [(" AS ", Role.PLAIN), (draft.spec.source.alias, Role.NAME)]
    estimated = relation.estimated_rows
    rows = (
        f"≈{quantities.count(estimated)} {'row' if estimated == 1 else 'rows'}"
        if relation.estimated_rows >= 0
        else ""
    )
    yield Line(place, tuple(name), rows)


def _joins(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    for number, join in enumerate(draft.spec.joins):
        relation = draft.relations.get(join.source.oid)
        pieces: list[Piece] = [("LEFT " if join.outer else "INNER ", Role.PLAIN)]
        if relation is None or relation.name != join.source.alias:
            known = f"{relation.schema}.{relation.name}" if relation is not None else "…"
            pieces += [(known, Role.NAME), (" AS ", Role.PLAIN)]
        pieces += [(join.source.alias, Role.NAME), (" ON ", Role.PLAIN)]
        for pair, (before, this) in enumerate(join.pairs):
            pieces += [(" AND ", Role.PLAIN)] if pair else []
            pieces += [*_column(before), (" = ", Role.PLAIN), *_column(this)]
        yield Line(Place(Section.JOINS, (number,)), tuple(pieces), "all rows stay" if join.outer else "")
    yield _adds(Section.JOINS, "+ along a foreign key")


def _columns(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    spec = draft.spec
    if not spec.outputs:
        count = sum(1 for _ in changes.columns(spec, draft.relations))
        yield Line(
            Place(Section.COLUMNS, adds=True), (("every column", Role.PLAIN),), str(count) if count else ""
        )
        return
    together = changes.grouped(spec)
    for number, output in enumerate(spec.outputs):
        found = changes.column(spec, draft.relations, output.column) if output.column is not None else None
        name = _named(spec, output.column) if output.column is not None else [("*", Role.PLAIN)]
        pieces = list(name)
        if output.aggregate:
            once = "DISTINCT " if output.distinct else ""
            pieces = [(f"{output.aggregate}({once}", Role.PLAIN), *name, (")", Role.PLAIN)]
        if output.alias:
            pieces += [(" AS ", Role.PLAIN), (output.alias, Role.NAME)]
        note = found.type_name if found is not None else ""
        if output.aggregate:
            note = result_type(output.aggregate, found)
        if together and not output.aggregate:
            note = "grouped by"
        yield Line(Place(Section.COLUMNS, (number,)), tuple(pieces), note)
    yield _adds(Section.COLUMNS, "+ column", in_words(spec))


def in_words(spec: QuerySpec) -> str:
    """What a row of the result stands for, where rows are taken together."""
    if not changes.grouped(spec):
        return ""
    names = [
        changes.name_of(spec, o.column) for o in spec.outputs if o.column is not None and not o.aggregate
    ]
    return f"one row for each {', '.join(names)}" if names else "one row over all"


def _distinct(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    said = "each row once" if draft.spec.distinct else "no"
    yield Line(Place(Section.DISTINCT), ((said, Role.PLAIN if draft.spec.distinct else Role.MUTED),))


def _where(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    for path, part in walk(draft.spec.where):
        depth, place = len(path) - 1, Place(Section.WHERE, path)
        if isinstance(part, Group):
            said = "any of" if part.either else "all of"
            yield Line(place, ((said, Role.PLAIN),), "OR" if part.either else "AND", depth)
        else:
            yield from _condition(draft, notes, place, part)
    yield _adds(Section.WHERE, "+ condition")


def _condition(draft: QueryDraft, notes: Notes, place: Place, condition: Condition) -> Iterator[Line]:
    spec, depth = draft.spec, len(place.path) - 1
    where = ColumnOf(condition.source, condition.column)
    found = changes.column(spec, draft.relations, where)
    pieces = [*_named(spec, where), *_compares(condition, found)]
    if not condition.keep:
        pieces.insert(0, ("NOT ", Role.PLAIN))
    note = (
        found.type_name
        if found is not None
        else "no such column"
        if spec.source.oid in draft.relations
        else ""
    )
    yield Line(place, tuple(pieces), note, depth, checkable(spec, condition, -1))
    takes = operator(condition.operator).takes
    for number, value in enumerate(condition.values if takes not in (0, 1) else ()):
        before = "and " if takes == 2 and number else ""
        shown = [(before, Role.PLAIN), (shown_value(value, found), Role.VALUE)]
        checked = checkable(spec, condition, number)
        yield Line(place._replace(value=number), tuple(shown), "", depth + 1, checked)


def _compares(condition: Condition, column: Column | None) -> list[Piece]:
    if condition.operator == "=" and condition.value is None:
        return [(" is null", Role.PLAIN)]
    meant = operator(condition.operator)
    pieces = [(f" {word(meant)}", Role.PLAIN)]
    if meant.takes == 1:
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


def shown_value(value: str | None, column: Column | None) -> str:
    """A value as it stands in a line: text between quotes, so that NULL and blanks are told from it."""
    if value is None:
        return "NULL"
    cut = value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"
    plain = column is not None and column.category in "NB" and value.strip() == value and value
    return cut if plain else f"'{cut}'"


def _order(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    spec = draft.spec
    for number, key in enumerate(spec.order):
        if isinstance(key, SortKey):
            pieces = _named(spec, ColumnOf(spec.source.alias, key.column))
        else:
            pieces = _output(spec, key)
        pieces.append((" DESC" if key.descending else " ASC", Role.PLAIN))
        if key.nulls_first is not None:
            pieces.append((f" NULLS {'FIRST' if key.nulls_first else 'LAST'}", Role.PLAIN))
        yield Line(Place(Section.ORDER, (number,)), tuple(pieces), "" if number else notes.order)
    yield _adds(Section.ORDER, "+ column")


def _output(spec: QuerySpec, key: OutputOrder) -> list[Piece]:
    output = spec.outputs[key.output]
    if output.alias:
        return [(output.alias, Role.NAME)]
    name = _named(spec, output.column) if output.column is not None else [("*", Role.PLAIN)]
    return [(f"{output.aggregate}(", Role.PLAIN), *name, (")", Role.PLAIN)] if output.aggregate else name


def _limit(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    limit = draft.spec.limit
    piece = (f"{limit:,} {'row' if limit == 1 else 'rows'}", Role.VALUE) if limit else ("no", Role.MUTED)
    yield Line(Place(Section.LIMIT), (piece,))


def _adds(section: Section, text: str, note: str = "") -> Line:
    return Line(Place(section, adds=True), ((text, Role.MUTED),), note)


def _named(spec: QuerySpec, where: ColumnOf) -> list[Piece]:
    alias = where.source or spec.source.alias
    return _column(ColumnOf(alias, where.column)) if changes.ambiguous(spec) else [(where.column, Role.NAME)]


def _column(where: ColumnOf) -> list[Piece]:
    return [(where.source, Role.NAME), (".", Role.PLAIN), (where.column, Role.NAME)]


_SECTIONS: Mapping[Section, Callable[[QueryDraft, Notes], Iterator[Line]]] = {
    Section.TABLE: _table,
    Section.JOINS: _joins,
    Section.COLUMNS: _columns,
    Section.DISTINCT: _distinct,
    Section.WHERE: _where,
    Section.ORDER: _order,
    Section.LIMIT: _limit,
}
