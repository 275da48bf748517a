"""Which statements a text has, also one that is being typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pgmem_tui.language import grammar, parameters
from pgmem_tui.language.tokens import Kind, Token, tokens


class Statement(NamedTuple):
    """A slice of the text: a statement without the blanks, comments and semicolon around it."""

    start: int
    end: int

    def text(self, of: str) -> str:
        """What stands there."""
        return of[self.start : self.end]


def split(text: str) -> list[Statement]:
    """All statements, in order; empty ones are none.

    By PostgreSQL's grammar, or where the text is none yet by its tokens.
    """
    words = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    return list(_statements(text, words, _by_grammar(text) or _by_tokens(text, words)))


def at(text: str, caret: int) -> Statement | None:
    """The statement that the caret, an index, is in or right behind; else None.

    Right behind is in the rest of the line, semicolon and all. Where another begins in the same line, or a
    comment that the caret is in stands before another, it is that.
    """
    statements = split(text)
    for number, statement in enumerate(statements):
        after = statements[number + 1].start if number + 1 < len(statements) else len(text) + 1
        if caret < statement.start:
            near = "\n" not in text[caret : statement.start] or _in_comment(text, caret)
            return statement if near else None
        if caret <= statement.end or (caret < after and "\n" not in text[statement.end : caret]):
            return statement
    return None


def _by_grammar(text: str) -> list[int] | None:
    """Where statements end, or None if it is no SQL."""
    from pglast import split as pglast_split
    from pglast.parser import ParseError

    try:
        masked = parameters.masked(text)
        if "\0" in masked:
            return None
        return [found.stop for found in pglast_split(grammar.plain(masked), only_slices=True)]
    except (ParseError, grammar.NotParsed):
        return None


def _by_tokens(text: str, words: Sequence[Token]) -> Iterator[int]:
    """Semicolons, but not those in the body of a function or of a rule.

    As psql does (https://www.postgresql.org/docs/current/app-psql.html); but a parenthesis that is open in
    one statement does not take in all that follow.
    """
    first: list[str] = []
    parentheses = blocks = 0
    before = ""
    for token in words:
        word = token.text(text).lower() if token.end - token.start < 10 else "…"
        if len(first) < 5:
            first.append(word)
        parentheses += (word == "(") - (word == ")")
        if _has_body(first):
            opens = (before, word) == ("begin", "atomic") or (word == "case" and blocks > 0)
            blocks += opens - (word == "end" and blocks > 0)
        if word == ";" and not blocks and (parentheses <= 0 or "rule" not in first):
            yield token.start
            first.clear()
            parentheses = 0
        before = word
    yield len(text)


def _has_body(first: Sequence[str]) -> bool:
    words = [word for word in first if word not in ("or", "replace")]
    return words[:1] == ["create"] and words[1:2] in (["function"], ["procedure"])


def _statements(text: str, words: Sequence[Token], ends: Iterable[int]) -> Iterator[Statement]:
    """What is between the ends, each of which is at a semicolon or before it."""
    place = 0
    for end in ends:
        inside: list[Token] = []
        while place < len(words) and words[place].start < end:
            inside.append(words[place])
            place += 1
        while inside and inside[0].text(text) == ";":
            del inside[0]
        while inside and inside[-1].text(text) == ";":
            del inside[-1]
        if inside:
            yield Statement(inside[0].start, inside[-1].end)


def _in_comment(text: str, caret: int) -> bool:
    return any(token.kind is Kind.COMMENT and token.start <= caret <= token.end for token in tokens(text))
