"""What is said of one node, or of two plans: short texts, wrapped, that scroll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget

from pgmem_tui.display.text import fit, pieces
from pgmem_tui.ui.hyperlinks import is_page, link_to

NAME = 16
"""Cells of the names at the left."""
WHEEL = 3
Said = Sequence[tuple[str, str]]


class PlanDetail(Widget, can_focus=True):
    """Names at the left, texts beside them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "turn(1)", "down", show=False),
        Binding("up,k", "turn(-1)", "up", show=False),
        Binding("pagedown,space", "turn(5)", "further down", show=False),
        Binding("pageup", "turn(-5)", "further up", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"detail--name"}
    DEFAULT_CSS = """
    PlanDetail {
        background: $background;
        color: $foreground;
        & > .detail--name { color: $text-muted; }
        &:focus > .detail--name { color: $text-accent; }
    }
    """
    HELP_TITLE = "About the node"
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Say nothing."""
        super().__init__(id=id)
        self._said: Said = ()
        self._lines: list[tuple[str, str, str]] = []
        self._top = 0

    def show(self, said: Said) -> None:
        """Show these from the beginning; with an empty name a text takes the whole width."""
        self._said, self._top = said, 0
        self._wrap()

    def action_turn(self, by: int) -> None:
        """Scroll by lines."""
        top = min(max(0, self._top + by), max(0, len(self._lines) - self.size.height))
        if top != self._top:
            self._top = top
            self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self.action_turn(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self.action_turn(-WHEEL)

    def on_resize(self) -> None:
        """Wrap for the new width."""
        self._wrap()

    def _wrap(self) -> None:
        lines: list[tuple[str, str, str]] = []
        for name, text in self._said:
            room = self.size.width - 2 - (NAME + 1 if name else 2)
            for number, part in enumerate(wrapped(text, max(10, room))):
                lines.append(
                    (
                        name if number == 0 else " " if name else "",
                        part if name or number == 0 else f"  {part}",
                        text if is_page(text) else "",
                    )
                )
        self._lines = lines
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        width, number = self.size.width, self._top + y
        more = y == self.size.height - 1 and number + 1 < len(self._lines)
        if number >= len(self._lines):
            return Strip([Segment(" " * width, self.rich_style)], width)
        name, text, address = self._lines[number]
        quiet = self.rich_style + self.get_component_rich_style("detail--name", partial=True)
        segments = [Segment(f" {fit(name, NAME)} ", quiet)] if name else [Segment(" ", self.rich_style)]
        used = NAME + 2 if name else 1
        shown = fit(text, width - used - 1)
        if address:
            shown = shown.rstrip()
            segments.append(Segment(shown, link_to(address, self.rich_style)))
            shown = " " * (width - used - 1 - len(shown))
        segments.append(Segment(shown, self.rich_style))
        segments.append(Segment("↓" if more else " ", quiet))
        return Strip(segments).adjust_cell_length(width, self.rich_style)


def wrapped(text: str, width: int) -> list[str]:
    """The safe text in lines of at most so many cells, cut at blanks where there are any."""
    lines: list[str] = []
    line: list[str] = []
    used = 0
    for shown, cells in pieces(text):
        if used + cells > width and line:
            blank = max((n for n, part in enumerate(line) if part == " "), default=-1)
            cut = blank + 1 if blank >= 0 and shown != " " else len(line)
            lines.append("".join(line[:cut]).rstrip())
            line = line[cut:]
            used = sum(len(part) if part.isascii() else _cells(part) for part in line)
            if not line and shown == " ":
                continue
        line.append(shown)
        used += cells
    return [*lines, "".join(line)] if line or not lines else lines


def _cells(shown: str) -> int:
    return sum(cells for _, cells in pieces(shown))
