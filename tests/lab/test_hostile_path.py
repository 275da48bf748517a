"""The lab on a search path that has a schema of evil operators before pg_catalog."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pgmem_tui.lab import modes
from pgmem_tui.lab.report import from_json
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect
from tests.lab.test_command import run
from tests.postgres.evil_operators import HOWS, shadow, unshadow


@pytest.fixture(params=HOWS)
def hostile(request: pytest.FixtureRequest, database: ConnectionSettings) -> Iterator[ConnectionSettings]:
    writing = connect(database)
    with writing.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id int PRIMARY KEY, note text)")
        cursor.execute("INSERT INTO t SELECT i, 'note ' || i FROM generate_series(1, 3000) AS i")
    writing.close()
    yield shadow(database, request.param)
    unshadow(database)


def test_a_table_is_read_in_every_way(hostile: ConnectionSettings) -> None:
    done = run(hostile, "-t", "t", "--repeat", "1", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert "shadowed" not in done.stderr + done.stdout
    report = from_json(done.stdout)
    assert [each.mode for each in report.measurements] == list(modes.MODES)
    assert all(each.done for each in report.measurements)


def test_a_query_is(hostile: ConnectionSettings) -> None:
    done = run(
        hostile, "-c", "SELECT id + 1 FROM t WHERE id < 9", "--repeat", "1", "--modes", "copy", "--json", "-"
    )
    assert done.returncode == 0, done.stderr
    assert from_json(done.stdout).measurements[0].rows == 8
