"""What is kept of a run that is watched: never more than its bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.lab.events import Ended, Noted, Outcome, Printed, Ready, Sampled
from pgmem_tui.lessons.watching import (
    LONGEST,
    MISSING,
    MOST_LINES,
    MOST_NOTES,
    MOST_SLOTS,
    SLOT,
    Curve,
    Watching,
)


def test_a_curve_has_a_value_for_each_moment() -> None:
    curve = Curve()
    curve.add(0.0, 5)
    curve.add(SLOT * 3.5, 7)
    curve.add(SLOT * 3.6, 6)
    assert curve.values == (5, 5, 5, 7)


def test_a_curve_that_begins_late() -> None:
    curve = Curve()
    curve.add(SLOT * 2.5, 7)
    assert curve.values == (MISSING, MISSING, 7)


@given(st.lists(st.tuples(st.floats(0, 3600), st.integers(0, 1 << 40)), min_size=1, max_size=60))
def test_a_curve_keeps_its_highest_value_and_its_bound(found: list[tuple[float, int]]) -> None:
    curve = Curve()
    for seconds, value in sorted(found):
        curve.add(seconds, value)
    assert len(curve.values) <= MOST_SLOTS
    assert max(curve.values) == max(value for _, value in found)


def test_a_long_run_is_as_wide_as_it_was_long() -> None:
    curve = Curve()
    for tick in range(4000):
        curve.add(tick * SLOT, 1000 if tick >= 2000 else 10)
    values = curve.values
    assert MOST_SLOTS // 4 < len(values) <= MOST_SLOTS
    rises = values.index(1000) / len(values)
    assert 0.48 < rises < 0.52


def test_what_is_seen() -> None:
    watching = Watching()
    watching.take(Ready(1, None, 20))
    watching.take(Sampled(0.1, 50, None, None))
    watching.take(Sampled(0.2, 40, None, 9))
    watching.take(Printed("a line"))
    watching.take(Noted("n", 1.0))
    watching.take(Noted("n", 2.0))
    seen = watching.seen
    assert (seen.baseline, seen.client_peak, seen.backend_peak, seen.seconds) == (20, 50, 9, 0.2)
    assert (seen.lines, seen.earlier, seen.notes) == (("a line",), 0, (("n", 2.0),))
    watching.take(Ended(Outcome(peak_rss=60, seconds=0.3)))
    assert (watching.seen.client_peak, watching.seen.seconds) == (60, 0.3)


def test_what_is_kept_has_bounds() -> None:
    watching = Watching()
    for number in range(1000):
        watching.take(Printed("x" * 10_000 + str(number)))
        watching.take(Noted(f"n{number}", 1.0))
    seen = watching.seen
    assert (len(seen.lines), seen.earlier, len(seen.notes)) == (MOST_LINES, 1000 - MOST_LINES, MOST_NOTES)
    assert {len(line) for line in seen.lines} == {LONGEST}
