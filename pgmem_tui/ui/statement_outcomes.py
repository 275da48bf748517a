"""What became of each statement of the text that was run last: its tag or rows, and how long it took."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.ui.running import Finished
from pgmem_tui.ui.widgets.choice_list import Choices

MOST = 1000
"""Statements kept: the last ones."""
LONGEST = 200
"""Characters of each."""


class StatementOutcomes:
    """Collects them while they come."""

    def __init__(self) -> None:
        """Nothing was run."""
        self.listed: deque[Finished] = deque(maxlen=MOST)
        self._count = 0
        self._seconds = 0.0

    def clear(self) -> None:
        """Another text is run."""
        self.listed.clear()
        self._count, self._seconds = 0, 0.0

    def add(self, finished: Finished) -> None:
        """One is through, or was never sent."""
        self.listed.append(replace(finished, sql=finished.sql[:LONGEST]))
        self._count += 1
        self._seconds += finished.seconds

    @property
    def words(self) -> str:
        """How far it has come; empty for one statement, which is seen below."""
        if self._count < 2:
            return ""
        return f"{self._count:,} statements in {quantities.seconds(self._seconds)}"

    def choices(self) -> Choices:
        """All of them, to go to one."""
        listed = list(self.listed)
        first = self._count - len(listed)
        title = self.words or "The statement that was run"
        if first:
            title += f", the last {len(listed):,}"

        def name(number: int) -> str:
            return f"{first + number + 1:>{len(str(self._count))}}  {' '.join(listed[number].sql.split())}"

        return Choices(title, len(listed), name, lambda number: outcome(listed[number]))


def outcome(finished: Finished) -> str:
    """What became of one, in a few words."""
    problem = finished.problem
    if problem is not None:
        return "cancelled" if problem.canceled else f"failed: {one_line(problem.message)}"
    rows = f"{finished.rows:,} row{'' if finished.rows == 1 else 's'}" if finished.rows >= 0 else ""
    # UPDATE 3 says how many it returned; SET lists what is SET, its own part or not.
    counted = finished.tag[-1:].isdigit() or finished.tag in ("SET", "RESET")
    tag = finished.tag if counted or not rows else " ".join(filter(None, (finished.tag, rows)))
    return f"{one_line(tag) or 'read in part'} · {quantities.seconds(finished.seconds)}"
