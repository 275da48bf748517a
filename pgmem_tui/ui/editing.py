"""The editor, connected: its keys with what runs, completes, lays out and keeps what is written in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen

from pgmem_tui.display.text import one_line
from pgmem_tui.history.journal import Journal
from pgmem_tui.history.store import Entry
from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.ui.aside import aside
from pgmem_tui.ui.completing import Completing
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.draft_keeping import DraftKeeping
from pgmem_tui.ui.editor_running import EditorRunning, Runs, piece
from pgmem_tui.ui.parameter_asking import Complain, Then
from pgmem_tui.ui.widgets.editor_pane import EditorPane

LONGEST_LAID_OUT = 200_000
"""Characters that are laid out: it takes some 13 s for a million."""

if TYPE_CHECKING:
    from pgmem_tui.ui.screens.browse import BrowseScreen
    from pgmem_tui.ui.statements import Statements


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


class Editing:
    """Shows the pane above the rows when it is first wanted, and does what its keys ask for."""

    def __init__(self, around: Around) -> None:
        """Nothing is edited."""
        self._around = around
        self.pane = pane = EditorPane(id="editor")
        self._completing = completing = Completing(pane, around.catalog)
        self._drafts = DraftKeeping(pane, around.journal)
        self.running = EditorRunning(pane, around.runs, around.ask, around.complain, completing.close)
        self._do: dict[str, Callable[[], object]] = {
            "run": self.running.run,
            "run all": lambda: self.running.run(everything=True),
            "complete": completing.ask,
            "format": lambda: pane.run_worker(self._format(), group="format", exclusive=True),
            "history": self._history,
            "tabs": self._pick_tab,
            "outcomes": self._show_outcomes,
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

    async def put(self, text: str) -> None:
        """Show what was composed, to be edited as SQL; no tab is added for each if nobody edits it."""
        await self.open()
        self.pane.give(text)

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

    # -- other tabs, history and laying out ------------------------------------------------------

    def _pick_tab(self) -> None:
        from pgmem_tui.ui.screens.choose import ChooseScreen
        from pgmem_tui.ui.widgets.choice_list import Choices

        tabs = self.pane.tabs.listed
        choices = Choices(
            "Tabs",
            len(tabs),
            lambda number: tabs[number].name,
            lambda number: tabs[number].beginning,
        )
        self._around.screen.app.push_screen(ChooseScreen(choices, lambda taken: self.pane.go(taken[0])))

    def _show_outcomes(self) -> None:
        from pgmem_tui.ui.screens.choose import ChooseScreen

        running = self.running
        if not running.outcomes.listed:
            self.pane.say("nothing was run from here yet")
            return
        screen = ChooseScreen(running.outcomes.choices(), lambda taken: running.go_to(taken[0]))
        self._around.screen.app.push_screen(screen)

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
        text, start = await piece(pane.area)
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
