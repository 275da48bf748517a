"""A tree painted from a model of numbers: only lines on the screen cost anything.

Textual's own tree makes an object, a label and guides for each node, which is much for 20,000 tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from pgmem_tui.display.tree_model import Line, TreeModel
from pgmem_tui.ui.widgets.tree_lines import TreeStyles, message_strips, node_strip

TOP = 1
"""Lines above the tree that do not scroll."""
REMEMBERED = 512
"""Lines kept as painted, about 1 kB each."""


class TreeView(ScrollView, can_focus=True):
    """Paints a tree with a cursor line and, above it, one line that a subclass fills."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False),
        Binding("home,g", "first", "first line", show=False),
        Binding("end,G", "last", "last line", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tree-view--schema",
        "tree-view--secondary",
        "tree-view--filter",
        "tree-view--cursor",
        "tree-view--error",
    }
    DEFAULT_CSS = """
    TreeView {
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .tree-view--schema { text-style: bold; }
        & > .tree-view--secondary { color: $text-muted; }
        & > .tree-view--filter { text-style: bold; }
        & > .tree-view--cursor { background: $surface-lighten-2; text-style: underline; }
        & > .tree-view--error { color: $text-error; }
        &:focus > .tree-view--cursor { background: $accent; color: auto; text-style: none; }
        &:nocolor > .tree-view--cursor { text-style: reverse; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """Begin empty."""
        super().__init__(id=id, classes=classes)
        self.model = TreeModel()
        """What is painted; after changing it, call `repaint`."""
        self.cursor_line = 0
        """The line with the cursor, counted from 0 at the top of the tree."""
        self._styles: TreeStyles | None = None
        self._strips: LRUCache[tuple[int, bool], Strip] = LRUCache(REMEMBERED)
        self._messages: list[Strip] | None = None

    # -- for subclasses ------------------------------------------------------------------------------

    def top_line(self, width: int, styles: TreeStyles) -> Strip:
        """The line above the tree."""
        return Strip.blank(width, styles.base)

    def message(self) -> tuple[list[str], bool]:
        """What to say instead of lines, in paragraphs (none shows the lines), and whether it is an error."""
        return [], False

    def repaint(self) -> None:
        """Paint everything again, after the model or a message changed."""
        self._strips.clear()
        self._messages = None
        last = len(self.model.lines) - 1
        self.cursor_line = max(0, min(self.cursor_line, last))
        # The width is never scrolled over; a change of size is a change of layout.
        size = Size(1, TOP + len(self.model.lines))
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def change(self, change: Callable[[], object]) -> None:
        """Change the model and repaint; the cursor stays on its node and that on its row of the screen."""
        lines = self.model.lines
        node, row = (lines[self.cursor_line] if lines else 0), self.cursor_line - self.scroll_offset.y
        change()
        line = self.model.line_of(node)
        self.cursor_line = line if line >= 0 else self.cursor_line
        self.repaint()
        self.scroll_top(self.cursor_line - row)
        self.move_cursor(self.cursor_line)

    @property
    def line(self) -> Line | None:
        """What stands under the cursor."""
        return self.model.line(self.cursor_line) if self.model.lines and not self.message()[0] else None

    @property
    def page(self) -> int:
        """How many lines of the tree are on the screen."""
        return max(1, self.size.height - TOP)

    def move_cursor(self, line: int) -> None:
        """Put the cursor on a line, or the nearest there is, and that line on the screen."""
        line = max(0, min(line, len(self.model.lines) - 1))
        before, self.cursor_line = self.cursor_line, line
        for changed in {before, line}:
            self.refresh(Region(0, TOP + changed - self.scroll_offset.y, self.size.width, 1))
        top = self.scroll_offset.y
        self.scroll_top(min(line, max(top, line - self.page + 1)))

    def scroll_top(self, line: int) -> None:
        """Scroll so that this line is the first."""
        if line != self.scroll_offset.y:
            # Forced, because the scrollbar may not know yet that the tree has grown.
            self.scroll_to(y=line, animate=False, force=True)

    # -- painting ------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget what was painted in another theme, or without the focus."""
        super().notify_style_update()
        self._forget()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor on the screen."""
        self._forget()
        self.move_cursor(self.cursor_line)

    def render_line(self, y: int) -> Strip:
        """Paint one row of the screen."""
        width, styles = self.scrollable_content_region.width, self._styles or self._work_out_styles()
        if y < TOP:
            return self.top_line(width, styles)
        if self._messages is None:
            paragraphs, error = self.message()
            self._messages = message_strips(paragraphs, width, styles.error if error else styles.secondary)
        if self._messages:
            shown = y - TOP
            return self._messages[shown] if shown < len(self._messages) else Strip.blank(width, styles.base)
        line = y - TOP + self.scroll_offset.y
        if line >= len(self.model.lines):
            return Strip.blank(width, styles.base)
        key = self.model.lines[line], line == self.cursor_line
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = node_strip(self.model.line(line), width, styles, key[1])
        return strip

    def _forget(self) -> None:
        self._styles = self._messages = None
        self._strips.clear()

    def _work_out_styles(self) -> TreeStyles:
        style = self.get_component_rich_style
        self._styles = TreeStyles(
            base=self.rich_style,
            schema=style("tree-view--schema"),
            secondary=style("tree-view--secondary"),
            filter=style("tree-view--filter"),
            cursor=style("tree-view--cursor"),
            error=style("tree-view--error"),
        )
        return self._styles

    # -- actions -------------------------------------------------------------------------------------

    def action_move(self, lines: int) -> None:
        """Move the cursor up or down."""
        self.move_cursor(self.cursor_line + lines)

    def action_page(self, pages: int) -> None:
        """Move the cursor and the screen by a page, one line of it staying."""
        step = pages * max(1, self.page - 1)
        self.scroll_top(max(0, min(self.scroll_offset.y + step, len(self.model.lines) - self.page)))
        self.move_cursor(self.cursor_line + step)

    def action_first(self) -> None:
        """Go to the first line."""
        self.move_cursor(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self.move_cursor(len(self.model.lines) - 1)
