"""The lab in the program, on a real server: chosen, run, read, saved, cancelled, left."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.lab.modes import MODES
from pgmem_tui.lab.report import from_json
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.app import PgmemApp
from pgmem_tui.ui.lab_desk import Phase
from pgmem_tui.ui.screens.lab import LabScreen
from pgmem_tui.ui.screens.way import WayScreen
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.table_tree import TableTree
from tests.lab.conftest import eventually
from tests.ui.lesson_screen import left
from tests.ui.program import FIRST, Program, program

SIZES = [(80, 24), (160, 48)]
FEW = ("fetchall", "named-1000", "copy")
LONG = "SELECT n, pg_sleep(0.01) FROM generate_series(1, 100000) AS n"
WIDE = "SELECT n, repeat('x', 100000) AS wide FROM generate_series(1, 20000) AS n"


@asynccontextmanager
async def lab(
    place: ConnectionSettings,
    *,
    table: str = "",
    command: str = "",
    size: tuple[int, int] = (80, 24),
    ways: tuple[str, ...] = FEW,
) -> AsyncIterator[tuple[Program, LabScreen]]:
    """The program with the lab open on a table or query, and these ways chosen, to be run once."""
    async with program(place, table=table, command=command, size=size) as shown:
        screen = await shown.opened("6", LabScreen, "Lab: ")
        choice = screen.desk.choice
        screen._choose(replace(choice, repeat=1, left_out=frozenset(MODES) - set(ways)))
        await shown.until(lambda: screen.desk.phase is Phase.IDLE)
        yield shown, screen


async def ran(shown: Program, screen: LabScreen) -> None:
    """Run it to its end."""
    await shown.press("space")
    await shown.until(lambda: screen.desk.phase is Phase.RUNNING)
    await shown.until(lambda: screen.desk.ended)
    await shown.shows("done  enter")


@pytest.mark.parametrize("size", SIZES)
async def test_from_choosing_to_reading(place: ConnectionSettings, size: tuple[int, int]) -> None:
    async with lab(place, table="events", size=size) as (shown, screen):
        await shown.shows("Lab: public.events", "r rows 200,000", "n repeat 1", "3 of 15 ways")
        await shown.shows(
            "≈20.0k rows, 4 runs (3 × 1 + warm-up), ≈", "space runs", "* A fetchall", "  B iterate"
        )
        await ran(shown, screen)
        report = screen.desk.report
        assert report is not None and [each.mode for each in report.measurements] == list(FEW)
        assert all(each.rows == 20_000 for each in report.measurements)
        await shown.shows("RSS", "USS", "first", "time", "bytes", "trips", "server", "temp")
        await shown.shows("fetchall: ")
        await shown.press("tab")  # the conclusions get the room
        await shown.until(lambda: screen.detail.has_focus)
        await shown.press("G" if size[1] > 24 else "j")
        await shown.press("shift+tab", "v")
        await shown.shows("0 └──", "A fetchall", "M copy")
        await shown.press("escape")
        await shown.until(lambda: screen.list.display and screen.list.has_focus)
        await shown.press("escape")
        await shown.back()
        await shown.press("6")  # one finds what was measured
        await shown.shows("done  enter", "fetchall: ")
        await shown.press("a")
        await shown.until(lambda: screen.desk.phase is Phase.RUNNING)
        await shown.until(lambda: screen.desk.ended)


async def test_a_way_shows_its_code_and_figures(place: ConnectionSettings) -> None:
    async with lab(place, table="events") as (shown, screen):
        await shown.press("down", "down", "p")
        await shown.screen(WayScreen)
        await shown.shows("unnamed cursor, LIMIT 1,000", "cursor.execute(query)", "LIMIT 1000")
        await shown.press("escape")
        await shown.screen(LabScreen)
        await ran(shown, screen)
        await shown.press("up", "up", "enter")
        await shown.screen(WayScreen)
        await shown.shows("run 1", "20,000 rows in", "https://www.psycopg.org/docs/", "def unnamed_fetchall(")
        await shown.press("y")
        await shown.shows("copied the code")
        assert shown.app.clipboard.startswith("def unnamed_fetchall(")
        await shown.press("q")
        await shown.screen(LabScreen)


async def test_what_is_chosen_and_typed(place: ConnectionSettings) -> None:
    async with lab(place, table="events") as (shown, screen):
        await shown.press("x")
        await shown.shows("2 of 15 ways", "  A fetchall")
        await shown.press("A")
        await shown.shows("t limit 60 s", " 15 of 15 ways", "16 runs (15 × 1 + warm-up)")
        await shown.press("A")
        await shown.shows("0 of 15 ways", "no way is chosen")
        await shown.press("space")
        assert not screen.desk.busy
        await shown.press("x")
        for key, text, said in (
            ("r", "1,500", "rows 1,500"),
            ("r", "all", "rows all"),
            ("c", "100MB", "cap 100 MB"),
            ("n", "2", "repeat 2"),
            ("t", "7", "t limit 7 s"),
        ):
            await shown.answer(key, text)
            await shown.shows(said)
        await shown.shows("≈20.0k rows, 3 runs")
        await shown.answer("c", "1MB")
        await shown.shows("1MB is not a size from 64 MB", "cap 100 MB", "RSS at which a run is killed")
        await shown.press("home", "2", "0", "enter")  # it is still there, to be mended
        await shown.shows("cap 201 MB", "≈20.0k rows, 3 runs")
        await shown.answer("c", "100MB")
        await shown.answer("n", "0")
        await shown.shows("0 is not a whole number from 1 to 100", "runs of each way")
        await shown.press("escape")
        await shown.shows("repeat 2", "cap 100 MB", "≈20.0k rows, 3 runs")
        await shown.press("j", "k")
        await shown.shows("≈20.0k rows, 3 runs")
        await shown.press("enter")  # which runs, as long as there is nothing to read
        await shown.until(lambda: screen.desk.ended)
        report = screen.desk.report
        assert report is not None
        asked = report.asked
        assert (asked.rows, asked.cap, asked.repeat, asked.timeout) == (0, 100 << 20, 2, 7.0)


async def test_a_missing_key_is_said_before(place: ConnectionSettings) -> None:
    async with lab(place, command="SELECT 1 AS n FROM events", ways=("copy",)) as (shown, _):
        await shown.shows("not run: which key the rows of a query", "not run: no column is wide")


async def test_what_the_grid_keeps_and_sorts_is_read(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.at_row(1)
        await shown.press("s")
        await shown.shows("ORDER BY id")
        await shown.press("C", "j", "space", "enter")
        await shown.back()
        await shown.opened("6", LabScreen, "events · ORDER BY id · hidden columns, too", "space runs")
        await shown.shows("L keyset", "Each page begins after the last key")
        await shown.press("escape")
        await shown.back()
        await shown.press("s")
        await shown.shows("ORDER BY id DESC")
        await shown.opened("6", LabScreen, "space runs")
        await shown.shows("not run: the rows are sorted otherwise than by the primary key")


async def test_much_is_asked_about(place: ConnectionSettings, observer: Connection) -> None:
    async with lab(place, command=WIDE, ways=("named-1000",)) as (shown, screen):
        await shown.press("space")
        await shown.shows("over the wire: run it? y or n", "3.7 GB")
        assert screen.desk.phase is Phase.ASKING
        await shown.press("n")
        await shown.until(lambda: screen.desk.phase is Phase.IDLE)
        assert screen.desk.watched is None
        await shown.press("space")
        await shown.until(lambda: shown.app.screen.query_one(Prompt).display)
        await shown.press("y")
        await shown.shows("run 1 of 2", "warm-up")
        await shown.press("escape")
        await shown.shows("cancelled after 0 of 1 way  a again")
        await shown.press("S")
        await shown.shows("nothing was measured: there is no report")
        await shown.until(lambda: not left(observer, place))


async def test_escape_and_control_c_cancel(place: ConnectionSettings, observer: Connection) -> None:
    async with lab(place, command=LONG, ways=("named-10",)) as (shown, screen):
        for key in ("escape", "ctrl+c"):
            await shown.press("space")
            await shown.shows("run 1 of 2")
            assert left(observer, place)
            await shown.press("r")
            await shown.shows("it runs: esc cancels it")
            await shown.press(key)
            await shown.shows("cancelled after 0 of 1 way  a again")
            await shown.until(lambda: not left(observer, place))
            assert shown.app.screen is screen
        await shown.press("escape")
        await shown.back()


@pytest.mark.parametrize("how", ["q", "ctrl+q"])
async def test_leaving_stops_what_runs(place: ConnectionSettings, observer: Connection, how: str) -> None:
    async with lab(place, command=LONG, ways=("named-10",)) as (shown, _):
        await shown.press("space")
        await shown.shows("run 1 of 2")
        await shown.press(how)
        if how == "q":
            await shown.back()
            await shown.press("down")
            await shown.at_row(2)  # the rows were read on another connection all the time
            await shown.until(lambda: not left(observer, place))
    # The server sees a moment later that its client is gone.
    eventually(lambda: not left(observer, place), about=lambda: left(observer, place))


async def test_reports_are_saved(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lab(place, table="events", size=(160, 48)) as (shown, screen):
        await shown.press("S")
        await shown.shows("there is no report yet")
        await ran(shown, screen)
        for name, begin in (("a.json", "{"), ("a.md", "# `public.events`"), ("A.SVG", "<svg ")):
            await shown.answer("S", str(tmp_path / name))
            await shown.until((tmp_path / name).exists)
            await shown.shows("saved ")
            assert (tmp_path / name).read_text().startswith(begin)
        assert from_json((tmp_path / "a.json").read_text()) == screen.desk.report
        assert place.user not in json.loads((tmp_path / "a.json").read_text())["asked"].values()
        await shown.answer("E", str(tmp_path / "a.txt"))
        await shown.shows("a report's name ends in .json, .md, .svg", "save the report to")
        await shown.press("end", *["backspace"] * len("a.txt"), *"b.md", "enter")
        await shown.until((tmp_path / "b.md").exists)
        (tmp_path / "a.md").write_text("mine")
        await shown.answer("S", str(tmp_path / "a.md"))
        await shown.shows("replace it?")
        await shown.press("n")
        await shown.until(lambda: not shown.app.screen.query_one(Prompt).display)
        assert (tmp_path / "a.md").read_text() == "mine"


async def test_what_was_cancelled_is_saved_as_that(place: ConnectionSettings, tmp_path: Path) -> None:
    slow = "SELECT n FROM generate_series(1, 200000) AS n"  # where pages with OFFSET take seconds
    async with lab(place, command=slow, ways=("copy", "named-10", "fetchall", "offset")) as (shown, screen):
        await shown.press("space")
        await shown.until(
            lambda: (made := screen.desk.report) and any(each.runs for each in made.measurements)
        )
        await shown.press("escape")
        await shown.shows("of 4 ways  enter code  tab reads  S report  a again")
        for name in ("a.json", "a.md", "a.svg"):
            await shown.answer("S", str(tmp_path / name))
            await shown.until((tmp_path / name).exists)
            await shown.shows("saved ")
            text = (tmp_path / name).read_text()
            assert re.search("cancelled after [1-3] of 4 ways", text) and "pages are sent without" not in text
        asked = from_json((tmp_path / "a.json").read_text()).asked
        assert asked.modes == ("fetchall", "named-10", "offset", "copy")


async def test_rows_that_cannot_be_read_again(place: ConnectionSettings) -> None:
    async with program(place, command="SHOW work_mem") as shown:
        await shown.shows("4MB")
        await shown.press("6")
        await shown.shows("these are held here, of a statement that ran once")
    async with program(place) as shown:
        await shown.shows("choose a table")
        await shown.press("6")
        await shown.shows("the lab reads that in many ways")
        assert shown.browse.query_one(TableTree)


async def test_what_the_server_refuses_is_said(place: ConnectionSettings, observer: Connection) -> None:
    async with program(place, command="SELECT 1 AS n FROM events") as shown:
        screen = await shown.opened("6", LabScreen, "space runs")
        screen.desk._settings = replace(place, dbname="gone")
        await shown.press("space")
        await shown.shows('database "gone" does not exist', "space tries again, esc")
        await shown.press("x", "x")
        await shown.shows("space tries again, esc", "space tries again: ")
        screen.desk._settings = place
        screen._choose(replace(screen.desk.choice, repeat=1, left_out=frozenset(MODES) - {"copy"}))
        await ran(shown, screen)
        assert not screen.notice.display


async def test_a_query_that_fails_later(place: ConnectionSettings) -> None:
    query = "SELECT 1 / (1000 - n) AS x FROM generate_series(1, 100000) AS n"
    async with lab(place, command=query, ways=("copy",)) as (shown, _):
        await shown.press("space")
        await shown.shows("division by zero", "no way could be run")
        await shown.press("p")
        await shown.screen(WayScreen)


async def test_cancelled_while_it_asks(place: ConnectionSettings) -> None:
    async with lab(place, command=WIDE, ways=("named-1000",)) as (shown, screen):
        for key in ("ctrl+c", "escape"):
            await shown.press("space")
            await shown.until(lambda: screen.prompt.display)
            await shown.press(key)
            await shown.until(lambda: screen.desk.phase is Phase.IDLE and not screen.prompt.display)
            assert screen.list.has_focus and screen.desk.watched is None


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names(place: ConnectionSettings, size: tuple[int, int]) -> None:
    query = "SELECT 1 AS \"\x1b[2J[red]\u202e\", '[b]%s' AS t"
    async with lab(place, command=query, size=size, ways=("copy",)) as (shown, screen):
        await ran(shown, screen)
        await shown.press("p")
        await shown.screen(WayScreen)
        await shown.shows("\\x1b[2J[red]\\u202e", "[b]%s")
        assert not any(ord(character) < 32 and character != "\n" for character in shown.text)


async def test_a_small_terminal_and_resizing(place: ConnectionSettings) -> None:
    async with lab(place, table="events", size=(60, 15), ways=("copy",)) as (shown, screen):
        await ran(shown, screen)
        await shown.pilot.resize_terminal(160, 48)
        await shown.shows("USS", "0 └──", "M copy")
        await shown.press("v")
        await shown.until(lambda: not screen.list.display)
        await shown.pilot.resize_terminal(80, 24)
        await shown.shows("M copy", "0 └──")


async def test_the_password_of_the_form_reaches_the_processes(place: ConnectionSettings) -> None:
    secret = replace(place, password="not-asked-for")
    app = PgmemApp(Options(secret, "events", connect_at_once=True))
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            shown = Program(app, pilot)
            screen = await shown.opened("6", LabScreen, "space runs")
            assert screen.desk.known is not None
            assert screen.desk.known.plan.settings.password == "not-asked-for"
            assert "not-asked-for" not in shown.text
    finally:
        app.end()
