"""What is open, into a file: where to, in which format, how far it is, and what came of it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.export import progress as words
from pgmem_tui.export.job import Export, Order
from pgmem_tui.export.names import table_of
from pgmem_tui.export.progress import Outcome
from pgmem_tui.export.source import ExportSource
from pgmem_tui.files import STDOUT
from pgmem_tui.files.target import Target
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.session_settings import SessionSettings
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.export_form import ExportForm
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.problem_view import ProblemView

CLOSING = 0.5
"""Seconds that a running export gets to end when the program does."""
_TICK = 0.2

_ASKING = "enter export   escape close   tab fields   ← → change"
_RUNNING = "escape cancels"
_ENDED = "escape close   enter export again"


class ExportScreen(ModalScreen[None]):
    """Writes rows to a file on a connection of its own, so that browsing goes on behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "cancel, close", show=False),
        Binding("up", "app.focus_previous", "field before", show=False),
        Binding("down", "app.focus_next", "field after", show=False),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    DEFAULT_CSS = """
    ExportScreen {
        align: center middle;
        & > #pane {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            overflow-y: auto;
            border: round $accent;
            padding: 0 2;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
        & #what { height: auto; margin-bottom: 1; }
        & #status { height: auto; min-height: 1; }
        & #bar { color: $text-accent; }
        & #figures { margin-bottom: 1; }
        &.-short #what, &.-short #where, &.-short #figures { margin-bottom: 0; }
    }
    """

    class _Ended(Message):
        """From an export's thread."""

        def __init__(self, export: Export, outcome: Outcome) -> None:
            super().__init__()
            self.export, self.outcome = export, outcome

    def __init__(
        self,
        settings: ConnectionSettings,
        title: str,
        source: ExportSource,
        estimate: int = -1,
        user_settings: SessionSettings | None = None,
    ) -> None:
        """Nothing is exported yet.

        Args:
            settings: Whom to connect to.
            title: What is exported, in words.
            source: The rows.
            estimate: About how many rows there are, where the source does not say; -1 if nobody knows.
            user_settings: What the user has SET.
        """
        super().__init__()
        self._settings, self._user_settings = settings, user_settings
        self._title = title
        self._source = source if source.estimate >= 0 else replace(source, estimate=estimate)
        self._export: Export | None = None
        self._replacing = ""
        """A file that exists, if enter means to replace it."""
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """What, where to, how far."""
        with Vertical(id="pane") as pane:
            pane.border_title, pane.border_subtitle = "Export", _ASKING
            yield Static(id="what", markup=False)
            yield ExportForm(self._source.into[-1] if self._source.into else "query", id="form")
            yield OneLine(id="bar")
            yield OneLine(id="figures")
            yield Static(id="status", markup=False)
            yield ProblemView(id="problem")

    def on_mount(self) -> None:
        """Offer a name."""
        rows = self._source.estimate
        about = f", ≈{quantities.counted(rows, 'row', short=True)}" if rows >= 0 else ""
        self.query_one("#what", Static).update(Text(f"{one_line(self._title)}{about}; values are not cut"))
        self._clock = self.set_interval(_TICK, self._tick, pause=True)
        self._form.focus_file()

    def on_unmount(self) -> None:
        """Leave no file that is not whole, and nothing on the server."""
        if self._export is not None:
            self._export.close(CLOSING)

    @property
    def _form(self) -> ExportForm:
        return self.query_one(ExportForm)

    @property
    def running(self) -> bool:
        """Whether rows are being exported."""
        return self._export is not None

    @on(ExportForm.Edited)
    def _edited(self) -> None:
        self._replacing = ""

    # -- running ---------------------------------------------------------------------------------

    @on(ExportForm.Submitted)
    def _start(self) -> None:
        form = self._form
        name = form.file
        if self._export is not None or not name:
            return
        self._say("")
        # A dash would be the standard output that the screen is drawn on.
        target = Target(os.path.join(".", name) if name == STDOUT else name, force=self._replacing == name)
        self._replacing = ""
        source = self._source
        if source.relation is None:
            source = replace(source, into=(table_of(name),))
        order = Order(self._settings, source, form.format, target, form.compressed, self._user_settings)
        export = Export(order, lambda outcome: self.post_message(self._Ended(export, outcome)))
        self._export = export
        form.disabled = True
        self._keys(_RUNNING)
        export.start()
        if self._clock is not None:
            self._clock.resume()
        self._tick()

    def _tick(self) -> None:
        if self._export is None:
            return
        now = self._export.progress
        bar = self.query_one("#bar", OneLine)
        bar.show((words.bar(now, bar.size.width), ""))
        self.query_one("#figures", OneLine).show((words.figures(now), ""))

    @on(_Ended)
    def _on_ended(self, message: _Ended) -> None:
        message.stop()
        outcome = message.outcome
        self._export = None
        if self._clock is not None:
            self._clock.pause()
        self.query_one("#bar", OneLine).show(("", ""))
        self.query_one("#figures", OneLine).show(("", ""))
        self._form.disabled = False
        self._keys(_ENDED)
        self._form.focus_file()
        if outcome.done:
            self._say(f"{words.result(outcome.progress)}, to {outcome.name}")
        elif outcome.exists:
            self._replacing = self._form.file
            self._say(f"{outcome.name} exists. Enter again replaces it; escape leaves it as it is.")
            self._keys("enter replace   escape close")
        elif outcome.problem is not None:
            self._say("", outcome.problem)
        else:
            rows = quantities.count(outcome.progress.rows)
            self._say(f"Cancelled after ≈{rows} rows; nothing was kept.")

    def action_back(self) -> None:
        """Cancel what runs; close."""
        if self._export is None:
            self.dismiss()
        else:
            self._export.cancel()
            self._keys("cancelling …")

    def _keys(self, text: str) -> None:
        self.query_one("#pane").border_subtitle = text

    def _say(self, sentence: str, problem: Problem | None = None) -> None:
        self.query_one("#status", Static).update(Text(one_line(sentence)))
        self.query_one("#problem", ProblemView).show(problem)
