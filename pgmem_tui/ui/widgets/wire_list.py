"""The statements that were sent, a line each, the newest last: only lines on the screen are painted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import fit
from pgmem_tui.postgres.wire_log import Numbered
from pgmem_tui.ui.wire_lines import Column, cell, columns, is_catalog, is_far, text

HEADING = 1
"""Lines above the table."""
WHEEL = 3


class WireList(Widget, can_focus=True):
    """A heading, statements below it, and a bright line that stays on the newest until one goes up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up; the newest is not followed any longer", show=False),
        Binding("pagedown,ctrl+f,space", "page(1)", "page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False),
        Binding("home,g", "edge(0)", "oldest", show=False),
        Binding("end,G", "edge(1)", "newest, and follow it", show=False),
        Binding("enter", "choose", "the whole statement, and what it does", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"wire--heading", "wire--quiet", "wire--error", "wire--cursor"}
    DEFAULT_CSS = """
    WireList {
        background: $background;
        color: $foreground;
        & > .wire--heading { color: $text-muted; }
        & > .wire--quiet { color: $text-muted; }
        & > .wire--error { color: $text-error; }
        & > .wire--cursor { background: $accent; color: auto; }
        &:nocolor > .wire--cursor { text-style: reverse; }
    }
    """
    HELP_TITLE = "What is sent"
    ALLOW_SELECT = False

    class Moved(Message):
        """Another statement is bright."""

    class Chosen(Message):
        """More is wanted of the bright one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self.following = True
        """Whether the bright line goes with the newest."""
        self._statements: Sequence[Numbered] = ()
        self._cursor = self._top = 0
        self._nothing, self._far = "", False
        self._styles: dict[str, Style] = {}

    @property
    def chosen(self) -> Numbered | None:
        """The bright one."""
        return self._statements[self._cursor] if self._statements else None

    @property
    def position(self) -> tuple[int, int]:
        """The place of the bright one among those shown, from 1, and how many there are."""
        return (self._cursor + 1 if self._statements else 0), len(self._statements)

    def show(self, statements: Sequence[Numbered], nothing: str = "") -> None:
        """Show these, in the order of their numbers; the bright one stays, if it is among them.

        Args:
            statements: May be more than before, and some of the oldest may be gone.
            nothing: What is said where there are none.
        """
        before, above = self.chosen, self._cursor - self._top
        self._statements, self._nothing, self._far = statements, nothing, is_far(statements)
        if before is None or self.following:
            place = len(statements)
        else:
            place = bisect_left(statements, before.number, key=lambda statement: statement.number)
            self._top = place - above
        self.refresh()
        self._put(place)

    # -- keys ------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move by lines."""
        self._go(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move by screenfuls."""
        self._top += by * self._height
        self._go(self._cursor + by * self._height)

    def action_edge(self, last: int) -> None:
        """Go to the oldest or the newest."""
        self._go(len(self._statements) if last else 0)

    def action_choose(self) -> None:
        """Ask for more of the bright one."""
        if self._statements:
            self.post_message(self.Chosen())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self.action_move(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self.action_move(-WHEEL)

    def on_click(self, event: events.Click) -> None:
        """Take the bright line there; on it, ask for more."""
        place = self._top + event.y - HEADING
        if event.y < HEADING or place >= len(self._statements):
            return
        if place == self._cursor:
            self.action_choose()
        else:
            self._go(place)

    def on_resize(self) -> None:
        """Keep the bright line on the screen."""
        self._put(self._cursor)

    def _go(self, place: int) -> None:
        """Go there because someone wants to: at the newest it is followed."""
        self.following = place >= len(self._statements) - 1
        self._put(place)

    def _put(self, place: int) -> None:
        count = len(self._statements)
        self._cursor = min(max(0, place), max(0, count - 1))
        self._top = min(max(self._top, self._cursor - self._height + 1), self._cursor)
        self._top = min(max(0, self._top), max(0, count - self._height))
        self.refresh()
        self.post_message(self.Moved())

    @property
    def _height(self) -> int:
        return max(1, self.size.height - HEADING)

    # -- painting --------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """Paint the heading, or one statement."""
        width = self.size.width
        shown = columns(width, self._far)
        if y < HEADING:
            return self._strip([(column.title, column) for column in shown], "statement", "heading")
        place = self._top + y - HEADING
        if place >= len(self._statements):
            says = f" {self._nothing}" if y == HEADING and not self._statements else ""
            return Strip([Segment(fit(says, width), self._style("heading"))], width)
        report = self._statements[place].report
        look = "error" if report.error else "quiet" if report.housekeeping or is_catalog(report) else ""
        cells = [(cell(column, report), column) for column in shown]
        return self._strip(cells, text(report), "cursor" if place == self._cursor else look)

    def _strip(self, cells: list[tuple[str, Column]], statement: str, look: str) -> Strip:
        width = self.size.width
        line = " ".join(fit(shown, column.width, column.right) for shown, column in cells)
        used = sum(column.width + 1 for _, column in cells) + 2
        line = f" {line}  {fit(statement, max(1, width - used - 1))}"
        return Strip([Segment(line, self._style(look))]).adjust_cell_length(width, self._style(look))

    def _style(self, look: str) -> Style:
        style = self._styles.get(look)
        if style is None:
            if look == "cursor":  # whole, as its colour is chosen to be read on its background
                style = self.get_component_rich_style("wire--cursor")
            elif look:
                style = self.rich_style + self.get_component_rich_style(f"wire--{look}", partial=True)
            else:
                style = self.rich_style
            self._styles[look] = style
        return style
