"""What reaches the terminal: nothing that came from the server, whatever terminal it is."""

from __future__ import annotations

import re

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal import Terminal, tokens
from tests.terminal.program import ENTER, FIRST_ROW, PAGE_DOWN, browse, pgmem_tui

OURS = re.compile(
    r"\x1b\[[\d;]*[mH]"
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"
    r"|\x1b\[\?(?:2026|2048)\$p"
    r"|\x1b\[>\d+u|\x1b\[<u"
    r"|\x1b\]22;(?:default|pointer|text)\x07"
    r"|[\r\n]"
)
"""Every sequence that the program sends, and no other."""

HOSTILE = '"odd ""schema""".'
TABLES = (
    "hostile values",
    'view ""of"" odds',
    "[bold]x[/bold]",
    "esc \x1b[31m red \x1b[2J",
    "bidi \u202eelbat\u202c",
    "line\nbreak and \t tab",
    "odd types",
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def assert_ours(terminal: Terminal) -> None:
    """All that was sent is text and our own sequences."""
    for token in tokens(terminal.raw):
        if token.kind == "text":
            assert not _INVISIBLE.search(token.text), repr(token.text)
        else:
            assert OURS.fullmatch(token.text), repr(token.text)


@pytest.mark.parametrize("table", TABLES)
def test_hostile_rows(place: ConnectionSettings, table: str) -> None:
    with browse(place, "-t", f'{HOSTILE}"{table}"') as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.answer(PAGE_DOWN)
        terminal.send("$")
        terminal.settle()
        terminal.send("q")
        assert terminal.wait_end() == 0
        assert_ours(terminal)
        assert terminal.display.title == ""


def test_hostile_values_are_shown_escaped(place: ConnectionSettings) -> None:
    with browse(place, "-t", HOSTILE + '"hostile values"', lines=60) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle()
        for shown in (
            r"\x1b[31mred\x1b[0m",
            r"\x1b]0;owned\a",
            r"\x1b]52;c;",
            r"\x9b31mred",
            r"\x1b[?1049h\x1b[6n",
            r"invoice\u202efdp.exe",
            r"first\nsecond\r\nthird",
            "[bold]x[/bold]",
            "'); DROP TABLE users; --",
        ):
            assert shown in terminal.text


def test_hostile_names_in_the_tree(place: ConnectionSettings) -> None:
    with browse(place, lines=60) as terminal:
        terminal.wait_for("odd")
        terminal.settle()
        terminal.answer("/")
        for word in ("esc", "bidi", "line", "bold"):
            terminal.send("\x15" + word)
            terminal.wait_for(rf"/ {word} ")
            terminal.send("\x1b[C")
            terminal.settle()
        terminal.send(ENTER)
        terminal.wait_for(FIRST_ROW)
        terminal.send("q")
        assert terminal.wait_end() == 0
        assert_ours(terminal)


def test_hostile_errors(place: ConnectionSettings) -> None:
    """The server repeats what it was sent."""
    with browse(place, "-c", 'SELECT "\x1b]0;owned\x07\x1b[2J\u202e[bold]"') as terminal:
        terminal.wait_for("does not exist")
        assert terminal.text.count(r"\x1b]0;owned\a\x1b[2J\u202e[bold]") == 2
        assert_ours(terminal)


@pytest.mark.parametrize("name", ["xterm", "linux", "screen", "tmux-256color", "vt100", "dumb"])
def test_terminals_of_other_kinds(place: ConnectionSettings, name: str) -> None:
    with browse(place, "-t", "events", env={"TERM": name, "COLORTERM": None}, answers=False) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.answer(PAGE_DOWN)
        terminal.send("q")
        assert terminal.wait_end() == 0
        assert_ours(terminal)
        if name not in ("dumb", "vt100"):
            assert not re.search(rb"\x1b\[[\d;]*[34]8;2;", terminal.raw), (
                "24-bit colours on a terminal without"
            )


def test_a_page_of_the_documentation_is_a_link(place: ConnectionSettings) -> None:
    with browse(place, "-t", "events", columns=80, lines=24) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("w")
        terminal.wait_for("DECLARE")
        terminal.send(ENTER)
        terminal.wait_for(r"www\.postgresql\.org/docs")
        assert re.search(rb"\x1b\]8;id=[^;]*;https://www\.postgresql\.org/docs/current/[\w.-]+", terminal.raw)
        assert terminal.raw.count(b"\x1b]8;id=") == terminal.raw.count(b"\x1b]8;;\x1b\\")


def test_without_colours(place: ConnectionSettings) -> None:
    with browse(place, "-t", "events", env={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("q")
        assert terminal.wait_end() == 0
        colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.raw)
        assert all(red == green == blue for red, green, blue in colours)
        assert not re.search(rb"\x1b\[(?:[1-9];)*(?:3[1-6]|4[1-6]|9[1-6]|10[1-6])(?:;\d+)*m", terminal.raw)


def test_version() -> None:
    with pgmem_tui("--version") as terminal:
        assert terminal.wait_end() == 0
        assert re.fullmatch(r"pgmem-tui \d+\.\d+.*", terminal.text.strip())
        assert not any(token.kind in ("csi", "string") for token in tokens(terminal.raw))


def test_wrong_usage() -> None:
    with pgmem_tui("--memory-budget", "lots") as terminal:
        assert terminal.wait_end() == 2
        assert "1 MB to 1 GB" in terminal.text
