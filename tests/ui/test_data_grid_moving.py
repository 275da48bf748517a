"""How one moves in the grid, what it asks for, and how little it repaints."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from textual import events
from textual.geometry import Region
from textual.pilot import Pilot

from pgmem_tui.paging.events import PageRead
from pgmem_tui.paging.window import make_page
from pgmem_tui.postgres.relation import Column
from pgmem_tui.ui.widgets.data_grid import WHEEL, DataGrid
from tests.ui.grid_app import INTEGER, TEXT, GridApp

BODY = 10
SIZE = (60, BODY + 2)
STATUS = Region(0, BODY + 1, 60, 1)


@asynccontextmanager
async def opened(held: int = 100, row_count: int | None = 100, estimate: int = -1) -> AsyncIterator[Moved]:
    """The grid with rows from the first on, and nothing heard or repainted so far."""
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT], estimate=estimate)
        app.put_numbered(0, held, row_count)
        await pilot.pause()
        moved = Moved(app, pilot)
        moved.forget()
        yield moved


class Moved:
    """The app, and what tests do with it."""

    def __init__(self, app: GridApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.grid = app, pilot, app.grid

    @property
    def place(self) -> tuple[int, int]:
        """The row of the cursor and the first on the screen."""
        return self.grid.row, self.grid.top

    def forget(self) -> None:
        self.app.heard.clear()
        self.grid.repainted.clear()

    async def heard(self) -> list[tuple[int, int, bool]]:
        """What was asked for since the last look."""
        await self.pilot.pause()
        asked = self.app.asked
        self.app.heard.clear()
        return asked


# -- moving --------------------------------------------------------------------------------------


async def test_keys_between_rows() -> None:
    async with opened() as moved:
        for keys, row, top in (
            ("down", 1, 0),
            ("j", 1, 0),
            ("j up", 0, 0),
            ("j k k", 0, 0),
            ("pagedown", 10, 10),
            ("ctrl+f", 10, 10),
            ("pagedown pageup", 0, 0),
            ("ctrl+f pagedown ctrl+b", 10, 10),
            ("ctrl+d", 5, 5),
            ("ctrl+d ctrl+d ctrl+u", 5, 5),
            ("j j pagedown", 12, 10),
            ("end", 99, 90),
            ("G down", 99, 90),
            ("G pagedown", 99, 90),
            ("G k", 98, 90),
            ("G pageup", 89, 80),
            ("G home", 0, 0),
            ("G g", 0, 0),
            ("pagedown k", 9, 9),
            ("pageup", 0, 0),
        ):
            moved.grid.go(0, 0)
            await moved.pilot.press(*keys.split())
            assert moved.place == (row, top), keys
            assert moved.app.shown == list(range(top + 1, top + 11)), keys


async def test_down_from_the_last_line_scrolls_by_one() -> None:
    async with opened() as moved:
        for _ in range(BODY - 1):
            moved.grid.action_move(1)
        assert moved.place == (9, 0)
        await moved.pilot.press("down")
        assert moved.place == (10, 1)
        await moved.pilot.press("up")
        assert moved.place == (9, 1)


async def test_keys_between_columns() -> None:
    app = GridApp()
    columns = [Column(f"column_{n}", "text", 25) for n in range(10)]
    async with app.run_test(size=SIZE) as pilot:
        app.open(columns)
        app.put(0, [tuple(str(n) for n in range(10))], 1)
        for key, column, first in (
            ("l", 1, 0),
            ("right", 2, 0),
            ("h", 1, 0),
            ("left", 0, 0),
            ("left", 0, 0),
            ("dollar_sign", 9, 5),
            ("right", 9, 5),
            ("left", 8, 5),
            ("circumflex_accent", 0, 0),
            ("dollar_sign", 9, 5),
            ("0", 0, 0),
        ):
            await pilot.press(key)
            assert (app.grid.column, app.grid.left) == (column, first), key
            assert f"column_{column} text" in app.status
        assert app.lines[0].split()[0] == "column_0"


async def test_widths_by_hand() -> None:
    async with opened() as moved:
        app = moved.app
        assert app.lines[1] == "   1       0  row 0" + " " * 40 + "▐"
        await moved.pilot.press("greater_than_sign")
        assert app.lines[1].startswith("   1         0  row 0")
        await moved.pilot.press("less_than_sign", "less_than_sign")
        assert app.lines[1].startswith("   1     0  row 0")
        for _ in range(3):
            moved.grid.action_resize(-2)
        assert app.lines[1].startswith("   1   0  row 0")
        await moved.pilot.press("G")
        assert app.lines[-2].startswith(" 100  99  row 99")


async def test_the_cursor_column_stays_in_sight_when_the_terminal_shrinks() -> None:
    app = GridApp()
    async with app.run_test(size=(120, 12)) as pilot:
        app.open([Column(f"column_{n}", "text", 25) for n in range(10)])
        app.put(0, [tuple(str(n) for n in range(10))], 1)
        await pilot.press("dollar_sign")
        assert app.lines[0].split()[-1] == "column_9"
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        assert app.lines[0].split()[-1] == "column_9"


async def test_the_cursor_row_stays_in_sight_when_the_terminal_shrinks() -> None:
    async with opened() as moved:
        await moved.pilot.press("pagedown", *["j"] * 9)
        assert moved.place == (19, 10)
        await moved.pilot.resize_terminal(60, 7)
        await moved.pilot.pause()
        assert moved.place == (19, 15)
        assert moved.app.shown == [16, 17, 18, 19, 20]
        await moved.pilot.resize_terminal(60, 22)
        await moved.pilot.pause()
        assert moved.app.shown == list(range(16, 36))


async def test_a_shorter_result_takes_the_cursor_along() -> None:
    async with opened(100, None) as moved:
        await moved.pilot.press("pagedown", "pagedown", "pagedown")
        moved.app.put_numbered(0, 15, 15)
        await moved.pilot.pause()
        assert moved.place == (14, 5), "a screenful up to the end"
        assert moved.app.shown == list(range(6, 16))


async def test_the_same_in_a_new_snapshot_keeps_the_place_and_something_else_does_not() -> None:
    async with opened() as moved:
        await moved.pilot.press("pagedown", "l", "greater_than_sign")
        before = moved.app.lines
        moved.app.open([INTEGER, TEXT], again=True)
        await moved.pilot.pause()
        assert moved.place == (10, 10)
        moved.app.put_numbered(0, 100, 100)
        await moved.pilot.pause()
        assert moved.app.lines == before
        moved.app.open([INTEGER], again=True)
        await moved.pilot.pause()
        assert (moved.grid.row, moved.grid.top, moved.grid.column) == (0, 0, 0)


async def test_renumbered_rows_stay_where_they_are_shown() -> None:
    async with opened() as moved:
        await moved.pilot.press("pagedown", "down")
        before = moved.app.lines[1:-1]
        like = PageRead(0, make_page(0, []), None, exact=False, shift=1000, epoch=1)
        moved.app.put(1100, [("100", "row 100")], None, like=like)
        await moved.pilot.pause()
        assert moved.place == (1011, 1010)
        assert moved.app.shown == list(range(1011, 1021))
        for old, new in zip(before, moved.app.lines[1:-1], strict=True):
            assert old.split()[1:4] == new.split()[1:4], "the same rows under other numbers"
        assert moved.app.lines[1].startswith("≈1011 ")
        assert moved.app.status.startswith("row ≈1,012 of ?")
        moved.app.put(100, [("100", "row 100")], 101, like=replace(like, shift=-1000, exact=True, epoch=2))
        await moved.pilot.pause()
        assert moved.place == (11, 10)
        assert moved.app.lines[1].startswith("  11 ")


# -- asking --------------------------------------------------------------------------------------


async def test_rows_are_asked_for_a_screenful_ahead_and_once() -> None:
    async with opened(30, None, 1000) as moved:
        await moved.pilot.press("pagedown")
        assert await moved.heard() == [], "the next screenful is held"
        await moved.pilot.press("down")
        assert await moved.heard() == [], "the cursor moved within the screen"
        await moved.pilot.press("pagedown")
        assert await moved.heard() == [(30, 40, False)]
        await moved.pilot.press("up", "down")
        assert await moved.heard() == [], "not twice"
        moved.app.put_numbered(30, 60)
        assert await moved.heard() == []
        assert moved.grid.top == 20


async def test_rows_on_the_screen_come_before_those_ahead() -> None:
    async with opened(30, None, 1000) as moved:
        moved.grid.go(500, 500)
        assert await moved.heard() == [(500, 510, False)]
        moved.app.put_numbered(500, 505)
        assert await moved.heard() == [(505, 510, False)]
        moved.app.put_numbered(505, 510)
        assert await moved.heard() == [(510, 520, False)]


async def test_upward_rows_are_asked_for_backward() -> None:
    async with opened(10, None, 1000) as moved:
        moved.grid.go(500, 500)
        moved.app.put_numbered(495, 530)
        await moved.heard()
        await moved.pilot.press("up")
        assert await moved.heard() == [(489, 495, True)]
        await moved.pilot.press("pageup")
        assert moved.grid.top == 489
        assert await moved.heard() == [], "they are on their way"
        moved.app.put_numbered(480, 495)
        assert await moved.heard() == [(479, 480, True)]
        await moved.pilot.press("home")
        assert await moved.heard() == [], "the first rows are held, and there is nothing before them"


async def test_nothing_is_asked_for_behind_the_end() -> None:
    async with opened(100, 100) as moved:
        await moved.pilot.press("G", "pagedown", "down")
        assert await moved.heard() == []


async def test_behind_an_estimate_more_may_be() -> None:
    async with opened(30, None, 30) as moved:
        await moved.pilot.press("pagedown", "pagedown")
        assert await moved.heard() == [(30, 40, False)]
        moved.app.put(30, [], 30)
        assert await moved.heard() == []
        assert moved.app.status.startswith("row 21 of 30 ")


async def test_nothing_is_asked_for_while_rows_stream_past_or_are_expected() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        moved = Moved(app, pilot)
        app.open([INTEGER, TEXT], estimate=1000)
        await pilot.press("down", "pagedown")
        assert await moved.heard() == [], "the first rows come by themselves"
        app.put_numbered(0, 30)
        assert await moved.heard() == []
        app.grid.following = True
        app.grid.go(300, 300)
        await pilot.press("pagedown")
        assert await moved.heard() == []
        app.grid.following = False
        app.grid.rows_arrived()
        assert await moved.heard() == [(310, 320, False)]


async def test_a_request_that_failed_is_made_again() -> None:
    async with opened(30, None, 1000) as moved:
        moved.grid.go(500, 500)
        assert await moved.heard() == [(500, 510, False)]
        moved.grid.go(501, 500)
        assert await moved.heard() == []
        moved.grid.forget_request()
        await moved.pilot.press("down")
        assert await moved.heard() == [(500, 510, False)]


async def test_the_end_is_asked_for_where_nobody_knows_it() -> None:
    async with opened(30, None, 1000) as moved:
        await moved.pilot.press("G")
        assert [type(message) for message in moved.app.heard] == [DataGrid.EndWanted]
        assert moved.place == (0, 0)
        moved.app.put_numbered(990, 1005, 1005)
        moved.forget()
        await moved.pilot.press("end")
        assert moved.app.heard == []
        assert moved.place == (1004, 995)


# -- repainting ----------------------------------------------------------------------------------


async def test_a_move_on_the_screen_repaints_two_cells_and_the_status() -> None:
    async with opened() as moved:
        await moved.pilot.press("down")
        assert moved.grid.repainted == [Region(5, 1, 7, 1), Region(5, 2, 7, 1), STATUS]
        moved.forget()
        await moved.pilot.press("right")
        assert moved.grid.repainted == [Region(5, 2, 7, 1), Region(14, 2, 5, 1), STATUS]


async def test_a_cell_is_repainted_where_it_stands() -> None:
    async with opened() as moved:
        await moved.pilot.press("right", "down")
        for region in moved.grid.repainted[-3:-1]:
            assert region is not None
            line = moved.grid.render_line(region.y).text
            assert line[region.x : region.right].rstrip() == f"row {region.y - 1}"


async def test_a_move_at_the_border_repaints_nothing() -> None:
    async with opened() as moved:
        await moved.pilot.press("up")
        assert moved.grid.repainted == []


async def test_scrolling_repaints_everything_once() -> None:
    async with opened() as moved:
        await moved.pilot.press("pagedown")
        assert moved.grid.repainted == [None]


async def test_rows_ahead_of_the_screen_repaint_only_the_status() -> None:
    async with opened(30, None, 1000) as moved:
        moved.app.put_numbered(30, 60)
        await moved.pilot.pause()
        assert moved.grid.repainted == [STATUS]


async def test_rows_on_the_screen_and_another_length_repaint_all() -> None:
    async with opened(5, None, 1000) as moved:
        moved.app.put_numbered(5, 60)
        await moved.pilot.pause()
        assert moved.grid.repainted == [None]
        moved.forget()
        moved.app.put_numbered(60, 70, 70)
        await moved.pilot.pause()
        assert moved.grid.repainted == [None], "the gutter and the scrollbar are others"


async def test_a_message_repaints_the_status_once() -> None:
    async with opened() as moved:
        for message in ("wait", "wait", ""):
            moved.grid.say(message)
        assert moved.grid.repainted == [STATUS, STATUS]
        assert moved.app.status.startswith("row 1 of 100")


async def test_what_is_painted_again_is_what_changed() -> None:
    """The regions that a move names cover every cell in which the screen differs."""
    async with opened() as moved:
        for key in ("down", "right", "down", "left", "up"):
            before = [moved.grid.render_line(y).text for y in range(BODY + 2)]
            styles = [_cells(moved.grid, y) for y in range(BODY + 2)]
            moved.forget()
            await moved.pilot.press(key)
            regions = moved.grid.repainted
            for y in range(BODY + 2):
                for x, (old, new) in enumerate(zip(styles[y], _cells(moved.grid, y), strict=True)):
                    assert old == new or any(region and region.contains(x, y) for region in regions), before[
                        y
                    ]


def _cells(grid: DataGrid, y: int) -> list[tuple[str, str]]:
    return [(one, str(segment.style)) for segment in grid.render_line(y) for one in segment.text]


# -- the mouse -----------------------------------------------------------------------------------


async def test_a_click_selects_a_cell() -> None:
    async with opened() as moved:
        await moved.pilot.click(offset=(16, 4))
        assert (moved.grid.row, moved.grid.column, moved.grid.top) == (3, 1, 0)
        await moved.pilot.click(offset=(2, 6))
        assert (moved.grid.row, moved.grid.column) == (5, 1), "a number selects the row"
        await moved.pilot.click(offset=(6, 6))
        assert (moved.grid.row, moved.grid.column) == (5, 0)
        await moved.pilot.click(offset=(16, BODY + 1))
        assert (moved.grid.row, moved.grid.column) == (5, 0), "the status is no row"
        await moved.pilot.click(offset=(16, 0))
        assert (moved.grid.row, moved.grid.column) == (5, 1), "a heading selects its column"


async def test_the_wheel_turns_rows_and_keeps_the_cursor_on_the_screen() -> None:
    async with opened() as moved:

        async def turn(kind: type[events.MouseScrollDown] | type[events.MouseScrollUp]) -> None:
            assert await moved.pilot._post_mouse_events([kind], offset=(5, 5))

        await turn(events.MouseScrollDown)
        assert moved.place == (WHEEL, WHEEL)
        await moved.pilot.press("down", "down")
        await turn(events.MouseScrollUp)
        assert moved.place == (5, 0)
        await turn(events.MouseScrollUp)
        assert moved.place == (5, 0)
        for _ in range(40):
            moved.grid._turn(WHEEL)
        assert moved.grid.top == 90


async def test_the_scrollbar_goes_where_it_is_dragged() -> None:
    async with opened() as moved:
        await moved.pilot.mouse_down(offset=(59, BODY))
        assert moved.grid.top == 90
        await moved.pilot.hover(offset=(59, 5))
        assert 35 <= moved.grid.top <= 45
        await moved.pilot.hover(offset=(20, 1))
        assert moved.grid.top == 0, "as long as it is held, wherever the mouse is"
        await moved.pilot.mouse_up(offset=(20, 1))
        await moved.pilot.hover(offset=(20, 9))
        assert moved.grid.top == 0
        assert moved.app.mouse_captured is None
