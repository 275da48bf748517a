"""The program beside the rows: looked at, copied, saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from pgmem_tui.display.text import cell_width
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.preview_lines import MOST
from pgmem_tui.ui.text_saving import TextSaving
from pgmem_tui.ui.widgets.code_view import CodeView
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.prompt import Prompt

SCREEN, SIMPLE = "what the screen does", "the simplest one: all rows"


class CodePane(Vertical):
    """Shows one of two programs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "the screen's program, or the simplest one", show=False),
        Binding("y", "copy", "copy it", show=False),
        Binding("S", "save", "save it to a file", show=False),
        Binding("tab,3", "rows", "to the rows", show=False),
        Binding("escape,p", "close", "close the program", show=False),
        Binding("i", "screen.want('inspect')", "the cursor inspector in its place", show=False),
    ]
    KEYS: ClassVar[tuple[str, ...]] = (
        " esc closes │ v the simplest program  y copy  S save  j k scroll  tab rows  ? help",
        " esc closes │ v simplest  y copy  S save  ? help",
    )
    HELP_TITLE = "psycopg2 program"
    DEFAULT_CSS = """
    CodePane {
        border: round $surface-lighten-2;
        border-title-color: $foreground;
        border-title-style: none;
        &:focus-within { border: round $accent; }
        & CodeView { height: 1fr; }
        & #code-status { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
    }
    """

    def __init__(self, leave: Callable[[bool], None]) -> None:
        """Nothing is known.

        Args:
            leave: Goes to the rows; and closes this, if that is wanted.
        """
        super().__init__()
        self._leave = leave
        self._simple = False
        self._programs = {SCREEN: "", SIMPLE: ""}
        self._why_not = ""
        self._rows = self._note = ""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield CodeView()
        yield Prompt(id="code-prompt")
        yield OneLine(id="code-status")

    def on_mount(self) -> None:
        """Name it."""
        self.view = self.query_one(CodeView)
        self.saving = TextSaving(self, self.query_one(Prompt), self._tell)
        self._status = self.query_one("#code-status", OneLine)
        self._show()

    # -- what is shown -----------------------------------------------------------------------------

    def say(self, why: str) -> None:
        """Show no program, and say why."""
        self.show("", "", why, "")

    def show(self, screen: str, simple: str, why_not: str, rows: str) -> None:
        """Show programs.

        Args:
            screen: What prints the rows of the screen; empty if nothing does.
            simple: What prints all rows; empty likewise.
            why_not: Why there is none; safe text.
            rows: Which rows are on the screen.
        """
        self._programs = {SCREEN: screen, SIMPLE: simple}
        self._why_not, self._rows, self._note = why_not, rows, ""
        self._show()

    @property
    def _which(self) -> str:
        return SIMPLE if self._simple else SCREEN

    def _show(self) -> None:
        text = self._programs[self._which]
        if text:
            self.view.show(text)
        else:
            nothing = "these rows are of no query that could be read again: v" if self._simple else ""
            self.view.show(self._why_not or nothing, code=False)
        self.border_title = f"psycopg2 ─ {self._which}"
        self._show_status()

    def _show_status(self) -> None:
        rows = "" if self._simple else self._rows
        cut = len(self._programs[self._which]) > MOST
        left = self._note or (f"{rows} · only its beginning is shown" if cut else rows)
        here = "" if self.has_focus_within else "tab, then "
        right = f"{here}v y S: another, copy, save"
        fits = cell_width(left) + cell_width(right) + 3 <= self._status.size.width
        self._status.show((left, right if fits or not self._note else ""))

    def on_descendant_focus(self) -> None:
        """Its keys work now."""
        self._show_status()

    def on_descendant_blur(self) -> None:
        """They do not."""
        self._show_status()

    def _tell(self, note: str) -> None:
        self._note = note
        self._show_status()

    # -- keys --------------------------------------------------------------------------------------

    def action_view(self) -> None:
        """Show the other one."""
        self._simple, self._note = not self._simple, ""
        self.view.top = 0
        self._show()

    def action_copy(self) -> None:
        """Put it into the clipboard."""
        if text := self._programs[self._which]:
            copy_text(self.app, text, f"the program, {len(text):,} characters", self._tell)

    def action_save(self) -> None:
        """Ask for a file's name."""
        if text := self._programs[self._which]:
            self.saving.ask("the program", text, "all_rows.py" if self._simple else "rows.py")

    def action_rows(self) -> None:
        """Go to the rows."""
        self._leave(False)

    def action_close(self) -> None:
        """Close this."""
        self._leave(True)

    # -- files -------------------------------------------------------------------------------------

    @on(TextSaving.Ended)
    def _on_saved(self, message: TextSaving.Ended) -> None:
        message.stop()
        self.saving.ended(message)

    @on(Prompt.Left)
    def _left(self, message: Prompt.Left) -> None:
        message.stop()

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        message.stop()
        self.saving.given(message.what, message.text)
