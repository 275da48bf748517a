"""What is what in a program that this program wrote, the SQL in its strings too. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgmem_tui.language.highlighting import Look
from pgmem_tui.language.python_parts import parts
from pgmem_tui.language.tokens import Kind, tokens
from pgmem_tui.ui.preview_lines import COMMENT, IDENTIFIER, MOST, STRING, VALUE, WORD, Span

_BLOCK = '"""'
_FIELD = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_CALLED = {"Identifier": IDENTIFIER, "Literal": VALUE}


def code_spans(text: str) -> tuple[Span, ...]:
    """Names and values, key words of both languages, comments and other strings, in order.

    Of the characters that are looked at: `preview_lines.MOST`.
    """
    return tuple(sorted(_found(text[:MOST])))


def _found(text: str) -> Iterator[Span]:
    for start, end, look, called in parts(text):
        if look is Look.KEY_WORD:
            yield start, end, WORD
        elif look is Look.COMMENT:
            yield start, end, COMMENT
        elif look is Look.STRING and called == "SQL" and text.startswith(_BLOCK, start):
            begin = start + len(_BLOCK)
            closed = text.endswith(_BLOCK, begin, end)  # or cut
            yield from _of_sql(text, begin, end - len(_BLOCK) if closed else end)
        elif look is Look.STRING:
            yield start, end, _CALLED.get(called, STRING)


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
