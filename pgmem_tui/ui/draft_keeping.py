"""What is being written survives the program: given to the history's thread a moment after it changed."""

from __future__ import annotations

from functools import partial

from textual.timer import Timer

from pgmem_tui.display.text import one_line
from pgmem_tui.history.drafts import Draft, NotKept
from pgmem_tui.history.journal import Journal
from pgmem_tui.ui.widgets.editor_pane import EditorPane

DEBOUNCE = 0.5
"""Seconds after a change."""


class DraftKeeping:
    """Between the tabs and the history."""

    def __init__(self, pane: EditorPane, journal: Journal | None) -> None:
        """Nothing is kept.

        Args:
            pane: Has the tabs.
            journal: Keeps them; None for nobody.
        """
        self._pane, self._journal = pane, journal
        self._timer: Timer | None = None
        self._loaded = journal is None
        """Whether what was there before is in the tabs: until then nothing is kept in its place."""
        self._told: list[NotKept] = []

    def load(self) -> None:
        """Fill the tabs with what was left."""
        if self._journal is not None:
            self._journal.load_drafts(lambda drafts: self._later(partial(self._arrived, drafts)))

    def changed(self) -> None:
        """Something is to be kept, in a moment."""
        if self._timer is None and self._loaded and self._journal is not None:
            self._timer = self._pane.set_timer(DEBOUNCE, self.flush)

    def flush(self) -> None:
        """Keep it now: beside what was there before, if that has not come yet."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._journal is None:
            return
        drafts = self._drafts()
        if self._loaded:
            self._journal.save_drafts(drafts, lambda missing: self._later(partial(self._missing, missing)))
        elif any(draft.text.strip() for draft in drafts):
            self._journal.add_drafts(drafts)

    def _drafts(self) -> list[Draft]:
        """What is in the tabs."""
        area = self._pane.area
        drafts = []
        for tab in self._pane.tabs.listed:
            document = tab.buffer.document
            caret = (area if tab is self._pane.tab else tab.buffer).selection.end
            index = document.get_index_from_location(caret)
            drafts.append(Draft(tab.name, document.text, index, shown=tab is self._pane.tab))
        return drafts

    def _arrived(self, drafts: list[Draft]) -> None:
        if self._journal is not None and self._journal.trouble:
            self._pane.say(f"texts are not kept: {one_line(self._journal.trouble)}")
        was = self._pane.tabs.current if self._pane.tab.buffer.document.length else -1
        seen = 0
        for draft in drafts:
            # One without a tab would be forgotten with the next save: none is, whatever was opened meanwhile.
            self._pane.add(draft.name, draft.text, draft.caret, most=len(self._pane.tabs.listed) + 1)
            seen = self._pane.tabs.current if draft.shown else seen
        self._pane.go(was if was >= 0 else seen)
        self._loaded = True
        self.changed()

    def _missing(self, missing: list[NotKept]) -> None:
        if missing and missing != self._told:
            names = ", ".join(one_line(one.name) for one in missing[:3])
            self._pane.say(f"not kept beyond this session: {names}: {missing[0].why.value}")
        self._told = missing

    def _later(self, callback: partial[None]) -> None:
        """Answers come on the history's thread."""
        self._pane.call_later(callback)
