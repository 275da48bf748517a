"""What can be added to a query that is being composed, or chosen about a line of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

from pgmem_tui.display import quantities
from pgmem_tui.display.tree_model import Entry
from pgmem_tui.paging.composing import JoinChoice
from pgmem_tui.postgres.aggregates import aggregates_for
from pgmem_tui.postgres.column_pairs import comparable
from pgmem_tui.postgres.operators import Operator, operator, operators_for
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
)
from pgmem_tui.postgres.relation import Column
from pgmem_tui.ui import query_changes as changes
from pgmem_tui.ui.query_draft import QueryDraft
from pgmem_tui.ui.widgets.choice_list import Choices

ROWS = Output(None, "count")
"""`count(*)`."""

_Meant = TypeVar("_Meant")


@dataclass(frozen=True)
class Offer(Generic[_Meant]):
    """Choices, and what each of them means."""

    choices: Choices
    meant: Sequence[_Meant]

    def taken(self, numbers: Sequence[int]) -> list[_Meant]:
        """What was chosen."""
        return [self.meant[number] for number in numbers]


def _offer(
    title: str,
    listed: Sequence[tuple[str, str, _Meant]],
    several: bool = False,
    nothing: str = "nothing",
    by_note: bool = False,
) -> Offer[_Meant]:
    choices = Choices(
        title, len(listed), lambda n: listed[n][0], lambda n: listed[n][1], several, nothing, by_note
    )
    return Offer(choices, [meant for _, _, meant in listed])


def tables(entries: Sequence[Entry], nothing: str) -> Choices:
    """The relations that the tree has, or why it has none."""

    def note(number: int) -> str:
        rows = entries[number].rows
        return f"≈{quantities.count(rows)} {'row' if rows == 1 else 'rows'}" if rows >= 0 else ""

    return Choices(
        "Table",
        len(entries),
        lambda number: f"{entries[number].schema}.{entries[number].name}",
        note,
        nothing=nothing,
    )


def joins(found: Sequence[JoinChoice], made: Sequence[Join] = ()) -> Offer[Join]:
    """Along the foreign keys of what is read; last, and with a word, those that were taken before."""
    taken = {_keys(join) for join in made}
    listed = [
        (choice.described, "joined already" if _keys(choice.join) in taken else "", choice.join)
        for choice in sorted(found, key=lambda choice: _keys(choice.join) in taken)
    ]
    return _offer(
        "Join along a foreign key", listed, nothing="no foreign key leads to another table or from one"
    )


def _keys(join: Join) -> tuple[int, tuple[tuple[ColumnOf, str], ...]]:
    """What makes a join the same under another alias."""
    return join.source.oid, tuple((ours, theirs.column) for ours, theirs in join.pairs)


def outputs(draft: QueryDraft) -> Offer[Output]:
    """Columns for the result, and a count of rows."""
    listed = [(name, column.type_name, Output(where)) for name, column, where in _columns(draft)]
    listed.append(("count(*)", "rows", ROWS))
    return _offer("Columns of the result", listed, several=True)


def conditions(draft: QueryDraft) -> Offer[Condition]:
    """Columns to compare; where rows are taken together, also the aggregates of the result, and a count."""
    listed = []
    for name, column, where in _columns(draft):
        source = "" if where.source == draft.spec.source.alias else where.source
        listed.append((name, column.type_name, Condition(column.name, source=source)))
    together = changes.grouped(draft.spec)
    for output in dict.fromkeys([replace(one, alias="") for one in (*draft.spec.outputs, ROWS)]):
        condition = _of_groups(draft.spec, output)
        found = changes.subject(draft.spec, draft.relations, condition)
        if together and output.aggregate and found is not None:
            listed.append((output_name(draft, output), f"HAVING · {found.type_name}", condition))
    return _offer("Condition on", listed)


def _of_groups(spec: QuerySpec, output: Output) -> Condition:
    if output.column is None:
        return Condition("", aggregate=output.aggregate)
    source = "" if output.column.source == spec.source.alias else output.column.source
    return Condition(
        output.column.column, source=source, aggregate=output.aggregate, distinct=output.distinct
    )


def order(draft: QueryDraft) -> Offer[SortKey | OutputOrder]:
    """What the rows can be sorted by."""
    spec = draft.spec
    listed: list[tuple[str, str, SortKey | OutputOrder]] = []
    together = changes.grouped(spec) or (spec.distinct and bool(spec.outputs))
    if not together:
        listed += [
            (name, column.type_name, SortKey(column.name))
            for name, column, where in _columns(draft)
            if where.source == spec.source.alias
        ]
    for place, output in enumerate(spec.outputs):
        plain = output.column is not None and not output.aggregate
        own = plain and output.column is not None and output.column.source == spec.source.alias
        if together or not own:
            listed.append((output_name(draft, output), "of the result", OutputOrder(place)))
    return _offer("Order by", listed, several=True)


def output_name(draft: QueryDraft, output: Output) -> str:
    """An output in a few words."""
    if output.alias:
        return output.alias
    name = "*" if output.column is None else changes.name_of(draft.spec, output.column)
    once = "DISTINCT " if output.distinct else ""
    return f"{output.aggregate}({once}{name})" if output.aggregate else name


class How(NamedTuple):
    """What a condition asks of a column."""

    operator: Operator
    keep: bool = True
    """Whether the rows for which it holds are kept, or left out."""
    column: bool | None = None
    """Whether it is to be compared with a column, to be chosen yet, or with a value; None is as before."""


def operators(column: Column, others: bool = False, against: bool = False) -> Offer[How]:
    """Those that fit a column, and their opposites, which NULLs meet as well.

    Args:
        column: Is compared.
        others: Whether there are columns to compare it with.
        against: Whether it is compared with one now.
    """
    listed: list[tuple[str, str, How]] = []
    null = not column.not_null
    for one in operators_for(column):
        unlike = one.name == "<>"
        listed.append((one.label, f"{one.also} · NULLs left out" if unlike and null else one.also, How(one)))
        opposed = operator("=") if unlike and null else one
        if opposed.opposite and one.name != "=":
            said = "<> · " if unlike else ""
            note = f"{said}NULLs kept" if null and opposed.takes else ""
            listed.append((opposed.opposite, note, How(opposed, False)))
    if others:
        listed.append(("a column …", "of this or another table", How(operator("="), column=True)))
    if against:
        listed.append(("a value", "not a column", How(operator("="), column=False)))
    return _offer(f"{column.name} …", listed, by_note=True)


def others(draft: QueryDraft, condition: Condition) -> Offer[ColumnOf]:
    """The columns that one can be compared with; none for an aggregate."""
    spec = draft.spec
    own = changes.subject(spec, draft.relations, condition)
    here = ColumnOf(condition.source or spec.source.alias, condition.column)
    listed = [
        (
            name,
            column.type_name,
            ColumnOf("" if where.source == spec.source.alias else where.source, column.name),
        )
        for name, column, where in _columns(draft)
        if own is not None and not condition.aggregate and where != here and comparable(own, column)
    ]
    return _offer(f"{condition.subject} compared with", listed)


def aggregates(draft: QueryDraft, output: Output) -> Offer[Output]:
    """A column as it is, or taken together over rows."""
    if output.column is None:
        return _offer("Count", [("count of rows (*)", "count(*)", output)])
    column = changes.column(draft.spec, draft.relations, output.column)
    plain = replace(output, aggregate="", distinct=False)
    listed = [("the column itself", "", plain)]
    for one in aggregates_for(column) if column is not None else ():
        listed.append((one.label, f"{one.name}(…)", replace(plain, aggregate=one.name)))
        if one.distinct:
            once = replace(plain, aggregate=one.name, distinct=True)
            listed.append((f"{one.label}, each once", f"{one.name}(DISTINCT …)", once))
    return _offer(f"{output.column.column} …", listed, by_note=True)


def turned(offer: Offer[_Meant], now: _Meant, by: int) -> _Meant:
    """The next of what is offered, or the one before."""
    place = list(offer.meant).index(now) if now in offer.meant else -1 if by > 0 else 0
    return offer.meant[(place + by) % len(offer.meant)]


def _columns(draft: QueryDraft) -> list[tuple[str, Column, ColumnOf]]:
    spec = draft.spec
    return [
        (changes.name_of(spec, where), column, where)
        for where, column in changes.columns(spec, draft.relations)
    ]
