"""Lines of the tree of tables as strips of styled text. Knows widths, not keys."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from pgmem_tui.display import quantities
from pgmem_tui.display.text import ELLIPSIS, cell_width, fit, one_line, truncate
from pgmem_tui.display.tree_model import Entry, Line

OPENED, SHUT = "▾", "▸"
ROWS_WIDTH = 7  # ≈999.9M
SIZE_WIDTH = 7  # 1023 kB
BOTH_FROM = 30
"""A line of so many cells has room for rows and size; a narrower one for rows, or only the name."""
ROWS_FROM = 20

_KINDS = {"v": "view", "f": "foreign"}


@dataclass(frozen=True)
class TreeStyles:
    """The tree's styles, worked out once a theme and focus."""

    base: Style
    schema: Style
    secondary: Style
    filter: Style
    cursor: Style
    error: Style


def node_strip(line: Line, width: int, styles: TreeStyles, selected: bool) -> Strip:
    """One line of the tree, exactly `width` cells; the selected one in one style from edge to edge."""
    if line.detail is not None:
        parts = _detail_parts(line, width, styles)
    elif line.entry is None:
        parts = [(fit(f"{_triangle(line)} {one_line(line.name)}", width), styles.schema)]
    else:
        parts = _relation_parts(line, line.entry, width, styles)
    if selected:
        parts = [("".join(text for text, _ in parts), styles.cursor)]
    return Strip([Segment(text, style) for text, style in parts if text], width)


def triangle_end(line: Line) -> int:
    """The first column to the right of the line's triangle."""
    return line.depth + 2


def top_strip(text: str | None, note: str, width: int, styles: TreeStyles, typing: bool) -> Strip:
    """The line above the tree: the filter, and what the columns are or how many relations match.

    Args:
        text: The filter; None shows how to get one.
        note: What else is going on, or how many match; empty leaves the column titles.
        width: Terminal cells.
        styles: The colours.
        typing: Whether a text cursor stands behind the filter.
    """
    right = note or _titles(width)
    room = max(0, width - cell_width(right))
    if text is None:
        return Strip([Segment(fit("/ filter", room) + right[:width], styles.secondary)], width)
    shown = one_line(text)
    tail = _tail(shown, max(0, room - 4))
    caret = " " if typing and room > 3 else ""
    left = f"/ {tail}"[:room]
    blank = " " * (room - cell_width(left) - len(caret))
    segments = [
        Segment(left, styles.filter),
        Segment(caret, styles.filter + Style(reverse=True)),
        Segment(blank + fit(right, width - room), styles.secondary),
    ]
    return Strip([segment for segment in segments if segment.text], width)


def message_strips(paragraphs: list[str], width: int, style: Style) -> list[Strip]:
    """A sentence or two where there are no lines, broken between words."""
    room = max(1, width - 2)
    lines = [line for paragraph in paragraphs for line in wrap(one_line(paragraph), room) or [""]]
    return [Strip([Segment(fit(f" {line}", width), style)], width) for line in lines]


def _triangle(line: Line) -> str:
    return " " if line.opened is None else OPENED if line.opened else SHUT


def _relation_parts(line: Line, entry: Entry, width: int, styles: TreeStyles) -> list[tuple[str, Style]]:
    """Triangle and name, what kind it is, then rows and size or why there are none."""
    right = _right(entry, width).lstrip()
    right = f" {right}" if right else ""
    lead = f"{' ' * line.depth}{_triangle(line)} "
    room = max(0, width - len(lead) - len(right))
    marks = [""]
    if line.partitions:
        marks = [f" {line.partitions} partition{'s' if line.partitions > 1 else ''}", f" {line.partitions}p"]
    elif entry.kind == "m":
        marks = [" matview", " m"]
    name = one_line(entry.name)
    mark = next((mark for mark in marks if cell_width(name) + len(mark) <= room), marks[-1])
    shown = _middle(name, max(0, room - len(mark)))
    blank = max(0, room - cell_width(shown) - len(mark))
    end = (mark + " " * blank)[: max(0, room - cell_width(shown))] + right
    return [(fit(lead, min(width, len(lead))) + shown, styles.base), (end, styles.secondary)]


def _detail_parts(line: Line, width: int, styles: TreeStyles) -> list[tuple[str, Style]]:
    detail = line.detail
    assert detail is not None
    lead = " " * min(width, line.depth + 2)
    room = width - len(lead)
    style = styles.error if detail.error else styles.secondary if detail.heading else styles.base
    text = truncate(one_line(detail.text), room)
    note = f"  {one_line(detail.note)}" if detail.note else ""
    return [(lead + text, style), (fit(note, room - cell_width(text)), styles.secondary)]


def _right(entry: Entry, width: int) -> str:
    """Rows and size, or why there are none; each at its place, counted from the right edge."""
    if width < ROWS_FROM:
        return ""
    both = width >= BOTH_FROM
    cells = 2 + ROWS_WIDTH + SIZE_WIDTH if both else 1 + ROWS_WIDTH
    if not entry.readable:
        return ("no permission" if both else "denied").rjust(cells)
    rows = f"≈{quantities.count(entry.rows)}" if entry.rows >= 0 else ""
    kind = _KINDS.get(entry.kind)
    if not both:
        return (rows or kind or "").rjust(cells)
    size = kind or (quantities.nbytes(entry.nbytes) if entry.nbytes >= 0 else "")
    return f" {rows:>{ROWS_WIDTH}} {size:>{SIZE_WIDTH}}"


def _titles(width: int) -> str:
    if width >= BOTH_FROM:
        return f" {'≈rows':>{ROWS_WIDTH}} {'≈size':>{SIZE_WIDTH}}"
    return f" {'≈rows':>{ROWS_WIDTH}}" if width >= ROWS_FROM else ""


def _middle(text: str, width: int) -> str:
    """Cut a safe text in its middle: names of one family differ at their end."""
    if not text.isascii() or width < 8 or len(text) <= width:
        return truncate(text, width)
    tail = (width - 1) // 2
    return text[: width - 1 - tail] + ELLIPSIS + text[-tail:]


def _tail(text: str, width: int) -> str:
    """The last of a safe text that fits."""
    while cell_width(text) > width:
        text = text[1:]
    return text
