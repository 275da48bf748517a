"""Between the line that asks for something to find and the text."""

from __future__ import annotations

from textual.document._document import Location, Selection

from pgmem_tui.ui.widgets.find_bar import FindBar
from pgmem_tui.ui.widgets.sql_area import SqlArea
from pgmem_tui.ui.widgets.text_search import replaced, search, standing

LONGEST_BEGINNING = 200
"""Characters of a selection that finding begins with."""


class TextFinder:
    """Finds and replaces in an area."""

    def __init__(self, area: SqlArea, bar: FindBar) -> None:
        """Nothing is looked for."""
        self._area, self._bar = area, bar
        self._from: Location = (0, 0)
        """Where the caret was when finding began: what is typed is looked for from there on."""

    def begin(self) -> None:
        """Ask for what to find, beginning with the selection if it is of one line."""
        start = min(self._area.selection)
        self._from = start
        selected = self._area.selected_text
        short = "\n" not in selected and len(selected) <= LONGEST_BEGINNING
        self._bar.ask(selected if short else "")

    def changed(self) -> None:
        """Another text is to be found: go to the first."""
        self._area.found = pattern = self._bar.pattern
        found = search(self._area.sql.lines, pattern, self._from) if pattern else None
        if found is not None:
            self._area.selection = Selection(*found)
        else:
            self._area.selection = Selection.cursor(self._from)
        self._tell()

    def go(self, forward: bool) -> None:
        """Go to the next one, or to the one before."""
        if (pattern := self._bar.pattern) is None:
            return
        selection = self._area.selection
        start = max(selection) if forward else min(selection)
        found = search(self._area.sql.lines, pattern, start, forward)
        if found is not None:
            self._area.selection = Selection(*found)
            self._from = found[0]
        self._tell()

    def replace(self, everywhere: bool) -> None:
        """Replace the one that is selected and go to the next, or replace all of them."""
        area = self._area
        if (pattern := self._bar.pattern) is None:
            return
        if everywhere:
            lines, count = replaced(area.sql.lines, pattern, self._bar.replacement)
            if count:
                area.put("\n".join(lines), area.sql.start, area.sql.end, Selection.cursor(self._from))
            self._bar.tell(f"{count:,} replaced")
        elif pattern.fullmatch(area.selected_text):
            area.put(self._bar.replacement, min(area.selection), max(area.selection))
            self.go(True)
        else:
            self.go(True)

    def end(self) -> None:
        """Back to the text, what was found last being selected."""
        self._bar.hide()
        self._area.found = None
        self._area.focus()
        self._area.repaint()

    def _tell(self) -> None:
        pattern = self._bar.pattern
        self._area.repaint()
        if pattern is None:
            self._bar.tell("")
            return
        found = standing(self._area.sql.lines, pattern, min(self._area.selection))
        if found is None:
            self._bar.tell("")
        elif not found[0]:
            self._bar.tell("not found")
        else:
            self._bar.tell(f"{found[1]:,} of {found[0]:,}" if found[1] else f"{found[0]:,}")
