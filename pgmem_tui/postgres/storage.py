"""Where a relation's rows lie: the tables that hold them, and their blocks."""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern

from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.relation import Leaf

DENSITY = 50
"""Rows taken for one block of a table that was never analyzed."""
FOREIGN = "foreign tables"
"""How the reason begins where rows come from other servers: for those it stands before any other."""


def leaves(connection: Connection, oid: int) -> tuple[tuple[Leaf, ...], str]:
    """The tables to read a relation's rows from, block by block: those that have blocks, or an empty one.

    Args:
        connection: In the transaction that the rows are read in: a table without blocks now has no row in its
            snapshot.
        oid: Of the relation.

    Returns:
        The tables, or none and the reason why they cannot be read so.
    """
    tables: dict[int, Leaf] = {}
    empty: tuple[Leaf, ...] = ()
    reasons: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(query("leaves"), {"oid": oid})
        for *row, kind, reason in cursor:
            leaf = _leaf(row)
            reasons.add(reason)
            if kind != "p" and leaf.blocks:
                tables[leaf.oid] = leaf  # an heir of two parents is found twice, and read once
            elif kind != "p":
                empty = (leaf,)
    reasons.discard("")
    if reasons:
        return (), min(reasons, key=lambda reason: (not reason.startswith(FOREIGN), reason))
    found = tuple(tables.values()) or empty
    return found, "" if found else "no partitions"


def _leaf(row: Sequence[str]) -> Leaf:
    oid, schema, name, blocks, tuples, pages = row
    # As the planner does: the density that the last vacuum saw, over the blocks that there are now
    # (https://www.postgresql.org/docs/current/row-estimation-examples.html).
    density = int(tuples) / int(pages) if int(pages) > 0 and int(tuples) >= 0 else DENSITY
    return Leaf(int(oid), intern(schema), name, int(blocks), round(density * int(blocks)))
