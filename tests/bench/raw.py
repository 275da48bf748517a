"""Raw psycopg2, in a process of its own: `python -m tests.bench.raw DSN SQL HOW BATCH ROWS` prints JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import NamedTuple

import psutil
import psycopg2
import psycopg2.extensions as ext

CLIENT = "client"
"""A client-side cursor: the whole result comes before the first row."""
NAMED = "named"
"""A named cursor and fetchmany, values as Python objects."""
NAMED_TEXT = "named text"
"""The same, values left as text."""


class Raw(NamedTuple):
    """What it took."""

    rows: int
    seconds: float
    rss: int
    """Bytes at the end, with the last rows still held."""

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def measure(dsn: str, sql: str, how: str, batch: int, rows: int) -> Raw:
    """Read rows in a new process.

    Args:
        dsn: Where.
        sql: A query.
        how: `CLIENT`, `NAMED` or `NAMED_TEXT`.
        batch: Rows of each fetchmany.
        rows: When to stop.
    """
    argv = [sys.executable, "-m", "tests.bench.raw", dsn, sql, how, str(batch), str(rows)]
    output = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return Raw(**json.loads(output))


def _read(dsn: str, sql: str, how: str, batch: int, rows: int) -> Raw:
    connection = psycopg2.connect(dsn)
    if how == NAMED_TEXT:
        ext.register_type(ext.new_type(tuple(ext.string_types), "TEXT", ext.UNICODE), connection)
    started = time.perf_counter()
    cursor = connection.cursor() if how == CLIENT else connection.cursor("raw")
    cursor.execute(f"{sql} LIMIT {rows}" if how == CLIENT else sql)
    count = 0
    while count < rows:
        batch_read = cursor.fetchmany(batch)
        if not batch_read:
            break
        count += len(batch_read)
    seconds = time.perf_counter() - started
    return Raw(count, seconds, psutil.Process().memory_info().rss)


if __name__ == "__main__":
    dsn, sql, how, batch, rows = sys.argv[1:]
    print(json.dumps(_read(dsn, sql, how, int(batch), int(rows))._asdict()))
