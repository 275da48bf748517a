"""A user's SET, tried in a transaction that is rolled back: what the server makes of its value."""

from __future__ import annotations

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.statements import check_strings
from pgmem_tui.postgres.user_query import QueryRefused


def set_once(connection: Connection, text: str, name: str) -> str:
    """Try a SET, and say what came of it.

    Args:
        connection: In a transaction, with which it goes.
        text: The user's, with its values.
        name: The setting.

    Returns:
        The value, as `current_setting` has it: `set_config` takes it back, lists and units and all.

    Raises:
        QueryRefused: The server's error.
    """
    body = sql.SQL("BEGIN EXECUTE {}; END").format(sql.Literal(text))
    check_strings(connection)
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql.SQL("DO {}").format(sql.Literal(body.as_string(connection))))
        except ext.QueryCanceledError:
            raise
        except psycopg2.Error as error:
            raise QueryRefused(error, 0, text) from error
        cursor.execute("SELECT pg_catalog.current_setting(%s)", (name,))
        ((value,),) = cursor.fetchall()
    return str(value)
