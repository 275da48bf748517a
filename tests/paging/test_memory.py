"""Constant memory, measured: a process of its own pages through everything."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from pgmem_tui.paging.batching import BYTES
from pgmem_tui.paging.inbox import Inbox
from pgmem_tui.paging.reader import Reader
from pgmem_tui.postgres.composition import ROW_LIMIT
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import StatementReport
from tests.paging.harness import run
from tests.paging.paging_child import BUDGET, SCREENFUL

MIB = 2**20
ROWS = "SELECT i, md5(i::text), i % 7 = 0, now() FROM (SELECT generate_series(1, 1000000)) AS s(i)"


def measured(database: ConnectionSettings, how: str, sql: str, rows: list[int], **options: Any) -> list[int]:
    """RSS before, at those rows, and the most, in bytes."""
    settings = {"parameters": database.parameters(), "rows": rows, "options": options}
    done = subprocess.run(
        [sys.executable, "-m", "tests.paging.paging_child", how, sql, json.dumps(settings)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("how", ["stream", "page"])
def test_a_million_rows(database: ConnectionSettings, how: str) -> None:
    before, early, late, most = measured(database, how, ROWS, [100_000, 1_000_000])
    assert late - early < 2 * MIB, f"{(late - early) / MIB:.1f} MiB more from row 100,000 to row 1,000,000"
    # The pages held, the batch that came last, and the one that comes while it is still there.
    held = BUDGET if how == "page" else 0
    assert most - before < held + 4 * BYTES + 4 * MIB, f"{(most - before) / MIB:.1f} MiB above the start"


@pytest.mark.parametrize("how", ["stream", "page"])
def test_cells_of_a_megabyte_are_cut_before_they_are_sent(database: ConnectionSettings, how: str) -> None:
    run(
        database,
        "CREATE TABLE fat AS SELECT i, repeat(md5(i::text), 32768) AS t,"
        " convert_to(repeat('x', 1000000), 'UTF8') AS b FROM generate_series(1, 100) AS i",
    )
    before, *_, most = measured(database, how, "TABLE fat", [])
    assert most - before < 6 * MIB, f"{(most - before) / MIB:.1f} MiB above the start"


def test_the_fattest_rows_there_can_be_are_held_within_the_budget(database: ConnectionSettings) -> None:
    """However high the cell limit, a row is cut at 65,536 characters; a screenful of them comes first."""
    sql = "SELECT repeat('x', 1000000) FROM (SELECT generate_series(1, 1500)) AS s"
    before, early, late, most = measured(database, "page", sql, [500, 1500], cell_limit=10_000_000)
    # The window is short of its budget by up to a page, more at one moment than at the other.
    page = BYTES
    assert late - early < 2 * MIB + page, f"{(late - early) / MIB:.1f} MiB more from row 500 to row 1,500"
    screenful = SCREENFUL * ROW_LIMIT
    assert most - before < BUDGET + 4 * max(BYTES, screenful), f"{(most - before) / MIB:.1f} MiB"


def test_statements_that_fetch_are_added_up_and_not_kept() -> None:
    reader = Reader(Inbox(), lambda event: None, lambda: None, None, MIB)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(10_000):
            fetch = f"FETCH 1 FROM pgmem_value_{number}"
            reader.report(StatementReport("browse", "FETCH", fetch, 0.0, 0.1, cursor="c", passing=True))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reader.fetches == 10_000
    assert after - before < 20_000
