"""Suggestions for the caret, and their order; pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from pgmem_tui.language.likeness import Match, likeness

LONGEST = 2_000
"""Characters of a label or detail: some functions have hundreds of arguments."""


class SuggestionKind(Enum):
    """What a suggestion is, in the order in which equally like ones are listed."""

    CONDITION = "condition"
    JOIN = "join"
    COLUMN = "column"
    OUTPUT = "output"
    CTE = "with"
    TABLE = "table"
    VIEW = "view"
    TYPE = "type"
    ALIAS = "alias"
    KEYWORD = "key word"
    FUNCTION = "function"
    SCHEMA = "schema"


@dataclass(frozen=True)
class Suggestion:
    """Something to put at the caret. All of it may be hostile text."""

    insert: str
    """SQL, quoted where it must be."""
    label: str
    """The name as it is, to be shown."""
    kind: SuggestionKind
    detail: str = ""
    """A column's type and table, a function's arguments, a table's schema."""


class Candidate(NamedTuple):
    """A suggestion, and what its place in the list depends on."""

    suggestion: Suggestion
    names: tuple[str, ...]
    """What may have been typed; the best counts."""
    place: int = 0
    """How far away it is: the number of its table in scope, of its schema on the search path."""
    allowed: bool = True
    """Whether the user may use it; what is not allowed comes last."""


_GROUPS = {kind: group for group, kind in enumerate(SuggestionKind)} | {
    SuggestionKind.OUTPUT: list(SuggestionKind).index(SuggestionKind.COLUMN),
    SuggestionKind.VIEW: list(SuggestionKind).index(SuggestionKind.TABLE),
}


def ranked(candidates: Iterable[Candidate], typed: str, most: int) -> tuple[Suggestion, ...]:
    """Those that match what was typed, the best first; of those that write the same, the best.

    Whole names, then beginnings, then what holds the letters; in each, by kind and by distance.

    Args:
        candidates: In any order; of equals the first stays first.
        typed: Of the name.
        most: How many at most.
    """
    kept: dict[tuple[str, int], tuple[tuple[object, ...], Suggestion]] = {}
    for number, candidate in enumerate(candidates):
        found = [like for name in candidate.names if (like := likeness(name, typed)) is not None]
        if not found:
            continue
        suggestion, like = candidate.suggestion, min(found)
        if suggestion.kind is SuggestionKind.KEYWORD and like.match > Match.WORD:
            continue
        group = _GROUPS[suggestion.kind]
        fuzzy = like.gaps if like.match is Match.SUBSEQUENCE else 0
        longer = len(candidate.names[0]) if suggestion.kind is SuggestionKind.FUNCTION else 0
        key = (not candidate.allowed, like.match, group, candidate.place, fuzzy, like.place, longer, number)
        same = suggestion.insert, group
        if same not in kept or key < kept[same][0]:
            kept[same] = (key, suggestion)
    best = heapq.nsmallest(most, kept.values(), key=lambda entry: entry[0])
    return tuple(suggestion for _, suggestion in best)
