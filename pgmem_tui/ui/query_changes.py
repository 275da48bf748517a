"""What is done to a whole query while someone composes it: each change makes a new one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pgmem_tui.postgres.aggregates import result
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
    Source,
)
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.ui.condition_tree import filtered

Relations = Mapping[int, Relation]
"""What is known of relations, by oid."""


def sources(spec: QuerySpec) -> tuple[Source, ...]:
    """All relations that are read, the first one first."""
    return (spec.source, *(join.source for join in spec.joins))


def columns(spec: QuerySpec, relations: Relations) -> Iterator[tuple[ColumnOf, Column]]:
    """Every column of every source, of those that are known."""
    for source in sources(spec):
        relation = relations.get(source.oid)
        for column in relation.columns if relation is not None else ():
            yield ColumnOf(source.alias, column.name), column


def column(spec: QuerySpec, relations: Relations, where: ColumnOf) -> Column | None:
    """What is known of a column; an empty source is the first."""
    alias = where.source or spec.source.alias
    for source in sources(spec):
        relation = relations.get(source.oid) if source.alias == alias else None
        if relation is not None:
            return next((found for found in relation.columns if found.name == where.column), None)
    return None


def subject(spec: QuerySpec, relations: Relations, condition: Condition) -> Column | None:
    """What a condition is about, as a column of that type; None for what is not known."""
    found = None
    if condition.column:
        found = column(spec, relations, ColumnOf(condition.source, condition.column))
        if found is None:
            return None
    if condition.aggregate:
        return result(condition.aggregate, condition.distinct, found)
    padded = found is not None and any(join.outer for join in spec.joins)
    return replace(found, not_null=False) if found is not None and padded else found


def with_where(spec: QuerySpec, where: Sequence[Condition | Group]) -> QuerySpec:
    """Other conditions; the order is one that there can be with them."""
    return settled(replace(spec, where=tuple(where)))


def oid_of(spec: QuerySpec, alias: str) -> int:
    """The relation that a source reads; an empty alias is the first one's."""
    named = (source.oid for source in sources(spec) if source.alias == alias)
    return next(named, spec.source.oid)


def every_output(spec: QuerySpec, relations: Relations) -> tuple[Output, ...]:
    """The outputs said one by one, also where they are every column."""
    return spec.outputs or tuple(Output(where) for where, _ in columns(spec, relations))


def grouped(spec: QuerySpec) -> bool:
    """Whether rows are taken together."""
    return spec.grouped


def with_outputs(spec: QuerySpec, outputs: Sequence[Output]) -> QuerySpec:
    """Other outputs; the order goes by the same ones as before, as far as they are left."""
    left = list(outputs)
    places: dict[int, int] = {}
    for before, output in enumerate(spec.outputs):
        for there, other in enumerate(left):
            if other is output and there not in places.values():
                places[before] = there
                break
    order: list[SortKey | OutputOrder] = []
    for key in spec.order:
        if isinstance(key, SortKey):
            order.append(key)
        elif key.output in places:
            order.append(replace(key, output=places[key.output]))
        elif own := _own_column(spec, spec.outputs[key.output]):
            order.append(SortKey(own, key.descending, key.nulls_first))
    return settled(replace(spec, outputs=tuple(outputs), order=tuple(order)))


def with_output(spec: QuerySpec, place: int, output: Output) -> QuerySpec:
    """Another output in the place of one; the order goes by it as before."""
    return settled(replace(spec, outputs=(*spec.outputs[:place], output, *spec.outputs[place + 1 :])))


def sorted_too(spec: QuerySpec, keys: Sequence[SortKey | OutputOrder]) -> QuerySpec:
    """Sorted by these too, behind the others, by each unless that is done already."""
    order = list(spec.order)
    for key in keys:
        if all(_sorts_by(key) != _sorts_by(other) for other in order):
            order.append(key)
    return replace(spec, order=tuple(order))


def place_of_key(spec: QuerySpec, key: SortKey | OutputOrder) -> int:
    """Which of the keys sorts by the same, in whatever direction; one does."""
    return next(n for n, other in enumerate(spec.order) if _sorts_by(other) == _sorts_by(key))


def _sorts_by(key: SortKey | OutputOrder) -> str | int:
    return key.column if isinstance(key, SortKey) else key.output


def settled(spec: QuerySpec) -> QuerySpec:
    """The same with an order that there can be.

    Rows that are taken together, or once each, have no other columns to sort by than the outputs; where the
    rows of one relation come as they are, an order by its own columns is said as such.
    """
    together = grouped(spec) or spec.distinct
    order: list[SortKey | OutputOrder] = []
    for key in spec.order:
        if isinstance(key, SortKey):
            place = _plain_output(spec, key.column) if together and spec.outputs else None
            if place is not None:
                order.append(OutputOrder(place, key.descending, key.nulls_first))
            elif not grouped(spec) and not (spec.distinct and spec.outputs):
                order.append(key)
        elif key.output < len(spec.outputs):
            own = _own_column(spec, spec.outputs[key.output])
            if own and not together and not spec.joins:
                order.append(SortKey(own, key.descending, key.nulls_first))
            else:
                order.append(key)
    return replace(spec, order=tuple(order))


def _own_column(spec: QuerySpec, output: Output) -> str:
    """The column of the first relation that an output is; empty for something else."""
    plain = output.column is not None and not output.aggregate
    own = plain and output.column is not None and output.column.source == spec.source.alias
    return output.column.column if own and output.column is not None else ""


def _plain_output(spec: QuerySpec, name: str) -> int | None:
    wanted = ColumnOf(spec.source.alias, name)
    plain = (
        place for place, output in enumerate(spec.outputs) if output.column == wanted and not output.aggregate
    )
    return next(plain, None)


def without_source(spec: QuerySpec, alias: str) -> QuerySpec:
    """Without a join, those that build on it, and whatever says something of their columns."""
    gone = {alias}
    joins: list[Join] = []
    for join in spec.joins:
        above = {before.source for before, _ in join.pairs}
        if join.source.alias in gone or above & gone:
            gone.add(join.source.alias)
        else:
            joins.append(join)
    left = [output for output in spec.outputs if output.column is None or output.column.source not in gone]
    where = filtered(spec.where, lambda condition: gone.isdisjoint(_read(condition)))
    spec = with_outputs(spec, left)
    return settled(replace(spec, joins=tuple(joins), where=where))


def _read(condition: Condition) -> set[str]:
    return {condition.source, condition.other.source if condition.other is not None else ""}


def ambiguous(spec: QuerySpec) -> bool:
    """Whether a column has to be said with its source."""
    return bool(spec.joins)


def name_of(spec: QuerySpec, where: ColumnOf) -> str:
    """A column as one would say it here."""
    return f"{where.source or spec.source.alias}.{where.column}" if ambiguous(spec) else where.column
