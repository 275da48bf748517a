"""Find a text in the rows: what was looked for last, and what to say about it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.paging.events import Event
from pgmem_tui.paging.finding import Found, NotFound, Searching
from pgmem_tui.ui.browsing import Browsing

_TYPED_AHEAD = 20
"""Keys that wait for what the ones before them find."""
_SHOWN = 40
"""Characters of a text that are repeated."""


class Finding:
    """Looks for texts through `Browsing`, from the cursor on."""

    def __init__(self, browsing: Browsing, tell: Callable[[str], None]) -> None:
        """Nothing was looked for.

        Args:
            browsing: What is open.
            tell: Shows a sentence until the next key.
        """
        self._browsing, self._tell = browsing, tell
        self._text = ""
        self._hit: tuple[int, int] | None = None
        """Generation and row of the last hit."""
        self._waiting: deque[bool] = deque(maxlen=_TYPED_AHEAD)
        """Directions to go on in after the search that is under way."""

    def find(self, text: str) -> None:
        """Look for a text from the cursor's row on; behind it, if that is where it was found."""
        here = self._browsing.result.generation, self._browsing.cursor.row
        again = text == self._text and self._hit == here
        self._text = text
        self._ask(self._browsing.cursor.row - (not again), forward=True)

    def again(self, forward: bool) -> None:
        """Look for the same text, behind the cursor's row or before it."""
        if not self._text:
            self._tell("nothing was looked for yet: / asks for a text")
        elif self._browsing.scrolling.searching:
            self._waiting.append(forward)
        else:
            self._ask(self._browsing.cursor.row, forward)

    def handle(self, event: Event) -> None:
        """Show what comes of a search of what is open."""
        if getattr(event, "generation", -1) != self._browsing.result.generation:
            return
        if isinstance(event, Searching):
            share = f", {100 * event.share:.0f} %" if event.share >= 0 else ""
            passed, seconds = quantities.row_number(event.rows), quantities.seconds(event.seconds)
            what = _quoted(event.text)
            self._browsing.working(
                f"looking for {what}: {passed} rows passed{share}, {seconds} … esc cancels"
            )
        elif isinstance(event, Found):
            self._hit = event.generation, event.row
            self._browsing.scrolling.search_ended(event.row, event.column)
            if self._waiting:
                self._browsing.scrolling.find(self._text, event.row, self._waiting.popleft())
        elif isinstance(event, NotFound):
            self._browsing.scrolling.search_ended()
            edge = "end" if event.forward else "beginning"
            self._tell(f"{_quoted(event.text)} was not found: the {edge} was reached")

    def _ask(self, row: int, forward: bool) -> None:
        self._waiting.clear()
        self._browsing.scrolling.find(self._text, row, forward)


def _quoted(text: str) -> str:
    shown = one_line(text)
    return f'"{shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"}"'
