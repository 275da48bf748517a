"""Presenter mode: keys as an audience reads them, what they did, what the server was asked; nothing typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from pgmem_tui.display.text import cell_width
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.ui.app import PgmemApp
from pgmem_tui.ui.asked_lines import MOST, Asked, sentence
from pgmem_tui.ui.pressed_keys import Pressed, name_of
from pgmem_tui.ui.screens.connect import ConnectScreen
from pgmem_tui.ui.screens.help import HelpScreen
from pgmem_tui.ui.screens.wire import WireScreen
from pgmem_tui.ui.widgets.presenter_strip import PresenterStrip, Told
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.table_tree import TableTree
from tests.paging.harness import gate, gated
from tests.ui.lesson_screen import SIDES, lesson, lessons
from tests.ui.program import FIRST, Program, program, terminate
from tests.ui.test_snapshots import OneWidget

SMALL, LARGE = (80, 24), (160, 48)
SECRET = "жщюжщюжщю"
"""Letters that no sentence of the program has."""


def report(kind: str, **changes: Any) -> StatementReport:
    return replace(StatementReport("browse", kind, f"{kind} …", 1_760_000_000.0, 0.0009), **changes)


FETCH = report("FETCH", rows=200, nbytes=14_000, before=0, after=200, cursor="pgmem_1")


def strip(running: Program) -> PresenterStrip | None:
    return next((one for one in running.app.screen.children if isinstance(one, PresenterStrip)), None)


def told(running: Program) -> Told:
    found = strip(running)
    return found.told if found is not None else Told("", "", "", "", "")


async def on(running: Program) -> None:
    await running.shows(FIRST)
    await running.at_row(1)  # what brought the rows is no key's doing
    await running.press("P")
    await running.shows("presenter mode · P ends it")


# -- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "character", "name", "cap"),
    [
        ("g", "g", "g", "g"),
        ("G", "G", "shift G", "SHIFT  G"),
        ("question_mark", "?", "?", "?"),
        ("plus", "+", "+", "+"),
        ("space", " ", "space", "S P A C E"),
        ("enter", "\r", "enter", "E N T E R"),
        ("escape", "\x1b", "esc", "E S C"),
        ("ctrl+r", "\x12", "ctrl r", "CTRL  r"),
        ("pagedown", None, "page down", "P A G E  D O W N"),
        ("down", None, "↓", "↓"),
        ("shift+down", None, "shift ↓", "SHIFT  ↓"),
        ("alt+j", None, "alt j", "ALT  j"),
        ("alt+j", "j", "alt j", "ALT  j"),
        ("alt+shift+j", "J", "alt shift J", "ALT  SHIFT  J"),
        ("alt+1", "¡", "alt 1", "ALT  1"),
        ("alt+at", "@", "alt @", "ALT  @"),
        ("ctrl+shift+end", None, "ctrl shift end", "CTRL SHIFT END"),
        ("f5", None, "f5", "F 5"),
        ("é", "é", "é", "é"),
    ],
)
def test_names_of_keys(key: str, character: str | None, name: str, cap: str) -> None:
    assert name_of(key, character) == name
    assert Pressed(name).cap == cap


def test_neighbours_that_are_alike_are_told_together() -> None:
    asked = Asked()
    assert asked.line(80) == "asks for no rows"
    asked.add(report("EXPLAIN", connection="catalog"), of_rows=False)
    assert asked.line(80) == "asks for no rows, only about them"
    for kind in ("BEGIN", "DECLARE", "FETCH", "FETCH", "FETCH"):
        asked.add(report(kind))
    assert asked.line(80) == "asks the server: BEGIN, DECLARE, FETCH ×3"
    assert asked.line(40) == "asks the server: … DECLARE, FETCH ×3"
    assert asked.line(1) == "asks the server: … FETCH ×3"


def test_what_still_runs_is_told_with_what_was_answered() -> None:
    asked = Asked()
    running = report("FETCH", sql='FETCH FORWARD 9 FROM "c"', seconds=3.9, running=True)
    assert asked.line(80, running) == "asks the server: FETCH"
    for kind in ("MOVE", "FETCH"):
        asked.add(report(kind))
    assert asked.line(80, running) == "asks the server: MOVE, FETCH ×2"
    assert asked.line(80) == "asks the server: MOVE, FETCH"
    assert sentence(running, 70) == "FETCH, running 3 s: Brings the next rows from where the cursor stands"
    assert sentence(replace(running, seconds=75.0), 160).startswith(
        "FETCH, running 1:15: Brings the next rows"
    )


def test_a_key_that_asks_for_hours() -> None:
    asked = Asked()
    for _ in range(1000):
        asked.add(report("FETCH"))
        asked.add(report("MOVE"))
    assert asked.line(1000).count(",") == MOST - 1
    assert asked.line(1000).startswith("asks the server: … FETCH, MOVE")


def test_a_statement_in_words() -> None:
    assert sentence(FETCH, 160) == (
        "FETCH (200 rows, 14 kB, 0.9 ms): Brings the next rows from where the cursor stands, and leaves it on"
        " the last of them."
    )
    assert (
        sentence(FETCH, 78) == "FETCH (200 rows, 0.9 ms): Brings the next rows from where the cursor stands"
    )
    assert sentence(report("FETCH", rows=1), 60) == "FETCH: Brings the next rows from where the cursor stands"
    assert sentence(report("SELECT", error="42703"), 100).startswith("SELECT (refused, 42703, 0.9 ms): The")
    cancelled = sentence(report("SELECT", error="57014"), 100)
    assert cancelled.startswith("SELECT (cancelled, 57014, 0.9 ms): The server stopped it")
    assert sentence(report("BEGIN", implied=True), 100).startswith("BEGIN: psycopg2 sends this by itself")
    lost = report("lost", error="57P01", lost=True, seconds=0.0)
    assert sentence(lost, 60) == "connection lost (57P01): The server ended the connection"
    assert sentence(replace(FETCH, rows=0, nbytes=0, error="57P01", lost=True), 80) == (
        "FETCH (57P01, 0.9 ms): The connection was lost before this was answered"
    )
    hostile = sentence(report("\x1b[31m\u202e", error="\x9b1"), 100)
    assert hostile.isprintable()
    assert cell_width(sentence(FETCH, 78)) <= 78


# -- looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_looks(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """Four lines: a bright cap over three, in its middle 'S P A C E ×2'; beside it two keys dim, bold what
    this one did, what was sent; the last line bright, a FETCH in words, whole where there is room."""
    widget = PresenterStrip()

    async def fill(pilot: Pilot[None]) -> None:
        before = "shift G  last row   j ×12  down"
        asked = "asks the server: … MOVE, FETCH ×31"
        did = "stream all rows; again to stop"
        widget.show(Told("S P A C E ×2", did, before, asked, sentence(FETCH, widget.room - 2)))
        await pilot.pause()

    assert snap_compare(OneWidget(widget), terminal_size=size, run_before=fill)


async def test_little_room(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(60, 15)) as running:
        await on_small(running)
        await running.press("j")
        await running.until(lambda: told(running)[:2] == ("j", "down"))
        found = strip(running)
        assert found is not None
        assert found.size.height == 2
        await running.shows("FETCH: ")  # before the key, or for it: rows ahead may still be on their way
        key, asked = running.text.splitlines()[-3:-1]
        assert key.split()[:2] == ["j", "down"]
        assert asked.split()[:2] in (["before:", "FETCH:"], ["FETCH:", "Brings"])


async def on_small(running: Program) -> None:
    await running.shows(FIRST)
    await running.press("P")
    await running.until(lambda: strip(running) is not None)


# -- in the program ------------------------------------------------------------------------------


async def test_keys_and_what_they_did(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=SMALL) as running:
        await on(running)
        await running.press("j", "j")
        await running.until(lambda: told(running)[:2] == ("j ×2", "down"))
        assert told(running).asked == "asks for no rows"
        assert told(running).statement.startswith("last statement: FETCH")
        await running.press("G")
        await running.shows("SHIFT  G")
        await running.until(lambda: "FETCH" in told(running).asked)
        assert told(running).did == "last row"
        assert told(running).before == "j ×2  down"
        await running.until(lambda: told(running).statement.startswith("FETCH ("))
        lines = running.text.splitlines()
        assert lines[-2].startswith(" FETCH (")
        assert lines[-1].startswith(" ? help  P ends presenter mode")


async def test_a_key_that_another_takes_did_not_do_what_its_binding_says(place: ConnectionSettings) -> None:
    """`y`, then `r`: copies a row, and opens no record."""
    async with program(place, table="events", size=LARGE) as running:
        await on(running)
        await running.at_row(1)
        await running.press("y", "r")
        await running.shows("copied")
        await running.until(lambda: told(running).cap == "r")
        assert told(running).did == ""
        assert told(running).before.startswith("y  copy")


async def test_a_statement_that_runs_is_spoken_of(database: ConnectionSettings) -> None:
    """While it does, and the next key is no reason for it."""
    async with program(database, command=gated(closed_after=200), size=LARGE) as running:
        await running.shows("row 1 of ")
        await running.press("i")
        await running.shows("scrollable")
        await running.press("P")
        await running.shows("presenter mode · P ends it")
        with gate(database) as closed:
            await running.press("a")
            prompt = running.browse.query_one("#inspector-prompt", Prompt)
            await running.until(lambda: prompt.display)
            await running.press("ctrl+u", *"MOVE ABSOLUTE 900", "enter")
            await running.shows("MOVE ABSOLUTE 900 … esc cancels")
            closed.wait_for_someone()
            await running.until(
                lambda: told(running).statement.startswith("MOVE, running 1 s: Puts the cursor")
            )
            assert told(running)[:2] == ("E N T E R", "take what was typed")
            assert told(running).asked == "asks the server: MOVE"
            await running.press("tab")
            await running.until(lambda: told(running).cap == "T A B")
            assert told(running).asked == "asks for no rows"
            assert told(running).statement.startswith("MOVE, running ")
        await running.until(lambda: told(running).statement.startswith("last statement: "))
        assert told(running).asked == "asks for no rows", "it was no doing of this key's"


async def test_alt_and_a_letter_is_no_typing_unless_it_is(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=LARGE) as running:
        await on(running)

        async def press_alt(letter: str) -> None:
            await running.app._typed.add(events.Key(f"alt+{letter}", letter))  # as it comes from a terminal

        await running.press("e")
        await running.until(lambda: told(running).cap == "e")
        await press_alt("z")
        await running.until(lambda: told(running).cap == "ALT  z")
        await running.press("escape", "/")
        await running.until(lambda: told(running).cap == "/")
        await press_alt("x")
        await running.until(lambda: told(running).cap == "T Y P I N G")


async def test_nothing_that_is_typed_is_shown(
    place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not its letters, and not how many there are; at no moment."""
    shown: list[Told] = []
    show = PresenterStrip.show

    def watched(self: PresenterStrip, told: Told) -> None:
        shown.append(told)
        show(self, told)

    monkeypatch.setattr(PresenterStrip, "show", watched)
    async with program(place, table="events", size=LARGE) as running:
        await on(running)
        await running.press("1")
        await running.screen(ConnectScreen)
        for field in ("port", "dbname", "user", "password"):
            await running.press("tab")
            typing = running.app.screen.query_one(f"#{field}", Input)
            await running.until(lambda: typing.has_focus)  # noqa: B023
            await running.press(*SECRET, "backspace", "left", "Ж")
            await running.until(lambda: "Ж" in typing.value)  # noqa: B023
        assert typing.password
        await running.press("ctrl+u")
        await running.until(lambda: told(running).cap == "CTRL  u")
        await running.app._typed.add(events.Paste(SECRET))
        await running.until(lambda: told(running).cap == "T Y P I N G")
    assert {one.cap for one in shown} == {"", "1", "T A B", "T Y P I N G", "CTRL  u"}
    befores = "\n".join(one.before for one in shown)
    assert not any(part in befores for part in ("backspace", "←", "×", "shift", *SECRET))


