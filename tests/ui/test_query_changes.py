"""What changes of a query do to the rest of it, and how the grid's state is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgmem_tui.display.column_arrangement import Arrangement, natural
from pgmem_tui.paging.composing import simplify
from pgmem_tui.paging.requests import ComposedQuery, KnownRelation
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
from pgmem_tui.ui import query_changes as changes
from pgmem_tui.ui import query_of_grid as of_grid
from pgmem_tui.ui.plan_lines import rows_in_words
from pgmem_tui.ui.query_draft import Place, QueryDraft, Refused, Section
from pgmem_tui.ui.query_fields import Field, Kind

A, B, C = ColumnOf("t", "a"), ColumnOf("t", "b"), ColumnOf("t", "c")
COUNT = Output(None, "count")
SPEC = QuerySpec(Source(1, "t"))
NAMES = ["a", "b", "c"]
RELATION = Relation(1, "public", "t", "r", tuple(Column(name, "integer", 23, 4) for name in NAMES))
OTHERS = {
    1: RELATION,
    2: Relation(2, "public", "u", "r", (Column("d", "text", 25),)),
    3: Relation(3, "public", "v", "r", (Column("e", "text", 25),)),
}
JOINED = QuerySpec(
    Source(1, "t"),
    (
        Join(Source(2, "u"), ((A, ColumnOf("u", "d")),)),
        Join(Source(3, "v"), ((ColumnOf("u", "d"), ColumnOf("v", "e")),)),
    ),
)


def spec(
    *outputs: Output, order: tuple[SortKey | OutputOrder, ...] = (), distinct: bool = False
) -> QuerySpec:
    """A query of one table."""
    return QuerySpec(Source(1, "t"), outputs=outputs, order=order, distinct=distinct)


def test_an_order_goes_with_its_output() -> None:
    before = spec(Output(A), COUNT, Output(B), order=(OutputOrder(1, True), OutputOrder(2)))
    moved = changes.with_outputs(before, (before.outputs[1], before.outputs[2], before.outputs[0]))
    assert moved.order == (OutputOrder(0, True), OutputOrder(1))
    assert changes.with_outputs(before, (before.outputs[0], before.outputs[2])).order == (SortKey("b"),)
    assert changes.with_outputs(before, (before.outputs[0], before.outputs[1])).order == (
        OutputOrder(1, True),
    )


def test_an_order_is_one_that_there_can_be() -> None:
    sorted_by_c = spec(Output(A), order=(SortKey("a"), SortKey("c")))
    assert changes.settled(sorted_by_c) == sorted_by_c
    grouped = changes.with_outputs(sorted_by_c, (Output(A), COUNT))
    assert grouped.order == (OutputOrder(0),)
    again = changes.with_outputs(grouped, (grouped.outputs[0],))
    assert again.order == (SortKey("a"),)


def test_without_a_join_nothing_is_said_of_it_or_of_what_builds_on_it() -> None:
    full = replace(
        JOINED,
        outputs=(Output(A), Output(ColumnOf("v", "e")), Output(ColumnOf("u", "d"))),
        where=(
            Condition("a", "1"),
            Group((Condition("d", "x", source="u"), Condition("e", "y", source="v"))),
            Group((Condition("b", "2"), Condition("e", "y", source="v"))),
        ),
        order=(OutputOrder(1), SortKey("b")),
    )
    left = changes.without_source(full, "u")
    where = Condition("a", "1"), Group((Condition("b", "2"),))
    assert left == replace(spec(Output(A), order=(SortKey("b"),)), where=where)
    assert changes.without_source(full, "v").joins == full.joins[:1]


def test_undo_and_redo() -> None:
    draft = QueryDraft(SPEC, dict(OTHERS))
    draft.add_outputs([Output(A), COUNT])
    draft.toggle(Place(Section.DISTINCT))
    assert draft.undo() and draft.spec == spec(Output(A), COUNT)
    assert draft.undo() and draft.spec == SPEC
    assert not draft.undo()
    assert draft.redo() and draft.redo() and not draft.redo()
    assert draft.spec.distinct
    with pytest.raises(Refused):
        draft.move(Place(Section.TABLE), 1)


def test_a_change_ends_what_could_be_redone() -> None:
    draft = QueryDraft(SPEC)
    draft.toggle(Place(Section.DISTINCT))
    draft.undo()
    draft.add_order([SortKey("a")])
    assert not draft.redo()


# -- the grid ------------------------------------------------------------------------------------------


def test_columns_there_and_back() -> None:
    shown = Arrangement((2, 0, 1), frozenset({0}), 1, ((2, 20),))
    chosen = of_grid.with_arrangement(SPEC, NAMES, shown)
    assert chosen.outputs == (Output(C), Output(B))
    assert of_grid.arrangement_of(["c", "b"], NAMES, shown) == Arrangement(
        (2, 1, 0), frozenset({0}), 1, ((2, 20),)
    )
    assert of_grid.with_arrangement(SPEC, NAMES, natural(3)) == SPEC
    assert of_grid.arrangement_of([], NAMES, shown).order == natural(3).order
    assert simplify(chosen) == KnownRelation(1)


def test_what_is_grouped_keeps_its_columns() -> None:
    grouped = spec(Output(A), COUNT)
    assert of_grid.with_arrangement(grouped, ["a", "count"], Arrangement((1, 0), frozenset({0}))) == grouped


def test_chips_and_what_they_take_away() -> None:
    where = (Condition("a", "1"), Group((Condition("b", "2"), Condition("c", None))))
    order: tuple[SortKey | OutputOrder, ...] = (OutputOrder(1, True),)
    target = ComposedQuery(QuerySpec(Source(1, "t"), (), (Output(A), COUNT), True, where, order, 10))
    said = of_grid.chips(target)
    assert said == ["a = 1", "(b = 2 OR c IS NULL)", "DISTINCT", "ORDER BY count(*) DESC", "LIMIT 10"]
    for index, gone in enumerate(said):
        left = of_grid.chips(of_grid.without_chip(target, index))
        assert left == [text for text in said if text != gone]
    assert of_grid.chips(of_grid.without_chip(target, None)) == [said[0], *said[2:]]
    known = KnownRelation(1, where, (SortKey("a"),), 5)
    assert of_grid.chips(known) == [*said[:2], "ORDER BY a", "LIMIT 5"]
    assert of_grid.without_chip(known, 2) == KnownRelation(1, where, (), 5)
    assert of_grid.without_chip(known, 3) == KnownRelation(1, where, (SortKey("a"),))


def test_a_sort_turns() -> None:
    target: of_grid.Changeable = ComposedQuery(spec(Output(A), COUNT))
    seen = []
    for _ in range(3):
        target = of_grid.turned_order(target, "count", 1, OTHERS)
        seen.append(of_grid.order_words(target))
    assert seen == ["ORDER BY count(*)", "ORDER BY count(*) DESC", ""]


def test_a_column_of_every_column_of_a_join() -> None:
    assert of_grid.column_at(JOINED, "d", 3, OTHERS) == ColumnOf("u", "d")
    assert of_grid.column_at(JOINED, "other", 3, OTHERS) is None, "it was altered meanwhile"
    assert of_grid.column_at(JOINED, "d", 3, {1: RELATION}) is None
    assert of_grid.column_at(spec(Output(A), COUNT), "count", 1, OTHERS) is None
    target = of_grid.with_condition(ComposedQuery(JOINED), Condition("d", "x"), ColumnOf("u", "d"))
    assert isinstance(target, ComposedQuery)
    assert target.spec.where == (Condition("d", "x", source="u"),)
    assert of_grid.with_condition(target, Condition("d", "x"), ColumnOf("u", "d")) == target


@pytest.mark.parametrize(
    ("text", "limit"),
    [("", 0), ("1", 1), (" 1,000 ", 1000), ("9223372036854775807", (1 << 63) - 1)],
)
def test_a_limit(text: str, limit: int) -> None:
    draft = QueryDraft(replace(SPEC, limit=7))
    field = Field(draft, Kind.ROWS, Place(Section.LIMIT))
    field.edit.text = text
    field.typed()
    assert (field.wrong, draft.spec.limit) == ("", limit)


@pytest.mark.parametrize(
    "text",
    ["0", "00", "9223372036854775808", "00000000000000000001" + "9" * 30, "9" * 10_000, "-1", "1.5", "x"],
)
def test_no_limit(text: str) -> None:
    draft = QueryDraft(replace(SPEC, limit=7))
    field = Field(draft, Kind.ROWS, Place(Section.LIMIT))
    field.edit.text = text
    field.typed()
    assert "nothing is all of them" in field.wrong and draft.spec.limit == 7


def test_nothing_is_sorted_by_twice() -> None:
    draft = QueryDraft(spec(order=(SortKey("a", True), SortKey("b"))))
    assert draft.add_order([SortKey("a")]) == Place(Section.ORDER, (0,))
    assert draft.spec.order == (SortKey("a", True), SortKey("b")) and not draft.undo()
    assert draft.add_order([SortKey("b"), SortKey("c"), SortKey("c")]) == Place(Section.ORDER, (2,))
    assert list(draft.spec.order) == [SortKey("a", True), SortKey("b"), SortKey("c")]


def test_one_row_is_no_rows() -> None:
    assert [rows_in_words(number) for number in (0.3, 1, 1.4, 2, 5000)] == [
        "0.30 rows",
        "1 row",
        "1 row",
        "2 rows",
        "5.0k rows",
    ]
