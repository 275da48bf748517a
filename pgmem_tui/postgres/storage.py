"""Where a relation's rows lie: the tables that hold them, and their blocks."""

from __future__ import annotations

from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.relation import Leaf

DENSITY = 50
"""Rows taken for one block of a table that was never analyzed."""


def leaves(connection: Connection, oid: int) -> tuple[tuple[Leaf, ...], str]:
    """The tables to read a relation's rows from, block by block.

    Returns:
        The tables, or none and the reason why they cannot be read so.
    """
    with connection.cursor() as cursor:
        cursor.execute(query("leaves"), {"oid": oid})
        found = cursor.fetchall()
    against = next((reason for *_, reason in found if reason), "")
    if against:
        return (), against
    # An heir of two parents is found twice, and read once.
    tables = list({row[0]: _leaf(row) for row in found if row[3] != "p"}.values())
    return tuple(tables), "" if tables else "no partitions"


def _leaf(row: tuple[str, ...]) -> Leaf:
    oid, schema, name, _, blocks, tuples, pages, _ = row
    # As the planner does: the density that the last vacuum saw, over the blocks that there are now
    # (https://www.postgresql.org/docs/current/row-estimation-examples.html).
    density = int(tuples) / int(pages) if int(pages) > 0 and int(tuples) >= 0 else DENSITY
    return Leaf(int(oid), schema, name, int(blocks), round(density * int(blocks)))
