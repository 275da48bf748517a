"""SQL that is being written: what keys do to the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import EditResult, Location, Selection
from textual.document._edit import Edit
from textual.message import Message

from pgmem_tui.language import line_edits
from pgmem_tui.language.around import brackets
from pgmem_tui.ui.widgets.sql_document import LONGEST, clean
from pgmem_tui.ui.widgets.sql_view import SqlView


class SqlArea(SqlView):
    """An editor's text. Letters are text here, whatever they mean elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+underscore,ctrl+slash", "comment", "make these lines comments, or not", show=False),
        Binding("shift+tab", "outdent", "move these lines to the left; tab: to the right", show=False),
        Binding("ctrl+d", "duplicate", "the line, or what is selected, once more", show=False),
        Binding("alt+up", "move_lines(-1)", "move these lines up", show=False),
        Binding("alt+down", "move_lines(1)", "move these lines down", show=False),
        Binding("ctrl+right_square_bracket", "bracket", "to the other bracket", show=False),
        Binding("ctrl+home", "end(False)", "beginning of the text (shift: select)", show=False),
        Binding("ctrl+end", "end(True)", "end of the text (shift: select)", show=False),
        Binding("ctrl+shift+home", "end(False, True)", show=False),
        Binding("ctrl+shift+end", "end(True, True)", show=False),
        Binding("ctrl+a", "select_all", "select all", show=False),
        Binding("ctrl+z", "undo", "undo", show=False),
        Binding("ctrl+y", "redo", "redo", show=False),
        Binding("ctrl+x", "cut", "cut the line, or what is selected", show=False),
        Binding("ctrl+v", "paste", "paste what was cut or copied here", show=False),
        Binding("ctrl+w", "delete_word_left", "delete the word before the caret", show=False),
        Binding("ctrl+u", "delete_to_start_of_line", "delete to the start of the line", show=False),
        Binding("ctrl+k", "delete_to_end_of_line_or_delete_line", "delete to its end", show=False),
    ]
    HELP_TITLE = "SQL text"

    class Typed(Message):
        """A character was typed, or taken away, at the caret."""

    class Left(Message):
        """Someone is done here."""

    class Said(Message):
        """Something is to be told in a word."""

        def __init__(self, text: str) -> None:
            """Say it."""
            super().__init__()
            self.text = text

    class Copied(Message):
        """A text was cut or copied: `kept`."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin with an empty text."""
        super().__init__(id=id)
        self.before_key: Callable[[str], bool] = lambda key: False
        """Gets each key first, and takes it by returning True: a list that is open."""
        self.kept = ""
        """What was cut or copied here."""

    # -- keys ------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()  # what Textual's own would do with it
        if self.before_key(event.key):
            event.stop()
        elif event.key == "escape":
            event.stop()
            self.post_message(self.Left())
        elif event.key == "enter":
            event.stop()
            self._new_line()
        elif event.key == "tab":
            event.stop()
            self.action_indent()
        elif event.character and self.check_consume_key(event.key, event.character):
            event.stop()
            self._replace_via_keyboard(event.character, *self.selection)
            self.post_message(self.Typed())

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Whether a key is text: a letter with alt comes as that letter too."""
        return not key.startswith(("alt+", "ctrl+")) and super().check_consume_key(key, character)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.history.checkpoint()
        self._replace_via_keyboard(clean(event.text), *self.selection)

    def action_delete_left(self) -> None:
        """Delete the character before the caret; before the text of a line, to where others begin."""
        row, column = self.selection.end
        before = self.sql.lines[row][:column]
        if self.selection.is_empty and before and not before.strip(" "):
            width = (column - 1) % line_edits.INDENT + 1
            self._delete_via_keyboard((row, column - width), (row, column))
        else:
            super().action_delete_left()
        self.post_message(self.Typed())

    def _new_line(self) -> None:
        first = min(self.selection)
        margin = line_edits.next_indentation(self.sql.lines[first[0]][: first[1]])
        self._replace_via_keyboard("\n" + margin, *self.selection)

    # -- the text --------------------------------------------------------------------------------

    def edit(self, edit: Edit) -> EditResult:
        """Change the text, unless it would get too long."""
        if len(edit.text) > LONGEST - self.sql.length:
            replaced = len(self.sql.get_text_range(edit.from_location, edit.to_location))
            if self.sql.length - replaced + len(edit.text) > LONGEST:
                self.post_message(self.Said(f"not done: a text has at most {LONGEST:,} characters"))
                return EditResult(self.selection.end, "")
        self.error = None
        return super().edit(edit)

    def put(self, text: str, start: Location, end: Location, selection: Selection | None = None) -> None:
        """Replace a part of the text, in one step to undo; the caret goes behind it, or where it is told."""
        self.history.checkpoint()
        self.edit(Edit(text, start, end, maintain_selection_offset=False))
        self.history.checkpoint()
        if selection is not None:
            self.selection = selection

    def action_indent(self) -> None:
        """Move the lines of the selection to the right, or the caret to the next stop."""
        if self.selection.is_empty:
            self._replace_via_keyboard(" " * self._find_columns_to_next_tab_stop(), *self.selection)
        else:
            self._change_lines(line_edits.indent)

    def action_outdent(self) -> None:
        """Move the lines of the selection to the left."""
        self._change_lines(line_edits.outdent)

    def action_comment(self) -> None:
        """Make the lines of the selection comments, or not."""
        self._change_lines(line_edits.toggle_comment)

    def action_duplicate(self) -> None:
        """The line of the caret, or what is selected, once more."""
        if self.selection.is_empty:
            row, column = self.selection.end
            line = self.sql.lines[row]
            self.put(f"\n{line}", (row, len(line)), (row, len(line)), Selection.cursor((row + 1, column)))
        else:
            end = max(self.selection)
            self.put(self.selected_text, end, end)
            self.selection = Selection(end, self.selection.end)

    def action_move_lines(self, by: int) -> None:
        """Move the lines of the selection."""
        first, last = self._rows
        if first + by < 0 or last + by >= self.sql.line_count:
            return
        other = self.sql.lines[first - 1 if by < 0 else last + 1]
        lines = self.sql.lines[first : last + 1]
        lines = [*lines, other] if by < 0 else [other, *lines]
        start, end = self.selection
        moved = Selection((start[0] + by, start[1]), (end[0] + by, end[1]))
        top, bottom = min(first, first + by), max(last, last + by)
        self.put("\n".join(lines), (top, 0), (bottom, len(self.sql.lines[bottom])), moved)

    def action_end(self, last: bool, select: bool = False) -> None:
        """Go to the beginning or to the end of the text."""
        self.move_cursor(self.sql.end if last else (0, 0), select=select)

    def action_bracket(self) -> None:
        """Go to the bracket that belongs to the one at the caret."""
        found = brackets(self.sql.lines, self.sql.opened.before, self.selection.end)
        if found is not None:
            self.move_cursor(found[1])

    @property
    def _rows(self) -> tuple[int, int]:
        """The first and the last line of the selection; not one that it only reaches the start of."""
        (first, _), (last, column) = sorted(self.selection)
        return first, last - 1 if column == 0 and last > first else last

    def _change_lines(self, change: Callable[[list[str]], list[str]]) -> None:
        first, last = self._rows
        old = self.sql.lines[first : last + 1]
        new = change(old)
        if new == old:
            return

        def moved(place: Location) -> Location:
            row, column = place
            if not first <= row <= last:
                return place
            return row, max(0, column + len(new[row - first]) - len(old[row - first])) if column else 0

        start, end = self.selection
        selection = Selection(moved(start), moved(end))
        self.put("\n".join(new), (first, 0), (last, len(old[-1])), selection)

    # -- the clipboard ---------------------------------------------------------------------------

    def action_copy(self) -> None:
        """Copy what is selected."""
        if text := self.selected_text:
            self.kept = text
            self.post_message(self.Copied())

    def action_cut(self) -> None:
        """Cut what is selected, or the line of the caret."""
        if self.selection.is_empty:
            row, _ = self.selection.end
            last = row + 1 >= self.sql.line_count
            end = (row, len(self.sql.lines[row])) if last else (row + 1, 0)
            self.selection = Selection((row, 0), end)
        if text := self.selected_text:
            self.kept = text
            self._delete_via_keyboard(*self.selection)
            self.post_message(self.Copied())

    def action_paste(self) -> None:
        """Put in what was cut or copied last."""
        if text := self.kept or self.app.clipboard:
            self.history.checkpoint()
            self._replace_via_keyboard(text, *self.selection)
