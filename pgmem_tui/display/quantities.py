"""Counts, sizes, durations and rates, each in one short form used everywhere."""

from __future__ import annotations

_COUNT_UNITS = ("", "k", "M", "G", "T", "P", "E")
_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def count(n: int) -> str:
    """Return a number of things with one decimal from a thousand on: `999`, `5.0k`, `10.0M`, `1.2G`."""
    if abs(n) < 1000:
        return str(n)
    value, unit = _scaled(n, 1000.0, 1, len(_COUNT_UNITS))
    return f"{value:.1f}{_COUNT_UNITS[unit]}"


def nbytes(n: int) -> str:
    """Return a size in at most six characters: `512 B`, `14 kB`, `58 MB`, `730 MB`, `4.1 GB`.

    The units are PostgreSQL's: 1 kB is 1024 bytes, 1 MB is 1024 kB, as in `pg_size_pretty` and in its
    settings (https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES).
    One decimal under ten of a unit, none above; the next unit from a thousand on.
    """
    value, unit = _scaled(n, 1024.0, 0, len(_BYTE_UNITS))
    return f"{_short(value)} {_BYTE_UNITS[unit]}" if unit else f"{n} B"


def counted(n: int, thing: str, short: bool = False) -> str:
    """Return how many of a thing: `1 row`, `2,000 rows`; `2.0k rows` if that is to be short."""
    return f"{count(n) if short else row_number(n)} {thing}{'' if n == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """Return bytes out of a budget, both in the budget's unit: `1.1 / 16 MB`, `0.0 / 512 kB`."""
    value, unit = _scaled(whole, 1024.0, 0, len(_BYTE_UNITS))
    return f"{_short(part / 1024.0**unit) if unit else part} / {_short(value)} {_BYTE_UNITS[unit]}"


def seconds(s: float) -> str:
    """Return a duration given in seconds: `0.9 ms`, `283 ms`, `1.4 s`, `42 s`, `2:05`, `1:00:00`."""
    if round(s * 1000) < 1000:
        return f"{_short(s * 1000)} ms"
    if round(s) < 60:
        return f"{_short(s)} s"
    return clock(round(s))


def clock(s: float) -> str:
    """Return an age or a time left, given in seconds, as full seconds: `0:14`, `4:46`, `1:02:03`.

    Less than none is none.
    """
    minutes, rest = divmod(max(0, int(s)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def row_number(n: int) -> str:
    """Return a row's number in full: `1,092,292`."""
    return f"{n:,}"


def rate(rows_per_second: float) -> str:
    """Return a speed: `12 rows/s`, `4.7k rows/s`, `470k rows/s`, `1.2M rows/s`."""
    value, unit = _scaled(rows_per_second, 1000.0, 0, len(_COUNT_UNITS))
    number = _short(value) if unit or 0 < value < 1 else f"{value:.0f}"
    return f"{number}{_COUNT_UNITS[unit]} rows/s"


def _short(value: float) -> str:
    """Return the value with one decimal if that is under ten, else with none."""
    return f"{value:.1f}" if abs(round(value, 1)) < 10 else f"{value:.0f}"


def _scaled(value: float, base: float, decimals: int, units: int) -> tuple[float, int]:
    """Return the value in the first unit in which, rounded, it is below a thousand, and that unit's index."""
    unit = 0
    while abs(round(value, decimals)) >= 1000 and unit < units - 1:
        value /= base
        unit += 1
    return value, unit
