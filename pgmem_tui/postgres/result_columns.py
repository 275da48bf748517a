"""The columns of a result, from what libpq tells of them and what the catalog tells of their types."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg2 import extensions as ext

from pgmem_tui.postgres import queries
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.relation import Column

_NUMERIC = 1700


def result_columns(connection: Connection, description: Sequence[ext.Column]) -> tuple[Column, ...]:
    """The columns of a result.

    Args:
        connection: In a transaction; is asked about the types.
        description: `cursor.description`.
    """
    types = _types(connection, [int(column.type_code) for column in description])
    return tuple(
        _column(column.name, int(column.type_code), _typmod(column), types) for column in description
    )


def typed_columns(connection: Connection, names: Sequence[str], oids: Sequence[int]) -> tuple[Column, ...]:
    """Columns of which no more is known than their names and types."""
    types = _types(connection, oids)
    return tuple(_column(name, oid, -1, types) for name, oid in zip(names, oids, strict=True))


def _types(connection: Connection, oids: Sequence[int]) -> dict[int, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(queries.query("types"), {"oids": list(oids)})
        return {int(oid): rest for oid, *rest in cursor.fetchall()}


def _column(name: str, oid: int, typmod: int, types: dict[int, list[str]]) -> Column:
    type_name, length, category = types.get(oid, ("?", "-1", "U"))
    return Column(name, type_name, oid, int(length), typmod, category)


def _typmod(column: ext.Column) -> int:
    # psycopg2 hands the modifier on less its 4 bytes of header, and a numeric's as precision and scale.
    size: int | None = column.internal_size
    if int(column.type_code) == _NUMERIC:
        return -1 if column.scale in (None, 65535) else ((column.precision or 0) << 16 | column.scale) + 4
    if size is None or size < 0:
        return -1
    return size + 4
