"""The words of the statement around a caret, with the name at the caret taken out; by tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pgmem_tui.language.keywords import QUERY_WORDS
from pgmem_tui.language.names import ASCII_LOWER, name_of
from pgmem_tui.language.surroundings import WINDOW, bounds, marks
from pgmem_tui.language.tokens import Kind, Token, tokens

_REST_OF_NAME = re.compile(r"[\w$\x80-\U0010ffff]*", re.ASCII)
_WORD = re.compile(r'[\w$\x80-\U0010ffff]+|(?:[uU]&)?"(?:[^"]|"")*"', re.ASCII)
_UP_TO_QUOTE = re.compile(r'(?:[^"]|"")*"')
_NOT_BEHIND = frozenset({Kind.STRING, Kind.NUMBER, Kind.POSITION, Kind.PARAMETER})
"""What a name cannot begin right behind of."""
_MARKS = {
    Kind.STRING: "'",
    Kind.QUOTED_NAME: '"',
    **dict.fromkeys((Kind.NUMBER, Kind.POSITION, Kind.PARAMETER), "0"),
}
_BEGIN_A_CLAUSE = frozenset(
    ("from", "where", "group", "having", "window", "union", "intersect", "except", "limit", "returning")
)
_TAKE_FROM = frozenset({"extract", "substring", "trim", "overlay"})
"""`extract(year FROM …)`."""
_UNCLOSED = 8
"""Unclosed parentheses that are ended."""
_NAMES = frozenset({Kind.NAME, Kind.QUOTED_NAME})


@dataclass(frozen=True)
class Hole:
    """Where a name is being typed."""

    start: int
    """Where the name begins."""
    end: int
    """Behind the word that the caret is in."""
    prefix: str = ""
    """What the server would read of it up to the caret."""
    quoted: bool = False
    qualifier: tuple[str, ...] = ()
    """What stands before it and a dot."""


@dataclass(frozen=True)
class Word:
    """A token that is no comment."""

    kind: Kind
    low: str
    """In lower case; of anything quoted a quote, and 0 for what stands for a value."""
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        """Whether it can be an identifier, or a key word."""
        return self.kind in _NAMES


@dataclass
class Statement:
    """The words of one statement, and which parentheses belong together."""

    text: str
    words: list[Word]
    caret: int
    """The word before which the hole is."""
    closing: dict[int, int] = field(default_factory=dict)
    """From an opening parenthesis to the one that closes it, or to behind the last word."""

    def name(self, index: int) -> str:
        """The name that a word stands for."""
        word = self.words[index]
        return name_of(self.text[word.start : word.end])

    def low(self, index: int) -> str:
        """A word in lower case; nothing beyond the statement's ends."""
        return self.words[index].low if 0 <= index < len(self.words) else ""

    def is_name(self, index: int) -> bool:
        """Whether a word can be an identifier, or a key word."""
        return 0 <= index < len(self.words) and self.words[index].is_name

    def begins_query(self, index: int) -> bool:
        """Whether a query begins with a word, the first one in parentheses."""
        low = self.low(index)
        return low in QUERY_WORDS or (low == "values" and self.low(index + 1) == "(")

    def after(self, index: int) -> int:
        """The word behind this one, or behind the group that it opens."""
        return self.closing.get(index, index) + 1


def statement_at(text: str, caret: int) -> tuple[Statement, Hole] | None:
    """The statement around a caret; None where no name can be: in a string, a comment, a number."""
    found = list(marks(text, 0, caret))
    hole = _hole(text, caret, list(tokens(text[:caret], found[-1].place if found else 0)))
    if hole is None:
        return None
    found = [mark for mark in found if mark.place < hole.start]
    found += marks(text, hole.end, len(text))
    start, end = bounds(found, hole.start, len(text))
    before = list(tokens(text[: hole.start], start))
    qualifier = _qualifier(text, before)
    words = _words(text, before)
    place = len(words)
    words += _words(text, _without_path(text, tokens(text[:end], hole.end)))
    hole = Hole(hole.start, hole.end, hole.prefix, hole.quoted, qualifier)
    _close(words, place)
    return Statement(text, words, place, _closing(words)), hole


