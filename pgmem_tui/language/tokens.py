"""SQL text cut into tokens, also text that is being typed: nothing is ever refused.

The rules are those of PostgreSQL's lexer with `standard_conforming_strings` on
(https://www.postgresql.org/docs/current/sql-syntax-lexical.html) and psql's for `:name`
(https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a token is; blanks are none."""

    COMMENT = "comment"
    STRING = "string"
    """With quotes or between dollars, and what begins it: E'…', B'…', U&'…'."""
    QUOTED_NAME = "quoted name"
    NAME = "name"
    """A word: an identifier or a key word."""
    NUMBER = "number"
    PARAMETER = "parameter"
    """`:name`, `:'name'`, `:"name"`."""
    POSITION = "position"
    """`$1`."""
    OPERATOR = "operator"
    """`::` as well."""
    PUNCTUATION = "punctuation"
    """One of `( ) [ ] , ; .`, or what has no place in SQL."""


class Token(NamedTuple):
    """A piece of the text, as a slice."""

    kind: Kind
    start: int
    end: int
    closed: bool = True
    """Whether a string, quoted name or comment has its end."""

    def text(self, of: str) -> str:
        """What stands there."""
        return of[self.start : self.end]


_NAME = r"[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*"
_OPERATOR = r"(?:(?!--|/\*)[-+*/<>=~!@#%^&|`?])+"
_TOKEN = re.compile(
    rf"""(?P<blank>[ \t\n\r\f\v]+)
    |(?P<comment>--[^\r\n]*)
    |(?P<nested>/\*)
    |(?P<escaped>[eE]'(?:[^'\\]|''|\\.)*(?P<escaped_end>'|\\?\Z))
    |(?P<string>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?P<string_end>'|\Z))
    |(?P<quoted>(?:[uU]&)?"(?:[^"]|"")*(?P<quoted_end>"|\Z))
    |(?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$)
    |(?P<position>\$\d+)
    |(?P<number>(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
        |(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?))
    |(?P<name>{_NAME})
    |(?P<typecast>::|:=)
    |(?P<parameter>:(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*
        |'[A-Za-z_][\w]*'|"[A-Za-z_][\w]*"))
    |(?P<operator>{_OPERATOR})
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_KINDS = {
    "comment": Kind.COMMENT,
    "escaped": Kind.STRING,
    "string": Kind.STRING,
    "quoted": Kind.QUOTED_NAME,
    "position": Kind.POSITION,
    "number": Kind.NUMBER,
    "name": Kind.NAME,
    "typecast": Kind.OPERATOR,
    "parameter": Kind.PARAMETER,
    "operator": Kind.OPERATOR,
    "other": Kind.PUNCTUATION,
}
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """All tokens from an index on, in order, without blanks."""
    while start < len(text):
        found = _TOKEN.match(text, start)
        assert found is not None, "the last alternative takes any character"
        group, end = str(found.lastgroup).removesuffix("_end"), found.end()
        if group == "nested":
            end, closed = _comment_end(text, end)
            yield Token(Kind.COMMENT, start, end, closed)
        elif group == "dollar":
            end, closed = _dollar_end(text, found[0], end)
            yield Token(Kind.STRING, start, end, closed)
        elif group != "blank":
            closed = group not in ("escaped", "string", "quoted") or found[f"{group}_end"] in ("'", '"')
            yield Token(_KINDS[group], start, end, closed)
        start = end


def _comment_end(text: str, start: int) -> tuple[int, bool]:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end(), True
    return len(text), False


def _dollar_end(text: str, tag: str, start: int) -> tuple[int, bool]:
    end = text.find(tag, start)
    return (end + len(tag), True) if end >= 0 else (len(text), False)
