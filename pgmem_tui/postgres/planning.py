"""What the planner thinks of a query."""

from __future__ import annotations

import json

from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection


def estimated_rows(connection: Connection, query: sql.Composable) -> int:
    """The planner's idea of the number of rows, which may be far off.

    https://www.postgresql.org/docs/current/sql-explain.html
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("EXPLAIN (FORMAT JSON) {}").format(query))
        ((plan,),) = cursor.fetchall()
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"])
