"""The memory of both ends as two charts, from zero, on one scale of time: a widget's lines as text."""

from __future__ import annotations

from pgmem_tui.display.quantities import nbytes
from pgmem_tui.memory.history import History
from pgmem_tui.memory.ring import Ring
from pgmem_tui.ui.widgets.memory_lines import NOT_KNOWN, TICK
from pgmem_tui.ui.widgets.sparkline import sparkline

SCALE = 8
"""Cells of the figures at the left."""
FIXED = 3
"""Lines that are no chart: two headings, and the ticks."""


def charts(history: History, width: int, height: int) -> list[str]:
    """Return the lines, the newest sample at the right.

    Args:
        history: The samples, two a second.
        width: Cells of a line.
        height: Lines there is room for.
    """
    latest = history.latest
    rows = max(1, (height - FIXED) // 2)
    columns = max(1, width - SCALE)
    rss, backend = (latest.rss, latest.backend) if latest else (None, None)
    lines = [_heading("this program, RSS", rss, history.client)]
    lines += _chart(history.client, columns, rows)
    fetches = "".join([TICK if fetches else " " for fetches in history.fetches.newest(columns)])
    lines.append("FETCH".rjust(SCALE - 1) + " " + fetches.rjust(columns))
    lines.append(_heading("the server's process", backend, history.backend))
    lines += _chart(history.backend, columns, rows)
    return lines[:height]


def _heading(name: str, now: int | None, ring: Ring) -> str:
    figure = NOT_KNOWN if now is None else nbytes(now)
    most = nbytes(ring.peak) if ring.peak else NOT_KNOWN
    return f"{name}: {figure}, at most {most}"


def _chart(ring: Ring, columns: int, rows: int) -> list[str]:
    top = max(1, ring.peak * 8 // 7)
    drawn = sparkline(ring.newest(columns), top, columns, rows)
    figures = [""] * rows
    figures[-1] = "0"
    figures[0] = nbytes(top)
    return [f"{figure:>{SCALE - 1}} {line}" for figure, line in zip(figures, drawn, strict=True)]
