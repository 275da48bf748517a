"""A colour for each of the lab's ways, made of the theme's; letters tell them apart where colours do not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from pgmem_tui.ui.lab_chart import way_number
from pgmem_tui.ui.text_lines import DIM, STRONG, Line

_BASE = ("error", "warning", "primary", "success", "secondary", "accent")
_COLOURS = (*(f"$text-{name}" for name in _BASE), "$foreground", "$text-muted")
_PALER = 0.55
"""How far the second half of the ways is from those towards the colour of plain text."""
_TURN = 4
"""By how many colours the second half is turned: fetchall() is no sister of a named fetchall()."""
_KINDS = (DIM, STRONG)


def classes(prefix: str) -> set[str]:
    """The component classes of a widget that paints lines of ways."""
    return {f"{prefix}--{kind}" for kind in (*_KINDS, *(f"way-{n}" for n in range(len(_COLOURS))))}


def rules(prefix: str) -> str:
    """Their CSS, to stand among a widget's own."""
    ways = "".join(
        f"& > .{prefix}--way-{number} {{ color: {colour}; }}\n" for number, colour in enumerate(_COLOURS)
    )
    return f"""
    & > .{prefix}--dim {{ color: $text-muted; }}
    & > .{prefix}--strong {{ text-style: bold; }}
    {ways}"""


def segments(widget: Widget, prefix: str, line: Line) -> Iterator[Segment]:
    """A line in the widget's colours."""
    for part in line.pieces:
        yield Segment(part.text, _style(widget, prefix, part.kind))


def _style(widget: Widget, prefix: str, kind: str) -> Style:
    number = way_number(kind)
    if number >= len(_COLOURS):
        base = widget.get_component_rich_style(f"{prefix}--way-{(number + _TURN) % len(_COLOURS)}")
        return _paler(base, widget.rich_style)
    name = f"{prefix}--{kind}"
    return widget.get_component_rich_style(name) if name in widget.COMPONENT_CLASSES else widget.rich_style


@lru_cache(maxsize=64)
def _paler(style: Style, plain: Style) -> Style:
    """A style nearer to that of plain text, which has the most contrast."""
    if style.color is None or plain.color is None:
        return style
    mixed = Color.from_rich_color(style.color).blend(Color.from_rich_color(plain.color), _PALER)
    return style + Style(color=mixed.rich_color)
