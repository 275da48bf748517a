"""A list of lines with a cursor, under a few that stay: where it stands, and what moves it."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.geometry import Region
from textual.widget import Widget

WHEEL = 3
"""Lines a turn of the wheel."""


def moving(what: str) -> list[Binding]:
    """The keys that move the cursor, where letters are keys.

    Args:
        what: A line is called, for the help.
    """
    return [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False),
        Binding("home,g", "edge(False)", f"first {what}", show=False),
        Binding("end,G", "edge(True)", f"last {what}", show=False),
    ]


class LineList(Widget, can_focus=True):
    """Knows lines by their number only; a subclass counts and paints them, and binds keys to moving."""

    HEAD: ClassVar[int] = 0
    """Lines above the list that stay."""
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin at the first line."""
        super().__init__(id=id)
        self.cursor = 0
        """The line that keys are about."""
        self.top = 0
        """The first line on the screen."""

    # -- for subclasses --------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    @property
    def foot(self) -> int:
        """Lines behind the last that come into sight with it; the cursor never stands on them."""
        return 0

    def moved(self) -> None:
        """The cursor was put somewhere, perhaps where it was."""

    @property
    def page(self) -> int:
        """Lines of the list that the screen has room for."""
        return max(1, self.size.height - self.HEAD)

    def line_at(self, y: int) -> int:
        """The line in a row of the widget; -1 where there is none."""
        line = self.top + y - self.HEAD
        return line if y >= self.HEAD and line < self.count else -1

    def place(self, line: int, top: int | None = None) -> None:
        """Put the cursor on a line, or the nearest there is, and the screen where that can be seen.

        Paints again what this changes; if the lines are others, `refresh` first.

        Args:
            line: Counted from 0.
            top: Where the screen would like to begin; about where it is, if this is left out.
        """
        before, top_before = self.cursor, self.top
        self.cursor = min(max(0, line), max(0, self.count - 1))
        highest = min(self.cursor, max(0, self.count + self.foot - self.page))
        if self.cursor == self.count - 1:
            self.top = highest
        else:
            self.top = min(max(0, self.top if top is None else top, self.cursor - self.page + 1), highest)
        if self.top != top_before:
            self.refresh()
        else:
            for changed in {before, self.cursor}:
                self.refresh(Region(0, self.HEAD + changed - self.top, self.size.width, 1))

    def go(self, line: int, top: int | None = None) -> None:
        """Place the cursor, and tell the subclass."""
        self.place(line, top)
        self.moved()

    # -- moving ----------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the cursor by lines."""
        self.go(self.cursor + by)

    def action_page(self, pages: int) -> None:
        """Move it by screenfuls less a line; the screen comes along where it must."""
        self.go(self.cursor + pages * max(1, self.page - 1))

    def action_edge(self, last: bool) -> None:
        """Go to the first line, or the last."""
        self.go(self.count if last else 0)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self.action_move(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self.action_move(-WHEEL)

    def on_resize(self) -> None:
        """Keep the cursor on the screen."""
        self.go(self.cursor)
