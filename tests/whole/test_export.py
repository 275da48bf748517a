"""Endings of the whole program while it exports: nothing is left, on the disk or on the server."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal import Terminal
from tests.terminal.program import ENTER, FIRST_ROW, browse
from tests.whole.conftest import Sessions, eventually

ENDLESS = "SELECT n, 'row ' || n AS what FROM (SELECT generate_series(1, 1000000000)) AS g(n)"
CLEAR = "\x15"
"""Empties the field."""
ENDINGS: dict[str, Callable[[Terminal], None]] = {
    "ctrl+q": lambda terminal: terminal.send("\x11"),
    "SIGTERM": lambda terminal: terminal.kill(signal.SIGTERM),
    "hang-up": lambda terminal: terminal.hang_up(),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_endings(ending: str, place: ConnectionSettings, sessions: Sessions, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    with browse(place, "-c", ENDLESS, columns=80, lines=24) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("E")
        terminal.wait_for("enter export")
        for keys in (CLEAR, str(folder / "rows.csv"), ENTER):
            terminal.settle()
            terminal.send(keys)
        terminal.wait_for(r"≈[\d.]+[kM] rows · .* rows/s")
        assert [path.suffix for path in folder.iterdir()] == [".part"]
        assert any("COPY" in session.query for session in sessions.all())
        ENDINGS[ending](terminal)
        terminal.wait_end()
    eventually(lambda: not sessions.all(), 3.0, sessions.all)
    assert list(folder.iterdir()) == []
