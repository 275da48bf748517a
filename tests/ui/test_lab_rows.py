"""What the lab says of rows that not every way can read alike."""

from __future__ import annotations

from pgmem_tui.lab.modes import MODES
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.lab import LabScreen
from pgmem_tui.ui.screens.way import WayScreen
from tests.ui.program import program
from tests.ui.test_lab import lab, ran


async def test_ways_that_cannot_run_are_not_counted(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT id, repeat('x', 300) FROM events") as shown:
        await shown.opened("6", LabScreen, "Lab: ", " 14 of 15 ways", "43 runs (14 × 3 + warm-up)")


async def test_pages_without_an_order(place: ConnectionSettings) -> None:
    async with lab(place, command="SELECT id FROM events", ways=("offset",)) as (shown, screen):
        await shown.press(*["down"] * list(MODES).index("offset"), "p")
        await shown.shows("SELECT * FROM ( ", "SELECT id FROM events", ") AS q LIMIT %(limit)s")
        assert "\\n" not in shown.text
        await shown.shows("without an ORDER BY by a key", "may repeat rows")
        await shown.screen(WayScreen)
        await shown.press("q")
        await shown.screen(LabScreen)
        await ran(shown, screen)
        await shown.press("tab")
        await shown.shows("offset: pages are sent without an ORDER BY")
