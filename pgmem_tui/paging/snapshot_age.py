"""How old a snapshot is in transactions: asked on the second connection, which has no snapshot to keep.

Inside the transaction that has it nothing else is seen, and `age()` stays what it was at first
(https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.inspecting import transactions_since


@dataclass(frozen=True)
class SnapshotAge(CatalogEvent):
    """The answer to `AskSnapshotAge`."""

    xmin: str
    transactions: int
    """How many have begun to write since the oldest that the snapshot may still need."""


@dataclass(frozen=True)
class AskSnapshotAge(CatalogRequest):
    """How many transactions have come since; answered by `SnapshotAge`."""

    xmin: str
    """Of the snapshot."""
    housekeeping: ClassVar[bool] = True

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> SnapshotAge:
        """Take a new snapshot, and compare."""
        return SnapshotAge(self.generation, self.xmin, transactions_since(connection, self.xmin))
