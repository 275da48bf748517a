"""Find in the grid, on the demo's database."""

from __future__ import annotations

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.ui.program import FIRST, Program, program

NOTES = "SELECT i, 'Note ' || i AS note FROM generate_series(1, 30000) i"
MANY = "SELECT a * 1000 + b AS i FROM generate_series(1, 1000000) AS a, generate_series(1, 1000) AS b"


async def find(shown: Program, text: str) -> None:
    await shown.press("/")
    await shown.shows("find █")
    await shown.press(*text, "enter")


async def test_a_text_is_found_further_on_and_back_again(place: ConnectionSettings) -> None:
    async with program(place, command=NOTES) as shown:
        await shown.shows(FIRST)
        await shown.press("n")
        await shown.shows("nothing was looked for yet")
        await find(shown, "note 12345")
        await shown.at_row(12_345)
        assert shown.value == "Note 12345", "the cursor is in the column that has it"
        await shown.press("g")
        await find(shown, "77")
        await shown.at_row(77)
        await shown.press("n")
        await shown.at_row(177)
        await shown.press("n", "n")
        await shown.at_row(377)
        await shown.press("N")
        await shown.at_row(277)
        await find(shown, "77")
        await shown.at_row(377)
        await find(shown, "NOTE")
        await shown.shows('"NOTE" was not found: the end was reached')
        assert shown.row == 377
        await shown.press("N")
        await shown.shows('"NOTE" was not found: the beginning was reached')


async def test_a_table_in_heap_order(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await find(shown, "19876")
        await shown.at_row(19_876)
        await shown.press("N")
        await shown.until(lambda: "was not found: the beginning" in shown.text or shown.row < 19_876)


async def test_the_row_under_the_cursor_counts_for_a_new_text(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT 'a' AS x, 'first' AS y UNION ALL SELECT 'b', 'last'") as shown:
        await shown.shows(FIRST)
        await find(shown, "first")
        await shown.until(lambda: shown.value == "first")


async def test_progress_and_escape(place: ConnectionSettings) -> None:
    async with program(place, command=MANY) as shown:
        await shown.shows(FIRST)
        await find(shown, "9-9")
        await shown.shows('looking for "9-9": ', " rows passed", "esc cancels")
        await shown.press("escape")
        await shown.shows("cancelled")
        await shown.until(lambda: "looking for" not in shown.text)
        await shown.press("down")
        await shown.at_row(2)
