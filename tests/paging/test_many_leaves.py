"""A table of more partitions than a transaction may lock."""

from __future__ import annotations

import pytest

from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.counting import Count, Counted, ExportSnapshot, SnapshotExported
from pgmem_tui.paging.events import EndFound, Failed
from pgmem_tui.paging.finding import Find, Found
from pgmem_tui.paging.requests import FindEnd, NamedRelation
from pgmem_tui.paging.sources.choosing import MOST_LOCKED
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.paging.values import ReadValue, ValueRead
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import Sessions, SessionUnderTest, eventually, run

LEAVES = 300
FULL, SPARSE = 5, 7
"""Rows of a partition that has some; one in so many has."""
IDS = [leaf * FULL + n for leaf in range(0, LEAVES, SPARSE) for n in range(FULL)]
ONE_EACH = [leaf * FULL for leaf in range(LEAVES)]


def create(database: ConnectionSettings, name: str, ids: list[int]) -> None:
    """Make a partitioned table of rows with these ids."""
    run(
        database,
        f"CREATE TABLE {name} (id int) PARTITION BY RANGE (id)",
        f"DO $$ BEGIN FOR n IN 0..{LEAVES - 1} LOOP EXECUTE format('CREATE TABLE {name}_%s PARTITION OF"
        f" {name} FOR VALUES FROM (%s) TO (%s)', n, n * {FULL}, (n + 1) * {FULL}); END LOOP; END $$",
        f"INSERT INTO {name} SELECT unnest(ARRAY{ids})",
    )


@pytest.fixture
def session(sessions: Sessions) -> SessionUnderTest:
    return sessions.start()


def ids(session: SessionUnderTest) -> list[int]:
    return [int(row[0] or "") for page in session.pages() for row in page.page.rows]


def locks(database: ConnectionSettings) -> int:
    """Partitions that the program holds a lock on."""
    query = (
        "SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity USING (pid)"
        " JOIN pg_class AS c ON c.oid = l.relation"
        " WHERE application_name LIKE 'pgmem-tui %' AND c.relkind = 'r' AND c.relispartition"
    )
    return int(run(database, query)[0][0])


def test_empty_partitions_cost_nothing(database: ConnectionSettings, session: SessionUnderTest) -> None:
    create(database, "sparse", IDS)
    assert session.open(NamedRelation("sparse"), len(IDS) + 1).source == "heap order"
    assert ids(session) == IDS
    assert session.pages()[-1].row_count == len(IDS)
    assert len(session.sent("DECLARE")) == len(range(0, LEAVES, SPARSE))


def test_locks_go_with_the_leaf(database: ConnectionSettings, session: SessionUnderTest) -> None:
    create(database, "each", ONE_EACH)
    assert LEAVES > MOST_LOCKED
    session.open(NamedRelation("each"), LEAVES - 1)
    assert ids(session) == ONE_EACH[:-1]
    assert locks(database) == 1
    session.request(FindEnd(session.generation, 20))
    assert session.wait(EndFound).row_count == LEAVES
    session.read(100, 110)
    assert ids(session)[:10] == ONE_EACH[100:110]
    session.read(50, 60, backward=True)
    assert session.rows()[55][0] == str(ONE_EACH[55])
    assert locks(database) <= 1


def test_counted_in_the_snapshot(database: ConnectionSettings, session: SessionUnderTest) -> None:
    """A subtransaction exports no snapshot: its cursor gives way, and comes back."""
    create(database, "each", ONE_EACH)
    session.open(NamedRelation("each"), 10)
    run(database, "INSERT INTO each VALUES (1)")
    session.request(ExportSnapshot(session.generation))
    snapshot = session.wait(SnapshotExported).snapshot
    events: list[CatalogEvent] = []
    catalog = CatalogSession(database, events.append)
    catalog.start()
    try:
        catalog.request(Count(NamedRelation("each"), generation=session.generation, snapshot=snapshot))
        eventually(lambda: any(isinstance(event, Counted) for event in events))
        assert [event.rows for event in events if isinstance(event, Counted)] == [LEAVES]
    finally:
        assert catalog.close()
    session.read(10, 30)
    assert ids(session)[:20] == ONE_EACH[10:30]


def test_searches_and_cells_among_pages(database: ConnectionSettings, session: SessionUnderTest) -> None:
    """Cursors of pages, searches and cells come and go, each in its own time."""
    create(database, "each", ONE_EACH)
    columns = session.open(NamedRelation("each"), 20).columns
    first = session.pages()[0].page.rows[0]
    for wanted in (700, 705, 1200):
        session.request(Find(session.generation, str(wanted), -1))
        found = session.wait(Found)
        session.read(found.row, found.row + 1)
        assert ids(session)[0] == wanted
        cell = Cell(columns, 0, first, 0, True)
        session.request(ReadValue(session.generation, cell, 0, 100))
        assert session.wait(ValueRead).data == b"0"
        session.read(found.row + 1, found.row + 40)
        session.request(ReadValue(session.generation, cell, 0, 100))
        assert session.wait(ValueRead).data == b"0"
    session.request(Find(session.generation, "5", 250, forward=False))
    assert session.wait(Found).row == 249
    assert locks(database) <= 3
    assert not session.of(Failed)
