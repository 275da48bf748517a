"""A statement's tokens as they are to be written: which touch, which are in capitals, which are in others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from pgmem_tui.language.tokens import Kind, Token

QUERIES = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE", "EXPLAIN"})
CLAUSES = frozenset(
    {
        *("SELECT", "FROM", "WHERE", "HAVING", "WINDOW", "LIMIT", "OFFSET", "FETCH", "RETURNING", "UNION"),
        *("INTERSECT", "EXCEPT", "JOIN", "VALUES", "SET", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH"),
    }
)
PAIRS = frozenset(
    {
        *(("GROUP", "BY"), ("ORDER", "BY"), ("PARTITION", "BY"), ("NULLS", "FIRST"), ("NULLS", "LAST")),
        *(("WITH", "RECURSIVE"), ("ON", "CONFLICT"), ("DO", "NOTHING"), ("DO", "UPDATE"), ("FOR", "UPDATE")),
        *(
            ("FOR", "SHARE"),
            ("FOR", "NO"),
            ("FOR", "KEY"),
            ("UPDATE", "OF"),
            ("SHARE", "OF"),
            ("INSERT", "INTO"),
            ("DELETE", "FROM"),
        ),
        *(("WITHIN", "GROUP"), ("AT", "TIME"), ("TIME", "ZONE"), ("IS", "DOCUMENT")),
    }
)
"""Words that are key words beside each other, and may be names elsewhere."""
JOINING = frozenset({"LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "OUTER"})
_BEFORE_PARENTHESIS = frozenset({"VALUES", "OVER", "FILTER", "EXISTS", "COALESCE", "NULLIF"})
_CALLED = frozenset(
    {
        *("CAST", "ARRAY", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "COALESCE"),
        *("NULLIF", "LEFT", "RIGHT"),
    }
)
"""Key words that are written as functions."""


_ENDS_LINE = re.compile(r"[ \t]*(?:\r|\n|\Z)")


@dataclass
class Leaf:
    """A token as it is written."""

    text: str
    kind: Kind
    glued: bool = False
    """Whether no blank stands before it."""
    alone: bool = False
    """Of a comment: whether it has its lines for itself."""

    @property
    def word(self) -> str:
        """In capitals, if it is a word without quotes; else empty."""
        return self.text.upper() if self.kind is Kind.NAME else ""

    @property
    def ends_line(self) -> bool:
        """Whether nothing can follow in its line."""
        return self.kind is Kind.COMMENT and (self.alone or self.text.startswith("--"))


@dataclass
class Group:
    """What is between parentheses or brackets, or CASE and END."""

    opening: Leaf
    inside: list[Leaf | Group] = field(default_factory=list)
    closing: Leaf | None = None


Nodes = Sequence["Leaf | Group"]


def leaves(text: str, tokens: Sequence[Token]) -> Iterator[Leaf]:
    """The tokens of one statement, as they are to be written."""
    words = [token for token in tokens if token.kind is not Kind.COMMENT]
    first = next((token.text(text).upper() for token in words if token.text(text) != "("), "")
    places = [place for place in range(len(words)) if first in QUERIES and _key_word(text, words, place)]
    capitals = {words[place].start for place in places}
    before: Token | None = None
    operand_expected = sign = True
    for token in tokens:
        what = token.text(text)
        leaf = Leaf(what.upper() if token.start in capitals else what, token.kind)
        if token.kind is Kind.COMMENT:
            begins = before is None or "\n" in text[before.end : token.start]
            leaf.alone = begins and (what.startswith("--") or _ENDS_LINE.match(text, token.end) is not None)
        else:
            if before is not None:
                leaf.glued = _glued(text, before, token, sign, before.start in capitals)
            operator = token.kind is Kind.OPERATOR
            sign = operator and operand_expected
            operand_expected = operator or what in ("(", "[", ",") or token.start in capitals
        yield leaf
        before = token


def _glued(text: str, before: Token, token: Token, after_sign: bool, after_key_word: bool) -> bool:
    """Whether no blank stands between two tokens."""
    left, right = before.text(text), token.text(text)
    close = before.end == token.start
    if before.kind is Kind.COMMENT:
        return right == ","  # which goes before the comment
    if right in (",", ";", ")", "]", ".", "::") or left in ("(", "[", ".", "::"):
        return True
    if right == "(":
        named = before.kind in (Kind.NAME, Kind.QUOTED_NAME) or left in (")", "]")
        return close and named and (not after_key_word or left.upper() in _CALLED)
    if right == "[" or {":", ".."} & {left, right}:
        return close
    return close and after_sign


def _key_word(text: str, words: Sequence[Token], place: int) -> bool:
    """Whether a word is to be in capitals: a name may be the same word, and stays as it is."""
    word, before, after = (
        words[each].text(text).upper() if 0 <= each < len(words) else ""
        for each in (place, place - 1, place + 1)
    )
    if words[place].kind is not Kind.NAME or "." in (before, after) or (word in JOINING and after == "("):
        return False
    if before == "AS":
        return word in ("MATERIALIZED", "NOT")
    opens = before in ("", "(", ";") and word in QUERIES
    called = word in _BEFORE_PARENTHESIS and after == "("
    return opens or called or word in _reserved() or bool({(word, after), (before, word)} & PAIRS)


@cache
def _reserved() -> frozenset[str]:
    from pglast.keywords import RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

    more = {"BETWEEN", "SET"}
    return frozenset(word.upper() for word in RESERVED_KEYWORDS | TYPE_FUNC_NAME_KEYWORDS) | more


def tree(written: Iterable[Leaf]) -> list[Leaf | Group]:
    """Tokens with what is between parentheses, brackets, or CASE and END, as one."""
    top: list[Leaf | Group] = []
    open_groups: list[Group] = []
    for leaf in written:
        here = open_groups[-1].inside if open_groups else top
        case = bool(open_groups) and open_groups[-1].opening.word == "CASE"
        if leaf.text in ("(", "[") or leaf.word == "CASE":
            open_groups.append(Group(leaf))
            here.append(open_groups[-1])
        elif open_groups and (leaf.word == "END" if case else leaf.text in (")", "]")):
            open_groups.pop().closing = leaf
        else:
            here.append(leaf)
    return top


def flat(nodes: Nodes) -> str | None:
    """In one line; None if it has a comment that ends one, or a string of several."""
    out = ""
    for leaf in _all(nodes):
        if leaf.ends_line or "\n" in leaf.text:
            return None
        out += leaf.text if leaf.glued or not out else f" {leaf.text}"
    return out


def _all(nodes: Nodes) -> Iterator[Leaf]:
    for node in nodes:
        if isinstance(node, Leaf):
            yield node
            continue
        yield node.opening
        yield from _all(node.inside)
        if node.closing:
            yield node.closing
