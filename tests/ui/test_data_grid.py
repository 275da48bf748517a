"""What the grid paints of rows that were put into a result by hand."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from pgmem_tui.display.column_layout import ColumnLayout
from pgmem_tui.postgres.relation import Column, Row
from pgmem_tui.ui.widgets.row_lines import REMEMBERED, LineStyles, RowLines
from tests.ui.grid_app import INTEGER, LIMIT, TEXT, GridApp, heading

SIZE = (60, 12)
"""A heading, ten rows, a status."""


def widths(app: GridApp) -> set[int]:
    """Cells of each line, counted as terminals do."""
    return {
        sum(cell_len(segment.text) for segment in app.grid.render_line(y))
        for y in range(app.grid.size.height)
    }


def style_of(app: GridApp, text: str) -> Style:
    """The style of the first piece with that text."""
    for y in range(app.grid.size.height):
        for segment in app.grid.render_line(y):
            if text in segment.text and segment.style is not None:
                return segment.style
    raise AssertionError(f"{text!r} is not in {app.lines}")


async def test_lines() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT])
        app.put(0, [("1", "alice"), ("20", "bob"), ("-300", None)], 3)
        await pilot.pause()
        assert app.lines == [
            "          id  name",
            "   1       1  alice",
            "   2      20  bob",
            "   3    -300  NULL",
            *[""] * 7,
            " row 1 of 3 · 33.3 % · id integer not null",
        ]
        assert widths(app) == {60}


async def test_before_anything_is_open_it_says_so_in_the_middle() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.grid.clear("choose a [b]table")
        await pilot.pause()
        assert app.lines[4].strip() == "choose a [b]table"
        assert not any(app.lines[:4] + app.lines[5:])
        assert widths(app) == {60}
        await pilot.press("down", "G", "end", "home", "pagedown", "l", "$", "0", "<", "greater_than_sign")
        await pilot.click(offset=(59, 5))
        await pilot.click(offset=(5, 5))
        assert not app.heard


async def test_a_null_does_not_look_like_the_text() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT])
        app.put(0, [("1", "x"), ("2", None), ("3", "NULL"), ("4", "")], 4)
        await pilot.pause()
        assert app.lines[2] == "   2       2  NULL"
        null = [segment for segment in app.grid.render_line(2) if segment.text == "NULL"]
        text = [segment for segment in app.grid.render_line(3) if "NULL" in segment.text]
        assert null[0].style is not None and null[0].style.italic
        assert text[0].style is not None and not text[0].style.italic
        await pilot.press("right", "down")
        assert app.status.endswith("name text · NULL")
        await pilot.press("down")
        assert app.status.endswith("name text")


async def test_wide_characters_keep_the_columns_in_line() -> None:
    app = GridApp()
    names = ["東京都庁", "abc", "e\u0301te\u0301", "👍🏽 ok", "한국어", "\ufeffx", "👨‍👩‍👧", "日" * 50]
    async with app.run_test(size=SIZE) as pilot:
        app.open([TEXT, INTEGER, TEXT])
        app.put(0, [(name, str(n), name) for n, name in enumerate(names)], len(names))
        await pilot.pause()
        assert widths(app) == {60}
        for number, line in enumerate(app.lines[1 : 1 + len(names)]):
            before = line[: line.index(f" {number} ")]
            assert cell_len(before) + 2 == 5 + 40 + 2 + 7, "all numbers end in one column"


async def test_a_cut_value_is_told_from_one_that_ends_there() -> None:
    app = GridApp()
    column = Column("note", "text", 25, clamped=True)
    plain = Column("code", "character(11)", 1042)
    async with app.run_test(size=SIZE) as pilot:
        app.open([column, plain])
        app.put(0, [("x" * (LIMIT + 1), "y" * (LIMIT + 1)), ("x" * LIMIT, "")], 2)
        await pilot.press("home")
        assert app.status.endswith(f"note text · cut at {LIMIT} characters")
        await pilot.press("right")
        assert app.status.endswith("code character(11)"), "the server does not cut these"
        await pilot.press("left", "down")
        assert app.status.endswith("note text")


async def test_a_value_wider_than_its_column_is_cut_with_an_ellipsis() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([TEXT, TEXT])
        app.put(0, [("a" * 60, "b" * 60), ("c" * 40, "d")], 2)
        await pilot.pause()
        assert app.lines[1] == "   1 " + "a" * 39 + "…  " + "b" * 11 + "…"
        assert app.lines[2] == "   2 " + "c" * 40 + "  d"


async def test_rows_on_their_way_have_a_dot_and_those_that_cannot_be_have_nothing() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT], estimate=8)
        app.put_numbered(0, 4)
        await pilot.pause()
        assert app.shown == [1, 2, 3, 4]
        assert [line[:6].rstrip() for line in app.lines[5:11]] == [
            "   5 ·",
            "   6 ·",
            "   7 ·",
            "   8 ·",
            "",
            "",
        ]
        assert widths(app) == {60}
        assert style_of(app, "   5 ·") != style_of(app, "row 3")


async def test_an_empty_result_says_so_below_its_columns() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT], estimate=0)
        app.put(0, [], 0)
        await pilot.pause()
        assert app.lines[:3] == ["          id  name", "  no rows", ""]
        assert app.status == "no rows"
        await pilot.press("down", "up", "G", "g", "pagedown", "pageup", "l", "h", "$", "0")
        await pilot.click(offset=(6, 3))
        assert (app.grid.row, app.grid.top) == (0, 0)
        assert app.lines[1] == "  no rows"


async def test_rows_without_columns() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([])
        app.put(0, [(), (), ()], 3)
        await pilot.press("down", "l", "h", "$", "0", "<", "greater_than_sign", "G")
        await pilot.click(offset=(6, 2))
        assert [line.strip() for line in app.lines[:5]] == ["", "1", "2", "3", ""]
        assert app.status == "row 2 of 3 · 66.7 %"
        assert widths(app) == {60}


async def test_1600_columns() -> None:
    app = GridApp()
    columns = [Column(f"c{n}", "integer", 23, category="N") for n in range(1600)]
    row: Row = tuple(str(n) for n in range(1600))
    async with app.run_test(size=SIZE) as pilot:
        app.open(columns)
        app.put(0, [row] * 100, 100)
        await pilot.press("dollar_sign")
        assert app.lines[0].split()[-1] == "c1599"
        assert app.lines[2].split()[-1] == "1599", "below the scrollbar's thumb"
        assert app.status.endswith("c1599 integer")
        assert widths(app) == {60}
        await pilot.press("0")
        assert app.lines[0].split()[0] == "c0"
        started = time.perf_counter()
        for _ in range(100):
            app.grid.action_move_column(1)
            _ = app.lines
        assert time.perf_counter() - started < 2.0, "a move costs what is on the screen"


async def test_a_million_million_rows() -> None:
    count = 10**12
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER], estimate=count)
        app.put_numbered_ids(0, 50)
        await pilot.pause()
        assert app.lines[1].endswith("▐") and not app.lines[10].endswith("▐")
        assert app.status == "row 1 of ≈1.0T · 0.0 % · id integer not null"
        app.put_numbered_ids(count - 20, count, count)
        await pilot.press("G")
        await pilot.pause()
        assert app.shown == list(range(count - 9, count + 1))
        assert app.lines[10].endswith("▐") and not app.lines[1].endswith("▐")
        assert app.status == "row 1,000,000,000,000 of 1,000,000,000,000 · 100.0 % · id …"
        assert widths(app) == {60}
        await pilot.press("down", "pagedown")
        assert app.grid.row == count - 1
        await pilot.press("home")
        assert app.shown == list(range(1, 11))


async def test_a_length_that_nobody_knows() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT])
        app.put_numbered(0, 30)
        await pilot.press("down")
        assert app.status == "row 2 of ? · id integer not null"
        assert app.grid.extent == 30 + 10, "a screenful more than was seen"
        for _ in range(8):
            await pilot.press("pagedown")
        assert app.grid.row == 39
        assert app.shown == [], "dots, not blanks that would look like the end"
        app.put_numbered(30, 35, 35)
        await pilot.pause()
        assert app.grid.row == 34, "the end is nearer than was thought"
        assert app.status == "row 35 of 35 · 100.0 % · id integer not null"
        assert app.shown[-1] == 35


async def test_an_estimate_that_was_too_low() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT], estimate=5)
        app.put_numbered(0, 30)
        await pilot.pause()
        assert app.shown == list(range(1, 11))
        assert app.grid.extent == 40
        assert app.status.startswith("row 1 of ≈30 · 2.5 %")


async def test_the_heading_stands_like_its_values() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([Column("a", "integer", 23, category="N"), Column("a", "text", 25, category="S")])
        app.put(0, [("123456789", "left")], 1)
        await pilot.pause()
        assert app.lines[:2] == ["             a  a", "   1 123456789  left"]


HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "a\r\nb\tc\x00d",
    "\x9b2J\x85\x7f",
    "\u202eabc\u2066\u200b\u200f\ufeff",
    "\u2028\u2029\U000e0001\ue000\ud800",
    "[bold red]markup[/] [link=http://x]",
    "o" + "\u0301" * 50,
    "🇩🇪👨‍👩‍👧‍👦\ufe0f",
]


async def test_no_control_character_of_a_server_gets_into_a_line() -> None:
    app = GridApp()
    columns = [Column(name, name, 25, clamped=True) for name in HOSTILE]
    async with app.run_test(size=(160, 24)) as pilot:
        app.open(columns)
        rows: list[Row] = [tuple(HOSTILE[n:] + HOSTILE[:n]) for n in range(len(HOSTILE))]
        app.put(0, rows, len(rows))
        for _ in HOSTILE:
            await pilot.press("l", "j")
            for y in range(app.grid.size.height):
                assert app.grid.render_line(y).text.isprintable()
            assert widths(app) == {160}
        app.grid.say("\x1b[2J\r\n\u202e")
        assert app.grid.render_line(23).text.isprintable()


async def test_focus_shows_in_the_cursor_only() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT])
        app.put(0, [("7", "alice"), ("8", "bob")], 2)
        await pilot.pause()
        focused = [app.grid.render_line(y) for y in range(12)]
        app.screen.set_focus(None)
        await pilot.pause()
        blurred = [app.grid.render_line(y) for y in range(12)]
        assert [y for y in range(12) if focused[y] != blurred[y]] == [1]
        assert style_of(app, "7").underline, "still to be found, and without colours too"
        assert style_of(app, "7").bgcolor != style_of(app, "8").bgcolor


async def test_another_theme_forgets_lines_in_old_colours() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT])
        app.put_numbered(0, 20, 20)
        await pilot.pause()
        before = [app.grid.render_line(y) for y in range(12)]
        app.theme = "textual-light"
        await pilot.pause()
        after = [app.grid.render_line(y) for y in range(12)]
        assert [strip.text for strip in after] == [strip.text for strip in before]
        assert all(old != new for old, new in zip(before, after, strict=True))
        app.theme = "textual-dark"
        await pilot.pause()
        assert [app.grid.render_line(y) for y in range(12)] == before


async def test_a_line_is_made_once_while_it_stays_on_the_screen() -> None:
    app = GridApp()
    async with app.run_test(size=SIZE) as pilot:
        app.open([INTEGER, TEXT])
        app.put_numbered(0, 1000, 1000)
        await pilot.pause()
        line = app.grid.render_line(5)
        assert app.grid.render_line(5) is line
        await pilot.press("down")
        assert app.grid.render_line(5) is line
        assert app.grid.render_line(1) is not line


STYLES = LineStyles(
    *(Style(color=name) for name in ("white", "red", "green", "blue", "cyan", "black")), *[Style()] * 2
)
"""One for each kind, so that pieces do not run together."""


def line(lines: RowLines, row: Row | None, layout: ColumnLayout, width: int, number: int = 0) -> Strip:
    look = (1, "▐", 0, layout.version, width, 4, True, True)
    return lines.line(number, row, look, layout.places(0, width - 6), layout, STYLES)


@given(
    st.lists(st.none() | st.text(max_size=30), max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.integers(7, 100),
    st.lists(st.integers(0, 50), min_size=8, max_size=8),
)
@example(["日本語"], [True] * 8, 8, [0] * 8)
def test_any_row_at_any_width_is_as_wide_as_the_grid(
    row: Sequence[str | None], right: list[bool], width: int, grown: list[int]
) -> None:
    columns = [Column("x", "text", 25, category="N" if right[n] else "S") for n in range(len(row))]
    layout = ColumnLayout([heading(column) for column in columns])
    for number in range(len(row)):
        layout.grow(number, grown[number])
    strip = line(RowLines(), tuple(row), layout, width)
    assert sum(cell_len(segment.text) for segment in strip) == width == strip.cell_length
    assert all(one.isprintable() or unicodedata.category(one) == "Zs" for one in strip.text)
    assert all(segment.text for segment in strip if segment.style is not STYLES.base) or not row


def test_only_so_many_lines_are_remembered() -> None:
    lines = RowLines()
    layout = ColumnLayout([heading(TEXT)])
    first = line(lines, ("0",), layout, 40)
    kept = [line(lines, (str(n),), layout, 40, n) for n in range(1, REMEMBERED)]
    assert line(lines, ("0",), layout, 40) is first
    line(lines, ("new",), layout, 40, REMEMBERED)
    assert line(lines, ("1",), layout, 40, 1) is kept[0]
    assert line(lines, ("0",), layout, 40) is not first, "the oldest makes room"


@pytest.mark.parametrize("width", [20, 24, 31, 60, 200])
async def test_every_line_fills_the_grid_at_any_width(width: int) -> None:
    app = GridApp()
    async with app.run_test(size=(width, 12)) as pilot:
        app.open([INTEGER, TEXT, INTEGER, TEXT], estimate=200)
        app.put(0, [(str(n), "日本" * n, None, "x" * n) for n in range(12)])
        await pilot.pause()
        for _ in range(4):
            await pilot.press("l")
            assert widths(app) == {width}
