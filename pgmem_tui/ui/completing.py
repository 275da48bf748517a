"""Completion in the editor: when to ask, what to show, and what is put into the text."""

from __future__ import annotations

from textual.document._document import Location
from textual.timer import Timer

from pgmem_tui.display.edited_line import cells_before
from pgmem_tui.language.around import between_semicolons, in_text
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.completing import Complete, Completed, Suggestion
from pgmem_tui.ui.widgets.completion_list import Item
from pgmem_tui.ui.widgets.editor_pane import EditorPane

DEBOUNCE = 0.05
"""Seconds without a key after which is asked."""
LETTERS = 2
"""Letters of a name after which is asked without a key for it."""
LONGEST = 2**16
"""Characters on each side of the caret that are looked at."""
_PAGE = 8


class Completing:
    """Between the text, the list above it and the catalog's thread."""

    def __init__(self, pane: EditorPane, catalog: CatalogSession) -> None:
        """Nothing is asked."""
        self._pane, self._area, self._popup, self._catalog = pane, pane.area, pane.popup, catalog
        self._asked = 0
        """The generation of what was asked last; answers to what was asked before count no more."""
        self._told = True
        """Whether someone pressed a key for it, and is told when there is nothing."""
        self._timer: Timer | None = None
        self._sent = 0
        """Characters of what was sent that stand before the caret."""
        self._before = ""
        """The caret's line up to the caret, as it was then."""
        self._behind = ""
        """The rest of that line: while it is the same, `_tail` counts from the caret."""
        self._start: Location = (0, 0)
        """Where the word begins that a suggestion takes the place of."""
        self._tail = 0
        """Characters of it behind the caret."""
        self._all: list[Suggestion] = []
        self._shown: list[Suggestion] = []
        self._area.before_key = self._key

    # -- asking ----------------------------------------------------------------------------------

    def typed(self) -> None:
        """A letter was typed: ask soon, if there is enough of a name."""
        self._stop()
        row, column = self._area.selection.end
        before = self._area.sql.lines[row][max(0, column - LETTERS) : column]
        enough = before.endswith(".") or (len(before) == LETTERS and all(map(_in_name, before)))
        if enough and not before[:1].isdigit():
            self._timer = self._area.set_timer(DEBOUNCE, lambda: self.ask(told=False))

    def ask(self, told: bool = True) -> None:
        """Ask what could stand at the caret; `told` if a key was pressed for it."""
        self._stop()
        row, column = self._area.selection.end
        sql = self._area.sql
        if in_text(sql.lines[row], sql.opened.before(row), column):
            self.close()
            if told:
                self._pane.say("nothing to complete inside a string or a comment")
            return
        first, last = between_semicolons(sql.lines, sql.opened.before, (row, column))
        before = sql.get_text_range(first, (row, column))[-LONGEST:]
        behind = sql.get_text_range((row, column), last)[:LONGEST]
        self._told, self._sent = told, len(before)
        self._before, self._behind = sql.lines[row][:column], sql.lines[row][column:]
        self._asked += 1
        self._catalog.request(Complete(before + behind, len(before), generation=self._asked))

    def handle(self, event: CatalogEvent) -> bool:
        """Take an answer; False if it is someone else's."""
        if isinstance(event, CatalogFailed) and isinstance(event.request, Complete):
            if event.generation == self._asked and self._told:
                self._pane.say(f"no completion: {event.problem.message}")
            return True
        if not isinstance(event, Completed):
            return False
        if event.generation == self._asked and self._area.has_focus:
            self._answered(event)
        return True

    def _answered(self, event: Completed) -> None:
        row, column = self._area.selection.end
        line = self._area.sql.lines[row]
        start = len(self._before) - (self._sent - event.start)
        same = line.startswith(self._before) and line[column:] == self._behind
        if not same or not 0 <= start <= column:
            return  # somewhere else by now
        self._start = (row, start)
        self._tail = max(0, event.end - self._sent)
        self._all = list(event.suggestions)
        if self._all:
            self._filter()
        else:
            self.close()
            if self._told:
                self._pane.say("nothing fits here")

    # -- showing ---------------------------------------------------------------------------------

    def moved(self) -> None:
        """The caret is elsewhere: show what still fits."""
        if not self._popup.display:
            return
        if self._is_in_place():
            self._filter()
        else:
            self.close()

    def _is_in_place(self) -> bool:
        """Whether the caret is in the word that was asked about, and nothing changed behind it."""
        row, column = self._area.selection.end
        in_word = self._area.selection.is_empty and row == self._start[0] and column >= self._start[1]
        return in_word and self._area.sql.lines[row][column:] == self._behind

    def close(self) -> None:
        """Take the list away, and whatever is on its way to it."""
        self._stop()
        self._asked += 1
        self._all = []
        self._popup.hide()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _filter(self) -> None:
        row, column = self._area.selection.end
        line = self._area.sql.lines[row]
        typed = line[self._start[1] : column].strip('"').casefold()
        self._shown = [one for one in self._all if _fits(typed, one.label)]
        if not self._shown:
            self._popup.hide()
            return
        items = [Item(one.label, one.kind.value, one.detail) for one in self._shown]
        back = cells_before(line, column) - cells_before(line, self._start[1])
        screen = self._area.screen.size
        caret = self._area.cursor_screen_offset - (back, 0)
        self._popup.show(items, caret, (screen.width, screen.height))

    # -- taking ----------------------------------------------------------------------------------

    def take(self) -> None:
        """Put the chosen one into the text."""
        row, column = self._area.selection.end
        one, in_place = self._shown[self._popup.chosen], self._is_in_place()
        self.close()
        if in_place:
            self._area.put(one.insert, self._start, (row, column + self._tail))

    def _key(self, key: str) -> bool:
        if not self._popup.display:
            if key == "tab" and self._wants_completion():
                self.ask()
                return True
            return False
        if key in ("up", "down"):
            self._popup.move(1 if key == "down" else -1)
        elif key in ("pageup", "pagedown"):
            self._popup.move(_PAGE if key == "pagedown" else -_PAGE)
        elif key == "escape":
            self.close()
        elif key == "tab" or (key == "enter" and not self._is_written()):
            self.take()
        else:
            if key == "enter":
                self.close()
            return False
        return True

    def _wants_completion(self) -> bool:
        """Whether a tab stands behind a name, and is no blank."""
        row, column = self._area.selection.end
        before = self._area.sql.lines[row][max(0, column - 1) : column]
        return self._area.selection.is_empty and bool(before) and (before in '."' or _in_name(before))

    def _is_written(self) -> bool:
        """Whether the chosen one stands there already: enter is a new line then."""
        row, column = self._area.selection.end
        return self._area.sql.lines[row][self._start[1] : column] == self._shown[self._popup.chosen].insert


def _in_name(character: str) -> bool:
    return character.isalnum() or character == "_"


def _fits(typed: str, label: str) -> bool:
    """Whether the letters of one stand in the other, in this order."""
    letters = iter(label.casefold())
    return all(letter in letters for letter in typed)
