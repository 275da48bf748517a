"""The memory strip says the same at any width, moves nothing, and repaints only what changed."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from pgmem_tui.memory.history import CAPACITY, History
from pgmem_tui.memory.sample import MemorySample
from pgmem_tui.ui.widgets.memory_lines import FETCH, one_line, panel
from pgmem_tui.ui.widgets.memory_strip import MemoryStrip

MB = 1 << 20
BUDGET = 16 * MB


class RecordingStrip(MemoryStrip):
    """Knows which regions it was asked to repaint."""

    repainted: list[Region]

    def refresh(self, *regions: Region, **options: bool) -> RecordingStrip:
        self.repainted = [*getattr(self, "repainted", []), *regions]
        super().refresh(*regions, **options)
        return self


class StripApp(App[None]):
    """The strip alone."""

    def __init__(self, height: int = 3) -> None:
        super().__init__()
        self.height = height

    def compose(self) -> ComposeResult:
        strip = RecordingStrip(BUDGET)
        strip.styles.height = self.height
        yield strip


def sample(i: int, rss: int = 58 * MB, fetches: int = 0, backend: int | None = 12 * MB) -> MemorySample:
    return MemorySample(i / 2, rss, 40 * MB, 81.3, fetches, 1_153_434, backend)


def lines_of(app: App[None]) -> list[str]:
    strip = app.query_one(MemoryStrip)
    return [strip.render_line(y).text for y in range(strip.size.height)]


def grown(samples: Iterable[MemorySample]) -> History:
    history = History()
    for each in samples:
        history.add(each)
    return history


RISING = [sample(i, rss=(i + 1) * MB, fetches=int(i >= 18)) for i in range(20)]

PANELS = {
    40: [
        "client      20 MB ▄▄▅▅▅▆▆▆▇▇│ max  20 MB",
        "backend     12 MB ▇▇▇▇▇▇▇▇▇▇  max  12 MB",
        "cache 1.1 / 16 MB uss  40 MB  avail 81 %",
    ],
    80: [
        "client      20 MB                               ▁▁▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▆▇▇  max  20 MB",
        "backend     12 MB                               ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇  max  12 MB",
        "cache 1.1 / 16 MB uss  40 MB  FETCH                               ││  avail 81 %",
    ],
    160: [
        "client      20 MB" + " " * 111 + "▁▁▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▆▇▇  max  20 MB",
        "backend     12 MB" + " " * 111 + "▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇  max  12 MB",
        "cache 1.1 / 16 MB uss  40 MB  FETCH" + " " * 111 + "││  avail 81 %",
    ],
}

LINES = {
    40: "client  20 MB ▂▃▃▄▄▄▅▅▅▆▆▆▇▇│ max  20 MB",
    80: "client  20 MB ▅▅▆▆▆▇▇│ max  20 MB  backend  12 MB  cache 1.1 / 16 MB  avail 81 %",
    160: "client  20 MB"
    + " " * 56
    + "▁▁▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▆▇▇│ max  20 MB  backend  12 MB  cache 1.1 / 16 MB  uss  40 MB  avail 81 %",
}


@pytest.mark.parametrize("width", [40, 80, 160])
async def test_panel_on_screen(width: int) -> None:
    app = StripApp()
    async with app.run_test(size=(width, 10)) as pilot:
        for each in RISING:
            app.query_one(MemoryStrip).add(each)
        await pilot.pause()
        assert lines_of(app) == PANELS[width]


@pytest.mark.parametrize("width", [40, 80, 160])
async def test_one_line_on_screen(width: int) -> None:
    app = StripApp(height=1)
    async with app.run_test(size=(width, 10)) as pilot:
        for each in RISING:
            app.query_one(MemoryStrip).add(each)
        await pilot.pause()
        assert lines_of(app) == [LINES[width]]


async def test_before_the_first_sample_there_are_dashes_in_the_same_places() -> None:
    app = StripApp()
    async with app.run_test(size=(62, 10)) as pilot:
        before = lines_of(app)
        assert before == [
            "client          -" + " " * 35 + "max      -",
            "backend         -" + " " * 35 + "max      -",
            "cache 0.0 / 16 MB uss      -  FETCH" + " " * 17 + "avail    -",
        ]
        app.query_one(MemoryStrip).add(sample(0, backend=None))
        await pilot.pause()
        client, backend, _ = lines_of(app)
        assert client.startswith("client      58 MB ") and client.endswith("▇  max  58 MB")
        assert backend == before[1]


async def test_resizing_draws_the_whole_history_again() -> None:
    app = StripApp()
    async with app.run_test(size=(40, 10)) as pilot:
        for each in RISING:
            app.query_one(MemoryStrip).add(each)
        await pilot.resize_terminal(80, 10)
        await pilot.pause()
        assert lines_of(app) == PANELS[80]


async def test_a_flat_line_repaints_nothing_and_a_fetch_its_tick() -> None:
    app = StripApp()
    async with app.run_test(size=(62, 10)) as pilot:
        strip = app.query_one(RecordingStrip)
        for i in range(80):
            strip.add(sample(i))
        await pilot.pause()
        strip.repainted = []
        strip.add(sample(80, rss=58 * MB - 4096))
        assert strip.repainted == []
        strip.add(sample(81, fetches=3))
        assert strip.repainted == [Region(49, 2, 1, 1)]
        strip.repainted = []
        strip.add(sample(82))
        assert strip.repainted == [Region(48, 2, 2, 1)]


async def test_what_is_on_screen_is_what_a_fresh_strip_would_show() -> None:
    app = StripApp()
    async with app.run_test(size=(62, 10)) as pilot:
        strip = app.query_one(MemoryStrip)
        for i in range(100):
            strip.add(sample(i, rss=(20 + i * 7 % 41) * MB, fetches=i % 4 // 3))
            if i % 9 == 0:
                await pilot.pause()
        await pilot.pause()
        painted = app.screen._compositor.render_strips()[:3]
        assert [line.text[:62] for line in painted] == [
            line.text for line in panel(strip.history, BUDGET, 62)
        ]


async def test_without_colours_the_marks_are_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = StripApp()
    async with app.run_test(size=(62, 10)) as pilot:
        for each in RISING:
            app.query_one(MemoryStrip).add(each)
        await pilot.pause()
        assert app.no_color
        assert lines_of(app)[2].count("│") == 2


async def test_header_text_keeps_its_width() -> None:
    app = StripApp()
    async with app.run_test(size=(62, 10)):
        strip = app.query_one(MemoryStrip)
        assert strip.header_text() == "     -          "
        for each in RISING:
            strip.add(each)
        assert strip.header_text() == " 20 MB  ▅▅▅▆▆▆▇▇"
        assert cell_len(strip.header_text(4)) == 12


@pytest.mark.parametrize("samples", [0, 1, 5, CAPACITY + 50])
def test_lines_are_as_wide_as_the_strip(samples: int) -> None:
    history = grown(sample(i, rss=(30 + i % 40) * MB, fetches=i % 3) for i in range(samples))
    for width in range(10, 700, 1 if samples < 10 else 23):
        for line in [*panel(history, BUDGET, width), one_line(history, BUDGET, width)]:
            assert len(line.text) == len(line.kinds) == cell_len(line.text) == width


def test_the_narrowest_line_is_the_client() -> None:
    history = grown(RISING)
    assert one_line(history, BUDGET, 10).text == " 20 MB ▇▇│"
    assert panel(history, BUDGET, 10)[0].text == "client    "


def test_the_maximum_stays_after_it_has_left_the_history() -> None:
    history = grown([sample(0, rss=100 * MB), *(sample(i, rss=50 * MB) for i in range(CAPACITY))])
    assert panel(history, BUDGET, 62)[0].text == "client      50 MB " + "▄" * 32 + "  max 100 MB"


def test_fetches_change_the_style_where_ticks_have_no_room() -> None:
    history = grown([sample(0), sample(1, fetches=1), sample(2)])
    line = one_line(history, BUDGET, 40)
    spark = [kind for character, kind in zip(line.text, line.kinds, strict=True) if character == "▇"]
    assert [kind == FETCH for kind in spark] == [False, True, False]
