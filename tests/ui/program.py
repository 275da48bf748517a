"""The real program without a terminal: keys go in by Pilot, and its screen is read as text."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from psycopg2.extensions import connection as Connection
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.app import PgmemApp
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.widgets.prompt import Prompt

S = TypeVar("S", bound=Screen[Any])

FIRST = "row 1 of "
"""Shown once there are rows."""
ENDLESS = "SELECT n, 'row ' || n AS what FROM (SELECT generate_series(1, 1000000000)) AS g(n)"
SLEEP = "SELECT pg_sleep(60)"
PATIENCE = 10.0
"""Seconds that anything may take."""


class Program:
    """The program, and what tests do with it and see of it."""

    def __init__(self, app: PgmemApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def text(self) -> str:
        """All that is on the screen."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def browse(self) -> BrowseScreen:
        """The screen with the tables and rows."""
        screen = self.app.screen
        assert isinstance(screen, BrowseScreen), screen
        return screen

    @property
    def row(self) -> int:
        """The number of the cursor's row, from 1."""
        return self.browse.grid.row + 1

    @property
    def value(self) -> str | None:
        """What is under the cursor, if it is here."""
        cell = self.browse.browsing.cursor.cell
        return cell[1] if cell else None

    async def press(self, *keys: str) -> None:
        """Press keys (`/`, `enter`) without waiting for what they do, as Pilot would while rows stream."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            event = events.Key(_character_to_key(key), key) if len(key) == 1 else events.Key(key, None)
            event.set_sender(self.app)
            driver.send_message(event)
        await self.pilot.pause(0)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is true."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.text
            await self.pilot.pause(0.01)

    async def shows(self, *texts: str) -> None:
        """Wait until the screen has all of these texts."""
        await self.until(lambda: all(text in self.text for text in texts))

    async def screen(self, kind: type[S]) -> S:
        """Wait until a screen of this kind is on top. Returns it."""
        await self.until(lambda: isinstance(self.app.screen, kind))
        screen = self.app.screen
        assert isinstance(screen, kind)
        return screen

    async def opened(self, key: str, kind: type[S], *texts: str) -> S:
        """Press a key on the first row once that is here, and wait for the screen it opens and its texts."""
        await self.shows(FIRST)
        await self.at_row(1)
        await self.press(key)
        screen = await self.screen(kind)
        await self.shows(*texts)
        return screen

    async def back(self) -> None:
        """Wait until the rows are seen again."""
        await self.screen(BrowseScreen)

    async def answer(self, key: str, text: str) -> None:
        """Press a key that asks for something in a line, and give it."""
        await self.press(key)
        await self.until(lambda: self.app.screen.query_one(Prompt).display)
        await self.press("ctrl+u", *text, "enter")

    async def decide(self, key: str, letter: str) -> None:
        """Press a key that asks yes or no, and answer."""
        await self.press(key)
        await self.until(lambda: self.app.screen.query_one(Prompt).display)
        await self.press(letter)

    async def at_row(self, number: int) -> None:
        """Wait until the cursor is on a row, and that row is held."""
        await self.until(
            lambda: self.row == number and self.browse.browsing.result.row(number - 1) is not None
        )


@asynccontextmanager
async def program(
    settings: ConnectionSettings,
    *,
    table: str = "",
    writable: bool = False,
    command: str = "",
    size: tuple[int, int] = (160, 48),
    connect: bool = True,
    history: bool = False,
) -> AsyncIterator[Program]:
    """The program, started with these options; what it has open is closed in the end."""
    options = Options(
        settings=settings,
        table=table,
        command=command,
        writable=writable,
        connect_at_once=connect,
        history=history,
    )
    app = PgmemApp(options)
    try:
        async with app.run_test(size=size) as pilot:
            yield Program(app, pilot)
    finally:
        app.end()


def running(observer: Connection, place: ConnectionSettings) -> int:
    """How many statements of the program run now."""
    with observer.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE application_name LIKE %s AND state = 'active' AND xact_start IS NOT NULL",
            (f"{place.application_name}%",),
        )
        found = cursor.fetchone()
        assert found is not None
        return int(found[0])


def terminate(observer: Connection, place: ConnectionSettings) -> None:
    """End its browsing session."""
    with observer.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            (f"{place.application_name} browse",),
        )
        assert cursor.fetchall() == [(True,)]
