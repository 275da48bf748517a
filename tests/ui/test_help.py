"""The list of keys, where a text does not fit into a line."""

from __future__ import annotations

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.ui.test_lab import lab


async def test_the_help_goes_on_below_itself(place: ConnectionSettings) -> None:
    async with lab(place, table="events") as (shown, _):
        await shown.press("?")
        await shown.shows("its code and", "its figures")
        begun, going_on = (
            line for line in shown.text.splitlines() if "its code and" in line or "its fig" in line
        )
        assert begun.index("what the bright way") == going_on.index("its figures")
