"""What the catalog's thread can be asked, and what it answers: all frozen.

A request knows how to run itself, so that a new kind of question (a plan, a count, a backend's memory)
is a new class anywhere, and nothing changes here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from pgmem_tui.postgres import catalog
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.relation import Relation
from pgmem_tui.postgres.relation_details import RelationDetails, RelationEntry


@dataclass(frozen=True)
class CatalogEvent:
    """An answer. Its generation is that of the request, so that a stale one can be dropped."""

    generation: int


@dataclass(frozen=True)
class CatalogRequest:
    """A question for the catalog's thread; subclasses say which."""

    generation: int = field(default=0, kw_only=True)
    snapshot: str = field(default="", kw_only=True)
    """The name of an exported snapshot to see the database in; empty is a fresh one."""
    housekeeping: ClassVar[bool] = False
    """Whether it serves the program itself, and is asked again and again."""

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> CatalogEvent:
        """Ask the server, inside a read-only transaction that ends right after.

        Args:
            connection: In that transaction.
            emit: Gets what is known before the answer is.

        Raises:
            Exception: Whatever went wrong; it becomes a `CatalogFailed`.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class CatalogFailed(CatalogEvent):
    """A request that has no other answer."""

    request: CatalogRequest
    problem: Problem
    """`lost` says that the connection is gone: the next request opens another."""
    nearest_names: tuple[str, ...] = ()
    """For a name that nothing has: those most like it, the best first, quoted as they have to be typed."""


@dataclass(frozen=True)
class RelationsListed(CatalogEvent):
    """The answer to `ListRelations`."""

    entries: tuple[RelationEntry, ...]
    system: bool


@dataclass(frozen=True)
class RelationDescribed(CatalogEvent):
    """The answer to `Describe`."""

    details: RelationDetails


@dataclass(frozen=True)
class RelationFound(CatalogEvent):
    """The answer to `FindRelation` and `LoadRelation`."""

    relation: Relation


@dataclass(frozen=True)
class ListRelations(CatalogRequest):
    """All relations, answered by `RelationsListed`."""

    system: bool = False

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> RelationsListed:
        """Ask for the list."""
        return RelationsListed(self.generation, catalog.list_relations(connection, self.system), self.system)


@dataclass(frozen=True)
class Describe(CatalogRequest):
    """Columns, keys, indexes and exact size of one relation, answered by `RelationDescribed`."""

    oid: int

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> RelationDescribed:
        """Ask for the details."""
        return RelationDescribed(self.generation, catalog.describe(connection, self.oid))


@dataclass(frozen=True)
class FindRelation(CatalogRequest):
    """The relation that a person named, answered by `RelationFound`."""

    text: str

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> RelationFound:
        """Resolve the name as psql does."""
        return RelationFound(self.generation, catalog.find_relation(connection, self.text))


@dataclass(frozen=True)
class LoadRelation(CatalogRequest):
    """A relation with its columns, answered by `RelationFound`."""

    oid: int

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> RelationFound:
        """Ask for the relation."""
        return RelationFound(self.generation, catalog.load_relation(connection, self.oid))
