"""The lines of a value with structure, and which of them belong together. Pure.

Lines are slices of the value's own text, so nothing is rewritten: no number loses a digit, no key is
dropped for being there twice. Four numbers a line are all that is held besides the text.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

LONGEST = 2**20
"""Bytes of a value of which an outline is made; its lines then take 7 MB at most."""
DEEPEST = 2000
"""Levels of nesting; each is a few characters to the right of the one around it."""
ASK_EVERY = 4096
"""Tokens between two looks at whether anybody still waits."""


class NoOutline(Exception):
    """The text is not what it should be, or nobody waits for it any longer."""


@dataclass(frozen=True)
class Outline:
    """A text in lines."""

    form: str
    """JSON, XML, elements, fields."""
    text: str = field(repr=False)
    begins: array[int] = field(repr=False)
    """Index of each line's first character."""
    ends: array[int] = field(repr=False)
    """Index behind its last one."""
    depths: array[int] = field(repr=False)
    """How many lines are open around it."""
    closes: array[int] = field(repr=False)
    """The line that closes what this one opens; itself where it opens nothing."""

    def __len__(self) -> int:
        return len(self.begins)


class OutlineMaker:
    """Collects lines, and keeps count of what is open."""

    def __init__(self, form: str, text: str, given_up: Callable[[], bool] = lambda: False) -> None:
        """Begin without lines.

        Args:
            form: See `Outline`.
            text: The value.
            given_up: Whether nobody waits any longer; asked now and then.
        """
        self.outline = Outline(form, text, array("I"), array("I"), array("H"), array("I"))
        self._open: list[int] = []
        self._given_up = given_up
        self._tokens = 0

    @property
    def depth(self) -> int:
        """How many lines are open."""
        return len(self._open)

    def token(self) -> None:
        """Take note of one more token.

        Raises:
            NoOutline: Nobody waits.
        """
        self._tokens += 1
        if self._tokens % ASK_EVERY == 0 and self._given_up():
            raise NoOutline("cancelled")

    def line(self, begin: int, end: int) -> None:
        """A line in what is open."""
        what = self.outline
        what.closes.append(len(what.begins))
        what.begins.append(begin)
        what.ends.append(end)
        what.depths.append(len(self._open))

    def extend(self, end: int) -> None:
        """The last line reaches that far."""
        self.outline.ends[-1] = end

    def open(self, begin: int, end: int) -> None:
        """A line that opens something.

        Raises:
            NoOutline: It is nested too deeply.
        """
        if len(self._open) >= DEEPEST:
            raise NoOutline(f"nested more than {DEEPEST:,} levels deep")
        self.line(begin, end)
        self._open.append(len(self.outline.begins) - 1)

    def close(self, begin: int, end: int) -> int:
        """A line that closes what was opened last. Returns where the line that opened it begins.

        Raises:
            NoOutline: Nothing is open.
        """
        if not self._open:
            raise NoOutline(f"closed without being open, at character {begin + 1:,}")
        opened = self._open.pop()
        self.line(begin, end)
        self.outline.closes[opened] = len(self.outline.begins) - 1
        return self.outline.ends[opened] - 1

    def done(self) -> Outline:
        """The outline.

        Raises:
            NoOutline: Something is still open, or there is nothing.
        """
        if self._open:
            raise NoOutline("not closed at the end")
        if not self.outline.begins:
            raise NoOutline("empty")
        return self.outline
