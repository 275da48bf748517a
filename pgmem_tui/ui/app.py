"""The application: which screen is shown, and how everything ends.

It paints its bar first and imports the screens, the driver and all they need after that: someone
who waits for the rows sees within the time of an empty Textual program that something is coming.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.actions import ActionParseResult
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from pgmem_tui.display.column_arrangement import Arrangements
from pgmem_tui.display.text import one_line
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings, same_server
from pgmem_tui.ui.textual_quirks import send_only_what_changed
from pgmem_tui.ui.trouble import HistoryTrouble, RecordingStopped
from pgmem_tui.ui.typed_ahead import TypedAhead
from pgmem_tui.ui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from pgmem_tui.cast.recorder import Recorder
    from pgmem_tui.history.journal import Journal
    from pgmem_tui.ui.presenting import Presenter
    from pgmem_tui.ui.screens.browse import BrowseScreen
    from pgmem_tui.ui.screens.connect import ConnectScreen

CLOSING = 1.5
"""Seconds that the server gets to end what we have open before the program is gone anyway."""
SIGNALS = ("SIGTERM", "SIGHUP")
"""What ends the program as `q` does: a hang-up must leave nothing open on a server."""


class PgmemApp(App[int]):
    """Connection form and browsing."""

    TITLE = "pgmem-tui"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", show=False, priority=True),
        Binding("ctrl+c", "interrupt", "cancel what runs, or quit", show=False, priority=True),
        Binding("P", "present", "presenter mode; enlarge the font, too", show=False),
        Binding("ctrl+p", "command_palette", "every action by name", show=False, priority=True),
    ]

    def __init__(
        self,
        options: Options,
        on_settings: Callable[[ConnectionSettings], None] = lambda settings: None,
        recorder: Recorder | None = None,
    ) -> None:
        """Nothing is shown yet.

        Args:
            options: What the command line asked for.
            on_settings: Told whenever other settings are connected with.
            recorder: Takes what the terminal is sent, if that is wanted.
        """
        super().__init__()
        if recorder is not None:
            from pgmem_tui.ui.recorded_driver import recorded

            self.driver_class = recorded(self.driver_class, recorder)
            recorder.on_trouble = lambda why: self.post_message(RecordingStopped(why))
        self.options = options
        self._on_settings = on_settings
        self._arrangements = Arrangements()
        self._typed = TypedAhead(self, self._take)
        self._presenter: Presenter | None = None
        self._browse: BrowseScreen | None = None
        self._form: ConnectScreen | None = None
        self._journal: Journal | None = None
        self._failed = False
        """Whether the last thing asked for was a connection that could not be made."""

    async def on_event(self, event: events.Event) -> None:
        """Take keys one at a time."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self._typed.add(event)
        else:
            await super().on_event(event)

    async def _take(self, event: events.Event) -> None:
        if self._presenter is not None and isinstance(event, (events.Key, events.Paste)):
            self._presenter.pressed(event)
        await super().on_event(event)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, and tell who presents it."""
        if self._presenter is not None:
            self._presenter.acted(action)
        return await super().run_action(action, default_namespace, namespaces)

    def action_wire(self) -> None:
        """Show what is sent to the server."""
        from pgmem_tui.ui.screens.wire import WireScreen

        self.push_screen(WireScreen(browsing=getattr(self._browse, "browsing", None)))

    def action_present(self) -> None:
        """Begin or end presenter mode."""
        from pgmem_tui.ui.presenting import Presenter

        if self._presenter is None:
            self._presenter = Presenter(self)
        self._presenter.toggle()

    def compose(self) -> ComposeResult:
        """The bar, to be there at once."""
        yield OneLine(id="first-bar")

    def on_mount(self) -> None:
        """Show the bar, and the first screen after it."""
        self.query_one("#first-bar", OneLine).show((" pgmem-tui", ""))
        loop = asyncio.get_running_loop()
        for name in SIGNALS:
            if hasattr(signal, name):
                loop.add_signal_handler(getattr(signal, name), self.exit, 1)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if self.options.connect_at_once:
            self.browse(self.options.settings)
        else:
            self._ask(self.options.settings)
        if self.options.present:
            self.action_present()
        if not gc.isenabled():
            gc.freeze()  # what was imported stays: looking at all of it again held up a key by 30 ms
            gc.enable()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Name every action that a key reaches, for the command palette."""
        from pgmem_tui.ui.actions import key_help

        yield SystemCommand("Theme", "choose another set of colours", self.action_change_theme)
        for title, entries in key_help(self, screen):
            for entry in entries:
                yield SystemCommand(f"{title}: {entry.description}", entry.keys, entry.run)

    def browse(self, settings: ConnectionSettings) -> None:
        """Leave what is shown and browse with these settings."""
        from pgmem_tui.ui.screens.browse import BrowseScreen

        self._leave_browsing()
        self._on_settings(settings)
        ours = self.options.own_server and same_server(settings, self.options.settings)
        options = replace(self.options, settings=settings, own_server=ours)
        self._browse = BrowseScreen(options, self._arrangements, self.open_history)
        self.push_screen(self._browse)

    def on_connect_screen_connected(self, message: ConnectScreen.Connected) -> None:
        """The form has settings that work."""
        if self._form is None:
            return
        self._close_form()
        if self._browse is not None and self._browse.listening.was_connected:
            # What the command line named is of the server that it named.
            self.options = replace(self.options, table="", command="")
        self.browse(message.settings)

    def on_connect_screen_left(self) -> None:
        """The form was left as it was."""
        if self._form is None:
            return
        if self._browse is None:
            self.exit(1 if self._failed else 0)
        else:
            self._close_form()

    def on_browse_screen_connect_wanted(self, message: BrowseScreen.ConnectWanted) -> None:
        """Someone wants the form, or nothing could be connected to."""
        if self._form is not None:
            return
        if message.leave:
            self._leave_browsing()
        self._failed = message.problem is not None
        self._ask(message.settings, message.problem)

    async def action_quit(self) -> None:
        """Quit; with an open transaction ask first what is to become of it."""
        if self._browse is None:
            self.exit()
        else:
            self._browse.transaction.leave(self.exit)

    async def action_interrupt(self) -> None:
        """Cancel what runs, as in psql; quit if nothing does."""
        browse = self._browse if self.screen is self._browse else None
        cancel = getattr(self.screen, "interrupt", None)  # of a screen that runs something itself
        if cancel is not None and cancel():
            return
        if browse is None or not (browse.cancel() or browse.interrupted()):
            await self.action_quit()

    def _ask(self, settings: ConnectionSettings, problem: Any = None) -> None:
        from pgmem_tui.ui.screens.connect import ConnectScreen

        self._form = ConnectScreen(settings, problem)
        self.push_screen(self._form)

    def _close_form(self) -> None:
        if self._form is not None:
            self._leave(self._form)
            self._form = None

    def _leave_browsing(self) -> None:
        if self._browse is not None:
            self._browse.close_sessions(0.0)
            self._leave(self._browse)
            self._browse = None

    def _leave(self, screen: Screen[Any]) -> None:
        """Remove a screen and whatever stands on it: help, the palette."""
        while screen in self.screen_stack:
            self.pop_screen()

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print the traceback on the terminal; cli.main writes it to a file instead.
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def open_history(self) -> Journal | None:
        """The history, opened when it is needed first; None if the user wants none."""
        if self._journal is None and self.options.history:
            from pgmem_tui.history.file import default_path
            from pgmem_tui.history.journal import Journal

            self._journal = Journal(default_path(), lambda why: self.post_message(HistoryTrouble(why)))
        return self._journal

    def on_history_trouble(self, message: HistoryTrouble) -> None:
        """The history does not work: everything else does."""
        self.notify(one_line(message.sentence), title="No history", severity="warning", markup=False)

    def on_recording_stopped(self, message: RecordingStopped) -> None:
        """The recording is what it is; everything else goes on."""
        if self._browse is not None:
            self._browse.bar.show_recording(False)
        self.options = replace(self.options, record="")
        why = one_line(f"{message.why}. What was recorded before can be played.")
        self.notify(why, title="Recording stopped", severity="warning", timeout=20, markup=False)

    def end(self) -> None:
        """After the terminal is restored: release what is open on servers, keep what is to be remembered."""
        if self._browse is not None:
            self._browse.close_sessions(CLOSING)  # what is written in the editor goes to the journal
        if self._journal is not None:
            self._journal.close(CLOSING)


def run(
    options: Options, on_settings: Callable[[ConnectionSettings], None], recorder: Recorder | None = None
) -> int:
    """Run the application on this terminal; returns the exit status.

    Args:
        options: What the command line asked for.
        on_settings: Told whenever other settings are connected with.
        recorder: Takes what the terminal is sent, if that is wanted.

    Raises:
        Exception: Whatever broke, after the terminal was restored.
    """
    gc.disable()  # until the first screen is there: imports make no garbage worth ten milliseconds
    send_only_what_changed()
    app = PgmemApp(options, on_settings, recorder)
    try:
        status = app.run()
    finally:
        app.end()
    if app._exception is not None:
        raise app._exception
    return status or 0