def _hole(text: str, caret: int, before: list[Token]) -> Hole | None:
    last = before[-1] if before and before[-1].end == caret else None
    if last is None:
        return Hole(caret, _word_end(text, caret))
    if last.kind is Kind.COMMENT:
        inside = not last.closed or text.startswith("--", last.start)
        return None if inside else Hole(caret, _word_end(text, caret))
    if last.kind is Kind.QUOTED_NAME:
        prefix = name_of(text[last.start : caret])
        if not last.closed:
            return Hole(last.start, _quote_end(text, caret), prefix, True)
        end = _quote_end(text, caret + 1) if text.startswith('"', caret) else caret
        return Hole(last.start, end, prefix, True)
    if last.kind is Kind.NAME:
        prefix = name_of(text[last.start : caret])
        glued = len(before) > 1 and before[-2].end == last.start and before[-2].kind in _NOT_BEHIND
        return None if glued else Hole(last.start, _word_end(text, caret, _REST_OF_NAME), prefix)
    if last.kind in _NOT_BEHIND or last.text(text) == ":":
        return None
    return Hole(caret, _word_end(text, caret))


def _word_end(text: str, caret: int, pattern: re.Pattern[str] = _WORD) -> int:
    """Behind the word that begins, or goes on, at the caret."""
    found = pattern.match(text, caret)
    return found.end() if found else caret


def _quote_end(text: str, caret: int) -> int:
    """Behind the quote that closes the name at the caret, if one does.

    The next quote may as well open another name: so it is if what follows the caret is whole without it.
    If both could be, or neither, an even number of quotes up to the line's end are those of other names.
    """
    found = _UP_TO_QUOTE.match(text, caret)
    if found is None:
        return caret
    opens, closes = _is_whole(text, caret), _is_whole(text, found.end())
    if opens == closes:
        line_end = text.find("\n", caret)
        closes = text.count('"', caret, line_end if line_end >= 0 else len(text)) % 2 == 1
    return found.end() if closes else caret


def _is_whole(text: str, start: int) -> bool:
    """Whether every string, name and comment from a place on has its end, as far as one looks."""
    return all(token.closed for token in tokens(text[: start + WINDOW], start))


def _qualifier(text: str, before: list[Token]) -> tuple[str, ...]:
    """Take `a.b.` off the end of the tokens and return its names; an empty one is what cannot be read."""
    parts: list[str] = []
    while before and before[-1].text(text) == ".":
        before.pop()
        if not before or before[-1].kind not in _NAMES:
            parts.append("")
            break
        parts.append(name_of(before.pop().text(text)))
    return tuple(reversed(parts))


def _without_path(text: str, found: Iterator[Token]) -> Iterator[Token]:
    """Leave out `.b.c` that goes on with the name at the caret."""
    token = next(found, None)
    while token is not None and token.text(text) == ".":
        token = next(found, None)
        if token is not None and token.kind in _NAMES:
            token = next(found, None)
    if token is not None:
        yield token
    yield from found


def _words(text: str, found: Iterable[Token]) -> list[Word]:
    words = []
    for kind, start, end, _ in found:
        if kind is Kind.COMMENT:
            continue
        low = _MARKS.get(kind) or text[start:end].translate(ASCII_LOWER)
        words.append(Word(kind, low, start, end))
    return words


def _close(words: list[Word], place: int) -> None:
    """End expressions in parentheses that are still being typed where a clause begins behind the caret.

    Else `SELECT lower(^ FROM t` would have no tables.
    """
    closing = _closing(words)
    unclosed = [opened for opened, closed in closing.items() if closed == len(words)]
    for opened in sorted(unclosed, reverse=True)[:_UNCLOSED]:
        end = _clause_behind(words, opened, max(place, opened + 1))
        if end is not None and words[opened + 1].low not in QUERY_WORDS:
            at = words[end].start
            words.insert(end, Word(Kind.PUNCTUATION, ")", at, at))


def _clause_behind(words: list[Word], opened: int, index: int) -> int | None:
    """The word from an index on with which a clause begins that is not in the parentheses."""
    closing = _closing(words)
    before = words[opened - 1].low if opened else ""
    takes_from = before in _TAKE_FROM and all(word.low != "from" for word in words[opened:index])
    while index < len(words):
        low = words[index].low
        if low in _BEGIN_A_CLAUSE and not (low == "from" and takes_from):
            return index
        takes_from = takes_from and low != "from"
        index = closing.get(index, index) + 1
    return None


def _closing(words: list[Word]) -> dict[int, int]:
    closing, opened = {}, []
    for index, word in enumerate(words):
        if word.low == "(":
            opened.append(index)
        elif word.low == ")" and opened:
            closing[opened.pop()] = index
    return closing | dict.fromkeys(opened, len(words))
