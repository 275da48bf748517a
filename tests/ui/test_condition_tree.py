"""Conditions in groups: whatever is done to one of them, none is lost, and NOT means what it says."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.postgres.query_spec import Condition, Group, flat
from pgmem_tui.ui import condition_tree as tree

COLUMNS = "abcd"
conditions = st.builds(Condition, st.sampled_from(COLUMNS), st.just("1"), st.booleans())
parts = st.recursive(
    conditions,
    lambda inner: st.builds(Group, st.lists(inner, min_size=1, max_size=3).map(tuple), st.booleans()),
    max_leaves=8,
)
trees = st.lists(parts, min_size=1, max_size=4).map(tuple)


def somewhere(draw: st.DataObject, where: tree.Parts) -> tree.Path:
    """The place of any part."""
    return draw.draw(st.sampled_from([path for path, _ in tree.walk(where)]))


def columns(where: tree.Parts) -> list[str]:
    """Which columns conditions are about."""
    return sorted(condition.column for condition in flat(where))


def holds(part: tree.Part, row: dict[str, bool | None]) -> bool:
    """Whether a row is kept, as a WHERE takes it: what is unknown is not."""
    if isinstance(part, Group):
        return (any if part.either else all)(holds(one, row) for one in part.parts)
    known = row[part.column] is True
    return known if part.keep else not known


@given(st.data(), parts, st.lists(st.sampled_from([True, False, None]), min_size=4, max_size=4))
def test_negated_holds_where_it_did_not(data: st.DataObject, part: tree.Part, row: list[bool | None]) -> None:
    values = dict(zip(COLUMNS, row, strict=True))
    assert holds(tree.negated(part), values) is not holds(part, values)
    assert tree.negated(tree.negated(part)) == part


CHANGES: dict[str, Callable[[tree.Parts, tree.Path], tuple[tree.Parts, tree.Path]]] = {
    "up": lambda where, path: tree.moved(where, path, -1),
    "down": lambda where, path: tree.moved(where, path, 1),
    "in": tree.indented,
    "out": tree.outdented,
}


@given(st.data(), trees, st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=5))
def test_moving_loses_nothing(data: st.DataObject, where: tree.Parts, keys: list[str]) -> None:
    path = somewhere(data, where)
    part, before = tree.part_at(where, path), columns(where)
    for key in keys:
        where, path = CHANGES[key](where, path)
        assert tree.part_at(where, path) == part, "the cursor stays on it"
        assert columns(where) == before
        assert all(group.parts for _, group in tree.walk(where) if isinstance(group, Group))


@given(st.data(), trees)
def test_removing_takes_one_away(data: st.DataObject, where: tree.Parts) -> None:
    path = somewhere(data, where)
    gone = columns((tree.part_at(where, path),))
    left = tree.removed(where, path)
    assert sorted(columns(left) + gone) == columns(where)
    assert all(group.parts for _, group in tree.walk(left) if isinstance(group, Group))


@given(st.data(), trees, conditions)
def test_what_is_inserted_stands_there(data: st.DataObject, where: tree.Parts, fresh: Condition) -> None:
    path = somewhere(data, where)
    more = tree.inserted(where, path, fresh)
    assert tree.part_at(more, path) == fresh
    assert tree.removed(more, path) == where
