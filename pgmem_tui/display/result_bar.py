"""A result drawn to scale on one line: what is held, what was and is no more, where the cursor stands."""

from __future__ import annotations

from collections.abc import Iterable

HELD, GONE, NEVER = "█", "░", "·"
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
    for ranges, sign in ((been, GONE), (held, HELD)):
        for first, end in ranges:
            if first < end:
                last = cell(width, extent, end - 1)
                begin = cell(width, extent, first)
                cells[begin : last + 1] = [sign] * (last + 1 - begin)
    return "".join(cells)


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
