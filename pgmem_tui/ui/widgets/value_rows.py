"""What a value looks like: the rows that were worked out for the screen, and a line below them."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import cell_width, fit
from pgmem_tui.display.values.outline_lines import OutlineLines
from pgmem_tui.display.values.rows import Lines, Row
from pgmem_tui.display.values.spans import Span, highlight

STATUS = 1


class ValueRows(Widget, can_focus=True):
    """Paints rows from a place on; a bright one where there is something to fold."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "value--escape",
        "value--mark",
        "value--key",
        "value--found",
        "value--cursor",
    }
    DEFAULT_CSS = """
    ValueRows {
        background: $background;
        color: $foreground;
        & > .value--escape { color: $text-warning; text-style: underline; }
        & > .value--mark { color: $text-muted; }
        & > .value--key { color: $text-accent; }
        & > .value--found { text-style: reverse bold; }
        & > .value--cursor { background: $surface-lighten-2; }
        &:nocolor > .value--cursor { text-style: bold; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self.top = 0
        """The place of the first row on the screen."""
        self.bottom = 0
        """The place of the last one."""
        self.cursor = 0
        """The place of the bright row, in an outline."""
        self.left = 0
        self.wrap = True
        self.needle = ""
        """What is marked where it is on the screen."""
        self.lines: Lines | None = None
        self._rows: list[Row] = []
        self._says = self._note = ""
        self._absent = False
        """Whether rows are missing at the end of the screen."""
        self._styles: dict[tuple[str, bool], Style] = {}

    def note(self, text: str) -> None:
        """Say something in the line below the rows."""
        if text != self._note:
            self._note = text
            self.refresh(Region(0, self.size.height - STATUS, self.size.width, STATUS))

    @property
    def height(self) -> int:
        """Rows on a screenful."""
        return max(1, self.size.height - STATUS)

    @property
    def _width(self) -> int:
        return max(8, self.size.width - 2)

    def notify_style_update(self) -> None:
        """Forget old colours."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One row."""
        width = self.size.width
        if y == self.size.height - STATUS:
            return self._status(width)
        if y >= len(self._rows) or self.lines is None:
            text = f" {self._says}" if y == 0 else " ·" if self._absent and y == len(self._rows) else ""
            return Strip([Segment(fit(text, width), self._style("mark", False))], width)
        row = self._rows[y]
        bright = isinstance(self.lines, OutlineLines) and row.place == self.cursor
        spans = self.lines.spans(row, self.left, max(0, width - 2))
        if self.needle:
            spans = highlight(spans, self.needle)
        return self._strip(spans, width, bright)

    def _status(self, width: int) -> Strip:
        """What was said last, and where the screen is in the value."""
        where = position(self.lines, self.top, self.cursor, self.wrap)
        room = max(0, width - len(where) - 2)
        left, where = (self._note, where) if room > cell_width(self._note[:200]) else (self._note, "")
        text = fit(f" {left}", max(0, width - len(where) - 1)) + where + " "
        return Strip([Segment(fit(text, width), self._style("mark", False))], width)

    def _strip(self, spans: list[Span], width: int, bright: bool) -> Strip:
        base = self._style("plain", bright)
        segments = [Segment(" ", base)]
        room = width - 1
        for span in spans:
            text = span.text
            cells = cell_width(text)
            if cells > room:
                text, cells = fit(text, room), room
            segments.append(Segment(text, self._style(span.kind, bright)))
            room -= cells
        segments.append(Segment(" " * room, base))
        return Strip(segments, width)

    def _style(self, kind: str, bright: bool) -> Style:
        style = self._styles.get((kind, bright))
        if style is None:
            style = self.rich_style
            if kind != "plain":
                style += self.get_component_rich_style(f"value--{kind}", partial=True)
            if bright:
                style += self.get_component_rich_style("value--cursor", partial=True)
            self._styles[kind, bright] = style
        return style


def position(lines: Lines | None, top: int, cursor: int, wrap: bool) -> str:
    """Where a screen that begins at a place is in a value."""
    if lines is None or not lines.end:
        return ""
    wrapped = "" if lines.name == "hex" else " · wrapped" if wrap else " · not wrapped"
    if isinstance(lines, OutlineLines):
        number, count = lines.number(cursor)
        return f"line {number + 1:,} of {count:,}{wrapped}"
    return f"byte {top:,} of {lines.end:,} · {100 * top / lines.end:.1f} %{wrapped}"
