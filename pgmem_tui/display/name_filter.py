"""Which of many names hold what is typed, quick enough for every keystroke."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence


class NameFilter:
    """Finds names that hold every term, in any case.

    It keeps no copy of the names: folding 20,000 takes some milliseconds, and only the first letters typed
    look at all of them. It holds nine bytes a name.
    """

    def __init__(self, name: Callable[[int], str], parents: Sequence[int], above: int) -> None:
        """Nothing is looked for yet.

        Args:
            name: The name of that number, from 0.
            parents: The number of what is above each name in the tree; from -1 down, what has nothing above.
            above: How many of those there are.
        """
        self._name = name
        self._parents = parents
        self._above = above
        self.terms: tuple[str, ...] = ()
        self.matches: Sequence[int] = range(len(parents))
        """The numbers of the names found, rising."""
        self.kept = bytearray()
        """1 for each match and all that is above one; numbers below 0 count from the end."""

    def narrow(self, terms: tuple[str, ...]) -> None:
        """Look for other terms, in lower case; only among the matches if nothing else can match now."""
        parents, name = self._parents, self._name
        narrower = all(any(old in new for new in terms) for old in self.terms)
        nodes: Iterable[int] = self.matches if narrower else range(len(parents))
        for term in terms:
            nodes = [node for node in nodes if term in name(node).casefold()]
        self.terms, self.matches = terms, array("l", nodes)
        self.kept = kept = bytearray(len(parents) + self._above)
        for node in self.matches:
            while not kept[node]:
                kept[node] = 1
                node = parents[node] if node >= 0 else node
