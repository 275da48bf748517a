"""Where Textual 8 does something that this program cannot live with; each in one function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.control import Control
from textual.content import Content
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from textual._compositor import ChopsUpdate


def begin_as_sized(screen: Screen[Any]) -> None:
    """Give a screen the classes of its breakpoints before it is laid out, and so painted, for the first time.

    Textual 8.2 gives them with the first resize, which comes after that.

    Args:
        screen: Is about to be composed.
    """
    size = screen.app.size
    for cells, breakpoints in (
        (size.width, screen.HORIZONTAL_BREAKPOINTS),
        (size.height, screen.VERTICAL_BREAKPOINTS),
    ):
        fitting = [each for each in breakpoints or () if each[0] <= cells]
        if fitting:
            screen.add_class(max(fitting)[1])


def send_only_what_changed() -> None:
    """Crop what a partial refresh sends on both sides.

    Textual 8.2 crops it at the right only: refreshing one cell of a line sends all from the
    widget's left edge to that cell, three to ten times the bytes.
    """
    try:
        from textual._compositor import ChopsUpdate
    except ImportError:  # another version, which sends what it sends
        return
    if hasattr(ChopsUpdate, "render_segments"):
        setattr(ChopsUpdate, "render_segments", _render_segments)  # noqa: B010 - mypy forbids the plain form


def change_border_subtitle(widget: Widget, text: str) -> None:
    """Put a text into a widget's lower border. Textual 8.2 would paint all of the widget again."""
    subtitle = Content(text)
    if widget._border_subtitle != subtitle:
        widget._border_subtitle = subtitle
        widget.refresh(Region(0, widget.size.height, widget.size.width, 1))


def _render_segments(update: ChopsUpdate, console: Console) -> str:
    sent: list[str] = []
    for y, first, end in update.spans:
        for chop_end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x >= end or chop_end <= first:
                continue
            left, right = max(x, first), min(chop_end, end)
            sent.append(Control.move_to(left, y).segment.text)
            whole = (left, right) == (x, chop_end)
            sent.append((strip if whole else strip.crop(left - x, right - x)).render(console))
    return "".join(sent)
