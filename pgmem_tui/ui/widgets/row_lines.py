"""One row as one line of the grid, made once and remembered while it stays on the screen."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from pgmem_tui.display.column_layout import ColumnLayout, Place
from pgmem_tui.display.text import fit

REMEMBERED = 256
"""Lines kept, about two screenfuls of a large terminal; a line holds some kilobytes at most."""
NULL = "NULL"

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class LineStyles:
    """The grid's styles, worked out once a theme."""

    base: Style
    header: Style
    gutter: Style
    null: Style
    cursor: Style
    absent: Style
    bar: Style
    status: Style


class RowLines:
    """Makes lines of rows and remembers the last ones."""

    def __init__(self) -> None:
        """Remember nothing."""
        self.styles: LineStyles | None = None
        self._lines: dict[tuple[int, Hashable], Strip] = {}
        self._common: LineStyles | None = None
        """The styles that all lines were made with, but for the cursor's."""

    def clear(self) -> None:
        """Forget lines and styles."""
        self._lines.clear()
        self.styles = None

    def forget_styles(self) -> None:
        """Ask for the styles again; lines stay if only the cursor's is another one then."""
        self.styles = None

    def keep(self, styles: LineStyles) -> LineStyles:
        """Remember the styles until they are forgotten."""
        if replace(styles, cursor=styles.base) != self._common:
            self._lines.clear()
            self._common = replace(styles, cursor=styles.base)
        self.styles = styles
        return styles

    def line(
        self,
        number: int,
        row: Row | None,
        look: tuple[int, str, int, int, int, int, bool, bool],
        places: Sequence[Place],
        layout: ColumnLayout,
        styles: LineStyles,
    ) -> Strip:
        """The line of a row.

        Args:
            number: The row's, from 0.
            row: Its values; None if they are not here yet.
            look: All else that the line depends on: the column with the cursor or -1, the
                scrollbar's piece, the first column, the layout's version, the width, the width
                of the gutter, whether the cursor is on it and has the focus, whether row
                numbers are exact.
            places: Where the columns stand.
            layout: The columns.
            styles: The colours.
        """
        selected, thumb, _, _, width, gutter, _, exact = look
        label = f"{'' if exact else '≈'}{number + 1}"
        if row is None:
            text = f"{label:>{gutter}} ·".ljust(width - 1)
            return Strip([Segment(text, styles.absent), Segment(thumb, styles.bar)], width)
        strip = self._lines.get((number, look))
        if strip is None:
            if len(self._lines) >= REMEMBERED:
                self._lines.pop(next(iter(self._lines)))
            segments = [Segment(f"{label:>{gutter}} ", styles.gutter)]
            segments += _cells(row, selected, places, layout, styles, width - gutter - 2)
            segments[-1:] = _with_thumb(segments[-1], thumb, styles)
            strip = self._lines[number, look] = Strip(segments, width)
        return strip


def _with_thumb(last: Segment, thumb: str, styles: LineStyles) -> list[Segment]:
    # Where the bar is blank, one segment less: forty bytes a line to the terminal.
    return [Segment(last.text + thumb, last.style)] if thumb == " " else [last, Segment(thumb, styles.bar)]


def _cells(
    row: Row, selected: int, places: Sequence[Place], layout: ColumnLayout, styles: LineStyles, area: int
) -> list[Segment]:
    """The values as few segments as their styles allow, `area` cells in all."""
    segments: list[Segment] = []
    text, style, used = "", styles.base, 0
    headings = layout.headings
    for place in places:
        value = row[place.column]
        shown = fit(NULL if value is None else value, place.width, headings[place.column].right)
        wanted = styles.base if value is not None else styles.null
        if place.column == selected:
            wanted = styles.cursor
        gap = place.gap
        used = place.x + place.width + len(gap)
        if wanted is not style:
            if text:
                segments.append(Segment(text, style))
            text, style = shown, wanted
        else:
            text += shown
        if style is styles.base:
            text += gap
        else:
            segments.append(Segment(text, style))
            text, style = gap, styles.base
    segments.append(Segment(text + " " * (area - used), style))
    return segments
