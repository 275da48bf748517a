"""Very wide rows, a standby that takes back its snapshot, and a server of which only a part is here."""

from __future__ import annotations

import pytest

from pgmem_tui.demo import binaries
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.cursor_strip import CursorStrip
from tests.conftest import PREFER
from tests.paging.harness import run
from tests.paging.servers import attach, caught_up, standby_pair
from tests.ui.program import program

PAGES = 6


async def test_paging_back_in_1600_columns(database: ConnectionSettings) -> None:
    """Rows are fetched once more where they were dropped, and not again and again."""
    columns = ", ".join(f"i + {number} AS c{number:04}" for number in range(1600))
    run(database, f"CREATE TABLE wide AS SELECT {columns} FROM generate_series(1, 400) AS i")
    async with program(database, table="wide") as shown:
        await shown.shows("row 1 of")
        body = shown.browse.grid.body
        for page in range(1, PAGES + 1):
            await shown.press("pagedown")
            await shown.at_row(page * body + 1)
        fetched = shown.browse.session.fetches
        for page in reversed(range(PAGES)):
            await shown.press("pageup")
            await shown.at_row(page * body + 1)
        assert shown.browse.session.fetches - fetched <= 2 * fetched


async def test_a_standby_that_takes_back_its_snapshot() -> None:
    """No key is needed: what was shown is shown again, and said to be of another snapshot."""
    with standby_pair(binaries.find(PREFER)) as pair:  # type: ignore[arg-type]
        run(pair.primary, "CREATE TABLE facts AS SELECT generate_series(1, 1000) AS id")
        caught_up(pair.primary, pair.standby)
        async with program(pair.standby, table="facts", size=(160, 48)) as shown:
            await shown.shows("STANDBY  READ ONLY", "row 1 of")
            await shown.press("G")
            await shown.until(lambda: shown.row == 1000)
            pair.vacuum()
            await shown.shows("snapshot refreshed", "STANDBY  READ ONLY", "row 1,000 of")
            await shown.press("up")
            await shown.shows("row 999 of")


@pytest.mark.parametrize("columns", [200, 160])
async def test_the_cursor_strip_says_where_to_look(columns: int) -> None:
    one, here = EmbeddedServer(binaries.find(PREFER)), EmbeddedServer(binaries.find(PREFER))  # type: ignore[arg-type]
    with one, here:
        attach(here.settings, [one.settings], local=1)
        async with program(here.settings, table="facts", size=(columns, 48)) as shown:
            await shown.shows("row 1 of", "query cursor (foreign tables")
            strip = shown.browse.query_one(CursorStrip)
            await shown.until(lambda: "foreign tables: see their pg_stat_activity" in strip.text)
