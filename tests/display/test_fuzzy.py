"""Names found by their letters."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.display.fuzzy import FuzzyNames, misfit

NAMES = ["public.events", "public.event_log", "audit.events_old", "public.users", "other.unit_events"]


def found(text: str, names: list[str] = NAMES) -> list[str]:
    """What a fresh search says."""
    return [names[number] for number in FuzzyNames(names).find(text, 10)]


def test_the_best_comes_first() -> None:
    assert found("events")[0] == "public.events"
    assert found("event")[0] in ("public.events", "public.event_log")
    assert found("users") == ["public.users"]
    assert found("pevlo") == ["public.event_log"]
    assert found("old ev") == ["audit.events_old"]
    assert found("EVENTS")[0] == "public.events"
    assert found("zzz") == []
    assert found("") == NAMES


@given(st.lists(st.text(max_size=12), max_size=12), st.lists(st.text(max_size=3), max_size=4))
def test_typing_on_finds_what_a_fresh_search_finds(names: list[str], typed: list[str]) -> None:
    search, text = FuzzyNames(names), ""
    for more in typed:
        text += more
        assert search.find(text, 5) == FuzzyNames(names).find(text, 5)


@given(st.text(max_size=12), st.text(min_size=1, max_size=6))
def test_a_name_fits_if_it_has_the_letters_in_their_order(name: str, term: str) -> None:
    letters = iter(name)
    assert (misfit(name, term) is not None) == all(letter in letters for letter in term)


def test_no_name_makes_it_slow() -> None:
    names = ["a" * 63 for _ in range(2_000)]
    started = time.perf_counter()
    assert FuzzyNames(names).find("a" * 30 + "b", 10) == []
    assert time.perf_counter() - started < 2.0
