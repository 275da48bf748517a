"""A list narrowed by the letters typed: only lines on the screen cost anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from pgmem_tui.display.fuzzy import FuzzyNames
from pgmem_tui.display.line_edit import LineEdit
from pgmem_tui.display.text import cell_width, fit, truncate
from pgmem_tui.ui.widgets.line_list import LineList

MOST = 500
"""Choices listed."""


@dataclass(frozen=True)
class Choices:
    """What there is to choose from; names and notes are any text."""

    title: str
    count: int
    name: Callable[[int], str]
    """Of a number from 0."""
    note: Callable[[int], str]
    """What stands at the right of it."""
    several: bool = False
    """Whether more than one may be taken."""
    nothing: str = "nothing to choose from"
    """What is said where there are none."""


class ChoiceList(LineList, can_focus=True):
    """Letters narrow it, arrows move in it."""

    HEAD = 1
    """What is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+j", "move(1)", "down", show=False),
        Binding("up,ctrl+p", "move(-1)", "up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("enter", "screen.take", "take it, or all that are marked", show=False),
        Binding("tab", "mark", "mark it, to take several", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"choice-list--{name}" for name in ("typed", "muted", "cursor", "caret")
    }
    DEFAULT_CSS = """
    ChoiceList {
        background: $background;
        color: $foreground;
        & > .choice-list--typed { text-style: bold; }
        & > .choice-list--muted { color: $text-muted; }
        & > .choice-list--cursor { background: $accent; color: auto; }
        & > .choice-list--caret { background: $foreground; color: $background; }
        &:nocolor > .choice-list--cursor { text-style: reverse; }
        &:nocolor > .choice-list--caret { text-style: reverse; }
    }
    """

    class Clicked(Message):
        """What the cursor is on was clicked twice."""

    def __init__(self, choices: Choices) -> None:
        """Offer all."""
        super().__init__()
        self.choices = choices
        self.typed = LineEdit()
        self.marked: list[int] = []
        """In the order in which they were."""
        self._names = FuzzyNames(choices.name, choices.count)
        self.found = self._names.find("", MOST)

    @property
    def count(self) -> int:
        """How many choices have the letters, up to `MOST`."""
        return len(self.found)

    @property
    def foot(self) -> int:
        """The line that says there are more."""
        return 1 if self._names.count > MOST else 0

    # -- painting ----------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """What is typed, or a choice."""
        width = self.size.width
        if y < self.HEAD:
            return self._typed_line(width)
        line = self.top + y - self.HEAD
        if line >= len(self.found):
            return self._end(line, width)
        number = self.found[line]
        cursor = self._style("cursor") if line == self.cursor else None
        style = cursor or self.rich_style
        mark = " * " if number in self.marked else "   "
        note = truncate(self.choices.note(number), width // 2)
        room = max(0, width - len(mark) - cell_width(note) - 2)
        return Strip(
            [
                Segment(mark + fit(self.choices.name(number), room) + " ", style),
                Segment(note + " ", cursor or self._style("muted")),
            ],
            width,
        )

    def _end(self, line: int, width: int) -> Strip:
        text = ""
        if line == 0:
            text = "   nothing has these letters" if self.choices.count else f"   {self.choices.nothing}"
        elif line == MOST:
            text = f"   and {self._names.count - MOST:,} more: type on"
        return Strip([Segment(fit(text, width), self._style("muted"))], width)

    def _typed_line(self, width: int) -> Strip:
        note = f"{self._names.count:,} of {self.choices.count:,} "
        if self.marked:
            note = f"{len(self.marked)} marked · {note}"
        room = max(1, width - cell_width(note) - 4)
        left, under, right = self.typed.view(room)
        rest = room - cell_width(left) - cell_width(under) - cell_width(right)
        typed = self._style("typed")
        ghost = fit("letters of its name", rest) if not self.typed.text else " " * max(0, rest)
        return Strip(
            [
                Segment(" › ", self._style("muted")),
                Segment(left, typed),
                Segment(under, self._style("caret")),
                Segment(right, typed),
                Segment(ghost + " " + note, self._style("muted")),
            ],
            width,
        ).adjust_cell_length(width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"choice-list--{name}")

    # -- keys --------------------------------------------------------------------------------------

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key belongs to what is typed rather than to a binding."""
        return self.typed.consumes(key, character)

    def on_key(self, event: events.Key) -> None:
        """Type; `escape` takes back what was typed, if anything was."""
        if event.key == "escape" and self.typed.text:
            self.typed.press("ctrl+u", None)
        elif self.typed.consumes(event.key, event.character):
            self.typed.press(event.key, event.character)
        else:
            return
        event.stop()
        event.prevent_default()
        self._narrow()

    def on_paste(self, event: events.Paste) -> None:
        """Paste a part of a name."""
        self.typed.insert(event.text)
        event.stop()
        self._narrow()

    def _narrow(self) -> None:
        self.found = self._names.find(self.typed.text, MOST)
        self.refresh()
        self.go(0)

    def action_page(self, pages: int) -> None:
        """Move the cursor by a screenful."""
        self.go(self.cursor + pages * self.page)

    def action_mark(self) -> None:
        """Mark the choice, or take the mark off, and go on to the next."""
        if self.choices.several and self.found:
            number = self.found[self.cursor]
            if number in self.marked:
                self.marked.remove(number)
            else:
                self.marked.append(number)
            if self.typed.text:  # the next one has other letters
                self.typed.press("ctrl+u", None)
                self._narrow()
            else:
                self.refresh()
                self.go(self.cursor + 1)

    @property
    def taken(self) -> list[int]:
        """What is marked, and what the cursor is on if that was typed for, or nothing is marked."""
        taken = list(self.marked)
        if self.found and (self.typed.text or not taken) and self.found[self.cursor] not in taken:
            taken.append(self.found[self.cursor])
        return taken

    # -- mouse -------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Take the cursor there; a second click takes the choice."""
        if (line := self.line_at(event.y)) >= 0:
            self.go(line)
            if event.chain == 2:
                self.post_message(self.Clicked())
