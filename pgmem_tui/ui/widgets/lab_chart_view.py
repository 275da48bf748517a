"""Curves of the lab's ways, while they run and afterwards."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from pgmem_tui.ui.lab_chart import Trace, chart
from pgmem_tui.ui.text_lines import Line
from pgmem_tui.ui.widgets import way_colours
from pgmem_tui.ui.widgets.changed_lines import ChangedLines

_PREFIX = "lab-chart"
_NO_DOTS = ("linux", "dumb")
"""Terminals whose fonts have no Braille dots, by TERM."""


class LabChartView(ChangedLines):
    """One chart of all."""

    COMPONENT_CLASSES: ClassVar[set[str]] = way_colours.classes(_PREFIX)
    DEFAULT_CSS = f"""
    LabChartView {{
        background: $background;
        color: $foreground;
        {way_colours.rules(_PREFIX)}
    }}
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show nothing."""
        super().__init__(id=id)
        self._traces: Sequence[Trace] = ()
        self._cap: int | None = None
        self._legend = True
        self._lines: list[Line] = []
        self._dots = os.environ.get("TERM") not in _NO_DOTS

    def show(self, traces: Sequence[Trace], cap: int | None, legend: bool) -> None:
        """Draw these.

        Args:
            traces: A curve each.
            cap: Bytes above the baseline at which a way is killed; None for no cap.
            legend: Whether letters are explained beside it.
        """
        self._traces, self._cap, self._legend = traces, cap, legend
        self._draw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        self._lines = chart(self._traces, self._cap, width, height, self._legend, self._dots)
        self.refresh_changed()

    def look(self, y: int) -> Line:
        """What is seen in a line."""
        return self._lines[y] if y < len(self._lines) else Line()

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        painted = [*way_colours.segments(self, _PREFIX, self.look(y)), Segment("", self.rich_style)]
        return Strip(painted).adjust_cell_length(self.size.width, self.rich_style)
