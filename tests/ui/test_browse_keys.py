"""What keys do to what is open on the demo's database: other tables, other batches, giving up."""

from __future__ import annotations

import pytest
from psycopg2.extensions import connection as Connection
from textual.widgets import OptionList

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.browse import BrowseScreen
from tests.ui.program import ENDLESS, FIRST, SLEEP, Program, program, running


async def open_users(shown: Program) -> None:
    """Find the table in the tree and open it."""
    await shown.shows("≈1.0k")
    await shown.press("2", "/", *"users", "enter")
    await shown.shows(FIRST, "public.users", "user1@example.org")


async def test_a_table_from_the_tree(place: ConnectionSettings) -> None:
    async with program(place) as shown:
        await shown.shows("choose a table")
        await shown.until(lambda: shown.browse.table_tree.has_focus)
        await open_users(shown)
        await shown.until(lambda: shown.browse.grid.has_focus)
        await shown.press("2")
        await shown.until(lambda: shown.browse.table_tree.has_focus)
        await shown.press("3")
        await shown.until(lambda: shown.browse.grid.has_focus)


async def test_batches_by_hand(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(200, 48)) as shown:
        await shown.shows(FIRST, "(auto)")
        await shown.press("+")
        await shown.shows("(by hand)")  # until then, rows read ahead may change it
        for key in ("+", "-", "-", "-"):
            before = _batch(shown)
            await shown.press(key)
            wanted = before * 2 if key == "+" else max(1, before // 2)  # a slow machine begins with few
            await shown.shows(f"batch {wanted:,} (by hand)")
        by_hand = _batch(shown)
        await shown.press("pagedown")
        await shown.at_row(1 + shown.browse.grid.body)
        await shown.press("pagedown")
        # A batch, or what a screenful lacks if that is more: it depends on what was read ahead.
        sizes = range(by_hand, max(by_hand, shown.browse.grid.body) + 1)
        await shown.until(lambda: any(f"FETCH FORWARD {size} " in shown.text for size in sizes))
        await shown.press("a")
        await shown.shows("(auto)")


def _batch(shown: Program) -> int:
    """The rows of the next FETCH, as the strip has them."""
    return int(shown.text.split("  batch ")[1].split()[0].replace(",", ""))


async def test_the_command_palette_runs_an_action(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(200, 48)) as shown:
        await shown.shows(FIRST, "(auto)")
        await shown.press("ctrl+p")
        await shown.until(lambda: not isinstance(shown.app.screen, BrowseScreen))
        await shown.press(*"larger batch")
        await shown.until(lambda: _options(shown) == ["Anywhere: larger batch, by hand"])
        await shown.press("down", "enter")
        await shown.back()
        await shown.shows("(by hand)")


def _options(shown: Program) -> list[str]:
    found = shown.app.screen.query_one(OptionList).options
    return [str(option.prompt).splitlines()[0] for option in found]


async def test_escape_cancels_a_query_and_the_session_goes_on(
    place: ConnectionSettings, observer: Connection
) -> None:
    async with program(place, command=SLEEP) as shown:
        await shown.until(lambda: running(observer, place))
        await shown.press("escape")
        await shown.shows("cancelled")
        assert not running(observer, place)
        assert not shown.browse.browsing.busy
        await open_users(shown)


async def test_another_table_while_one_streams(place: ConnectionSettings) -> None:
    async with program(place, command=ENDLESS) as shown:
        await shown.shows(FIRST)
        await shown.press(" ")
        await shown.until(lambda: shown.row > 1000)
        await open_users(shown)
        assert not shown.browse.browsing.stream.running
        assert not shown.browse.grid.following
        await shown.press("G")
        await shown.shows("row 1,000 of 1,000")


@pytest.mark.parametrize(("width", "history"), [(80, False), (112, True), (160, True)])
async def test_the_key_bar_names_the_history_where_there_is_room(
    place: ConnectionSettings, width: int, history: bool
) -> None:
    async with program(place, table="users", size=(width, 24)) as shown:
        await shown.shows(FIRST, "c compose", "? help")
        await shown.until(lambda: ("^R history" in shown.text) is history)
