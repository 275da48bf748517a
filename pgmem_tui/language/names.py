"""Identifiers as the server reads them.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
"""

from __future__ import annotations

import re

ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
"""All that a server folds in UTF-8."""
_UNICODE_ESCAPE = re.compile(r"\\(?:\\|([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6}))")


def name_of(written: str) -> str:
    """The name that a word or quoted name stands for; the quote at its end may be missing.

    >>> name_of('Events'), name_of('"Odd ""Na'), name_of('U&"d\\\\0061ta"')
    ('events', 'Odd "Na', 'data')
    """
    escaped = written[:3] in ('u&"', 'U&"')
    if not escaped and not written.startswith('"'):
        return written.translate(ASCII_LOWER)
    inner = written[3:] if escaped else written[1:]
    quotes = len(inner) - len(inner.rstrip('"'))
    if quotes % 2:
        inner = inner[:-1]
    name = inner.replace('""', '"')
    return _UNICODE_ESCAPE.sub(_character, name) if escaped else name


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    if not code:
        return "\\"
    number = int(code, 16)
    return chr(number) if 0 < number <= 0x10FFFF else escape[0]
