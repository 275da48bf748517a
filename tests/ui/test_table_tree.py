"""The tree of tables in a tiny app, driven by keys and the mouse."""

from __future__ import annotations

import subprocess
import sys

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from pgmem_tui.display.tree_model import DetailLine
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.relation_details import Index, Key, RelationDetails, RelationEntry
from pgmem_tui.ui.widgets.relation_lines import detail_lines
from pgmem_tui.ui.widgets.table_tree import TableTree

SHOP = (
    RelationEntry(1, "audit", "log", "r", 0, 0, 0, True),
    RelationEntry(2, "shop", "customers", "r", 0, 10_000_000, 730 * 2**20, True),
    RelationEntry(3, "shop", "sales", "p", 0, 5000, 161 * 2**20, True),
    RelationEntry(4, "shop", "sales_2025", "r", 3, 5000, 161 * 2**20, True),
    RelationEntry(5, "shop", "secrets", "r", 0, 12, 8192, False),
    RelationEntry(6, "shop", "totals", "m", 0, -1, -1, True),
    RelationEntry(7, "shop", "view", "v", 0, -1, -1, True),
)
DETAILS = (DetailLine("Columns", heading=True), DetailLine("id", "bigint not null"))


class Tiny(App[None]):
    CSS = "TableTree { width: 39; height: 12; }"
    AUTO_FOCUS = "TableTree"

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield TableTree()

    @property
    def tree_(self) -> TableTree:
        return self.query_one(TableTree)

    def on_table_tree_relation_chosen(self, message: Message) -> None:
        self.heard.append(message)

    on_table_tree_details_requested = on_table_tree_relation_chosen
    on_table_tree_refresh_requested = on_table_tree_relation_chosen
    on_table_tree_system_toggled = on_table_tree_relation_chosen


def _strips(app: Tiny) -> list[Strip]:
    return [app.tree_.render_line(y) for y in range(app.tree_.size.height)]


def _screen(app: Tiny) -> list[str]:
    return [strip.text.rstrip() for strip in _strips(app)]


def _under(app: Tiny) -> str:
    line = app.tree_.line
    assert line is not None
    return line.name


async def _shown(pilot: Pilot[None], *entries: RelationEntry) -> Tiny:
    app = pilot.app
    assert isinstance(app, Tiny)
    app.tree_.show_relations(entries or SHOP)
    await pilot.pause()
    return app


async def test_lines_with_rows_sizes_and_kinds() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        assert _screen(app)[:9] == [
            "/ filter                 ≈rows   ≈size",
            "▾ audit",
            " ▸ log                      ≈0     0 B",
            "▾ shop",
            " ▸ customers            ≈10.0M  730 MB",
            " ▸ sales 1 partition     ≈5.0k  161 MB",
            " ▸ secrets               no permission",
            " ▸ totals matview",
            " ▸ view                           view",
        ]


@pytest.mark.parametrize("width", [1, 2, 5, 9, 19, 20, 29, 30, 60])
async def test_every_line_fills_the_width_at_any_width(width: int) -> None:
    hostile = RelationEntry(9, "shop", "a\n\x1b[31m[red]\u202e日本語" * 9, "p", 0, 10**15, 10**15, True)
    part = RelationEntry(10, "shop", "part", "r", 9, -1, -1, False)
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot, *SHOP, hostile, part)
        app.tree_.styles.width = width
        app.tree_.styles.height = 40
        await pilot.pause()
        app.tree_.show_details(1, [DetailLine("日本語" * 30, "\x1b]0;x\x07" * 9), *DETAILS])
        await pilot.press("G", "l", "home", "j", "l", "slash", "日")
        app.tree_.model.set_filter("")
        app.tree_.repaint()
        for strip in _strips(app):
            assert sum(segment.cell_length for segment in strip) == max(0, width - 1) == strip.cell_length
            assert strip.text.isprintable()
            for segment in strip:
                assert segment.style is not None and segment.style.bgcolor is not None


