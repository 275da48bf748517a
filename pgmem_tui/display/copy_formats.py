"""Values as text, CSV or JSON, for the clipboard. Pure.

Values are what the server wrote; None is NULL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import chain

Values = Sequence[str | None]


class Kind(Enum):
    """What JSON makes of a value."""

    NUMBER = "number"
    """A number, where it is one in JSON: `NaN` and `$1,000.00` are strings."""
    BOOLEAN = "boolean"
    JSON = "json"
    """Itself, where it is whole."""
    STRING = "string"


_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NEEDS_QUOTES = re.compile('[,"\r\n]')
_BOOLEANS = {"t": "true", "f": "false", "true": "true", "false": "false"}
_ESCAPES = str.maketrans(
    {"\\": r"\\", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
)


def text_lines(rows: Iterable[Values]) -> Iterator[str]:
    r"""Rows as COPY's text format: tabs between, `\N` for NULL, `\n` for a line break in a value.

    https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
    """
    for row in rows:
        yield "\t".join([r"\N" if value is None else _escaped(value) for value in row])


def csv_lines(names: Sequence[str], rows: Iterable[Values]) -> Iterator[str]:
    """A header and rows as COPY writes CSV: NULL is nothing, an empty string `""`."""
    for row in chain([names], rows):
        yield ",".join([_csv(value, len(row) == 1) for value in row])


def json_value(value: str | None, kind: Kind) -> str:
    """One value."""
    if value is None:
        return "null"
    if (kind is Kind.NUMBER and _NUMBER.fullmatch(value)) or (kind is Kind.JSON and _is_json(value)):
        return value
    if kind is Kind.BOOLEAN and value in _BOOLEANS:
        return _BOOLEANS[value]
    return json.dumps(value, ensure_ascii=False)


def json_object(names: Sequence[str], row: Values, kinds: Sequence[Kind]) -> str:
    """A row; a name that two columns have stands there twice, as `row_to_json` has it."""
    cells = zip(names, row, kinds, strict=True)
    pairs = [
        f"{json.dumps(name, ensure_ascii=False)}: {json_value(value, kind)}" for name, value, kind in cells
    ]
    return f"{{{', '.join(pairs)}}}"


def _escaped(value: str) -> str:
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def _csv(value: str | None, alone: bool) -> str:
    if value is None:
        return ""
    # A line of `\.` alone would end the data for COPY of before PostgreSQL 18.
    if value and not _NEEDS_QUOTES.search(value) and not (alone and value == r"\."):
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def _is_json(value: str) -> bool:
    try:
        json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> None:
    raise ValueError(constant)
