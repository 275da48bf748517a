"""Pictures of the cell and the record view, with fixed values; each test says what must be seen on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from pgmem_tui.paging.result import Result
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.paging.window import make_page
from pgmem_tui.postgres.relation import Column
from pgmem_tui.ui.browsing import Browsing
from pgmem_tui.ui.screens.cell import CellScreen
from pgmem_tui.ui.screens.record import RecordScreen
from pgmem_tui.ui.widgets.data_grid import DataGrid
from tests.ui.grid_app import heading

SnapCompare = Callable[..., bool]
SIZES = [(80, 24), (160, 48)]
COLUMNS = (
    Column("id", "bigint", 20, 8, category="N", not_null=True),
    Column("document", "jsonb", 3802, clamped=True),
    Column("picture", "bytea", 17, clamped=True),
    Column("note", "text", 25, category="S", clamped=True),
    Column("a [b]name[/b] \x1b[31m", "character varying(40)", 1043, category="S"),
    Column("missing", "timestamp with time zone", 1184, 8, category="D"),
)
DOCUMENT = json.dumps(
    {
        "name": "Ada",
        "tags": ["a", "東京", "[b]"],
        "nested": {"pi": 3.14159, "none": None, "yes": True, "empty": []},
        "text": "a long text " * 12,
        "items": [{"n": n} for n in range(12)],
    },
    ensure_ascii=False,
)
ROW = (
    "1",
    DOCUMENT,
    "\\x" + bytes(range(0, 256, 3)).hex() + "00" * 1000,
    "plain\ttab\nsecond line with \x1b[31m and \u202e\n" + "x" * 400,
    "",
    None,
)


class ValuesApp(App[None]):
    """A grid with one row, and a screen above it."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = DataGrid()
        self.result = Result(0, 2**20)
        self.result.columns, self.result.cell_limit = COLUMNS, 100_000
        self.result.take(make_page(0, [ROW]), 1, (0, 1))
        self.browsing = cast(
            Browsing, SimpleNamespace(result=self.result, lost=False, session=None, read=None)
        )

    def compose(self) -> ComposeResult:
        yield self.grid

    async def cell(self, pilot: Pilot[Any], column: int, *keys: str) -> None:
        """Look at a value, and press keys."""
        session = SimpleNamespace(request=None)
        browsing = cast(Browsing, SimpleNamespace(result=self.result, lost=False, session=session))
        self.push_screen(CellScreen(Cell(COLUMNS, column, ROW, 0, True), browsing, []))
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
def test_json(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """A bright frame with column, type, size, row and form; JSON indented, keys in another colour; `tags`
    folded on the bright line, with how many lines are in it; the long text wrapped below its beginning;
    line … of … and the keys at the bottom."""
    app = ValuesApp()

    async def look(pilot: Pilot[None]) -> None:
        await app.cell(pilot, 1, "down", "down", "z")

    assert snap_compare(app, terminal_size=size, run_before=look)


@pytest.mark.parametrize("size", SIZES)
def test_hex(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Offsets dim, bytes in groups of eight, ASCII between bars: 16 bytes a row, 32 on the wide screen."""
    app = ValuesApp()

    async def look(pilot: Pilot[None]) -> None:
        await app.cell(pilot, 2)

    assert snap_compare(app, terminal_size=size, run_before=look)


def test_text(snap_compare: SnapCompare) -> None:
    """A tab as blanks; escapes in another colour and underlined, no colour from the value; the last line
    wrapped; `line` marked where it was found."""
    app = ValuesApp()

    async def look(pilot: Pilot[None]) -> None:
        await app.cell(pilot, 3, "slash")
        await pilot.press(*"line", "enter")
        await pilot.pause()

    assert snap_compare(app, terminal_size=(80, 24), run_before=look)


@pytest.mark.parametrize("size", SIZES)
def test_record(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Six fields: name bold, type dim, value cut with an ellipsis at the screen's edge; NULL dim and italic,
    the empty string blank; the name with markup and an escape as it is; a bright line on the first."""
    app = ValuesApp()

    async def look(pilot: Pilot[None]) -> None:
        app.grid.show(app.result, [heading(column) for column in COLUMNS])
        app.push_screen(RecordScreen(app.grid, app.browsing, [], lambda: None))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=look)
