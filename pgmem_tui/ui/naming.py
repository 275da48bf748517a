"""Giving a statement a name, under which it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from pgmem_tui.display.text import one_line
from pgmem_tui.history.journal import Journal
from pgmem_tui.history.store import LONGEST_NAME, Entry, Kept
from pgmem_tui.ui.widgets.prompt import Prompt

KEYS = "↵ keeps it under that name · esc leaves it"


class Naming:
    """Asks for the name in a screen's prompt. True while it does."""

    def __init__(
        self,
        screen: Screen[Any],
        journal: Journal,
        say: Callable[[str], None],
        kept: Callable[[str], None],
    ) -> None:
        """Nothing is asked.

        Args:
            screen: Has the prompt, and hands what is given in it to `given`.
            journal: Keeps the statement.
            say: Shows a word below the prompt; an empty one shows the keys again.
            kept: Told, in a word, that a statement was kept.
        """
        self._screen, self._journal, self._say, self._kept = screen, journal, say, kept
        self._entry: Entry | None = None
        """What the name that is being typed is for."""
        self._taken = ""
        """A name of another statement, if giving it again means to take it away from that."""

    def __bool__(self) -> bool:
        """Whether a name is being typed."""
        return self._entry is not None

    def ask(self, entry: Entry, name: str = "", question: str = "keep as") -> None:
        """Ask for a name, beginning with this one or the one that the statement has."""
        self._entry = entry
        self._screen.query_one(Prompt).ask("name", question, name or entry.favourite)
        self._say(KEYS)

    def given(self, text: str) -> None:
        """A name was given, or nothing."""
        entry, self._entry = self._entry, None
        taken, self._taken = self._taken, ""
        name = text.strip()[:LONGEST_NAME]
        self._say("")
        if entry is None or not name:
            return

        def then(kept: Kept) -> None:
            self._screen.call_later(self._answered, entry, name, kept)

        self._journal.save_favourite(name, entry.text, then, replace=name == taken)

    def _answered(self, entry: Entry, name: str, kept: Kept) -> None:
        if kept is Kept.NAME_TAKEN:
            self._taken = name
            self.ask(entry, name, "another has that name; ↵ replaces it")
        elif kept is Kept.YES:
            self._kept(f"kept as {one_line(name)}")
        else:
            self._say(f"not kept: {kept.value}")
