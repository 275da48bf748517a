"""PostgreSQL's own grammar (pglast), made safe to give any text to.

It is imported when the first statement is looked at: 5 MB that browsing tables does without. Its parse
trees are built by recursion in C, so that a chain of 25,000 operators would end the process; and it finds
a character's index by going through all that are not ASCII, so that 200 kB of Cyrillic took 21 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pgmem_tui.language.tokens import Kind, tokens

MAX_DEPTH = 5_000
"""Levels of a parse tree, guessed from above: 2 MB of stack. The server's own bound is about this
(https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-MAX-STACK-DEPTH)."""

_ODD = re.compile(r"(?P<letter>[A-Za-z_])?(?P<odd>[^\x00-\x7f]+)")
_ODD_TAG = re.compile(r"\$\w*[^\x00-\x7f$]\w*\$")
_NEAR = re.compile(r'(?<= at or near ")(.*)(?="\Z)', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")

_CHAINED = frozenset({"union", "intersect", "except", "join", "case"})
_SEPARATE = frozenset({"and", "or", "select", "from", "where", "on"})


class NotParsed(Exception):
    """No SQL by PostgreSQL's grammar; `position` is in characters from 1, or 0 if it is about the whole."""

    def __init__(self, message: str, position: int = 0) -> None:
        """Keep both."""
        super().__init__(message)
        self.position = position


def parse(text: str, exact: bool = False) -> tuple[Any, ...]:
    """The statements, as pglast's `RawStmt`; places in them are indexes into the text, in characters.

    Args:
        text: Any text. psql's variables are no SQL.
        exact: Whether names and strings are needed as they are. Else letters that are not ASCII may have
            become others, and it takes linear time.

    Raises:
        NotParsed: It is no SQL, or not for this parser.
    """
    check(text)
    from pglast import parse_sql
    from pglast.parser import ParseError

    try:
        statements: tuple[Any, ...] = parse_sql(_exact(text) if exact else plain(text))
    except ParseError as error:
        raise _not_parsed(text, *error.args) from None
    return statements


def check(text: str) -> None:
    """Raise what the parser cannot be trusted with.

    Raises:
        NotParsed: It has a NUL, where the parser would stop, or is nested too deeply.
    """
    if "\0" in text:
        # The parser, the server's too, would take it for the end.
        raise NotParsed("a statement has no NUL character in it", text.index("\0") + 1)
    # A token of two characters is the shortest that makes a level, blanks included.
    if len(text) > 2 * MAX_DEPTH:
        place = _too_deep(text)
        if place >= 0:
            raise NotParsed("too many operators follow one another, or too much is nested", place + 1)


def plain(text: str) -> str:
    """The text in ASCII, of the same length and, to the lexer, of the same tokens.

    A letter that is not ASCII may stand in names, strings and comments only; what it becomes is none in
    any key word. But tags between dollars have to stay apart.
    """
    if text.isascii():
        return text
    if _ODD_TAG.search(text):
        return _exact(text)
    return _ODD.sub(_ascii, text)


def walk(tree: object) -> Iterator[Any]:
    """All nodes of a parse tree, in the order of the text as far as the tree has it."""
    from pglast import ast

    left: list[object] = [tree]
    while left:
        node = left.pop()
        if isinstance(node, tuple):
            left.extend(reversed(node))
        elif isinstance(node, ast.Node):
            yield node
            values = [getattr(node, name) for name in node]
            left.extend(value for value in reversed(values) if isinstance(value, (tuple, ast.Node)))


def _ascii(found: re.Match[str]) -> str:
    length = len(found["odd"])
    return found["letter"] + "0" * length if found["letter"] else "_" + "0" * (length - 1)


def _exact(text: str) -> str:
    surrogate = _SURROGATE.search(text)
    if surrogate:
        # A byte of a server without an encoding (see `postgres.raw_text`): two of them must not become one.
        raise NotParsed("a byte that is not UTF-8 cannot be read here", surrogate.start() + 1)
    return text


def _not_parsed(text: str, message: str, index: int | None = None) -> NotParsed:
    if index is None:
        return NotParsed(message, len(text.rstrip()) + 1)
    said = _NEAR.sub(lambda found: text[index : index + len(found[0])], message)
    return NotParsed(said, index + 1)


def _too_deep(text: str) -> int:
    """Where more is nested than MAX_DEPTH, or -1. Only what can be a level counts: lists have one."""
    depth, expression, chained = 0, 0, 0
    outer: list[tuple[int, int, int]] = []
    for token in tokens(text):
        word = token.text(text).lower() if token.end - token.start < 10 else ""
        if word in ("(", "["):
            outer.append((depth, expression, chained))
            depth, expression, chained = depth + expression + chained + 1, 0, 0
        elif word in (")", "]") and outer:
            depth, expression, chained = outer.pop()
        elif word == ";":
            depth, expression, chained = 0, 0, 0
            outer.clear()
        elif word == "," or word in _SEPARATE:
            expression = 0
        elif word in _CHAINED:
            expression, chained = 0, chained + 1
        elif token.kind in (Kind.NAME, Kind.OPERATOR):
            expression += 1
        if depth + expression + chained > MAX_DEPTH:
            return token.start
    return -1
