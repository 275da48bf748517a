"""The editor, connected: its keys with what runs, completes, lays out and keeps what is written in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from textual.document._document import Selection
from textual.screen import Screen

from pgmem_tui.display.text import one_line
from pgmem_tui.history.journal import Journal
from pgmem_tui.history.store import Entry
from pgmem_tui.language.around import between_semicolons, word_at
from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.ui.aside import aside
from pgmem_tui.ui.completing import Completing
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.draft_keeping import DraftKeeping
from pgmem_tui.ui.parameter_asking import Complain, Then
from pgmem_tui.ui.running import Finished
from pgmem_tui.ui.widgets.editor_pane import EditorPane, Tab

_SHORT = 4096
"""Characters that are cut into statements at once: it takes microseconds for each."""
LONGEST_LAID_OUT = 200_000
"""Characters that are laid out: it takes some 13 s for a million."""
_HAS_BODY = re.compile(r"\b(?:atomic|rule)\b", re.IGNORECASE)
"""What statements with semicolons inside have."""

if TYPE_CHECKING:
    from pgmem_tui.ui.screens.browse import BrowseScreen
    from pgmem_tui.ui.statements import Statements


class Runs(Protocol):
    """Runs statements; `ui.running.Running` does."""

    on_finished: Callable[[Finished], None]

    def run(self, text: str, offset: int = 0, values: Sequence[BoundValue] = ()) -> None:
        """Run all statements of a text, each position told being counted from `offset`."""


@dataclass(frozen=True)
class Around:
    """What the editor needs of the screen."""

    screen: Screen[None]
    runs: Runs
    ask: Callable[[str, Then, Complain], None]
    """Asks for the values of a text's parameters."""
    catalog: CatalogSession
    journal: Journal | None
    """Keeps what is written; None for nobody."""
    leave: Callable[[], None]
    """Goes to the rows."""
    dismiss: Callable[[], bool]
    """Takes away a notice; False if there is none."""
    complain: Callable[[Problem, str], None]
    """Shows a problem, with the text that its position points into."""
    help: Callable[[], None]
    database: Callable[[], str]
    """Names the one that statements are run in."""


@dataclass(frozen=True)
class _Sent:
    """What was given to be run."""

    tab: Tab
    text: str
    start: int
    """Where it stands in the tab's text."""
    selection: Selection
    """Where one was then."""

    def has(self, finished: Finished) -> bool:
        """Whether a statement is of this text: a run that was refused leaves another's going on."""
        start = finished.start - self.start
        return start >= 0 and self.text.startswith(finished.sql, start)


