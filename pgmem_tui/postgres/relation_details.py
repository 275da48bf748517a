"""What the catalog says about relations, as frozen values. Imports no driver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pgmem_tui.postgres.relation import Column, Relation


class RelationEntry(NamedTuple):
    """One line of the list of relations; a tuple, because there may be 20,000 of them.

    About 300 bytes with its name and numbers.
    """

    oid: int
    schema: str
    name: str
    kind: str
    """`pg_class.relkind`: r table, p partitioned, v view, m materialized view, f foreign table."""
    parent: int
    """Oid of the partitioned table that this is a partition of; 0 if it is none."""
    rows: int
    """Estimated (`pg_class.reltuples`), summed over the leaves of a partitioned table; -1 if unknown."""
    nbytes: int
    """Estimated from the pages that the last vacuum or analyze saw, with TOAST and indexes; -1 if unknown."""
    readable: bool
    """Whether this user may read the table or at least one of its columns."""


@dataclass(frozen=True)
class Key:
    """A primary, unique or foreign key."""

    name: str
    kind: str
    """`pg_constraint.contype`: p primary, u unique, f foreign."""
    columns: tuple[str, ...]
    referenced: tuple[str, str] | None = None
    """Schema and name of the table that a foreign key refers to."""
    referenced_oid: int = 0
    referenced_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """An index."""

    name: str
    definition: str
    """As `pg_get_indexdef` writes it; empty while the table is locked."""
    unique: bool
    valid: bool
    """False after a failed or during a running CREATE INDEX CONCURRENTLY: no query uses it."""


@dataclass(frozen=True)
class RelationDetails:
    """A relation with its keys, indexes and exact size."""

    relation: Relation
    primary_key: tuple[str, ...]
    """Column names in the key's order; empty without one."""
    keys: tuple[Key, ...]
    """The primary key first."""
    indexes: tuple[Index, ...]
    nbytes: int
    """Exact bytes on disk with TOAST and indexes, over all partitions; -1 if it has none or is locked."""
    partition_key: str = ""
    """As `pg_get_partkeydef` writes it: `RANGE (sold_at)`; empty if not partitioned."""
    partition_bound: str = ""
    """`FOR VALUES FROM (…) TO (…)`; empty if not a partition."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The relation's columns, in order."""
        return self.relation.columns
