"""The tree of tables: schemas, relations, partitions, and below each relation what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display import quantities
from pgmem_tui.display.tree_model import DetailLine, Entry, TreeModel
from pgmem_tui.ui.widgets.tree_lines import TreeStyles, top_strip, triangle_end
from pgmem_tui.ui.widgets.tree_view import TOP, TreeView
from pgmem_tui.ui.widgets.typed_text import TypedText

LOADING = "Loading the list of tables…"
EMPTY = "No tables in this database; S shows system schemas."
EMPTY_WITH_SYSTEM = "No tables in this database."
RETRY = "R tries again."


class TableTree(TreeView):
    """Tables to choose from; it says what it needs by messages and is told by `show_…`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "open", show=False),
        Binding("right,l", "expand", "expand", show=False),
        Binding("left,h", "collapse", "collapse", show=False),
        Binding("c", "screen.want('compose table')", "compose a query of this table", show=False),
        Binding("slash", "filter", "filter", show=False),
        Binding("R", "reload", "refresh", show=False),
        Binding("S", "system", "system schemas", show=False),
    ]
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
        self.system = False
        """Whether the list holds system schemas."""
        self._open_oid = 0
        self._open_oid = 0
        self._filter = TypedText()
        self._loading = True
        self._error = ""

    # -- what it is told -----------------------------------------------------------------------------

    def show_loading(self) -> None:
        """Say that a list is on its way; one that is there stays."""
        self._loading, self._error = True, ""
        self.repaint()

    def show_error(self, message: str) -> None:
        """Say why there is no list; one that is there stays, and only says that it is not new."""
        self._loading, self._error = False, message or "unknown error"
        self.repaint()

    def show_relations(self, entries: Sequence[Entry], system: bool = False) -> None:
        """Show a list, sorted by schema; what was open stays open, the cursor on its relation.

        Args:
            entries: The relations, those of one schema together.
            system: Whether system schemas are among them.
        """
        before, row = self.model, self.cursor_line - self.scroll_offset.y
        key = before.key(self.cursor_line) if before.lines else None
        self._loading, self._error, self.system = False, "", system
        self.model = TreeModel(entries, before)
        self.model.set_filter(self._filter.text)
        line = self.model.find(key or ("", self._open_oid))
        if line < 0 and not key:
            line = self.model.first_relation()
        self.cursor_line = line if line >= 0 else self.cursor_line
        self.repaint()
        if key:
            self.scroll_top(self.cursor_line - row)
        self.move_cursor(self.cursor_line)
        for oid in self.model.awaiting_details():
            self.post_message(self.DetailsRequested(oid))

    def show_open(self, oid: int) -> None:
        """Put the cursor on the relation whose rows are shown, unless someone is in the tree."""
        self._open_oid = oid
        line = self.model.find(("", oid))
        if line >= 0 and not self.has_focus:
            self.move_cursor(line)

    def show_details(self, oid: int, lines: Iterable[DetailLine]) -> None:
        """Show what a relation is made of, below it (see `relation_lines.detail_lines`)."""
        self.change(lambda: self.model.set_details(oid, lines))

    # -- painting ------------------------------------------------------------------------------------

    def message(self) -> tuple[list[str], bool]:
        """The state of the list, where there is nothing else to show."""
        if self.model.lines:
            return [], False
        if self._error:
            return [*self._error.splitlines(), RETRY], True
        if self._loading:
            return [LOADING], False
        if self.model.entries:
            return [f"No table matches “{self._filter.text}”.", "escape clears the filter."], False
        return [EMPTY_WITH_SYSTEM if self.system else EMPTY], False

    def top_line(self, width: int, styles: TreeStyles) -> Strip:
        """The filter, with the titles of the columns or how many relations match."""
        note, typed = "", self._filter
        if self._loading and self.model.lines:
            note = "refreshing…"
        elif self._error and self.model.lines:
            note = "refresh failed"
        elif typed.shown:
            note = (
                f"{quantities.count(self.model.match_count)} of {quantities.count(len(self.model.entries))}"
            )
        return top_strip(typed.text if typed.shown else None, note, width, styles, typed.typing)

    # -- the filter ----------------------------------------------------------------------------------

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key belongs to the filter rather than to a binding."""
        return self._filter.consumes(key, character)

    def on_key(self, event: events.Key) -> None:
        """Type the filter; `escape` takes it away."""
        if event.key == "escape" and self._filter.shown:
            self._filter.clear()
            self.change(self._unfilter)
        elif self._filter.consumes(event.key, event.character):
            self._filter.type(event.key, event.character)
            self._refilter()
        elif event.key == "slash":
            self.action_filter()  # at once: bindings run later, and what was typed ahead would miss it
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the filter."""
        if self._filter.typing:
            self._filter.paste(event.text)
            self._refilter()
            event.stop()

    def on_blur(self) -> None:
        """Another pane gets the keys; the filter stays."""
        self._filter.typing = False
        self.refresh()

    def _refilter(self) -> None:
        if not self._filter.text.strip():
            self.change(self._unfilter)
            return
        self.model.set_filter(self._filter.text)
        self.cursor_line = max(0, self.model.best_match())
        self.repaint()
        self.move_cursor(self.cursor_line)

    def _unfilter(self) -> None:
        """Show all again, and what the cursor stands on among it."""
        node = self.model.lines[self.cursor_line] if self.model.lines else None
        self.model.set_filter("")
        if node is not None:
            self.model.reveal(node)

    # -- actions -------------------------------------------------------------------------------------

    def action_choose(self) -> None:
        """Open the rows of the relation under the cursor; open or shut a schema."""
        self._filter.typing = False
        self.refresh()
        line = self.line
        if line is not None and line.entry is not None:
            entry = line.entry
            self.post_message(self.RelationChosen(entry.oid, entry.schema, entry.name))
        elif line is not None:
            self._toggle(not line.opened)

    def action_expand(self) -> None:
        """Show what is below the line; if it is shown, go there."""
        line = self.line
        if line is not None and line.opened is not None:
            self.action_move(1) if line.opened else self._toggle(True)

    def action_collapse(self) -> None:
        """Hide what is below the line; if nothing is, go to the line above it in the tree."""
        line = self.line
        if line is not None and line.opened:
            self._toggle(False)
        elif line is not None and (above := self.model.parent(self.cursor_line)) >= 0:
            self.move_cursor(above)

    def action_filter(self) -> None:
        """Begin to type a filter, a new one."""
        if not self._filter.typing and self._filter.text:
            self._filter.clear()
            self.change(self._unfilter)
        self._filter.typing = True
        self.refresh()

    def action_reload(self) -> None:
        """Ask for the list anew."""
        self.post_message(self.RefreshRequested())

    def action_system(self) -> None:
        """Ask for the list with or without system schemas."""
        self.post_message(self.SystemToggled(not self.system))

    def on_click(self, event: events.Click) -> None:
        """Select a line; open it by a second click, or shut or expand it by its triangle."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = offset.y - TOP + self.scroll_offset.y
        if offset.y < TOP:
            self.action_filter()
        elif self.line is not None and line < len(self.model.lines):
            self.move_cursor(line)
            under = self.model.line(line)
            if under.opened is not None and offset.x < triangle_end(under):
                self._toggle(not under.opened)
            elif event.chain == 2:
                self.action_choose()

    def _toggle(self, opened: bool) -> None:
        node = self.model.lines[self.cursor_line]
        self.change(lambda: self.model.set_open(self.cursor_line, opened))
        if opened and self.model.lacks_details(node):
            self.post_message(self.DetailsRequested(self.model.key(self.cursor_line)[1]))
