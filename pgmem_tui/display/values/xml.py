"""XML in lines: a tag a line, elements without others inside on one. Pure.

It is looked at and never obeyed: no entity is resolved and nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pgmem_tui.display.values.outline import NoOutline, Outline, OutlineMaker

XML = "XML"
_TOKEN = re.compile(
    r"""(?P<other><!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<![A-Z][^>\[]*(?:\[.*?\]\s*)?>)
      | (?P<close></[^<>]+>)
      | (?P<open><[^<>"'!?/][^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>)
      | (?P<text>[^<]+)""",
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile(r"</?([^\s/>]+)")


def tagged(text: str, given_up: Callable[[], bool] = lambda: False) -> Outline:
    """The outline of an XML document or fragment.

    Args:
        text: The value.
        given_up: Whether nobody waits any longer.

    Raises:
        NoOutline: Tags do not fit together.
    """
    maker = OutlineMaker(XML, text, given_up)
    names: list[str] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise NoOutline(f"not XML at character {place + 1:,}")
        maker.token()
        begin, place = place, found.end()
        if found.lastgroup == "open" and text[place - 2] != "/":
            end = _simple(text, found)
            if end:
                maker.line(begin, end)
                place = end
            else:
                names.append(_name(found[0]))
                maker.open(begin, place)
        elif found.lastgroup == "close":
            if not names or names.pop() != _name(found[0]):
                raise NoOutline(f"a closing tag without its opening one at character {begin + 1:,}")
            maker.close(begin, place)
        elif piece := found[0].strip():
            begin += found[0].index(piece)
            maker.line(begin, begin + len(piece))
    return maker.done()


def _simple(text: str, tag: re.Match[str]) -> int:
    """Behind the closing tag of an element that has nothing but one line of text inside; else 0."""
    end = text.find("<", tag.end())
    closing = f"</{_name(tag[0])}>"
    if end < 0 or "\n" in text[tag.end() : end] or not text.startswith(closing, end):
        return 0
    return end + len(closing)


def _name(tag: str) -> str:
    found = _NAME.match(tag)
    return found[1] if found else ""
