"""The lab in a terminal: nothing is left of an experiment however the program ends."""

from __future__ import annotations

import signal

import psutil
import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.lab.conftest import is_run
from tests.terminal import Terminal
from tests.terminal.program import FIRST_ROW, browse
from tests.whole.conftest import Sessions, eventually
from tests.whole.test_endings import assert_restored

LONG = "SELECT n, pg_sleep(0.01) FROM generate_series(1, 100000) AS n"


def begin(terminal: Terminal) -> psutil.Process:
    """Run the ways; returns the process of the first run."""
    terminal.wait_for(FIRST_ROW)
    terminal.send("6")
    terminal.wait_for("space runs")
    terminal.send(" ")
    terminal.wait_for("run 1 of")
    runs: list[psutil.Process] = []

    def begun() -> bool:
        found = psutil.Process(terminal.process.pid).children(recursive=True)
        runs[:] = [child for child in found if is_run(child)]
        return bool(runs)

    eventually(begun)
    (child,) = runs
    return child


def test_an_experiment_is_cancelled(place: ConnectionSettings, sessions: Sessions) -> None:
    with browse(place, "-c", LONG, columns=80, lines=24) as terminal:
        child = begin(terminal)
        terminal.send("\x03")
        terminal.wait_for(r"cancelled after \d+ of 13 ways")
        eventually(lambda: not child.is_running())
        terminal.send("q")
        terminal.wait_for(FIRST_ROW)
        terminal.send("q")
        assert terminal.wait_end(3.0) == 0
        assert_restored(terminal)
        eventually(lambda: not sessions.all(), 1.0, sessions.all)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left(place: ConnectionSettings, sessions: Sessions, number: signal.Signals) -> None:
    with browse(place, "-c", LONG) as terminal:
        child = begin(terminal)
        terminal.kill(number)
        assert terminal.wait_end(5.0) == (-9 if number is signal.SIGKILL else 1)
        eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
        eventually(lambda: not sessions.all(), 5.0, sessions.all)
