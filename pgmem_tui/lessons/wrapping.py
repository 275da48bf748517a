"""Markdown's paragraphs and lists in lines of a given width; tables and programs stay as they are. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

_ITEM = re.compile(r"(?:- |[0-9]+\. |[a-z]\) )")
_AS_IT_IS = ("|", "#", "    ")


def wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text.

    Args:
        text: Markdown.
        width: Characters; a longer word stays whole.
    """
    held: list[str] = []
    fenced = False
    for line in text.splitlines():
        fence = line.startswith("```")
        plain = fenced or fence or not line.strip() or line.startswith(_AS_IT_IS)
        if held and (plain or _ITEM.match(line)):
            yield from _filled(held, width)
            held = []
        if plain:
            yield line
        else:
            held.append(line.strip())
        fenced ^= fence
    yield from _filled(held, width)


def _filled(lines: list[str], width: int) -> list[str]:
    item = _ITEM.match(lines[0]) if lines else None
    hang = " " * len(item[0]) if item else ""
    return textwrap.wrap(
        " ".join(lines), width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )
