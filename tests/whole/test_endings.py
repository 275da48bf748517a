"""However the program ends, the terminal is as it was, and nothing is left on the server."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import psutil
import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import run
from tests.terminal import Terminal
from tests.terminal.display import AUTOWRAP, CURSOR
from tests.terminal.program import FIRST_ROW, browse, pgmem_tui
from tests.whole.conftest import Sessions, eventually
from tests.whole.test_browsing import ENDLESS


def assert_restored(terminal: Terminal) -> None:
    """The terminal has its modes back: normal screen, cursor, no mouse, no bracketed paste, cooked input."""
    assert terminal.display.modes == {AUTOWRAP, CURSOR}
    assert terminal.display.keyboard_protocols == 0
    assert terminal.attributes == terminal.attributes_before


@pytest.mark.parametrize("keys", ["q", "\x11", "\x03"])
def test_quitting(place: ConnectionSettings, sessions: Sessions, keys: str) -> None:
    with browse(place, "-t", "events") as terminal:
        terminal.wait_for(FIRST_ROW)
        assert sessions.all()
        terminal.send(keys)
        assert terminal.wait_end(3.0) == 0
        assert_restored(terminal)
        assert terminal.text.strip() == ""
        eventually(lambda: not sessions.all(), 1.0)


def test_an_interrupt_cancels_first(place: ConnectionSettings, sessions: Sessions) -> None:
    with browse(place, "-c", "SELECT pg_sleep(60)") as terminal:
        terminal.wait_for("the server is working")
        terminal.send("\x03")
        terminal.wait_for("cancelled")
        eventually(lambda: not sessions.running())
        terminal.send("\x03")
        assert terminal.wait_end(3.0) == 0
        assert_restored(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals(place: ConnectionSettings, sessions: Sessions, number: signal.Signals) -> None:
    with browse(place, "-t", "events") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.kill(number)
        assert terminal.wait_end(3.0) == 1
        assert_restored(terminal)
        eventually(lambda: not sessions.all(), 1.0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_while_a_query_runs(
    place: ConnectionSettings, sessions: Sessions, number: signal.Signals
) -> None:
    with browse(place, "-c", "SELECT pg_sleep(60)") as terminal:
        eventually(sessions.running)
        terminal.kill(number)
        assert terminal.wait_end(3.0) == 1
        assert_restored(terminal)
        eventually(lambda: not sessions.all(), 1.0, sessions.all)


def test_quitting_while_rows_stream(place: ConnectionSettings, sessions: Sessions) -> None:
    with browse(place, "-c", ENDLESS) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send(" ")
        terminal.wait_for("streaming .* rows/s")
        terminal.send("q")
        assert terminal.wait_end(3.0) == 0
        assert_restored(terminal)
        eventually(lambda: not sessions.all(), 1.0)


def test_a_lost_line(place: ConnectionSettings, sessions: Sessions) -> None:
    """A real hang-up: the terminal is gone, and with it whoever could answer."""
    with browse(place, "-t", "events") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.hang_up()
        assert terminal.process.wait(3.0) == 1
        eventually(lambda: not sessions.all(), 1.0, sessions.all)


def test_a_lost_line_while_rows_stream(place: ConnectionSettings, sessions: Sessions) -> None:
    with browse(place, "-c", ENDLESS) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send(" ")
        terminal.wait_for("streaming .* rows/s")
        terminal.hang_up()
        assert terminal.process.wait(3.0) == 1
        eventually(lambda: not sessions.all(), 1.0, sessions.all)


@pytest.mark.parametrize("streaming", [False, True])
def test_killed(place: ConnectionSettings, sessions: Sessions, streaming: bool) -> None:
    with browse(place, "-c", ENDLESS) as terminal:
        terminal.wait_for(FIRST_ROW)
        if streaming:
            terminal.send(" ")
            terminal.wait_for("streaming .* rows/s")
        terminal.kill(signal.SIGKILL)
        assert terminal.wait_end() == -signal.SIGKILL
        eventually(lambda: not sessions.all(), 3.0, sessions.all)


def test_killed_while_a_query_runs(place: ConnectionSettings, sessions: Sessions) -> None:
    """The server has to look: PostgreSQL 14 and later do it at intervals, if asked."""
    with browse(place, "-c", "SELECT pg_sleep(60)") as terminal:
        eventually(sessions.running)
        terminal.kill(signal.SIGKILL)
        assert terminal.wait_end() == -signal.SIGKILL
        eventually(lambda: not sessions.all(), 6.0, sessions.all)


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP", "SIGKILL", "hang up"])
def test_what_is_not_committed_is_rolled_back(
    place: ConnectionSettings, sessions: Sessions, how: str
) -> None:
    with browse(place, "--writable", "-c", "CREATE TABLE left_behind (i int)") as terminal:
        terminal.wait_for("This writes")
        terminal.send("y")
        terminal.wait_for("OPEN TRANSACTION: 1 statement")
        if how == "hang up":
            terminal.hang_up()
        else:
            terminal.kill(signal.Signals[how])
        assert terminal.process.wait(3.0) == {"SIGKILL": -9}.get(how, 1)
        eventually(lambda: not sessions.all(), 3.0, sessions.all)
    assert run(place, "SELECT pg_catalog.to_regclass('left_behind')") == [(None,)]


@pytest.mark.parametrize("how", ["q", "SIGTERM", "SIGKILL", "hang up"])
def test_the_demo_leaves_nothing(how: str) -> None:
    with pgmem_tui("demo", "--rows", "20000") as terminal:
        terminal.wait_for(FIRST_ROW, 60)
        assert "public.events" in terminal.text
        said = re.search(r"Starting .* in (/\S+);", terminal.raw.decode(errors="replace"))
        assert said
        directory = Path(said[1])
        assert directory.is_dir()
        processes = psutil.Process(terminal.process.pid).children(recursive=True)
        assert any("postgres" in process.name() for process in processes)
        if how == "q":
            terminal.send("q")
        elif how == "hang up":
            terminal.hang_up()
        else:
            terminal.kill(signal.Signals[how])
        terminal.process.wait(10)
        assert terminal.process.returncode == {"q": 0, "SIGKILL": -9}.get(how, 1)
        if how in ("q", "SIGTERM"):
            terminal.wait_end()
            assert_restored(terminal)
            assert not directory.exists()
        assert not psutil.wait_procs(processes, 5)[1]
        eventually(lambda: not directory.exists(), 5.0)


def test_a_signal_while_the_demo_starts() -> None:
    with pgmem_tui("demo", "--rows", "5000000") as terminal:
        terminal.wait_for("Filling", 30)
        said = re.search(r"Starting .* in (/\S+);", terminal.raw.decode())
        assert said
        processes = psutil.Process(terminal.process.pid).children(recursive=True)
        terminal.kill(signal.SIGTERM)
        assert terminal.wait_end(20) == 1
        assert not psutil.wait_procs(processes, 5)[1]
        assert not Path(said[1]).exists()
        assert_restored(terminal)
