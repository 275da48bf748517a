"""What each key of the columns' screen does to an arrangement."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.display.column_arrangement import Arrangement, natural
from pgmem_tui.display.column_draft import ColumnDraft, ListedColumn
from pgmem_tui.display.column_layout import NARROWEST


def draft(*names: str, column: int = 0) -> ColumnDraft:
    columns = [ListedColumn(name, "text", 10) for name in names]
    return ColumnDraft(columns, natural(len(names)), column)


def test_show_and_hide() -> None:
    made = draft("a", "b", column=1)
    assert made.toggle()
    assert made.arrangement == Arrangement((0, 1), frozenset({1}))
    assert made.toggle()
    assert made.arrangement == natural(2)


def test_the_last_one_cannot_be_hidden() -> None:
    made = draft("a", "b")
    assert made.toggle()
    made.go(1)
    assert not made.toggle()
    assert made.arrangement.shown == (1,)


def test_moving() -> None:
    made = draft("a", "b", "c")
    made.move(1)
    assert made.arrangement.order == (1, 0, 2)
    assert (made.column, made.cursor) == (0, 1), "the cursor goes with it"
    made.move(1)
    made.move(1)
    assert made.arrangement.order == (1, 2, 0)
    made.move(-1)
    assert made.arrangement.order == (1, 0, 2)


def test_moving_among_those_that_a_filter_leaves() -> None:
    made = draft("x1", "a", "x2", "b", "x3")
    made.filter("X")
    assert made.listed == [0, 2, 4]
    made.move(1)
    assert made.arrangement.order == (1, 2, 0, 3, 4)
    made.go(2)
    made.move(-1)
    assert made.arrangement.order == (1, 2, 4, 0, 3)


def test_freezing_up_to_here_and_not() -> None:
    made = draft("a", "b", "c", column=1)
    made.freeze()
    assert made.arrangement.frozen == 2
    made.go(0)
    made.freeze()
    assert made.arrangement.frozen == 1
    made.freeze()
    assert made.arrangement.frozen == 0


def test_a_frozen_column_that_is_hidden_takes_no_other_with_it() -> None:
    made = draft("a", "b", "c", column=1)
    made.freeze()
    made.toggle()
    assert (made.arrangement.shown, made.arrangement.frozen_shown) == ((0, 2), 1)
    made.toggle()
    assert made.arrangement.frozen_shown == 2


def test_widths() -> None:
    made = draft("a", "b")
    made.resize(4)
    made.resize(-2)
    assert made.arrangement.widths == ((0, 12),)
    made.resize(-50)
    assert made.width(0) == NARROWEST
    assert made.width(1) == 10


def test_a_filter_that_nothing_matches_leaves_nothing_to_do() -> None:
    made = draft("a", "b", column=1)
    made.filter("no such")
    for do in (made.toggle, made.freeze, lambda: made.move(1), lambda: made.resize(2), lambda: made.go(3)):
        do()
    assert made.arrangement == natural(2)
    made.filter("")
    assert made.column == 1, "the cursor is where it was"


def test_every_word_of_a_filter_has_to_be_there() -> None:
    made = draft("Created_At", "updated_at", "at")
    made.filter("AT cre")
    assert made.listed == [0]


def test_as_they_come() -> None:
    made = draft("a", "b", "c")
    made.move(1)
    made.toggle()
    made.freeze()
    made.resize(5)
    made.reset()
    assert made.arrangement == natural(3)


keys = st.sampled_from(["toggle", "freeze", "reset", "up", "down", "wide", "narrow", "go", "filter"])


@given(st.integers(1, 6), st.lists(st.tuples(keys, st.integers(0, 6)), max_size=30))
def test_whatever_is_pressed_it_is_an_arrangement_with_something_shown(
    count: int, pressed: list[tuple[str, int]]
) -> None:
    made = draft(*(f"c{number}" for number in range(count)))
    for key, number in pressed:
        _press(made, key, number)
        arrangement = made.arrangement
        assert sorted(arrangement.order) == list(range(count))
        assert len(arrangement.shown) == made.shown_count >= 1
        assert not made.listed or made.listed[made.cursor] == made.column


def _press(made: ColumnDraft, key: str, number: int) -> None:
    if key in ("up", "down"):
        made.move(-1 if key == "up" else 1)
    elif key in ("wide", "narrow"):
        made.resize(2 if key == "wide" else -2)
    elif key == "go":
        made.go(number)
    elif key == "filter":
        made.filter(str(number) if number else "")
    else:
        getattr(made, key)()
