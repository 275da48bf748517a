"""Panes beside the rows, where there is room for one of both: keys go to what is on the screen."""

from __future__ import annotations

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
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
