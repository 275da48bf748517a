"""Writing SQL above the rows and running it."""

from __future__ import annotations

import pytest
from textual import events

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.sql_document import LONGEST
from tests.ui.editor import editor
from tests.ui.program import program


async def test_letters_are_text_and_escape_goes_to_the_rows(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.type("q1eE2?/: #=!uR-+a")
        await edited.has("q1eE2?/: #=!uR-+a")
        await shown.press("escape")
        await shown.until(lambda: shown.browse.grid.has_focus)
        assert edited.pane.display
        await shown.press("escape")
        await shown.until(lambda: not edited.pane.display)
        await shown.press("e")
        await shown.until(lambda: edited.area.has_focus)
        assert edited.text == "q1eE2?/: #=!uR-+a"


async def test_the_statement_at_the_caret_is_run(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste(
            "SELECT 'first' AS a;\n\nSELECT kind, 'second;' AS b\nFROM events -- ;\nWHERE id < 9;"
        )
        await shown.press("ctrl+j")
        await shown.shows("  1 click", "row 1 of 8")
        assert edited.area.has_focus
        await shown.press("up", "up", "up", "up", "ctrl+j")
        await shown.shows("  1 first")


async def test_what_is_selected_is_run(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("SELECT 'uno' AS a, 'two' AS b")
        await edited.shown.press(*["left"] * len(", 'two' AS b"), "shift+home", "f5")
        await edited.shown.shows("  1 uno")
        assert len(edited.shown.browse.browsing.result.columns) == 1


async def test_all_are_run_and_the_last_rows_stay(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("SELECT 'one' AS a; SHOW work_mem; SELECT 'three' AS c")
        await edited.shown.press("home", "alt+j")
        await edited.shown.shows("  1 three")


async def test_nothing_to_run_is_said(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.shown.press("ctrl+j")
        await edited.shown.shows("there is no statement here")


async def test_an_error_is_marked_in_its_place(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT 1;\n\nSELECT id,\n  nope\nFROM users")
        await shown.press("ctrl+j")
        await shown.shows('column "nope" does not exist', "Ln 4, Col 3:", "^")
        assert edited.caret == (3, 2)
        assert edited.area.error == ((3, 2), (3, 6))
        assert edited.area.has_focus
        await shown.press("delete")
        await edited.has("SELECT 1;\n\nSELECT id,\n  ope\nFROM users")
        assert edited.area.error is None
        await shown.press("escape")
        await shown.until(lambda: not shown.browse.notice.display)
        assert edited.area.has_focus


async def test_an_error_in_a_tab_that_is_no_longer_shown_moves_no_caret(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT pg_catalog.pg_sleep(0.3), 1 / (random() * 0)::int")
        await shown.press("ctrl+j", "ctrl+t")
        await shown.shows("division by zero")
        assert edited.text == ""
        assert edited.caret == (0, 0)


async def test_an_error_does_not_take_the_caret_from_what_is_typed_meanwhile(
    place: ConnectionSettings,
) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT pg_catalog.pg_sleep(0.7);\nSELECT nope;\n")
        await shown.press("alt+j", *"-- more")
        await shown.shows('column "nope" does not exist')
        await shown.until(lambda: edited.area.error == ((1, 7), (1, 11)))
        await edited.type(" yet")
        await edited.has("SELECT pg_catalog.pg_sleep(0.7);\nSELECT nope;\n-- more yet")


async def test_an_error_of_a_statement_that_is_not_the_editor_s_is_not_marked(
    place: ConnectionSettings,
) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("SELECT 'fine' AS a,\n  2 AS b")
        await shown.press("ctrl+j")
        await shown.shows("  1 fine")
        caret = edited.caret
        shown.browse.statements.run("SELECT 1, nope")
        await shown.shows('column "nope" does not exist')
        assert edited.area.error is None
        assert edited.caret == caret


async def test_what_writes_is_refused_with_the_reason(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("SELECT 1;\nWITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone")
        await edited.shown.press("ctrl+j")
        await edited.shown.shows("read-only")
        assert edited.shown.browse.notice.display


async def test_text_is_bounded(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("x" * 1_000_000 + "\n")
        for _ in range(3):
            await edited.shown.press("ctrl+a", "ctrl+c", "end", "ctrl+v")
        await edited.shown.shows(f"at most {LONGEST:,} characters")
        assert edited.area.sql.length <= LONGEST
        await edited.type("y")
        await edited.shown.until(lambda: edited.area.sql.length <= LONGEST)


async def test_a_pasted_text_is_clean(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        edited.shown.app.post_message(events.Paste("a\r\nb\rc\x00d\x1b[2Je\u202ef\x85g"))
        await edited.has("a\nb\ncd\x1b[2Je\u202ef\x85g")
        await edited.shown.shows(r"3  cd\x1b[2Je\u202ef\x85g")


async def test_copying_and_cutting(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("one\ntwo\nthree")
        await shown.press("ctrl+c")
        await shown.shows("ctrl+q quits")
        await shown.press("up", "ctrl+x")
        await edited.has("one\nthree")
        await shown.press("ctrl+v")
        await edited.has("one\ntwo\nthree")
        await shown.press("home", "shift+end", "ctrl+c")
        await shown.shows("copied 5 characters")
        assert shown.app.clipboard == "three"


async def test_the_help_has_the_keys_of_the_editor(place: ConnectionSettings) -> None:
    async with editor(place, size=(120, 60)) as edited:
        await edited.shown.press("ctrl+g")
        await edited.shown.shows("SQL editor", "run the statement here", "undo", "SQL text")


async def test_the_help_lists_only_keys_that_are_no_letters_here(place: ConnectionSettings) -> None:
    async with editor(place, size=(120, 100)) as edited:
        shown, browse = edited.shown, edited.shown.browse
        await shown.press("ctrl+g")
        await shown.shows("Anywhere", "cancel, back", "all tabs")
        for typed in (
            "commit the open transaction",
            "stream all rows",
            "tables",
            "next pane",
            "pane before",
            "batch, by hand",
        ):
            assert typed not in shown.text
        await shown.press("escape", "escape")
        await shown.until(lambda: browse.grid.has_focus)
        await shown.press("question_mark")
        await shown.shows("commit the open transaction", "stream all rows", "next pane")


async def test_an_editor_in_the_smallest_terminal(place: ConnectionSettings) -> None:
    async with editor(place, size=(60, 15)) as edited:
        await edited.type("SELECT 'seen' AS x")
        await edited.shown.press("ctrl+j")
        await edited.shown.shows("SELECT 'seen' AS x", "query")
        browsing = edited.shown.browse.browsing
        await edited.shown.until(lambda: [column.name for column in browsing.result.columns] == ["x"])


async def test_statements_wait_for_no_table(place: ConnectionSettings) -> None:
    async with program(place) as shown:
        await shown.shows("choose a table")
        await shown.press("e")
        await shown.until(lambda: shown.browse.statements.editing.pane.area.has_focus)
        await shown.press(*"select 41 + 1 as answer", "ctrl+j")
        await shown.shows("42", "row 1 of 1")


WIDE = "SELECT " + ", ".join(f"{number} AS column_{number}" for number in range(30)) + "\nFROM users"


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (160, 48)])
async def test_a_text_that_is_given_begins_at_its_left(
    place: ConnectionSettings, size: tuple[int, int]
) -> None:
    async with program(place, command="SELECT 1 AS one", size=size) as shown:
        await shown.shows(" row 1 of ")
        shown.browse.statements.edit(WIDE)
        await shown.shows("1  SELECT 0 AS column_0", "2  FROM users")
        pane = shown.browse.statements.editing.pane
        await shown.until(lambda: pane.area.has_focus)
        await shown.press("end")
        await shown.until(lambda: pane.area.scroll_offset.x > 0)
        shown.browse.action_rows()
        shown.browse.statements.hide_editor()
        await shown.until(lambda: not pane.area.region)
        shown.browse.statements.edit(WIDE)
        await shown.shows("1  SELECT 0 AS column_0")


async def test_a_text_that_is_given_takes_the_tab_of_one_that_nobody_changed(
    place: ConnectionSettings,
) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        for number in range(3):
            shown.browse.statements.edit(f"SELECT {number}")
            await edited.has(f"SELECT {number}", (0, 0))
        assert [tab.name for tab in edited.pane.tabs.listed] == ["query 1"]
        await edited.type("-")
        shown.browse.statements.edit("SELECT 3")
        await edited.has("SELECT 3")
        await shown.press("ctrl+t", *"mine")
        await edited.has("mine")
        shown.browse.statements.edit("SELECT 4")
        await edited.has("SELECT 4")
        texts = [tab.buffer.document.text for tab in edited.pane.tabs.listed]
        assert texts == ["-SELECT 2", "SELECT 4", "mine"]


async def test_what_became_of_each_statement_can_be_looked_at(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await shown.press("alt+o")
        await shown.shows("nothing was run from here yet")
        await edited.paste(
            "SELECT id FROM users WHERE id < 4;\nSHOW work_mem;\nSELECT 1 / 0;\nSELECT 'never'"
        )
        await shown.press("alt+j")
        await shown.shows("division by zero")
        await shown.press("alt+o")
        await shown.shows(
            "3 statements in", "1  SELECT id FROM users", "3 rows · ", "SHOW 1 row · ", "failed: divi"
        )
        await shown.press("down", "enter")
        await shown.until(lambda: edited.caret == (1, 0))
        assert edited.area.has_focus


async def test_what_was_open_comes_back_when_an_error_is_dismissed(place: ConnectionSettings) -> None:
    async with editor(place, command="SELECT id AS earlier FROM users") as edited:
        shown = edited.shown
        await edited.paste("SELECT nope")
        browsing = shown.browse.browsing
        for _ in range(2):
            before = browsing.result.generation
            await shown.press("ctrl+j")
            await shown.until(lambda: browsing.result.generation > before and not browsing.busy)  # noqa: B023
            await shown.shows('column "nope" does not exist')
        assert "earlier" not in shown.text
        await shown.press("escape")
        await shown.shows("earlier", "row 1 of")
        assert edited.area.has_focus
