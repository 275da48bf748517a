"""A history as a line of eighth blocks: from zero, newest at the right, one column a sample.

From zero, because a line drawn from its own minimum turns a wobble into a leak; whoever draws one
names the value at the top. Pure text: the widgets give it its place and colour.
"""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"
"""What zero to eight eighths of a cell look like."""


def sparkline(values: Sequence[int], top: int, width: int, height: int = 1) -> list[str]:
    """Return the newest values as `height` lines of exactly `width` cells, the upper one first.

    Args:
        values: The oldest first; a negative one is missing and leaves its column empty.
        top: The value that fills a column. What is higher is drawn as high.
        width: Cells; columns without a sample yet, at the left, are empty.
        height: Lines.
    """
    newest = values[-width:] if width > 0 else ()
    levels = [_eighths(value, top, height) for value in newest]
    lines = []
    for above in range(height - 1, -1, -1):  # full lines below the one drawn
        columns = [BLOCKS[min(8, max(0, level - 8 * above))] for level in levels]
        lines.append("".join(columns).rjust(max(0, width)))
    return lines


def _eighths(value: int, top: int, height: int) -> int:
    """Return how many eighths of a line are filled; whatever is there shows at least one."""
    if value <= 0:
        return 0
    full = 8 * height
    return full if value >= top else max(1, round(full * value / top))
