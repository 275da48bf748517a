"""Pages of the documentation as links that a terminal opens, however little of their address is seen.

Terminals know links as OSC 8 (https://en.wikipedia.org/wiki/ANSI_escape_code#OSC); those that do not show the
text alone. A name or value that came from a server leads nowhere else than to these pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style

from pgmem_tui.display.text import is_plain, one_line

_PAGE = re.compile(r"(?:https://www\.|\b)(?:postgresql|psycopg)\.org/docs/[\w./#%-]+", re.ASCII)


def linked(shown: str, style: Style, full: str = "") -> Iterator[Segment]:
    """A text's segments, the pages in it being links.

    Args:
        shown: What is seen: safe, and the begin of `full`, which may end in `…`.
        style: Of all of it.
        full: The text whose addresses count; what is seen, if there is no other.
    """
    full = full or shown
    if "/docs/" not in full:  # nearly all that is painted
        yield Segment(shown, style)
        return
    place, end = 0, len(shown) - (shown != full and shown.endswith("…"))
    for match in _PAGE.finditer(full) if one_line(full) == full else ():
        if match.start() >= end:
            break
        if place < match.start():
            yield Segment(shown[place : match.start()], style)
        place = min(match.end(), end)
        address = match[0] if match[0].startswith("https:") else f"https://www.{match[0]}"
        yield Segment(shown[match.start() : place], link_to(address, style))
    if place < len(shown):
        yield Segment(shown[place:], style)


@lru_cache(maxsize=64)  # so that the lines of one link have one id, and light up together
def link_to(address: str, style: Style) -> Style:
    """The style of a text that leads there; the same style, if that is no address."""
    is_address = address.startswith("https://") and is_plain(address) and " " not in address
    return style + Style(link=address) if is_address else style


def is_page(text: str) -> bool:
    """Whether it is the address of a page of the documentation, and nothing else."""
    return _PAGE.fullmatch(text) is not None
