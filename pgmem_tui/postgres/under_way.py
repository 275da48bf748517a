"""Statements that were sent and are not answered yet: at most one a connection."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pgmem_tui.postgres.wire import StatementReport

SoFar = Callable[[], StatementReport | None]
"""What is known of a statement while it runs; None before its text is. Called on any thread."""


class UnderWay:
    """Those of this program; any thread may add and look."""

    def __init__(self) -> None:
        """None is."""
        self._lock = threading.Lock()
        self._statements: dict[int, SoFar] = {}
        """By the identity of who sends."""

    def began(self, sender: object, so_far: SoFar) -> None:
        """One is sent now; `ended` must follow, whatever becomes of it."""
        with self._lock:
            self._statements[id(sender)] = so_far

    def ended(self, sender: object) -> None:
        """It was answered, or failed."""
        with self._lock:
            self._statements.pop(id(sender), None)

    def newest(self, wanted: Callable[[StatementReport], bool]) -> StatementReport | None:
        """The one that was sent last of those that are wanted, with its seconds up to now; or none."""
        with self._lock:
            asked = list(self._statements.values())
        found = (report for so_far in asked if (report := so_far()) is not None)
        return max(filter(wanted, found), key=lambda report: report.started, default=None)


RUNNING = UnderWay()
"""What runs on the connections of `connection.connect`."""
