"""The text of an editor's tab: its lines, what is open where each begins, and what can be undone.

Textual's own document looks at every line after every key, takes each of Unicode's line ends for a new
line and keeps any amount of text to undo. Here a key costs what it changes.
"""

from __future__ import annotations

import re
from itertools import accumulate, islice

from textual.document._document import Document, EditResult, Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.document._history import EditHistory
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset, Size

from pgmem_tui.display.edited_line import cells_before, column_at
from pgmem_tui.language.lines import OpenedLines

LONGEST = 4 * 2**20
"""Characters of a text that can be edited."""
UNDO_LIMIT = 16 * 2**20
"""Characters that are kept to undo and redo with."""
UNDO_STEPS = 500
_LINE_END = re.compile(r"\r\n?")


class SqlDocument(Document):
    """Lines of text, ended by newlines only."""

    def __init__(self, text: str = "") -> None:
        """Take the text; NUL, which PostgreSQL has in no text, is left out."""
        super().__init__("")
        self._lines = clean(text).split("\n")
        self.length = sum(map(len, self._lines)) + len(self._lines) - 1
        """Characters of the text."""
        self._widths = [cells_before(line, len(line)) for line in self._lines]
        self.opened = OpenedLines(self._lines)

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Replace a part of the text."""
        (first, column), (last, end_column) = sorted((start, end))
        replaced = self.get_text_range(start, end)
        text = clean(text)
        new = text.split("\n")
        behind = len(new[-1]) + (column if len(new) == 1 else 0)
        new[0] = self._lines[first][:column] + new[0]
        new[-1] += self._lines[last][end_column:]
        self._lines[first : last + 1] = new
        self._widths[first : last + 1] = [cells_before(line, len(line)) for line in new]
        self.opened.changed(first, last + 1 - first, len(new))
        self.length += len(text) - len(replaced)
        return EditResult((first + len(new) - 1, behind), replaced)

    def get_text_range(self, start: Location, end: Location) -> str:
        """The text between two places."""
        (first, column), (last, end_column) = sorted((start, end))
        if first == last:
            return self._lines[first][column:end_column]
        between = self._lines[first + 1 : last]
        return "\n".join([self._lines[first][column:], *between, self._lines[last][:end_column]])

    def get_size(self, tab_width: int) -> Size:
        """Cells of the widest line, and the number of lines."""
        return Size(max(self._widths), len(self._lines))

    def get_index_from_location(self, location: Location) -> int:
        """A place as an index into the text."""
        row, column = location
        return sum(map(len, islice(self._lines, row))) + row + column

    def get_location_from_index(self, index: int) -> Location:
        """An index into the text as a place; the end of the text for what is behind it."""
        row = start = 0
        for row, end in enumerate(accumulate(len(line) + 1 for line in self._lines)):
            if index < end:
                return row, max(0, index - start)
            start = end
        return row, len(self._lines[row])


def clean(text: str) -> str:
    """The text with newlines as its only line ends, and without NUL."""
    return _LINE_END.sub("\n", text).replace("\0", "")


class FlatView(WrappedDocument):
    """A document each of whose lines is one line on the screen."""

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Nothing is wrapped."""

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Nothing is wrapped."""

    @property
    def height(self) -> int:
        """The number of lines."""
        return self.document.line_count

    def get_offsets(self, line_index: int) -> list[int]:
        """Where a line is broken: nowhere."""
        return []

    def get_sections(self, line_index: int) -> list[str]:
        """What a line is broken into."""
        return [self.document[line_index]]

    def location_to_offset(self, location: Location) -> Offset:
        """Where a place is on an endless screen."""
        # While Textual undoes, the caret may still be where there is no line any longer.
        row, column = min(location[0], self.document.line_count - 1), location[1]
        return Offset(cells_before(self.document[row], column), row)

    def offset_to_location(self, offset: Offset) -> Location:
        """Which place is there, or nearest to it."""
        row = min(max(0, offset.y), self.document.line_count - 1)
        return row, column_at(self.document[row], offset.x)

    def get_target_document_column(self, line_index: int, x_offset: int, y_offset: int) -> int:
        """The character of a line at a cell."""
        return column_at(self.document[line_index], x_offset)


class BoundedHistory(EditHistory):
    """What can be undone, of which the oldest is forgotten."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to undo or redo."""
        return not self._undo_stack and not self._redo_stack

    def record(self, edit: Edit) -> None:
        """Keep an edit; forget the oldest while there is too much."""
        super().record(edit)
        sizes = [sum(map(_size, batch)) for batch in self._undo_stack]
        total = sum(sizes)
        for size in sizes[:-1]:
            if total <= UNDO_LIMIT:
                break
            self._undo_stack.popleft()
            total -= size


def _size(edit: Edit) -> int:
    return len(edit.text) + (len(edit._edit_result.replaced_text) if edit._edit_result else 0)


class Buffer:
    """All of one tab: its text, what can be undone, and where one is in it."""

    def __init__(self, text: str = "", caret: int = 0) -> None:
        """Begin with a text.

        Args:
            text: At most `LONGEST` characters; the rest is left out.
            caret: An index into it.
        """
        self.document = SqlDocument(text[:LONGEST])
        self.view = FlatView(self.document)
        self.navigator = DocumentNavigator(self.view)
        self.history = BoundedHistory(UNDO_STEPS, checkpoint_timer=2.0, checkpoint_max_characters=100)
        self.selection = Selection.cursor(self.document.get_location_from_index(caret))
        self.scrolled = Offset(0, 0)
        """How far the text was scrolled when another tab was shown."""
