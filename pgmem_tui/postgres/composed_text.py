"""A composed query as text without a server, and what pasting its names and values would make. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from psycopg2 import sql

from pgmem_tui.language.keywords import NOT_A_TABLE, NOT_PLAIN
from pgmem_tui.language.tokens import Kind, Token, tokens

Span = tuple[int, int, str]
"""Start, end and what stands there: `identifier` or `value`."""

_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
_SAFE_NAME = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def written(query: sql.Composed, readable: bool = False) -> tuple[str, tuple[Span, ...]]:
    """The SQL, and where in it names and values stand.

    As libpq quotes them while `standard_conforming_strings` is on
    (https://www.postgresql.org/docs/current/sql-syntax-lexical.html).

    Args:
        query: As `composing.compose` or `readable.lines` made it.
        readable: Whether names that need no quotes have none.
    """
    quoted = name_as_needed if readable else quoted_name
    texts: list[str] = []
    spans: list[Span] = []
    length = 0
    for piece in _pieces(query):
        kind, text = "", ""
        if isinstance(piece, sql.SQL):
            text = piece.string
        elif isinstance(piece, sql.Identifier):
            kind, text = "identifier", ".".join(map(quoted, piece.strings))
        elif isinstance(piece, sql.Literal):
            kind, text = "value", _literal(piece.wrapped)
        if kind:
            spans.append((length, length + len(text), kind))
        texts.append(text)
        length += len(text)
    return "".join(texts), tuple(spans)


def quoted_name(name: str) -> str:
    """A name between quotes."""
    return '"' + name.replace('"', '""') + '"'


def name_as_needed(name: str) -> str:
    """A name between quotes if it needs them: as `quote_ident` has it.

    >>> name_as_needed("orders"), name_as_needed("Orders"), name_as_needed("order")
    ('orders', '"Orders"', '"order"')
    """
    return name if _PLAIN_NAME.match(name) and name not in NOT_PLAIN else quoted_name(name)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _pieces(query: sql.Composed) -> Iterator[sql.Composable]:
    for piece in query.seq:
        if isinstance(piece, sql.Composed):
            yield from _pieces(piece)
        else:
            yield piece


class Pasted(NamedTuple):
    """What formatting names and values into SQL as text would send. Never run it."""

    text: str
    spans: tuple[Span, ...]
    """Where each was pasted, a name part by part, a value with its quotes."""
    broken: tuple[Span, ...]
    """Those of them that PostgreSQL would read as something else."""


def pasted(lines: Sequence[sql.Composed]) -> Pasted:
    """The same names and values pasted, the values between quotes at best.

    Args:
        lines: As `composing.lines` returned them.
    """
    texts: list[str] = []
    spans: list[Span] = []
    length = 0

    def add(text: str, kind: str = "") -> None:
        nonlocal length
        if kind:
            spans.append((length, length + len(text), kind))
        texts.append(text)
        length += len(text)

    for number, line in enumerate(lines):
        add("\n" if number else "")
        for piece in _uncast(line):
            if isinstance(piece, sql.Identifier):
                for place, name in enumerate(piece.strings):
                    add("." if place else "")
                    add(name, "identifier")
            elif isinstance(piece, sql.Literal):
                value = piece.wrapped
                add(f"'{value}'" if isinstance(value, str) else str(value), "value")
            elif isinstance(piece, sql.SQL):
                plain = re.sub(r"OPERATOR\(pg_catalog\.([^)]*)\)", r"\1", piece.string)
                add(plain.replace("pg_catalog.", ""))
    text = "".join(texts)
    return Pasted(text, tuple(spans), tuple(_broken(text, spans)))


def _broken(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    found: dict[int, Token] = {token.start: token for token in tokens(text)}
    for start, end, kind in spans:
        token = found.get(start)
        whole = token is not None and token.closed and token.end == end
        if kind == "value":
            meant = whole and token is not None and token.kind in (Kind.STRING, Kind.NUMBER)
        else:
            name = text[start:end]
            meant = whole and bool(_SAFE_NAME.match(name)) and name not in NOT_A_TABLE
        if not meant:
            yield start, end, kind


def _uncast(query: sql.Composed) -> Iterator[sql.Composable]:
    """The pieces as one would write them by hand: without the casts of values."""
    inner = query.seq
    if inner and inner[0] == sql.SQL("CAST("):
        inner = inner[1:2]
    for piece in inner:
        if isinstance(piece, sql.Composed):
            yield from _uncast(piece)
        else:
            yield piece
