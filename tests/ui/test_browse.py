"""The whole screen on the demo's database, driven by keys."""

from __future__ import annotations

from psycopg2.extensions import connection as Connection

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.connect import ConnectScreen
from pgmem_tui.ui.screens.help import HelpScreen
from tests.ui.program import ENDLESS, FIRST, program, terminate


async def test_a_table_from_the_command_line(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST, "public.events", "READ ONLY", "≈20.0k rows", "id bigint")
        header = shown.text.splitlines()[0]
        assert f"{place.dbname}"[:8] in header and "PG " in header
        assert shown.app.focused is shown.browse.grid
        await shown.press("G")
        await shown.shows("row 20,000 of 20,000")
        await shown.press("g")
        await shown.at_row(1)


async def test_streaming_to_the_end(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press(" ")
        await shown.shows("row 20,000 of 20,000", "rows/s, the end")
        assert not shown.browse.browsing.stream.running
        assert not shown.browse.browsing.busy


async def test_rows_asked_for_before_do_not_end_a_stream(place: ConnectionSettings) -> None:
    async with program(place, command=ENDLESS) as shown:
        await shown.shows(FIRST)
        browse = shown.browse
        browse.browsing.stream.toggle()
        browse.grid.post_message(browse.grid.RowsNeeded(browse.browsing.result, 100, 150, False))
        await shown.until(lambda: shown.row > 10_000)
        assert browse.browsing.stream.running


async def test_streaming_stops_with_space_and_goes_on_from_there(place: ConnectionSettings) -> None:
    async with program(place, command=ENDLESS) as shown:
        await shown.shows(FIRST)
        await shown.press(" ")
        await shown.shows("space stops")
        await shown.until(lambda: shown.row > 10_000)
        await shown.press(" ")
        await shown.shows("rows/s, stopped")
        stopped = shown.row
        await shown.shows(f"row {stopped:,} of ")
        await shown.press("pagedown")
        await shown.at_row(stopped + shown.browse.grid.body)
        await shown.press(" ")
        await shown.until(lambda: shown.row > stopped + 10_000)
        await shown.press("escape")
        await shown.until(lambda: not shown.browse.browsing.stream.running)


def _batch(text: str) -> int:
    return int(text.split(" batch ")[1].split()[0].replace(",", ""))


async def test_the_same_again_begins_at_the_first_row(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press("pagedown")
        await shown.at_row(1 + shown.browse.grid.body)
        generation = shown.browse.browsing.result.generation
        await shown.press("R")
        await shown.shows(FIRST)
        assert shown.browse.browsing.result.generation == generation + 1


async def test_help_lists_the_keys_of_the_pane_and_closes(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press("?")
        await shown.screen(HelpScreen)
        await shown.shows("Rows", "Anywhere", "last row")
        await shown.press("end")
        await shown.shows("stream all rows")
        await shown.press("escape")
        await shown.back()
        await shown.press("2")
        await shown.until(lambda: shown.browse.table_tree.has_focus)
        await shown.press("?")
        await shown.screen(HelpScreen)
        await shown.shows("Tables")
        assert "last row" not in shown.text


async def test_an_error_of_a_query_marks_its_place(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT id,\n  nme FROM users") as shown:
        await shown.shows('column "nme" does not exist', "42703", "LINE 2:", "esc dismisses")
        lines = shown.text.splitlines()
        number = next(n for n, line in enumerate(lines) if "LINE 2:" in line)
        assert lines[number + 1].index("^") == lines[number].index("nme")
        await shown.press("escape")
        await shown.until(lambda: not shown.browse.notice.display)


async def test_a_connection_that_fails_shows_the_form(place: ConnectionSettings) -> None:
    nowhere = ConnectionSettings(host="127.0.0.1", port="1", user="nobody", dbname="shop")
    async with program(nowhere) as shown:
        await shown.screen(ConnectScreen)
        await shown.shows("Connection refused", "nothing listens")
        await shown.press("escape")
        await shown.until(lambda: shown.app._exit)


async def test_1_shows_the_form_and_escape_goes_back_to_the_rows(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press("pagedown")
        await shown.at_row(1 + shown.browse.grid.body)
        before = shown.row
        await shown.press("1")
        await shown.screen(ConnectScreen)
        await shown.press("escape")
        await shown.back()
        assert shown.row == before


async def test_a_lost_connection_comes_back_to_the_same_place(
    place: ConnectionSettings, observer: Connection
) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        for _ in range(3):
            await shown.press("pagedown")
        await shown.at_row(1 + 3 * shown.browse.grid.body)
        await shown.press("down", "right")
        await shown.until(lambda: shown.browse.grid.column == 1)
        there = (shown.browse.grid.row, shown.browse.grid.top, shown.browse.grid.column)
        before = _rows(shown.text)
        terminate(observer, place)
        await shown.press("G")
        await shown.shows("r reconnects at the same place", "DISCONNECTED")
        with observer.cursor() as cursor:
            cursor.execute("CREATE TABLE made_meanwhile ()")
        await shown.press("r")
        await shown.shows("READ ONLY", "snapshot refreshed", "made_meanwhile")
        with observer.cursor() as cursor:
            cursor.execute("DROP TABLE made_meanwhile")
        await shown.until(lambda: not shown.browse.notice.display and _rows(shown.text) == before)
        assert (shown.browse.grid.row, shown.browse.grid.top, shown.browse.grid.column) == there
        await shown.press("G")
        await shown.shows("row 20,000 of 20,000")


def _rows(text: str) -> list[str]:
    """The lines of the grid that have a row."""
    right = [line.split("│")[-2] for line in text.splitlines() if line.count("│") >= 2]
    return [
        line.removesuffix("▐").rstrip() for line in right if line.split()[:1] and line.split()[0].isdigit()
    ]


async def test_too_small_and_back(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press("pagedown")
        await shown.at_row(1 + shown.browse.grid.body)
        before = shown.row
        await shown.pilot.resize_terminal(50, 10)
        await shown.shows("needs 60x15", "50x10")
        assert "READ ONLY" not in shown.text
        await shown.pilot.resize_terminal(60, 15)
        await shown.shows("READ ONLY", f"row {before} of ")
        assert "needs 60x15" not in shown.text
        await shown.pilot.resize_terminal(160, 48)
        await shown.shows("Tables", "users", f"row {before} of ")


async def test_the_drawer_of_a_narrow_terminal(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(80, 24)) as shown:
        await shown.shows(FIRST)
        tree = shown.browse.table_tree
        assert not tree.display and "users" not in shown.text
        await shown.press("2")
        await shown.shows("≈rows", "users")
        assert tree.has_focus
        await shown.press("/", *"users", "enter")
        await shown.shows(FIRST, "user1@example.org")
        await shown.until(lambda: not tree.display)
        assert shown.app.focused is shown.browse.grid
        await shown.press("2")
        await shown.until(lambda: tree.display)
        await shown.press("3")
        await shown.until(lambda: not tree.display)
