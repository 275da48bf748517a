"""The memory of both ends, large."""

from __future__ import annotations

import pytest

from pgmem_tui.memory.history import History
from pgmem_tui.memory.sample import MemorySample
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.widgets.memory_charts import charts
from tests.ui.program import program

MB = 2**20


def history(*samples: tuple[int, int | None, int]) -> History:
    """Of (client, backend, FETCHes)."""
    made = History()
    for place, (rss, backend, fetches) in enumerate(samples):
        made.add(MemorySample(float(place), rss * MB, backend=backend and backend * MB, fetches=fetches))
    return made


def test_two_charts_from_zero() -> None:
    lines = charts(history((70, None, 0), (70, 7, 3), (35, 7, 0)), 20, 9)
    assert len(lines) == 9 and {len(line) for line in lines[1:4]} == {20}
    assert lines[0] == "this program, RSS: 35 MB, at most 70 MB"
    assert [line[-3:] for line in lines[1:4]] == ["▅▅ ", "██▂", "███"]
    assert lines[4] == "  FETCH           │ "
    assert lines[5] == "the server's process: 7.0 MB, at most 7.0 MB"
    assert [line[-3] for line in lines[6:9]] == [" ", " ", " "], "nobody knew it then"
    assert lines[3].split()[0] == lines[8].split()[0] == "0"


@pytest.mark.parametrize(("width", "height"), [(1, 1), (9, 2), (200, 60)])
def test_any_size(width: int, height: int) -> None:
    assert len(charts(history(), width, height)) <= height
    assert len(charts(history((1, 1, 1)), width, height)) <= height


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_it_goes_on_while_looked_at(demo_database: ConnectionSettings, size: tuple[int, int]) -> None:
    async with program(demo_database, table="events", size=size) as shown:
        await shown.shows("row 1 of ")
        await shown.press("m")
        await shown.shows("this program, RSS", "the server's process", "FETCH", "rows held", "█")
        samples = shown.text.count("█")
        await shown.until(lambda: shown.text.count("█") > samples)
        await shown.press("escape")
        await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen))
