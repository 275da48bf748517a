"""SQL on the screen, with line numbers: of each change, only the lines that look different are painted."""

from __future__ import annotations

import re
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.document._document import Location, Selection
from textual.geometry import Offset, Region, Size
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import TextArea

from pgmem_tui.display.edited_line import TAB, Piece, window
from pgmem_tui.language.around import brackets
from pgmem_tui.language.highlighting import Look
from pgmem_tui.ui.widgets.sql_document import Buffer, SqlDocument
from pgmem_tui.ui.widgets.sql_line import Mark, SqlLine, runs

STRIPS = 256
"""Painted lines that are remembered."""
LONGEST_SEARCHED = 4096
"""Characters of a line in which what is found is marked."""
_CARET = 2
"""Cells that the caret and a wide character under it take."""
_SIDEWAYS = 16
"""Cells that are seen beyond the caret after scrolling sideways."""
_WIDEN, _HEIGHTEN = 32, 8
"""The text's size grows by so many cells and lines at once, because each growth lays the screen out again."""


class _Frame(NamedTuple):
    """Where the text is on the screen."""

    left: int
    top: int
    width: int
    height: int
    gutter: int


class SqlView(TextArea):
    """Paints a buffer."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"sql--{look.value}" for look in Look),
        *("sql--escape", "sql--number-line", "sql--number-current", "sql--current"),
        *("sql--found", "sql--selection", "sql--bracket", "sql--error", "sql--caret"),
    }
    DEFAULT_CSS = """
    SqlView {
        border: none;
        padding: 0;
        background: $background;
        color: $foreground;
        scrollbar-size: 0 1;
        &:focus { border: none; }
        & > .sql--key-word { color: $text-accent; text-style: bold; }
        & > .sql--function { color: $text-primary; }
        & > .sql--string { color: $text-success; }
        & > .sql--quoted-name { color: $text-warning; }
        & > .sql--number { color: $text-secondary; }
        & > .sql--comment { color: $text-muted; text-style: italic; }
        & > .sql--parameter { color: $text-error; text-style: bold; }
        & > .sql--escape { color: $text-warning; text-style: underline; }
        & > .sql--number-line { color: $text-muted; }
        & > .sql--number-current { color: $foreground; text-style: bold; }
        & > .sql--current { background: $surface; }
        & > .sql--found { background: $warning; color: auto; text-style: underline; }
        & > .sql--selection { background: $primary; color: auto; }
        & > .sql--bracket { text-style: bold underline; }
        & > .sql--error { color: $text-error; text-style: bold underline; }
        & > .sql--caret { text-style: reverse; }
        &:nocolor > .sql--selection { text-style: reverse; }
        &:nocolor > .sql--found { text-style: reverse bold; }
        &:ansi > .sql--selection { text-style: reverse; }
    }
    """
    ALLOW_SELECT = False

    selection: Reactive[Selection] = reactive(Selection(), init=False, always_update=True, repaint=False)
    """As Textual's, but only the lines that it changes are painted again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin with an empty text."""
        self._strips: LRUCache[SqlLine, Strip] = LRUCache(STRIPS)
        self._numbered: LRUCache[tuple[int, int, SqlLine], Strip] = LRUCache(STRIPS)
        self._styles: dict[tuple[str, ...], Style] = {}
        self._shown: dict[int, tuple[int, SqlLine] | None] = {}
        """What was painted last, by the line of the screen: the row of the text, and its look."""
        self._brackets: tuple[Location, ...] = ()
        self.found: re.Pattern[str] | None = None
        """What is looked for, to be marked wherever it is."""
        self.error: tuple[Location, Location] | None = None
        """What is underlined as wrong."""
        self.buffer = Buffer()
        self._painted_in = _Frame(0, 0, 1, 1, 0)
        super().__init__(id=id, soft_wrap=False, show_line_numbers=True, tab_behavior="indent")
        self.cursor_blink = False

    # -- the text --------------------------------------------------------------------------------

    def _set_document(self, text: str, language: str | None) -> None:
        self.show(Buffer(text))

    def show(self, buffer: Buffer) -> None:
        """Show another text, at the place where it was left."""
        self.buffer.selection, self.buffer.scrolled = self.selection, self.scroll_offset
        self.buffer, self.document = buffer, buffer.document
        self.wrapped_document, self.navigator, self.history = buffer.view, buffer.navigator, buffer.history
        self.error = None
        self.set_reactive(SqlView.selection, buffer.selection)  # what is measured below is the new text
        if not self.is_mounted:
            return
        self._refresh_size()
        self.scroll_to(*buffer.scrolled, animate=False, force=True)
        self.selection = buffer.selection
        self.refresh()

    @property
    def sql(self) -> SqlDocument:
        """The text as a document."""
        return self.buffer.document

    def _refresh_size(self) -> None:
        width, height = self.document.get_size(TAB)
        shown = self.scrollable_content_region.height
        # As high as the screen, or by several lines at once.
        height = shown if height <= shown else -(-height // _HEIGHTEN) * _HEIGHTEN
        size = Size((width // _WIDEN + 1) * _WIDEN + self.gutter_width, height)
        if size != self.virtual_size:
            self.virtual_size = size
            self._refresh_scrollbars()
            self.scroll_cursor_visible()

    def _build_highlight_map(self) -> None:
        self.repaint()

    # -- the caret -------------------------------------------------------------------------------

    def _watch_selection(self, previous_selection: Selection, selection: Selection) -> None:
        if not self.is_mounted:
            return
        self.scroll_cursor_visible()
        self.app.cursor_position = self.cursor_screen_offset
        pair = brackets(self.sql.lines, self.sql.opened.before, selection.end) if selection.is_empty else None
        self._brackets = pair or ()
        self.repaint()
        if previous_selection != selection:
            self.post_message(self.SelectionChanged(selection, self))

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Scroll to the caret; sideways by several cells at once, since that paints every line again."""
        self._cursor_offset = x, y = self.buffer.view.location_to_offset(self.selection.end)
        left, top, width, height, _ = self._frame
        if width <= 0 or height <= 0:  # before it has its place on the screen, which brings it here again
            return Offset(0, 0)
        if x < left or x + _CARET > left + width:
            left = max(0, x - _SIDEWAYS if x < left else x + _SIDEWAYS - width)
        if not top <= y < top + height:
            top = max(0, y - height // 2 if center else y if y < top else y - height + 1)
        before = self.scroll_offset
        self.scroll_to(left, top, animate=False, force=True)
        return self.scroll_offset - before

    def on_resize(self) -> None:
        """Show the caret where there is less room now, or any for the first time."""
        self.scroll_cursor_visible()

    def _watch_has_focus(self, focus: bool) -> None:
        super()._watch_has_focus(focus)
        self.repaint()

    # -- painting --------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Other colours."""
        self._strips.clear()
        self._numbered.clear()
        self._styles.clear()
        super().notify_style_update()

    def repaint(self) -> None:
        """Paint those lines of the screen again that are not what was painted."""
        frame = self._frame
        changed = [y for y in range(frame.height) if self._shown.get(y) != self._line(y, frame)]
        self.refresh(*[Region(0, y, frame.gutter + frame.width, 1) for y in changed]) if changed else None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint some lines of the screen."""
        self._painted_in = self._frame
        return ScrollView.render_lines(self, crop)

    def render_line(self, y: int) -> Strip:
        """Paint a line of the screen."""
        frame = self._painted_in
        found = self._shown[y] = self._line(y, frame)
        if found is None:
            return Strip.blank(frame.gutter + frame.width, self._style())
        row, line = found
        numbered = self._numbered.get((row, frame.gutter, line))
        if numbered is not None:
            return numbered
        strip = self._strips.get(line)
        if strip is None:
            strip = self._strips[line] = self._paint(line)
        number = f"{row + 1:>{frame.gutter - 2}}  "
        gutter = Segment(number, self._style("number-current" if line.current else "number-line"))
        numbered = Strip([gutter, *strip], frame.gutter + frame.width)
        self._numbered[row, frame.gutter, line] = numbered
        return numbered

    @property
    def _frame(self) -> _Frame:
        left, top = self.scroll_offset
        width, height = self.scrollable_content_region.size
        return _Frame(left, top, width - self.gutter_width, height, self.gutter_width)

    def _line(self, y: int, frame: _Frame) -> tuple[int, SqlLine] | None:
        row = frame.top + y
        if row >= self.sql.line_count:
            return None
        text = self.sql.lines[row]
        current = row == self.selection.end[0]
        marks = tuple(self._marks(row, text))
        return row, SqlLine(text, self.sql.opened.before(row), current, marks, frame.left, frame.width)

    def _marks(self, row: int, text: str) -> list[Mark]:
        marks = []
        if self.found is not None:
            found = self.found.finditer(text, 0, LONGEST_SEARCHED)
            marks += [Mark(*match.span(), "found") for match in found if match.end() > match.start()]
        for bounds, name in ((self.selection, "selection"), (self.error, "error")):
            if bounds is None:
                continue
            (first, column), (last, end) = sorted(bounds)
            if first <= row <= last and (first, column) != (last, end):
                marks.append(Mark(column if row == first else 0, end if row == last else len(text) + 1, name))
        marks += [Mark(at, at + 1, "bracket") for line, at in self._brackets if line == row]
        line, at = self.selection.end
        if line == row and self.has_focus:
            marks.append(Mark(at, at + 1, "caret"))
        return marks

    def _paint(self, line: SqlLine) -> Strip:
        before, pieces = window(line.text, line.left, line.width)
        ground = ("current",) if line.current else ()
        pieces.append(Piece(len(line.text), " ", 1))
        segments = [Segment(text, self._style(*ground, *names)) for text, names in runs(line, pieces)]
        strip = Strip(segments).crop(line.left - before, line.left - before + line.width)
        return strip.extend_cell_length(line.width, self._style(*ground))

    def _style(self, *names: str) -> Style:
        style = self._styles.get(names)
        if style is None:
            style = self.rich_style
            for name in names:
                style += self._own_style(f"sql--{name}")
            self._styles[names] = style
        return style

    def _own_style(self, component: str) -> Style:
        """What a component adds. Its colour may follow from its ground, or be a share of the text's."""
        own = self.get_component_rich_style(component, partial=True)
        if own.color is None and own.bgcolor is None:
            return own
        return own + Style(color=self.get_component_rich_style(component).color)
