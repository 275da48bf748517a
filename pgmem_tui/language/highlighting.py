"""What each part of a line of SQL is, for whoever paints it.

Key words are PostgreSQL's own (pglast's list, imported when the first line is looked at). Most of those that
are not reserved name columns more often than anything else (`name`, `value`, `type`): of them only those
count that make a statement what it is.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from pgmem_tui.language.lines import line_tokens
from pgmem_tui.language.tokens import Kind, Token

_STRUCTURE = frozenset(
    re.findall(
        r"\w+",
        """
        abort add alter attach before begin by call cascade close cluster comment commit copy cube current
        cycle deallocate declare delete detach disable discard do drop each enable escape exclude execute
        explain extension filter first following for force function generated groups if immutable include
        index inherits insert instead language last listen local lock locked logged match matched materialized
        merge move next no nothing notify nowait nulls of off operator ordinality over overriding owned
        partition policy preceding prepare procedure publication range recursive refresh reindex release
        rename repeatable replace reset restart restrict return returns revoke rollback rollup rows savepoint
        schema security sequence session set sets share show skip snapshot stable start statistics storage
        strict subscription tablespace temp temporary ties transaction trigger truncate unbounded unlisten
        unlogged update vacuum validate view volatile within without
        """,
    )
)
"""Of the key words that are not reserved."""


class Look(Enum):
    """What a part is painted as."""

    KEY_WORD = "key-word"
    FUNCTION = "function"
    """A name right before a parenthesis."""
    STRING = "string"
    QUOTED_NAME = "quoted-name"
    NUMBER = "number"
    COMMENT = "comment"
    PARAMETER = "parameter"
    OPERATOR = "operator"


class Span(NamedTuple):
    """A part of a line."""

    start: int
    end: int
    look: Look


_LOOKS = {
    Kind.COMMENT: Look.COMMENT,
    Kind.STRING: Look.STRING,
    Kind.QUOTED_NAME: Look.QUOTED_NAME,
    Kind.NUMBER: Look.NUMBER,
    Kind.PARAMETER: Look.PARAMETER,
    Kind.POSITION: Look.PARAMETER,
    Kind.OPERATOR: Look.OPERATOR,
}


def spans(line: str, opened: str = "") -> list[Span]:
    """The parts of a line that have a look of their own.

    Args:
        line: Without its end.
        opened: What is open where it begins; see `lines.line_tokens`.
    """
    found, _ = line_tokens(line, opened)
    looks = [(token, _look(line, token)) for token in found]
    return [Span(token.start, token.end, look) for token, look in looks if look is not None]


def _look(line: str, token: Token) -> Look | None:
    if token.kind is not Kind.NAME:
        return _LOOKS.get(token.kind)
    if line[max(0, token.start - 1) : token.start] != "." and line[token.end : token.end + 1] != ".":
        word = token.text(line)
        if len(word) <= _longest() and word.lower() in _key_words():
            return Look.KEY_WORD
    return Look.FUNCTION if line[token.end : token.end + 1] == "(" else None


@lru_cache(maxsize=1)
def _key_words() -> frozenset[str]:
    from pglast import keywords

    always = keywords.RESERVED_KEYWORDS | keywords.TYPE_FUNC_NAME_KEYWORDS | keywords.COL_NAME_KEYWORDS
    return frozenset(always | (keywords.UNRESERVED_KEYWORDS & _STRUCTURE))


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _key_words()))