async def test_names_are_no_markup_and_no_control_codes() -> None:
    name = "[bold]x[/] \x1b[2J\n"
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot, RelationEntry(1, name, name, "r", 0, -1, -1, True))
        assert _screen(app)[1:3] == [r"▾ [bold]x[/] \x1b[2J\n", r" ▸ [bold]x[/] \x1b[2J\n"]


async def test_long_names_use_the_room_that_numbers_leave_and_keep_their_end() -> None:
    name = "customer_order_line_item_00042"
    unknown = RelationEntry(1, "s", name, "r", 0, -1, -1, True)
    known = RelationEntry(2, "s", name, "r", 0, 5000, 8192, True)
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot, unknown, known)
        assert _screen(app)[2] == f" ▸ {name}"
        assert _screen(app)[3] == " ▸ customer_o…item_00042 ≈5.0k  8.0 kB"


async def test_moving() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        assert _under(app) == "log", "the first relation"
        for keys, name in (
            ("j", "shop"),
            ("down", "customers"),
            ("k", "shop"),
            ("G", "view"),
            ("down", "view"),
            ("g", "audit"),
            ("up", "audit"),
            ("end", "view"),
            ("home", "audit"),
            ("pagedown", "view"),
            ("pageup", "audit"),
        ):
            await pilot.press(keys)
            assert _under(app) == name, keys


async def test_scrolling_follows_the_cursor_without_animation() -> None:
    many = [RelationEntry(i, "public", f"t{i:03}", "r", 0, 1, 8192, True) for i in range(1, 101)]
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot, *many)
        await pilot.press("G")
        assert app.tree_.scroll_offset.y == 101 - 11
        assert _screen(app)[-1].startswith(" ▸ t100")
        await pilot.press("pageup")
        assert (_under(app), app.tree_.scroll_offset.y) == ("t090", 80)
        await pilot.press("g")
        assert app.tree_.scroll_offset.y == 0
        await pilot.press("pagedown")
        assert (_under(app), app.tree_.scroll_offset.y) == ("t010", 10)


async def test_moving_on_the_screen_repaints_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        painted: list[int] = []
        paint = app.tree_.render_line

        def counted(y: int) -> Strip:
            painted.append(y)
            return paint(y)

        monkeypatch.setattr(app.tree_, "render_line", counted)
        await pilot.press("down")
        await pilot.pause()
        assert sorted(painted) == [2, 3]


async def test_enter_opens_a_relation_and_toggles_a_schema() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        await pilot.press("enter")
        (message,) = app.heard
        assert isinstance(message, TableTree.RelationChosen)
        assert (message.oid, message.schema, message.name) == (1, "audit", "log")
        await pilot.press("g", "enter")
        assert _screen(app)[1:3] == ["▸ audit", "▾ shop"]
        await pilot.press("enter")
        assert _screen(app)[1] == "▾ audit"
        assert len(app.heard) == 1


async def test_expanding_asks_for_details_once_and_shows_them() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        await pilot.press("l")
        assert [m.oid for m in app.heard if isinstance(m, TableTree.DetailsRequested)] == [1]
        assert _screen(app)[3] == "     loading…"
        app.tree_.show_details(1, DETAILS)
        assert _screen(app)[2:6] == [
            " ▾ log                      ≈0     0 B",
            "    Columns",
            "     id  bigint not null",
            "▾ shop",
        ]
        await pilot.press("l", "l")
        assert _under(app) == "Columns", "there is nothing below it"
        await pilot.press("enter")
        assert isinstance(app.heard[-1], TableTree.RelationChosen) and app.heard[-1].oid == 1
        await pilot.press("h")
        assert _under(app) == "log"
        await pilot.press("h")
        assert _screen(app)[3] == "▾ shop"
        await pilot.press("l")
        assert len(app.heard) == 2, "they are known"


async def test_details_of_another_relation_leave_the_cursor_where_it_is() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        await pilot.press("l", "G")
        app.tree_.show_details(1, DETAILS)
        assert _under(app) == "view"
        app.tree_.show_details(99, DETAILS)


