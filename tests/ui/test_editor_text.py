"""What keys do to the text of the editor."""

from __future__ import annotations

import threading

import pytest
from textual import events
from textual.widgets import Input

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.editing import LONGEST_LAID_OUT
from tests.ui.editor import editor

TEXT = "SELECT a,\n    b\nFROM t"


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (["ctrl+a", "ctrl+underscore"], "-- SELECT a,\n--     b\n-- FROM t"),
        (["alt+down"], "    b\nSELECT a,\nFROM t"),
        (["down", "alt+up"], "    b\nSELECT a,\nFROM t"),
        (["ctrl+d"], "SELECT a,\nSELECT a,\n    b\nFROM t"),
        (["shift+end", "ctrl+d"], "SELECT a,SELECT a,\n    b\nFROM t"),
        (["ctrl+a", "tab"], "    SELECT a,\n        b\n    FROM t"),
        (["ctrl+a", "shift+tab"], "SELECT a,\nb\nFROM t"),
    ],
)
async def test_lines_change_and_are_undone_in_one_step(
    place: ConnectionSettings, keys: list[str], wanted: str
) -> None:
    async with editor(place) as edited:
        await edited.paste(TEXT)
        await edited.shown.press("up", "up", "home", *keys)
        await edited.has(wanted)
        await edited.shown.press("ctrl+z")
        await edited.has(TEXT)
        await edited.shown.press("ctrl+y")
        await edited.has(wanted)


async def test_the_mouse_chooses_places_and_tabs(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("one\ntwo")
        await edited.shown.press("ctrl+t", *"second")
        await edited.has("second")
        await edited.shown.pilot.click(edited.pane, offset=(5, 0))
        await edited.has("one\ntwo")
        await edited.shown.pilot.click(edited.area, offset=(4, 0))
        await edited.has("one\ntwo", (0, 1))


async def test_a_new_line_begins_where_the_one_before_does(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.type("  a (\nb\n")
        await edited.has("  a (\n      b\n      ", (2, 6))
        await edited.shown.press("backspace", "backspace")
        await edited.has("  a (\n      b\n", (2, 0))


async def test_brackets_belong_together(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("f('(', (1))")
        await edited.shown.press("ctrl+right_square_bracket")
        await edited.shown.until(lambda: edited.caret == (0, 1))


async def test_finding_and_replacing(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.paste("User users\nUSER a.b")
        await shown.press("ctrl+f", *"user")
        await shown.shows("1 of 3")
        await shown.press("enter")
        await shown.shows("2 of 3")
        await shown.until(lambda: edited.caret == (0, 9))
        await shown.press("up")
        await shown.shows("1 of 3")
        await shown.press("ctrl+t")
        await shown.shows("1 of 1", "Aa")
        await shown.press("ctrl+t", "tab", *r"\1", "enter")
        await shown.until(lambda: edited.text == "\\1 users\nUSER a.b")
        await shown.press("ctrl+o")
        await shown.shows("2 replaced")
        assert edited.text == "\\1 \\1s\n\\1 a.b"
        await shown.press("escape", "ctrl+z")
        await edited.has("\\1 users\nUSER a.b")
        assert edited.area.has_focus
        await shown.press("ctrl+f", *"a.b")
        await shown.shows("1 of 1")
        await shown.press("ctrl+a", *"none")
        await shown.shows("not found")


async def test_tabs(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await edited.type("one")
        await shown.press("ctrl+t", *"two")
        await edited.has("two")
        await shown.shows("1 query 1", "2 query 2")
        await shown.press("alt+r", "ctrl+u", *"[b]x[/b]", "enter")
        await shown.shows("2 [b]x[/b]")
        await shown.press("ctrl+n")
        await edited.has("one", (0, 3))
        await shown.press("ctrl+z")
        await edited.has("")
        await shown.press("alt+2")
        await edited.has("two")
        await shown.press("ctrl+z")
        await edited.has("")
        await shown.press("ctrl+y")
        await edited.has("two")
        await shown.press("alt+w")
        await shown.until(lambda: [tab.name for tab in edited.pane.tabs] == ["query 1"])
        await shown.press("ctrl+y", "alt+w")
        await edited.has("")
        await shown.press("alt+t")
        await edited.has("one")


async def test_lines_with_wide_and_hostile_characters_keep_their_places(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("漢字\u202ex")
        await edited.shown.press("left")
        await edited.shown.until(lambda: edited.caret == (0, 3))
        assert edited.area.cursor_screen_offset.x == edited.area.content_region.x + 3 + 4 + 6


async def test_a_statement_is_laid_out_in_one_step(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        text = "SELECT 1;\nselect id, -- the key\n name from users where id<10;\nSELECT 2"
        await edited.paste(text)
        await shown.press("up", "ctrl+l")
        await shown.until(lambda: edited.text != text)
        lines = edited.text.split("\n")
        assert lines[0] == "SELECT 1;"
        assert lines[-1] == "SELECT 2"
        assert "-- the key" in edited.text or "/* the key */" in edited.text
        assert "WHERE id < 10;" in edited.text
        await shown.press("ctrl+z")
        await edited.has(text)


async def test_what_is_no_sql_is_not_laid_out(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste("SELECT FROM WHERE")
        await edited.shown.press("ctrl+l")
        await edited.shown.shows("not laid out:")
        assert edited.text == "SELECT FROM WHERE"


async def test_laying_out_takes_its_time_beside_the_screen(
    place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slowly(text: str) -> str:
        assert threading.current_thread().daemon  # the program can end meanwhile
        assert go_on.wait(20)
        return text.upper()

    monkeypatch.setattr("pgmem_tui.language.formatting.formatted", slowly)
    async with editor(place) as edited:
        await edited.paste("select 1")
        await edited.shown.press("ctrl+l")
        await edited.shown.shows("laying out …")
        go_on.set()
        await edited.has("SELECT 1")


async def test_a_text_that_is_too_long_is_not_laid_out(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        await edited.paste(f"select '{'x' * LONGEST_LAID_OUT}'")
        await edited.shown.press("ctrl+l")
        await edited.shown.shows("too long to lay out: select a part")


async def test_alt_keys_are_no_letters_where_something_is_asked_for(place: ConnectionSettings) -> None:
    async with editor(place) as edited:
        shown = edited.shown
        await shown.press("ctrl+f")
        shown.app.post_message(events.Key("alt+x", "≈"))
        await shown.press(*"ab")
        await shown.until(lambda: edited.pane.query_one("#find-text", Input).value == "ab")
        await shown.press("escape", "alt+r", "ctrl+u")
        shown.app.post_message(events.Key("alt+x", "≈"))
        await shown.press(*"named", "enter")
        await shown.shows("1 named")
