"""What the panes of the lessons' screen show of what is known; only what changed is painted."""

from __future__ import annotations

import time
from typing import Any

from rich.text import Text
from textual.screen import Screen

from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.lessons.attempt import Phase
from pgmem_tui.ui import lesson_words
from pgmem_tui.ui.lesson_desk import LessonDesk
from pgmem_tui.ui.lesson_text import document
from pgmem_tui.ui.run_curves import programs
from pgmem_tui.ui.widgets.lesson_list import LessonList
from pgmem_tui.ui.widgets.lesson_view import LessonView
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.run_memory import RunMemory


class LessonShowing:
    """Writes into the widgets of a screen that was mounted, and perhaps is just being removed."""

    def __init__(self, screen: Screen[Any], desk: LessonDesk) -> None:
        """Nothing is shown.

        Args:
            screen: Has the widgets.
            desk: Knows what is to be seen.
        """
        self._screen, self._desk = screen, desk
        # Events may still come while the widgets are being removed: they are not looked for again.
        self.list, self.view = screen.query_one(LessonList), screen.query_one(LessonView)
        self._memory, self._pane = screen.query_one(RunMemory), screen.query_one("#lesson-pane")
        self._status = screen.query_one("#lesson-status", OneLine)
        self._keys = screen.query_one("#lessons-keys", OneLine)
        self.list.border_title, self._memory.border_title = "Lessons", "Memory"
        self._pane.border_subtitle = Text(one_line(desk.where))
        self.note = ""
        """A word that takes the place of what comes next."""
        self._began = 0.0

    def begin(self) -> None:
        """A step runs from now on."""
        self.note, self._began = "", time.monotonic()

    def all(self) -> None:
        """Show everything."""
        desk, attempt = self._desk, self._desk.attempt
        self.list.show(desk.lessons, desk.done, desk.index, desk.elsewhere)
        if attempt is not None:
            self._screen.set_class(not programs(attempt), "-no-programs")
            predicting = attempt.phase is Phase.PREDICT and not desk.missing
            choices = len(attempt.lesson.prediction.choices) if predicting else 0
            missing = desk.missing
            self.view.show(lambda width, bright: document(attempt, width, bright, missing), choices)
            self._memory.show(attempt)
            title = f"{desk.index + 1} of {len(desk.lessons)}  {one_line(attempt.lesson.title)}"
            self._pane.border_title = Text(title)
        self.status()

    def keys(self) -> None:
        """Show the keys that there is room for."""
        desk, width = self._desk, self._screen.size.width
        self._keys.show((lesson_words.keys(desk.attempt, desk.missing, width), ""))

    def status(self) -> None:
        """Show the lines at the bottom."""
        self.keys()
        attempt = self._desk.attempt
        since = time.monotonic() - self._began if self._began else 0.0
        below = self.view.answers_below
        desk = self._desk
        last = desk.index == len(desk.lessons) - 1
        told = lesson_words.advice(attempt, desk.missing, since, below, last) if attempt is not None else ""
        text = one_line(self.note) if self.note else told
        room = self._status.size.width - cell_width(text) - 1
        self._status.show((text, self.view.place if room >= len(self.view.place) else ""))

    def say(self, note: str) -> None:
        """Show a word in the status line."""
        self.note = note
        self.status()
