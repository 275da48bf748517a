"""What the program keeps of what was run, however it ends; and what it does not."""

from __future__ import annotations

import signal
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from pgmem_tui.history.store import Entry, Search, Store
from pgmem_tui.options import NO_HISTORY
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal.program import FIRST_ROW, browse
from tests.whole.conftest import Sessions, eventually


def files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.name == "history.db"]


def kept(home: Path) -> list[Entry]:
    (path,) = files(home)
    store = Store(path)
    try:
        return store.search(Search())
    finally:
        store.close()


def test_kept_when_quit_at_once_and_when_killed(
    place: ConnectionSettings, sessions: Sessions, home: Path
) -> None:
    with browse(place, "-c", "SELECT 1 AS quit") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("q")
        assert terminal.wait_end(3.0) == 0
    assert [entry.text for entry in kept(home)] == ["SELECT 1 AS quit"]
    with browse(place, "-c", "SELECT 2 AS killed") as terminal:
        terminal.wait_for(FIRST_ROW)
        eventually(lambda: len(kept(home)) == 2)
        terminal.kill(signal.SIGKILL)
        terminal.wait_end(3.0)
    with browse(place) as terminal:
        terminal.wait_for("choose a table")
        terminal.send("\x12")
        terminal.wait_for("SELECT 2 AS killed")
        terminal.wait_for("SELECT 1 AS quit")
        terminal.send("\r")
        terminal.wait_for(FIRST_ROW)
        terminal.send("q")
        assert terminal.wait_end(3.0) == 0
    (path,) = files(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [(entry.text, entry.runs) for entry in kept(home)] == [
        ("SELECT 2 AS killed", 2),
        ("SELECT 1 AS quit", 1),
    ]


@pytest.mark.parametrize("how", ["option", "variable"])
def test_turned_off(how: str, place: ConnectionSettings, sessions: Sessions, home: Path) -> None:
    given = ["--no-history"] if how == "option" else []
    env = {NO_HISTORY: "1"} if how == "variable" else {}
    with browse(place, "-c", "SELECT 1", *given, env=env) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("\x12")
        terminal.wait_for("there is no history")
        terminal.send("q")
        assert terminal.wait_end(3.0) == 0
    assert files(home) == []


def test_no_password_of_the_connection_is_in_it(
    place: ConnectionSettings, sessions: Sessions, home: Path
) -> None:
    with browse(replace(place, password="hunter2geheim"), "-c", "SELECT 1") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("q")
        assert terminal.wait_end(3.0) == 0
    (path,) = files(home)
    assert b"hunter2" not in path.read_bytes()
    assert kept(home)[0].database.startswith(f"{place.user}@")
