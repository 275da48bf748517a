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
    """One of `( ) [ ] , ; . .. :`, psql's `\\:` for a colon, or what has no place in SQL."""


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


_LETTER = r"[A-Za-z_\x80-\U0010ffff]"
_VARIABLE = r"[A-Za-z0-9_\x80-\U0010ffff]+"
_DIGITS = r"\d(?:_?\d)*"
# A string goes on behind a line break. Each blank and comment matches in one way only, so that what is no
# continuation fails in linear time.
_GOES_ON = r"'(?:[ \t\f\v]|--[^\r\n]*(?=[\r\n]))*[\r\n](?:[ \t\n\r\f\v]|--[^\r\n]*[\r\n])*'"
_PLAIN, _ESCAPED, _BITS = r"[^']*(?:''[^']*)*", r"[^'\\]*(?:(?:''|\\.)[^'\\]*)*", r"[^']*"
_TOKEN = re.compile(
    rf"""(?P<blank>[ \t\n\r\f\v]+)
    |(?P<comment>--[^\r\n]*)
    |(?P<nested>/\*)
    |(?P<escaped>[eE]'{_ESCAPED}(?:{_GOES_ON}{_ESCAPED})*(?P<escaped_end>'|\\?\Z))
    |(?P<bits>[bBxX]'{_BITS}(?:{_GOES_ON}{_BITS})*(?P<bits_end>'|\Z))
    |(?P<string>(?:[nN]|[uU]&)?'{_PLAIN}(?:{_GOES_ON}{_PLAIN})*(?P<string_end>'|\Z))
    |(?P<quoted>(?:[uU]&)?"[^"]*(?:""[^"]*)*(?P<quoted_end>"|\Z))
    |(?P<dollar>\$(?:{_LETTER}[\w\x80-\U0010ffff]*)?\$)
    |(?P<position>\$\d+)
    |(?P<number>(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+
        |(?:{_DIGITS}(?:\.(?!\.)(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][-+]?{_DIGITS})?))
    |(?P<name>{_LETTER}[\w$\x80-\U0010ffff]*)
    |(?P<typecast>::|:=)
    |(?P<parameter>:(?:{_VARIABLE}|'{_VARIABLE}'|"{_VARIABLE}"))
    |(?P<operator>(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+)
    |(?P<other>\.\.|\\:|.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_KINDS = {
    "comment": Kind.COMMENT,
    "escaped": Kind.STRING,
    "bits": Kind.STRING,
    "string": Kind.STRING,
    "quoted": Kind.QUOTED_NAME,
    "position": Kind.POSITION,
    "number": Kind.NUMBER,
    "name": Kind.NAME,
    "typecast": Kind.OPERATOR,
    "parameter": Kind.PARAMETER,
    "operator": Kind.OPERATOR,
    "other": Kind.PUNCTUATION,
    "nested": Kind.COMMENT,
    "dollar": Kind.STRING,
}
_ENDED = {"escaped", "bits", "string", "quoted"}
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """All tokens from an index on, in order, without blanks; the index is outside of strings and brackets.

    A string that goes on behind a line break is one token. A colon between the bounds of an array's slice
    is punctuation and no parameter, where psql would look for a variable: `a[1:n]`, `a[:2]`.
    """
    brackets = _Brackets()
    while start < len(text):
        found = _TOKEN.match(text, start)
        assert found is not None, "the last alternative takes any character"
        group, end = str(found.lastgroup).removesuffix("_end"), found.end()
        if group == "blank":
            start = end
            continue
        kind, closed = _KINDS[group], True
        if group == "nested":
            end, closed = _comment_end(text, end)
        elif group == "dollar":
            end, closed = _dollar_end(text, found[0], end)
        elif group == "operator":
            end = start + _operator_length(found[0])
            for sign in range(end, found.end()):
                yield Token(kind, start, end)
                start, end = sign, sign + 1
        elif group == "parameter" and brackets.slices(found[0]):
            kind, end = Kind.PUNCTUATION, start + 1
        elif group in _ENDED:
            closed = found[f"{group}_end"] in ("'", '"')
        brackets.see(kind, found[0])
        yield Token(kind, start, end, closed)
        start = end


class _Brackets:
    """Whether a place is in the brackets of a subscript."""

    def __init__(self) -> None:
        self._subscripts: list[bool] = []
        self._after_operand = self._after_array = False

    def see(self, kind: Kind, text: str) -> None:
        """Go on by a token."""
        if kind is Kind.COMMENT:
            return
        if text in ("(", "["):
            self._subscripts.append(text == "[" and self._after_operand and not self._after_array)
        elif text in (")", "]") and self._subscripts:
            self._subscripts.pop()
        self._after_operand = kind not in (Kind.OPERATOR, Kind.PUNCTUATION) or text in (")", "]")
        self._after_array = kind is Kind.NAME and text.lower() == "array"

    def slices(self, parameter: str) -> bool:
        """Whether the colon stands between bounds: behind one, or before a number."""
        inside = bool(self._subscripts) and self._subscripts[-1]
        return inside and (self._after_operand or (parameter[1:].isascii() and parameter[1:].isdecimal()))


def _operator_length(text: str) -> int:
    """Without the signs at its end, each of which is an operator by itself, unless it has a character that no
    operator of standard SQL has (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS)."""
    if len(text) == 1 or text[-1] not in "+-" or any(sign in text for sign in "~!@#%^&|`?"):
        return len(text)
    return max(1, len(text.rstrip("+-")))


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
