"""Names of relations as people type them: read by psql's rules, written so that they can be typed again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import nlargest

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def split_name(text: str) -> tuple[str, ...]:
    """Split `database.schema.name` at its dots, folding what is not quoted to lower case.

    As psql does for `\\d`: quotes may open anywhere, `""` inside them is one quote, a dot inside them
    divides nothing, and no quote at the end is needed
    (https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-PATTERNS). Only ASCII is folded, which is
    all that a server folds in UTF-8. `*` and `?` are not patterns here.

    >>> split_name('Shop."Odd.Table"')
    ('shop', 'Odd.Table')
    """
    parts = [""]
    quoted = False
    characters = iter(text.strip())
    pending = next(characters, "")
    while pending:
        character, pending = pending, next(characters, "")
        if character == '"' and quoted and pending == '"':
            parts[-1] += '"'
            pending = next(characters, "")
        elif character == '"':
            quoted = not quoted
        elif character == "." and not quoted:
            parts.append("")
        else:
            parts[-1] += character if quoted else character.translate(_ASCII_LOWER)
    return tuple(parts)


def quote_name(*parts: str) -> str:
    """Join schema and name so that `split_name` reads them back, with quotes where it needs them.

    >>> quote_name("shop", "Odd.Table")
    'shop."Odd.Table"'
    """
    return ".".join(part if _PLAIN.fullmatch(part) else '"' + part.replace('"', '""') + '"' for part in parts)


def nearest(wanted: str, names: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The names most like the wanted one, the best first; none that has little in common with it.

    Comparing 20,000 names letter by letter takes seconds, so shared trigrams choose the few that are.
    """
    folded = wanted.casefold()
    trigrams = _trigrams(folded)

    def shared(name: str) -> float:
        theirs = _trigrams(name.casefold())
        return 2 * len(trigrams & theirs) / (len(trigrams) + len(theirs))

    def alike(name: str) -> float:
        return SequenceMatcher(None, folded, name.casefold()).ratio()

    likely = nlargest(50, ((shared(name), name) for name in names))
    scored = ((alike(name) + overlap, name) for overlap, name in likely if overlap > 0)
    return tuple(name for score, name in nlargest(count, scored) if score > 0.7)


def _trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}
