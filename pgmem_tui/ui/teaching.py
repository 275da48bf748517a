"""Lessons and the lab of the browse screen: opened over the rows, closed with the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgmem_tui.display.text import one_line
from pgmem_tui.options import Options
from pgmem_tui.paging.requests import Release, Statement
from pgmem_tui.postgres.relation_names import quote_name
from pgmem_tui.ui.query_of_grid import chips

if TYPE_CHECKING:
    from pgmem_tui.ui.lab_desk import LabDesk
    from pgmem_tui.ui.lesson_desk import LessonDesk
    from pgmem_tui.ui.screens.browse import BrowseScreen


class Teaching:
    """Imports them when they are first wanted."""

    def __init__(self, screen: BrowseScreen, options: Options) -> None:
        """Nothing is read yet.

        Args:
            screen: Whose connection, and whose open table.
            options: What the command line and the form said.
        """
        self._screen, self._options = screen, options
        self._desk: LessonDesk | None = None
        self._lab: LabDesk | None = None

    def show(self) -> None:
        """Open the lessons, where one left them."""
        from pgmem_tui.lessons.progress import default_path
        from pgmem_tui.ui.lesson_desk import LessonDesk
        from pgmem_tui.ui.screens.lessons import LessonsScreen

        if self._desk is None:
            kept = default_path() if self._options.history else None
            self._desk = LessonDesk(self._options, kept, self._release)
        self._screen.app.push_screen(LessonsScreen(self._desk, self._table))

    def show_lab(self) -> None:
        """Open the lab on what is open in the grid, or say why that cannot be read again and again."""
        browsing = self._screen.browsing
        source = browsing.export_source()
        if source is None:
            held = browsing.opened is not None and isinstance(browsing.target, Statement)
            self._screen.grid.announce(
                "the lab reads rows again and again: these are held here, of a statement that ran once"
                if held
                else "open a table, or run a query: the lab reads that in many ways"
            )
            return
        from pgmem_tui.ui.lab_desk import LabDesk, Subject
        from pgmem_tui.ui.screens.lab import LabScreen

        title = " · ".join([browsing.name, *map(one_line, chips(browsing.target))])
        layout = self._screen.grid.column_layout
        if len(layout.shown) < len(layout):
            title += " · hidden columns, too"
        if browsing.uncommitted:
            title += " · as committed"
        if self._lab is None:
            self._lab = LabDesk(self._options.settings)
        subject = Subject(source, title, self._screen.session.user_settings.values)
        self._screen.app.push_screen(LabScreen(self._lab, subject))

    def close(self, timeout: float) -> None:
        """End what runs, waiting so many seconds at most."""
        if self._desk is not None:
            self._desk.close(timeout)
        if self._lab is not None:
            self._lab.close(timeout)

    def _release(self) -> None:
        self._screen.session.request(Release())

    @property
    def _table(self) -> str:
        """What is open in the grid, written as in SQL; empty for a query, and for nothing."""
        opened = self._screen.browsing.opened
        relation = opened.relation if opened is not None else None
        return quote_name(relation.schema, relation.name) if relation is not None else ""
