"""Counting rows exactly: on the second connection, in the snapshot of the first.

A snapshot exported by one transaction can be taken on by another
(https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from psycopg2 import sql

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.paging.events import Answer, Event
from pgmem_tui.paging.opening import prepare
from pgmem_tui.paging.requests import KnownRelation, NamedRelation, Question, Target
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.relation import Leaf
from pgmem_tui.postgres.server_cursor import ServerCursor

BLOCKS = 4096
"""Blocks counted by one statement; some ten milliseconds."""
ROWS = 200_000
"""Rows passed by one MOVE."""
LEAVES = 64
"""Leaves counted until their locks are given back."""
TELL_EVERY = 0.02
"""Seconds between two words of how far it has come; a leaf may take less than one."""


@dataclass(frozen=True)
class SnapshotExported(Answer):
    """The browsing transaction's snapshot can be taken on by another."""

    snapshot: str
    began: float
    """When it began, epoch seconds: which one it is."""


@dataclass(frozen=True)
class ExportSnapshot(Question):
    """Let another transaction see what this one sees."""

    def run(self, snapshot: Snapshot, emit: Callable[[Event], None], given_up: Callable[[], bool]) -> None:
        """Ask the server for the snapshot's name.

        Raises:
            Refused: Nobody else could see what this transaction sees.
        """
        if snapshot.held is not None:
            raise Refused("these rows are held here, and all of them are counted already")
        if snapshot.writing.transaction.open:
            raise Refused(
                "rows are counted on a second connection, which cannot see what this transaction has written",
                "G goes to the last row and its number; or SELECT count(*)",
            )
        with snapshot.connection.cursor() as cursor:
            cursor.execute("SELECT pg_catalog.pg_export_snapshot()")
            ((name,),) = cursor.fetchall()
        emit(SnapshotExported(self.generation, name, snapshot.began))


@dataclass(frozen=True)
class Counting(CatalogEvent):
    """A count is under way."""

    rows: int
    share: float
    """How far it has come, from 0 to 1; -1 where nobody knows."""


@dataclass(frozen=True)
class Counted(CatalogEvent):
    """All rows were counted."""

    rows: int


@dataclass(frozen=True)
class Count(CatalogRequest):
    """Count what is open, answered by `Counting` several times and `Counted`."""

    target: Target

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> Counted:
        """Count by blocks where rows have such, else by moving a cursor through them."""
        what = prepare(connection, self.target, 1)
        plain = isinstance(self.target, NamedRelation) or (
            isinstance(self.target, KnownRelation) and not self.target.conditions and not self.target.limit
        )
        if plain and what.leaves and connection.info.server_version >= 140000:
            steps = _by_blocks(connection, what.leaves)
        else:
            query = what.query
            if isinstance(self.target, KnownRelation) and not self.target.limit:
                query = what.select.nothing(what.where)
            steps = _by_cursor(connection, query)
        rows, told = 0, time.monotonic()
        for rows, share in steps:
            if time.monotonic() - told >= TELL_EVERY:
                emit(Counting(self.generation, rows, share))
                told = time.monotonic()
        return Counted(self.generation, rows)


def _by_blocks(connection: Connection, leaves: tuple[Leaf, ...]) -> Iterator[tuple[int, float]]:
    blocks = max(1, sum(leaf.blocks for leaf in leaves))
    rows = done = 0
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT pgmem_count")
        for number, leaf in enumerate(leaves):
            if number % LEAVES == 0:
                cursor.execute("ROLLBACK TO SAVEPOINT pgmem_count")
            statement = sql.SQL(
                "SELECT pg_catalog.count(*) FROM ONLY {}"
                " WHERE ctid OPERATOR(pg_catalog.>=) {}::pg_catalog.tid"
                " AND ctid OPERATOR(pg_catalog.<) {}::pg_catalog.tid"
            )
            table = sql.Identifier(leaf.schema, leaf.name)
            for first in range(0, leaf.blocks, BLOCKS):
                end = min(first + BLOCKS, leaf.blocks)
                bounds = sql.Literal(f"({first},0)"), sql.Literal(f"({end},0)")
                cursor.execute(statement.format(table, *bounds))
                ((found,),) = cursor.fetchall()
                rows, done = rows + int(found), done + end - first
                yield rows, done / blocks
    yield rows, 1.0


def _by_cursor(connection: Connection, query: sql.Composed) -> Iterator[tuple[int, float]]:
    cursor = ServerCursor(connection, "pgmem_count", query, scrollable=False)
    cursor.declare()
    rows = 0
    while (passed := cursor.move_forward(ROWS)) == ROWS:
        rows += passed
        yield rows, -1.0
    cursor.close()
    yield rows + passed, 1.0
