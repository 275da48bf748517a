"""A cursor as the server sees it and as psycopg2 does; its transaction, memory, files and plan.

Asked on the connection that the cursor is on, as no other session can be: inside its transaction, in a
savepoint, so that nothing that is refused ends that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres import plan as plans
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.inspected import (
    ClientSide,
    DeclaredCursor,
    MemoryContext,
    MemoryTree,
    OpenTransaction,
    Part,
    ServerSide,
    TemporaryFiles,
)
from pgmem_tui.postgres.plan import Plan
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.watched_connection import keeping_house

MOST_CURSORS = 64
LONGEST = 4_000
"""Characters kept of a statement, and of a snapshot."""
MOST_CONTEXTS = 2_000
"""Memory contexts that are shown; all are added up."""
_SAVEPOINT = "pgmem_inspect"
_SNAPSHOT_SINCE, _MEMORY_SINCE, _MEMORY_FOR_ROLE_SINCE, _PATH_SINCE = 130000, 140000, 150000, 180000
_NEW_NAMES = tuple(
    sql.SQL(f"pg_catalog.{name}")
    for name in ("pg_current_xact_id_if_assigned", "pg_current_snapshot", "pg_snapshot_xmin")
)
_OLD_NAMES = tuple(
    sql.SQL(f"pg_catalog.{name}")
    for name in ("txid_current_if_assigned", "txid_current_snapshot", "txid_snapshot_xmin")
)
_STATUS = {
    ext.TRANSACTION_STATUS_IDLE: "idle",
    ext.TRANSACTION_STATUS_ACTIVE: "active",
    ext.TRANSACTION_STATUS_INTRANS: "in transaction",
    ext.TRANSACTION_STATUS_INERROR: "in error",
    ext.TRANSACTION_STATUS_UNKNOWN: "unknown",
}
_ISOLATION = {
    None: "default",
    ext.ISOLATION_LEVEL_READ_UNCOMMITTED: "READ UNCOMMITTED",
    ext.ISOLATION_LEVEL_READ_COMMITTED: "READ COMMITTED",
    ext.ISOLATION_LEVEL_REPEATABLE_READ: "REPEATABLE READ",
    ext.ISOLATION_LEVEL_SERIALIZABLE: "SERIALIZABLE",
}

T = TypeVar("T")


def client_side(connection: Connection, cursor: ext.cursor | None) -> ClientSide:
    """What psycopg2 knows."""
    closed = bool(connection.closed)
    return ClientSide(
        name=str(cursor.name) if cursor is not None else "",
        scrollable=cursor.scrollable if cursor is not None else None,
        withhold=cursor is not None and bool(cursor.withhold),
        itersize=cursor.itersize if cursor is not None else 0,
        arraysize=cursor.arraysize if cursor is not None else 0,
        closed=cursor is None or bool(cursor.closed),
        rownumber=cursor.rownumber if cursor is not None else None,
        columns=len(cursor.description) if cursor is not None and cursor.description else None,
        connection_closed=connection.closed,
        status=_STATUS.get(connection.info.transaction_status, "unknown"),
        autocommit=connection.autocommit,
        isolation=_ISOLATION.get(None if closed else connection.isolation_level, "default"),
        server_version=0 if closed else connection.info.server_version,
    )


def server_side(
    connection: Connection, parts: frozenset[Part] = frozenset(), declaration: sql.Composable | None = None
) -> ServerSide:
    """What the server says of this session; what it refuses is told, and nothing is lost by it.

    Args:
        connection: In a transaction that no error has ended; else nothing is asked.
        parts: What is wanted besides cursors and transaction.
        declaration: The cursor's DECLARE, to be planned; nothing is declared.

    Raises:
        psycopg2.Error: The connection is gone.
    """
    if connection.closed or connection.info.transaction_status != ext.TRANSACTION_STATUS_INTRANS:
        return ServerSide((), 0, None, refused={None: "there is no transaction"})
    asking = _Asking(connection)
    with keeping_house(connection), asking:
        facts = asking.guarded(None, lambda: asking.facts())
        if facts is None:
            return ServerSide((), 0, None, refused=asking.refused)
        asking.may(Part.MEMORY, facts["may_ask_memory"], connection.info.server_version >= _MEMORY_SINCE)
        asking.may(Part.FILES, facts["may_list_files"])
        wanted = {part for part in parts if part not in asking.refused}
        memory = asking.guarded(Part.MEMORY, asking.memory) if Part.MEMORY in wanted else None
        files = asking.guarded(Part.FILES, asking.files) if Part.FILES in wanted else None
        temporary = None
        if Part.FILES in parts and files is None:
            temporary = asking.guarded(Part.FILES, asking.database_temporary)
        plan = None
        if Part.PLAN in wanted and declaration is not None:
            plan = asking.guarded(Part.PLAN, lambda: asking.plan(declaration))
    refused = {part: why for part, why in asking.refused.items() if part is None or part in parts}
    cursors = tuple(_cursor(found) for found in facts["cursors"])
    more = facts["more"] - len(cursors)
    return ServerSide(cursors, more, _transaction(facts), memory, files, temporary, plan, refused)


def transactions_since(connection: Connection, xmin: str) -> int:
    """How many transactions have begun to write since one, up to the last that has ended.

    Args:
        connection: In a transaction that began after that.
        xmin: The one's number, as `OpenTransaction` has it.
    """
    new = connection.info.server_version >= _SNAPSHOT_SINCE
    name = "pg_snapshot_xmax(pg_catalog.pg_current" if new else "txid_snapshot_xmax(pg_catalog.txid_current"
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(f"SELECT pg_catalog.{name}_snapshot())"))
        ((xmax,),) = cursor.fetchall()
    return max(0, int(xmax) - int(xmin))


class _Asking:
    """Questions in one savepoint."""

    def __init__(self, connection: Connection) -> None:
        self.refused: dict[Part | None, str] = {}
        self._connection = connection
        self._canceled = False
        self._begun = False

    def __enter__(self) -> _Asking:
        return self

    def __exit__(self, *_: object) -> None:
        if self._begun and not self._connection.closed:
            self._run(sql.SQL(f"RELEASE SAVEPOINT {_SAVEPOINT}"))

    def may(self, part: Part, allowed: bool, exists: bool = True) -> None:
        """Take note of what is not to be asked: a refusal can be told beforehand."""
        if not exists:
            self.refused[part] = "the server tells them since PostgreSQL 14"
        elif not allowed:
            self.refused[part] = f"only {_who_may(part, self._connection.info.server_version)} may ask"

    def guarded(self, part: Part | None, ask: Callable[[], T]) -> T | None:
        """Ask something that may be refused, or cancelled; then that is taken back, and no more."""
        if self._canceled:
            return None
        try:
            return ask()
        except psycopg2.Error as error:
            if self._connection.closed or error.pgcode is None:
                raise
            self._canceled = isinstance(error, ext.QueryCanceledError)
            self._run(sql.SQL(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}"))
            self.refused[part] = str(error.diag.message_primary or error)
            return None

    def facts(self) -> dict[str, Any]:
        """Cursors and transaction, in one round trip with the savepoint."""
        new = self._connection.info.server_version >= _SNAPSHOT_SINCE
        xid, snapshot, xmin = _NEW_NAMES if new else _OLD_NAMES
        text = query("inspected_session").format(xid=xid, snapshot=snapshot, xmin=xmin)
        self._begun = True
        ((found,),) = self._rows(
            sql.SQL(f"SAVEPOINT {_SAVEPOINT};\n") + text, {"longest": LONGEST, "most": MOST_CURSORS}
        )
        facts: dict[str, Any] = json.loads(found)
        return facts

    def memory(self) -> MemoryTree:
        """The memory contexts."""
        by_path = self._connection.info.server_version >= _PATH_SINCE
        text = query("memory_contexts_by_path" if by_path else "memory_contexts")
        rows = self._rows(text, {"most": MOST_CONTEXTS})
        top = int(rows[0][2])
        contexts = tuple(
            MemoryContext(name or "", ident or "", int(level) - top, int(total), int(used))
            for name, ident, level, total, used, *_ in rows
        )
        return MemoryTree(contexts, int(rows[0][5]), int(rows[0][6]))

    def files(self) -> TemporaryFiles:
        """The temporary files that are there now."""
        ((count, nbytes),) = self._rows(query("temporary_files"))
        return TemporaryFiles(int(count), int(nbytes))

    def database_temporary(self) -> int:
        """What is counted of them where nobody lists them."""
        ((nbytes,),) = self._rows(query("database_temporary"))
        return int(nbytes)

    def plan(self, declaration: sql.Composable) -> Plan:
        """The cursor's plan (https://www.postgresql.org/docs/current/sql-explain.html)."""
        ((found,),) = self._rows(sql.SQL("EXPLAIN (FORMAT JSON) ") + sql.Composed([declaration]))
        return plans.read(found)

    def _rows(self, text: sql.Composable, values: Mapping[str, Any] | None = None) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall()

    def _run(self, text: sql.Composable) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(text)


def _who_may(part: Part, version: int) -> str:
    """As the server comes (https://www.postgresql.org/docs/current/predefined-roles.html)."""
    if part is Part.MEMORY and version < _MEMORY_FOR_ROLE_SINCE:
        return "superusers, and others since PostgreSQL 15,"
    role = "pg_read_all_stats" if part is Part.MEMORY else "pg_monitor"
    return f"members of {role} and superusers"


def _cursor(found: Mapping[str, Any]) -> DeclaredCursor:
    return DeclaredCursor(
        found["name"],
        found["statement"],
        found["length"],
        found["holdable"],
        found["is_binary"],
        found["scrollable"],
        float(found["created"]),
    )


def _transaction(facts: Mapping[str, Any]) -> OpenTransaction:
    return OpenTransaction(
        facts["pid"],
        facts["xid"] or "",
        facts["xmin"] or "",
        facts["snapshot"],
        facts["isolation"],
        facts["read_only"] == "on",
        float(facts["age"]),
    )
