"""Lines that are always in sight: the cursor's, the bar's, and what a notice says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.widget import Widget

from pgmem_tui.paging.events import CursorState
from pgmem_tui.postgres.connection import ServerInfo
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.ui.widgets.cursor_strip import RELEASE_WARNING, CursorStrip
from pgmem_tui.ui.widgets.notice import LONGEST, SQL_LINE, Notice
from pgmem_tui.ui.widgets.one_line import OneLine
from pgmem_tui.ui.widgets.top_bar import TopBar

HOSTILE = "\x1b[31m[b]x[/b]\r\n\u202e\x9b2J"
SERVER = ServerInfo(
    database="shop",
    user="reader",
    host="db1",
    port=5432,
    version=180006,
    version_text="18.6",
    tls="TLSv1.3",
    encoding="UTF8",
    backend_pid=1,
    local=False,
)
STATE = CursorState(
    generation=0,
    name="pgmem_1",
    source="cursor",
    scrollable=True,
    withhold=False,
    position=1_092_292,
    row_count=None,
    batch=500,
    batch_by_hand=False,
    transaction_started=1.0,
    idle_limit=300.0,
)
FETCH = StatementReport(
    connection="browse",
    kind="FETCH",
    sql='FETCH FORWARD 500 FROM "pgmem_1"',
    started=1.0,
    seconds=0.0142,
    rows=500,
    nbytes=58_000,
    cursor="pgmem_1",
)


class One(App[None]):
    """A widget alone."""

    def __init__(self, widget: Widget, height: int | None = None) -> None:
        super().__init__()
        self.widget = widget
        if height is not None:
            widget.styles.height = height

    def compose(self) -> ComposeResult:
        yield self.widget


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of day and the time that only goes forward, as the cursor's strip sees them."""
    clock = Clock()
    monkeypatch.setattr("pgmem_tui.ui.widgets.cursor_strip.time", clock)
    return clock


class Clock:
    """Stands still until it is told."""

    now = 1000.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


def lines(widget: OneLine) -> list[str]:
    """What is painted; each line must fill the widget."""
    strips = [widget.render_line(y) for y in range(widget.size.height)]
    for strip in strips:
        assert cell_len(strip.text) == widget.size.width == strip.cell_length
        assert strip.text.isprintable()
    return [strip.text.rstrip() for strip in strips]


# -- one line ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("left", "right", "left                   right"),
        ("left", "", "left"),
        ("x" * 40, "right", "x" * 21 + "… right"),
        ("日本語" * 9, "right", "日本語" * 3 + "日…  right"),
        ("left", "much too long to stand at the right", "left"),
        (HOSTILE, "", r"\x1b[31m[b]x[/b]\r\n\u202e…"),
        ("left", "日本\x1b", r"left" + " " * 16 + r"日本\x1b"),
    ],
)
async def test_left_and_right_on_one_line(left: str, right: str, shown: str) -> None:
    app = One(OneLine())
    async with app.run_test(size=(28, 3)):
        line = app.query_one(OneLine)
        line.show((left, right))
        assert lines(line) == [shown]


async def test_only_a_line_that_changed_is_painted_again() -> None:
    repainted: list[tuple[Region, ...]] = []

    class Recording(OneLine):
        def refresh(
            self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
        ) -> Recording:
            repainted.append(regions)
            super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
            return self

    app = One(Recording(), height=3)
    async with app.run_test(size=(40, 5)) as pilot:
        line = app.query_one(OneLine)
        line.show(("a", ""), ("b", ""), ("c", "d"))
        await pilot.pause()
        repainted.clear()
        line.show(("a", ""), ("b", ""), ("c", "d"))
        assert repainted == []
        line.show(("a", ""), ("b", ""), ("c", "e"))
        assert repainted == [(Region(0, 2, 40, 1),)]
        assert line.text == "a\nb\nc e"
        line.show(("a", ""))
        assert repainted[1:] == [()], "all, where lines went"
        assert lines(line) == ["a", "", ""]


# -- the cursor ----------------------------------------------------------------------------------


