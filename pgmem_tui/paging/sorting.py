"""What an order costs: an index that has it, or the sort that the server would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.paging.opening import prepare
from pgmem_tui.paging.requests import ComposedQuery, KnownRelation
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.index_orders import index_orders
from pgmem_tui.postgres.planning import cursor_plan, loads, memory
from pgmem_tui.postgres.query_spec import SortKey

ROW_SECONDS = 0.73e-6
"""What sorting takes a row, about: 10 million rows took 7.3 s on the machine that this was measured on."""


@dataclass(frozen=True)
class SortAdvised(CatalogEvent):
    """What reading a relation or a composed query in an order takes."""

    target: KnownRelation | ComposedQuery
    index: str
    """The index that has the order ready; empty if none has."""
    sorts: bool
    """Whether the server would sort."""
    rows: int
    """How many it would sort, estimated."""
    nbytes: int
    """Bytes of them."""
    temporary: int
    """Bytes that would go to temporary files; 0 if all fit into work_mem."""

    @property
    def seconds(self) -> float:
        """How long that takes, very roughly."""
        return self.rows * ROW_SECONDS


@dataclass(frozen=True)
class AdviseSort(CatalogRequest):
    """Ask what an order costs, answered by `SortAdvised`."""

    target: KnownRelation | ComposedQuery

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> SortAdvised:
        """Look for an index, else ask for the plan."""
        target = self.target
        if isinstance(target, KnownRelation) and not target.conditions:
            for found in index_orders(connection, target.oid):
                if found.serve(target.order) is not None:
                    return SortAdvised(self.generation, target, found.index, False, 0, 0, 0)
        what = prepare(connection, target, 256)
        plan = cursor_plan(connection, what.query)
        sorts = [load for load in loads(plan, memory(connection)) if not load.hashes]
        rows = max((load.rows for load in sorts), default=0)
        nbytes = max((load.nbytes for load in sorts), default=0)
        temporary = max((load.temporary for load in sorts), default=0)
        return SortAdvised(self.generation, target, "", bool(sorts), rows, nbytes, temporary)


@dataclass(frozen=True)
class KeyFound(CatalogEvent):
    """The answer to `FindKey`."""

    order: tuple[SortKey, ...]
    """Empty if there is none."""


@dataclass(frozen=True)
class FindKey(CatalogRequest):
    """The order of a relation's primary key, or else of its first unique index; answered by `KeyFound`."""

    oid: int

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> KeyFound:
        """Look among its indexes."""
        unique = (found.keys for found in index_orders(connection, self.oid) if found.unique)
        return KeyFound(self.generation, next(unique, ()))
