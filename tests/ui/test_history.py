"""The history of statements, driven by keys, on a file of this test's own."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from pgmem_tui.display.text import one_line
from pgmem_tui.history.file import default_path
from pgmem_tui.history.store import Entry, Search, Store
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.history import HistoryScreen
from pgmem_tui.ui.widgets.run_lines import Columns, about, header, line
from pgmem_tui.ui.widgets.statement_list import StatementList
from pgmem_tui.ui.widgets.statement_view import MOST, rows
from tests.ui.program import FIRST, Program, program

SIZES = [(60, 15), (80, 24), (160, 48)]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def kept(search: Search | None = None) -> list[Entry]:
    """What is in the file now."""
    if not default_path().exists():
        return []
    store = Store(default_path())
    try:
        return store.search(search or Search())
    finally:
        store.close()


def remember(*entries: Entry) -> None:
    store = Store(default_path())
    for entry in entries:
        store.add(entry)
    store.close()


def run(text: str, ago: float = 60.0, database: str = "ann@db1:5432/shop") -> Entry:
    return Entry(text, time.time() - ago, 0.012, 7, database)


async def open_history(shown: Program) -> HistoryScreen:
    await shown.press("ctrl+r")
    screen = await shown.screen(HistoryScreen)
    await shown.shows("History", "esc closes")
    return screen


def chosen(shown: Program) -> str:
    entry = shown.app.screen.query_one(StatementList).chosen
    return entry.text if entry is not None else ""


# -- what is recorded ------------------------------------------------------------------------------


async def test_a_query_from_the_command_line_is_recorded(place: ConnectionSettings) -> None:
    text = "SELECT n, 'a value' AS v FROM generate_series(1, 5) AS g(n)"
    async with program(place, command=text, history=True) as shown:
        await shown.shows(FIRST)
        await shown.until(kept)
    (entry,) = kept()
    assert (entry.text, entry.rows, entry.failed) == (text, 5, False)
    assert 0 < entry.seconds < 10 and abs(entry.at - time.time()) < 20
    assert (
        entry.database == f"{place.user}@[local]:{place.port}/{place.dbname}" or "127.0.0.1" in entry.database
    )


async def test_rows_are_recorded_when_they_are_known(place: ConnectionSettings) -> None:
    text = "SELECT n FROM generate_series(1, 20000) AS g(n)"
    async with program(place, command=text, history=True) as shown:
        await shown.shows(FIRST)
        await shown.until(kept)
        assert kept()[0].rows is None
        await shown.press("G")
        await shown.shows("row 20,000 of 20,000")
        await shown.until(lambda: kept()[0].rows == 20_000)
        assert kept()[0].runs == 1
        await shown.press("g", "G", "g")
        await shown.at_row(1)
        await shown.press("R")
        await shown.until(lambda: kept()[0].runs == 2)


async def test_what_fails_is_recorded_as_failed(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT nothing_there FROM events", history=True) as shown:
        await shown.shows("nothing_there")
        await shown.until(kept)
    assert kept()[0].failed and kept()[0].rows is None


async def test_what_is_given_up_is_recorded_as_failed(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT pg_sleep(60)", history=True) as shown:
        await shown.shows("the server is working")
        await shown.press("escape")
        await shown.shows("cancelled")
        await shown.until(kept)
    assert kept()[0].failed and 0 < kept()[0].seconds < 30


async def test_tables_are_not_recorded_and_make_no_file(place: ConnectionSettings, data_folder: Path) -> None:
    async with program(place, table="events", history=True) as shown:
        await shown.shows(FIRST)
        await shown.press("pagedown", "G")
        await shown.shows("row 20,000 of 20,000")
    assert not (data_folder / "share").exists()


async def test_without_history_nothing_is_written(place: ConnectionSettings, data_folder: Path) -> None:
    async with program(place, command="SELECT 1 AS one") as shown:
        await shown.shows(FIRST)
        await shown.press("ctrl+r")
        await shown.shows("there is no history")
    assert not (data_folder / "share").exists()


async def test_each_of_several_statements_is_recorded(place: ConnectionSettings) -> None:
    async with program(place, command="SHOW work_mem; SELECT 2 AS two; SELECT 1 / 0", history=True) as shown:
        await shown.shows("division by zero")
        await shown.until(lambda: len(kept()) == 3)
    assert [(entry.text, entry.rows, entry.failed) for entry in kept()] == [
        ("SELECT 1 / 0", None, True),
        ("SELECT 2 AS two", 1, False),
        ("SHOW work_mem", 1, False),
    ]


async def test_a_statement_with_a_password_is_not_recorded(
    place: ConnectionSettings, data_folder: Path
) -> None:
    text = "SELECT 'postgresql://ann:hunter2@db1/shop' AS uri; SELECT 2 AS two"
    async with program(place, command=text, history=True) as shown:
        await shown.shows(FIRST, "two")
        await shown.until(kept)
    assert [entry.text for entry in kept()] == ["SELECT 2 AS two"]
    assert b"hunter2" not in b"".join(file.read_bytes() for file in data_folder.rglob("*") if file.is_file())


async def test_a_file_that_does_not_work_is_told_and_rows_are_shown(place: ConnectionSettings) -> None:
    default_path().parent.mkdir(parents=True)
    default_path().write_bytes(b"damaged " * 1000)
    async with program(place, command="SELECT 41 + 1 AS answer", history=True) as shown:
        await shown.shows(FIRST, "42")
        await shown.until(lambda: [note.title for note in shown.app._notifications] == ["No history"])
        await open_history(shown)
        await shown.shows("The history does not work now", "is damaged")
        await shown.press("escape")
        await shown.back()
        await shown.press("j", "k")
        await shown.shows("42")
    assert default_path().read_bytes() == b"damaged " * 1000


# -- the screen ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_was_run_yet(size: tuple[int, int], place: ConnectionSettings) -> None:
    async with program(place, table="users", size=size, history=True) as shown:
        await shown.shows(FIRST)
        await open_history(shown)
        await shown.shows("Nothing was run on this database yet", "[this database]")
        await shown.press("enter", "ctrl+d", "ctrl+s", "down", "tab")
        await shown.shows("Nothing was run yet", "[all databases]")
        await shown.press("tab")
        await shown.shows("There are no favourites yet", "[favourites]")
        await shown.press("tab")
        await shown.shows("[this database]")
        await shown.press("escape")
        await shown.back()


@pytest.mark.parametrize("size", SIZES)
async def test_find_and_run_again(size: tuple[int, int], place: ConnectionSettings) -> None:
    async with program(place, command="SELECT 'first' AS which", size=size, history=True) as shown:
        await shown.shows(FIRST, "first")
        remember(run("SELECT 'second' AS which"), run("TABLE users"))
        await open_history(shown)
        await shown.shows("SELECT 'first' AS which", "1 found")
        await shown.press("tab")
        await shown.shows("3 found", "TABLE users")
        await shown.press(*"second")
        await shown.shows("/ second", "1 found", "second")
        await shown.press("enter")
        await shown.back()
        await shown.shows(FIRST, "second")
        await shown.until(lambda: len(kept()) == 3 and kept()[0].runs == 2)
        await shown.press("backspace")
        await shown.shows(FIRST, "first")


async def test_letters_that_are_keys_elsewhere_are_typed(place: ConnectionSettings) -> None:
    remember(run("SELECT q FROM jkq"), run("TABLE users"))
    async with program(place, table="users", history=True) as shown:
        await shown.shows(FIRST)
        await open_history(shown)
        await shown.press("tab")
        await shown.shows("2 found")
        await shown.press(*"jkq dfg", "ctrl+w")
        await shown.shows("/ jkq", "1 found")
        await shown.press("x")
        await shown.shows("Nothing like that")
        await shown.press("ctrl+u")
        await shown.shows("2 found")
        await shown.press("backspace", "backspace", *"tab")
        await shown.shows("/ tab")


async def test_moving_and_the_statement_below(place: ConnectionSettings) -> None:
    long = "SELECT 'begin', " + ", ".join(f"column_{n}" for n in range(400)) + ", 'finis'"
    remember(*(run(f"SELECT {n}") for n in range(100)), run(long))
    async with program(place, table="users", size=(80, 24), history=True) as shown:
        await shown.shows(FIRST)
        await open_history(shown)
        await shown.press("tab")
        await shown.shows("101 found", "'begin', column_0, column_1", "column_12")
        assert "'finis'" not in shown.text
        for _ in range(100):
            await shown.press("shift+down")
        await shown.shows("'finis'")
        await shown.press("shift+up", "ctrl+r")
        await shown.until(lambda: chosen(shown) == "SELECT 99")
        await shown.press("end")
        await shown.until(lambda: chosen(shown) == "SELECT 0")
        await shown.press("up", "pageup", "pagedown")
        await shown.until(lambda: chosen(shown) == "SELECT 0")
        await shown.press("home", "down", "down")
        await shown.until(lambda: chosen(shown) == "SELECT 98")
        await shown.until(lambda: shown.text.count("SELECT 98") == 2)  # in the list and below it


async def test_what_may_not_run_says_why_and_what_wants_values_asks(place: ConnectionSettings) -> None:
    remember(run("DELETE FROM users"), run("SELECT :id"))
    async with program(place, table="users", history=True) as shown:
        await shown.shows(FIRST)
        await open_history(shown)
        await shown.press("tab", *"delete")
        await shown.shows("1 found")
        await shown.press("enter")
        await shown.back()
        await shown.until(lambda: shown.browse.notice.display)
        await shown.shows(FIRST, "DELETE deletes rows", "nothing was run")
        assert shown.browse.browsing.relation is not None, "the table is still open"
        await open_history(shown)
        await shown.press("tab", *":id")
        await shown.until(lambda: chosen(shown) == "SELECT :id")
        await shown.press("enter")
        await shown.shows("Parameters", "id ")
        await shown.press(*"seven", "enter")
        await shown.back()
        await shown.shows("query ─", "seven")


async def test_delete_asks_once(place: ConnectionSettings) -> None:
    remember(run("SELECT 1"), run("SELECT 2"), run("SELECT 2"))
    async with program(place, table="users", history=True) as shown:
        await shown.shows(FIRST)
        await open_history(shown)
        await shown.press("tab")
        await shown.shows("2 found")
        await shown.press("ctrl+d")
        await shown.shows("ctrl+d again deletes it with its 2 runs")
        await shown.press("down")
        await shown.shows("esc closes")
        await shown.press("up", "ctrl+d", "ctrl+d")
        await shown.shows("deleted", "1 found")
        assert [entry.text for entry in kept()] == ["SELECT 1"]
        await shown.press("ctrl+d")
        await shown.shows("again deletes it from the history")
        await shown.press("escape")
        await shown.back()
    assert [entry.text for entry in kept()] == ["SELECT 1"]


async def test_favourites(place: ConnectionSettings) -> None:
    remember(run("SELECT 'one'"), run("SELECT 'two'"))
    async with program(place, table="users", history=True) as shown:
        await shown.shows(FIRST)
        await open_history(shown)
        await shown.press("tab")
        await shown.shows("2 found")
        await shown.press("ctrl+s", *"best ever", "enter")
        await shown.shows("kept as best ever", "* ")
        await shown.press("down", "ctrl+s", *"best ever", "enter")
        await shown.shows("another has that name")
        await shown.press("escape")
        await shown.until(lambda: isinstance(shown.app.focused, StatementList))
        await shown.press("ctrl+s", *"other", "enter")
        await shown.shows("kept as other")
        await shown.press("tab")
        await shown.shows("[favourites]", "best ever", "other", "SELECT 'one'", "SELECT 'two'")
        await shown.press(*"ever")
        await shown.until(lambda: chosen(shown) == "SELECT 'two'")
        await shown.press("ctrl+s", "end", "!", "enter")
        await shown.shows("kept as best ever!")
        chosen_list = shown.app.screen.query_one(StatementList)
        await shown.until(lambda: chosen_list.chosen and chosen_list.chosen.favourite == "best ever!")
        await shown.press("ctrl+d")
        await shown.shows("takes “best ever!” off the favourites")
        await shown.press("ctrl+d")
        await shown.shows("Nothing like that")
        await shown.press("ctrl+u")
        await shown.until(lambda: chosen(shown) == "SELECT 'one'")
        await shown.press("enter")
        await shown.back()
        await shown.shows("one")
    assert [entry.favourite for entry in kept(Search(favourites=True))] == ["other"]
    assert len(kept()) == 2, "they stay in the history"


async def test_a_name_can_be_taken_over(place: ConnectionSettings) -> None:
    remember(run("SELECT 1"), run("SELECT 2"))
    async with program(place, table="users", history=True) as shown:
        await shown.shows(FIRST)
        await open_history(shown)
        await shown.press("tab")
        await shown.shows("2 found")
        await shown.press("ctrl+s", *"it", "enter")
        await shown.shows("kept as it")
        await shown.press("down", "ctrl+s", *"it", "enter")
        await shown.shows("another has that name; ↵ replaces it")
        assert shown.app.screen.query_one(Input).value == "it"
        await shown.press("enter")
        await shown.until(lambda: [entry.text for entry in kept(Search(favourites=True))] == ["SELECT 1"])
        await shown.shows("kept as it")
        await shown.press("ctrl+s")
        await shown.shows("no favourite any longer")
    assert kept(Search(favourites=True)) == []


HOSTILE = "SELECT '[red]not markup[/red]\x1b[31m\u202e\x07', 'a\tb'\n-- \x1b]0;title\x07\nFROM \"t\u200b\""


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text(size: tuple[int, int], place: ConnectionSettings) -> None:
    remember(run(HOSTILE, database="a\x1b[31mn[b]n@h:1/d"))
    async with program(place, table="users", size=size, history=True) as shown:
        await shown.shows(FIRST)
        await open_history(shown)
        await shown.press("tab")
        await shown.shows("1 found", "[red]not", "\\x1b[31m\\u202e\\a")
        await shown.press("ctrl+s", "[", "b", "]", "enter")
        await shown.shows("kept as [b]")
        await shown.press("ctrl+d")
        await shown.press("tab")
        await shown.shows("[favourites]", "[b]")
        assert not set(shown.text) & set("\x1b\x07\u202e\u200b\t")


async def test_two_programs_see_each_others_statements(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT 'here'", history=True) as shown:
        await shown.shows(FIRST)
        await shown.until(kept)
        screen = await open_history(shown)
        await shown.shows("1 found")
        remember(run("SELECT 'elsewhere'", ago=0.0, database=screen._database))
        await shown.press(*"elsew")
        await shown.shows("1 found", "SELECT 'elsewhere'")


async def test_a_file_held_by_another_program_does_not_hold_up_keys(place: ConnectionSettings) -> None:
    remember(run("SELECT 1"))
    holder = sqlite3.connect(default_path(), isolation_level=None)
    try:
        async with program(place, table="users", history=True) as shown:
            await shown.shows(FIRST)
            holder.execute("BEGIN EXCLUSIVE")
            await open_history(shown)
            started = time.monotonic()
            await shown.press(*"select")
            await shown.shows("/ select")
            assert time.monotonic() - started < 1.0
            holder.execute("COMMIT")
            await shown.press("tab")
            await shown.shows("1 found")
    finally:
        holder.close()


def test_lines_of_runs() -> None:
    """Each as wide as it has to be, whatever is in it; what counts first where there is little room."""
    now = time.mktime((2026, 11, 22, 20, 45, 53, 0, 0, -1))
    entry = Entry(
        "SELECT\n  '東京 \x1b[31m' FROM t",
        now - 5,
        0.0123,
        12_345,
        "ann@db1:5432/shop",
        False,
        3,
        "名前\u202e",
    )
    for width in (20, 60, 80, 150):
        for columns in (Columns(), Columns(database=True), Columns(name=True), Columns(True, True)):
            shown = line(entry, columns, width, now)
            assert cell_len(shown) == cell_len(header(columns, width)) == width
            assert shown.isprintable()
    shown = line(entry, Columns(database=True), 80, now)
    assert shown.split() == [
        "*",
        "20:45:48",
        "12",
        "ms",
        "12.3k",
        "shop@db1",
        "SELECT",
        "'東京",
        "\\x1b[31m'",
        "FROM",
        "t",
    ]
    assert "failed" in line(entry._replace(failed=True), Columns(), 80, now)
    assert "never run" in line(entry._replace(runs=0), Columns(), 80, now)
    assert "21 Nov" in line(entry._replace(at=now - 86_400), Columns(), 80, now)
    assert "2024-" in line(entry._replace(at=now - 2 * 366 * 86_400), Columns(), 80, now)
    assert "?" in line(entry._replace(at=1e300), Columns(), 80, now)
    assert about(entry._replace(favourite="mine")) == (
        "mine · ann@db1:5432/shop · 2026-11-22 20:45:48 · 12 ms · 12,345 rows · run 3 times"
    )


@pytest.mark.parametrize("width", [8, 20, 80])
def test_a_statement_is_wrapped_and_whole(width: int) -> None:
    text = (
        "SELECT 'a long string that goes on' AS 東京東京東京東京,\n\n  $$x\ny$$ -- \u202e\x1b\n"
        + "word " * 50
    )
    shown = ["".join(piece for piece, _ in row) for row in rows(text, width)]
    assert max(map(cell_len, shown)) <= width
    assert all(row.isprintable() for row in shown)
    assert "".join(shown) == "".join(map(one_line, text.split("\n")))
    if width == 20:
        assert "word word word word " in shown, "broken between words"


def test_of_a_very_long_statement_the_beginning_is_shown() -> None:
    shown = list(rows("x" * (MOST + 5), 100))
    assert len(shown) == MOST // 100 + 1
    assert shown[-1][0][0] == "… 5 characters more"
