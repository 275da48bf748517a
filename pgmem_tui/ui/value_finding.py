"""A text in one value: looked for in what is held, or by the server."""

from __future__ import annotations

from collections.abc import Callable

from pgmem_tui.display.values.byte_window import ByteWindow
from pgmem_tui.display.values.outline_lines import OutlineLines
from pgmem_tui.ui.widgets.value_view import ValueView


class ValueFinding:
    """Goes from match to match."""

    def __init__(
        self, view: ValueView, note: Callable[[str], None], ask: Callable[[bytes, bool, int, bool], None]
    ) -> None:
        """Nothing was found yet.

        Args:
            view: Where the value is looked at.
            note: Says what came of it.
            ask: Has the server look for bytes, in small letters if they may be capitals in the value, from
                an offset on, or back from it. Its answer goes to `found`.
        """
        self._view, self._note, self._ask = view, note, ask
        self._found_at = -1
        """The offset of the last match."""

    def find(self, window: ByteWindow, text: str, backward: bool) -> None:
        """Go to the next place with a text, or the one before; small letters find capitals as well."""
        view = self._view
        view.needle = text
        if isinstance(view.lines, OutlineLines):
            self._find_line(view.lines, text, backward)
            return
        ignore = text == text.lower()
        needle = text.encode("utf-8", "surrogateescape")
        again = view.top <= self._found_at <= max(view.top, view.bottom)
        start = self._found_at + (not backward) if again else view.top
        if window.whole:
            data = window.data.lower() if ignore else window.data
            self.found(data.rfind(needle, 0, start) if backward else data.find(needle, start))
        else:
            self._ask(needle, ignore, start, backward)

    def found(self, offset: int) -> None:
        """Show a match; -1 is none."""
        if offset < 0:
            self._note("not found")
        else:
            self._note(f"found at byte {offset:,}")
            self._found_at = offset
            self._view.go(offset, top=False)

    def _find_line(self, lines: OutlineLines, text: str, backward: bool) -> None:
        found = find_line(lines, text, self._view.cursor, backward)
        if found < 0:
            self._note("not found")
        else:
            self._note(f"found at character {found + 1:,}")
            self._view.go(lines.reveal(found), top=False)


def find_line(lines: OutlineLines, text: str, cursor: int, backward: bool) -> int:
    """The index in an outline's text of the next place that reads so behind a row's line, or before it.

    Args:
        lines: The outline's.
        text: What to find; without capitals it finds them as well.
        cursor: The place of the row.
        backward: Whether to look before it.
    """
    outline = lines.outline
    whole = outline.text
    if text == text.lower() and len(lowered := whole.lower()) == len(whole):
        whole = lowered
    line = lines.line(cursor)
    if backward:
        return whole.rfind(text, 0, outline.begins[line])
    return whole.find(text, outline.ends[line])
