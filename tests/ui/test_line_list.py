"""The list that others are made of, in a tiny app: eleven rows, one of them above the list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from pgmem_tui.ui.widgets.line_list import WHEEL, LineList

PAGE = 10


class Numbers(LineList):
    """Numbers below a heading; knows what it was asked to repaint, None for all of it."""

    HEAD = 1
    BINDINGS = [
        Binding("down", "move(1)"),
        Binding("up", "move(-1)"),
        Binding("pagedown", "page(1)"),
        Binding("pageup", "page(-1)"),
        Binding("home", "edge(False)"),
        Binding("end", "edge(True)"),
    ]

    def __init__(self, numbers: int, behind: int = 0) -> None:
        self.repainted: list[Region | None] = []
        self.numbers, self.behind, self.told = numbers, behind, 0
        super().__init__()

    @property
    def count(self) -> int:
        return self.numbers

    @property
    def foot(self) -> int:
        return self.behind

    def moved(self) -> None:
        self.told += 1

    def refresh(self, *regions: Region, **others: Any) -> Numbers:
        self.repainted += regions or [None]
        super().refresh(*regions, **others)
        return self

    def render_line(self, y: int) -> Strip:
        line = self.line_at(y)
        mark = ">" if line == self.cursor else " "
        return Strip([Segment(f"{mark}{line}" if line >= 0 else "-")])


class NumbersApp(App[None]):
    CSS = "Numbers { width: 1fr; height: 1fr; }"

    def __init__(self, numbers: Numbers) -> None:
        super().__init__()
        self.numbers = numbers

    def compose(self) -> ComposeResult:
        yield self.numbers


@asynccontextmanager
async def listed(count: int, behind: int = 0) -> AsyncIterator[tuple[Numbers, Pilot[None]]]:
    app = NumbersApp(Numbers(count, behind))
    async with app.run_test(size=(20, PAGE + 1)) as pilot:
        app.numbers.focus()
        await pilot.pause()
        yield app.numbers, pilot


def painted(numbers: Numbers) -> list[str]:
    return [numbers.render_line(y).text for y in range(numbers.size.height)]


async def test_the_screen_comes_along_no_farther_than_it_must() -> None:
    async with listed(100) as (numbers, pilot):
        await pilot.press(*["down"] * (PAGE - 1))
        assert (numbers.cursor, numbers.top) == (PAGE - 1, 0)
        await pilot.press("down")
        assert (numbers.cursor, numbers.top) == (PAGE, 1)
        assert painted(numbers) == ["-", *(f" {n}" for n in range(1, PAGE)), f">{PAGE}"]
        await pilot.press("up", "home", "up")
        assert (numbers.cursor, numbers.top) == (0, 0)
        await pilot.press("end", "down")
        assert (numbers.cursor, numbers.top) == (99, 90)


async def test_a_page_leaves_a_line() -> None:
    async with listed(100) as (numbers, pilot):
        await pilot.press("pagedown", "pagedown")
        assert (numbers.cursor, numbers.top) == (18, 9)
        await pilot.press("pageup")
        assert (numbers.cursor, numbers.top) == (9, 9)


async def test_a_wanted_top_is_taken_as_far_as_it_shows_the_cursor() -> None:
    async with listed(100) as (numbers, _):
        for line, top, expected in ((50, 45, 45), (50, 55, 50), (50, 0, 41), (200, 0, 90), (-5, 20, 0)):
            numbers.go(line, top)
            assert (numbers.cursor, numbers.top) == (min(max(line, 0), 99), expected)


async def test_the_last_line_brings_those_behind_it() -> None:
    async with listed(100, behind=1) as (numbers, pilot):
        await pilot.press("end")
        assert (numbers.cursor, numbers.top) == (99, 91)
        assert painted(numbers)[-2:] == [">99", "-"]
        await pilot.press("up")
        assert (numbers.cursor, numbers.top) == (98, 91)


@pytest.mark.parametrize("count", [0, 1, PAGE])
async def test_what_fits_does_not_scroll(count: int) -> None:
    async with listed(count) as (numbers, pilot):
        await pilot.press("end", "pagedown", "down")
        assert (numbers.cursor, numbers.top) == (max(0, count - 1), 0)


async def test_rows_with_no_line_are_none() -> None:
    async with listed(3) as (numbers, _):
        assert [numbers.line_at(y) for y in range(5)] == [-1, 0, 1, 2, -1]


async def test_the_wheel_moves_the_cursor() -> None:
    async with listed(100) as (numbers, pilot):
        for kind, expected in ((events.MouseScrollDown, WHEEL), (events.MouseScrollUp, 0)):
            numbers.post_message(kind(numbers, 1, 1, 0, 0, 0, False, False, False))
            await pilot.pause()
            assert numbers.cursor == expected


async def test_the_cursor_stays_on_a_smaller_screen() -> None:
    async with listed(100) as (numbers, pilot):
        await pilot.press(*["down"] * 8)
        await pilot.resize_terminal(20, 6)
        assert (numbers.page, numbers.cursor, numbers.top) == (5, 8, 4)


async def test_a_step_repaints_two_lines_and_is_told() -> None:
    async with listed(100) as (numbers, pilot):
        numbers.repainted.clear()
        told = numbers.told
        await pilot.press("down")
        assert {region.y for region in numbers.repainted if region is not None} == {1, 2}
        assert None not in numbers.repainted
        assert numbers.told == told + 1
        numbers.repainted.clear()
        await pilot.press("end")
        assert numbers.repainted == [None]
