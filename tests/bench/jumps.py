"""How soon any place of the big table is painted, and what memory that takes."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding, written
from tests.conftest import connect
from tests.terminal import MemorySampler, Terminal
from tests.terminal.program import ENTER, FIRST_ROW, PAGE_UP, browse, grid

_PAINTED = 0.060
"""Seconds until the rows are there."""
_MORE = 6 << 20
"""Bytes of RSS that all jumps together may take above rest."""


def jumps(settings: ConnectionSettings, table: str, runs: int) -> list[Finding]:
    """Go to the middle, to 99 %, to the end, to keys; and up over rows never seen."""
    rows = _rows(settings, table)
    middle = rows // 2
    with browse(settings, "-t", table) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle(1.0)
        with MemorySampler(terminal.process.pid) as memory:
            rest = memory.peak
            to_middle, to_late, to_end, up = [], [], [], []
            for run in range(runs):
                place = middle + run * (rows // (3 * runs))
                to_middle.append(_go(terminal, f":{place}", rf"row ≈{place:,} of"))
                up += [terminal.answer(PAGE_UP, grid()).seconds for _ in range(5)]
                late = 99 - run / 100
                to_late.append(_go(terminal, f":{late}%", rf" {late:.1f} % "))
                to_end.append(_key(terminal, "G", r"· 100.0 %"))
                terminal.send("g")
                terminal.wait_for(FIRST_ROW)
            first_key = _go(terminal, f":={middle}", r"key order by [^\n]*(?s:.*)row ≈")
            keys = [_go(terminal, f":={key}", rf"^.*≈\d+ +{key} ") for key in _keys(rows, runs)]
            in_key_order = _key(terminal, "G", r"· 100.0 %")
            above = memory.peak - rest
    return [
        _finding(f"go to row {middle:,}", to_middle, _PAINTED),
        _finding("go to 99 %", to_late, _PAINTED),
        _finding("go to the last row", to_end, _PAINTED),
        _finding("go to a key", keys, _PAINTED),
        Finding("... the first, from heap order: finds the key and its statistics", first_key, "ms"),
        Finding("... to the last row in key order", in_key_order, "ms"),
        _finding("PageUp over rows never seen, after a jump", up, 0.030),
        Finding("RSS peak of all that, above rest", above, "MiB", _MORE),
    ]


def _rows(settings: ConnectionSettings, table: str) -> int:
    connection = connect(settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples::int8 FROM pg_class WHERE oid = %s::regclass", (table,))
            ((rows,),) = cursor.fetchall()
            return int(rows)
    finally:
        connection.close()


def _keys(rows: int, runs: int) -> Iterable[int]:
    return (1 + (rows // 7 * 3 + 7_654_321 * run) % (rows - 1_000) for run in range(runs))


def _go(terminal: Terminal, text: str, pattern: str) -> float:
    """Type where to go; seconds from enter until the screen has the pattern."""
    terminal.send(text)
    terminal.settle()
    return _key(terminal, ENTER, pattern)


def _key(terminal: Terminal, key: str, pattern: str) -> float:
    terminal.settle()
    terminal.send(key)
    seconds = terminal.wait_for(pattern)
    terminal.settle()
    return seconds


def _finding(name: str, seconds: list[float], limit: float) -> Finding:
    beside = f"the slowest of {len(seconds)}: {written(max(seconds), 'ms')}"
    middle: Callable[[list[float]], float] = statistics.median
    return Finding(name, middle(seconds), "ms", limit, beside=beside)
