"""What the user writes: run, asked for its parameters, recorded, found again, edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pgmem_tui.paging import events as ev
from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.ui.parameter_asking import ParameterAsking
from pgmem_tui.ui.recording import Recording
from pgmem_tui.ui.running import Running

if TYPE_CHECKING:
    from pgmem_tui.history.journal import Journal
    from pgmem_tui.history.store import Entry
    from pgmem_tui.ui.editing import Editing
    from pgmem_tui.ui.screens.browse import BrowseScreen


class Statements:
    """The statements of one screen; its editor and history are imported when they are first wanted."""

    def __init__(self, screen: BrowseScreen, writable: bool, journal: Callable[[], Journal | None]) -> None:
        """Nothing was written yet.

        Args:
            screen: Whose connections they run on.
            writable: Whether any may write.
            journal: Opens the history, or says that there is none.
        """
        self._screen = screen
        self.recording = Recording(screen.browsing, journal)
        self.running = Running(screen.app, screen.browsing, writable, screen.notice.show)
        self.asking = ParameterAsking(screen.app, screen.catalog)
        self._editing: Editing | None = None

    def run(self, text: str) -> None:
        """Run all statements of a text, once their parameters are given."""

        def given(values: Sequence[BoundValue]) -> None:
            if self._editing is not None:
                self._editing.running.forget()
            self.running.run(text, 0, values)

        def refused(problem: Problem) -> None:
            self._screen.notice.show(problem, text)

        self.asking.ask(text, given, refused)

    def handle(self, event: ev.Event) -> None:
        """Something was told about what is open, and is on the screen already."""
        self.running.handle(event)

    def handle_catalog(self, event: CatalogEvent) -> bool:
        """Take an answer of the second connection; False if it is someone else's."""
        if self._editing is not None and self._editing.handle_catalog(event):
            return True
        return self.asking.handle(event)

    # -- the history -----------------------------------------------------------------------------

    def show_history(self) -> None:
        """List the statements that were run, to run one of them again."""
        from pgmem_tui.ui.screens.history import HistoryScreen

        journal = self.recording.journal
        if journal is None:
            self._screen.grid.announce("there is no history: it was turned off")
        else:
            screen = HistoryScreen(journal, self.recording.database)
            self._screen.app.push_screen(screen, self._run_again)

    def _run_again(self, entry: Entry | None) -> None:
        if entry is not None:
            self._screen.row_keys.beside.make_room()
            self.run(entry.text)

    # -- the editor ------------------------------------------------------------------------------

    @property
    def editing(self) -> Editing:
        """The editor above the rows."""
        if self._editing is None:
            from pgmem_tui.ui.editing import editing_above

            self._editing = editing_above(self._screen, self)
        return self._editing

    def edit(self, text: str) -> None:
        """Put a text into the editor, in a tab of its own."""
        self._screen.row_keys.beside.make_room()
        self._screen.run_worker(self.editing.put(text), group="edit")

    def hide_editor(self) -> bool:
        """Give the rows all the room; False if they have it."""
        return self._editing is not None and self._editing.hide()

    def interrupted(self) -> bool:
        """What ctrl+c means here when nothing runs; False if it means to quit."""
        return self._editing is not None and self._editing.interrupted()

    def flush(self) -> None:
        """Give what was written since it was last kept to whoever keeps it."""
        if self._editing is not None:
            self._editing.flush()
