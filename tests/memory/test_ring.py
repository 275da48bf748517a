"""The ring holds the newest numbers in memory of one size."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.memory.history import CAPACITY, History
from pgmem_tui.memory.ring import Ring
from pgmem_tui.memory.sample import MemorySample

NUMBERS = st.integers(-1, 2**62)


@given(st.integers(1, 8), st.lists(NUMBERS, max_size=30), st.integers(-1, 12))
def test_ring_is_the_end_of_a_list(capacity: int, numbers: list[int], n: int) -> None:
    ring = Ring(capacity)
    for number in numbers:
        ring.append(number)
    held = numbers[-capacity:]
    assert len(ring) == len(held)
    assert list(ring.newest(capacity)) == held
    assert list(ring.newest(n)) == (held[-n:] if n > 0 else [])
    assert ring.peak == max([0, *numbers])


def test_ring_never_grows() -> None:
    ring = Ring(600)
    before = ring.nbytes, sys.getsizeof(ring.newest(600))
    for number in range(10_000):
        ring.append(number)
    assert ring.nbytes == before[0] == 4800
    assert ring.capacity == 600


def test_ring_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one number or more, not 0"):
        Ring(0)


def test_history_keeps_the_series_in_step() -> None:
    history = History()
    for i in range(CAPACITY + 5):
        history.add(MemorySample(i / 2, rss=i, backend=None if i % 2 else i, fetches=i % 3))
    assert history.latest is not None and history.latest.rss == CAPACITY + 4
    assert list(history.client.newest(3)) == [602, 603, 604]
    assert list(history.backend.newest(3)) == [602, -1, 604]
    assert list(history.fetches.newest(3)) == [2, 0, 1]
    assert sum(ring.nbytes for ring in (history.client, history.backend, history.fetches)) == 14_400
