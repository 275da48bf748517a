"""What is what in a program that this program wrote, the SQL in its strings too. Pure."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from pgmem_tui.language.tokens import Kind, tokens
from pgmem_tui.ui.preview_lines import COMMENT, IDENTIFIER, MOST, STRING, VALUE, WORD, Span

_TOKEN = re.compile(
    r'''"""(?P<block>(?:[^"\\]|\\.|"(?!""))*)(?:"""|\Z)   # ends with the text, if that was cut
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<comment>\#[^\n]*)
    |(?P<name>[A-Za-z_]\w*)
    ''',
    re.DOTALL | re.VERBOSE,
)
"""Ours have no other strings than these."""
_FIELD = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_CALLED = {"Identifier": IDENTIFIER, "Literal": VALUE}


def code_spans(text: str) -> tuple[Span, ...]:
    """Names and values, key words of both languages, comments and other strings, in order.

    Of the characters that are looked at: `preview_lines.MOST`.
    """
    return tuple(sorted(_found(text[:MOST])))


def _found(text: str) -> Iterator[Span]:
    called = ""
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        kind = token.lastgroup
        if kind == "name":
            called = token[0]
            if keyword.iskeyword(called):
                yield start, end, WORD
        elif kind == "block" and called == "SQL":
            yield from _of_sql(text, *token.span("block"))
        else:
            yield start, end, COMMENT if kind == "comment" else _CALLED.get(called, STRING)


def _of_sql(text: str, start: int, end: int) -> Iterator[Span]:
    """Key words, strings and comments of the SQL, and the places of names and values."""
    inner = text[start:end]
    taken: list[Span] = []
    for field in _FIELD.finditer(inner):
        kind = VALUE if field[1].startswith("value") and f"{field[1]}=sql.Literal(" in text else IDENTIFIER
        taken.append((*field.span(), kind))
    places = {place for first, last, _ in taken for place in (first, last - 1)}
    for token in tokens(inner):
        known = {Kind.STRING: STRING, Kind.COMMENT: COMMENT}.get(token.kind)
        if token.kind is Kind.NAME and token.text(inner).isupper():
            known = WORD
        if known and not places.intersection(range(token.start, token.end)):
            taken.append((token.start, token.end, known))
    for first, last, kind in taken:
        yield start + first, start + last, kind
