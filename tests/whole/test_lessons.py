"""Lessons in a terminal: run from the keyboard, and nothing left however the program ends."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.lab.conftest import is_run
from tests.terminal import Terminal
from tests.terminal.program import ENTER, FIRST_ROW, browse
from tests.ui.lesson_screen import WAITS, lesson
from tests.whole.conftest import Sessions, eventually
from tests.whole.test_endings import assert_restored

SHIFT_TAB = "\x1b[Z"


def begin(terminal: Terminal) -> list[psutil.Process]:
    """Run the last lesson until its program prints; returns the processes below the program."""
    terminal.wait_for(FIRST_ROW)
    terminal.send("7")
    terminal.wait_for("predicts")
    terminal.send(SHIFT_TAB)
    terminal.send("G")
    terminal.wait_for("A lesson that waits ─")
    terminal.send(ENTER)
    terminal.send("1")
    terminal.wait_for("space runs step")
    terminal.send(" ")
    terminal.wait_for("> begun")
    found = psutil.Process(terminal.process.pid).children(recursive=True)
    return [child for child in found if is_run(child)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "01-waits.md").write_text(lesson(WAITS, title="A lesson that waits"))
    return tmp_path


def test_a_lesson_is_cancelled(place: ConnectionSettings, sessions: Sessions, folder: Path) -> None:
    with browse(place, "-t", "events", "--lessons", str(folder)) as terminal:
        (child,) = begin(terminal)
        terminal.send("\x03")
        terminal.wait_for("cancelled  space runs step")
        eventually(lambda: not child.is_running())
        terminal.send("q")
        terminal.wait_for(FIRST_ROW)
        terminal.send("q")
        assert terminal.wait_end(3.0) == 0
        assert_restored(terminal)
        eventually(lambda: not sessions.all(), 1.0, sessions.all)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left(
    place: ConnectionSettings, sessions: Sessions, folder: Path, number: signal.Signals
) -> None:
    with browse(place, "-t", "events", "--lessons", str(folder)) as terminal:
        (child,) = begin(terminal)
        terminal.kill(number)
        assert terminal.wait_end(5.0) == (-9 if number is signal.SIGKILL else 1)
        eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
        eventually(lambda: not sessions.all(), 5.0, sessions.all)
