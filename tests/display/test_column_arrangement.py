"""What is remembered of columns, by their names, while tables change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.display import column_arrangement
from pgmem_tui.display.column_arrangement import Arrangement, Arrangements, natural

NAMES = ["id", "name", "note", "born"]


@st.composite
def arrangements(draw: st.DrawFn, count: int) -> Arrangement:
    columns = range(count)
    order = tuple(draw(st.permutations(list(columns))))
    hidden = draw(st.frozensets(st.sampled_from(columns))) if count else frozenset[int]()
    widths = draw(st.dictionaries(st.sampled_from(columns), st.integers(3, 99))) if count else {}
    frozen = draw(st.integers(0, count))
    return Arrangement(order, hidden, frozen, tuple(sorted(widths.items())))


def find(kept: Arrangements, names: list[str]) -> Arrangement:
    found = kept.find("t", names)
    assert found is not None
    return found


@given(
    st.lists(st.sampled_from("abcde"), max_size=8).flatmap(
        lambda n: st.tuples(st.just(n), arrangements(len(n)))
    )
)
def test_what_is_kept_is_found(given: tuple[list[str], Arrangement]) -> None:
    """Of columns with the same name too."""
    names, arrangement = given
    kept = Arrangements()
    kept.keep("t", names, arrangement)
    assert (kept.find("t", names) or natural(len(names))) == arrangement
    assert kept.find("another", names) is None


@given(arrangements(4), st.lists(st.sampled_from([*NAMES, "new", "newer"]), unique=True))
def test_a_table_that_was_altered(arrangement: Arrangement, names: list[str]) -> None:
    kept = Arrangements()
    kept.keep("t", NAMES, arrangement)
    found = kept.find("t", names) or natural(len(names))
    assert sorted(found.order) == list(range(len(names))), "every column is somewhere"
    before = [NAMES[column] for column in arrangement.order]
    after = [names[column] for column in found.order]
    assert [name for name in after if name in NAMES] == [name for name in before if name in names]
    if arrangement != natural(4):
        assert {names[column] for column in found.hidden} == {
            NAMES[column] for column in arrangement.hidden
        } & set(names)
        frozen = [name for name in before[: arrangement.frozen] if name in names]
        assert [names[column] for column in found.order[: found.frozen]] == frozen
        assert {(names[column], width) for column, width in found.widths} == {
            (NAMES[column], width) for column, width in arrangement.widths if NAMES[column] in names
        }


def test_new_columns_come_last_and_are_shown() -> None:
    kept = Arrangements()
    kept.keep("t", NAMES, Arrangement((3, 0, 1, 2), frozenset({1, 2}), 1))
    assert find(kept, ["new", "id", "born"]).shown == (2, 1, 0)


def test_if_all_that_was_shown_is_gone_the_rest_is_shown() -> None:
    kept = Arrangements()
    kept.keep("t", NAMES, Arrangement((0, 1, 2, 3), frozenset({1, 2})))
    assert find(kept, ["name", "note"]).shown == (0, 1)


def test_what_is_shown_as_it_comes_needs_no_memory() -> None:
    kept = Arrangements()
    kept.keep("t", NAMES, Arrangement((1, 0, 2, 3)))
    assert len(kept) == 1
    kept.keep("t", NAMES, natural(4))
    assert len(kept) == 0


def test_the_tables_used_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_arrangement, "TABLES", 3)
    kept = Arrangements()
    for table in range(3):
        kept.keep(table, NAMES, Arrangement((1, 0, 2, 3)))
    kept.find(0, NAMES)
    kept.keep(3, NAMES, Arrangement((1, 0, 2, 3)))
    assert [table for table in range(4) if kept.find(table, NAMES)] == [0, 2, 3]


def test_very_wide_tables_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_arrangement, "COLUMNS", 10)
    kept = Arrangements()
    for table in range(5):
        kept.keep(table, NAMES, Arrangement((1, 0, 2, 3)))
    assert [table for table in range(5) if kept.find(table, NAMES)] == [3, 4]
    wide = [str(number) for number in range(20)]
    kept.keep("wide", wide, Arrangement(tuple(reversed(range(20)))))
    assert len(kept) == 1 and kept.find("wide", wide) is not None, "one is always remembered"
