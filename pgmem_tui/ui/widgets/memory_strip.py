"""The memory of both ends, always in sight: a line that stays flat while a table of any size goes by."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.quantities import nbytes
from pgmem_tui.memory.history import History
from pgmem_tui.memory.sample import MemorySample
from pgmem_tui.ui.widgets.memory_lines import (
    FETCH,
    LABEL,
    NOT_KNOWN,
    SPARK,
    VALUE,
    Line,
    one_line,
    panel,
    spark,
)

_COMPONENTS = {
    LABEL: "memory-strip--label",
    VALUE: "memory-strip--value",
    SPARK: "memory-strip--history",
    FETCH: "memory-strip--fetch",
}


class MemoryStrip(Widget):
    """Memory of this process and of the server's, with its history; three lines, or one if it has no more.

    A history is drawn from zero to its maximum, one column a sample, the newest at the right. Samples
    before which a FETCH ended have a tick below, or, where there is no room for ticks, their own style
    and one tick beside the newest.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_COMPONENTS.values())
    """
    | Class | Description |
    | :- | :- |
    | `memory-strip--label` | Words. |
    | `memory-strip--value` | Figures. |
    | `memory-strip--history` | Samples. |
    | `memory-strip--fetch` | Marks of FETCHes. |
    """

    DEFAULT_CSS = """
    MemoryStrip {
        height: 3;
        color: $foreground;

        & > .memory-strip--label {
            color: $text-muted;
        }
        & > .memory-strip--history {
            color: $primary 75%;
        }
        & > .memory-strip--fetch {
            color: $primary;
            text-style: bold;
        }
    }
    """

    def __init__(
        self,
        budget: int,
        *,
        history: History | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  Textual's name for it
        classes: str | None = None,
    ) -> None:
        """Make a strip.

        Args:
            budget: Bytes that the page cache may take.
            history: Samples taken before, to go on from; the strip adds to it.
            name: The name of the widget.
            id: The ID of the widget in the DOM.
            classes: The CSS classes of the widget.
        """
        super().__init__(name=name, id=id, classes=classes)
        self.history = history or History()
        """All that the strip knows."""
        self._budget = budget
        self._lines: list[Line] = []
        self._lines_size = (0, 0)  # the width and height for which they were made

    def add(self, sample: MemorySample) -> None:
        """Take a sample and repaint what it changes."""
        self.history.add(sample)
        size = self._lines_size
        if size != self.size or not self._lines:
            return  # not painted yet, or about to be painted anew
        before, self._lines = self._lines, self._make_lines(*size)
        for y, (old, new) in enumerate(zip(before, self._lines, strict=True)):
            start, end = _changed(old, new)
            if start < end:  # one piece a line: each piece costs some 50 bytes by itself
                self.refresh(Region(start, y, end - start, 1))

    def header_text(self, columns: int = 8) -> str:
        """Return the RSS and its history in short, always `columns` + 8 cells wide: `58 MB  ▆▆▇▇▇▇`."""
        latest = self.history.latest
        size = nbytes(latest.rss) if latest else NOT_KNOWN
        return f"{size:>6}  {spark(self.history.client, columns)}"

    def render_line(self, y: int) -> Strip:
        """Render a line of content.

        Args:
            y: Y coordinate of the line.
        """
        width, height = self.size
        if self._lines_size != (width, height):
            self._lines_size = (width, height)
            self._lines = self._make_lines(width, height)
        if y >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[y]
        segments = []
        start = 0
        for kind, run in groupby(line.kinds):
            end = start + len(list(run))
            segments.append(Segment(line.text[start:end], self.get_component_rich_style(_COMPONENTS[kind])))
            start = end
        return Strip(segments, width)

    def _make_lines(self, width: int, height: int) -> list[Line]:
        if height < 3:
            return [one_line(self.history, self._budget, width)]
        return panel(self.history, self._budget, width)


def _changed(old: Line, new: Line) -> tuple[int, int]:
    """Return the first and last-plus-one cell in which two lines of one width differ; equal if nowhere."""
    if old == new:
        return 0, 0
    cells = zip(old.text, new.text, old.kinds, new.kinds, strict=True)
    # A blank looks the same in each kind: no kind changes the background.
    changed = [x for x, (was, now, a, b) in enumerate(cells) if was != now or (a != b and now != " ")]
    return (changed[0], changed[-1] + 1) if changed else (0, 0)
