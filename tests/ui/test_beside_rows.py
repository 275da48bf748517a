"""Panes beside the rows, where there is room for one of both: keys go to what is on the screen."""

from __future__ import annotations

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.code_pane import CodePane
from pgmem_tui.ui.widgets.inspector_pane import InspectorPane
from pgmem_tui.ui.widgets.sql_area import SqlArea
from tests.ui.program import Program, program

NARROW = (80, 24)
WIDE = (120, 36)
PANES = pytest.mark.parametrize(
    ("key", "title"), [("i", "Cursor inspector"), ("p", "psycopg2 ─")], ids=["inspector", "program"]
)


async def opened(shown: Program, key: str, title: str) -> None:
    """Wait for rows, and open a pane beside them."""
    await shown.shows("row 1 of ")
    await shown.at_row(1)
    await shown.press(key)
    await shown.shows(title)


@PANES
async def test_the_editor_keeps_the_focus_when_room_is_made_for_it(
    demo_database: ConnectionSettings, key: str, title: str
) -> None:
    async with program(demo_database, table="events", size=NARROW) as shown:
        await opened(shown, key, title)
        await shown.until(lambda: not shown.browse.grid.region)
        await shown.press("e")
        await shown.shows("query 1", "public.events")
        await shown.press(*"select")
        await shown.until(lambda: shown.browse.query_one(SqlArea).text == "select")
        assert shown.browse.query_one(SqlArea).has_focus


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_each_of_keys_typed_at_once_opens_or_closes_the_program(
    demo_database: ConnectionSettings, size: tuple[int, int]
) -> None:
    async with program(demo_database, table="events", size=size) as shown:
        await shown.shows("row 1 of ")
        await shown.at_row(1)
        for count, is_open in ((3, True), (2, True), (1, False), (4, False), (5, True)):
            await shown.press(*"p" * count)
            await shown.until(lambda: not (shown.app._typed._waiting or shown.app._typed._under_way))
            assert bool(shown.browse.query(CodePane)) == is_open
            await shown.until(lambda: shown.app.focused is not None and shown.app.focused.region)


@PANES
async def test_a_table_that_is_opened_is_shown(
    demo_database: ConnectionSettings, key: str, title: str
) -> None:
    async with program(demo_database, table="events", size=NARROW) as shown:
        await opened(shown, key, title)
        await shown.until(lambda: not shown.browse.grid.region)
        await shown.press("2", "/", *"orders", "enter")
        await shown.shows("public.orders", "row 1 of ")
        await shown.until(lambda: shown.browse.grid.has_focus)


@PANES
async def test_what_is_composed_is_shown(demo_database: ConnectionSettings, key: str, title: str) -> None:
    async with program(demo_database, table="events", size=NARROW) as shown:
        await opened(shown, key, title)
        await shown.until(lambda: not shown.browse.grid.region)
        await shown.press("2")
        await shown.until(lambda: shown.browse.table_tree.has_focus)
        await shown.press(*"jj", "c")
        await shown.shows("Compose ─ public.", "cost")
        await shown.press("enter")
        await shown.shows("row 1 of ")
        await shown.until(lambda: shown.browse.grid.has_focus)


@PANES
async def test_the_focus_is_not_left_on_rows_that_a_smaller_terminal_hides(
    demo_database: ConnectionSettings, key: str, title: str
) -> None:
    async with program(demo_database, table="events", size=WIDE) as shown:
        await opened(shown, key, title)
        if not shown.browse.grid.has_focus:
            await shown.press("tab")
        await shown.until(lambda: shown.browse.grid.has_focus)
        await shown.pilot.resize_terminal(*NARROW)
        await shown.until(lambda: not shown.browse.grid.region)
        await shown.until(lambda: shown.browse.focused is not None and shown.browse.focused.region)
        await shown.press("escape")
        await shown.until(lambda: shown.browse.grid.has_focus and shown.browse.grid.region)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_they_take_each_others_place(demo_database: ConnectionSettings, size: tuple[int, int]) -> None:
    async with program(demo_database, table="events", size=size) as shown:
        await opened(shown, "i", "server: pg_cursors")
        browse = shown.browse
        await shown.until(lambda: browse.query_one(InspectorPane).facts.has_focus)
        await shown.press("p")
        await shown.shows("psycopg2 ─", "import psycopg2")
        assert not browse.query(InspectorPane)
        browse.query_one(CodePane).view.focus()
        await shown.until(lambda: browse.query_one(CodePane).view.has_focus)
        await shown.press("i")
        await shown.shows("server: pg_cursors")
        await shown.until(lambda: browse.query_one(InspectorPane).facts.has_focus)
        assert not browse.query(CodePane)


async def test_one_that_is_still_being_opened_goes_too(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=WIDE) as shown:
        await shown.shows("row 1 of ")
        beside, browse = shown.browse.row_keys.beside, shown.browse
        beside.inspect()
        beside.code()
        await shown.shows("psycopg2 ─", "import psycopg2")
        await shown.until(lambda: not browse.query(InspectorPane))
        beside.code()
        beside.code()
        beside.code()
        beside.inspect()
        await shown.shows("server: pg_cursors")
        await shown.until(lambda: not browse.query(CodePane) and len(browse.query(InspectorPane)) == 1)
        await shown.press("escape")
        await shown.until(lambda: not browse.query(InspectorPane) and browse.grid.has_focus)
        assert not browse.row_keys.listeners, "nobody listens any longer"
