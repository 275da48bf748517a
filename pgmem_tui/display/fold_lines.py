"""Lines of a tree with folded branches, by keys that outlast their replacement: which are shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class FoldLine(NamedTuple):
    """One line."""

    key: str
    """Unique, and the same when the line comes again with other values."""
    depth: int
    text: str
    cells: tuple[str, ...] = ()
    """What stands at its right."""
    look: str = ""
    """`head`, `facts` (one above facts), `fact` (two cells side by side), `mine`, `note` or `error`; empty is
    plain."""


class FoldLines:
    """A tree, each line before those below it."""

    def __init__(self) -> None:
        """No lines."""
        self.lines: Sequence[FoldLine] = ()
        self.visible: list[int] = []
        """Numbers of the lines that are shown."""
        self._folded: set[str] = set()

    def replace(self, lines: Sequence[FoldLine], fold: Iterable[str] = ()) -> None:
        """Take other lines; what is folded stays so.

        Args:
            lines: All of them.
            fold: Keys to fold as well.
        """
        self.lines = lines
        self._folded |= set(fold)
        self._folded &= {line.key for line in lines}
        self._flatten()

    def folds(self, number: int) -> bool:
        """Whether a line has others below it."""
        return number + 1 < len(self.lines) and self.lines[number + 1].depth > self.lines[number].depth

    def folded(self, number: int) -> bool:
        """Whether they are hidden."""
        return self.lines[number].key in self._folded and self.folds(number)

    def is_open(self, key: str) -> bool:
        """Whether what is below the line of that key would be shown."""
        return key not in self._folded

    def fold(self, number: int, fold: bool) -> None:
        """Hide what is below a line, or show it."""
        (self._folded.add if fold else self._folded.discard)(self.lines[number].key)
        self._flatten()

    def parent(self, number: int) -> int:
        """The line that a line is below; itself if it is below none."""
        depth = self.lines[number].depth
        above = (n for n in range(number - 1, -1, -1) if self.lines[n].depth < depth)
        return next(above, number)

    def section(self, number: int) -> int:
        """The line at the top of a line's branch."""
        while self.lines[number].depth:
            number = self.parent(number)
        return number

    def _flatten(self) -> None:
        self.visible, below = [], -1
        for number, line in enumerate(self.lines):
            if 0 <= below < line.depth:
                continue
            self.visible.append(number)
            below = line.depth if self.folded(number) else -1
