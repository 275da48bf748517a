"""How a search's cursor is read: often enough to tell how far it has come."""

from __future__ import annotations

import time
from collections.abc import Iterator

from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.server_cursor import ServerCursor

FETCH_SECONDS = 0.15
"""How long one FETCH of a search aims to take: that often there is progress, and a way out."""
MOST_FETCHED = 1000
"""Rows of one FETCH at most; each stands for `matching.EVERY`, or is a hit."""


def fetched(cursor: ServerCursor) -> Iterator[Row]:
    """The rows of a search's cursor, one after the other, in FETCHes that take about equally long."""
    count = 1
    while True:
        started = time.perf_counter()
        rows = cursor.fetch(count)
        seconds = time.perf_counter() - started
        yield from rows
        if len(rows) < count:
            return
        if seconds < FETCH_SECONDS / 2:
            count = min(2 * count, MOST_FETCHED)
        elif seconds > FETCH_SECONDS * 2:
            count = max(1, count // 2)