async def test_partitions_stand_below_their_parent() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        app.tree_.move_cursor(4)
        await pilot.press("right")
        app.tree_.show_details(3, ())
        assert _screen(app)[6] == "  ▸ sales_2025           ≈5.0k  161 MB"
        await pilot.press("j", "left")
        assert _under(app) == "sales"


async def test_filter_as_one_types() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        await pilot.press("slash", "s", "a")
        assert _screen(app)[:4] == [
            "/ sa                            2 of 7",
            "▾ shop",
            " ▾ sales 1 partition     ≈5.0k  161 MB",
            "  ▸ sales_2025           ≈5.0k  161 MB",
        ]
        assert _under(app) == "sales"
        await pilot.press("space", "2", "0", "down")
        assert _under(app) == "sales_2025"
        await pilot.press("enter")
        assert isinstance(app.heard[-1], TableTree.RelationChosen) and app.heard[-1].oid == 4
        await pilot.press("k")
        assert _under(app) == "sales", "after enter, letters are keys again"
        await pilot.press("down", "escape")
        assert _screen(app)[0].startswith("/ filter")
        assert _under(app) == "sales_2025", "what was found stays in view"


async def test_letters_that_are_keys_are_typed_into_the_filter() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        await pilot.press("slash", *"jkhlgGRS/", "backspace")
        assert _screen(app)[0].startswith("/ jkhlgGRS")
        assert not app.heard
        assert _screen(app)[1:3] == [" No table matches “jkhlgGRS”.", " escape clears the filter."]
        await pilot.press("ctrl+u", *"a b", "ctrl+w")
        assert _screen(app)[0].startswith("/ a ")
        await pilot.press("backspace", "backspace")
        assert _screen(app)[0].startswith("/ filter"), "backspace in an empty filter leaves it"


async def test_escape_without_a_filter_is_not_ours() -> None:
    class Escaping(Tiny):
        escaped = False

        def key_escape(self) -> None:
            self.escaped = True

    app = Escaping()
    async with app.run_test() as pilot:
        await _shown(pilot)
        await pilot.press("slash", "s", "escape")
        assert not app.escaped
        await pilot.press("escape")
        assert app.escaped


async def test_refresh_and_system_schemas() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        await pilot.press("R", "S")
        refresh, system = app.heard
        assert isinstance(refresh, TableTree.RefreshRequested)
        assert isinstance(system, TableTree.SystemToggled) and system.system
        app.tree_.show_loading()
        assert _screen(app)[0] == "/ filter                   refreshing…"
        assert _screen(app)[1] == "▾ audit"
        app.tree_.show_error("no")
        assert _screen(app)[0] == "/ filter                refresh failed"
        app.tree_.show_relations(SHOP, system=True)
        await pilot.press("S")
        assert isinstance(app.heard[-1], TableTree.SystemToggled) and not app.heard[-1].system


async def test_a_refresh_keeps_the_place_and_asks_for_open_details_again() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        await pilot.press("l", "G", "slash", "o")
        app.tree_.show_details(1, DETAILS)
        app.tree_.move_cursor(0)
        await pilot.press("down")
        under = _under(app)
        app.heard.clear()
        app.tree_.show_relations([RelationEntry(8, "aaa", "lots", "r", 0, 1, 1, True), *SHOP])
        await pilot.pause()
        assert _under(app) == under
        assert [m.oid for m in app.heard if isinstance(m, TableTree.DetailsRequested)] == [1]
        assert _screen(app)[0].startswith("/ o")


