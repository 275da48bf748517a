"""Statements that were run, and above them what is typed to find one; painted line by line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display.text import fit, truncate
from pgmem_tui.history.store import Entry
from pgmem_tui.ui.widgets.line_list import LineList
from pgmem_tui.ui.widgets.run_lines import Columns, header, line
from pgmem_tui.ui.widgets.typed_text import TypedText


class StatementList(LineList, can_focus=True):
    """What is typed goes into the search, at any time; arrows move the choice."""

    HEAD = 2
    """What is typed, and the columns' names."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", "down", show=False),
        Binding("ctrl+r", "move(1)", "the next one that is found", show=False),
        Binding("up", "move(-1)", "up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("home", "edge(False)", "the first", show=False),
        Binding("end", "edge(True)", "the last", show=False),
    ]
    HELP_TITLE = "History"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "statement-list--typed",
        "statement-list--dim",
        "statement-list--failed",
        "statement-list--cursor",
    }
    DEFAULT_CSS = """
    StatementList {
        background: $background;
        color: $foreground;
        & > .statement-list--typed { text-style: bold; }
        & > .statement-list--dim { color: $text-muted; }
        & > .statement-list--failed { color: $text-error; }
        & > .statement-list--cursor { background: $accent; color: auto; }
        &:nocolor > .statement-list--cursor { text-style: reverse; }
    }
    """

    class Typed(Message):
        """Something else is looked for."""

    class Moved(Message):
        """Another statement is chosen, or none."""

    class Chosen(Message):
        """The mouse takes the chosen one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self.entries: Sequence[Entry] = ()
        self._columns = Columns()
        self._note = self._says = ""
        self._typed = TypedText()
        self._typed.typing = True

    @property
    def typed(self) -> str:
        """What is looked for."""
        return self._typed.text

    @property
    def chosen(self) -> Entry | None:
        """The statement under the cursor."""
        return self.entries[self.cursor] if self.cursor < len(self.entries) else None

    def show(self, entries: Sequence[Entry], columns: Columns, note: str, says: str) -> None:
        """Show these instead; the cursor stays on its statement if that is among them.

        Args:
            entries: What was found.
            columns: Which columns there are.
            note: A word about how many, at the right of what is typed.
            says: What is said where there are none; safe text.
        """
        before = self.chosen
        self.entries, self._columns, self._note, self._says = entries, columns, note, says
        texts = [entry.text for entry in entries]
        self.refresh()
        self.go(texts.index(before.text) if before is not None and before.text in texts else 0)

    # -- painting --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """What is typed, the columns' names, or a statement."""
        width = self.size.width
        number = self.top + y - self.HEAD
        if y == 0:
            return self._typed_line(width)
        if y == 1:
            text = header(self._columns, width) if self.entries else ""
            return Strip([Segment(fit(text, width), self._style("dim"))], width)
        if number >= len(self.entries):
            lines = self._says.split("\n") if not self.entries else []
            text = f"  {lines[number - 1]}" if 0 < number <= len(lines) else ""
            return Strip([Segment(fit(text, width), self._style("dim"))], width)
        entry = self.entries[number]
        style = self.rich_style
        if number == self.cursor:
            style = self._style("cursor")
        elif entry.failed:
            style = self._style("failed")
        return Strip([Segment(line(entry, self._columns, width, time.time()), style)], width)

    def _typed_line(self, width: int) -> Strip:
        note = f"{self._note} "
        if not self.typed:
            left, style = " / type words, or letters of them in order", self._style("dim")
        else:
            left, style = f" / {self.typed}▏", self._style("typed")
            over = len(left) - (width - len(note))
            left = f" / …{self.typed[over + 1 :]}▏" if over > 0 else left
        room = max(0, width - len(note))
        return Strip([Segment(fit(left, room) + truncate(note, width), style)], width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"statement-list--{name}")

    @property
    def count(self) -> int:
        """How many were found."""
        return len(self.entries)

    def moved(self) -> None:
        """Say that another one is chosen."""
        self.post_message(self.Moved())

    # -- keys ------------------------------------------------------------------------------------

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is typed rather than bound."""
        return self._typed.consumes(key, character)

    def on_key(self, event: events.Key) -> None:
        """Type."""
        if self._typed.consumes(event.key, event.character):
            event.stop()
            event.prevent_default()
            self._typed.type(event.key, event.character)
            self._search()

    def on_paste(self, event: events.Paste) -> None:
        """Paste what is looked for."""
        event.stop()
        self._typed.paste(event.text)
        self._search()

    def _search(self) -> None:
        self._typed.typing = True  # a backspace with nothing to take away ends it elsewhere
        self.cursor = self.top = 0
        self.refresh()
        self.post_message(self.Typed())

    def on_click(self, event: events.Click) -> None:
        """Choose; choose again to take it."""
        number = self.line_at(event.y)
        if number == self.cursor:
            self.post_message(self.Chosen())
        elif number >= 0:
            self.go(number)
