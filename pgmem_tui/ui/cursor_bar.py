"""The rows of a result to scale: which are held, and where in them the screen and the server's cursor are."""

from __future__ import annotations

from dataclasses import dataclass

from pgmem_tui.display import quantities, result_bar
from pgmem_tui.paging.result import Result
from pgmem_tui.ui import operation_lines
from pgmem_tui.ui.widgets import grid_rows

_LEGEND = {result_bar.SOME: "some of these", result_bar.GONE: "let go", result_bar.NEVER: "never read"}
Line = tuple[str, str]
"""What stands at the left, and at the right."""


@dataclass(frozen=True)
class Standing:
    """Where a cursor of the server stands."""

    name: str = ""
    """Empty: there is none."""
    position: int = 0
    """See `ServerCursor.position`."""
    row_count: int | None = None
    """The cursor's, which may read a part of the rows only."""
    row: int = -1
    """See `CursorState.row`."""


def lines(result: Result, top: int, standing: Standing, planned: int, width: int) -> tuple[Line, ...]:
    """What is held in words, where the screen is, the bar, and where the cursor stands.

    Args:
        result: The rows.
        top: The number of the first one on the screen, from 0.
        standing: Where the cursor stands.
        planned: Rows that the planner expects of it; -1 if nobody knows.
        width: Cells of the bar.
    """
    length, extent = grid_rows.length(result), result.extent(0)
    if length == "?":  # the bar has an end, and what was seen does not reach it
        if planned > extent:
            length = f"≈{quantities.count(planned)}"
        extent = max(planned, extent + extent // 3 + 1)
    held = [(page.first, page.end) for page in result.window.pages]
    drawn = result_bar.bar(width, extent, held, result.been.ranges)
    rows = sum(end - first for first, end in held)
    what = f"held {quantities.counted(rows, 'row', short=True)}, {quantities.nbytes(result.window.nbytes)}"
    legend = f"{result_bar.HELD} {what}"
    for sign, means in _LEGEND.items():
        legend += f"  {sign} {means}" if sign in drawn else ""
    return (
        (legend, f"of {length}"),
        (_screen(result, top, extent, width), ""),
        (drawn, ""),
        (_cursor(result, standing, extent, width), ""),
    )


def _screen(result: Result, top: int, extent: int, width: int) -> str:
    if not extent:
        return "no rows"
    label = f"the screen, row {_about(result)}{quantities.row_number(top + 1)}"
    return result_bar.pointer(width, result_bar.cell(width, extent, top), result_bar.SCREEN, label)


def _cursor(result: Result, standing: Standing, extent: int, width: int) -> str:
    if not standing.name:
        return "no cursor"
    words = operation_lines.position(standing.position, standing.row_count)
    if standing.row < 0:
        return f"the cursor, {words}"
    on = standing.row  # as numbers here begin with 0, this is the one before that it would return next
    after = standing.row_count is not None and standing.position > standing.row_count
    if standing.position and not after:
        words = f"on row {_about(result)}{quantities.row_number(on)}"
    at = result_bar.cell(width, extent, on - 1 - after if standing.position else on)
    return result_bar.pointer(width, at, result_bar.CURSOR, f"the cursor, {words}")


def _about(result: Result) -> str:
    return "" if result.exact else "≈"
