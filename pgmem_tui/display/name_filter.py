"""Which of many names hold what is typed, quick enough for every keystroke."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class NameFilter:
    """Finds names that hold every term, in any case. It keeps them in lower case, about 100 bytes each."""

    def __init__(self, names: Iterable[str]) -> None:
        """Remember the names; `narrow` counts them from 0."""
        self._folded = [name.casefold() for name in names]
        self.terms: tuple[str, ...] = ()
        self.matches: list[int] = []
        """The numbers of the names found, rising."""
        self.kept: set[int] = set()
        """The matches and all that is above them in the tree."""

    def narrow(self, terms: tuple[str, ...], parents: Sequence[int]) -> None:
        """Look for other terms; quicker if what did not match before cannot match now.

        Args:
            terms: In lower case.
            parents: What is above each name; below 0 there is nothing above.
        """
        narrower = self.terms and all(any(old in new for new in terms) for old in self.terms)
        nodes: Iterable[int] = self.matches if narrower else range(len(self._folded))
        for term in terms:
            nodes = [node for node in nodes if term in self._folded[node]]
        self.terms, self.matches = terms, list(nodes)
        self.kept = kept = set(self.matches)
        for node in self.matches:
            above = parents[node]
            while above not in kept:
                kept.add(above)
                above = parents[above] if above >= 0 else above
