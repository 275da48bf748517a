"""Rows of a value: what a view asks of any form of it. Pure.

A place is where a row begins, an int that grows from row to row; what it counts is the form's own.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from pgmem_tui.display.values.spans import Span


class Row(NamedTuple):
    """One line on the screen."""

    place: int
    text: str
    """As the value has it, for `Lines.spans`."""
    label: str = ""
    """What stands before it: an offset, an indentation."""
    mark: str = ""
    """What stands behind it: what was folded or cut."""


class NotHeld(Exception):
    """Bytes [first, end) of the value are needed, and not in the window."""

    def __init__(self, first: int, end: int) -> None:
        """Say which."""
        super().__init__(f"bytes {first} to {end} are not held")
        self.first, self.end = first, end


class Lines(Protocol):
    """A value as rows of some width."""

    name: str
    """The form, in a word."""

    @property
    def end(self) -> int:
        """The place behind the last row."""

    def rows(self, place: int, count: int) -> tuple[list[Row], NotHeld | None]:
        """Rows from a place on; fewer at the end, or where bytes are missing, which are told then."""

    def back(self, place: int, count: int) -> int:
        """The place that many rows before another, or the first.

        Raises:
            NotHeld: Bytes are missing.
        """

    def at(self, place: int) -> int:
        """Where the row begins that has a place in it.

        Raises:
            NotHeld: Bytes are missing.
        """

    def spans(self, row: Row, left: int, width: int) -> list[Span]:
        """What to paint of a row from cell `left` on, `width` cells at most."""
