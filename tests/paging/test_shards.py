"""Data on several servers: partitions that are foreign tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from pgmem_tui.demo import binaries
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.paging.batching import BYTES
from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.counting import Count, Counted, ExportSnapshot, SnapshotExported
from pgmem_tui.paging.events import CursorState, EndFound, Failed, Opened
from pgmem_tui.paging.requests import FindEnd, KnownRelation, NamedRelation, Read
from pgmem_tui.postgres.advice import ELSEWHERE_ADVICE
from pgmem_tui.postgres.query_spec import Condition, SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import PREFER
from tests.paging.harness import Sessions, backends, eventually, run, within
from tests.paging.paging_child import BUDGET
from tests.paging.servers import ROWS, attach
from tests.paging.test_memory import MIB, measured

ALL = 4 * ROWS
"""Rows of `facts`: two partitions on shards, two local ones."""
WHY = "query cursor (foreign tables: see their pg_stat_activity)"


class Shards(NamedTuple):
    """A server and those that it reads from."""

    settings: ConnectionSettings
    shards: list[ConnectionSettings]

    @property
    def facts(self) -> int:
        """The oid of the partitioned table."""
        return int(run(self.settings, "SELECT 'facts'::regclass::oid::int")[0][0])

    def on_shards(self) -> list[str]:
        """What the sessions of postgres_fdw run on the shards, or ran last."""
        query = "SELECT query FROM pg_stat_activity WHERE application_name = 'postgres_fdw'"
        return [text for shard in self.shards for (text,) in run(shard, query)]


@pytest.fixture(scope="module")
def shards() -> Iterator[Shards]:
    programs = binaries.find(PREFER)  # type: ignore[arg-type]
    one, two, main = (EmbeddedServer(programs) for _ in range(3))
    with one, two, main:
        attach(main.settings, [one.settings, two.settings], local=2)
        yield Shards(main.settings, [one.settings, two.settings])


@pytest.fixture
def sessions(shards: Shards) -> Iterator[Sessions]:
    """Starts sessions. Afterwards nothing is left of them, here or on the shards."""
    started = Sessions(shards.settings)
    yield started
    started.close()
    eventually(lambda: not backends(shards.settings) and not shards.on_shards(), timeout=5.0)


def test_the_source_is_named_with_the_reason(sessions: Sessions, shards: Shards) -> None:
    session = sessions.start()
    opened = session.open(NamedRelation("facts"))
    assert opened.source == session.of(CursorState)[-1].source == WHY
    assert session.open(NamedRelation("facts_0")).source == WHY
    assert session.open(NamedRelation("facts_2")).source == "heap order"


def test_read_to_the_end_and_back(sessions: Sessions) -> None:
    session = sessions.start()
    with within(1.0):
        session.open(NamedRelation("facts"))
    assert [row[0] for row in session.rows().values()][:3] == ["1", "2", "3"]
    for place in (ALL // 2, 10, 3 * ROWS):
        with within(3.0):
            session.read(place, place + 50)
        assert session.rows()[place] == (
            str(place + 1),
            ["click", "view", "buy"][place % 3],
            f"note {place + 1}",
        )
    with within(5.0):
        session.request(FindEnd(session.generation, 20))
        assert session.wait(EndFound).row_count == ALL
    assert session.pages()[-1].page.rows[-1][0] == str(ALL)
    with within(0.5):
        session.read(ALL - 500, ALL - 450)
    assert session.rows()[ALL - 500][0] == str(ALL - 499)


def test_cursors_are_seen_on_the_shards(sessions: Sessions, shards: Shards) -> None:
    session = sessions.start()
    session.open(NamedRelation("facts"))
    session.read(1000, 1050)
    assert [text for text in shards.on_shards() if text.startswith("FETCH 100 FROM c")]
    session.read(ROWS + 1000, ROWS + 1050)
    assert len([text for text in shards.on_shards() if text.startswith("FETCH 100 FROM c")]) == 2


def test_in_the_order_of_a_key(sessions: Sessions, shards: Shards) -> None:
    session = sessions.start()
    order = (SortKey("id", descending=True),)
    run(shards.settings, "CREATE INDEX IF NOT EXISTS facts_id ON facts (id)")
    with within(3.0):
        assert session.open(KnownRelation(shards.facts, order=order)).source == WHY
    assert [row[0] for row in session.rows().values()][:2] == [str(ALL), str(ALL - 1)]
    session.read(3 * ROWS, 3 * ROWS + 10)
    assert session.rows()[3 * ROWS][0] == str(ROWS)


def test_filtered(sessions: Sessions, shards: Shards) -> None:
    session = sessions.start()
    conditions = (Condition("kind", "buy", True),)
    session.open(KnownRelation(shards.facts, conditions))
    session.request(FindEnd(session.generation, 20))
    assert session.wait(EndFound).row_count == ALL // 3
    assert {row[1] for row in session.rows().values()} == {"buy"}


def test_counted_in_the_snapshot(sessions: Sessions, shards: Shards) -> None:
    session = sessions.start()
    session.open(NamedRelation("facts"))
    session.request(ExportSnapshot(session.generation))
    snapshot = session.wait(SnapshotExported).snapshot
    events: list[CatalogEvent] = []
    catalog = CatalogSession(shards.settings, events.append)
    catalog.start()
    try:
        target = KnownRelation(shards.facts)
        catalog.request(Count(target, generation=session.generation, snapshot=snapshot))
        eventually(lambda: any(isinstance(event, Counted) for event in events))
        assert [event.rows for event in events if isinstance(event, Counted)] == [ALL]
    finally:
        assert catalog.close()


def test_in_constant_memory(shards: Shards) -> None:
    before, early, late, most = measured(shards.settings, "page", "TABLE facts", [100_000, ALL])
    assert late - early < 2 * MIB, f"{(late - early) / MIB:.1f} MiB more from row 100,000 to the end"
    assert most - before < BUDGET + 4 * BYTES + 4 * MIB, f"{(most - before) / MIB:.1f} MiB above the start"


def test_a_shard_that_ends_its_session(sessions: Sessions, shards: Shards) -> None:
    """Nothing is lost here; the next read goes on where one was, with another session there."""
    session = sessions.start()
    session.open(NamedRelation("facts"))
    sessions_there = "FROM pg_stat_activity WHERE application_name = 'postgres_fdw'"
    run(shards.shards[0], f"SELECT pg_terminate_backend(pid) {sessions_there}")
    eventually(lambda: not run(shards.shards[0], f"SELECT {sessions_there}"))
    session.request(Read(session.generation, 5000, 5050))
    problem = session.wait(Failed).problem
    assert (problem.lost, problem.advice) == (False, ELSEWHERE_ADVICE)
    session.read(5000, 5050)
    assert session.of(Opened)[-1].refreshed == "after an error"
    assert session.rows()[5000][0] == "5001"
