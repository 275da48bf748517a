"""The tree of tables: schemas, relations, partitions, and below each relation what it is made of.

Textual's own tree makes an object, a label and a guide for each node; this one paints the lines that are on
the screen from a model of numbers, so that 20,000 tables open in some milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from pgmem_tui.display import quantities
from pgmem_tui.display.tree_model import DetailLine, Entry, Line, TreeModel
from pgmem_tui.ui.widgets.tree_filter import FilterInput
from pgmem_tui.ui.widgets.tree_lines import TreeStyles, message_strips, node_strip, top_strip, triangle_end

TOP = 1
"""Lines above the tree: the filter and the titles of the columns."""
REMEMBERED = 512
"""Lines kept as painted, about 1 kB each."""

LOADING = "Loading the list of tables…"
EMPTY = "No tables in this database; S shows system schemas."
EMPTY_WITH_SYSTEM = "No tables in this database."


class TableTree(ScrollView, can_focus=True):
    """Tables to choose from; it says what it needs by messages and is told by methods."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "open", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False),
        Binding("home,g", "first", "first line", show=False),
        Binding("end,G", "last", "last line", show=False),
        Binding("right,l", "expand", "expand", show=False),
        Binding("left,h", "collapse", "collapse", show=False),
        Binding("slash", "filter", "filter", show=False),
        Binding("R", "reload", "refresh", show=False),
        Binding("S", "system", "system schemas", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table-tree--schema",
        "table-tree--secondary",
        "table-tree--filter",
        "table-tree--cursor",
        "table-tree--error",
    }
    DEFAULT_CSS = """
    TableTree {
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .table-tree--schema { text-style: bold; }
        & > .table-tree--secondary { color: $text-muted; }
        & > .table-tree--filter { color: $foreground; text-style: bold; }
        & > .table-tree--cursor { background: $surface-lighten-2; text-style: underline; }
        & > .table-tree--error { color: $text-error; }
        &:focus > .table-tree--cursor { background: $accent; color: $background; text-style: none; }
        &:nocolor > .table-tree--cursor { text-style: reverse; }
    }
    """
    ALLOW_SELECT = False
    HELP_TITLE = "Tables"

    class RelationChosen(Message):
        """Someone wants to see a relation's rows."""

        def __init__(self, oid: int, schema: str, name: str) -> None:
            """Say which."""
            super().__init__()
            self.oid, self.schema, self.name = oid, schema, name

    class DetailsRequested(Message):
        """A relation was opened in the tree; `show_details` answers."""

        def __init__(self, oid: int) -> None:
            """Say which."""
            super().__init__()
            self.oid = oid

    class RefreshRequested(Message):
        """Someone wants the list anew."""

    class SystemToggled(Message):
        """Someone wants the list with or without system schemas."""

        def __init__(self, system: bool) -> None:
            """Say whether with them."""
            super().__init__()
            self.system = system

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """Begin without a list, waiting for one."""
        super().__init__(id=id, classes=classes)
        self.cursor_line = 0
        """The line with the cursor, counted from 0 at the top of the tree."""
        self.system = False
        """Whether the list holds system schemas."""
        self._model = TreeModel()
        self._filter = FilterInput()
        self._loading = True
        self._error: list[str] = []
        self._styles: TreeStyles | None = None
        self._strips: LRUCache[tuple[int, bool], Strip] = LRUCache(REMEMBERED)
        self._message_strips: list[Strip] | None = None

    # -- what it is told -----------------------------------------------------------------------------

    def show_loading(self) -> None:
        """Say that a list is on its way; one that is shown stays."""
        self._loading, self._error = True, []
        self._changed()

    def show_error(self, message: str) -> None:
        """Say why there is no list; one that is shown gives way."""
        self._loading, self._error = False, message.splitlines() or [message]
        self._changed()

    def show_relations(self, entries: Sequence[Entry], system: bool = False) -> None:
        """Show a list, sorted; what was open and where the cursor stood stays."""
        had = bool(self._model.lines)
        key = self._model.key(self.cursor_line) if had else None
        above = self.cursor_line - self.scroll_offset.y
        self._loading, self._error, self.system = False, [], system
        self._model = TreeModel(entries, self._model)
        self._model.set_filter(self._filter.text)
        line = self._model.find(key) if key else self._model.first_relation()
        self._changed()
        self.move_cursor(line if line >= 0 else self.cursor_line)
        if had:
            self._scroll_top(self.cursor_line - above)
        for oid in self._model.awaiting_details():
            self.post_message(self.DetailsRequested(oid))

    def show_details(self, oid: int, lines: Iterable[DetailLine]) -> None:
        """Show what a relation is made of, below it."""
        self._keeping_cursor(lambda: self._model.set_details(oid, lines))

    # -- the cursor ----------------------------------------------------------------------------------

    @property
    def line(self) -> Line | None:
        """What stands under the cursor."""
        return self._model.line(self.cursor_line) if self._model.lines and not self._error else None