async def test_what_it_says_without_tables() -> None:
    async with Tiny().run_test() as pilot:
        app = pilot.app
        assert isinstance(app, Tiny)
        await pilot.pause()
        assert _screen(app)[1] == " Loading the list of tables…"
        app.tree_.show_relations(())
        assert _screen(app)[1:3] == [" No tables in this database; S shows", " system schemas."]
        app.tree_.show_error("permission denied\nfor \x1b[31meverything [b]here[/b]")
        assert _screen(app)[1:4] == [
            " permission denied",
            r" for \x1b[31meverything [b]here[/b]",
            " R tries again.",
        ]
        app.tree_.show_relations((), system=True)
        assert _screen(app)[1] == " No tables in this database."
        await pilot.press("j", "k", "l", "h", "enter", "G", "pagedown", "slash", "x", "escape")
        assert not app.heard


async def test_the_mouse_selects_toggles_and_opens() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        await pilot.click(TableTree, offset=(10, 4))
        assert _under(app) == "customers" and not app.heard
        await pilot.click(TableTree, offset=(10, 5), times=2)
        assert isinstance(app.heard[-1], TableTree.RelationChosen) and app.heard[-1].oid == 3
        await pilot.click(TableTree, offset=(0, 3))
        assert _screen(app)[3:5] == ["▸ shop", ""]
        await pilot.click(TableTree, offset=(5, 10))
        assert _under(app) == "shop"
        await pilot.click(TableTree, offset=(3, 0))
        await pilot.press("l", "o", "g")
        assert _screen(app)[0].startswith("/ log")


async def test_another_theme_and_focus_repaint() -> None:
    async with Tiny().run_test() as pilot:
        app = await _shown(pilot)
        before = _strips(app)
        app.screen.set_focus(None)
        await pilot.pause()
        blurred = _strips(app)
        assert blurred[2] != before[2] and blurred[3] == before[3], "only the cursor's line tells"
        app.theme = "textual-light"
        await pilot.pause()
        assert _strips(app)[3] != before[3]


def test_details_of_a_relation_as_lines() -> None:
    relation = Relation(
        1, "shop", "orders", "p", (Column("id", "bigint", 20, not_null=True), Column("note", "text", 25))
    )
    keys = (
        Key("pk", "p", ("id",)),
        Key("u", "u", ("note", "id")),
        Key("fk", "f", ("id",), ("shop", "customers"), 2, ("id",)),
    )
    indexes = (
        Index("pk", "CREATE UNIQUE INDEX pk ON shop.orders USING btree (id)", True, True),
        Index("broken", "", False, False),
    )
    details = RelationDetails(relation, ("id",), keys, indexes, 2**20, "RANGE (id)", "DEFAULT")
    assert [(line.text, line.note) for line in detail_lines(details)] == [
        ("Size 1.0 MB", ""),
        ("Partition DEFAULT", ""),
        ("Partitioned by RANGE (id)", ""),
        ("Columns", ""),
        ("id", "bigint not null"),
        ("note", "text"),
        ("Keys", ""),
        ("primary key", "(id)"),
        ("unique", "(note, id)"),
        ("foreign key", "(id) to shop.customers (id)"),
        ("Indexes", ""),
        ("pk", "unique btree (id)"),
        ("broken", "not valid"),
    ]


MEASURE = """
import asyncio, gc, psutil
from pgmem_tui.postgres.relation_details import RelationEntry
from tests.ui.test_table_tree import Tiny

def entries():
    for i in range(20_000):
        name = f"customer_order_line_item_{i:05}"
        yield RelationEntry(100_000 + i, "public", name, "r", 0, 1_000 + i, 8192 * (i + 1000), True)

async def main():
    app, process = Tiny(), psutil.Process()
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.pause()
        gc.collect()
        before = process.memory_info().rss
        app.tree_.show_relations(tuple(entries()))
        await pilot.pause()
        await pilot.press("G", "g", "pagedown", "l", "slash", *"item 01", "escape")
        await pilot.pause()
        print((process.memory_info().rss - before) / 2**20)

asyncio.run(main())
"""


def test_twenty_thousand_tables_take_less_than_15_mb() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], capture_output=True, text=True, timeout=120, check=True
    )
    megabytes = float(done.stdout)
    assert 1 < megabytes < 15
