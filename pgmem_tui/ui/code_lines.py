"""What is what in a Python program of psycopg2, the SQL in its strings too. Pure."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence

from pgmem_tui.language.tokens import Kind, tokens
from pgmem_tui.ui.preview_lines import COMMENT, IDENTIFIER, STRING, VALUE, WORD, Span, of_program

_SQL = "SQL("
_NAME = re.compile(r"[A-Za-z_]\w*")
_FIELD = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_KIND = re.compile(r"^    ([a-z_][a-z0-9_]*)=sql\.(Identifier|Literal)\(", re.MULTILINE)
"""What the fields of a template stand for."""


def code_spans(text: str) -> tuple[Span, ...]:
    """Names and values, key words of both languages, comments and other strings, in order."""
    marked = of_program(text)
    kinds = {name: IDENTIFIER if what == "Identifier" else VALUE for name, what in _KIND.findall(text)}
    found = list(_key_words(text, marked))
    for start, end, kind in marked:
        if kind == STRING and text[max(0, start - len(_SQL)) : start] == _SQL:
            found += _of_sql(text, start, end, kinds)
        else:
            found.append((start, end, kind))
    return tuple(sorted(found))


def _key_words(text: str, marked: Sequence[Span]) -> Iterator[Span]:
    place = 0
    for start, end, _ in (*marked, (len(text), len(text), COMMENT)):
        for found in _NAME.finditer(text, place, start):
            if keyword.iskeyword(found[0]):
                yield found.start(), found.end(), WORD
        place = end


def _of_sql(text: str, start: int, end: int, kinds: dict[str, str]) -> Iterator[Span]:
    """Key words, strings and comments of the SQL, and the places of names and values."""
    inner = text[start:end]
    taken = [
        (found.start(), found.end(), kinds.get(found[1], IDENTIFIER)) for found in _FIELD.finditer(inner)
    ]
    quotes = len('"""')
    for token in tokens(inner[quotes:-quotes]):
        word = token.text(inner[quotes:-quotes])
        kind = {Kind.STRING: STRING, Kind.COMMENT: COMMENT}.get(token.kind)
        if token.kind is Kind.NAME and word.isupper():
            kind = WORD
        first, last = token.start + quotes, token.end + quotes
        if kind and not any(first < other[1] and other[0] < last for other in taken):
            taken.append((first, last, kind))
    for first, last, kind in taken:
        yield start + first, start + last, kind
