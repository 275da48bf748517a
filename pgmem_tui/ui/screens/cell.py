"""The whole of one value, however long it is."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.paging import events as ev
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.messages import Listeners
from pgmem_tui.ui.reading import Reading, Words
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.widgets.notice import Notice
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.value_view import ValueView

KEYS = (
    " esc back │ t form  w wrap  z fold  / find  n N again  : go to  s save  y copy"
    "  # characters  G end  ? help"
)
FEW_KEYS = " esc back │ t form  w wrap  z fold  / find  s save  G end  ? help"
ENDINGS = {"JSON": "json", "XML": "xml", "hex": "bin"}
"""Of files, by form."""


class CellScreen(Screen[None]):
    """One value in a pane of its own, above the rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "cancel, back", show=False),
        Binding("q", "leave", "back", show=False),
        Binding("t", "form", "next form: structure, text, hex", show=False),
        Binding("slash", "find", "find a text", show=False),
        Binding("n", "again(False)", "next place of the text", show=False),
        Binding("N", "again(True)", "place before", show=False),
        Binding("colon,percent_sign", "go", "go to a byte, a line, a percentage", show=False),
        Binding("s", "save", "save to a file", show=False),
        Binding("y", "copy", "copy all of it, up to 1 MiB", show=False),
        Binding("number_sign", "count", "count the characters", show=False),
        Binding("r", "reconnect", "reconnect after a loss", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    DEFAULT_CSS = """
    CellScreen {
        & #value-pane { height: 1fr; border: round $accent; border-title-color: $foreground;
                        border-title-style: none; }
        & #value { height: 1fr; }
        & #value-keys { height: 1; background: $panel; }
    }
    """

    def __init__(self, cell: Cell, browsing: Browsing, listeners: Listeners) -> None:
        """Nothing is read yet.

        Args:
            cell: The value.
            browsing: What is open.
            listeners: Is added to while the value is looked at.
        """
        super().__init__()
        self._cell, self._browsing, self._listeners = cell, browsing, listeners

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="value-pane"):
            yield Notice(id="value-notice")
            yield ValueView(id="value")
        yield Prompt(id="prompt")
        yield OneLine(id="value-keys")

    def on_mount(self) -> None:
        """Ask for the value."""
        self.view, self.notice = self.query_one(ValueView), self.query_one(Notice)
        self.prompt = self.query_one(Prompt)
        words = Words(self._show_title, self.view.note, self._show_problem, self._ask_to_replace)
        result = self._browsing.result
        self.reading = Reading(
            self._cell, result.generation, result.cell_limit, self._browsing.session.request, self.view, words
        )
        self.reading.held.lost = self._browsing.lost
        self._listeners.append(self._hear)
        self.view.focus()
        self.call_after_refresh(self.reading.begin)

    def on_unmount(self) -> None:
        """The server may forget the value."""
        self._listeners.remove(self._hear)
        self.reading.leave()

    def on_resize(self) -> None:
        """List the keys that there is room for."""
        self.query_one("#value-keys", OneLine).show((KEYS if len(KEYS) < self.size.width else FEW_KEYS, ""))

    def _hear(self, event: ev.Event) -> bool:
        return self.reading.take(event)

    def action_copy(self) -> None:
        """Put the whole value into the clipboard, if all of it is held."""
        text = self.reading.whole
        if text is None:
            self.view.note("not copied: the value is longer than what a clipboard gets, or not all here yet")
        else:
            name = one_line(self._cell.column.name)
            copy_text(self.app, text, f"{name}, {quantities.counted(len(text), 'character')}", self.view.note)

    # -- words -----------------------------------------------------------------------------------

    def _show_title(self, title: str) -> None:
        self.query_one("#value-pane").border_title = Text(title)

    def _show_problem(self, problem: Problem | None, keys: str) -> None:
        if problem is None:
            self.notice.hide()
        else:
            self.notice.show(problem, keys=keys)

    def _ask_to_replace(self, path: str) -> None:
        self.prompt.confirm(f"replace {path}", f"{one_line(path)} is there already: replace it?")

    # -- from the widgets ------------------------------------------------------------------------

    @on(ValueView.Moved)
    def _moved(self, message: ValueView.Moved) -> None:
        self.reading.need(message.missing)

    @on(Prompt.Left)
    def _left(self) -> None:
        self.view.focus()

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        self.view.focus()
        text = message.text
        if message.what.startswith("replace "):
            self.reading.save(message.what.removeprefix("replace "), True)
        elif not text:
            return
        elif message.what == "find":
            self.reading.find(text, False)
        elif message.what == "save":
            self.reading.save(text, False)
        elif not self.reading.go_to(text):
            self.view.note("give an offset in bytes, a line of an outline, or a percentage: 50%")

    # -- keys ------------------------------------------------------------------------------------

    def action_back(self) -> None:
        """Cancel what runs, dismiss what is shown, or go back."""
        if self.reading.task:
            self._browsing.session.cancel()
        elif self.notice.display and self.reading.form and not self.reading.held.lost:
            self.notice.hide()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Go back to where one came from."""
        if self.reading.task:
            self._browsing.session.cancel()
        self.dismiss()

    def _free(self) -> bool:
        """Whether nothing else is under way; says so if it is."""
        if self.reading.task:
            self.view.note(f"{self.reading.task} is on its way: esc gives it up")
        return not self.reading.task

    def action_form(self) -> None:
        """Show the value in another form."""
        self.reading.next_form()

    def action_find(self) -> None:
        """Ask for a text to find."""
        if self.reading.form and self._free():
            self.prompt.ask("find", "find", self.view.needle)

    def action_again(self, backward: bool) -> None:
        """Find it once more."""
        if self.view.needle and self._free():
            self.reading.find(self.view.needle, backward)

    def action_go(self) -> None:
        """Ask for a place."""
        if self.reading.form:
            self.prompt.ask("go", "byte or line, or percentage with %")

    def action_save(self) -> None:
        """Ask for a file's name."""
        if self.reading.form and self._free():
            name = "".join(c if c.isalnum() or c in "-_" else "_" for c in self._cell.column.name)[:60]
            self.prompt.ask("save", "save the value to", f"{name}.{ENDINGS.get(self.reading.form, 'txt')}")

    def action_count(self) -> None:
        """Count the characters."""
        self.reading.count()

    def action_reconnect(self) -> None:
        """Connect again."""
        if self.reading.held.lost:
            self._browsing.reconnect()

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)
