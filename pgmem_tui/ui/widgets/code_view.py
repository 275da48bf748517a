"""A program in colours: as many lines as there is room for, and only those that change are painted again."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from pgmem_tui.ui.code_lines import code_spans
from pgmem_tui.ui.preview_lines import COMMENT, IDENTIFIER, STRING, VALUE, WORD, Styled, wrapped
from pgmem_tui.ui.widgets.changed_lines import ChangedLines

_WHEEL = 3
_KINDS = (IDENTIFIER, VALUE, STRING, COMMENT, WORD)


class CodeView(ChangedLines, can_focus=True):
    """Scrolls; a program that takes the place of another one stays where it was scrolled to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "turn(1)", "down", show=False),
        Binding("up,k", "turn(-1)", "up", show=False),
        Binding("pagedown,space", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("home,g", "edge(False)", "the beginning", show=False),
        Binding("end,G", "edge(True)", "the end", show=False),
    ]
    HELP_TITLE = "Program"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"code-view--{name}" for name in (*_KINDS, "more")}
    DEFAULT_CSS = """
    CodeView {
        background: $background;
        color: $foreground;
        & > .code-view--identifier { color: $text-accent; text-style: underline; }
        & > .code-view--value { color: $text-success; text-style: bold; }
        & > .code-view--string { color: $text-success; }
        & > .code-view--comment { color: $text-muted; text-style: italic; }
        & > .code-view--word { color: $text-primary; text-style: bold; }
        & > .code-view--more { color: $text-muted; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin blank."""
        super().__init__(id=id)
        self.text = ""
        """What is shown."""
        self.top = 0
        self._lines: list[list[Styled]] = []

    def show(self, text: str, code: bool = True) -> None:
        """Show a program, or a sentence in its place."""
        self.text = text
        self._spans = code_spans(text) if code else ()
        self._wrap()

    def _wrap(self) -> None:
        self._lines = wrapped(self.text, self._spans, self.size.width - 2) if self.text else []
        self.action_turn(0)

    def on_resize(self) -> None:
        """Break the lines elsewhere."""
        if self.text:
            self._wrap()

    # -- moving ------------------------------------------------------------------------------------

    def action_turn(self, by: int) -> None:
        """Scroll by lines."""
        self.top = min(max(0, self.top + by), max(0, len(self._lines) - self.size.height))
        self.refresh_changed()

    def action_page(self, pages: int) -> None:
        """Scroll by screenfuls less a line."""
        self.action_turn(pages * max(1, self.size.height - 1))

    def action_edge(self, last: bool) -> None:
        """Scroll to the beginning, or the end."""
        self.action_turn(len(self._lines) if last else -self.top)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self.action_turn(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self.action_turn(-_WHEEL)

    # -- painting ----------------------------------------------------------------------------------

    def look(self, y: int) -> object:
        """What a line's painting depends on."""
        return self._lines[self.top + y : self.top + y + 1], self._more(y)

    def _more(self, y: int) -> bool:
        return y == self.size.height - 1 and self.top + y + 1 < len(self._lines)

    def render_line(self, y: int) -> Strip:
        """A line; the last one says whether there are more."""
        width, number = self.size.width, self.top + y
        segments = [Segment(" ", self.rich_style)]
        used = 1
        for word in self._lines[number] if number < len(self._lines) else ():
            segments.append(Segment(word.text, self._kind(word.kind)))
            used += word.cells
        last = "▾" if self._more(y) else " "
        segments.append(Segment(last.rjust(max(0, width - used)), self._style("more")))
        return Strip(segments).adjust_cell_length(width)

    def _kind(self, kind: str) -> Style:
        return self._style(kind) if kind in _KINDS else self.rich_style

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"code-view--{name}")
