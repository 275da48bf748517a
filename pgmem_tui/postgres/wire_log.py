"""The last statements that the program has sent, over all its connections: a ring with a bound."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from pgmem_tui.postgres.wire import StatementReport

MOST_REPORTS = 2000
MOST_HOUSEKEEPING = 200
"""Of those: the program asks for memory every second, and an idle hour must not push out all else."""
MOST_BYTES = 2**20
"""Of memory that the texts take."""


class Numbered(NamedTuple):
    """A statement, and the how manyth of the program it is, from 1."""

    number: int
    report: StatementReport


class WireLog:
    """Keeps the newest reports; any thread may add and look."""

    def __init__(self, most_reports: int = MOST_REPORTS, most_bytes: int = MOST_BYTES) -> None:
        """Keep nothing yet.

        Args:
            most_reports: How many are kept.
            most_bytes: Memory that the texts of those may take.
        """
        self._most_reports, self._most_bytes = most_reports, most_bytes
        self._lock = threading.Lock()
        self._asked: deque[Numbered] = deque()
        self._house: deque[Numbered] = deque()
        """Housekeeping."""
        self._nbytes = 0
        self._newest = 0

    @property
    def newest(self) -> int:
        """The number of the last statement; 0 before the first."""
        return self._newest

    @property
    def lost(self) -> int:
        """How many have fallen out."""
        with self._lock:
            return self._newest - len(self._asked) - len(self._house)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the texts take."""
        return self._nbytes

    def add(self, report: StatementReport) -> None:
        """Keep a report, in the place of the oldest if there is no room. Takes a microsecond."""
        size = sys.getsizeof(report.sql)
        with self._lock:
            self._newest += 1
            (self._house if report.housekeeping else self._asked).append(Numbered(self._newest, report))
            self._nbytes += size
            while self._too_many():
                self._nbytes -= sys.getsizeof(self._oldest().popleft().report.sql)

    def _too_many(self) -> bool:
        house = len(self._house)
        if house > MOST_HOUSEKEEPING or house + len(self._asked) > self._most_reports:
            return True
        return self._nbytes > self._most_bytes

    def _oldest(self) -> deque[Numbered]:
        """Those of which the oldest goes first."""
        if len(self._house) > MOST_HOUSEKEEPING or not self._asked:
            return self._house
        older = self._house and self._house[0].number < self._asked[0].number
        return self._house if older else self._asked

    def since(self, number: int) -> tuple[Numbered, ...]:
        """Those that are kept with a higher number, oldest first."""
        with self._lock:
            newer = [
                kept
                for some in (self._asked, self._house)
                for kept in takewhile(lambda kept: kept.number > number, reversed(some))
            ]
        return tuple(sorted(newer, key=lambda kept: kept.number))

    def __iter__(self) -> Iterator[Numbered]:
        return iter(self.since(0))


SENT = WireLog()
"""What this program has sent on the connections of `connection.connect`."""
