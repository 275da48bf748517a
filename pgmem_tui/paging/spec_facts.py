"""What has to be known of relations to compose queries of them without asking the server again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.postgres.aggregates import RESULTS
from pgmem_tui.postgres.catalog import load_relation
from pgmem_tui.postgres.composing import Looked
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.operands import NOTHING, Operands, operands
from pgmem_tui.postgres.outside import outside

NONE_KNOWN = Looked({}, NOTHING)


@dataclass(frozen=True)
class RelationsLookedUp(CatalogEvent):
    """The answer to `LookUpRelations`."""

    looked: Looked


@dataclass(frozen=True)
class LookUpRelations(CatalogRequest):
    """Columns of relations and how the types of all of them compare, answered by `RelationsLookedUp`."""

    oids: tuple[int, ...]

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> RelationsLookedUp:
        """Ask the catalog."""
        relations = {oid: load_relation(connection, oid) for oid in self.oids}
        columns = [column for relation in relations.values() for column in relation.columns]
        known = operands(connection, [*columns, *RESULTS])
        names = outside(connection, [*known.types, *(one.element_oid for one in known.types.values())])
        return RelationsLookedUp(self.generation, Looked(relations, known, names))


def together(one: Looked, other: Looked) -> Looked:
    """What both say; the other has the last word."""
    types = {**one.operands.types, **other.operands.types}
    comparisons = {**one.operands.comparisons, **other.operands.comparisons}
    relations = {**one.relations, **other.relations}
    return Looked(relations, Operands(types, comparisons), one.outside | other.outside)
