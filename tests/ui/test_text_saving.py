"""A text that is saved on a thread: how it ended is told, and a file goes only when that is meant."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from threading import Event

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from pgmem_tui.ui.text_saving import Saved, TextSaving, save
from pgmem_tui.ui.widgets.prompt import Prompt

PATIENCE = 10.0
"""Seconds that anything may take."""


class Saving(App[None]):
    """A prompt, and what it said."""

    def compose(self) -> ComposeResult:
        yield Prompt()

    def on_mount(self) -> None:
        self.said: list[str] = []
        self.prompt = self.query_one(Prompt)
        self.saving = TextSaving(self, self.prompt, self.said.append)

    @on(TextSaving.Ended)
    def _ended(self, message: TextSaving.Ended) -> None:
        self.saving.ended(message)

    @on(Prompt.Given)
    def _given(self, message: Prompt.Given) -> None:
        self.saving.given(message.what, message.text)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        await pilot.pause(0.01)


def test_what_goes_wrong_in_the_making_is_told(tmp_path: Path) -> None:
    outcomes: Queue[Saved] = Queue()

    def make(path: str) -> str:
        raise ValueError("no text")

    save(str(tmp_path / "x"), make, False, outcomes.put)
    assert outcomes.get(timeout=10).why_not == "ValueError: no text"
    assert not list(tmp_path.iterdir())


async def test_a_file_gets_the_text_that_it_was_asked_about(tmp_path: Path) -> None:
    path, go = tmp_path / "slow", Event()
    path.write_text("mine")

    def slow(given: str) -> str:
        assert go.wait(PATIENCE)
        return "first"

    app = Saving()
    async with app.run_test() as pilot:
        app.saving.ask("one", slow, str(path), behind=", at last")
        await pilot.press("enter")
        await until(pilot, lambda: app.said == ["saving …"])
        app.saving.ask("another", "second", "none")  # while the first is on its way
        go.set()
        await until(pilot, lambda: app.said == ["saving …", ""])
        await pilot.press("y")
        await until(pilot, lambda: len(app.said) == 4)
    assert app.said[2:] == ["saving …", f"saved 5 B to {path}, at last"]
    assert path.read_text() == "first"


async def test_nothing_but_yes_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("mine")
    app = Saving()
    async with app.run_test() as pilot:
        app.saving.ask("it", "text", str(path))
        await pilot.press("enter")
        await until(pilot, lambda: app.said == ["saving …", ""])
        await pilot.press("x")
        await until(pilot, lambda: not app.prompt.display)
        app.saving.ask("it", "text", str(tmp_path / "other"))
        await pilot.press("enter")
        await until(pilot, lambda: len(app.said) == 4)
    assert path.read_text() == "mine" and (tmp_path / "other").read_text() == "text"
