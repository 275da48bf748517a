"""Pictures of single widgets and of the keys, with fixed values; each test says what must be seen on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from pgmem_tui.display.column_arrangement import Arrangement
from pgmem_tui.display.column_draft import ColumnDraft, ListedColumn
from pgmem_tui.display.tree_model import DetailLine
from pgmem_tui.memory.sample import MemorySample
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.relation import Column, Row
from pgmem_tui.ui.actions import key_help
from pgmem_tui.ui.app import PgmemApp
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.screens.columns import ColumnsScreen
from pgmem_tui.ui.screens.help import HelpScreen
from pgmem_tui.ui.widgets.cursor_strip import CursorStrip
from pgmem_tui.ui.widgets.data_grid import DataGrid
from pgmem_tui.ui.widgets.memory_strip import MemoryStrip
from pgmem_tui.ui.widgets.notice import Notice
from pgmem_tui.ui.widgets.table_tree import TableTree
from tests.ui.grid_app import GridApp
from tests.ui.test_strips import FETCH, STATE
from tests.ui.test_table_tree import DETAILS, SHOP

SnapCompare = Callable[..., bool]
SMALL, LARGE = (80, 24), (160, 48)
MB = 2**20
COLUMNS = (
    Column("id", "bigint", 20, 8, category="N", not_null=True),
    Column("name", "text", 25, category="S"),
    Column("amount", "numeric", 1700, category="N"),
    Column("born", "date", 1082, 4, category="D"),
    Column("note", "text", 25, category="S", clamped=True),
)
CELLS: tuple[tuple[str | None, str | None, str], ...] = (
    ("Ada", "12.50", "plain"),
    ("東京 太郎", None, "wide"),
    (None, "-3", "NULL"),
    ("[b]bold[/b]", "1234567.89", "a\nb\x1b[31m\u202e"),
    ("", "0", "x" * 60),
)


def rows(count: int) -> list[Row]:
    return [
        (str(n + 1), *CELLS[n % 5][:2], f"20{n % 80 + 10}-01-{n % 28 + 1:02}", CELLS[n % 5][2])
        for n in range(count)
    ]


class OneWidget(App[None]):
    """A widget alone, on the screen's background."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_rows(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Columns in line though some values are wide; numbers at the right; NULL dim and italic, the text
    'NULL' not; escapes instead of control characters, no markup; the cursor's cell bright on row 4; a thumb
    at the top of the scrollbar; the position and 'cut at' in the last line."""
    app = GridApp()

    async def fill(pilot: Pilot[None]) -> None:
        app.open(COLUMNS, estimate=1000)
        app.put(0, rows(200))
        await pilot.press("down", "down", "down", "right", "right", "right", "right")

    assert snap_compare(app, terminal_size=size, run_before=fill)


def test_rows_on_their_way(snap_compare: SnapCompare) -> None:
    """Five rows, dots after the numbers 6 to 12, nothing below; ≈12 at the bottom; the cursor's cell dim and
    underlined, as the focus is elsewhere."""
    app = GridApp()

    async def fill(pilot: Pilot[None]) -> None:
        app.open(COLUMNS, estimate=12)
        app.put(0, rows(5))
        app.screen.set_focus(None)
        await pilot.pause()

    assert snap_compare(app, terminal_size=SMALL, run_before=fill)


def test_no_rows_yet(snap_compare: SnapCompare) -> None:
    """A sentence in the middle of an empty pane, no heading, no scrollbar."""
    app = GridApp()

    async def empty(pilot: Pilot[None]) -> None:
        app.grid.clear("opening … esc cancels")
        await pilot.pause()

    assert snap_compare(app, terminal_size=SMALL, run_before=empty)


@pytest.mark.parametrize("height", [3, 1])
def test_cursor(snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch, height: int) -> None:
    """The cursor's name, kind, place and batch; its last FETCH with rows, bytes and time; the transaction's
    age: on three lines, or on one."""
    monkeypatch.setattr("pgmem_tui.ui.widgets.cursor_strip.time", Still())
    strip = CursorStrip()
    strip.styles.height = height

    async def fill(pilot: Pilot[None]) -> None:
        strip.show_state(STATE)
        strip.show_report(FETCH)
        await pilot.pause()

    assert snap_compare(OneWidget(strip), terminal_size=(80, 5), run_before=fill)


class Still:
    """Time that does not pass."""

    def time(self) -> float:
        return 100.0

    def monotonic(self) -> float:
        return 100.0


def test_notice(snap_compare: SnapCompare) -> None:
    """A thick red bar at the left; the server's sentence bold with its SQLSTATE; a caret below `nme`, behind
    wide characters; detail, hint and advice on lines of their own; the key dim at the end."""
    notice = Notice()
    sql = "SELECT '東京',\n  '東京', nme\nFROM users"
    problem = Problem(
        'column "nme" does not exist',
        "42703",
        "A detail.",
        'Perhaps you meant to reference the column "users.name".',
        sql.index("nme") + 1,
        advice="The tree at the left shows the columns.",
    )

    async def show(pilot: Pilot[None]) -> None:
        notice.show(problem, sql)
        await pilot.pause()

    assert snap_compare(OneWidget(notice), terminal_size=(80, 14), run_before=show)


@pytest.mark.parametrize(("size", "height"), [((80, 5), 3), ((160, 5), 3), ((80, 5), 1)])
def test_memory(snap_compare: SnapCompare, size: tuple[int, int], height: int) -> None:
    """A history that rises and stays, coloured apart from words and figures; a mark below each sample with a
    FETCH; cache of its budget; available memory: on three lines, or on one."""
    strip = MemoryStrip(16 * MB)
    strip.styles.height = height
    for n in range(30):
        rss = (40 + min(n, 18)) * MB
        strip.history.add(MemorySample(n / 2, rss, 40 * MB, 81.3, int(n % 7 == 3), n * 40_000, 12 * MB))
    assert snap_compare(OneWidget(strip), terminal_size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_keys(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """A pane with a border in the middle: the groups in bold; keys dim, what they do
    beside them in one column; a scrollbar only where they do not all fit."""

    class Keys(App[None]):
        def on_mount(self) -> None:
            self.push_screen(HelpScreen(list(key_help(self, Browse()))))

    class Browse(Screen[None]):
        BINDINGS = BrowseScreen.BINDINGS
        focused = DataGrid()

    Keys.BINDINGS = PgmemApp.BINDINGS
    assert snap_compare(Keys(), terminal_size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_columns(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """A pane in the middle that says '28 of 30 shown · 2 frozen'; [x] or [ ], name, type, its state,
    width; hidden ones dim; the cursor's line bright on `note`; a name in markup as it is; two lines of keys
    at the bottom and two more on the border."""
    names = ["created_at", "id", "note", "[b]東京[/b]", *(f"column_{n}" for n in range(26))]
    columns = [ListedColumn(name, "timestamp with time zone", 10 + n) for n, name in enumerate(names)]
    order = (1, 0, *range(2, 30))
    draft = ColumnDraft(columns, Arrangement(order, frozenset({2, 4}), 2, ((1, 33),)), 2)

    class Choosing(App[None]):
        def on_mount(self) -> None:
            self.push_screen(ColumnsScreen(draft))

    assert snap_compare(Choosing(), terminal_size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_arranged_rows(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """`born` and `id` at the left, a thin rule, then the others without `name`; the cursor on `note`, which
    reaches as far as there is room; the copy prompt in the last line."""
    app = GridApp()

    async def fill(pilot: Pilot[None]) -> None:
        app.open(COLUMNS, estimate=1000)
        app.put(0, rows(200))
        app.grid.arrange_columns(Arrangement((3, 0, 1, 2, 4), frozenset({1}), 2))
        await pilot.press("down", "dollar_sign", "y", "v")

    assert snap_compare(app, terminal_size=size, run_before=fill)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_tree(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """The filter's line; schemas and their relations with ≈rows and ≈size at the right; details below
    `customers`; the cursor's line bright on it; a relation without permission dim."""
    tree = TableTree()

    async def fill(pilot: Pilot[None]) -> None:
        tree.show_relations(SHOP)
        tree.focus()
        await pilot.press("down", "down", "right")
        tree.show_details(2, (DetailLine("Size 730 MB"), *DETAILS))
        tree.show_open(2)
        await pilot.pause()

    assert snap_compare(OneWidget(tree), terminal_size=size, run_before=fill)
