"""A run of a statement as one line: when, how long, how many rows, where, and how it begins. Pure."""

from __future__ import annotations

import re
import time
from typing import NamedTuple

from pgmem_tui.display import quantities
from pgmem_tui.display.text import cell_width, fit, truncate
from pgmem_tui.history.store import Entry

WHEN, TOOK, ROWS = 12, 7, 7
"""Cells of a column."""
WIDEST = 32
"""Cells of a database or a name."""
NARROW = 70
"""Cells below which there is no room for a database."""


class Columns(NamedTuple):
    """Which columns there are besides those of every run."""

    database: bool = False
    name: bool = False


def header(columns: Columns, width: int) -> str:
    """The line above the runs."""
    return _line("  when", "took", "rows", "database", "name", "statement", columns, width)


def line(entry: Entry, columns: Columns, width: int, now: float) -> str:
    """A run, `width` cells wide."""
    mark = "*" if entry.favourite else " "
    rows = "failed" if entry.failed else "·" if entry.rows is None else quantities.count(entry.rows)
    when, took = when_text(entry.at, now), quantities.seconds(entry.seconds)
    if not entry.runs:
        when, took, rows = "never run", "", ""
    head = " ".join(entry.text[: 4 * width].split())
    return _line(f"{mark} {when}", took, rows, entry.database, entry.favourite, head, columns, width)


def about(entry: Entry) -> str:
    """All that is known of a run, for the line above its statement."""
    if not entry.runs:
        return f"{entry.favourite} · never run"
    rows = (
        "failed"
        if entry.failed
        else ""
        if entry.rows is None
        else f"{quantities.row_number(entry.rows)} {'row' if entry.rows == 1 else 'rows'}"
    )
    times = f"run {entry.runs:,} times" if entry.runs > 1 else ""
    when = _format(entry.at, "%Y-%m-%d %H:%M:%S")
    parts = (entry.favourite, entry.database, when, quantities.seconds(entry.seconds), rows, times)
    return " · ".join(part for part in parts if part)


def when_text(at: float, now: float) -> str:
    """The time of today, the day of this year, or the date: at most ten characters."""
    if _format(at, "%Y-%m-%d") == _format(now, "%Y-%m-%d"):
        return _format(at, "%H:%M:%S")
    if _format(at, "%Y") == _format(now, "%Y"):
        return _format(at, "%d %b")
    return _format(at, "%Y-%m-%d")


def _short(database: str) -> str:
    """What tells databases apart first: `shop@db1` of `ann@db1:5432/shop`."""
    found = re.fullmatch(r"(.*?)@([^@/]+):(\d+)/(.*)", database, re.DOTALL)
    if found is None:
        return database
    _, host, port, name = found.groups()
    return f"{name}@{host}" + (f":{port}" if port != "5432" else "")


def _format(at: float, pattern: str) -> str:
    try:
        return time.strftime(pattern, time.localtime(at))
    except (OverflowError, ValueError, OSError):  # no time that this machine knows
        return "?"


def _line(
    when: str, took: str, rows: str, database: str, name: str, statement: str, columns: Columns, width: int
) -> str:
    parts = [fit(when, WHEN), fit(took, TOOK, right=True), fit(rows, ROWS, right=True)]
    if columns.name:
        parts.append(fit(name, min(WIDEST, width // 4)))
    if columns.database and width >= NARROW:
        parts.append(fit(_short(database), min(WIDEST, width // 5)))
    left = " ".join(parts) + " "
    return fit(left + truncate(statement, max(0, width - cell_width(left))), width)
