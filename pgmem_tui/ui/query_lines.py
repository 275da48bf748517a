"""A query as lines to be looked at and changed: what the composer lists. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pgmem_tui.display import quantities
from pgmem_tui.postgres.aggregates import result_type
from pgmem_tui.postgres.query_spec import ColumnOf, OutputOrder, QuerySpec, SortKey
from pgmem_tui.ui import query_changes as changes
from pgmem_tui.ui.query_condition_lines import conditions
from pgmem_tui.ui.query_draft import Place, QueryDraft, Section
from pgmem_tui.ui.query_line import Line, Notes, Piece, Role, adds, aggregated, named, qualified


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
            pieces += [*qualified(before), (" = ", Role.PLAIN), *qualified(this)]
        yield Line(Place(Section.JOINS, (number,)), tuple(pieces), "all rows stay" if join.outer else "")
    yield adds(Section.JOINS, "+ along a foreign key")


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
        name = named(spec, output.column) if output.column is not None else [("*", Role.PLAIN)]
        pieces = list(name)
        if output.aggregate:
            pieces = aggregated(output.aggregate, output.distinct, name)
        if output.alias:
            pieces += [(" AS ", Role.PLAIN), (output.alias, Role.NAME)]
        note = found.type_name if found is not None else ""
        if output.aggregate:
            note = result_type(output.aggregate, found)
        if together and not output.aggregate:
            note = "grouped by"
        yield Line(Place(Section.COLUMNS, (number,)), tuple(pieces), note)
    yield adds(Section.COLUMNS, "+ column", in_words(spec))


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
    yield from conditions(draft)
    yield adds(Section.WHERE, "+ condition")


def _order(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    spec = draft.spec
    for number, key in enumerate(spec.order):
        if isinstance(key, SortKey):
            pieces = named(spec, ColumnOf(spec.source.alias, key.column))
        else:
            pieces = _output(spec, key)
        pieces.append((" DESC" if key.descending else " ASC", Role.PLAIN))
        if key.nulls_first is not None:
            pieces.append((f" NULLS {'FIRST' if key.nulls_first else 'LAST'}", Role.PLAIN))
        yield Line(Place(Section.ORDER, (number,)), tuple(pieces), "" if number else notes.order)
    yield adds(Section.ORDER, "+ column")


def _output(spec: QuerySpec, key: OutputOrder) -> list[Piece]:
    output = spec.outputs[key.output]
    if output.alias:
        return [(output.alias, Role.NAME)]
    name = named(spec, output.column) if output.column is not None else [("*", Role.PLAIN)]
    return aggregated(output.aggregate, output.distinct, name) if output.aggregate else name


def _limit(draft: QueryDraft, notes: Notes) -> Iterator[Line]:
    limit = draft.spec.limit
    piece = (f"{limit:,} {'row' if limit == 1 else 'rows'}", Role.VALUE) if limit else ("no", Role.MUTED)
    yield Line(Place(Section.LIMIT), (piece,))


_SECTIONS: Mapping[Section, Callable[[QueryDraft, Notes], Iterator[Line]]] = {
    Section.TABLE: _table,
    Section.JOINS: _joins,
    Section.COLUMNS: _columns,
    Section.DISTINCT: _distinct,
    Section.WHERE: _where,
    Section.ORDER: _order,
    Section.LIMIT: _limit,
}
