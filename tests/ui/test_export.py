"""The export pane on the demo's database, driven by keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection
from textual.widgets import Input

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.export import ExportScreen
from tests.conftest import connect
from tests.export.conftest import backends, eventually
from tests.ui.program import ENDLESS, Program, program

SIZES = [(60, 15), (80, 24), (160, 48)]


@pytest.fixture
def place(
    demo_database: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ConnectionSettings:
    """The demo's database, under a name of this test's own, seen from an empty folder."""
    monkeypatch.chdir(tmp_path)
    return replace(demo_database, application_name=f"pgmem-ui-{secrets.token_hex(4)}")


@pytest.fixture(autouse=True)
def nothing_is_left(place: ConnectionSettings, demo_database: ConnectionSettings) -> Iterator[None]:
    yield
    observer: Connection = connect(demo_database)
    eventually(lambda: not backends(observer, place), about=lambda: backends(observer, place))
    observer.close()
    assert not list(Path.cwd().rglob("*.part"))


async def open_export(shown: Program) -> ExportScreen:
    return await shown.opened("E", ExportScreen, "Export", "enter export")


@pytest.mark.parametrize("size", SIZES)
async def test_a_table(size: tuple[int, int], place: ConnectionSettings) -> None:
    async with program(place, table="events", size=size) as shown:
        screen = await open_export(shown)
        await shown.shows("public.events, ≈20.0k rows", "events.csv", str(Path.cwd())[:20])
        await shown.press("enter")
        await shown.shows("exported 20,000 rows", "escape close")
        assert not screen.running
        assert Path("events.csv").read_text().count("\n") == 20_001
        await shown.press("escape")
        await shown.back()
        await shown.press("G")
        await shown.shows("row 20,000 of 20,000")


async def test_values_that_the_grid_cuts_are_whole(place: ConnectionSettings) -> None:
    async with program(place, table="documents") as shown:
        await open_export(shown)
        await shown.press("enter")
        await shown.shows("exported 12 rows")
    assert Path("documents.csv").stat().st_size > 1 << 20


async def test_the_name_follows_the_format_and_the_other_way_round(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT 1 AS n") as shown:
        screen = await open_export(shown)
        await shown.press("down", "right", "right", "down", "right")
        await shown.shows("query.jsonl.gz", "one JSON object a line")
        screen.query_one("#file", Input).value = "rows.sql"
        await shown.shows("INSERT statements", "as it is")
        await shown.press("enter")
        await shown.shows("exported 1 row,")
        assert Path("rows.sql").read_text() == 'INSERT INTO "rows" ("n") VALUES (\'1\');\n'


async def test_a_file_that_exists_is_asked_about(place: ConnectionSettings) -> None:
    Path("events.csv").write_text("mine")
    async with program(place, table="events", size=(80, 24)) as shown:
        await open_export(shown)
        await shown.press("enter")
        await shown.shows("events.csv exists", "enter replace")
        assert Path("events.csv").read_text() == "mine"
        await shown.press("enter")
        await shown.shows("exported 20,000 rows")
        assert Path("events.csv").read_text().startswith("id,")
        await shown.press("enter")
        await shown.shows("events.csv exists")


async def test_a_dash_is_a_name_here(place: ConnectionSettings, capfd: pytest.CaptureFixture[str]) -> None:
    async with program(place, table="users") as shown:
        screen = await open_export(shown)
        screen.query_one("#file", Input).value = "-"
        await shown.press("enter")
        await shown.shows("exported 1,000 rows")
        await shown.press("enter")
        await shown.shows("enter replace")
        await shown.press("enter")
        await shown.shows("exported 1,000 rows")
    assert Path("-").read_text().count("\n") == 1_001
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("size", SIZES)
async def test_cancel(size: tuple[int, int], place: ConnectionSettings) -> None:
    async with program(place, command=ENDLESS, size=size) as shown:
        screen = await open_export(shown)
        await shown.press("enter")
        await shown.shows("rows/s", "escape cancels", "░")
        await shown.press("escape")
        await shown.shows("Cancelled after", "nothing was kept")
        assert not screen.running and list(Path.cwd().iterdir()) == []
        await shown.press("escape")
        await shown.back()
        await shown.press("pagedown")
        await shown.at_row(1 + shown.browse.grid.body)


async def test_leaving_the_program_meanwhile(place: ConnectionSettings) -> None:
    async with program(place, command=ENDLESS) as shown:
        await open_export(shown)
        await shown.press("enter")
        await shown.shows("rows/s")
        await shown.press("ctrl+q")
        await shown.until(lambda: shown.app._exit)
    assert list(Path.cwd().iterdir()) == []


async def test_a_place_that_cannot_be_written(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        screen = await open_export(shown)
        screen.query_one("#file", Input).value = "none/[b]rows.csv"
        await shown.press("enter")
        await shown.shows("cannot write none/[b]rows.csv: No such file or directory")


async def test_nothing_is_open(place: ConnectionSettings) -> None:
    async with program(place) as shown:
        await shown.shows("choose a table")
        await shown.press("E", "?")
        await shown.shows("export what is open to a file")
