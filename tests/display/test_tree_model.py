"""The tree of tables as lines of text: what is shown, opened, filtered, and kept over a refresh."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.display.name_filter import NameFilter
from pgmem_tui.display.tree_model import FEW, DetailLine, TreeModel


class Relation(NamedTuple):
    oid: int
    schema: str
    name: str
    kind: str = "r"
    parent: int = 0
    rows: int = 10
    nbytes: int = 8192
    readable: bool = True


SHOP = (
    Relation(1, "audit", "log"),
    Relation(2, "shop", "customers"),
    Relation(3, "shop", "sales", "p"),
    Relation(4, "shop", "sales_2025", parent=3),
    Relation(5, "shop", "sales_2026", "p", parent=3),
    Relation(6, "shop", "sales_2026_eu", parent=5),
    Relation(7, "shop", "view", "v"),
)
DETAILS = (DetailLine("Columns", heading=True), DetailLine("id", "bigint"))


def _shown(model: TreeModel) -> list[str]:
    """Each line with its depth as blanks, `+` if shut and `-` if open."""
    marks = {True: "-", False: "+", None: " "}
    lines = (model.line(index) for index in range(len(model.lines)))
    return [" " * line.depth + marks[line.opened] + line.name for line in lines]


def _at(model: TreeModel, name: str) -> int:
    return next(index for index in range(len(model.lines)) if model.line(index).name == name)


def test_few_relations_are_shown_at_once_partitions_under_their_parent() -> None:
    model = TreeModel(SHOP)
    assert _shown(model) == ["-audit", " +log", "-shop", " +customers", " +sales", " +view"]
    assert model.line(4).partitions == 2
    model.set_open(_at(model, "sales"), True)
    assert _shown(model)[4:8] == [" -sales", "    loading…", "  +sales_2025", "  +sales_2026"]


def test_of_many_relations_only_public_is_open() -> None:
    many = [Relation(i, schema, f"t{i}") for schema in ("a", "public") for i in range(1, FEW + 1)]
    model = TreeModel(many)
    assert _shown(model)[:3] == ["+a", "-public", " +t1"]
    assert model.first_relation() == 2
    assert TreeModel([Relation(i, "only", f"t{i}") for i in range(FEW + 1)]).is_open(-1)


def test_an_empty_tree() -> None:
    model = TreeModel()
    assert (model.lines, model.first_relation(), model.find(("x", 0)), model.awaiting_details()) == (
        [],
        0,
        -1,
        [],
    )
    model.set_filter("x")
    assert (model.lines, model.best_match(), model.match_count) == ([], -1, 0)
    assert _shown(TreeModel(SHOP, model)) == _shown(TreeModel(SHOP))


def test_a_partition_whose_parent_is_not_listed_stands_in_its_schema() -> None:
    assert _shown(TreeModel([Relation(4, "s", "part", parent=99)])) == ["-s", " +part"]


def test_details_come_later() -> None:
    model = TreeModel(SHOP)
    model.set_open(_at(model, "customers"), True)
    node = model.lines[_at(model, "customers")]
    assert model.lacks_details(node) and model.awaiting_details() == [2]
    assert model.set_details(2, DETAILS)
    assert not model.lacks_details(node) and model.awaiting_details() == []
    assert _shown(model)[3:6] == [" -customers", "   Columns", "    id"]
    line = model.line(_at(model, "id"))
    assert line.kind == "detail" and line.entry == SHOP[1] and line.detail == DETAILS[1]
    assert not model.set_details(99, DETAILS)
    model.set_open(_at(model, "customers"), False)
    assert _shown(model)[3:5] == [" +customers", " +sales"]


def test_parents() -> None:
    model = TreeModel(SHOP)
    model.set_open(_at(model, "sales"), True)
    model.set_open(_at(model, "sales_2026"), True)
    for name, above in (("sales_2026_eu", "sales_2026"), ("sales_2026", "sales"), ("sales", "shop")):
        assert model.line(model.parent(_at(model, name))).name == above
    assert model.parent(_at(model, "shop")) == -1
    model.set_open(_at(model, "log"), True)
    assert model.line(model.parent(_at(model, "log") + 1)).name == "log"


def test_a_filter_leaves_matches_and_what_is_above_them() -> None:
    model = TreeModel(SHOP)
    model.set_filter("EU sales")
    assert _shown(model) == ["-shop", " -sales", "  -sales_2026", "   +sales_2026_eu"]
    assert model.match_count == 1
    model.set_filter("shop.c")
    assert _shown(model) == ["-shop", " +customers"]
    model.set_filter("nothing")
    assert (_shown(model), model.match_count, model.best_match()) == ([], 0, -1)
    model.set_filter(" ")
    assert _shown(model) == _shown(TreeModel(SHOP))


def test_what_holds_matches_can_be_shut_while_the_filter_stays() -> None:
    model = TreeModel(SHOP)
    model.set_filter("sales")
    model.set_open(_at(model, "sales"), False)
    assert _shown(model) == ["-shop", " +sales"]
    model.set_open(_at(model, "shop"), False)
    assert _shown(model) == ["+shop"]
    model.set_filter("")
    assert _shown(model) == _shown(TreeModel(SHOP))


def test_the_best_match_is_the_name_then_its_beginning_then_the_first() -> None:
    model = TreeModel([Relation(1, "a", "old_log"), Relation(2, "a", "logs"), Relation(3, "b", "LOG")])
    for text, name in (("log", "LOG"), ("lo", "logs"), ("o", "old_log"), ("og", "old_log")):
        model.set_filter(text)
        assert model.line(model.best_match()).name == name


def test_a_found_relation_can_be_revealed() -> None:
    model = TreeModel(SHOP)
    model.set_open(_at(model, "shop"), False)
    model.set_filter("_eu")
    node = model.lines[_at(model, "sales_2026_eu")]
    model.set_filter("")
    assert model.line(model.reveal(node)).name == "sales_2026_eu"


def test_a_refresh_keeps_what_was_open() -> None:
    before = TreeModel(SHOP)
    before.set_open(_at(before, "audit"), False)
    before.set_open(_at(before, "customers"), True)
    before.set_details(2, DETAILS)
    key = before.key(_at(before, "id"))
    after = TreeModel([Relation(9, "new", "first"), *SHOP], before)
    assert _shown(after)[:5] == ["+new", "+audit", "-shop", " -customers", "    loading…"]
    assert after.awaiting_details() == [2]
    assert after.line(after.find(key)).name == "customers"
    assert after.find(("audit", 0)) == 1 and after.find(("", 77)) == -1


def test_hostile_names_are_only_text() -> None:
    names = ["a\nb", "[red]x[/]", "", "\u202eabc", "İ"]
    model = TreeModel([Relation(i, "s.t", name) for i, name in enumerate(names, 1)])
    assert [model.line(index).name for index in range(1, 6)] == names
    model.set_filter("i\u0307")
    assert [model.line(index).name for index in range(len(model.lines))] == ["s.t", "İ"]


TERMS = st.lists(st.text("ab.", min_size=1, max_size=3), min_size=1, max_size=3)


@given(
    st.lists(st.text("abAB.", max_size=6), max_size=30),
    st.lists(TERMS, min_size=1, max_size=5),
)
def test_a_filter_finds_the_same_whatever_was_typed_before(
    names: list[str], typed: Sequence[list[str]]
) -> None:
    used = NameFilter(names.__getitem__, [-1] * len(names), 1)
    for terms in typed:
        used.narrow(tuple(terms))
        assert list(used.matches) == [
            number for number, name in enumerate(names) if all(term in name.lower() for term in terms)
        ]


RELATIONS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.text(string.ascii_lowercase, min_size=1, max_size=3), st.integers(0, 40)
    ),
    max_size=40,
)


@given(
    RELATIONS, st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.text("abc ", max_size=2)), max_size=8)
)
def test_no_line_is_lost_or_doubled(
    rows: list[tuple[str, str, int]], steps: list[tuple[int, bool, str]]
) -> None:
    # A parent is always an earlier relation: the catalog has no circles.
    entries = [
        Relation(number + 1, schema, name, "p", parent if parent <= number else 0)
        for number, (schema, name, parent) in enumerate(sorted(rows))
    ]
    model = TreeModel(entries)
    for index, opened, text in steps:
        if index < len(model.lines) and model.line(index).opened is not None:
            model.set_open(index, opened)
        model.set_filter(text)
        assert len(model.lines) == len(set(model.lines))
        lines = [model.line(index) for index in range(len(model.lines))]
        for place, line in enumerate(lines):
            above = model.parent(place)
            assert above < place and (line.kind == "schema") == (above == -1)
            assert above == -1 or lines[above].opened
    model.set_filter("")
    for entry in entries:
        assert model.reveal(entry.oid - 1) >= 0


@pytest.mark.parametrize("index", [-100, 100])
def test_a_line_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        TreeModel(SHOP).line(index)
