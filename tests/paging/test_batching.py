"""Rows a FETCH."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.paging.batching import BYTES, LARGEST, ROW_OVERHEAD, STREAM_SECONDS, VALUE_OVERHEAD, Batching

SCREENFUL = 50


def settled(
    batching: Batching, row_bytes: float, row_seconds: float, delay: float = 0.0, streaming: bool = False
) -> list[int]:
    """Sizes of twenty batches of rows that cost so much, each after a delay that is not theirs."""
    sizes = []
    for _ in range(20):
        sizes.append(batching.next(SCREENFUL, streaming))
        seconds = delay + sizes[-1] * row_seconds
        batching.learn(sizes[-1], int(sizes[-1] * row_bytes), seconds)
    return sizes


def test_first_a_screenful_and_then_twice_as_many() -> None:
    sizes = settled(Batching(1), 10, 1e-6)
    assert sizes[:5] == [50, 100, 200, 400, 800]


def test_thin_rows_end_at_the_most_rows_or_bytes() -> None:
    row = ROW_OVERHEAD + VALUE_OVERHEAD + 10
    assert settled(Batching(1), 10, 1e-9)[-1] == min(LARGEST, BYTES // row)
    assert settled(Batching(1, nbytes=100_000), 10, 1e-9)[-1] == 100_000 // row
    assert settled(Batching(1, nbytes=10**9), 10, 1e-9)[-1] == LARGEST


def test_fat_rows_shrink_the_batch_at_once() -> None:
    batching = Batching(1)
    settled(batching, 10, 1e-7)
    thin = batching.next(SCREENFUL)
    batching.learn(thin, thin * 100_000, 1e-7 * thin)
    assert batching.next(SCREENFUL) == BYTES // (100_000 + ROW_OVERHEAD + VALUE_OVERHEAD) < SCREENFUL


def test_rows_fatter_than_the_target_come_one_by_one() -> None:
    batching = Batching(1)
    batching.learn(1, 5_000_000, 0.01)
    assert batching.next(SCREENFUL) == 1


def test_thin_rows_win_a_batch_back() -> None:
    batching = Batching(1)
    batching.learn(10, 10 * 100_000, 1e-6)
    sizes = settled(batching, 10, 1e-7)
    assert sizes[0] < SCREENFUL
    assert sizes[-1] > 1000
    assert sizes == sorted(sizes)


def test_many_columns_of_nothing_weigh_too() -> None:
    assert settled(Batching(1600), 0, 1e-9)[-1] <= BYTES // (1600 * VALUE_OVERHEAD)


def test_slow_rows_come_in_small_batches_so_that_they_can_be_given_up() -> None:
    assert settled(Batching(1), 10, 0.01)[-1] <= 5
    assert settled(Batching(1), 10, 0.01, streaming=True)[-1] <= STREAM_SECONDS / 0.01


def test_a_slow_start_is_not_taken_for_slow_rows() -> None:
    """A sort of 7 s before the first row: the batches after it are large at once."""
    batching = Batching(1)
    batching.learn(SCREENFUL, 500, 7.0)
    sizes = settled(batching, 10, 1e-6)
    assert sizes[0] < SCREENFUL
    assert sizes[1:4] == [50, 100, 200]


def test_by_hand_it_is_exactly_that_many() -> None:
    batching = Batching(1, manual=7)
    assert settled(batching, 1_000_000, 1.0) == [7] * 20
    batching.manual = None
    assert batching.next(SCREENFUL) == 1
    batching.manual = 100_000
    assert batching.next(SCREENFUL) == 100_000


def test_an_empty_batch_teaches_nothing() -> None:
    batching = Batching(1)
    batching.learn(0, 0, 5.0)
    assert batching.next(SCREENFUL) == SCREENFUL
    batching.learn(50, 500, 1e-6)
    batching.learn(0, 0, 5.0)
    assert batching.next(SCREENFUL) == 100


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 10**8), st.floats(0, 100))),
    st.integers(0, 2000),
    st.booleans(),
)
def test_there_is_always_a_row_and_never_more_than_the_most(
    learned: list[tuple[int, int, float]], at_least: int, streaming: bool
) -> None:
    batching = Batching(3)
    for rows, nbytes, seconds in learned:
        batching.learn(rows, nbytes, seconds)
    assert 1 <= batching.next(at_least, streaming) <= LARGEST
