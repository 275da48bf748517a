"""One short form for each kind of quantity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.display.quantities import clock, count, counted, nbytes, rate, row_number, seconds, share

UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
BYTE_UNITS = {"B": 0, "kB": 1, "MB": 2, "GB": 3, "TB": 4, "PB": 5, "EB": 6}


@pytest.mark.parametrize(
    ("n", "shown"),
    [(0, "0"), (999, "999"), (1000, "1.0k"), (5000, "5.0k"), (999_949, "999.9k"), (999_950, "1.0M"),
     (10_000_000, "10.0M"), (100_000_000, "100.0M"), (1_200_000_000, "1.2G"), (-5000, "-5.0k")],
)  # fmt: skip
def test_count(n: int, shown: str) -> None:
    assert count(n) == shown


@pytest.mark.parametrize(
    ("n", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (14 * 1024, "14 kB"), (10_200, "10 kB"),
     (58 << 20, "58 MB"), (730 << 20, "730 MB"), (1000 << 20, "1.0 GB"), (4_402_341_478, "4.1 GB"),
     (16 << 20, "16 MB"), (-(3 << 20), "-3.0 MB")],
)  # fmt: skip
def test_nbytes(n: int, shown: str) -> None:
    assert nbytes(n) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 16 << 20, "0.0 / 16 MB"), (1_153_434, 16 << 20, "1.1 / 16 MB"), (16 << 20, 16 << 20, "16 / 16 MB"),
     (100, 900, "100 / 900 B"), (512 << 10, 2 << 20, "0.5 / 2.0 MB")],
)  # fmt: skip
def test_share(part: int, whole: int, shown: str) -> None:
    assert share(part, whole) == shown


@pytest.mark.parametrize(
    ("s", "shown"),
    [(0, "0.0 ms"), (0.0009, "0.9 ms"), (0.00996, "10 ms"), (0.283, "283 ms"), (0.9996, "1.0 s"),
     (1.4, "1.4 s"), (9.96, "10 s"), (42, "42 s"), (59.6, "1:00"), (125, "2:05"), (3600, "1:00:00")],
)  # fmt: skip
def test_seconds(s: float, shown: str) -> None:
    assert seconds(s) == shown


@pytest.mark.parametrize(
    ("s", "shown"), [(-3, "0:00"), (0.9, "0:00"), (14, "0:14"), (286.9, "4:46"), (3723, "1:02:03")]
)
def test_clock(s: float, shown: str) -> None:
    assert clock(s) == shown


@pytest.mark.parametrize(
    ("speed", "shown"),
    [(0, "0 rows/s"), (0.4, "0.4 rows/s"), (12.4, "12 rows/s"), (4700, "4.7k rows/s"),
     (470_123, "470k rows/s"), (999_999, "1.0M rows/s"), (1.2e6, "1.2M rows/s")],
)  # fmt: skip
def test_rate(speed: float, shown: str) -> None:
    assert rate(speed) == shown


def test_row_number() -> None:
    assert row_number(1_092_292) == "1,092,292"
    assert row_number(7) == "7"


@given(st.integers(0, 10**18))
def test_count_is_short_and_near(n: int) -> None:
    shown = count(n)
    assert len(shown) <= 6
    unit = shown.lstrip("0123456789.")
    assert float(shown.removesuffix(unit)) * UNITS[unit] == pytest.approx(n, rel=0.051)


@given(st.integers(0, 2**63))
def test_nbytes_is_short_and_near(n: int) -> None:
    shown = nbytes(n)
    assert len(shown) <= 6
    number, unit = shown.split()
    assert float(number) * 1024.0 ** BYTE_UNITS[unit] == pytest.approx(n, rel=0.051)


@given(st.integers(0, 2**50), st.integers(0, 2**50))
def test_more_bytes_never_look_like_less(a: int, b: int) -> None:
    def size(n: int) -> float:
        number, unit = nbytes(n).split()
        return float(number) * 1024.0 ** BYTE_UNITS[unit]

    assert size(min(a, b)) <= size(max(a, b))


@given(st.floats(0, 1e6))
def test_seconds_and_rate_are_short(value: float) -> None:
    assert len(seconds(value)) <= 9
    assert len(rate(value)) <= 12


def test_one_and_more() -> None:
    assert counted(1, "row") == counted(1, "row", short=True) == "1 row"
    assert counted(0, "row") == "0 rows"
    assert counted(2_000, "row") == "2,000 rows"
    assert counted(2_000, "row", short=True) == "2.0k rows"
