"""Statements whose rows are held: what is shown, and how much memory what is returned may take."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from pgmem_tui.paging.events import (
    Opened,
)
from pgmem_tui.paging.finding import Find, Found
from pgmem_tui.paging.requests import (
    Statement,
)
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import Sessions, run


@pytest.fixture
def table(database: ConnectionSettings) -> ConnectionSettings:
    """The database with a table t of ten rows."""
    run(database, "CREATE TABLE t AS SELECT i, 'row ' || i AS note FROM generate_series(1, 10) AS i")
    return database


def test_what_is_shown_is_held_and_leaves_no_transaction(
    sessions: Sessions, table: ConnectionSettings
) -> None:
    session = sessions.start(table)
    assert session.cells(Statement("SHOW transaction_read_only")) == [("on",)]
    assert [column.name for column in session.of(Opened)[-1].columns] == ["transaction_read_only"]
    assert session.settle().transaction_started == 0
    plan = session.cells(Statement("EXPLAIN DELETE FROM t"))
    assert "Delete on t" in (plan[0][0] or "")
    assert run(table, "SELECT count(*) FROM t") == [(10,)]


def test_rows_that_are_held_are_searched_here(sessions: Sessions, table: ConnectionSettings) -> None:
    session = sessions.start(table)
    rows = session.cells(Statement("SHOW ALL"), 1000)
    wanted = next(n for n, row in enumerate(rows) if row[0] == "search_path")
    session.request(Find(session.generation, "search_path", -1, True, (0,), 0))
    assert (session.wait(Found).row, session.of(Found)[-1].column) == (wanted, 0)
    session.request(Find(session.generation, "search_path", len(rows), False, (0,), 0))
    assert session.wait(Found).row >= wanted


# -- memory --------------------------------------------------------------------------------------

MIB, BUDGET = 2**20, 16 * 2**20


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO n SELECT generate_series(1, 1000000) RETURNING i, repeat(md5(i::text), 48)",
        "INSERT INTO n SELECT generate_series(1, 1000000) RETURNING i, NULL, ''",
        "INSERT INTO n SELECT generate_series(1, 300) RETURNING repeat('x', 1 << 20)",
    ],
)
def test_rows_returned_stay_within_the_budget(database: ConnectionSettings, text: str) -> None:
    run(database, "CREATE TABLE n (i int)")
    given = json.dumps([asdict(database), "INSERT INTO n VALUES (0) RETURNING i", text])
    done = subprocess.run(
        [sys.executable, "-m", "tests.paging.writing_child", given],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, most, rows, kept = json.loads(done.stdout)
    assert 0 < kept < rows
    # Half the budget, a piece of the stream and what it is cut into, and what the heap keeps.
    assert most - before < BUDGET // 2 + 8 * MIB, f"{(most - before) / MIB:.1f} MiB above the start"