class Editing:
    """Shows the pane above the rows when it is first wanted, and does what its keys ask for."""

    def __init__(self, around: Around) -> None:
        """Nothing is edited."""
        self._around = around
        self.pane = pane = EditorPane(id="editor")
        self._sent: _Sent | None = None
        self._completing = completing = Completing(pane, around.catalog)
        self._drafts = DraftKeeping(pane, around.journal)
        self._told_before, around.runs.on_finished = around.runs.on_finished, self.finished
        self._do: dict[str, Callable[[], object]] = {
            "run": self.run,
            "run all": lambda: self.run(everything=True),
            "complete": completing.ask,
            "format": lambda: pane.run_worker(self._format(), group="format", exclusive=True),
            "history": self._history,
            "help": around.help,
            "leave": self._leave,
            "typed": completing.typed,
            "moved": self._moved,
            "edited": self._drafts.changed,
            "taken": completing.take,
            "copied": self._copied,
            "elsewhere": completing.close,
        }
        pane.on_asked = lambda what: self._do[what]()

    # -- coming and going ------------------------------------------------------------------------

    async def open(self) -> None:
        """Show the editor and go there."""
        pane = self.pane
        pane.display = True
        if not pane.is_attached:
            await self._around.screen.query_one("#right").mount(pane, before="#rows")
            self._drafts.load()
        self._around.screen.set_focus(pane.area)  # at once: the next key is for the text

    async def put(self, text: str, name: str = "") -> None:
        """Show a text in a tab of its own: what was composed, to be edited as SQL."""
        await self.open()
        self.pane.add(name or self.pane.free_name(), text)

    async def insert(self, text: str) -> None:
        """Put a text at the caret, in place of what is selected there."""
        await self.open()
        area = self.pane.area
        area.put(text, min(area.selection), max(area.selection))

    def hide(self) -> bool:
        """Give the rows all the room; False if they have it."""
        shown = self.pane.is_attached and self.pane.display
        self.pane.display = False
        return shown

    def flush(self) -> None:
        """Give what was written since it was last kept to whoever keeps it."""
        self._drafts.flush()

    def _leave(self) -> None:
        if not self._around.dismiss():
            self._around.leave()

    # -- what is told ----------------------------------------------------------------------------

    def _moved(self) -> None:
        self._completing.moved()
        self._drafts.changed()

    def _copied(self) -> None:
        kept = self.pane.area.kept
        copy_text(self._around.screen.app, kept, f"{len(kept):,} characters", self.pane.say)

    def handle_catalog(self, event: CatalogEvent) -> bool:
        """Take an answer of the second connection; False if it is someone else's."""
        return self._completing.handle(event)

    def interrupted(self) -> bool:
        """What ctrl+c means in the text: copy what is selected, or nothing; False if one is elsewhere."""
        if not self.pane.has_focus_within:
            return False
        if self.pane.area.selected_text:
            self.pane.area.action_copy()
        else:
            self.pane.say("nothing runs and nothing is selected; ctrl+q quits")
        return True

    # -- running ---------------------------------------------------------------------------------

    def run(self, everything: bool = False) -> None:
        """Run what is selected, or the statement at the caret, or all; ask for parameters first."""
        self._completing.close()
        self.pane.run_worker(self._run_piece(everything), group="run", exclusive=True)

    async def _run_piece(self, everything: bool) -> None:
        pane = self.pane
        tab, selection = pane.tab, pane.area.selection
        text, start = await self._piece(everything)
        if tab is not pane.tab:
            return
        if not text.strip():
            pane.say("there is no statement here" if not everything else "there is no statement")
            return
        sent = _Sent(tab, text, start, selection)
        refused = partial(self._refused, sent)
        self._around.ask(text, lambda values: self._run(sent, values), refused)

    def _run(self, sent: _Sent, values: Sequence[BoundValue]) -> None:
        self._sent = sent
        self.pane.area.error = None
        self.pane.area.repaint()
        self._around.runs.run(sent.text, sent.start, values)

    async def _piece(self, everything: bool = False) -> tuple[str, int]:
        """What is meant, and where it stands in the text."""
        from pgmem_tui.language.splitting import at

        area = self.pane.area
        sql, selection = area.sql, area.selection
        if everything:
            return area.text, 0
        if not selection.is_empty:
            return area.selected_text, sql.get_index_from_location(min(selection))
        text, start = area.text, 0
        if len(text) > _SHORT and not _HAS_BODY.search(text):
            around = between_semicolons(sql.lines, sql.opened.before, selection.end, 1, sql.line_count)
            text, start = sql.get_text_range(*around), sql.get_index_from_location(around[0])
        caret = sql.get_index_from_location(selection.end) - start
        found = await aside(partial(at, text, caret)) if len(text) > _SHORT else at(text, caret)
        return (found.text(text), start + found.start) if found else ("", 0)

    def _refused(self, sent: _Sent, problem: Problem) -> None:
        """Nothing was run: the text is no statement to the server."""
        self._around.complain(problem, sent.text)
        if problem.position:
            problem = replace(problem, position=problem.position + sent.start)
        self._mark(sent, problem)

    def finished(self, finished: Finished) -> None:
        """A statement is through, or cannot be run: show where it is wrong."""
        self._told_before(finished)
        sent = self._sent
        if finished.problem is not None and sent is not None and sent.has(finished):
            self._sent = None  # the first problem ends a run
            self._mark(sent, finished.problem)

    def forget_run(self) -> None:
        """Someone else's text is run: its errors have no place in the editor."""
        self._sent = None

    def _mark(self, sent: _Sent, problem: Problem) -> None:
        """Underline the place of a problem, which counts from 1 in the whole text.

        The caret goes there, unless one has gone on since.
        """
        area = self.pane.area
        text = area.text
        unchanged = text[sent.start : sent.start + len(sent.text)] == sent.text
        if sent.tab is not self.pane.tab or not problem.position or not unchanged:
            return
        start, end = word_at(text, min(problem.position - 1, len(text)))
        place = area.sql.get_location_from_index
        if area.selection == sent.selection:
            area.selection = Selection.cursor(place(start))
        area.error = (place(start), place(end))
        area.repaint()
        row, column = place(start)
        self.pane.say(f"Ln {row + 1:,}, Col {column + 1:,}: {one_line(problem.message)}")

    # -- history and laying out ----------------------------------------------------------------------

    def _history(self) -> None:
        from pgmem_tui.ui.screens.history import HistoryScreen

        if self._around.journal is None:
            self.pane.say("there is no history: it was turned off")
            return
        screen = HistoryScreen(self._around.journal, self._around.database())
        self._around.screen.app.push_screen(screen, self._taken)

    async def _taken(self, entry: Entry | None) -> None:
        if entry is not None:
            await self.insert(entry.text)

    async def _format(self) -> None:
        from pgmem_tui.language.formatting import NotFormatted, formatted

        pane = self.pane
        tab = pane.tab
        text, start = await self._piece()
        if not text.strip():
            pane.say("there is no statement here")
            return
        if len(text) > LONGEST_LAID_OUT:
            pane.say("too long to lay out: select a part")
            return
        pane.say("laying out …")
        try:
            new = await aside(partial(formatted, text))
        except NotFormatted as error:
            pane.say(f"not laid out: {one_line(str(error))}")
            return
        area = pane.area
        if tab is not pane.tab or area.text[start : start + len(text)] != text:
            pane.say("not laid out: the text is another now")
            return
        if new == text:
            pane.say("it is laid out already")
            return
        pane.say("")
        place = area.sql.get_location_from_index
        area.put(new, place(start), place(start + len(text)))


def editing_above(screen: BrowseScreen, statements: Statements) -> Editing:
    """The editor above the rows of a screen."""
    return Editing(
        Around(
            screen=screen,
            runs=statements.running,
            ask=statements.asking.ask,
            catalog=screen.catalog,
            journal=statements.recording.journal,
            database=lambda: statements.recording.database,
            leave=screen.action_rows,
            dismiss=screen.dismiss_notice,
            complain=screen.notice.show,
            help=screen.action_help,
        )
    )
