"""Further servers: shards behind foreign tables, and a hot standby."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg2
from psycopg2.extensions import make_dsn

from pgmem_tui.demo.binaries import Binaries
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import eventually, run

ROWS = 100_000
"""Of each partition."""
SHIPS = {"wal_level": "replica", "max_wal_senders": "4", "full_page_writes": "on", "synchronous_commit": "on"}
"""Settings of a server that can have a standby, and of the standby."""
ADMITS = ("local replication all trust",)


class Standby(EmbeddedServer):
    """A hot standby, made with pg_basebackup from a server with `SHIPS` and `ADMITS`."""

    def __init__(self, primary: EmbeddedServer, settings: Mapping[str, str]) -> None:
        super().__init__(primary.programs, settings={**SHIPS, **settings})
        self._primary = primary

    def _start_keeper(self, job: dict[str, Any]) -> None:
        assert self.programs is not None
        program, data = self.programs.bindir / "pg_basebackup", f"{job['directory']}/data"
        source = make_dsn(**{**self._primary.settings.parameters(), "dbname": "postgres"})
        # The primary's socket is in its data directory; a copy of its lock file would stop the standby.
        script = '"$0" -D "$1" -d "$2" -R -X stream -c fast --no-sync && rm -f "$1"/.s.PGSQL.*'
        job["initdb"] = ["/bin/sh", "-c", script, str(program), data, source]
        super()._start_keeper(job)


def caught_up(primary: ConnectionSettings, standby: ConnectionSettings) -> None:
    """Wait until the standby has replayed all that the primary has written."""
    ((end,),) = run(primary, "SELECT pg_current_wal_insert_lsn()")

    def replayed() -> bool:
        try:
            return run(standby, f"SELECT pg_last_wal_replay_lsn() >= '{end}'") == [(True,)]
        except psycopg2.OperationalError:  # what is replayed may end whoever asks
            return False

    eventually(replayed)


class Pair(NamedTuple):
    """A server and its hot standby."""

    primary: ConnectionSettings
    standby: ConnectionSettings

    def vacuum(self) -> None:
        """Remove rows that a snapshot on the standby could see, and have the standby do so."""
        run(
            self.primary,
            "CREATE TABLE IF NOT EXISTS removed (id int)",
            "INSERT INTO removed SELECT generate_series(1, 1000)",
            "DELETE FROM removed",
            "VACUUM removed",
        )
        caught_up(self.primary, self.standby)


@contextmanager
def standby_pair(programs: Binaries) -> Iterator[Pair]:
    """A server and a standby that never lets its users hold up recovery."""
    primary = EmbeddedServer(programs, settings=SHIPS, hba=ADMITS)
    with primary, Standby(primary, {"max_standby_streaming_delay": "0"}) as standby:
        yield Pair(primary.settings, standby.settings)


def shard(settings: ConnectionSettings, name: str, first: int) -> None:
    """Make a shard's table."""
    run(
        settings,
        f"CREATE TABLE {name} (id int NOT NULL, kind text NOT NULL, note text)",
        f"INSERT INTO {name} SELECT i, (ARRAY['buy', 'click', 'view'])[i % 3 + 1], 'note ' || i"
        f" FROM generate_series({first}, {first + ROWS - 1}) AS i",
        f"CREATE INDEX ON {name} (id)",
        f"ANALYZE {name}",
    )


def attach(settings: ConnectionSettings, shards: list[ConnectionSettings], local: int) -> None:
    """Make the partitioned table `facts`: partitions on the shards first, then local ones."""
    run(
        settings,
        "CREATE EXTENSION postgres_fdw",
        "CREATE TABLE facts (id int NOT NULL, kind text NOT NULL, note text) PARTITION BY RANGE (id)",
    )
    for number in range(len(shards) + local):
        first = 1 + number * ROWS
        bounds = f"FOR VALUES FROM ({first}) TO ({first + ROWS})"
        if number >= len(shards):
            run(
                settings,
                f"CREATE TABLE facts_{number} PARTITION OF facts {bounds}",
                f"INSERT INTO facts SELECT i, (ARRAY['buy', 'click', 'view'])[i % 3 + 1], 'note ' || i"
                f" FROM generate_series({first}, {first + ROWS - 1}) AS i",
            )
            continue
        where = shards[number]
        shard(where, f"facts_{number}", first)
        run(
            settings,
            f"CREATE SERVER shard_{number} FOREIGN DATA WRAPPER postgres_fdw"
            f" OPTIONS (host '{where.host}', port '{where.port}', dbname '{where.dbname}')",
            f"CREATE USER MAPPING FOR CURRENT_USER SERVER shard_{number} OPTIONS (user '{where.user}')",
            f"CREATE FOREIGN TABLE facts_{number} PARTITION OF facts {bounds} SERVER shard_{number}",
        )
    run(settings, "ANALYZE facts")
