"""Hidden, moved and frozen columns in the grid, and the screen where they are chosen."""

from __future__ import annotations

import time

import psycopg2
import pytest
from psycopg2 import sql
from rich.cells import cell_len

from pgmem_tui.display.column_arrangement import Arrangement
from pgmem_tui.postgres.relation import Column
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.screens.columns import ColumnsScreen
from pgmem_tui.ui.widgets.column_list import ColumnList
from pgmem_tui.ui.widgets.data_grid import DataGrid
from tests.conftest import connect
from tests.ui.grid_app import GridApp
from tests.ui.program import FIRST, Program, program, terminate

NUMBERS = [Column(name, "integer", 23, category="N") for name in "abcdefgh"]


def fill(app: GridApp, count: int = 20) -> None:
    """Cells that say where they are; behind them values that no column is for."""
    app.open(NUMBERS)
    app.put(0, [(*(f"{name}{n}" for name in "abcdefgh"), "(0,1)", "extra") for n in range(count)], count)


async def test_columns_in_another_order() -> None:
    app = GridApp()
    async with app.run_test(size=(40, 8)) as pilot:
        fill(app)
        await pilot.press("l", "l")
        app.grid.arrange_columns(Arrangement((7, 6, 5, 4, 3, 2, 1, 0), frozenset({6})))
        await pilot.pause()
        assert app.lines[0].split() == ["f", "e", "d", "c"], "scrolled to the cursor"
        assert app.lines[1].split()[:4] == ["1", "f0", "e0", "d0"]
        assert app.grid.column == 2 and "c integer" in app.status, "the cursor keeps its column"
        await pilot.press("h")
        assert app.grid.column == 3 and " · d integer · 7 of" in app.status
        await pilot.press("0")
        assert app.grid.column == 7
        await pilot.press("l")
        assert app.grid.column == 5, "not the hidden one"
        await pilot.press("dollar_sign")
        assert app.grid.column == 0
        assert "extra" not in "\n".join(app.lines)


async def test_a_cursor_on_a_column_that_is_hidden_goes_to_the_next() -> None:
    app = GridApp()
    async with app.run_test(size=(40, 8)) as pilot:
        fill(app)
        await pilot.press("l", "l")
        app.grid.arrange_columns(Arrangement(tuple(range(8)), frozenset({2})))
        assert app.grid.column == 3
        await pilot.press("dollar_sign")
        app.grid.arrange_columns(Arrangement(tuple(range(8)), frozenset({6, 7})))
        assert app.grid.column == 5


async def test_frozen_columns_stay_while_others_scroll() -> None:
    app = GridApp()
    async with app.run_test(size=(50, 8)) as pilot:
        fill(app)
        app.grid.arrange_columns(Arrangement(tuple(range(8)), frozen=2))
        await pilot.press("dollar_sign")
        assert app.lines[0].split() == ["a", "b", "│", "f", "g", "h"]
        assert app.lines[1].split()[:6] == ["1", "a0", "b0", "│", "f0", "g0"]
        assert {cell_len(app.grid.render_line(y).text) for y in range(8)} == {50}
        for expected in (6, 5, 4, 3, 2, 1, 0):
            await pilot.press("h")
            assert app.grid.column == expected
        assert app.lines[0].split() == ["a", "b", "│", "c", "d", "e"]


async def test_one_arrow_key_repaints_two_cells_of_an_arranged_grid() -> None:
    app = GridApp()
    async with app.run_test(size=(50, 8)) as pilot:
        fill(app)
        app.grid.arrange_columns(Arrangement((3, 2, 1, 0, 4, 5, 6, 7), frozenset({1}), 2))
        await pilot.press("dollar_sign")
        app.grid.repainted.clear()
        await pilot.press("down")
        regions = [region for region in app.grid.repainted if region is not None]
        assert len(regions) == len(app.grid.repainted) == 3
        assert {region.height for region in regions} == {1}
        app.grid.repainted.clear()
        await pilot.press("h")
        assert None not in app.grid.repainted


@pytest.mark.parametrize("y", [0, 3])
async def test_the_mouse_finds_arranged_columns(y: int) -> None:
    app = GridApp()
    async with app.run_test(size=(50, 8)) as pilot:
        fill(app)
        app.grid.arrange_columns(Arrangement((3, 2, 1, 0, 4, 5, 6, 7), frozen=1))
        await pilot.press("dollar_sign")
        for name in ("d", "g", "h"):
            x = app.lines[0].index(name)
            await pilot.click(offset=(x, y))
            assert app.grid.column == "abcdefgh".index(name)
        assert app.grid.row == max(0, y - 1)


async def test_a_wide_column_uses_the_room_that_is_left_over() -> None:
    app = GridApp()
    text = Column("t", "text", 25, category="S")
    async with app.run_test(size=(80, 8)) as pilot:
        app.open([NUMBERS[0], text])
        app.put(0, [("1", "x" * 60), ("2", "y")], 3)
        await pilot.pause()
        assert "x" * 60 in app.lines[1]
        before = app.lines[0].index("t")
        app.put(2, [("3", "z" * 300)], 3)
        await pilot.pause()
        assert app.lines[0].index("t") == before
        assert app.lines[3].rstrip("▐ ").endswith("z…")
        await pilot.resize_terminal(60, 8)
        await pilot.pause()
        assert app.lines[1].rstrip("▐ ").endswith("x…")


