"""Lessons on a search path that has a schema of evil operators before pg_catalog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect
from tests.lessons.test_command import dsn, folder, run
from tests.postgres.evil_operators import HOWS, shadow, unshadow

COMPARES = """
import psycopg2
cursor = psycopg2.connect("").cursor()
cursor.execute("SELECT 1 + 1")
note("n", 1)
"""


@pytest.fixture(params=HOWS)
def hostile(request: pytest.FixtureRequest, database: ConnectionSettings) -> Iterator[ConnectionSettings]:
    writing = connect(database)
    with writing.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE events AS SELECT i AS id, md5(i::text) FROM generate_series(1, 30000) AS i"
        )
    writing.close()
    yield shadow(database, request.param)
    unshadow(database)


def test_programs_are_run_with_operators_of_postgresql(hostile: ConnectionSettings, tmp_path: Path) -> None:
    place = folder(tmp_path, compares=COMPARES)
    done = run(dsn(hostile), "--folder", place, "-t", "events", "--run", "compares")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "shadowed" not in done.stdout + done.stderr
