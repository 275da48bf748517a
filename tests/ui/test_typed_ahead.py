"""Keys that come before those before them have had their effect."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui import typed_ahead
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.screens.connect import ConnectScreen
from pgmem_tui.ui.typed_ahead import TypedAhead
from tests.ui.program import FIRST, PATIENCE, Program, program


async def test_a_change_of_focus_and_what_is_typed_there(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST, "≈1.0k")
        await shown.press("2", "/", *"users", "enter")
        await shown.shows(FIRST, "public.users", "user1@example.org")
        await shown.until(lambda: shown.browse.grid.has_focus)


async def test_to_and_fro_in_one_go(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST, "≈1.0k")
        line = shown.browse.table_tree.cursor_line
        await shown.press(*"2jj3jjj2j3j")
        await shown.at_row(1 + 4)
        assert shown.browse.table_tree.cursor_line == line + 3


async def test_a_screen_and_what_is_typed_there(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press(*"?jjqj")
        await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen) and shown.row == 2)


async def test_an_input_gets_every_character_and_pastes_stay_in_their_place(
    place: ConnectionSettings,
) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press("1")
        await shown.screen(ConnectScreen)
        await shown.until(lambda: isinstance(shown.app.focused, Input))
        typed = "postgresql://2/q?1 jk"
        await shown.press("ctrl+u", "ctrl+k", *typed)
        _paste(shown, "PASTED")
        await shown.press("end", *"end", "left", "left", "-")
        await shown.until(lambda: _value(shown) == f"{typed}PASTEDe-nd")


def _paste(shown: Program, text: str) -> None:
    driver = shown.app._driver
    assert driver is not None
    event = events.Paste(text)
    event.set_sender(shown.app)
    driver.send_message(event)


def _value(shown: Program) -> str:
    focused = shown.app.focused
    assert isinstance(focused, Input)
    return focused.value


class Gone(ModalScreen[None]):
    """Is removed by the key that it gets, before that has bubbled."""

    def on_key(self, event: events.Key) -> None:
        self.dismiss()


class Deaf(Widget, can_focus=True):
    """Holds a key until it may go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def on_key(self, event: events.Key) -> None:
        await self.let_go.wait()


class Odd(App[None]):
    """Counts `j` behind widgets that do odd things."""

    AUTO_FOCUS = None
    BINDINGS = [Binding("j", "count", "")]

    def __init__(self) -> None:
        super().__init__()
        self.counted = 0
        self.typed = TypedAhead(self, super().on_event)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self.typed.add(event)
        else:
            await super().on_event(event)

    def compose(self) -> ComposeResult:
        yield Deaf()

    def action_count(self) -> None:
        self.counted += 1


async def test_a_screen_that_goes_with_its_key() -> None:
    app = Odd()
    async with app.run_test() as pilot:
        for number in range(1, 6):
            app.push_screen(Gone())
            await pilot.pause()
            _press(app, "x", "j")
            await _until(partial(_counted, app, number))


async def test_a_widget_that_holds_a_key_holds_the_next_one_only_for_a_while() -> None:
    app = Odd()
    async with app.run_test() as pilot:
        app.query_one(Deaf).focus()
        await pilot.pause()
        _press(app, "x")
        await _until(lambda: app.typed._under_way)
        app.screen.set_focus(None)
        _press(app, "j")
        await _until(lambda: app.counted == 1)
        app.query_one(Deaf).let_go.set()


async def test_so_many_keys_wait_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_ahead, "LONGEST", 3)
    app = Odd()
    async with app.run_test() as pilot:
        app.query_one(Deaf).focus()
        await pilot.pause()
        _press(app, *"xjjjjjjj")
        await _until(lambda: len(app.typed._waiting) == 3)
        app.query_one(Deaf).let_go.set()
        await _until(lambda: not app.typed._under_way and not app.typed._waiting)
        assert app.counted == 3


def _counted(app: Odd, count: int) -> bool:
    return app.counted == count


def _press(app: App[Any], *keys: str) -> None:
    driver = app._driver
    assert driver is not None
    for key in keys:
        event = events.Key(key, key)
        event.set_sender(app)
        driver.send_message(event)


async def _until(condition: Callable[[], object]) -> None:
    """Without Pilot, which would wait for the widget that holds a key."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
