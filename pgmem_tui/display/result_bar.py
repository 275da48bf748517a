"""A result drawn to scale on one line: what is held, what was and is no more, where the cursor stands."""

from __future__ import annotations

from collections.abc import Iterable

HELD, SOME, GONE, NEVER = "█", "▒", "░", "·"
"""Half of a cell's rows at least are held; fewer; none, but they were; none ever was."""
SCREEN, CURSOR = "▼", "▲"


def bar(width: int, extent: int, held: Iterable[tuple[int, int]], been: Iterable[tuple[int, int]]) -> str:
    """Return the rows of a result as `width` characters, the first row at the left.

    Args:
        width: Cells.
        extent: Rows of the result, as far as that is known; 0 draws nothing.
        held: Row numbers [first, end) in memory.
        been: Those that have ever been.
    """
    if extent <= 0 or width <= 0:
        return " " * max(0, width)
    cells = [NEVER] * width
    for first, end in been:
        if first < end:
            begin, last = cell(width, extent, first), _last_cell(width, extent, end)
            cells[begin : last + 1] = [GONE] * (last + 1 - begin)
    rows = [0] * width
    for first, end in held:
        if first < end:
            for at in range(cell(width, extent, first), _last_cell(width, extent, end) + 1):
                begin, after = _rows_of(width, extent, at)
                rows[at] += min(end, after) - max(first, begin)
                cells[at] = HELD if 2 * rows[at] >= after - begin else SOME
    return "".join(cells)


def _last_cell(width: int, extent: int, end: int) -> int:
    """The last cell of the rows before that one: a row has several cells where there are few rows."""
    return min(width - 1, max(cell(width, extent, end - 1), end * width // extent - 1))


def _rows_of(width: int, extent: int, at: int) -> tuple[int, int]:
    """The rows [first, end) of a cell."""
    return -(-at * extent // width), -(-(at + 1) * extent // width)


def cell(width: int, extent: int, row: int) -> int:
    """Return the cell in which a row is; one outside counts as the nearest."""
    if extent <= 0:
        return 0
    return min(width - 1, max(0, min(row, extent - 1)) * width // extent)


def pointer(width: int, at: int, sign: str, label: str) -> str:
    """Return a line with a sign in one cell and a word beside it, on the side that has room."""
    right = f"{sign} {label}"
    if at + len(right) <= width:
        return " " * at + right
    left = f"{label} {sign}"
    return left.rjust(at + 1) if len(left) <= at + 1 else " " * at + sign
