"""Puts each statement that is run into the history, with what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pgmem_tui.paging import events as ev
from pgmem_tui.postgres.connection import ServerInfo
from pgmem_tui.ui.browsing import Browsing

if TYPE_CHECKING:
    from pgmem_tui.history.journal import Journal
    from pgmem_tui.history.store import Entry


class Recording:
    """Listens to what the session tells about what is open. Never records a value of a row or a parameter.

    What was composed is recorded as its SQL, with the values of its conditions; sorting and narrowing in the
    grid are no statements of the user's.
    """

    def __init__(self, browsing: Browsing, journal: Callable[[], Journal | None]) -> None:
        """Nothing is recorded yet.

        Args:
            browsing: What is open.
            journal: Opens the history, or says that there is none; asked when it is needed, as that
                takes imports.
        """
        self.database = ""
        """Where statements are run now, as `user@host:port/dbname`; empty before the first connection."""
        self._browsing, self._journal = browsing, journal
        self._uncounted: tuple[int, Entry] | None = None
        """The generation of what was recorded last, and its entry, while its rows are not counted."""

    @property
    def journal(self) -> Journal | None:
        """The history; None if the user wants none."""
        return self._journal()

    def handle(self, event: ev.Event) -> None:
        """Take note of an event, before anybody else keeps it."""
        if isinstance(event, ev.Connected):
            self.database = database(event.server)
        elif isinstance(event, ev.PageRead):
            known = event.row_count if event.exact else None
            self._rows(event.generation, known if event.total is None else event.total)
        elif isinstance(event, ev.EndFound):
            self._rows(event.generation, event.row_count)
        elif isinstance(event, ev.Ran):
            rows = event.rows if event.rows >= 0 else None
            self._record(event.generation, rows, failed=False, seconds=event.seconds)
        elif isinstance(event, ev.Failed | ev.Cancelled | ev.Lost):
            self._record(event.generation, None, failed=True)

    def _rows(self, generation: int, count: int | None) -> None:
        """Rows arrived: the first ones, or later ones with which their number is known."""
        self._record(generation, count, failed=False)
        waiting, journal = self._uncounted, self.journal
        if count is not None and waiting is not None and waiting[0] == generation and journal is not None:
            journal.counted(waiting[1], count)
            self._uncounted = None

    def _record(self, generation: int, rows: int | None, failed: bool, seconds: float | None = None) -> None:
        """Record what was run, be it still open or not; once, and only a statement of the user's."""
        asked = self._browsing.in_flight.take(generation)
        if asked is None or (journal := self.journal) is None:
            return
        from pgmem_tui.history.store import Entry

        took = time.monotonic() - asked.at
        at, lasted = time.time() - took, took if seconds is None else seconds
        entry = Entry(asked.text, at, lasted, rows, self.database, failed)
        journal.add(entry)
        counts = rows is None and not failed and asked.counts
        self._uncounted = (generation, entry) if counts else None


def database(server: ServerInfo) -> str:
    """Name a database as `ann@db1:5432/shop`, `ann@[local]:5432/shop` for a socket. Holds no password."""
    host = server.host
    if not host or host.startswith(("/", "@")):
        host = "[local]"
    elif ":" in host:
        host = f"[{host}]"
    return f"{server.user}@{host}:{server.port}/{server.database}"