async def test_the_cursor_in_three_lines(clock: Clock) -> None:
    app = One(CursorStrip())
    async with app.run_test(size=(80, 5)):
        strip = app.query_one(CursorStrip)
        strip.tick()
        assert lines(strip) == ["no cursor yet", "", ""]
        strip.show_state(STATE)
        strip.show_report(FETCH)
        assert lines(strip) == [
            '"pgmem_1" SCROLL  at 1,092,292  batch 500 (auto)',
            "FETCH FORWARD 500  500 rows  57 kB  14 ms",
            "tx 16:39 · REPEATABLE READ, READ ONLY",
        ]
        strip.show_state(replace(STATE, scrollable=False, withhold=True, batch=7, batch_by_hand=True))
        strip.show_report(replace(FETCH, exact=False, error="57014"))
        assert lines(strip)[:2] == [
            '"pgmem_1" NO SCROLL WITH HOLD  at 1,092,292  batch 7 (by hand)',
            "FETCH FORWARD 500  500 rows  ≈57 kB  SQLSTATE 57014",
        ]
        strip.show_report(replace(FETCH, kind="DECLARE", sql=HOSTILE + "x" * 500))
        assert lines(strip)[1].startswith(r"\x1b[31m[b]x[/b]\r\n\u202e\x9b2Jxxx")
        assert len(strip.text.splitlines()[1]) < 200
        strip.show_state(replace(STATE, name="", transaction_started=0.0))
        assert lines(strip)[0] == "no cursor"
        strip.show_state(replace(STATE, name=""))
        assert lines(strip)[0] == 'no cursor: "pgmem_1" is closed'
        strip.show_state(replace(STATE, position=2_304, row=641_044))
        assert lines(strip)[0] == '"pgmem_1" SCROLL  at 2,304 of its own  batch 500 (auto)'
        strip.show_state(replace(STATE, row=STATE.position))
        assert lines(strip)[0] == '"pgmem_1" SCROLL  at 1,092,292  batch 500 (auto)'
        strip.show_state(replace(STATE, withhold=False, row=2_000_000, batch=1_000_000, batch_by_hand=True))
        assert lines(strip)[0].startswith('"pgmem_1" SCROLL  at 1,092,292 of its own  batch')


async def test_the_cursor_in_one_line(clock: Clock) -> None:
    app = One(CursorStrip(), height=1)
    async with app.run_test(size=(100, 5)):
        strip = app.query_one(CursorStrip)
        strip.show_state(STATE)
        strip.show_report(FETCH)
        assert lines(strip) == [
            '"pgmem_1" SCROLL at 1,092,292 · FETCH 500  57 kB  14 ms · tx 16:39 · batch 500 auto'
        ]
        strip.show_state(replace(STATE, batch_by_hand=True, scrollable=False))
        assert lines(strip)[0].endswith("· batch 500")
        assert " NO SCROLL " in lines(strip)[0]
        strip.show_state(replace(STATE, name="", transaction_started=0.0))
        assert lines(strip) == ["no transaction"]
        strip.show_state(replace(STATE, name=""))
        assert lines(strip)[0].startswith('no cursor: "pgmem_1" is closed · tx 16:39 · ')


async def test_a_cursor_that_counts_from_elsewhere_where_there_is_little_room(clock: Clock) -> None:
    app = One(CursorStrip())
    async with app.run_test(size=(39, 5)):
        strip = app.query_one(CursorStrip)
        strip.show_report(FETCH)
        strip.show_state(replace(STATE, name="pgmem_11", position=2_304, row=641_044))
        assert lines(strip)[0] == '"pgmem_11" SCROLL at 2,304 of its own'
        strip.show_state(replace(STATE, name="pgmem_11", row=9_641_044))
        assert lines(strip)[0] == '"pgmem_11" SCROLL at 1,092,292', "no room"
        strip.show_state(replace(STATE, name=""))
        assert lines(strip)[0] == 'no cursor: "pgmem_1" is closed'


async def test_another_height_chooses_the_layout_again(clock: Clock) -> None:
    app = One(CursorStrip())
    async with app.run_test(size=(100, 5)) as pilot:
        strip = app.query_one(CursorStrip)
        strip.show_state(STATE)
        strip.styles.height = 1
        await pilot.pause()
        assert " · tx 16:39 · " in lines(strip)[0]
        strip.styles.height = 3
        await pilot.pause()
        assert lines(strip)[2].startswith("tx 16:39")


async def test_the_release_is_counted_down_when_it_comes_near(clock: Clock) -> None:
    app = One(CursorStrip())
    async with app.run_test(size=(80, 5)):
        strip = app.query_one(CursorStrip)
        strip.show_state(STATE)
        clock.now += STATE.idle_limit - RELEASE_WARNING
        strip.tick()
        assert lines(strip)[2] == "tx 20:39 · REPEATABLE READ, READ ONLY"
        clock.now += 1
        strip.tick()
        assert lines(strip)[2] == "tx 20:40 · idle, released in 0:59"
        clock.now += RELEASE_WARNING
        strip.tick()
        assert lines(strip)[2].endswith("released in 0:00"), "never negative"
        strip.show_state(STATE)
        assert "released" not in lines(strip)[2], "a request begins the wait again"


