"""Names that have the letters typed, in their order, the best first. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence

_NAMED, _BEGINS, _BEGINS_WORD, _HAS, _SCATTERED = range(5)
_BETWEEN_WORDS = frozenset(" ._-(\"'")


def misfit(name: str, term: str) -> tuple[int, int] | None:
    """How badly a term fits a name, both in lower case: smaller is better, None not at all.

    Takes time for the length of the name, whatever the letters are.
    """
    place = name.find(term)
    if place >= 0:
        if not place:
            return (_NAMED if len(name) == len(term) else _BEGINS), 0
        while place >= 0:
            if name[place - 1] in _BETWEEN_WORDS:
                # The last part of `schema.name` may be just that.
                return (_NAMED if place + len(term) == len(name) else _BEGINS_WORD), place
            place = name.find(term, place + 1)
        return _HAS, name.find(term)
    first = last = -1
    for letter in term:
        last = name.find(letter, last + 1)
        if last < 0:
            return None
        first = last if first < 0 else first
    return _SCATTERED, last - first


class FuzzyNames:
    """Finds names by their letters, quick enough for every keystroke over 20,000 of them.

    It keeps no copy of the names, only the numbers of those that match.
    """

    def __init__(
        self,
        names: Sequence[str] | Callable[[int], str],
        count: int = 0,
        also: Callable[[int], str] | None = None,
    ) -> None:
        """Nothing is looked for yet.

        Args:
            names: The names, or what gives the one of a number from 0.
            count: How many there are, where a function gives them.
            also: Gives other words by which the one of a number is found, not by scattered letters of them.
        """
        self._also = also
        self._name = names if callable(names) else names.__getitem__
        self._count = count if callable(names) else len(names)
        self._terms: tuple[str, ...] = ()
        self._matches: Sequence[int] = range(self._count)

    @property
    def count(self) -> int:
        """How many match."""
        return len(self._matches)

    def find(self, text: str, most: int) -> list[int]:
        """The numbers of the names that have the letters of each word of a text, the best first."""
        terms = tuple(text.casefold().split())
        narrower = len(terms) >= len(self._terms) and all(
            new.startswith(old) for old, new in zip(self._terms, terms, strict=False)
        )
        among: Iterable[int] = self._matches if narrower else range(self._count)
        self._terms = terms
        if not terms:
            self._matches = range(self._count)
            return list(self._matches[:most])
        ranked: list[tuple[tuple[int, int, int], int]] = []
        for number in among:
            name = self._name(number).casefold()
            worst = shift = 0
            for term in terms:
                fits = misfit(name, term)
                if self._also is not None and (fits is None or fits[0] == _SCATTERED):
                    other = misfit(self._also(number).casefold(), term)
                    fits = other if other is not None and other[0] != _SCATTERED else fits
                if fits is None:
                    break
                worst, shift = max(worst, fits[0]), shift + fits[1]
            else:
                ranked.append(((worst, shift if worst == _SCATTERED else 0, len(name)), number))
        self._matches = [number for _, number in ranked]
        return [number for _, number in heapq.nsmallest(most, ranked)]
