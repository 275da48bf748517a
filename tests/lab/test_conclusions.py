"""Sentences follow from the numbers: other numbers, other sentences, and none without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgmem_tui.lab.conclusions import conclude
from pgmem_tui.lab.measurement import MOST_POINTS, Curve, Figures, Measurement
from pgmem_tui.lab.modes import MODES

MIB = 1 << 20
PLAIN = Figures(
    rss=20_000,
    uss=None,
    backend=None,
    temp_bytes=None,
    first_row=0.001,
    seconds=1.0,
    rows=100_000,
    nbytes=0,
    counted=False,
    round_trips=103,
    baseline=20 * MIB,
)


def found(mode: str, *seconds: float, **values: object) -> Measurement:
    """A way of reading, run as often as there are times."""
    run = replace(PLAIN, **values)  # type: ignore[arg-type]
    runs = tuple(replace(run, seconds=each) for each in seconds or (1.0,))
    return Measurement(mode, MODES[mode].title, runs)


def said(*measurements: Measurement) -> str:
    return "\n".join(conclude(measurements))


def test_nothing_from_nothing() -> None:
    assert said() == said(Measurement("copy", "COPY", skipped="no reason")) == ""
    assert said(found("fetchall", problem="division by zero")) == ""
    assert said(found("fetchall")) == ""


def test_a_whole_result() -> None:
    text = said(found("fetchall", rss=100 * MIB))
    assert "100 MB for 100,000 rows, 1.0 kB a row; ten times as many would take 1.0 GB" in text
    text = said(found("fetchall", rss=500 * MIB, killed=True, rows=0, first_row=None))
    assert "killed after 1.0 s, 500 MB above the baseline and still growing" in text
    assert "had not seen one row" in text and "ten times" not in text


def test_iterating_an_unnamed_cursor() -> None:
    text = said(found("iterate", rss=80 * MIB, first_row=0.5), found("named-1000"))
    assert "no way out: it held 80 MB where a named one held 20 kB" in text
    assert "first row came after 500 ms instead of 1.0 ms" in text
    text = said(found("iterate", rss=300_000), found("named-1000"))
    assert "So few rows hide the difference" in text and "no way out" not in text


def test_batches() -> None:
    text = said(found("named-10", 3.0, round_trips=10_003), found("named-10000", 1.0, round_trips=13))
    assert "Whatever itersize was, a named cursor held at most 20 kB" in text
    assert "took 3.0 times as long as named-10000 (10,003 statements against 13)" in text
    text = said(found("named-10"), found("named-10000", rss=9 * MIB))
    assert "Memory follows the batch" in text and "Round trips" not in text
    assert "Round trips" not in said(found("named-10"), found("named-1000", 3.0, round_trips=13))


@pytest.mark.parametrize("times", [(1.0, 3.1, 1.2), (2.9, 0.9, 3.0)])
def test_runs_that_overlap_prove_nothing(times: tuple[float, ...]) -> None:
    assert "Round trips" not in said(
        found("named-10", 3.0, 3.0, 3.0, round_trips=999), found("named-100", *times)
    )
    assert "times as long" not in said(found("offset", 3.0), found("keyset", *times))


def test_lists() -> None:
    steady = found("named-1000", 1.0, 1.0)
    text = said(steady, found("limit", rss=662_000, rows=1000), found("fetchmany", rss=772_000))
    assert "at a time. limit: 646 kB, fetchmany: 754 kB, named-1000: 20 kB." in text
    assert "Python objects" not in said(steady, found("limit", rss=90_000, rows=1000))
    mixed = found("limit", rss=662_000)
    mixed = replace(mixed, runs=(*mixed.runs, PLAIN))
    assert "Python objects" not in said(steady, mixed) + said(mixed)


def test_the_trap() -> None:
    text = said(found("named-fetchall", rss=90 * MIB, temp_bytes=7 * MIB), found("named-1000"))
    assert "is the trap: 90 MB, where iterating it took 20 kB" in text and "wrote 7.0 MB" in text
    assert "trap" not in said(found("named-fetchall"), found("named-1000"))


def test_hold() -> None:
    text = said(found("hold", backend=4 * MIB, temp_bytes=50 * MIB, first_row=0.3), found("named-1000"))
    assert "4.0 MB of the server's memory and 50 MB in temporary files" in text
    assert "WITH HOLD moved" not in said(found("hold"), found("named-1000"))


def test_pages() -> None:
    assert "offset took 4.0 times as long" in said(found("offset", 4.0), found("keyset", 1.0))
    assert "keyset took 4.0 times as long" in said(found("offset", 1.0), found("keyset", 4.0))
    assert "stopped after 1:00 with 7,000 rows" in said(found("offset", 59.9, timed_out=True, rows=7000))


def test_wide_rows() -> None:
    text = said(found("clamped", rows=100), found("named-1000", rss=200 * MIB))
    assert "100 whole rows held 200 MB, with wide values cut by the server 20 kB" in text
    assert "Values here are short" in said(found("clamped"), found("named-1000"))


def test_casters_and_the_fastest() -> None:
    text = said(found("text", 1.0), found("named-1000", 2.0), found("limit", 0.001, rows=1000))
    assert "2.0 s with them, 1.0 s with values left as text (2.0 times)" in text
    assert "Fastest: text, 100k rows/s" in text


def test_a_curve_is_bounded_and_keeps_its_peak() -> None:
    curve = Curve(baseline=1000)
    for number in range(100_003):
        curve.add(number / 100, 999 if number != 54_321 else 5000)
    points = curve.points()
    assert MOST_POINTS / 2 <= len(points) <= MOST_POINTS
    assert max(points, key=lambda point: point[1])[1] == 4000
    assert points[0][0] < 10 and points[-1][0] == 1000.02
    few = Curve(baseline=1000)
    few.add(0.1, 1500)
    assert few.points() == ((0.1, 500),)