async def test_notes_stay_until_the_next(clock: Clock) -> None:
    app = One(CursorStrip())
    async with app.run_test(size=(80, 5)):
        strip = app.query_one(CursorStrip)
        strip.show_state(STATE)
        strip.show_note("streamed 20.0k rows, 470k rows/s, the end")
        strip.show_state(STATE)
        assert lines(strip)[2] == "tx 16:39 · streamed 20.0k rows, 470k rows/s, the end"
        strip.show_state(replace(STATE, name="", transaction_started=0.0))
        assert lines(strip)[2] == "no transaction · streamed 20.0k rows, 470k rows/s, the end"
        strip.show_note("")
        assert lines(strip)[2] == "no transaction"


async def test_hostile_names_of_cursors_are_escaped(clock: Clock) -> None:
    for height in (1, 3):
        app = One(CursorStrip(), height=height)
        async with app.run_test(size=(80, 5)):
            strip = app.query_one(CursorStrip)
            strip.show_state(replace(STATE, name=HOSTILE))
            assert lines(strip)[0].startswith(r'"\x1b[31m[b]x[/b]\r\n')


# -- the bar -------------------------------------------------------------------------------------


async def test_who_is_connected_to() -> None:
    app = One(TopBar())
    async with app.run_test(size=(100, 3)):
        bar = app.query_one(TopBar)
        bar.show_connecting("shop@db1:5432")
        assert lines(bar) == [" pgmem-tui  shop@db1:5432  connecting …"]
        bar.show_server(SERVER)
        bar.show_memory("58 MB  ▆▆▇▇▇▇▇▇")
        left = " pgmem-tui  shop@db1:5432  PG 18.6  TLS 1.3  READ ONLY"
        assert lines(bar) == [left.ljust(100 - 16) + "58 MB  ▆▆▇▇▇▇▇▇"]
        bar.show_lost("shop@db1:5432")
        assert lines(bar)[0].startswith(" pgmem-tui  shop@db1:5432  DISCONNECTED ")


@pytest.mark.parametrize(
    ("host", "where"),
    [("", "socket"), ("/run", "socket"), ("@abstract", "socket"), ("::1", "[::1]:5432"), (HOSTILE, None)],
)
async def test_where_the_server_is(host: str, where: str | None) -> None:
    app = One(TopBar())
    async with app.run_test(size=(120, 3)):
        bar = app.query_one(TopBar)
        bar.show_server(replace(SERVER, host=host, tls=""))
        if where is not None:
            assert lines(bar) == [f" pgmem-tui  shop@{where}  PG 18.6  no TLS  READ ONLY"]
        assert "READ ONLY" in lines(bar)[0]


@pytest.mark.parametrize("width", [60, 61, 72, 80, 120])
@pytest.mark.parametrize("name", ["shop", "d" * 63, "日" * 31, HOSTILE * 4])
async def test_read_only_is_never_cut(width: int, name: str) -> None:
    app = One(TopBar())
    async with app.run_test(size=(width, 3)):
        bar = app.query_one(TopBar)
        bar.show_server(replace(SERVER, database=name, host="h" * 63))
        assert "READ ONLY" in lines(bar)[0]
        bar.show_memory(" 58 MB  ▆▆▇▇▇▇▇▇")
        assert "READ ONLY" in lines(bar)[0]


async def test_a_wider_terminal_gives_names_more_room() -> None:
    app = One(TopBar())
    async with app.run_test(size=(80, 3)) as pilot:
        bar = app.query_one(TopBar)
        bar.show_server(replace(SERVER, database="d" * 63))
        assert "…" in lines(bar)[0]
        await pilot.resize_terminal(160, 3)
        await pilot.pause()
        assert "d" * 63 + "@db1:5432" in lines(bar)[0]


# -- the notice ----------------------------------------------------------------------------------


def said(app: One) -> list[str]:
    """The lines of the notice on the screen, without its border."""
    strips = app.screen._compositor.render_strips()
    notice = app.query_one(Notice)
    return [strip.text[2:].rstrip() for strip in strips[: notice.size.height]] if notice.display else []


async def test_a_notice_is_hidden_until_there_is_something_to_say() -> None:
    app = One(Notice())
    async with app.run_test(size=(80, 24)) as pilot:
        notice = app.query_one(Notice)
        assert not notice.display
        notice.show(Problem("no"))
        await pilot.pause()
        assert said(app) == ["no", "esc dismisses"]
        notice.hide()
        await pilot.pause()
        assert said(app) == [] and notice.shown == ""


