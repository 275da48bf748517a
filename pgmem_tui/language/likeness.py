"""How well a name matches what was typed of it."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple

from pgmem_tui.language.names import ASCII_LOWER

TYPED = 64
"""Characters that are compared: no name is longer (https://www.postgresql.org/docs/current/limits.html)."""
_WORD_BEGINS = re.compile(r"(?:\A|[_\W])(?=[^\W_])|(?<=[a-z])(?=[A-Z])")


class Match(IntEnum):
    """The ways in which a name matches, the best first."""

    WHOLE = 0
    PREFIX = 1
    PREFIX_IN_OTHER_CASE = 2
    WORD = 3
    """What was typed begins a later word of it."""
    INSIDE = 4
    SUBSEQUENCE = 5
    """All that was typed is there, in order, with something between."""


class Likeness(NamedTuple):
    """How a name matches; the best is the least."""

    match: Match
    gaps: int
    """Characters between the first and the last one found that were not typed."""
    place: int
    """Where the first one was found."""


def likeness(name: str, typed: str) -> Likeness | None:
    """How a name matches what was typed; None is not at all. Nothing typed matches everything."""
    typed = typed[:TYPED]
    if name.startswith(typed):
        return Likeness(Match.WHOLE if typed and name == typed else Match.PREFIX, 0, 0)
    folded, wanted = name.lower(), typed.lower()
    if folded.startswith(wanted):
        return Likeness(Match.PREFIX_IN_OTHER_CASE, 0, 0)
    found = folded.find(wanted)
    if found >= 0:
        words = (begin.end() for begin in _WORD_BEGINS.finditer(name))
        word = next((place for place in words if folded.startswith(wanted, place)), -1)
        return Likeness(Match.WORD, 0, word) if word >= 0 else Likeness(Match.INSIDE, 0, found)
    return _subsequence(folded, wanted)


class Patterns(NamedTuple):
    """For LIKE, with names in lower case of ASCII; `\\` escapes."""

    begins: str
    holds: str
    subsequence: str


def patterns(typed: str) -> Patterns:
    """What matches at least all that `likeness` does: a letter that has another case beyond ASCII is any.

    https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE
    """
    characters = [_for_like(character) for character in typed[:TYPED]]
    together = "".join(characters)
    return Patterns(f"{together}%", f"%{together}%", "".join(["%", *(f"{each}%" for each in characters)]))


def _for_like(character: str) -> str:
    if character in r"\%_":
        return f"\\{character}"
    if not character.isascii() and character.swapcase() != character:
        return "_"
    return character.translate(ASCII_LOWER)


def _subsequence(folded: str, wanted: str) -> Likeness | None:
    first = last = -1
    for character in wanted:
        last = folded.find(character, last + 1)
        if last < 0:
            return None
        first = last if first < 0 else first
    return Likeness(Match.SUBSEQUENCE, last - first + 1 - len(wanted), first)
