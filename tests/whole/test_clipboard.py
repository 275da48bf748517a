"""What reaches the terminal for its clipboard."""

from __future__ import annotations

import base64
import re

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal.program import FIRST_ROW, browse

_OSC_52 = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
VALUE = "it's \U0001f40d\x1b[2J\n'quoted'"


def copied(raw: bytes) -> list[str]:
    """The texts that a terminal would have taken."""
    return [base64.b64decode(data, validate=True).decode() for data in _OSC_52.findall(raw)]


def test_a_cell_and_a_row_as_osc_52(place: ConnectionSettings) -> None:
    query = f"SELECT 1 AS n, convert_from('\\x{VALUE.encode().hex()}', 'UTF8') AS word"
    with browse(place, "-c", query) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("lyyyvr")
        terminal.wait_for("copied row as CSV, 2 columns · with control characters")
        doubled = VALUE.replace('"', '""')
        assert copied(terminal.raw) == [VALUE, f'n,word\n1,"{doubled}"']
        terminal.send("q")
        assert terminal.wait_end() == 0


def test_where_there_is_no_clipboard_nothing_is_sent(place: ConnectionSettings) -> None:
    with browse(place, "-t", "events", env={"TERM": "linux"}) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("yy")
        terminal.wait_for("not copied: the Linux console has no clipboard")
        assert b"]52" not in terminal.raw
        terminal.send("q")
        assert terminal.wait_end() == 0


def test_in_tmux_it_says_what_it_takes(place: ConnectionSettings) -> None:
    with browse(place, "-t", "events", columns=200, env={"TMUX": "/tmp/tmux-0/default,1,0"}) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("yy")
        terminal.wait_for(r"copied cell id as text, 1 characters?, if tmux has")
        assert copied(terminal.raw) == ["1"]
