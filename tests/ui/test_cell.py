"""The cell view and the record view on a real server, driven by keys."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.cell import CellScreen
from pgmem_tui.ui.screens.record import RecordScreen
from pgmem_tui.ui.widgets.prompt import Prompt
from tests.conftest import connect
from tests.paging.harness import run
from tests.ui.program import Program, program

LINES = "SELECT string_agg('line ' || i, E'\\n') AS v FROM generate_series(1, 300000) AS i"
"""3.4 MB: more than the view holds."""


async def asked(shown: Program, key: str, text: str) -> None:
    """Press a key that asks for something, once nothing else is under way, and give it."""
    screen = shown.app.screen
    assert isinstance(screen, CellScreen)
    await shown.until(lambda: screen.reading.form and not screen.reading.task)
    await shown.answer(key, text)


async def test_a_long_text_to_its_end_and_back(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, command=LINES, size=(80, 24)) as shown:
        cell = await shown.opened("enter", CellScreen, "v text ─ 3.3 MB · ", "line 1 ", "characters", "0.0 %")
        height = cell.view.height
        await shown.press("pagedown")
        await shown.shows(f"line {height + 1} ", f"line {2 * height} ")
        await shown.press("pageup")
        await shown.shows("line 1 ")
        await shown.press("G")
        await shown.shows("line 300000", "100.0 %")
        await shown.press("pageup")
        await shown.shows(f"line {300000 - height} ")
        await asked(shown, ":", "50%")
        await shown.shows("50.0 %")
        await asked(shown, "/", "LINE 77777")
        await shown.shows("not found")
        await shown.press("g")
        await shown.shows("line 1 ", "0.0 %")
        await asked(shown, "/", "line 77777")
        await shown.shows("found at byte", "line 77777 ")
        await shown.press("n")
        await shown.shows("not found")
        await asked(shown, ":", "0")
        await shown.shows("line 1 ")
        assert len(cell.reading.held.window.data) <= 2 * 2**20
        await shown.press("escape")
        await shown.back()


async def test_pages_that_are_held_come_within_a_frame(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, command=LINES) as shown:
        cell = await shown.opened("enter", CellScreen, "3.3 MB")
        await shown.until(lambda: cell.reading.held.window.end > 250_000 and not cell.reading.held.asked)
        took = []
        for _ in range(20):
            began = time.perf_counter()
            cell.view.action_page(1)
            for y in range(cell.view.height):
                cell.view.render_line(y)
            took.append(time.perf_counter() - began)
        assert sorted(took)[10] < 0.016, took


async def test_a_line_longer_than_what_is_held(demo_database: ConnectionSettings) -> None:
    sql = "SELECT repeat('0123456789', 500000)"
    async with program(demo_database, command=sql, size=(80, 24)) as shown:
        cell = await shown.opened("enter", CellScreen, "4.8 MB")
        await shown.press("G")
        await shown.shows("100.0 %")
        await shown.until(lambda: cell.view.render_line(cell.view.height - 1).text.strip().endswith("9"))
        for _ in range(5):
            await shown.press("pageup")
        await shown.press("w")
        await shown.shows("not wrapped")
        await shown.press("right")
        await shown.until(lambda: cell.view.left > 0)


async def test_json_folds(demo_database: ConnectionSettings) -> None:
    sql = """SELECT jsonb_build_object('a', jsonb_build_array(1, 2), 'b', repeat('x', 1000)) AS j"""
    async with program(demo_database, command=sql, size=(80, 24)) as shown:
        await shown.opened("enter", CellScreen, "─ JSON", '"a": [', "line 1 of 7")
        await shown.press("down", "z")
        await shown.shows('"a": [ … 2 lines … ],', "line 2 of 4")
        await shown.press(" ")
        await shown.shows("line 2 of 7")
        await shown.press("w")
        await shown.shows("line 2 of 7 · not wrapped")
        await shown.press("w")
        await shown.shows("line 2 of 7 · wrapped")
        await shown.press("t")
        await shown.shows("─ text", '{"a": [1, 2], "b": "xxx')
        await shown.press("t")
        await shown.shows("─ hex", "00000000  7b 22 61 22")
        await shown.press("t")
        await shown.shows("─ JSON")
        await asked(shown, "/", "2")
        await shown.shows("found at character", "line 4 of 7")
        await asked(shown, ":", "6")
        await shown.shows("line 6 of 7")


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ("NULL::text", ("NULL",)),
        ("''::text", ("an empty string", "0 B")),
        ("E'  \\t'::text", ("white space only: 2 spaces, 1 tab",)),
        ("'\\x'::bytea", ("no bytes",)),
        ("'\\x00ff41'::bytea", ("─ hex", "00 ff 41", "|..A|", "3 B")),
        ("42", ("42", "integer")),
        ("ARRAY['a b', NULL]", ("─ elements", '"a b",', "NULL")),
        ("ROW(1, 'x', NULL)", ("─ fields", "  1,", "  NULL")),
        ("E'a\\x1b[31mb\\u202e'", ("a\\x1b[31mb\\u202e",)),
    ],
)
async def test_values_that_are_short(
    demo_database: ConnectionSettings, expression: str, texts: tuple[str, ...]
) -> None:
    async with program(demo_database, command=f"SELECT {expression} AS v", size=(80, 24)) as shown:
        await shown.opened("enter", CellScreen, *texts)


async def test_saving_asks_before_it_replaces(demo_database: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    async with program(demo_database, command=LINES, size=(200, 24)) as shown:
        await shown.opened("enter", CellScreen, "3.3 MB")
        await asked(shown, "s", str(path))
        await shown.shows("saved 3.3 MB to")
        assert path.read_text().endswith("line 300000")
        path.write_text("mine")
        await asked(shown, "s", str(path))
        await shown.shows("is there already: replace it?")
        await shown.press("n", "enter")
        await shown.until(lambda: not shown.app.screen.query_one(Prompt).display)
        assert path.read_text() == "mine"
        await asked(shown, "s", str(path))
        await shown.shows("is there already: replace it?")
        await shown.press("y", "enter")
        await shown.until(lambda: os.path.getsize(path) > 4)
        await shown.shows("saved 3.3 MB to")


async def test_a_row_without_a_place_says_so(demo_database: ConnectionSettings) -> None:
    sql = "SELECT repeat(random()::text, 100) AS v"
    async with program(demo_database, command=sql, size=(100, 24)) as shown:
        await shown.opened("enter", CellScreen, "no fixed place", "ORDER BY", "esc goes back")
        await shown.press("escape")
        await shown.back()
        assert not shown.browse.notice.display


async def test_a_lost_connection_comes_back_in_the_cell_view(database: ConnectionSettings) -> None:
    run(
        database,
        "CREATE TABLE t AS SELECT string_agg('line ' || i, E'\\n') AS v FROM generate_series(1, 300000) AS i",
    )
    async with program(database, table="t", size=(100, 24)) as shown:
        await shown.opened("enter", CellScreen, "3.3 MB", "characters")
        observer = connect(database)
        with observer.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name LIKE '% browse'"
            )
        observer.close()
        await shown.press("G")
        await shown.shows("r reconnects")
        await shown.press("r")
        await shown.until(lambda: "r reconnects" not in shown.text)
        await shown.press("G")
        await shown.shows("line 300000", "snapshot refreshed (reconnected)")


WIDE = "SELECT i AS id, {} FROM generate_series(1, 500) AS i"


async def test_the_record_view(demo_database: ConnectionSettings) -> None:
    fields = ", ".join(f"i * {n} AS field_{n}" for n in range(1600 // 2))
    sql = WIDE.format(f"NULL AS nothing, repeat('x', 1000) AS long, {fields}")
    async with program(demo_database, command=sql, size=(80, 24)) as shown:
        await shown.shows("row 1 of ")
        await shown.at_row(1)
        await shown.press("r")
        await shown.screen(RecordScreen)
        await shown.shows("row 1", "803 fields", "id", "integer", "NULL", "xxx…", "field_5 ")
        await shown.press("n")
        await shown.shows("row 2 ─")
        await shown.press("p")
        await shown.shows("row 1 ─")
        await shown.press("/")
        await shown.until(lambda: shown.app.screen.query_one(Prompt).display)
        await shown.press(*"field_79")
        await shown.shows("11 of 803 fields", "field_799", "field_79 ")
        await shown.press("enter")
        await shown.until(lambda: not shown.app.screen.query_one(Prompt).display)
        await shown.press("end", "enter")
        await shown.screen(CellScreen)
        await shown.shows("field_799 integer", "799")
        await shown.press("escape")
        await shown.screen(RecordScreen)
        await shown.press("escape")
        await shown.shows("field_780 ")
        await shown.press("escape")
        await shown.back()
        assert shown.browse.grid.column == 802


async def test_records_beyond_the_rows_that_are_held(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(80, 24)) as shown:
        await shown.shows("row 1 of ")
        await shown.at_row(1)
        await shown.press("r")
        await shown.screen(RecordScreen)
        for _ in range(120):
            await shown.press("n")
        await shown.shows("row 121")
        await shown.until(
            lambda: any(line.split()[1:4] == ["id", "bigint", "121"] for line in shown.text.splitlines())
        )
        await shown.press("q")
        await shown.back()
        await shown.at_row(121)


async def test_help_lists_their_keys(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events") as shown:
        await shown.opened("enter", CellScreen, "row 1")
        await shown.press("?")
        await shown.shows("fold, unfold", "save to a file", "next form")
        await shown.press("escape")
        await shown.screen(CellScreen)
