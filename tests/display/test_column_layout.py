"""Columns never overlap, grow and do not shrink, and come into sight with the least movement."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pgmem_tui.display.column_arrangement import Arrangement, natural
from pgmem_tui.display.column_layout import (
    GAP,
    LEAST_SCROLLED,
    NARROWEST,
    RULE,
    WIDEST,
    ColumnLayout,
    Heading,
)
from tests.display.test_column_arrangement import arrangements

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


# -- hidden, moved, frozen -------------------------------------------------------------------------


def shown_at(columns: ColumnLayout, left: int, area: int) -> list[tuple[int, int, int]]:
    return [(place.column, place.x, place.width) for place in columns.places(left, area)]


def test_hidden_columns_take_no_room_and_the_others_stand_in_their_order() -> None:
    columns = layout(5, 10, 7)
    columns.arrange(Arrangement((2, 1, 0), frozenset({1})))
    assert columns.shown == (2, 0)
    assert shown_at(columns, 0, 40) == [(2, 0, 7), (0, 9, 5)]
    assert shown_at(columns, 1, 40) == [(0, 0, 5)]
    assert [columns.position(column) for column in range(3)] == [1, 1, 0]


def test_not_all_columns_can_be_hidden() -> None:
    columns = layout(5, 10)
    columns.arrange(Arrangement((1, 0), frozenset({0, 1})))
    assert columns.shown == (1, 0)


def test_frozen_columns_stay_before_a_rule() -> None:
    columns = layout(5, 5, 5, 5, 5)
    columns.arrange(Arrangement((0, 1, 2, 3, 4), frozenset({0}), 2))
    for left in (0, 1, 2):
        places = columns.places(left, 24)
        assert [place.column for place in places][:2] == [1, columns.shown[max(left, 1)]]
        assert (places[0].gap, places[1].x) == (RULE, 5 + len(RULE))
    assert [place.gap for place in columns.places(0, 24)] == [RULE, "  ", "  ", ""]


def test_what_stays_leaves_room_for_what_scrolls() -> None:
    columns = layout(10, 10, 10, 10)
    columns.arrange(Arrangement((0, 1, 2, 3), frozen=2))
    whole = 10 + 2 + 10 + len(RULE)
    assert [place.column for place in columns.places(3, whole + LEAST_SCROLLED)] == [0, 1, 3]
    assert [place.column for place in columns.places(3, whole + LEAST_SCROLLED - 1)] == [0, 3]
    assert [place.column for place in columns.places(3, 20)] == [3]
    columns.arrange(Arrangement((0, 1, 2, 3), frozen=4))
    assert [place.column for place in columns.places(3, 500)] == [0, 1, 2, 3], "one scrolls at least"


@given(widths.filter(bool), st.data(), areas)
def test_any_arrangement_comes_into_sight(names: list[int], data: st.DataObject, area: int) -> None:
    columns = layout(*names)
    arrangement = data.draw(arrangements(len(names)))
    columns.arrange(arrangement)
    column = data.draw(st.sampled_from(columns.shown))
    left = data.draw(st.integers(0, len(columns.shown) - 1))
    found = columns.left_for(column, left, area)
    places = columns.places(found, area)
    for place, following in pairwise(places):
        assert following.x == place.x + place.width + len(place.gap)
    assert places[-1].x + places[-1].width + len(places[-1].gap) <= area
    assert len({place.column for place in places}) == len(places)
    assert not {place.column for place in places} & (arrangement.hidden - set(columns.shown))
    seen = {place.column: place for place in places}
    assert column in seen
    wide = columns.width(column) > area - sum(p.width + len(p.gap) for p in places[:-1])
    assert seen[column].width == columns.width(column) or wide


def test_widths_by_hand_go_with_the_arrangement() -> None:
    columns = layout(10, 10)
    columns.resize(1, 5)
    kept = columns.arrangement
    assert kept == Arrangement((0, 1), widths=((1, 15),))
    again = ColumnLayout(columns.headings, kept)
    assert [again.width(0), again.width(1)] == [10, 15]
    again.arrange(natural(2))
    assert again.width(1) == 10


# -- room that is left over ------------------------------------------------------------------------


def test_room_that_is_left_over_goes_to_wide_columns() -> None:
    columns = layout(5, 5, 5)
    columns.grow(0, 60)
    columns.grow(1, 45)
    assert not columns.spread(40 + 2 + 40 + 2 + 5)
    assert columns.spread(40 + 2 + 40 + 2 + 5 + 12)
    assert [columns.width(column) for column in range(3)] == [47, 45, 5]
    version = columns.version
    assert not columns.spread(40 + 2 + 40 + 2 + 5 + 12)
    assert columns.version == version


def test_no_column_becomes_narrower_because_more_rows_come() -> None:
    columns = layout(5, 5)
    columns.grow(0, 100)
    columns.spread(80)
    assert (columns.width(0), columns.width(1)) == (73, 5)
    columns.grow(1, 30)
    columns.spread(80)
    assert (columns.width(0), columns.width(1)) == (73, 30)
    columns.refit()
    columns.spread(80)
    assert (columns.width(0), columns.width(1)) == (48, 30), "as a new size of the terminal has it"


@given(widths, st.lists(st.integers(0, 300), max_size=30), st.data(), st.integers(1, 400))
def test_what_fits_still_fits_when_room_was_given(
    names: list[int], values: list[int], data: st.DataObject, area: int
) -> None:
    columns = layout(*names)
    columns.arrange(data.draw(arrangements(len(names))))
    for column, width in zip(range(len(names)), values, strict=False):
        columns.grow(column, width)
    before = [columns.width(column) for column in range(len(names))]
    by_hand = dict(columns.arrangement.widths)
    columns.spread(area)
    after = [columns.width(column) for column in range(len(names))]
    for column in range(len(names)):
        assert before[column] <= after[column] <= max(before[column], columns.wanted(column))
        assert column not in by_hand or before[column] == after[column]
    if before != after:
        places = columns.places(0, area)
        assert [place.column for place in places] == list(columns.shown)
        assert places[-1].x + places[-1].width <= area
