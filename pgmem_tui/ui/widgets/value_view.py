"""One value on the screen: moves in it as `less` does, and says which of its bytes are missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from pgmem_tui.display.values.outline_lines import OutlineLines
from pgmem_tui.display.values.rows import Lines, NotHeld
from pgmem_tui.ui.widgets.value_rows import ValueRows

WHEEL = 3
"""Rows a turn of the wheel."""
SIDEWAYS = 8
"""Cells a press of an arrow."""
FARTHEST = 16_384
"""Cells that rows can be moved to the left."""
MOST_TRIES = 32
MakeLines = Callable[[int, bool], Lines]
"""Makes rows of a value of a width, wrapped or not."""


class ValueView(ValueRows, can_focus=True):
    """Rows from a place on; a bright one where there is something to fold."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("pagedown,ctrl+f,f", "page(1)", "page down", show=False),
        Binding("pageup,ctrl+b,b", "page(-1)", "page up", show=False),
        Binding("ctrl+d", "page(0.5)", "half a page down", show=False),
        Binding("ctrl+u", "page(-0.5)", "half a page up", show=False),
        Binding("home,g", "first", "to the beginning", show=False),
        Binding("end,G", "last", "to the end", show=False),
        Binding("right,l", "sideways(1)", "to the right, where lines are not wrapped", show=False),
        Binding("left,h", "sideways(-1)", "to the left", show=False),
        Binding("w", "wrap", "wrap long lines, or not", show=False),
        Binding("z,enter", "fold", "fold, unfold", show=False),
        Binding("Z", "fold_all", "fold everything, unfold all", show=False),
        Binding("space", "fold_or_page", "fold, unfold; else page down", show=False),
    ]
    HELP_TITLE = "Value"

    class Moved(Message):
        """Other rows are on the screen; some may lack bytes."""

        def __init__(self, missing: NotHeld | None) -> None:
            """Say which."""
            super().__init__()
            self.missing = missing

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self._make: MakeLines | None = None
        self._pending: Callable[[], None] | None = None
        self._tries = 0
        """How often bytes came, and were not enough for what waits."""

    # -- what is shown ---------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Show a word instead of a value."""
        self._make = self.lines = self._pending = None
        self._rows, self._says = [], text
        self.refresh()

    def show(self, make: MakeLines, place: int = 0) -> None:
        """Show a value from a place on."""
        self._make, self._says, self.left = make, "", 0
        self.lines = make(self._width, self.wrap)
        self.go(place)

    def renew(self, make: MakeLines) -> None:
        """Go on with other bytes of the same value."""
        self._make, self.lines, self._rows = make, make(self._width, self.wrap), []
        self.bytes_arrived()

    def go(self, place: int, top: bool = True) -> None:
        """Put the row with a place at the top of the screen; one that is on it may stay, unless `top`."""
        if self.lines is None:
            return
        try:
            row = self.lines.at(min(max(0, place), max(0, self.lines.end - 1)))
        except NotHeld as missing:
            self._later(lambda: self.go(place, top), missing)
            return
        self.cursor = row
        if top or not self.top <= row <= self.bottom:
            self.top = row
        self._arrange()

    def bytes_arrived(self) -> None:
        """More of the value is held: do what was waiting for it."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending()
        elif self._absent or not self._rows:
            self._arrange()
        else:
            self.post_message(self.Moved(None))

    def forget(self) -> None:
        """What was asked for will not come."""
        self._pending = None

    @property
    def waiting(self) -> bool:
        """Whether a movement waits for bytes."""
        return self._pending is not None

    def _later(self, action: Callable[[], None], missing: NotHeld) -> None:
        self._tries += 1
        if self._tries > MOST_TRIES:  # more rows of the longest than can be held at once
            self._tries = 0
            return
        self._pending = action
        self.post_message(self.Moved(missing))

    def _arrange(self) -> None:
        """Work out the rows on the screen."""
        if self.lines is None:
            return
        self._tries = 0
        self._rows, missing = self.lines.rows(self.top, self.height)
        self.bottom = self._rows[-1].place if self._rows else self.top
        self._absent = missing is not None
        self.refresh()
        self.post_message(self.Moved(missing))

    # -- keys ------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the bright row, or all of them."""
        if not isinstance(self.lines, OutlineLines):
            self._scroll(by)
            return
        lines = self.lines
        if by > 0:
            rows, _ = lines.rows(self.cursor, by + 1)
            self.cursor = rows[-1].place if rows else self.cursor
        else:
            self.cursor = lines.back(self.cursor, -by)
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor > self.bottom:
            self.top = lines.back(self.cursor, self.height - 1)
        self._arrange()

    def action_page(self, pages: float) -> None:
        """Move by screenfuls."""
        self._scroll(int(self.height * pages))
        self.cursor = self.top

    def action_first(self) -> None:
        """Go to the beginning."""
        self.left = 0
        self.go(0)

    def action_last(self) -> None:
        """Go to the end."""
        if self.lines is None:
            return
        try:
            self.top = self.lines.back(self.lines.end, self.height)
            self.cursor = self.lines.back(self.lines.end, 1)
        except NotHeld as missing:
            self._later(self.action_last, missing)
            return
        self._arrange()

    def action_sideways(self, by: int) -> None:
        """Move rows to the left or the right."""
        left = min(max(0, self.left + by * SIDEWAYS), FARTHEST)
        if left != self.left and not (self.wrap and by > 0 and self.lines and self.lines.name != "hex"):
            self.left = left
            self.refresh()

    def action_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.wrap, self.left = not self.wrap, 0
        self._again()

    def action_fold(self) -> None:
        """Fold or unfold at the bright row."""
        if isinstance(self.lines, OutlineLines):
            self.go(self.lines.toggle(self.cursor), top=False)

    def action_fold_all(self) -> None:
        """Fold or unfold everything."""
        if isinstance(self.lines, OutlineLines):
            self.lines.toggle_all()
            self.top = self.lines.at(self.top)
            self.go(self.cursor, top=False)

    def action_fold_or_page(self) -> None:
        """Fold where there is something to fold, else page."""
        if isinstance(self.lines, OutlineLines):
            self.action_fold()
        else:
            self.action_page(1)

    def _scroll(self, by: int) -> None:
        if self.lines is None or not by:
            return
        if by < 0:
            try:
                self.top = self.lines.back(self.top, -by)
            except NotHeld as missing:
                self._later(lambda: self._scroll(by), missing)
                return
        else:
            rows, lacking = self.lines.rows(self.top, by + self.height)
            if lacking is not None and len(rows) <= by:
                self._later(lambda: self._scroll(by), lacking)
                return
            by = by if lacking is not None else min(by, max(0, len(rows) - self.height))
            if by and rows:
                self.top = rows[by].place
        self._arrange()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self._scroll(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self._scroll(-WHEEL)

    def on_resize(self) -> None:
        """Fit what is shown into the new size."""
        self._again()

    def _again(self) -> None:
        if self._make is not None:
            bright = self.cursor
            self.lines = self._make(self._width, self.wrap)
            self.go(self.top)
            if isinstance(self.lines, OutlineLines):
                self.go(bright, top=False)
