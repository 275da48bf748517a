"""How fast rows come into a file, beside psql's \\copy, and what memory that takes."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from psycopg2.extensions import make_dsn

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding, written
from tests.terminal import MemorySampler
from tests.terminal.program import ENTER, FIRST_ROW, browse

_MORE = 16 << 20
"""Bytes of RSS that an export may take beyond the process right before it."""
_WATCHED = 10.0
"""Seconds of an export that are watched, at most."""


def export(settings: ConnectionSettings, table: str, rows: int, runs: int) -> list[Finding]:
    """Write the same rows with both programs, and watch the memory of the whole program exporting.

    Args:
        settings: Where.
        table: What.
        rows: How many of them for the speed; the memory is of all of them, or of 10 seconds.
        runs: How often; ratios are of one run each.
    """
    return [*_speed(settings, table, rows, runs), _memory(settings, table)]


def _speed(settings: ConnectionSettings, table: str, rows: int, runs: int) -> list[Finding]:
    """Whole processes, from their start to their end, into a file of a temporary folder."""
    query, dsn = f"SELECT * FROM {table} LIMIT {rows}", make_dsn(**settings.parameters())
    psql = _psql()
    ours, theirs = [], []
    for _ in range(runs):
        given = ["export", dsn, "-c", query, "--format", "csv", "-o", "-"]
        ours.append(rows / _seconds([sys.executable, "-m", "pgmem_tui", *given]))
        if psql:
            copy = f"\\copy ({query}) to stdout (format csv, header)"
            theirs.append(rows / _seconds([psql, "-X", "-q", "-d", dsn, "-c", copy]))
    rate = statistics.median(ours)
    if not psql:
        return [Finding("CSV export", rate, "rows/s", beside="there is no psql to compare it with")]
    ratio = statistics.median([one / other for one, other in zip(ours, theirs, strict=True)])
    beside = written(statistics.median(theirs), "rows/s")
    return [
        Finding("CSV export", rate, "rows/s", beside=f"{rows:,} rows, the program's start included"),
        Finding("CSV export / psql \\copy to stdout", ratio, "ratio", 0.8, at_least=True, beside=beside),
    ]


def _memory(settings: ConnectionSettings, table: str) -> Finding:
    with tempfile.TemporaryDirectory() as folder, browse(settings, "-t", table) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle(0.3)
        memory = MemorySampler(terminal.process.pid)
        with memory:
            rest = memory.rss()
            terminal.send("E")
            terminal.wait_for("enter export")
            terminal.settle(0.3)
            for keys in ("\x15", str(Path(folder, "rows.csv")), ENTER):
                terminal.settle(0.3)
                terminal.send(keys)
            terminal.wait_for(r"exported [\d,]+ rows|rows/s")
            deadline = time.monotonic() + _WATCHED
            terminal.wait_until(
                lambda text: "exported" in text or time.monotonic() > deadline, 2 * _WATCHED, "the export"
            )
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        terminal.send("q" if "exported" in terminal.text else "\x11")
        terminal.wait_end()
    beside = f"at rest {written(rest, 'MiB')}; a file of {written(size, 'MiB')}"
    return Finding("export: RSS peak above rest", memory.peak - rest, "MiB", _MORE, beside=beside)


def _seconds(argv: Sequence[str]) -> float:
    with tempfile.TemporaryFile() as file:
        started = time.perf_counter()
        subprocess.run(argv, stdout=file, stderr=subprocess.DEVNULL, check=True)
        return time.perf_counter() - started


def _psql() -> str:
    """The newest psql of the system, or the one on the PATH; empty without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"), key=lambda path: path.parts[-3])
    newest = str(found[-1]) if found and os.access(found[-1], os.X_OK) else ""
    return newest or shutil.which("psql") or ""
