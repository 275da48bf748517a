"""The editor in a terminal: its keys as the bytes that real terminals send, and texts that survive."""

from __future__ import annotations

import contextlib
import re
import signal
import sqlite3
from pathlib import Path

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal import Terminal
from tests.terminal.program import ENTER, ESCAPE, FIRST_ROW, browse
from tests.whole.conftest import Sessions, eventually

CTRL_J, F5, F5_LINUX, CTRL_ENTER = "\n", "\x1b[15~", "\x1b[[E", "\x1b[13;5u"
CTRL_SPACE, CTRL_SLASH, UNDO, ALT_J = "\x00", "\x1f", "\x1a", "\x1bj"
ALT_UP, CTRL_N, CTRL_T, CTRL_PAGE_UP = "\x1b[1;3A", "\x0e", "\x14", "\x1b[5;5~"
PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"


def open_editor(terminal: Terminal) -> None:
    terminal.wait_for(FIRST_ROW)
    terminal.send("e")
    terminal.wait_for("Ln 1, Col 1 ")


def kept(home: Path) -> list[str]:
    """The texts that are in the history's file, committed."""
    found = []
    for path in home.rglob("history.db"):
        with contextlib.closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.Error):
            found += [text for (text,) in connection.execute("SELECT text FROM draft")]
    return found


def paste(terminal: Terminal, text: str) -> None:
    """As terminals paste: each new line a carriage return."""
    terminal.send(PASTE + text.replace("\n", "\r") + PASTE_END)
    terminal.wait_for(f"Ln {text.count(chr(10)) + 1:,}, ")


@pytest.mark.parametrize("key", [CTRL_J, F5, F5_LINUX, CTRL_ENTER], ids=["ctrl+j", "F5", "console", "kitty"])
def test_keys_that_run(place: ConnectionSettings, sessions: Sessions, key: str) -> None:
    with browse(place, "-t", "users", columns=80, lines=24) as terminal:
        open_editor(terminal)
        terminal.send("SELECT 40 + 2 AS answer")
        terminal.wait_for("answer")
        terminal.send(key)
        terminal.wait_for(r"^│ +1 +42 ")
        terminal.wait_for("row 1 of 1 ")
        assert "1  SELECT 40 + 2 AS answer" in terminal.text


def test_all_statements_and_the_rows_before(place: ConnectionSettings) -> None:
    with browse(place, "-t", "users") as terminal:
        open_editor(terminal)
        paste(terminal, "SELECT 'one' AS a;\nSELECT 'two' AS b")
        terminal.send(ALT_J)
        terminal.wait_for(r" 1 two ")
        terminal.send(ESCAPE)
        terminal.wait_for("↵ cell")
        terminal.send("\x7f")
        terminal.wait_for(r" 1 one ")


def test_editing_keys(place: ConnectionSettings) -> None:
    with browse(place, "-t", "users") as terminal:
        open_editor(terminal)
        paste(terminal, "SELECT 1\nFROM users")
        terminal.send(CTRL_SLASH)
        terminal.wait_for("2  -- FROM users")
        terminal.send(UNDO)
        terminal.wait_for("2  FROM users")
        terminal.send(ALT_UP)
        terminal.wait_for("1  FROM users")
        terminal.send(CTRL_T + "SELECT * FROM us" + CTRL_SPACE)
        terminal.wait_for(r"users +table")
        terminal.send(ENTER)
        terminal.wait_for("1  SELECT \\* FROM users")
        terminal.send(CTRL_N)
        terminal.wait_for("2  SELECT 1")
        terminal.send(CTRL_PAGE_UP)
        terminal.wait_for("1  SELECT \\* FROM users")


def test_text_survives_a_kill(place: ConnectionSettings, home: Path) -> None:
    with browse(place, "-t", "users") as terminal:
        open_editor(terminal)
        terminal.send("SELECT 'typed before the crash'")
        terminal.wait_for("crash'")
        eventually(lambda: any("before the crash'" in text for text in kept(home)), about=lambda: kept(home))
        terminal.kill(signal.SIGKILL)
        terminal.wait_end()
    with browse(place, "-t", "users") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("e")
        terminal.wait_for("1  SELECT 'typed before the crash'")
        terminal.wait_for("Ln 1, Col 32 ")
        terminal.send(" AS now" + CTRL_J)
        terminal.wait_for(r" 1 typed before the crash ")
        terminal.send("\x11")
        assert terminal.wait_end() == 0
    with browse(place, "-t", "users") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("e")
        terminal.wait_for("1  SELECT 'typed before the crash' AS now")


def test_a_megabyte_is_pasted_and_edited(place: ConnectionSettings) -> None:
    with browse(place, "-t", "users") as terminal:
        open_editor(terminal)
        paste(terminal, "\n".join(f"SELECT 'line {number}'; -- {'x' * 80}" for number in range(10_000)))
        terminal.send("typed")
        assert terminal.wait_for("xtyped") < 1.0
        terminal.send(CTRL_J)
        terminal.wait_for(r" 1 line 9999 ")


def test_no_colours(place: ConnectionSettings) -> None:
    with browse(place, "-t", "users", env={"NO_COLOR": "1"}) as terminal:
        open_editor(terminal)
        terminal.send("SELECT 'x' -- y")
        terminal.wait_for("-- y")
        colours = set(re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.raw))
        assert all(len(set(colour)) == 1 for colour in colours), "a colour that is not grey"
        assert re.search(rb"\x1b\[1[;m][^\x1b]*SELECT", terminal.raw), "key words are bold"
