"""Reading one value of 500 MB to its end, in the cell view of the whole program."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg2 import sql

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding, written
from tests.conftest import connect
from tests.terminal import MemorySampler, Terminal
from tests.terminal.program import ENTER, FIRST_ROW, PAGE_DOWN, browse

TABLE = "pgmem_bench_value"
LINE = "0123456789 abcdefghij ABCDEFGHIJ"
LINES = 15_000_000
"""Of 33 bytes with their line ends: 495 MB."""
_MORE = 10 << 20
"""Bytes of RSS above the program at rest."""


def reading(settings: ConnectionSettings) -> list[Finding]:
    """Open the value, page, jump to its end, search all of it, save it; the peak above rest.

    Args:
        settings: A database in which a table may be made; it is dropped in the end.
    """
    with _table(settings), tempfile.TemporaryDirectory() as folder, browse(settings, "-t", TABLE) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle(0.3)
        with MemorySampler(terminal.process.pid) as memory:
            rest = memory.rss()
            opened = _timed(terminal, ENTER, "495,000,000 bytes")
            pages = [terminal.answer(PAGE_DOWN).seconds for _ in range(30)]
            end = _timed(terminal, "G", "the last line")
            terminal.send("g")
            terminal.wait_for(r"byte 0 of")
            terminal.send("/")
            terminal.wait_for("find")
            searched = _timed(terminal, "the last\r", "found at byte")
            terminal.send("s")
            terminal.wait_for("save to")
            terminal.send("\x15")
            path = Path(folder) / "value"
            saved = _timed(terminal, f"{path}\r", "saved 472 MB")
            assert path.stat().st_size == LINES * (len(LINE) + 1)
            peak = memory.peak
    speed = f"{495 / searched:,.0f} MB/s"
    return [
        Finding("500 MB text, opened, searched, saved: peak above rest", peak - rest, "MiB", _MORE),
        Finding("... its first screen", opened, "ms"),
        Finding("... PageDown: median", sorted(pages)[len(pages) // 2], "ms", 0.016),
        Finding("... its end", end, "ms"),
        Finding("... searched to its end", searched, "ms", beside=speed),
        Finding("... saved to a file", saved, "ms", beside=f"at rest: {written(rest, 'MiB')}"),
    ]


def _timed(terminal: Terminal, keys: str, pattern: str) -> float:
    """Seconds from some keys to what they bring."""
    began = time.perf_counter()
    terminal.send(keys)
    terminal.wait_for(pattern, 60)
    return time.perf_counter() - began


@contextmanager
def _table(settings: ConnectionSettings) -> Iterator[None]:
    name = sql.Identifier(TABLE)
    connection = connect(settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
            cursor.execute(sql.SQL("CREATE TABLE {} (v text)").format(name))
            cursor.execute(
                sql.SQL("INSERT INTO {} SELECT repeat(%s, %s) || rpad('the last line', %s)").format(name),
                (LINE + "\n", LINES - 1, len(LINE) + 1),
            )
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
        connection.close()
