"""Foreign keys of a relation, in both directions, as conditions on the other table's rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.paging.requests import KnownRelation
from pgmem_tui.postgres.catalog import foreign_keys
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.query_spec import Condition


@dataclass(frozen=True)
class Link:
    """A foreign key, seen from one of its two tables."""

    name: str
    oid: int
    """The other table's."""
    schema: str
    table: str
    columns: tuple[str, ...]
    """On this side."""
    others: tuple[str, ...]
    """On the other side, in the same order."""

    def target(self, values: Mapping[str, str | None]) -> KnownRelation | None:
        """The other table's rows for a row of this side; None if there is NULL in the key."""
        parts = [values[column] for column in self.columns]
        if None in parts:
            return None
        conditions = zip(self.others, parts, strict=True)
        return KnownRelation(self.oid, tuple(Condition(column, value) for column, value in conditions))


@dataclass(frozen=True)
class LinksFound(CatalogEvent):
    """The answer to `FindLinks`."""

    outward: tuple[Link, ...]
    """What this table refers to."""
    inward: tuple[Link, ...]
    """What refers to it."""


@dataclass(frozen=True)
class FindLinks(CatalogRequest):
    """Ask for the foreign keys of and to a relation, answered by `LinksFound`."""

    oid: int

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> LinksFound:
        """Ask the catalog."""
        outward = tuple(
            Link(key.name, key.referenced_oid, *key.referenced, key.columns, key.referenced_columns)
            for key in foreign_keys(connection, self.oid)
            if key.referenced
        )
        with connection.cursor() as cursor:
            cursor.execute(query("referring"), {"oid": self.oid})
            inward = tuple(
                Link(name, int(oid), schema, table, tuple(json.loads(theirs)), tuple(json.loads(ours)))
                for name, oid, schema, table, ours, theirs in cursor
            )
        return LinksFound(self.generation, outward, inward)
