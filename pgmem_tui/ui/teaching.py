"""Lessons of the browse screen: opened over the rows, closed with the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgmem_tui.options import Options
from pgmem_tui.postgres.relation_names import quote_name

if TYPE_CHECKING:
    from pgmem_tui.ui.lesson_desk import LessonDesk
    from pgmem_tui.ui.screens.browse import BrowseScreen


class Teaching:
    """Imports lessons when they are first wanted."""

    def __init__(self, screen: BrowseScreen, options: Options) -> None:
        """Nothing is read yet.

        Args:
            screen: Whose connection, and whose open table.
            options: What the command line and the form said.
        """
        self._screen, self._options = screen, options
        self._desk: LessonDesk | None = None

    def show(self) -> None:
        """Open the lessons, where one left them."""
        from pgmem_tui.lessons.progress import default_path
        from pgmem_tui.ui.lesson_desk import LessonDesk
        from pgmem_tui.ui.screens.lessons import LessonsScreen

        if self._desk is None:
            self._desk = LessonDesk(self._options, default_path() if self._options.history else None)
        self._screen.app.push_screen(LessonsScreen(self._desk, self._table))

    def close(self, timeout: float) -> None:
        """End what runs, waiting so many seconds at most."""
        if self._desk is not None:
            self._desk.close(timeout)

    @property
    def _table(self) -> str:
        """What is open in the grid, written as in SQL; empty for a query, and for nothing."""
        opened = self._screen.browsing.opened
        relation = opened.relation if opened is not None else None
        return quote_name(relation.schema, relation.name) if relation is not None else ""
