"""SQL text line by line: what is open where a line begins, so that any line can be cut into tokens alone.

A string, a quoted name or a comment may go on for many lines. What is open at the end of each is remembered,
and after an edit found out again only as far as somebody looks, or as anything has changed. (A string that is
closed and goes on in the next line counts as two.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pgmem_tui.language.tokens import Kind, Token, tokens

LONGEST_LINE = 16_384
"""Characters of a line that are looked at; what is open behind more is taken to be what was open before."""

_MARK = re.compile(r"""['"$]|/\*|--""")
"""Without one of these nothing is opened, and what stands between two of them opens nothing."""
_BLANKS = " \t\n\r\f\v"
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_OPENING = re.compile(r"""[^'"$]*['"]|\$[^$]*\$""")


def line_tokens(line: str, opened: str = "") -> tuple[list[Token], str]:
    """The tokens of a line, and what is open behind it.

    Args:
        line: Without its end.
        opened: What is open where it begins, as it was opened: `E'`, `$tag$`, `/*/*`; or nothing.
    """
    text = opened + line[:LONGEST_LINE]
    found = list(tokens(text))
    behind = ""
    if len(line) > LONGEST_LINE:
        behind = opened
    elif found and not found[-1].closed:
        behind = _opening(found[-1].text(text), found[-1].kind)
    if opened:
        by = len(opened)
        found = [Token(kind, max(0, start - by), end - by, closed) for kind, start, end, closed in found]
        found = [token for token in found if token.end > token.start]
    return found, behind


def opened_behind(line: str, opened: str = "") -> str:
    """What is open behind a line; sooner known than its tokens."""
    if opened or len(line) > LONGEST_LINE:
        return line_tokens(line, opened)[1]
    place = 0
    while (mark := _MARK.search(line, place)) is not None:
        start = max(place, *(line.rfind(blank, place, mark.start()) + 1 for blank in _BLANKS))
        for token in tokens(line, start):
            if not token.closed:
                return _opening(token.text(line), token.kind)
            if token.end > mark.start():
                place = token.end
                break
        else:
            return ""
    return ""


def _opening(piece: str, kind: Kind) -> str:
    if kind is Kind.COMMENT:
        edges = [edge[0] for edge in _COMMENT_EDGE.finditer(piece)]
        return "/*" * (edges.count("/*") - edges.count("*/"))
    found = _OPENING.match(piece)
    return found[0] if found else ""


class OpenedLines:
    """What is open where each line begins, of lines that are being edited."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Nothing is known yet.

        Args:
            lines: Read again whenever something is asked; `changed` tells when they are others.
        """
        self._lines = lines
        self._opened = [""]
        """Of the lines known so far, and of the one after them."""
        self._first = self._end = 0
        """Of these known lines it is to be found out again what is open behind them."""

    def changed(self, first: int, before: int, after: int) -> None:
        """Lines were replaced: from line `first` on, `before` of them by `after` others; one or more each."""
        known = len(self._opened) - 1
        if first >= known:
            return
        if first + before > known:
            del self._opened[first + 1 :]
            self._end = min(self._end, first)
            self._first = min(self._first, self._end)
            return
        self._opened[first + 1 : first + before] = [""] * (after - 1)
        if self._first < self._end:
            self._first = min(self._first, first)
            end = self._end + after - before if self._end >= first + before else first
            self._end = max(end, first + after)
        else:
            self._first, self._end = first, first + after

    def before(self, row: int) -> str:
        """What is open where a line begins; takes time for the lines before it that are not known."""
        while self._first < min(self._end, row):
            behind = opened_behind(self._lines[self._first], self._opened[self._first])
            self._first += 1
            if self._opened[self._first] != behind:
                self._opened[self._first] = behind
                self._end = min(max(self._end, self._first + 1), len(self._opened) - 1)
        while len(self._opened) <= row:
            self._opened.append(opened_behind(self._lines[len(self._opened) - 1], self._opened[-1]))
        return self._opened[row]
