"""How soon the composer's preview follows a key, and how soon its plan is there."""

from __future__ import annotations

import re
import statistics

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.keys import p99
from tests.bench.report import Finding, written
from tests.terminal import Terminal
from tests.terminal.program import DOWN, ENTER, FIRST_ROW, browse

VALUE = "click"
"""Typed as the value of a condition, again and again."""


def compose(settings: ConnectionSettings, crowd: ConnectionSettings, runs: int) -> list[Finding]:
    """Type a value into a condition; look for a table among 20,000."""
    with browse(settings, "-t", "events") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle(0.5)
        terminal.send("c")
        opened = terminal.wait_for(r"FROM public\.")
        for keys in ("w", ENTER, "kind", ENTER, ENTER):
            terminal.settle()
            terminal.send(keys)
        terminal.wait_for(r"ctrl\+n NULL")
        texts, plans = [], []
        for _ in range(max(1, runs // len(VALUE))):
            seen, planned = _type(terminal)
            texts += seen
            plans.append(planned)
    slowest = f"the slowest of {len(texts)}: {written(max(texts), 'ms')}"
    return [
        Finding("compose: opens, with the SQL of the table", opened, "ms"),
        Finding("compose: SQL follows a key: median", statistics.median(texts), "ms", 0.050),
        Finding("compose: SQL follows a key: p99", p99(texts), "ms", 0.050, beside=slowest),
        Finding("compose: plan, 150 ms after the last key", statistics.median(plans), "ms"),
        *_tables(crowd),
    ]


def _type(terminal: Terminal) -> tuple[list[float], float]:
    """Type the value letter by letter, and take it away again."""
    seconds = []
    for length in range(1, len(VALUE) + 1):
        terminal.settle(0.25)
        terminal.send(VALUE[length - 1])
        seconds.append(terminal.wait_for(re.escape(f"WHERE kind = '{VALUE[:length]}'")))
    planned = terminal.wait_for(r"cost [\d,]+\.\.")
    terminal.settle(0.25)
    terminal.send("\x15")
    terminal.wait_for("WHERE kind = ''")
    return seconds, planned


def _tables(crowd: ConnectionSettings) -> list[Finding]:
    with browse(crowd) as terminal:
        terminal.wait_for("choose a table")
        terminal.settle(0.5)
        terminal.send(DOWN)
        terminal.settle()
        terminal.send("c")
        terminal.wait_for("FROM ")
        terminal.settle(0.5)
        terminal.send(" ")
        terminal.wait_for(r"of 20,\d\d\d")
        seconds = [terminal.answer(letter).seconds for letter in "t_19999"]
    return [
        Finding("compose: letters among 20,000 tables: median", statistics.median(seconds), "ms", 0.050),
        Finding("compose: letters among 20,000 tables: slowest", max(seconds), "ms"),
    ]
