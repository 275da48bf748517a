"""What is open, into a file: where to, in which format, how far it is, and what came of it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.export import progress as words
from pgmem_tui.export.job import Export, Order
from pgmem_tui.export.names import STDOUT, file_name, format_of, table_of
from pgmem_tui.export.progress import Outcome
from pgmem_tui.export.source import ExportSource
from pgmem_tui.export.target import Target
from pgmem_tui.postgres.copy_out import FORMATS
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.choice import Choice
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.problem_view import ProblemView

CLOSING = 0.5
"""Seconds that a running export gets to end when the program does."""
_TICK = 0.2
_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f]*"
_PLAIN, _GZIP = "no", "gzip"
_COMPRESSION = {_PLAIN: "as it is", _GZIP: "a quarter of the size, half as fast"}

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
    DEFAULT_CSS = """
    ExportScreen {
        align: center middle;
        & > #pane {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            border: round $accent;
            padding: 0 2;
            background: $background;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
        }
        & #what { height: auto; margin-bottom: 1; }
        & .row { height: 1; }
        & .label { width: 10; color: $text-muted; }
        & Input { width: 1fr; padding: 0; }
        & #where { height: auto; min-height: 1; color: $text-muted; margin: 0 0 1 10; }
        & #status { height: auto; min-height: 1; }
        & #bar { color: $text-accent; }
        & #figures { margin-bottom: 1; }
    }
    """

    class _Ended(Message):
        """From an export's thread."""

        def __init__(self, export: Export, outcome: Outcome) -> None:
            super().__init__()
            self.export, self.outcome = export, outcome

    def __init__(
        self, settings: ConnectionSettings, title: str, source: ExportSource, estimate: int = -1
    ) -> None:
        """Nothing is exported yet.

        Args:
            settings: Whom to connect to.
            title: What is exported, in words.
            source: The rows.
            estimate: About how many rows there are, where the source does not say; -1 if nobody knows.
        """
        super().__init__()
        self._settings = settings
        self._title = title
        self._source = source if source.estimate >= 0 else replace(source, estimate=estimate)
        self._export: Export | None = None
        self._replacing = ""
        """A file that exists, if enter means to replace it."""
        self._offered = ""
        """The name that stands in the field as long as nobody has changed it."""
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """What, where to, how far."""
        with Vertical(id="pane") as pane:
            pane.border_title, pane.border_subtitle = "Export", _ASKING
            yield Static(id="what", markup=False)
            with Horizontal(classes="row"):
                yield Static("File", classes="label", markup=False)
                yield Input(id="file", compact=True, restrict=_NO_CONTROLS)
            with Horizontal(classes="row"):
                yield Static("Format", classes="label", markup=False)
                yield Choice(FORMATS, "csv", id="format")
            with Horizontal(classes="row"):
                yield Static("Compress", classes="label", markup=False)
                yield Choice(_COMPRESSION, _PLAIN, id="gzip")
            yield Static(id="where", markup=False)
            yield OneLine(id="bar")
            yield OneLine(id="figures")
            yield Static(id="status", markup=False)
            yield ProblemView(id="problem")

    def on_mount(self) -> None:
        """Offer a name."""
        rows = self._source.estimate
        about = f", ≈{quantities.count(rows)} rows" if rows >= 0 else ""
        self.query_one("#what", Static).update(Text(f"{one_line(self._title)}{about}; values are not cut"))
        self._offer()
        self._clock = self.set_interval(_TICK, self._tick, pause=True)
        self._file.focus()

    def on_unmount(self) -> None:
        """Leave no file that is not whole, and nothing on the server."""
        if self._export is not None:
            self._export.close(CLOSING)

    @property
    def _file(self) -> Input:
        return self.query_one("#file", Input)

    @property
    def _form(self) -> str:
        return self.query_one("#format", Choice).value

    @property
    def _compressed(self) -> bool:
        return self.query_one("#gzip", Choice).value == _GZIP

    @property
    def running(self) -> bool:
        """Whether rows are being exported."""
        return self._export is not None

    # -- the fields ------------------------------------------------------------------------------

    @on(Choice.Changed)
    def _choice_changed(self) -> None:
        if self._file.value == self._offered:
            self._offer()
        self._edited()

    @on(Input.Changed)
    def _name_changed(self) -> None:
        form, compressed = format_of(self._file.value)
        if self._file.value != self._offered and form:
            self.query_one("#format", Choice).value = form
            self.query_one("#gzip", Choice).value = _GZIP if compressed else _PLAIN
        self._edited()

    def _offer(self) -> None:
        name = self._source.into[-1] if self._source.into else "query"
        self._offered = file_name(name, self._form, self._compressed)
        self._file.value = self._offered
        self._file.cursor_position = len(self._offered)

    def _edited(self) -> None:
        self._replacing = ""
        path = os.path.abspath(os.path.expanduser(self._file.value)) if self._file.value else ""
        self.query_one("#where", Static).update(Text(one_line(path)))

    # -- running ---------------------------------------------------------------------------------

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _start(self, event: Message) -> None:
        event.stop()
        name = self._file.value
        if self._export is not None or not name:
            return
        self._say("")
        # A dash would be the standard output that the screen is drawn on.
        target = Target(os.path.join(".", name) if name == STDOUT else name, force=self._replacing == name)
        self._replacing = ""
        source = replace(self._source, into=(table_of(name),)) if self._source.text else self._source
        order = Order(self._settings, source, self._form, target, self._compressed)
        export = Export(order, lambda outcome: self.post_message(self._Ended(export, outcome)))
        self._export = export
        self._enable(False)
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
        self._enable(True)
        self._keys(_ENDED)
        self._file.focus()
        if outcome.done:
            self._say(f"{words.result(outcome.progress)}, to {outcome.name}")
        elif outcome.exists:
            self._replacing = outcome.name
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

    def _enable(self, enabled: bool) -> None:
        for widget in self.query("#file, #format, #gzip"):
            widget.disabled = not enabled

    def _keys(self, text: str) -> None:
        self.query_one("#pane").border_subtitle = text

    def _say(self, sentence: str, problem: Problem | None = None) -> None:
        self.query_one("#status", Static).update(Text(one_line(sentence)))
        self.query_one("#problem", ProblemView).show(problem)
