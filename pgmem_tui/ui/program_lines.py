"""Python and SQL as lines with their parts told apart. Pure."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator
from functools import lru_cache

from pgmem_tui.language.highlighting import Look, spans
from pgmem_tui.language.lines import opened_behind
from pgmem_tui.ui.text_lines import (
    COMMENT,
    KEY_WORD,
    NAME,
    NUMBER,
    PLAIN,
    STRING,
    Line,
    line,
)

MOST_LINES = 2000
"""Of one program that are looked at."""
_SQL = {
    Look.KEY_WORD: KEY_WORD,
    Look.FUNCTION: NAME,
    Look.STRING: STRING,
    Look.QUOTED_NAME: NAME,
    Look.NUMBER: NUMBER,
    Look.COMMENT: COMMENT,
}
Marks = list[tuple[int, int, str]]


@lru_cache(maxsize=64)
def python(source: str) -> tuple[Line, ...]:
    """A program, or a piece of one, line by line."""
    texts = source.rstrip("\n").split("\n")[:MOST_LINES]
    marks: list[Marks] = [[] for _ in texts]
    for first, start, last, end, kind in _python_parts(source):
        for row in range(first, min(last, len(texts) - 1) + 1):
            marks[row].append((start if row == first else 0, end if row == last else len(texts[row]), kind))
    return tuple(_marked(text, found) for text, found in zip(texts, marks, strict=True))


@lru_cache(maxsize=64)
def sql(source: str) -> tuple[Line, ...]:
    """SQL, line by line."""
    texts = source.rstrip("\n").split("\n")[:MOST_LINES]
    lines, opened = list[Line](), ""
    for text in texts:
        marks = [(span.start, span.end, _SQL.get(span.look, PLAIN)) for span in spans(text, opened)]
        lines.append(_marked(text, marks))
        opened = opened_behind(text, opened)
    return tuple(lines)


def _python_parts(source: str) -> Iterator[tuple[int, int, int, int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            kind = ""
            if token.type == tokenize.COMMENT:
                kind = COMMENT
            elif token.type == tokenize.NUMBER:
                kind = NUMBER
            elif token.type == tokenize.NAME and keyword.iskeyword(token.string):
                kind = KEY_WORD
            elif token.type == tokenize.STRING or tokenize.tok_name[token.type].startswith("FSTRING"):
                kind = STRING
            if kind:
                yield token.start[0] - 1, token.start[1], token.end[0] - 1, token.end[1], kind
    except (tokenize.TokenError, SyntaxError):  # a piece of a program: what is known so far serves
        return


def _marked(text: str, marks: Marks) -> Line:
    place, parts = 0, list[tuple[str, str]]()
    for start, end, kind in marks:
        if start >= place and end > start:
            parts += [(text[place:start], PLAIN), (text[start:end], kind)]
            place = end
    return line(*parts, (text[place:], PLAIN))
