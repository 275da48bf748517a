"""What the planner thinks of a query."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.user_query import QueryRefused

EXPLAIN = "EXPLAIN (FORMAT JSON) "

Node = dict[str, Any]
"""A node of a plan, as EXPLAIN (FORMAT JSON) has it."""

TUPLE_OVERHEAD = 24
"""Bytes of a row that is sorted, hashed or kept besides its values, about, as the planner counts them."""


@dataclass(frozen=True)
class Memory:
    """What one node of a plan may take before it goes to temporary files, bytes.

    https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM
    """

    sort: int
    hash: int


@dataclass(frozen=True)
class Load:
    """What one node keeps at once."""

    hashes: bool
    """Whether it hashes; else it sorts."""
    rows: int
    nbytes: int
    """About."""
    temporary: int
    """Those of them that go to temporary files; 0 if all fit into memory."""


def estimated_rows(connection: Connection, query: sql.Composable) -> int:
    """The planner's idea of the number of rows, which may be far off.

    https://www.postgresql.org/docs/current/sql-explain.html
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(EXPLAIN) + sql.Composed([query]))
        ((plan,),) = cursor.fetchall()
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"])


def cursor_plan(connection: Connection, query: sql.Composable, scrollable: bool = True) -> Node:
    """The plan that a cursor for a query has: without parallel workers, for its first rows soon.

    Nothing is declared (https://www.postgresql.org/docs/current/sql-explain.html). Its plan is one for
    `cursor_tuple_fraction` of the rows.
    """
    scroll = sql.SQL("SCROLL" if scrollable else "NO SCROLL")
    explain = sql.SQL("EXPLAIN (FORMAT JSON) DECLARE pgmem_plan {} CURSOR FOR {}").format(scroll, query)
    with connection.cursor() as cursor:
        cursor.execute(explain)
        ((plan,),) = cursor.fetchall()
    found: Node = json.loads(plan)[0]["Plan"]
    return found


def memory(connection: Connection) -> Memory:
    """The settings that hold in this session."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_catalog.pg_size_bytes(pg_catalog.current_setting('work_mem')),"
            " pg_catalog.current_setting('hash_mem_multiplier', true)"  # since PostgreSQL 13
        )
        ((work_mem, multiplier),) = cursor.fetchall()
    return Memory(int(work_mem), int(int(work_mem) * float(multiplier or 1)))


def loads(plan: Node, memory: Memory) -> Iterator[Load]:
    """What the nodes that sort and that hash keep, those above first."""
    yield from _loads(plan, memory, -1)


def _loads(node: Node, memory: Memory, limit: int) -> Iterator[Load]:
    kind, rows = node["Node Type"], int(node["Plan Rows"])
    hashes = kind in ("Hash", "HashSetOp") or node.get("Strategy") in ("Hashed", "Mixed")
    if hashes or kind == "Sort":
        # Below a LIMIT no more than so many rows are kept (a top-N heapsort).
        kept = min(rows, limit) if limit >= 0 and not hashes else rows
        nbytes = kept * (int(node["Plan Width"]) + TUPLE_OVERHEAD)
        most = memory.hash if hashes else memory.sort
        yield Load(hashes, rows, nbytes, nbytes if nbytes > most else 0)
    passed = rows if kind == "Limit" else limit if kind in ("Subquery Scan", "Result") else -1
    for below in node.get("Plans", ()):
        yield from _loads(below, memory, passed)


def changed_rows(connection: Connection, text: str) -> int | None:
    """The planner's idea of the number of rows that a statement inserts, updates or deletes.

    Without RETURNING the plan's own number is 0, and what is below it in the plan tells
    (https://www.postgresql.org/docs/current/using-explain.html).

    Args:
        connection: In a transaction, which an error ends.
        text: The user's statement.

    Returns:
        None of a statement that is planned as none of these, or in too many levels.

    Raises:
        QueryRefused: The server cannot plan it.
        psycopg2.extensions.QueryCanceledError: It took too long for someone.
    """
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql.SQL(EXPLAIN) + sql.SQL(text))
        except ext.QueryCanceledError:
            raise
        except psycopg2.Error as error:
            raise QueryRefused(error, len(EXPLAIN)) from error
        ((plan,),) = cursor.fetchall()
    try:
        return _changed(json.loads(plan)[0].get("Plan"))
    except RecursionError:  # 600 times EXCEPT
        return None


def _changed(plan: dict[str, Any] | None) -> int | None:
    if plan is None:
        return None
    below = plan.get("Plans", ())
    found = [rows for part in below if (rows := _changed(part)) is not None]
    if plan["Node Type"] == "ModifyTable":
        found += [
            int(part["Plan Rows"])
            for part in below
            if part.get("Parent Relationship") in ("Outer", "Member") and part["Node Type"] != "ModifyTable"
        ]
    return sum(found) if found else None
