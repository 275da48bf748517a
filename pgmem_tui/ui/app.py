"""The application: which screen is shown, and how everything ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from pgmem_tui.options import Options
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.actions import key_help
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.screens.connect import ConnectScreen
from pgmem_tui.ui.textual_quirks import send_only_what_changed

CLOSING = 1.5
"""Seconds that the server gets to end what we have open before the program is gone anyway."""


class PgmemApp(App[int]):
    """Connection form and browsing."""

    TITLE = "pgmem-tui"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "quit", "quit", show=False, priority=True),
        Binding("ctrl+p", "command_palette", "every action by name", show=False, priority=True),
    ]
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self, options: Options, on_settings: Callable[[ConnectionSettings], None] = lambda settings: None
    ) -> None:
        """Nothing is shown yet.

        Args:
            options: What the command line asked for.
            on_settings: Told whenever other settings are connected with.
        """
        super().__init__()
        self.options = options
        self._on_settings = on_settings
        self._browse: BrowseScreen | None = None

    def on_mount(self) -> None:
        """Show the first screen."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(name, self.exit, 1)
        if self.options.connect_at_once:
            self.browse(self.options.settings)
        else:
            self.push_screen(ConnectScreen(self.options.settings))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Name every action that a key reaches, for the command palette."""
        yield from super().get_system_commands(screen)
        for title, entries in key_help(self, screen):
            for entry in entries:
                yield SystemCommand(f"{title}: {entry.description}", entry.keys, entry.run)

    def browse(self, settings: ConnectionSettings) -> None:
        """Leave what is shown and browse with these settings."""
        self._leave_browsing()
        self._on_settings(settings)
        self._browse = BrowseScreen(replace(self.options, settings=settings))
        self.push_screen(self._browse)

    @on(ConnectScreen.Connected)
    def _connected(self, message: ConnectScreen.Connected) -> None:
        self.pop_screen()
        self.browse(message.settings)

    @on(ConnectScreen.Left)
    def _left(self) -> None:
        if self._browse is None:
            self.exit(0)
        else:
            self.pop_screen()

    @on(BrowseScreen.ConnectWanted)
    def _connect_wanted(self, message: BrowseScreen.ConnectWanted) -> None:
        problem: Problem | None = message.problem
        if problem is not None:
            self._leave_browsing()
        self.push_screen(ConnectScreen(message.settings, problem))

    def _leave_browsing(self) -> None:
        if self._browse is not None:
            self._browse.close_sessions(0.0)
            self._browse.dismiss()
            self._browse = None

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print the traceback on the terminal; cli.main writes it to a file instead.
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def end(self) -> None:
        """After the terminal is restored: release what is open on servers."""
        if self._browse is not None:
            self._browse.close_sessions(CLOSING)


def run(options: Options, on_settings: Callable[[ConnectionSettings], None]) -> int:
    """Run the application on this terminal; returns the exit status.

    Args:
        options: What the command line asked for.
        on_settings: Told whenever other settings are connected with.

    Raises:
        Exception: Whatever broke, after the terminal was restored.
    """
    send_only_what_changed()
    app = PgmemApp(options, on_settings)
    try:
        status = app.run()
    finally:
        app.end()
    if app._exception is not None:
        raise app._exception
    return status or 0
