"""Completion of what is being typed, asked on the catalog's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from psycopg2 import errors

from pgmem_tui.language.context import context
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.postgres import suggesting
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.suggestion import Suggestion, SuggestionKind

__all__ = ["LIMIT", "Complete", "Completed", "Suggestion", "SuggestionKind"]

LIMIT = 200
"""Suggestions at most."""


@dataclass(frozen=True)
class Completed(CatalogEvent):
    """The answer to `Complete`."""

    start: int
    """The text from here to `end` is what a suggestion takes the place of."""
    end: int
    """Behind the whole word that the caret is in."""
    suggestions: tuple[Suggestion, ...]
    """The best first, `LIMIT` at most."""


@dataclass(frozen=True)
class Complete(CatalogRequest):
    """What could stand at the caret, answered by `Completed`.

    All are equal, so that a new one takes the place of one that still waits: only the last matters.
    """

    text: str = field(compare=False, repr=False)
    """Everything in the editor."""
    caret: int = field(compare=False)
    """An index into it."""

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> Completed:
        """Look at the text, then ask the catalog for what fits."""
        there = context(self.text, self.caret)
        try:
            found = suggesting.suggest(connection, there, LIMIT)
        except (ValueError, errors.UntranslatableCharacter, errors.CharacterNotInRepertoire):
            # A name that the connection or the database cannot write: nothing there has it.
            found = suggesting.key_words(there, LIMIT)
        found = tuple(self._apart(each, there.start, there.end) for each in found)
        return Completed(self.generation, there.start, there.end, found)

    def _apart(self, suggestion: Suggestion, start: int, end: int) -> Suggestion:
        """Keep what is inserted from growing together with what stands right beside it."""
        insert = suggestion.insert
        before, behind = self.text[start - 1 : start], self.text[end : end + 1]
        if insert.startswith('"') and before and before in '"&':
            insert = " " + insert
        if _goes_on(insert[-1]) and _goes_on(behind):
            insert += " "
        return suggestion if insert == suggestion.insert else replace(suggestion, insert=insert)


def _goes_on(character: str) -> bool:
    """Whether a word or a quoted name may go on with it."""
    return bool(character) and (character.isalnum() or character in "_$'\"" or not character.isascii())
