"""The user's statements that nobody knows yet what became of."""

from __future__ import annotations

import time
from typing import NamedTuple

from pgmem_tui.paging import requests as rq

MOST = 1000
"""Of those that were given up before they were sent nobody is told anything."""


class Asked(NamedTuple):
    """One of them."""

    text: str
    """SQL."""
    at: float
    """When it was asked for, by the monotonic clock."""
    counts: bool
    """Whether the number of its rows may be known only later."""


class InFlight:
    """Them, by generation."""

    def __init__(self) -> None:
        """None yet."""
        self._asked: dict[int, Asked] = {}

    def add(self, generation: int, target: rq.Target, text: str = "") -> None:
        """Something is asked for now.

        Args:
            generation: Of its result.
            target: What it is.
            text: The statement, if the user has put it together; what is written says it itself.
        """
        if isinstance(target, rq.UserQuery | rq.Statement):
            text = target.sql
        if text:
            counts = not isinstance(target, rq.Statement)
            self._asked[generation] = Asked(text, time.monotonic(), counts)
            if len(self._asked) > MOST:
                del self._asked[min(self._asked)]

    def take(self, generation: int) -> Asked | None:
        """What was asked for with a generation; once, and None if that was no statement of the user's."""
        return self._asked.pop(generation, None)
