"""Plans of one thing, on the screen's thread: what was asked of the second connection, and what is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

from pgmem_tui.display import quantities
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.explaining import Difference, Explained, ExplainTarget, Explanation, Wanted
from pgmem_tui.paging.requests import Target
from pgmem_tui.postgres.errors import Problem

_GENERATIONS = count(1)
"""Of all screens: what the last one asked is not taken for what this one asked."""


class Explaining:
    """Asks for plans, one question at a time, and holds the newest of each."""

    def __init__(
        self,
        target: Target,
        cell_limit: int,
        catalog: CatalogSession,
        changed: Callable[[], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Nothing is asked yet.

        Args:
            target: What to explain.
            cell_limit: Characters after which the cursor's SELECT cuts a value.
            catalog: Asks the server.
            changed: Called when there are other plans.
            failed: Called when there are none, with why.
        """
        self.plans: dict[Wanted, Explanation | Problem] = {}
        """Of the query and of the cursor; empty before the first answer."""
        self.difference: Difference | None = None
        self._target, self._cell_limit, self._catalog = target, cell_limit, catalog
        self._changed, self._failed = changed, failed
        self._asked: ExplainTarget | None = None
        self._since = 0.0

    def __bool__(self) -> bool:
        """Whether an answer is waited for."""
        return self._asked is not None

    @property
    def progress(self) -> str:
        """What is waited for and how long; empty for nothing."""
        if self._asked is None:
            return ""
        what = "running it" if self._asked.analyze else "asking for the plan"
        return f"{what} … {quantities.seconds(time.monotonic() - self._since)}, esc cancels"

    def ask(self, analyze: bool = False, wanted: Wanted = Wanted.BOTH) -> None:
        """Ask for plans; to analyze runs what is wanted."""
        self._since = time.monotonic()
        self._asked = ExplainTarget(
            self._target, analyze, wanted, self._cell_limit, generation=next(_GENERATIONS)
        )
        self._catalog.request(self._asked)

    def cancel(self) -> bool:
        """Give up what was asked; False if nothing was."""
        asked, self._asked = self._asked, None
        if asked is not None:
            self._catalog.cancel(asked)
        return asked is not None

    def hear(self, event: CatalogEvent) -> bool:
        """Take an answer; False if it is not about plans."""
        asked = event.request if isinstance(event, CatalogFailed | Explained) else None
        if not isinstance(asked, ExplainTarget):
            return False
        if asked != self._asked:
            return True  # nobody waits for it any longer
        self._asked = None
        if isinstance(event, CatalogFailed):
            self._failed(event.problem)
        elif isinstance(event, Explained):
            for wanted, found in ((Wanted.QUERY, event.query), (Wanted.CURSOR, event.cursor)):
                if found is not None:
                    self.plans[wanted] = found
            self.difference = event.difference or self.difference
            self._changed()
        return True
