"""What the grid has open as a query, and what its keys and chips make of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pgmem_tui.display.column_arrangement import Arrangement, natural
from pgmem_tui.paging.requests import ComposedQuery, KnownRelation, Target
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
)
from pgmem_tui.ui import query_changes as changes

Changeable = KnownRelation | ComposedQuery
"""Targets whose rows are narrowed and sorted by keys."""


def chips(target: Target | None) -> list[str]:
    """What is said above the grid: conditions, whether each row comes once, the order, the limit."""
    if not isinstance(target, KnownRelation | ComposedQuery):
        return []
    return [part.described for part in _where(target)] + [words for words, _ in _clauses(target)]


def order_words(target: Changeable) -> str:
    """ORDER BY and its keys; empty without any."""
    if isinstance(target, KnownRelation):
        keys = [key.described for key in target.order]
    else:
        keys = [_key(target.spec, key) for key in target.spec.order]
    return f"ORDER BY {', '.join(keys)}" if keys else ""


def _where(target: Changeable) -> tuple[Condition | Group, ...]:
    return target.conditions if isinstance(target, KnownRelation) else target.spec.where


def _clauses(target: Changeable) -> list[tuple[str, Changeable]]:
    """What is said behind the conditions, each with what is open without it."""
    order = order_words(target)
    if isinstance(target, KnownRelation):
        limit, distinct = target.limit, False
        without: tuple[Changeable, ...] = (target, replace(target, order=()), replace(target, limit=0))
    else:
        spec = target.spec
        limit, distinct = spec.limit, spec.distinct
        without = (
            ComposedQuery(changes.settled(replace(spec, distinct=False))),
            ComposedQuery(replace(spec, order=())),
            ComposedQuery(replace(spec, limit=0)),
        )
    words = ("DISTINCT" if distinct else "", order, f"LIMIT {limit:,}" if limit else "")
    return [(said, left) for said, left in zip(words, without, strict=True) if said]


def _key(spec: QuerySpec, key: SortKey | OutputOrder) -> str:
    if isinstance(key, SortKey):
        return key.described
    output = spec.outputs[key.output]
    name = output.alias or (output.column.column if output.column is not None else "")
    if output.aggregate and not output.alias:
        name = f"{output.aggregate}({name or '*'})"
    return SortKey(name, key.descending, key.nulls_first).described


def without_chip(target: Changeable, index: int | None) -> Changeable:
    """Without one of what the chips say, counted as they are; None is what came last.

    A condition that was added to an order came after it.
    """
    where, clauses = _where(target), _clauses(target)
    if index is None:
        index = len(where) - 1 if where else len(clauses) - 1
    if index >= len(where):
        return clauses[index - len(where)][1]
    left = where[:index] + where[index + 1 :]
    if isinstance(target, KnownRelation):
        return replace(target, conditions=left)
    return ComposedQuery(changes.with_where(target.spec, left))


def with_condition(target: Changeable, condition: Condition, where: ColumnOf | None) -> Changeable:
    """With a condition more, unless it is there already; `where` is its column in a composed query."""
    if isinstance(target, KnownRelation):
        if condition in target.conditions:
            return target
        return replace(target, conditions=(*target.conditions, condition))
    if where is not None:
        source = "" if where.source == target.spec.source.alias else where.source
        condition = replace(condition, column=where.column, source=source)
    if condition in target.spec.where:
        return target
    return ComposedQuery(replace(target.spec, where=(*target.spec.where, condition)))


def turned_order(target: Changeable, column: str, place: int, relations: changes.Relations) -> Changeable:
    """Sorted by a column of the result: up, then down, then not at all; a limit stays.

    Args:
        target: What is open.
        column: Its name.
        place: Its number.
        relations: What is known of those read.
    """
    if isinstance(target, KnownRelation):
        up, down = SortKey(column), SortKey(column, descending=True)
        order = () if target.order == (down,) else (down,) if target.order == (up,) else (up,)
        return replace(target, order=order)
    spec = target.spec
    if not spec.outputs:
        if column_at(spec, column, place, relations) is None:
            return target
        spec = replace(spec, outputs=changes.every_output(spec, relations))
    turns: list[tuple[SortKey | OutputOrder, ...]] = [
        changes.settled(replace(spec, order=(OutputOrder(place, descending),))).order
        for descending in (False, True)
    ]
    now = changes.settled(spec).order
    wanted = () if now == turns[1] else turns[1] if now == turns[0] else turns[0]
    return ComposedQuery(replace(spec, order=wanted))


def column_at(spec: QuerySpec, name: str, place: int, relations: changes.Relations) -> ColumnOf | None:
    """The column that a column of the result shows.

    None for one that is worked out, and where it is not known, or not so any longer, which one it is.

    Args:
        spec: What is open.
        name: The name in the result.
        place: The number there.
        relations: What is known of those read.
    """
    if not spec.outputs and any(source.oid not in relations for source in changes.sources(spec)):
        return None
    outputs = changes.every_output(spec, relations)
    output = outputs[place] if place < len(outputs) else None
    if output is None or output.aggregate or output.column is None:
        return None
    return output.column if name == (output.alias or output.column.column) else None


def with_arrangement(spec: QuerySpec, names: Sequence[str], arrangement: Arrangement | None) -> QuerySpec:
    """A query of the columns that are shown, in the order in which they are.

    Args:
        spec: What is open.
        names: Of its columns, as they come.
        arrangement: Of these; None is as they come.
    """
    if arrangement is None or len(arrangement.order) != len(names) or changes.grouped(spec) or spec.distinct:
        return spec
    if not arrangement.hidden and arrangement.order == natural(len(names)).order:
        return spec
    if spec.outputs:
        if len(spec.outputs) != len(names):
            return spec
        return changes.with_outputs(spec, [spec.outputs[place] for place in arrangement.shown])
    if spec.joins:
        return spec
    alias = spec.source.alias
    return replace(spec, outputs=tuple(Output(ColumnOf(alias, names[place])) for place in arrangement.shown))


def arrangement_of(chosen: Sequence[str], names: Sequence[str], now: Arrangement | None) -> Arrangement:
    """How the grid shows a choice of a relation's columns; widths and what stays at the left are kept.

    Args:
        chosen: The columns wanted, in their order; none is all of them.
        names: All, as they come.
        now: How they are shown; None is as they come.
    """
    now = now if now is not None and len(now.order) == len(names) else natural(len(names))
    if not chosen:
        return replace(natural(len(names)), widths=now.widths, frozen=now.frozen if not now.hidden else 0)
    places = {name: place for place, name in enumerate(names)}
    shown = [places[name] for name in chosen if name in places]
    hidden = [place for place in now.order if place not in set(shown)]
    frozen = min(now.frozen_shown, len(shown))
    return Arrangement((*shown, *hidden), frozenset(hidden), frozen, now.widths)
