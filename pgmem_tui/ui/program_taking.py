"""Programs of lessons to take along: into the clipboard, or into a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from pgmem_tui.display.text import one_line
from pgmem_tui.lessons.attempt import Attempt
from pgmem_tui.ui import lesson_words
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.text_saving import TextSaving
from pgmem_tui.ui.widgets.prompt import Prompt


class ProgramTaking:
    """Takes the program in sight, or else the one that runs next."""

    def __init__(self, screen: Screen[Any], prompt: Prompt, say: Callable[[str], None]) -> None:
        """Nothing is taken.

        Args:
            screen: Has the terminal, and gets `TextSaving.Ended`.
            prompt: Asks for a file's name.
            say: Shows a safe line.
        """
        self._screen, self._say = screen, say
        self.saving = TextSaving(screen, prompt, say)

    def copy(self, attempt: Attempt, seen: int) -> None:
        """Put a program into the clipboard."""
        index = _index(attempt, seen)
        text = lesson_words.source(attempt, index)
        what = f"the program of {one_line(attempt.steps[index].name)}, {len(text):,} characters"
        copy_text(self._screen.app, text, what, self._say)

    def save(self, attempt: Attempt, seen: int) -> None:
        """Ask for a file's name, and write one there."""
        index = _index(attempt, seen)
        text, name = lesson_words.source(attempt, index), lesson_words.file_name(attempt, index)
        self.saving.ask(attempt.steps[index].name, text, name)


def _index(attempt: Attempt, seen: int) -> int:
    return seen if seen >= 0 else min(attempt.next, len(attempt.steps) - 1)
