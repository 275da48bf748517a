"""Looks at the cursor while the inspector is open: when it has moved, and at most twice a second."""

from __future__ import annotations

import time
from math import inf
from typing import TYPE_CHECKING

from pgmem_tui.display import quantities
from pgmem_tui.display.fold_lines import FoldLine
from pgmem_tui.paging import events as ev
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.inspecting import Inspect, Inspected, Operate, Operated
from pgmem_tui.paging.snapshot_age import AskSnapshotAge, SnapshotAge
from pgmem_tui.postgres.cursor_operation import Operation, parse
from pgmem_tui.postgres.errors import Problem, Refused
from pgmem_tui.postgres.inspected import OpenTransaction, Part
from pgmem_tui.postgres.plan import Plan
from pgmem_tui.ui import cursor_bar, inspector_lines, operation_lines
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.cursor_bar import Standing
from pgmem_tui.ui.inspector_lines import MEMORY, PAGES, PLAN, TRANSACTION

if TYPE_CHECKING:
    from pgmem_tui.ui.widgets.data_grid import DataGrid
    from pgmem_tui.ui.widgets.inspector_pane import InspectorPane

EVERY = 0.5
"""Seconds between two looks at least."""
SHARE = 5
"""Looking takes at most this part of the connection's time: over a slow line, fewer looks."""
QUIET = 5.0
"""Seconds after which one looks again though nothing moved: ages, memory."""
LATE = 10.0
"""Seconds after which an answer will not come: a stream drops the question."""


