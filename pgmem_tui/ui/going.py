"""Going to a row that may be anywhere: the rows of here stay on the screen until those of there have come."""

from __future__ import annotations

from collections.abc import Callable

from pgmem_tui.paging import events as ev
from pgmem_tui.paging.result import Result
from pgmem_tui.ui.trail import Step
from pgmem_tui.ui.widgets.data_grid import DataGrid

NOWHERE = -1


class Going:
    """The row to stand on once it is here."""

    def __init__(self, grid: DataGrid, read: Callable[[int, int], None]) -> None:
        """Stay.

        Args:
            grid: Shows the rows.
            read: Asks for the rows from a number to before another.
        """
        self._grid, self._read = grid, read
        self._goal = NOWHERE
        self._return: Step | None = None

    def __bool__(self) -> bool:
        """Whether one is on the way."""
        return self._goal != NOWHERE

    def stop(self, then: Step | None = None) -> None:
        """Stay; go back to where one was `then`, when what is being opened is here."""
        self._goal, self._return = NOWHERE, then

    def to(self, row: int, result: Result) -> None:
        """Go to a row, which may be farther than anything seen."""
        if result.row_count is not None:
            row = max(0, min(row, result.row_count - 1))
        if result.row(row) is not None:
            self._grid.go(row)
        elif result.columns:
            self._goal = row
            self._read(row, row + self._grid.body)

    def arrived(self, event: ev.PageRead, result: Result) -> None:
        """Stand where one wanted to, or as near as there are rows."""
        grid, page = self._grid, event.page
        if self._return is not None and page.rows:
            step, self._return = self._return, None
            grid.go_column(step.column)
            self.to(step.row, result)
        elif self and event.asked == self._goal:
            self._landed(event, result)
        elif event.restarted and page.rows and not page.first <= grid.row < page.end:
            grid.go(page.first if grid.row < page.first else page.end - 1)

    def _landed(self, event: ev.PageRead, result: Result) -> None:
        """This answers what the row was asked for with."""
        grid, page = self._grid, event.page
        goal, self._goal = self._goal + event.shift, NOWHERE
        if page.rows:
            goal = min(max(goal, page.first), page.end - 1)
            grid.go(goal, goal)
        elif event.row_count is not None:
            grid.go(event.row_count - 1)
        else:
            self.to(goal, result)
