"""A value of 64 MiB in constant memory, measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings

MIB = 2**20
LINES = "SELECT repeat(repeat('0123456789 abcdefghij zażółć ', 9) || chr(10), 220000) AS v"
"""298 bytes each: two lines of the screen."""
ONE_LINE = "SELECT repeat('0123456789abcdef', 4 * 1024 * 1024) AS v"


@pytest.mark.parametrize("how", ["page", "find", "save"])
@pytest.mark.parametrize("sql", [LINES, ONE_LINE], ids=["lines", "one line"])
def test_a_value_of_64_mib(demo_database: ConnectionSettings, how: str, sql: str) -> None:
    settings = {"parameters": demo_database.parameters(), "how": how, "sql": sql}
    done = subprocess.run(
        [sys.executable, "-m", "tests.paging.value_child", json.dumps(settings)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, most, size = json.loads(done.stdout)
    assert size >= 64 * 10**6
    assert most - before < 10 * MIB, f"{(most - before) / MIB:.1f} MiB above the start"