class Inspecting:
    """What the inspector knows, on the screen's thread."""

    def __init__(
        self, pane: InspectorPane, grid: DataGrid, browsing: Browsing, catalog: CatalogSession
    ) -> None:
        """Nothing is asked yet.

        Args:
            pane: Shows it; mounted.
            grid: Says which rows are on the screen.
            browsing: What is open.
            catalog: Tells how old the snapshot is.
        """
        self.operating: Operation | None = None
        """What was sent and not answered yet."""
        self._operated_in = 0
        """The generation that it was sent in."""
        self._pane, self._grid, self._browsing = pane, grid, browsing
        self._standing, self._scrollable = Standing(), True
        """Where the cursor stands, and whether it may go back."""
        self._found: Inspected | None = None
        self._plan: tuple[str, Plan] | None = None
        """Of the cursor of that name."""
        self._catalog, self._age = catalog, SnapshotAge(0, "", 0)
        self._aged_of, self._aged = "", 0.0
        """Whose age was asked for last, by its xmin, and when; never again if that failed."""
        pane.lost = browsing.lost
        self._found_at = 0.0
        """When what was found was so, in epoch seconds."""
        self._done: list[FoldLine] = []
        self._moved = True
        self._asked = self._answered = 0.0
        self._waiting = False
        self._folded = False

    # -- from the pane and the clock ---------------------------------------------------------------

    def begin(self) -> None:
        """Ask for the first time."""
        self._draw()
        self.look()

    def cancel(self) -> bool:
        """Give up the statement that runs; False if none does."""
        if self.operating is not None:
            self._browsing.session.cancel()
        return self.operating is not None

    def tick(self) -> None:
        """Look again if something moved, and draw the bar."""
        self._draw()
        now, found = time.monotonic(), self._found
        rest = max(EVERY, SHARE * found.taken) if found is not None else 0.0
        late = self._waiting and now - self._asked > LATE
        quiet = now - self._answered > QUIET
        if self._browsing.stream.running or self._browsing.lost or self.operating is not None:
            return
        if (late or not self._waiting) and (self._moved or quiet) and now - self._answered >= rest:
            self.look()

    def look(self) -> None:
        """Ask, whatever was asked before; not where there is nobody to ask."""
        if self._pane.lost:
            self._pane.status.show((operation_lines.LOST, ""))
            return
        self._asked, self._waiting, self._moved = time.monotonic(), True, False
        self._browsing.ask(Inspect(self._browsing.result.generation, frozenset(self._wanted())))

    def _wanted(self) -> list[Part]:
        folded = self._pane.facts.tree_lines
        wanted = [part for key, part in inspector_lines.PARTS.items() if key != PLAN and folded.is_open(key)]
        if folded.is_open(PLAN) and (self._plan is None or self._plan[0] != self._standing.name):
            wanted.append(Part.PLAN)
        return wanted

    def operate(self, text: str) -> None:
        """Send one statement about the cursor."""
        if self.operating is not None:
            self._pane.status.show(("one is still running: esc cancels it", ""))
            return
        try:
            operation = parse(text)
        except Refused as error:
            self._failed(text, Problem(str(error), advice=error.advice), sent=False)
            return
        self.operating, self._operated_in = operation, self._browsing.result.generation
        self.show_status()
        self._browsing.ask(Operate(self._browsing.result.generation, operation))

    # -- from the session --------------------------------------------------------------------------

    def hear(self, event: ev.Event) -> bool:
        """Take what is about the cursor; others get all but answers, and why there is none."""
        generation = getattr(event, "generation", self._browsing.result.generation)
        if isinstance(event, Inspected | Operated):
            if generation == self._browsing.result.generation:
                self._answer(event)
            return True
        if isinstance(event, ev.CursorState):
            self._standing = Standing(event.name, event.position, event.row_count, event.row)
            self._scrollable = event.scrollable
            self._moved = True
            self._draw()
        elif isinstance(event, ev.Opened | ev.Released | ev.Lost | ev.Connected):
            self._moved, self._waiting = True, False
            if isinstance(event, ev.Opened):
                self._plan = None
            if isinstance(event, ev.Lost | ev.Connected):
                self._found_connection(isinstance(event, ev.Lost))
            if isinstance(event, ev.Lost) or generation != self._operated_in:
                self.operating = None
        elif self.operating is not None and isinstance(event, ev.Cancelled):
            self._interrupted(Problem("cancelled"), lost=event.lost_cursor)
        elif self.operating is not None and isinstance(event, ev.Failed) and event.by_hand:
            said = bool(event.problem.sqlstate)
            self._interrupted(event.problem, lost=said, sent=said)
            return True
        return False

    def _found_connection(self, lost: bool) -> None:
        self._pane.lost = lost
        if lost:
            self._standing = Standing()
            self._draw()
        self._show()
        if lost:
            self._pane.facts.show_first()

    def _answer(self, event: Inspected | Operated) -> None:
        if isinstance(event, Operated):
            self.operating, self._moved = None, True
            self._done = list(operation_lines.done(event))
            self._show()
            self._pane.facts.show_first()
            return
        self._found, self._waiting, self._answered = event, False, time.monotonic()
        self._found_at = time.time()
        self._standing = Standing(event.cursor, event.position, event.row_count, event.row)
        self._scrollable = bool(event.client.scrollable)
        if event.server.plan is not None:
            self._plan = event.cursor, event.server.plan
        self._ask_age(event.server.transaction)
        self._show()

    def _ask_age(self, now: OpenTransaction | None) -> None:
        """Ask how old the snapshot is, if it is another one or that is some time ago."""
        if now is None or not now.xmin or not self._pane.facts.tree_lines.is_open(TRANSACTION):
            return
        if now.xmin != self._aged_of or time.monotonic() - self._aged > QUIET:
            self._aged_of, self._aged = now.xmin, time.monotonic()
            self._catalog.request(AskSnapshotAge(now.xmin))

    def hear_catalog(self, event: CatalogEvent) -> bool:
        """Take the snapshot's age; false for what is someone else's."""
        if isinstance(event, SnapshotAge):
            self._age = event
            self._show()
        elif isinstance(event, CatalogFailed) and isinstance(event.request, AskSnapshotAge):
            self._aged = inf
        else:
            return False
        return True

    def _interrupted(self, problem: Problem, lost: bool, sent: bool = True) -> None:
        operation, self.operating = self.operating, None
        assert operation is not None
        self._failed(operation.statement_words, problem, lost, sent)

    def _failed(self, statement: str, problem: Problem, lost: bool = False, sent: bool = True) -> None:
        uncommitted = self._browsing.uncommitted
        told = operation_lines.failed(statement, problem, self._scrollable, lost, uncommitted, sent)
        self._done = list(told)
        self._moved = True
        self._show()
        self._pane.facts.show_first()

    # -- showing -----------------------------------------------------------------------------------

    def _show(self) -> None:
        found = self._found
        shown = list(operation_lines.lost(self._found_at)) if self._pane.lost else []
        shown += self._done
        if found is not None:
            plan = self._plan[1] if self._plan is not None and self._plan[0] == found.cursor else None
            where = operation_lines.position(found.position, found.row_count)
            now = found.server.transaction
            behind = self._age.transactions if now is not None and now.xmin == self._age.xmin else None
            shown += inspector_lines.lines(found, plan, where, behind)
        fold = []
        if found is not None and not self._folded and found.server.memory is not None:
            self._folded, fold = True, inspector_lines.folded_at_first(found)
        self._pane.facts.replace(shown, fold)
        self.show_status()

    def show_status(self) -> None:
        """Say what runs, or where the section under the cursor is documented."""
        if self.operating is not None:
            self._pane.status.show((f"{self.operating.statement_words} … esc cancels", ""))
            return
        page = PAGES.get(self._pane.facts.section, "")
        taken = f"looked in {quantities.seconds(self._found.taken)}" if self._found is not None else ""
        self._pane.status.show((page.replace("https://www.", ""), "" if page else taken))
        if self._pane.facts.section == MEMORY and not self._waiting and self._memory_missing():
            self._moved = True

    def _memory_missing(self) -> bool:
        found = self._found
        refused = found is not None and Part.MEMORY in found.server.refused
        return found is not None and found.server.memory is None and not refused

    def _draw(self) -> None:
        plan = self._plan[1] if self._plan is not None and self._plan[0] == self._standing.name else None
        planned = round(plan.root.estimate.rows) if plan is not None else -1
        width = max(10, self._pane.bar.size.width - 2)
        self._pane.bar.show(
            *cursor_bar.lines(self._browsing.result, self._grid.top, self._standing, planned, width)
        )