async def test_a_lessons_statements_are_spoken_of(place: ConnectionSettings, tmp_path: Path) -> None:
    """Those of its sessions: its programs run elsewhere, on connections that are theirs."""
    async with lessons(place, tmp_path, lesson(steps=SIDES), size=LARGE) as (running, _):
        await running.press("P", "1", "space")
        await running.until(lambda: told(running).asked == "asks the server: BEGIN")
        await running.until(lambda: "runs next" in running.text)
        await running.press("a")
        await running.until(lambda: told(running).asked == "asks the server: SELECT ×2")
        assert told(running).statement.startswith("SELECT (1 row")


async def test_a_connection_that_is_lost_is_spoken_of(
    place: ConnectionSettings, observer: Connection
) -> None:
    async with program(place, table="events", size=LARGE) as running:
        await on(running)
        terminate(observer, place)
        await running.press("G")
        await running.until(lambda: told(running).statement.startswith("connection lost ("))
        assert "lost" not in told(running).asked


async def test_typing_into_the_rows(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=LARGE) as running:
        await on(running)
        await running.press("/", *SECRET)
        await running.shows(SECRET)
        await running.until(lambda: told(running).cap == "T Y P I N G")
        assert told(running)[:3] == (
            "T Y P I N G",
            "a text, which is not shown here",
            "/  find a text from here on",
        )
        await running.press("escape")
        await running.until(lambda: told(running).cap == "E S C")
        assert told(running).before.startswith("typing   /  find")


