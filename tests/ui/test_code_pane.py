"""The program beside the rows, on a real server, driven by keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgmem_tui.paging.events import Cancelled
from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.code_pane import CodePane
from pgmem_tui.ui.widgets.code_view import CodeView
from pgmem_tui.ui.widgets.prompt import Prompt
from tests.paging.code_asking import lines, printed
from tests.ui.program import FIRST, Program, program


def on_screen(shown: Program) -> list[Row]:
    """The rows that the grid shows."""
    grid, result = shown.browse.grid, shown.browse.browsing.result
    rows = [result.row(number) for number in range(grid.top, min(grid.top + grid.body, grid.extent))]
    return [row for row in rows if row is not None]


async def coding(shown: Program) -> CodeView:
    """Wait for rows, and for their program."""
    await shown.shows(FIRST)
    await shown.at_row(1)
    await shown.press("p")
    await shown.shows("psycopg2 ─ what the screen does", "Prints ")
    return shown.browse.query_one(CodeView)


async def follows(shown: Program, view: CodeView, number: int) -> None:
    """Wait for the program of the rows from a number on."""
    rows = len(on_screen(shown))
    await shown.until(lambda: f"rows on the screen: {rows:,}, from number {number:,} on." in view.text)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
async def test_beside_the_rows_where_there_is_room(
    demo_database: ConnectionSettings, size: tuple[int, int]
) -> None:
    async with program(demo_database, table="events", size=size) as shown:
        view = await coding(shown)
        wide = size[0] > 80
        assert ("public.events ─" in shown.text) == shown.browse.grid.has_focus == wide
        assert view.has_focus != wide
        await shown.shows(("tab, then v" if wide else "  v") + " y S: another, copy, save")
        if wide:
            await shown.press("tab")
            await shown.until(lambda: "tab, then v" not in shown.text)
            await shown.press("tab")
            await shown.shows("tab, then v")
        assert "Tables" not in shown.text
        await shown.press("p")
        await shown.until(lambda: not shown.browse.query(CodePane))
        await shown.shows("public.events ─")
        await shown.until(lambda: shown.browse.grid.has_focus)
        assert not shown.browse.row_keys.listeners, "nobody listens any longer"
        for _ in range(2):  # closed before it is mounted
            shown.browse.row_keys.beside.code()
        await shown.until(lambda: shown.browse.grid.has_focus and not shown.browse.query(CodePane))
        await shown.press("p")
        await shown.until(lambda: len(shown.browse.query(CodePane)) == 1)
        await shown.shows("Prints ")


async def test_it_is_the_program_of_what_is_on_the_screen(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events") as shown:
        view = await coding(shown)
        await follows(shown, view, 1)
        assert printed(view.text, demo_database) == on_screen(shown)
        await shown.press("pagedown")
        await follows(shown, view, shown.browse.grid.body + 1)
        assert printed(view.text, demo_database) == on_screen(shown)
        await shown.press("G")
        await shown.shows("100.0 %")
        top = shown.browse.grid.top
        await shown.until(lambda: f"{top + 1:,} on." in view.text)
        assert printed(view.text, demo_database) == on_screen(shown)
        await shown.press("g", "s")  # by its primary key
        await shown.shows("key order by")
        await shown.until(lambda: "enable_seqscan" in view.text)
        assert printed(view.text, demo_database) == on_screen(shown)


async def test_another_query(demo_database: ConnectionSettings) -> None:
    query = "SELECT kind, count(*) FROM events GROUP BY kind ORDER BY kind"
    async with program(demo_database, command=query) as shown:
        view = await coding(shown)
        assert printed(view.text, demo_database) == on_screen(shown)
        await shown.press("tab", "v")
        await shown.shows("psycopg2 ─ the simplest one: all rows", "for row in cursor")
        assert len(lines(view.text, demo_database)) == len(on_screen(shown))
        await shown.press("G")
        await shown.shows("connection.close()")
        await shown.press("g", "v")
        await shown.shows("Prints the rows on the screen")
        await shown.press("escape")
        await shown.until(lambda: not shown.browse.query(CodePane))


async def test_copied_and_saved(
    demo_database: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with program(demo_database, table="users", size=(80, 24)) as shown:
        view = await coding(shown)
        prompt = shown.browse.query_one("#code-prompt", Prompt)
        await shown.press("y")
        await shown.shows("copied the program")
        assert shown.app.clipboard == view.text
        await shown.press("S")
        await shown.until(lambda: prompt.display)
        await shown.press("enter")
        await shown.shows("saved ", "to rows.py")
        saved = tmp_path / "rows.py"
        assert saved.read_text("utf-8") == view.text
        assert saved.stat().st_mode & 0o777 == 0o600
        await shown.press("v", "S")
        await shown.until(lambda: prompt.display)
        await shown.press("ctrl+u", *"rows.py", "enter")
        await shown.shows("rows.py is there already: replace it? y or n")
        await shown.press("n")
        await shown.until(lambda: not prompt.display)
        assert "Prints the rows" in saved.read_text("utf-8")
        await shown.press("S", "ctrl+u", *"rows.py", "enter")
        await shown.shows("replace it?")
        await shown.press("y")
        await shown.shows("saved ")
        assert "Prints all rows" in saved.read_text("utf-8")


async def test_it_does_not_disturb_a_stream(demo_database: ConnectionSettings) -> None:
    """Any request ends a stream."""
    endless = "SELECT n FROM (SELECT generate_series(1, 1000000000)) AS g(n)"
    async with program(demo_database, command=endless) as shown:
        view = await coding(shown)
        await shown.press("space")
        await shown.shows("streaming")
        before, stream = view.text, shown.browse.browsing.stream
        row = shown.row
        await shown.until(lambda: shown.row > row + 100_000)
        assert stream.running
        assert view.text == before
        await shown.press("space")
        await shown.until(lambda: not stream.running)
        await follows(shown, view, shown.browse.grid.top + 1)


async def test_what_has_no_program(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, command="SELECT 'password=hunter2' AS x") as shown:
        await shown.shows(FIRST)
        await shown.at_row(1)
        await shown.press("p")
        await shown.shows("the query seems to carry a password")
        await shown.press("tab", "y", "S")
        assert not shown.browse.query_one("#code-prompt", Prompt).display
        assert not shown.app.clipboard


async def test_other_places_have_their_room(demo_database: ConnectionSettings) -> None:
    """Where the program has all of the screen, it goes when one goes elsewhere."""
    async with program(demo_database, table="events", size=(80, 24)) as shown:
        await coding(shown)
        await shown.press("e")
        await shown.until(lambda: not shown.browse.query(CodePane))
        await shown.shows("ctrl+j run")
        await shown.press("escape")
        await shown.until(lambda: shown.browse.grid.has_focus)


async def test_it_comes_when_what_was_asked_for_before_has_come(demo_database: ConnectionSettings) -> None:
    """Where it hides the rows, too: nothing on the screen would change and ask again."""
    slow = "SELECT n, pg_sleep(0.01) IS NULL AS slept FROM generate_series(1, 2000) AS g(n)"
    async with program(demo_database, command=slow, size=(80, 24)) as shown:
        await shown.shows(FIRST)
        await shown.press("pagedown", "pagedown")
        await shown.until(lambda: shown.browse.browsing.busy)
        shown.browse.row_keys.beside.code()
        await shown.until(lambda: not shown.browse.grid.region)
        await shown.shows("psycopg2 ─ what the screen does", "Prints ")


async def test_nothing_is_open(demo_database: ConnectionSettings) -> None:
    async with program(demo_database) as shown:
        await shown.shows("choose a table")
        await shown.press("3", "p")
        await shown.shows("open a table, or run a query")


async def test_a_tick_may_come_after_it_is_closed(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(160, 48)) as shown:
        await coding(shown)
        beside, pane = shown.browse.row_keys.beside, shown.browse.query_one(CodePane)
        assert beside._code is not None
        ticked: list[bool] = []
        pane.call_later(beside._code._look)
        pane.call_later(lambda: ticked.append(True))
        beside.code()
        await shown.until(lambda: not shown.browse.query(CodePane))
        assert ticked


async def test_a_question_that_was_given_up_is_asked_again(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(160, 48)) as shown:
        await coding(shown)
        code, generation = shown.browse.row_keys.beside._code, shown.browse.browsing.result.generation
        assert code is not None
        asked = code._asked
        assert asked is not None
        assert not code._hear(Cancelled(generation, False))
        assert code._asked is None
        await shown.until(lambda: code._asked == asked)
