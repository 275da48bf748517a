"""The best source for what is to be read, and why not a better one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from psycopg2 import sql

from pgmem_tui.paging.opening import HEAP_KINDS, Opening
from pgmem_tui.paging.requests import KnownRelation, Target, UserQuery
from pgmem_tui.paging.sources import RowSource, heap_order
from pgmem_tui.paging.sources.anchored import Anchored
from pgmem_tui.paging.sources.key_order import ByKey, KeyOrder
from pgmem_tui.paging.sources.query_cursor import QueryCursor
from pgmem_tui.paging.sources.query_search import QuerySearch
from pgmem_tui.postgres.comparison import comparisons
from pgmem_tui.postgres.composition import leaf_select
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.index_orders import index_orders
from pgmem_tui.postgres.key_bounds import KeyBounds, seekable
from pgmem_tui.postgres.key_scale import KeyScale
from pgmem_tui.postgres.planning import estimated_rows
from pgmem_tui.postgres.server_cursor import ServerCursor

BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
"""A scan from a key must be one of the index: equal keys come in its order."""

MOST_LOCKED = 64
"""Leaves whose locks may be kept until the transaction ends: `max_locks_per_transaction`, by default."""


class MakeCursor(Protocol):
    """Makes a cursor in the snapshot; not declared yet."""

    def __call__(self, query: sql.Composed, scrollable: bool = True, savepoint: bool = False) -> ServerCursor:
        """Make it."""


def choose(
    connection: Connection, target: Target, what: Opening, cursor: MakeCursor
) -> tuple[RowSource, str]:
    """The source of a target's rows, and why it is not a better one.

    Args:
        connection: In the transaction to read in.
        target: What is to be read.
        what: What was found out about it.
        cursor: Makes cursors there.
    """
    if (
        what.relation is None
        or not isinstance(target, KnownRelation)
        or not (target.conditions or target.order or target.limit)
    ):
        return _as_they_come(connection, target, what, cursor)
    # Another server may return equal keys in one order now and in another the next time.
    why = what.why_no_leaves if what.foreign else ""
    if target.order and not what.foreign and not target.conditions and not target.limit:
        by_key, why = _by_key(connection, target, what, cursor)
        if by_key is not None:
            return by_key, ""
    return _by_query(what, cursor, estimated_rows(connection, what.query)), why


def _as_they_come(
    connection: Connection, target: Target, what: Opening, cursor: MakeCursor
) -> tuple[RowSource, str]:
    relation, why = what.relation, what.why_no_leaves
    if relation is not None and relation.kind in HEAP_KINDS:
        if connection.info.server_version < heap_order.NEEDS:
            why = "PostgreSQL 14 would begin anywhere"
        elif what.leaves:
            select = leaf_select(what.columns, what.server_limit, what.identity)
            rows = sum(table.rows for table in what.leaves)

            many = len(what.leaves) > MOST_LOCKED

            def declare(query: sql.Composed) -> ServerCursor:
                return _declared(cursor(query, savepoint=many))

            order = heap_order.HeapOrder(what.leaves, select)
            return Anchored(order, declare, rows, _forward_only(cursor, many)), ""
    estimate = relation.estimated_rows if relation else -1
    # A TID range scan that goes back loses rows when it goes forward again (PostgreSQL 15.18, 18.6).
    forward_only = isinstance(target, UserQuery) and "ctid" in what.text.lower()
    return _by_query(what, cursor, estimate, forward_only), why


def _by_query(what: Opening, cursor: MakeCursor, estimate: int, forward_only: bool = False) -> QueryCursor:
    assert what.rows is not None
    search = QuerySearch(what.rows, what.cell_limit, _forward_only(cursor))
    return QueryCursor(cursor(what.query), estimate, lambda: cursor(what.query), search, forward_only)


def _by_key(
    connection: Connection, target: KnownRelation, what: Opening, cursor: MakeCursor
) -> tuple[ByKey | None, str]:
    """The order of an index, if one has it; else why not."""
    assert what.relation is not None
    ready = [
        (found, order)
        for found in index_orders(connection, target.oid)
        if (order := found.serve(target.order))
    ]
    if not ready:
        return None, "no index has this order"
    index, order = ready[0]
    wanted = {key.column for key in order}
    oids = [column.type_oid for column in what.columns if column.name in wanted]
    keys = seekable(order, what.columns, comparisons(connection, oids))
    if not keys:
        return None, "its type has no operators to seek by"
    bounds = KeyBounds(what.relation.name, order, keys)
    with connection.cursor() as settings:
        settings.execute(BY_INDEX)

    def scale() -> KeyScale:
        assert what.relation is not None
        return KeyScale(connection, what.relation, bounds)

    rows = sum(table.rows for table in what.leaves) if what.leaves else what.relation.estimated_rows
    unique = index.unique and len(keys) == len(index.keys)
    declare = _forward_only(cursor)
    by_key = KeyOrder(what.select, bounds, declare, scale, index.index, unique)
    return ByKey(by_key, declare, rows), ""


def _forward_only(cursor: MakeCursor, savepoint: bool = False) -> Callable[[sql.Composed], ServerCursor]:
    """Makes and declares cursors of which the server keeps no rows to go back to."""
    return lambda query: _declared(cursor(query, scrollable=False, savepoint=savepoint))


def _declared(cursor: ServerCursor) -> ServerCursor:
    cursor.declare()
    return cursor
