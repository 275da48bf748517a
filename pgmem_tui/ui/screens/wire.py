"""What is sent to the server: every statement of every connection, while it happens and explained."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.postgres.wire_log import SENT, Numbered, WireLog
from pgmem_tui.postgres.wire_notes import note
from pgmem_tui.postgres.wire_script import script
from pgmem_tui.ui import operation_lines
from pgmem_tui.ui.copying import copy_text
from pgmem_tui.ui.screens.help import show_keys
from pgmem_tui.ui.text_saving import TextSaving
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.plan_detail import PlanDetail
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.statement_view import StatementView
from pgmem_tui.ui.widgets.wire_list import WireList
from pgmem_tui.ui.wire_lines import Choosing, Shown, heading

if TYPE_CHECKING:
    from pgmem_tui.ui.browsing import Browsing

TITLE = "What is sent to the server"
KEYS = (
    " esc back │ ↵ the whole statement, and what it does  c catalog  h housekeeping  G newest  y copy"
    "  S save all  ? help",
    " esc back │ ↵ explain  J K scroll it  c catalog  h housekeeping  G newest  y copy  S save  ? help",
    " esc back │ ↵ explain  J K scroll it  c catalog  y copy  S save  ? help",
)
INTERVAL = 0.25
"""Seconds between two looks at the log."""


class WireScreen(Screen[None]):
    """A list above; the bright statement and a word about it below, once that is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "close the statement, back", show=False),
        Binding("q,w", "leave", "back", show=False),
        Binding("c", "catalog", "what is asked of the catalogs, or not", show=False),
        Binding("h", "housekeeping", "what the program asks for itself, or not", show=False),
        Binding("shift+down,J", "turn(1)", "scroll the statement", show=False),
        Binding("shift+up,K", "turn(-1)", "scroll it back", show=False),
        Binding("y", "copy", "copy the statement", show=False),
        Binding("S", "save", "save all as a file for psql", show=False),
        Binding("r", "reconnect", "reconnect after a loss", show=False),
        Binding("question_mark", "help", "these keys", show=False),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-short"), (30, "-tall")]
    DEFAULT_CSS = """
    WireScreen {
        & #wire-pane { height: 1fr; border: round $accent; border-title-color: $foreground;
                       border-title-style: none; }
        & WireList { height: 1fr; }
        & #wire-more { display: none; height: 11; max-height: 60%; border-top: solid $surface-lighten-2;
                       border-title-color: $text-muted; border-title-style: none; }
        &.-tall #wire-more { height: 14; }
        &.-explained #wire-more { display: block; }
        & StatementView { height: 1fr; padding: 0 1; }
        & PlanDetail { height: 6; padding: 1 0 0 0; }
        &.-tall PlanDetail { height: 5; }
        &.-low PlanDetail { height: 3; padding: 0; }
        & #wire-status { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
        & #wire-keys { height: 1; background: $panel; }
    }
    """

    def __init__(self, log: WireLog = SENT, browsing: Browsing | None = None) -> None:
        """Nothing is shown yet.

        Args:
            log: What to look at, as long as the screen is open.
            browsing: Whose connection may be lost, and made again.
        """
        super().__init__()
        self._log, self._browsing = log, browsing
        self._trouble = ""
        """What is wrong with the connection that rows come through."""
        self._kept: tuple[Numbered, ...] = ()
        self._newest = -1
        """The number of the last one that was taken in."""
        self._shown, self._choosing = Shown(), Choosing()
        self._note, self._note_of = "", 0
        """What was done, until another statement than the one of that number is bright."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="wire-pane"):
            yield WireList()
            with Vertical(id="wire-more"):
                yield StatementView()
                yield PlanDetail()
            yield OneLine(id="wire-status")
        yield Prompt(id="prompt")
        yield OneLine(id="wire-keys")

    def on_mount(self) -> None:
        """Show what there is, and look again from time to time."""
        self.list = self.query_one(WireList)
        self.saving = TextSaving(self, self.query_one(Prompt), self._say)
        self.query_one("#wire-pane").border_title = TITLE
        self.query_one(PlanDetail).can_focus = False
        self.list.focus()
        self._look()
        self.set_interval(INTERVAL, self._look)

    def on_resize(self) -> None:
        """List the keys that there is room for."""
        self._show_keys()

    # -- showing ---------------------------------------------------------------------------------

    def _look(self) -> None:
        """Take in what was sent since, and forget what the log has forgotten."""
        self._look_at_connection()
        if self._newest != self._log.newest:
            self._kept = tuple(self._log)
            self._newest = self._kept[-1].number if self._kept else 0
            self._show()

    def _look_at_connection(self) -> None:
        browsing, trouble = self._browsing, ""
        if browsing is not None and browsing.lost:
            trouble = "connecting …" if browsing.reconnecting else operation_lines.LOST
        if trouble != self._trouble:
            self._trouble = trouble
            self.query_one("#wire-pane").border_title = f"{TITLE} · {trouble}" if trouble else TITLE
            self._show_keys()

    def _show_keys(self) -> None:
        """List the keys that there is room for, `r` only where it does something."""
        lost = self._browsing is not None and self._browsing.lost
        keys: Sequence[str] = KEYS
        if lost:
            keys = [
                line.replace("│", "│ r reconnect ", 1)
                for line in (*KEYS, KEYS[-1].replace("J K scroll it  ", ""))
            ]
        self.query_one("#wire-keys", OneLine).show_fitting(keys, self.size.width)

    def _show(self) -> None:
        chosen = self._choosing.chosen(self._kept, self._shown)
        hidden = len(self._kept) - len(chosen)
        self.list.show(chosen, "nothing but what c and h show" if hidden else "nothing was sent yet")

    @on(WireList.Moved)
    def _moved(self) -> None:
        statement = self.list.chosen
        if statement is not None and statement.number != self._note_of and not self.list.following:
            self._note = ""
        if self.has_class("-explained"):
            self._explain(statement)
        self._show_status()

    def _explain(self, statement: Numbered | None) -> None:
        pane, view = self.query_one("#wire-more"), self.query_one(StatementView)
        if statement is None:
            pane.border_title = ""
            view.show("")
            self.query_one(PlanDetail).show(())
            return
        report = statement.report
        about = note(report)
        pane.border_title = Text(f" {_what(report)} {statement.number:,} · {one_line(heading(report))} ")
        view.show(report.sql, highlighted=not report.of_connection)
        self.query_one(PlanDetail).show([("", about.does), ("", about.costs), ("", about.page)])

    def _show_status(self) -> None:
        place, count = self.list.position
        parts = [f"line {place:,} of {count:,}"]
        if hidden := len(self._kept) - count:
            parts.append(f"{hidden:,} hidden")
        if lost := self._log.lost:
            parts.append(f"{lost:,} fell out")
        if self.list.following:
            parts.append("following")
        shown = ["catalog"] * self._shown.catalog + ["housekeeping"] * self._shown.housekeeping
        left = self._note or (f"with {' and '.join(shown)}" if shown else "without catalog and housekeeping")
        status, right = self.query_one("#wire-status", OneLine), " · ".join(parts)
        fits = cell_width(left) + cell_width(right) + 3 <= status.size.width
        status.show((left, right if fits or not self._note else ""))

    def _say(self, sentence: str) -> None:
        chosen = self.list.chosen
        self._note, self._note_of = sentence, chosen.number if chosen is not None else 0
        self._show_status()

    # -- keys ------------------------------------------------------------------------------------

    @on(WireList.Chosen)
    def _chosen(self) -> None:
        self.toggle_class("-explained")
        self._explain(self.list.chosen)

    def action_back(self) -> None:
        """Close the statement, or go back."""
        if self.has_class("-explained"):
            self.remove_class("-explained")
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()

    def action_catalog(self) -> None:
        """Show what is asked of the catalogs, or hide it."""
        self._switch(Shown(not self._shown.catalog, self._shown.housekeeping))

    def action_housekeeping(self) -> None:
        """Show what the program asks for itself, or hide it."""
        self._switch(Shown(self._shown.catalog, not self._shown.housekeeping))

    def _switch(self, shown: Shown) -> None:
        self._shown, self._note = shown, ""
        self._show()

    def action_reconnect(self) -> None:
        """Connect again, if the connection is lost."""
        if self._browsing is not None and self._browsing.lost:
            self._browsing.reconnect()
            self._look_at_connection()
        else:
            self._say("the connection is not lost; r connects again after a loss")

    def action_turn(self, by: int) -> None:
        """Scroll the statement."""
        self.query_one(StatementView).turn(by)

    def action_copy(self) -> None:
        """Put the statement into the clipboard."""
        statement = self.list.chosen
        if statement is not None:
            report = statement.report
            what = f"the {_what(report)}, {report.length:,} characters"
            if report.masked:
                what = "what stands for the statement"
            elif not report.whole:
                what = f"the first {len(report.sql):,} of {report.length:,} characters"
            copy_text(self.app, report.sql, what, self._say)

    def action_save(self) -> None:
        """Ask for a file's name."""
        kept, lost = self._kept, self._log.lost
        if kept:
            name = time.strftime("sent-%Y%m%d-%H%M%S.sql")
            self.saving.ask(
                "the statements", lambda path: "".join(script(kept, lost)), name, behind=", for psql -f"
            )

    @on(TextSaving.Ended)
    def _on_saved(self, message: TextSaving.Ended) -> None:
        self.saving.ended(message)

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        self.saving.given(message.what, message.text)

    def action_help(self) -> None:
        """List the keys."""
        show_keys(self)


def _what(report: StatementReport) -> str:
    return "line" if report.of_connection else "statement"
