"""Columns never overlap, grow and do not shrink, and come into sight with the least movement."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pgmem_tui.display.column_layout import GAP, NARROWEST, WIDEST, ColumnLayout, Heading

widths = st.lists(st.integers(0, 60), max_size=30)
areas = st.integers(1, 200)


def layout(*name_widths: int, oid: int = 25) -> ColumnLayout:
    return ColumnLayout([Heading("n" * width, width, oid, False) for width in name_widths])


def test_no_columns() -> None:
    assert len(layout()) == 0
    assert layout().places(0, 80) == []


@pytest.mark.parametrize(
    ("oid", "name", "width"),
    [
        (16, 1, 4),
        (23, 2, 7),
        (20, 2, 8),
        (1114, 2, 19),
        (2950, 2, 36),
        (25, 2, NARROWEST),
        (23, 12, 12),
        (25, 60, WIDEST),
    ],
)
def test_width_at_first(oid: int, name: int, width: int) -> None:
    assert layout(name, oid=oid).width(0) == width


def test_places() -> None:
    columns = layout(5, 10, 7)
    assert [(place.column, place.x, place.width) for place in columns.places(0, 40)] == [
        (0, 0, 5),
        (1, 7, 10),
        (2, 19, 7),
    ]
    assert [(place.column, place.x, place.width) for place in columns.places(1, 15)] == [
        (1, 0, 10),
        (2, 12, 3),
    ]
    assert [place.column for place in columns.places(0, 7)] == [0], "a gap is no room for a column"
    assert [place.width for place in columns.places(0, 8)] == [5, 1]


@given(widths, st.data(), areas)
def test_places_are_a_run_without_overlaps_that_fills_the_area(
    names: list[int], data: st.DataObject, area: int
) -> None:
    columns = layout(*names)
    left = data.draw(st.integers(0, len(names)))
    places = columns.places(left, area)
    assert [place.column for place in places] == list(range(left, left + len(places)))
    for place, following in pairwise(places):
        assert following.x == place.x + place.width + GAP
        assert place.width == columns.width(place.column), "only the last may be cut"
    if places:
        last = places[-1]
        assert places[0].x == 0
        assert 1 <= last.width <= columns.width(last.column)
        assert last.x + last.width <= area
        if last.column < len(names) - 1:
            assert last.x + last.width + GAP >= area, "another column would have had room"
    else:
        assert left == len(names)


@given(widths.filter(bool), st.data(), areas)
def test_a_column_comes_whole_into_sight_with_the_least_movement(
    names: list[int], data: st.DataObject, area: int
) -> None:
    columns = layout(*names)
    column = data.draw(st.integers(0, len(names) - 1))
    left = data.draw(st.integers(0, len(names) - 1))
    assume(columns.width(column) <= area)

    def whole(first: int) -> bool:
        widths = {place.column: place.width for place in columns.places(first, area)}
        return widths.get(column) == columns.width(column)

    found = columns.left_for(column, left, area)
    assert whole(found)
    assert all(not whole(first) for first in range(len(names)) if abs(first - left) < abs(found - left)), (
        "something nearer would have done"
    )


@given(widths.filter(bool), areas)
def test_a_column_wider_than_the_area_begins_at_its_left(names: list[int], area: int) -> None:
    columns = layout(*names)
    columns.resize(len(names) - 1, 300)
    assert columns.left_for(len(names) - 1, 0, area) == len(names) - 1


@given(widths.filter(bool), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 400)), max_size=40))
def test_widths_only_grow_and_the_version_tells(names: list[int], values: list[tuple[int, int]]) -> None:
    columns = layout(*names)
    for column, width in values:
        column %= len(names)
        before, version = columns.width(column), columns.version
        grew = columns.grow(column, width)
        assert columns.width(column) == max(before, min(WIDEST, width))
        assert grew == (columns.width(column) != before) == (columns.version != version)


def test_a_width_set_by_hand_stays() -> None:
    columns = layout(10, 10)
    version = columns.version
    columns.resize(0, -2)
    assert (columns.width(0), columns.version) == (8, version + 1)
    assert not columns.grow(0, 30)
    assert columns.width(0) == 8
    columns.resize(0, 100)
    assert columns.width(0) == 108, "by hand wider than any by itself"
    columns.resize(0, -500)
    assert columns.width(0) == NARROWEST
    assert columns.grow(1, 30), "the other still grows"
