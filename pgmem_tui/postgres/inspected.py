"""A cursor as the server sees it and as psycopg2 does; its transaction, memory, files and plan: facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from pgmem_tui.postgres.plan import Plan


class Part(Enum):
    """What may be asked for; cursors and the transaction always are."""

    MEMORY = "memory contexts"
    FILES = "temporary files"
    PLAN = "plan"


@dataclass(frozen=True)
class DeclaredCursor:
    """A row of `pg_cursors` (https://www.postgresql.org/docs/current/view-pg-cursors.html)."""

    name: str
    statement: str
    """The DECLARE, cut where it is very long."""
    length: int
    """Characters of all of it."""
    holdable: bool
    binary: bool
    scrollable: bool
    created: float
    """Epoch seconds."""


@dataclass(frozen=True)
class OpenTransaction:
    """The transaction that it is in.

    https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
    """

    pid: int
    """Of the server's process."""
    xid: str
    """Empty: it has none, as long as it writes nothing."""
    xmin: str
    """The oldest transaction whose rows it may still need, so VACUUM keeps them; empty where it varies."""
    snapshot: str
    """`xmin:xmax:` and the transactions between them that had not ended."""
    isolation: str
    read_only: bool
    age: float
    """Seconds since its BEGIN."""


@dataclass(frozen=True)
class MemoryContext:
    """One memory context (https://www.postgresql.org/docs/current/view-pg-backend-memory-contexts.html)."""

    name: str
    ident: str
    """What it is for: a cursor's name, an index's; mostly empty."""
    depth: int
    """0 for the one that all are in."""
    nbytes: int
    """Taken from the system for it, without those in it."""
    used: int


@dataclass(frozen=True)
class MemoryTree:
    """All of a session's, each right before those in it."""

    contexts: tuple[MemoryContext, ...] = field(repr=False)
    count: int
    """How many there are; of very many not all are here."""
    nbytes: int
    """Of all of them."""


@dataclass(frozen=True)
class TemporaryFiles:
    """What went to the server's disk because it did not fit into `work_mem`."""

    count: int
    nbytes: int


@dataclass(frozen=True)
class ServerSide:
    """What the server says."""

    cursors: tuple[DeclaredCursor, ...]
    more_cursors: int
    """How many there are besides."""
    transaction: OpenTransaction | None
    memory: MemoryTree | None = None
    files: TemporaryFiles | None = None
    database_temporary: int | None = None
    """Where `files` is refused: bytes of temporary files that all sessions of the database have written, as
    far as their transactions are over
    (https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW)."""
    plan: Plan | None = field(default=None, repr=False)
    refused: Mapping[Part | None, str] = field(default_factory=dict)
    """Why something was not told, in the server's words or ours; None is all of it."""


@dataclass(frozen=True)
class ClientSide:
    """What psycopg2 knows of a cursor and its connection; nothing is sent for it.

    https://www.psycopg.org/docs/cursor.html, https://www.psycopg.org/docs/connection.html
    """

    name: str
    """Empty: there is no cursor."""
    scrollable: bool | None
    withhold: bool
    itersize: int
    """Rows that iterating would FETCH at once; this program says how many with each FETCH."""
    arraysize: int
    """Rows that `fetchmany()` without a number would."""
    closed: bool
    rownumber: int | None
    columns: int | None
    """Of its `description`; None before the first FETCH."""
    connection_closed: int
    """0 open, 1 closed, 2 broken."""
    status: str
    """`info.transaction_status`, in words."""
    autocommit: bool
    isolation: str
    server_version: int
