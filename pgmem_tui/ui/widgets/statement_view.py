"""A statement as it was written: highlighted, its long lines wrapped, its first screenfuls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import pieces
from pgmem_tui.language.highlighting import Look, spans
from pgmem_tui.language.lines import opened_behind

MOST = 20_000
"""Characters of a statement that are shown."""

Row = list[tuple[str, str]]
"""Safe pieces of a line on the screen, each with the name of its look, or none."""


class StatementView(Widget):
    """Shows one text, from a row on."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"statement--{look.value}" for look in Look}
    DEFAULT_CSS = """
    StatementView {
        background: $background;
        color: $foreground;
        & > .statement--key-word { color: $text-accent; text-style: bold; }
        & > .statement--function { color: $text-primary; }
        & > .statement--string { color: $text-success; }
        & > .statement--quoted-name { color: $text-warning; }
        & > .statement--number { color: $text-secondary; }
        & > .statement--comment { color: $text-muted; text-style: italic; }
        & > .statement--parameter { color: $text-error; text-style: bold; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self._text, self._highlighted = "", True
        self._rows: list[Row] = []
        self._laid_out = 0
        """The width for which the rows were laid out."""
        self.top = 0
        """The first row on the screen."""

    def show(self, text: str, highlighted: bool = True) -> None:
        """Show a text from its beginning; one that is no SQL is not to be highlighted."""
        if (text, highlighted) != (self._text, self._highlighted):
            self._text, self._highlighted, self._laid_out, self.top = text, highlighted, 0, 0
            self.refresh()

    def turn(self, by: int) -> None:
        """Scroll by rows."""
        self._lay_out()
        top = max(0, min(self.top + by, len(self._rows) - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint a row."""
        self._lay_out()
        row = self._rows[self.top + y] if self.top + y < len(self._rows) else []
        segments = [Segment(text, self._style(look)) for text, look in row]
        width, end = self.size.width, self.top + self.size.height
        strip = Strip(segments).adjust_cell_length(width, self.rich_style)
        if y < self.size.height - 1 or end >= len(self._rows):
            return strip
        return Strip([*strip.crop(0, width - 1), Segment("↓", self.rich_style)], width)

    def _style(self, look: str) -> Style:
        if not look or f"statement--{look}" not in self.COMPONENT_CLASSES:
            return self.rich_style
        return self.rich_style + self.get_component_rich_style(f"statement--{look}", partial=True)

    def _lay_out(self) -> None:
        width = max(9, self.size.width)
        if self._laid_out == width:
            return
        self._laid_out = width
        # The last cell says that there is more.
        self._rows = list(rows(self._text, width - 1, self._highlighted))


def rows(text: str, width: int, highlighted: bool = True) -> Iterator[Row]:
    """The first `MOST` characters of a statement as rows of at most so many cells."""
    shown = text[:MOST].replace("\r\n", "\n").expandtabs(4)
    opened = ""
    for line in shown.split("\n"):
        parts = _parts(line, opened) if highlighted else [(line, "")]
        yield from _wrapped(parts, width)
        opened = opened_behind(line, opened)
    if len(text) > MOST:
        yield [(f"… {len(text) - MOST:,} characters more", Look.COMMENT.value)]


def _wrapped(parts: Iterable[tuple[str, str]], width: int) -> Iterator[Row]:
    """The parts of a line as rows, broken behind a blank where one is not too far off."""
    row: list[tuple[str, str, int]] = []
    used = 0
    for part, look in parts:
        for shown, cells in pieces(part):
            while used + cells > width:
                end = _break(row)
                yield _merged(row[:end])
                row = row[end:]
                used = sum(piece[2] for piece in row)
            row.append((shown, look, cells))
            used += cells
    yield _merged(row)


def _break(row: list[tuple[str, str, int]]) -> int:
    """How many pieces of a full row stay on it."""
    blanks = [place for place in range(len(row) * 2 // 3, len(row)) if row[place][0] == " "]
    return blanks[-1] + 1 if blanks else len(row)


def _merged(row: list[tuple[str, str, int]]) -> Row:
    """Neighbours of one look as one piece."""
    return [
        ("".join(piece[0] for piece in some), look) for look, some in groupby(row, lambda piece: piece[1])
    ]


def _parts(line: str, opened: str) -> Iterator[tuple[str, str]]:
    place = 0
    for span in spans(line, opened):
        if span.start > place:
            yield line[place : span.start], ""
        yield line[span.start : span.end], span.look.value
        place = span.end
    if place < len(line):
        yield line[place:], ""
