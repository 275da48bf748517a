"""The demo's table with a column of every type that the server has."""

from __future__ import annotations

import re

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from pgmem_tui.demo import type_values

NAME = "all_types"
ROWS = 33
"""No multiple of most columns' numbers of values, so that they meet in different ways."""


def create(cursor: Cursor) -> None:
    """Make and fill the table, with those types and values that this server takes.

    Older servers have no multiranges and no infinite numeric or interval, some are built without XML:
    the server is asked about each value instead of its version.
    """
    accepted = {
        type_name: _accepted(cursor, type_name, values) for type_name, values in type_values.ALL.items()
    }
    types = {type_name: values for type_name, values in accepted.items() if any(values)}
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(_column_name(type_name)), sql.SQL(type_name))
        for type_name in types
    ]
    cursor.execute(
        sql.SQL("CREATE TABLE {} (id int PRIMARY KEY, {})").format(
            sql.Identifier(NAME), sql.SQL(", ").join(columns)
        )
    )
    row = sql.SQL(", ").join(sql.SQL("%s::{}").format(sql.SQL(type_name)) for type_name in types)
    insert = sql.SQL("INSERT INTO {} VALUES (%s, {})").format(sql.Identifier(NAME), row)
    for number in range(ROWS):
        cursor.execute(insert, (number + 1, *(values[number % len(values)] for values in types.values())))


def _accepted(cursor: Cursor, type_name: str, values: type_values.Values) -> type_values.Values:
    """Those of the values that the server takes; all at once if it can be."""
    cursor.execute("SELECT to_regtype(%s)", (type_name,))
    if cursor.fetchone() == (None,):
        return ()
    if _takes(cursor, type_name, values):
        return values
    return tuple(value for value in values if value is None or _takes(cursor, type_name, (value,)))


def _takes(cursor: Cursor, type_name: str, values: type_values.Values) -> bool:
    cast = sql.SQL("%s::{}").format(sql.SQL(type_name))
    cursor.execute("SAVEPOINT value")
    try:
        cursor.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join([cast] * len(values))), values)
    except psycopg2.Error:
        cursor.execute("ROLLBACK TO SAVEPOINT value")
        return False
    finally:
        cursor.execute("RELEASE SAVEPOINT value")
    return True


def _column_name(type_name: str) -> str:
    """`timestamp with time zone[]` as `timestamp_with_time_zone_array`."""
    name = type_name.replace("[]", " array").replace('"char"', "internal char")
    return re.sub(r"\W+", "_", name).strip("_")
