"""Opening a table from the tree, and a tree of 20,000 tables."""

from __future__ import annotations

import statistics

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding, written
from tests.conftest import connect
from tests.terminal import MemorySampler, Terminal
from tests.terminal.program import ENTER, FIRST_ROW, browse, grid

TABLES = 20_000
_AT_ONCE = 500
"""Tables made in a transaction: each takes locks."""


def create(settings: ConnectionSettings, count: int) -> None:
    """Make that many small tables; takes some 10 s."""
    connection = connect(settings)
    try:
        with connection.cursor() as cursor:
            for first in range(0, count, _AT_ONCE):
                cursor.execute(
                    ";".join(
                        [f"CREATE TABLE t_{n:05} (id int, name text)" for n in range(first, first + _AT_ONCE)]
                    )
                )
            cursor.execute("ANALYZE pg_class")
    finally:
        connection.close()


def many(few: ConnectionSettings, crowd: ConnectionSettings, runs: int) -> list[Finding]:
    """A database of 20,000 tables beside one of few: time until the tree works, and memory."""
    rss: dict[str, list[int]] = {"few": [], "crowd": []}
    usable, found = [], []
    for _ in range(runs):
        with browse(few) as terminal:
            terminal.wait_for("events")
            terminal.settle(0.5)
            rss["few"].append(MemorySampler(terminal.process.pid).rss())
        with browse(crowd) as terminal:
            connected = terminal.wait_for("READ ONLY")
            usable.append(terminal.wait_for("t_00000") - connected)
            terminal.settle(0.5)
            found.append(_find(terminal, f"t_{TABLES - 1}"))
            terminal.settle(0.5)
            rss["crowd"].append(MemorySampler(terminal.process.pid).rss())
    more = statistics.median(rss["crowd"]) - statistics.median(rss["few"])
    return [
        Finding("20,000 tables: tree usable after connecting", statistics.median(usable), "ms", 1.0),
        Finding("20,000 tables: filter for the last one", statistics.median(found), "ms"),
        Finding("20,000 tables: RSS more", more, "MiB", 15 << 20),
    ]


def first_rows(settings: ConnectionSettings, table: str, runs: int) -> list[Finding]:
    """Open a big table with Enter in the tree, again and again."""
    seconds = []
    with browse(settings) as terminal:
        terminal.wait_for(rf"\b{table}\b")
        _find(terminal, table)
        for _ in range(runs):
            seconds.append(terminal.answer(ENTER, grid()).seconds)
            terminal.wait_for(FIRST_ROW)
            terminal.send("2")
    beside = f"the slowest of {runs}: {written(max(seconds), 'ms')}"
    return [
        Finding(
            "first rows of the big table after Enter", statistics.median(seconds), "ms", 0.06, False, beside
        )
    ]


def _find(terminal: Terminal, table: str) -> float:
    """Type a table's name into the tree's filter; return the seconds from the last letter to its match."""
    for key in ("2", "/"):
        terminal.send(key)
        terminal.settle()
    terminal.send(table[:-1])
    terminal.wait_for(rf"/ {table[:-1]}\b")
    terminal.settle()
    terminal.send(table[-1])
    return terminal.wait_for(rf"/ {table} .*\b1 of ")
