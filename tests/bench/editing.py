"""How soon a letter is on the screen in a long text, and what a big paste costs."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding
from tests.terminal import Terminal
from tests.terminal.program import ESCAPE, FIRST_ROW, browse

LINES = 10_000
LINE = "SELECT u.id, count(*) AS orders, 'it''s' AS \"Odd\" FROM users u WHERE u.id > {n} -- {n}"
PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"
CTRL_HOME, ALT_UP = "\x1b[1;5H", "\x1b[1;3A"
TEXT = range(1, 20)
"""Lines of the screen with the text; the border below has the caret's place, a frame later."""
COMMENT, UNDO = "\x1f", "\x1a"


def editing(settings: ConnectionSettings, table: str, runs: int) -> list[Finding]:
    """Letters, new lines and quotes in the middle of 10,000 lines, at 160x48; 1 MB pasted."""
    text = "\r".join(LINE.format(n=n) for n in range(LINES))
    with browse(settings, "-t", table, "--no-history") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("e")
        terminal.wait_for(r"Ln 1, Col 1")
        terminal.send(PASTE + text + PASTE_END)
        pasted = terminal.wait_for(rf"Ln {LINES:,}, ", 60.0)
        terminal.send("\x1b[5~" * 20)
        terminal.settle(0.5)
        letters = _each(terminal, runs, lambda number: "abcdefgh "[number % 9])
        breaks = _each(terminal, runs, lambda number: "\r")
        quotes = _each(terminal, runs, lambda number: "'")
        moves = _each(terminal, runs, lambda number: "\x1b[A" if number // 10 % 2 else "\x1b[B")
        terminal.send(ESCAPE)
    return [
        Finding(f"1 MB pasted into the editor ({len(text):,} characters)", pasted, "ms"),
        Finding("a letter in 10,000 lines: median", statistics.median(letters), "ms", 0.016),
        Finding("a letter in 10,000 lines: slowest", max(letters), "ms"),
        Finding("a new line in 10,000 lines: median", statistics.median(breaks), "ms", 0.016),
        Finding("a quote in 10,000 lines: median", statistics.median(quotes), "ms", 0.016),
        Finding("an arrow in 10,000 lines: median", statistics.median(moves), "ms", 0.016),
    ]


def _each(terminal: Terminal, runs: int, key: Callable[[int], str]) -> list[float]:
    return [terminal.answer(key(number), TEXT).seconds for number in range(runs)]
