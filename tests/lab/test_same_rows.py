"""Every run reads the same rows, whatever another one has just scanned."""

from __future__ import annotations

import pytest

from pgmem_tui.lab import report_text
from pgmem_tui.lab.experiment import Experiment, Finished
from pgmem_tui.lab.preparing import prepare
from pgmem_tui.lab.report import Asked
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect
from tests.lab.conftest import MIB

FIRST = 200
WAYS = ("fetchall", "named-10", "hold", "offset", "copy")


@pytest.fixture
def large(database: ConnectionSettings) -> ConnectionSettings:
    """With a table of more than a quarter of `shared_buffers`, a row a page: scans of it synchronize.

    https://www.postgresql.org/docs/current/runtime-config-compatible.html#GUC-SYNCHRONIZE-SEQSCANS
    """
    connection = connect(database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::int / 4 FROM pg_settings WHERE name = 'shared_buffers'")
        (quarter,) = cursor.fetchone() or (0,)
        cursor.execute("CREATE TABLE large (n int, page text)")
        cursor.execute("ALTER TABLE large ALTER page SET STORAGE PLAIN")
        series = f"generate_series(1, {quarter + 200}) AS n"
        cursor.execute(f"INSERT INTO large SELECT n, repeat('x', 5000) FROM {series}")
    connection.close()
    return database


def test_a_scan_begins_at_the_first_row_in_every_run(large: ConnectionSettings) -> None:
    """A row beyond the first ones fails, and a scan that began where another had come to would reach it."""
    query = f"SELECT n, page, 1 / ({FIRST} + 1 - n) FROM large"
    prepared = prepare(large, Asked("", query, FIRST, WAYS, 2, 512 * MIB, 30.0))
    *_, last = Experiment(prepared.plan).events()
    assert isinstance(last, Finished) and not last.problem
    assert [(each.mode, len(each.runs), each.done) for each in last.measurements] == [
        (name, 2, True) for name in WAYS
    ], [each.last.problem for each in last.measurements]
    (settings,) = (line for line in report_text.surroundings(prepared.report(())) if "jit = " in line)
    assert "synchronize_seqscans = off" in settings and "extra_float_digits = 3" in settings