# -- the screen --------------------------------------------------------------------------------------


def headings(shown: Program) -> list[str]:
    """The heading of the grid."""
    return shown.browse.grid.render_line(0).text.split()


def arranged(shown: Program) -> list[str]:
    """The same, once the grid is seen again."""
    return headings(shown) if isinstance(shown.app.screen, BrowseScreen) else ["?", "?"]


async def test_choosing_columns(place: ConnectionSettings) -> None:
    async with program(place, table="users") as shown:
        await shown.shows(FIRST, "user1@example.org")
        await shown.press("C")
        await shown.shows("Columns ─ 8 of 8 shown", "[x] id", "text[]", "↵ applies")
        await shown.press("f", "j", " ", "j", "J", "/", *"cre", "enter", ">", ">", "escape")
        await shown.shows("7 of 8 shown · 1 frozen", "[ ] name", "hidden", "frozen")
        await shown.press("enter")
        await shown.back()
        assert headings(shown)[:4] == ["id", "│", "country", "email"]
        await shown.press("C")
        await shown.shows("7 of 8 shown · 1 frozen")
        await shown.press("a")
        await shown.shows("8 of 8 shown")
        await shown.press("escape")
        await shown.back()
        assert headings(shown)[:4] == ["id", "│", "country", "email"], "left as it was"


async def test_kept_for_a_table_while_another_is_open_and_after_a_loss(
    place: ConnectionSettings, observer: psycopg2.extensions.connection
) -> None:
    async with program(place, table="users") as shown:
        await shown.shows(FIRST, "user1@example.org")
        await shown.press("C", "j", " ", "enter")
        await shown.until(
            lambda: isinstance(shown.app.screen, BrowseScreen) and headings(shown)[1] == "email"
        )
        await shown.press("2", "/", *"events", "enter")
        await shown.shows(FIRST, "public.events")
        assert "name" not in headings(shown)
        await shown.press("2", "/", *"users", "enter")
        await shown.shows(FIRST, "public.users", "user1@example.org")
        assert headings(shown)[:2] == ["id", "email"]
        terminate(observer, place)
        await shown.press("R")
        await shown.shows("r reconnects")
        await shown.press("r")
        await shown.until(lambda: not shown.browse.browsing.lost and arranged(shown)[:2] == ["id", "email"])


async def test_a_table_that_is_altered(database: ConnectionSettings) -> None:
    connection = connect(database)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t AS SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d")
    async with program(database, table="t") as shown:
        await shown.shows("row 1 of")
        await shown.press("j", "C", "j", " ", "G", "K", "K", "enter")
        await shown.until(
            lambda: isinstance(shown.app.screen, BrowseScreen) and headings(shown) == list("adc")
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            )
            cursor.execute("ALTER TABLE t DROP COLUMN c, ADD COLUMN e int DEFAULT 5, ADD COLUMN b2 int")
        await shown.press("R")
        await shown.shows("r reconnects")
        await shown.press("r")
        await shown.until(lambda: headings(shown) == ["a", "d", "e", "b2"])
    connection.close()


async def test_1600_columns_open_soon_and_one_is_found(database: ConnectionSettings) -> None:
    connection = connect(database)
    names = [sql.SQL("0 AS {}").format(sql.Identifier(f"c{number}")) for number in range(1600)]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TABLE wide AS SELECT {}").format(sql.SQL(", ").join(names)))
    connection.close()
    async with program(database, table="wide", size=(80, 24)) as shown:
        await shown.shows("row 1 of")
        started = time.perf_counter()
        await shown.press("C")
        await shown.screen(ColumnsScreen)
        await shown.shows("1600 of 1600 shown")
        assert time.perf_counter() - started < 1.0, "0.2 s where nothing else runs"
        await shown.press("/", *"1234", "enter", " ")
        await shown.shows("1 of 1600", "1599 of 1600 shown", "[ ] c1234")
        await shown.press("escape", "G", "K", "enter")
        await shown.back()
        await shown.press("dollar_sign")
        await shown.until(lambda: headings(shown)[-1] == "c1598")


async def test_what_the_list_does_with_the_mouse(place: ConnectionSettings) -> None:
    async with program(place, table="users", size=(80, 24)) as shown:
        await shown.shows(FIRST, "user1@example.org")
        await shown.press("C")
        await shown.shows("8 of 8 shown")
        columns = shown.app.screen.query_one(ColumnList)
        await shown.pilot.click(columns, offset=(2, 3))
        await shown.shows("7 of 8 shown", "[ ] email")
        await shown.pilot.click(columns, offset=(20, 2))
        await shown.until(lambda: columns.draft.column == 1)
        assert "7 of 8 shown" in shown.text
        await shown.press("escape")


async def test_nothing_to_choose_before_something_is_open(place: ConnectionSettings) -> None:
    async with program(place) as shown:
        await shown.shows("choose a table")
        await shown.press("3", "C", "j")
        await shown.until(lambda: isinstance(shown.app.focused, DataGrid))
        assert isinstance(shown.app.screen, BrowseScreen)