async def test_other_screens_have_it_too(place: ConnectionSettings) -> None:
    """Above their last line, or above where that of the screen below is; and none when it ends."""
    async with program(place, table="events", size=SMALL) as running:
        await on(running)
        for key, kind, y in (("w", WireScreen, 19), ("?", HelpScreen, 19)):
            await running.press(key)
            await running.screen(kind)
            await running.until(lambda: (found := strip(running)) is not None and found.region.y == y)  # noqa: B023
        await running.press("escape")
        await running.screen(WireScreen)
        assert "esc back" in running.text.splitlines()[-1]
        await running.press("P")
        await running.until(lambda: strip(running) is None)
        await running.press("escape")
        await running.back()
        await running.until(lambda: strip(running) is None)
        assert "P ends" not in running.text


async def test_what_distracts_is_hidden(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=LARGE) as running:
        await running.shows(FIRST, "Tables", "7 lessons")
        await on(running)
        tree = running.app.screen.query_one(TableTree)
        await running.until(lambda: tree.region.width == 0)
        assert "Memory" in running.text
        assert "Cursor" in running.text
        assert "7 lessons" not in running.text
        await running.press("2")
        await running.until(lambda: tree.region.width and tree.has_focus)
        await running.press("3")
        await running.until(lambda: tree.region.width == 0)
        await running.press("P")
        await running.shows("Tables", "7 lessons")


async def test_from_the_tree(place: ConnectionSettings) -> None:
    """Who is in it stays in it."""
    async with program(place, table="events", size=LARGE) as running:
        await running.shows(FIRST)
        await running.press("2")
        tree = running.app.screen.query_one(TableTree)
        await running.until(lambda: tree.has_focus)
        await running.press("P")
        await running.shows("presenter mode · P ends it")
        assert tree.has_focus
        assert tree.region.width


async def test_from_the_command_line_and_by_name(place: ConnectionSettings) -> None:
    app = PgmemApp(Options(settings=place, table="events", connect_at_once=True, present=True))
    try:
        async with app.run_test(size=LARGE) as pilot:
            running = Program(app, pilot)
            await running.shows(FIRST, "presenter mode · P ends it")
            names = [command.title for command in app.get_system_commands(app.screen)]
            assert "Program: presenter mode; enlarge the font, too" in names
    finally:
        app.end()


async def test_it_costs_nothing_when_off() -> None:
    app = PgmemApp(Options())
    async with app.run_test() as pilot:
        await pilot.press("x")
        assert app._presenter is None
    app.end()