async def test_all_that_the_server_said() -> None:
    problem = Problem("message", "42703", "the detail", "the hint", advice="do this")
    app = One(Notice())
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(Notice).show(problem, keys="r reconnects")
        await pilot.pause()
        assert said(app) == [
            "message  (SQLSTATE 42703)",
            "DETAIL: the detail",
            "HINT: the hint",
            "do this",
            "r reconnects",
        ]


@pytest.mark.parametrize(
    ("sql", "place", "marked"),
    [
        ("SELECT nme FROM t", "nme", ["LINE 1: SELECT nme FROM t", "               ^"]),
        ("SELECT id,\r\n  nme\r\nFROM t", "nme", ["LINE 2:   nme", "          ^"]),
        ("SELECT '\x1b\t', nme", "nme", [r"LINE 1: SELECT '\x1b\t', nme", " " * 25 + "^"]),
        ("SELECT '日本', nme", "nme", ["LINE 1: SELECT '日本', nme", " " * 23 + "^"]),
    ],
)
async def test_the_place_is_marked(sql: str, place: str, marked: list[str]) -> None:
    app = One(Notice())
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(Notice).show(Problem("no", position=sql.index(place) + 1), sql)
        await pilot.pause()
        shown = said(app)[1:-1]
        assert [line.rstrip() for line in shown] == marked
        line, mark = shown
        assert cell_len(line[: line.index(place)]) == cell_len(mark) - 1


async def test_the_place_in_a_long_line_is_shown_with_what_is_around_it() -> None:
    sql = "SELECT " + "a, " * 2000 + "nme, " + "b, " * 2000 + "c"
    app = One(Notice())
    async with app.run_test(size=(160, 24)) as pilot:
        app.query_one(Notice).show(Problem("no", position=sql.index("nme") + 1), sql)
        await pilot.pause()
        line, mark = said(app)[1:3]
        assert line.startswith("LINE 1: …") and len(line) < SQL_LINE + 20
        assert line.index("nme") == mark.index("^")


async def test_a_place_outside_of_the_statement_is_not_marked() -> None:
    app = One(Notice())
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(Notice).show(Problem("no", position=99), "SELECT 1")
        await pilot.pause()
        assert said(app) == ["no", "esc dismisses"]


async def test_hostile_words_are_escaped_and_long_ones_bounded() -> None:
    app = One(Notice())
    async with app.run_test(size=(80, 24)) as pilot:
        notice = app.query_one(Notice)
        long = HOSTILE + "\n" + "x" * 10**6
        notice.show(Problem(long, "42703", long, long, 9, advice=long), f"SELECT {long}")
        await pilot.pause()
        assert all(line.isprintable() for line in notice.shown.splitlines())
        assert len(notice.shown) < 6 * LONGEST
        assert notice.size.height <= 12
        assert said(app)[0] == r"\x1b[31m[b]x[/b]"
        assert all(strip.text.isprintable() for strip in app.screen._compositor.render_strips())


# -- the source's reason -------------------------------------------------------------------------

FOREIGN = "query cursor (foreign tables: see their pg_stat_activity)"


@pytest.mark.parametrize(
    ("source", "width", "shown"),
    [
        (FOREIGN, 80, f"· {FOREIGN}"),
        (FOREIGN, 60, "· foreign tables: see their pg_stat_activity"),
        (FOREIGN, 55, "· foreign tables: see their pg_stat_activity"),
        (FOREIGN, 45, "· query cursor (foreign tables)"),
        (FOREIGN, 26, "· foreign tables"),
        ("query cursor (a view)", 60, "· query cursor (a view)"),
        ("heap order", 60, "· REPEATABLE READ, READ ONLY"),
        ("heap order", 50, "batch 500 auto · tx 0:12"),
    ],
)
async def test_why_no_better_source(clock: Clock, source: str, width: int, shown: str) -> None:
    clock.now = 13.0
    strip = CursorStrip()
    async with One(strip, 3).run_test(size=(width, 3)):
        strip.show_state(replace(STATE, source=source))
        assert lines(strip)[2].endswith(shown)
        assert "batch 500" in " ".join(lines(strip)) or width < 40


async def test_a_standby_is_told() -> None:
    bar = TopBar()
    async with One(bar).run_test(size=(100, 1)):
        bar.show_server(replace(SERVER, standby=True))
        assert "STANDBY  READ ONLY" in lines(bar)[0]
