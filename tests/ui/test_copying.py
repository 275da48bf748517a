"""Cells, rows and columns in the clipboard, and the sentences about it."""

from __future__ import annotations

import json

import pytest
from textual.app import App

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui import copying
from pgmem_tui.ui.copying import LIMIT, copy_text, doubt, refusal
from tests.ui.program import FIRST, program

MIXED = (
    "SELECT * FROM (VALUES (1, true, 'it''s', NULL, jsonb '{\"a\": 1}', repeat('x', 300)),"
    " (2, false, E'a\\tb', 2.50, NULL, 'short')) AS v(n, flag, word, amount, doc, long)"
)


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs the tests."""
    for name in ("STY", "TMUX", "TERM_PROGRAM", "XTERM_VERSION", "VTE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


async def test_parts_and_formats(place: ConnectionSettings) -> None:
    async with program(place, command=MIXED) as shown:
        await shown.shows(FIRST)
        await shown.press("l", "l", "y")
        await shown.shows("copy as text: y cell  r row  o column so far")
        await shown.press("y")
        await shown.shows("copied cell word as text, 4 characters")
        assert shown.app.clipboard == "it's"
        await shown.press("j")
        await shown.shows("row 2 of")
        assert "copied" not in shown.text
        for keys, wanted in {
            "yr": "2\tf\ta\\tb\t2.50\t\\N\tshort",
            "yvr": "n,flag,word,amount,doc,long\n2,f,a\tb,2.50,,short",
            "yvc": "word\na\tb",
            "yjy": '"a\\tb"',
            "yjo": '[\n  "it\'s",\n  "a\\tb"\n]',
            "yo": "it's\na\\tb",
            "yvjtc": "a\tb",
        }.items():
            await shown.press(*keys)
            await shown.until(lambda wanted=wanted: shown.app.clipboard == wanted)  # type: ignore[misc]
        await shown.press("k", *"yjr")
        await shown.shows("copied row as JSON, 6 columns · 1 CUT at 256 characters")
        assert json.loads(shown.app.clipboard) == {
            **{"n": 1, "flag": True, "word": "it's", "amount": None, "doc": {"a": 1}},
            "long": "x" * 256,
        }
        await shown.press("dollar_sign", *"yy")
        await shown.shows("copied cell long as text, 256 characters · CUT at 256 characters")
        assert shown.app.clipboard == "x" * 256
        await shown.press("h", "h", *"yy")
        await shown.shows("not copied: the cell is NULL")
        await shown.press(*"yir")
        await shown.shows("not copied: an INSERT is for a table")
        assert shown.app.clipboard == "x" * 256


async def test_an_insert_has_the_columns_that_are_shown(place: ConnectionSettings) -> None:
    async with program(place, table="users") as shown:
        await shown.shows(FIRST, "user1@example.org")
        await shown.press("C", "j", "j", " ", "K", "K", "G", " ", "enter")
        await shown.back()
        await shown.press(*"yir")
        await shown.shows("copied row as INSERT, 6 of 8 columns")
        first, second = shown.app.clipboard.split("\n")
        assert first == (
            'INSERT INTO "public"."users" ("id", "name", "country", "born", "active", "tags") VALUES'
        )
        assert second.startswith("  ('1', 'Grace Allen', 'BR', '1961-09-06', 't', '")
        assert second.endswith("');")


async def test_a_column_so_far(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST, "id bigint")
        held = shown.browse.browsing.result.window
        await shown.press(*"yo")
        await shown.shows("copied column id as text, the")
        lines = shown.app.clipboard.split("\n")
        assert lines == [str(number + 1) for number in range(len(lines))]
        assert 0 < len(lines) <= sum(len(page.rows) for page in held.pages) < 20_000
        await shown.press("G")
        await shown.at_row(20_000)
        await shown.press(*"yo")
        await shown.until(lambda: shown.app.clipboard.endswith("\n20000"))
        numbers = list(map(int, shown.app.clipboard.split("\n")))
        assert numbers == sorted(set(numbers)), "in the order of the rows"


async def test_too_much_is_refused_with_a_word(
    place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pgmem_tui.ui.row_copying.LIMIT", 100)
    async with program(place, table="events") as shown:
        await shown.shows(FIRST, "id bigint")
        await shown.press(*"yo")
        await shown.shows("not copied: 100 bytes are the most", "the first 37 values are more")
        assert shown.app.clipboard == ""


async def test_other_keys_leave_the_prompt_and_do_nothing_else(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(80, 24)) as shown:
        await shown.shows(FIRST, "id bigint")
        for key in ("escape", "q", "x", "2", "y"):
            await shown.press("y")
            await shown.shows("copy as text: y cell r row o column")
            await shown.press(key)
            await shown.until(lambda: "copy as" not in shown.text)
        assert shown.row == 1 and shown.browse.grid.has_focus
        await shown.press("y", "i")
        await shown.shows("copy as INSERT")
        await shown.pilot.click(shown.browse.grid, offset=(10, 5))
        await shown.until(lambda: "copy as" not in shown.text and shown.row == 5)


async def test_nothing_to_copy(place: ConnectionSettings) -> None:
    async with program(place) as shown:
        await shown.shows("choose a table")
        await shown.press("3", "y", "y")
        await shown.press("2")
        await shown.until(lambda: shown.browse.table_tree.has_focus)
        assert shown.app.clipboard == ""


# -- the hook for other screens ----------------------------------------------------------------------


async def test_any_screen_can_copy() -> None:
    said: list[str] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        assert copy_text(app, "a\udcffb", "a value", said.append)
        assert (app.clipboard, said) == ("a?b", ["copied a value"])
        assert not copy_text(app, "é" * (LIMIT // 2 + 1), "much", said.append)
        assert said[1] == "not copied: 1,048,578 bytes, and 1,048,576 are the most that a clipboard gets"
        assert copy_text(app, "é" * (LIMIT // 2), "[b]much[/b]")
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["copied [b]much[/b]"]
        assert not next(iter(app._notifications)).markup


@pytest.mark.parametrize(
    ("environ", "refused", "doubted"),
    [
        ({"TERM": "xterm-256color"}, "", ""),
        ({"TERM": "linux"}, "not copied: the Linux console has no clipboard", ""),
        ({"TERM": "screen", "STY": "1.pts"}, "not copied: GNU screen keeps it from the terminal", ""),
        ({"TERM": "screen-256color", "TMUX": "/tmp/x,1,0"}, "", "if tmux has set-clipboard on"),
        ({"TERM": "xterm", "TERM_PROGRAM": "Apple_Terminal"}, "", "but Terminal of macOS takes nothing"),
        ({"TERM": "xterm", "TERM_PROGRAM": "WezTerm"}, "", ""),
        ({"TERM": "xterm", "XTERM_VERSION": "XTerm(390)"}, "", "if xterm has allowWindowOps"),
    ],
)
def test_what_can_be_known_of_the_terminal(environ: dict[str, str], refused: str, doubted: str) -> None:
    assert refusal("x", environ) == refused
    assert doubt(environ) == doubted


async def test_the_sentence_says_what_is_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    app: App[None] = App()
    async with app.run_test():
        monkeypatch.setenv("TMUX", "/tmp/x,1,0")
        assert copying.copy_text(app, "x", "it", said.append)
        assert said == ["copied it, if tmux has set-clipboard on"]
        monkeypatch.setenv("TERM", "linux")
        assert not copying.copy_text(app, "y", "it", said.append)
        assert (said[1], app.clipboard) == ("not copied: the Linux console has no clipboard", "x")
