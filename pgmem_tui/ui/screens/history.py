"""Statements that were run, and those kept under a name: found while one types, previewed, taken."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from pgmem_tui.display.text import one_line
from pgmem_tui.history.journal import Journal
from pgmem_tui.history.store import MOST_FOUND, Entry, Search
from pgmem_tui.ui.naming import Naming
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.run_lines import Columns, about
from pgmem_tui.ui.widgets.statement_list import StatementList
from pgmem_tui.ui.widgets.statement_view import StatementView

KEYS = (
    " ↵ takes it · tab this, all, favourites · ^S favourite · ^D deletes · shift ↑ ↓ scroll · esc closes",
    " ↵ takes it · tab elsewhere · ^S favourite · ^D deletes · esc closes",
    " ↵ takes it · tab elsewhere · ^S keep · ^D · esc closes",
)
"""The first that fits is shown."""


class Scope(Enum):
    """What is looked through."""

    DATABASE = "this database"
    ALL = "all databases"
    FAVOURITES = "favourites"


EMPTY = {
    Scope.DATABASE: "Nothing was run on this database yet.\nQueries that you run appear here.\n"
    "tab looks at all databases, and at favourites.",
    Scope.ALL: "Nothing was run yet.\nQueries that you run appear here, the newest first.",
    Scope.FAVOURITES: "There are no favourites yet.\nctrl+s keeps a statement of the history under a name.",
}
"""What is said where there is nothing at all."""


class HistoryScreen(ModalScreen[Entry | None]):
    """Answers with the statement taken, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take this statement", show=False),
        Binding("tab", "scope(1)", "this database, all databases, favourites", show=False),
        Binding("shift+tab", "scope(-1)", "the other way round", show=False),
        Binding("ctrl+s", "favourite", "keep under a name, or no longer", show=False),
        Binding("ctrl+d,delete", "delete", "delete; again to be sure", show=False),
        Binding("shift+down", "turn(1)", "scroll the statement", show=False),
        Binding("shift+up", "turn(-1)", "scroll it back", show=False),
        Binding("escape", "leave", "close", show=False),
    ]
    DEFAULT_CSS = """
    HistoryScreen {
        align: center middle;
        & > Vertical {
            width: 100%;
            max-width: 150;
            height: 100%;
            max-height: 44;
            border: round $accent;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
        & StatementList { height: 1fr; }
        & StatementView {
            height: 35%;
            min-height: 4;
            border-top: solid $surface-lighten-2;
            border-title-color: $text-muted;
            padding: 0 1;
        }
        & #history-keys { color: $text-muted; }
    }
    """

    def __init__(self, journal: Journal, database: str) -> None:
        """Begin with this database, if there is one.

        Args:
            journal: Where to look.
            database: As statements are recorded with; empty where nothing is connected.
        """
        super().__init__()
        self._journal, self._database = journal, database
        self._scopes = [scope for scope in Scope if database or scope is not Scope.DATABASE]
        self._scope = self._scopes[0]
        self._search = Search()
        self._deleting: Entry | None = None
        """What the next `ctrl+d` deletes."""
        self._naming = Naming(self, journal, self._say, self._changed)

    def compose(self) -> ComposeResult:
        """The list, the statement, and the keys below it."""
        with Vertical():
            yield StatementList()
            yield StatementView()
            yield Prompt()
            yield OneLine(id="history-keys")

    def on_mount(self) -> None:
        """Look for everything."""
        self._list = self.query_one(StatementList)
        self._list.focus()
        self._look()

    # -- searching -------------------------------------------------------------------------------

    def _look(self) -> None:
        """Search again; what was found before stays until the answer comes."""
        favourites = self._scope is Scope.FAVOURITES
        database = self._database if self._scope is Scope.DATABASE else ""
        search = Search(self._list.typed, database, favourites)
        self._search = search
        self._journal.search(search, lambda found: self.call_later(self._found, search, found))
        marked = (f"[{scope.value}]" if scope is self._scope else scope.value for scope in self._scopes)
        self.query_one(Vertical).border_title = Content(f"History ─ {' · '.join(marked)}")

    @on(StatementList.Typed)
    def _typed(self) -> None:
        self._say("")
        self._look()

    def _found(self, search: Search, found: list[Entry]) -> None:
        if search != self._search:
            return
        scope = self._scope
        columns = Columns(database=scope is Scope.ALL, name=scope is Scope.FAVOURITES)
        note = f"{len(found):,}{'+' if len(found) >= MOST_FOUND else ''} found"
        self._list.show(found, columns, note if found else "", self._nothing())

    def _nothing(self) -> str:
        if self._journal.trouble:
            return f"The history does not work now.\n{one_line(self._journal.trouble)}"
        if self._list.typed:
            return "Nothing like that.\nctrl+u clears what is typed, tab looks elsewhere."
        return EMPTY[self._scope]

    @on(StatementList.Moved)
    def _moved(self) -> None:
        entry, view = self._list.chosen, self.query_one(StatementView)
        view.show(entry.text if entry is not None else "")
        view.border_title = Content(f" {one_line(about(entry))} ") if entry is not None else ""
        if self._deleting is not None and self._deleting != entry:
            self._say("")

    def _say(self, note: str) -> None:
        """Show a word instead of the keys, which takes back what was about to be deleted."""
        self._deleting = None
        line = self.query_one("#history-keys", OneLine)
        fitting = (keys for keys in KEYS if len(keys) <= line.size.width)
        line.show((f" {note}" if note else next(fitting, KEYS[-1]), ""))

    def on_resize(self) -> None:
        """Show the keys that fit, once their line has its size."""
        self.call_after_refresh(self._say, "")

    # -- keys ------------------------------------------------------------------------------------

    @on(StatementList.Chosen)
    def action_take(self) -> None:
        """Answer with the statement."""
        if self._list.chosen is not None:
            self.dismiss(self._list.chosen)

    def action_leave(self) -> None:
        """Answer with none."""
        self.dismiss(None)

    def action_scope(self, by: int) -> None:
        """Look through something else."""
        if not self._naming:
            self._scope = self._scopes[(self._scopes.index(self._scope) + by) % len(self._scopes)]
            self._say("")
            self._look()

    def action_turn(self, by: int) -> None:
        """Scroll the statement."""
        self.query_one(StatementView).turn(by)

    def action_delete(self) -> None:
        """Delete the statement, the second time; among favourites, only that it is one."""
        entry = self._list.chosen
        if entry is None or self._naming:
            return
        favourites = self._scope is Scope.FAVOURITES
        if self._deleting != entry:
            runs = f"with its {entry.runs:,} runs" if entry.runs > 1 else "from the history"
            what = (
                f"takes “{one_line(entry.favourite)}” off the favourites"
                if favourites
                else f"deletes it {runs}"
            )
            self._say(f"ctrl+d again {what}")
            self._deleting = entry
        elif favourites:
            self._take_off(entry)
        else:
            self._journal.remove(entry, lambda done: self.call_later(self._changed, "deleted"))

    def action_favourite(self) -> None:
        """Keep the statement under a name, or no longer."""
        entry = self._list.chosen
        if entry is None or self._naming:
            return
        if entry.favourite and self._scope is not Scope.FAVOURITES:
            self._take_off(entry)
        else:
            self._naming.ask(entry)

    def _take_off(self, entry: Entry) -> None:
        said = "no favourite any longer"
        self._journal.remove_favourite(entry.favourite, lambda done: self.call_later(self._changed, said))

    def _changed(self, said: str) -> None:
        self._say(said)
        self._look()

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        message.stop()
        self._list.focus()
        self._naming.given(message.text)

    @on(Prompt.Left)
    def _left_prompt(self, message: Prompt.Left) -> None:
        message.stop()
        self._list.focus()
        self._naming.given("")
