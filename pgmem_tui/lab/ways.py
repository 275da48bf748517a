"""The ways to read rows that the lab compares, each as one would write it with psycopg2.

`see` is what the program does with a row. Their source is shown to the user. Nothing is imported that the
process being measured does without: what each one takes comes from `pgmem_tui.lab.modes`.
"""

from __future__ import annotations

import psycopg2.extensions as ext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Connection = ext.connection
    See = Callable[[Any], None]


def unnamed_fetchall(connection: Connection, see: See, query: str) -> None:
    """An unnamed cursor and fetchall()."""
    with connection.cursor() as cursor:
        cursor.execute(query)  # libpq has the whole result before this returns
        for row in cursor.fetchall():  # and here every row exists as Python objects, besides
            see(row)


def unnamed_iterated(connection: Connection, see: See, query: str) -> None:
    """An unnamed cursor, row by row."""
    with connection.cursor() as cursor:
        cursor.execute(query)  # still the whole result, in libpq's memory
        for row in cursor:
            see(row)


def named_iterated(connection: Connection, see: See, query: str, itersize: int) -> None:
    """A named cursor, row by row."""
    with connection.cursor(name="lab") as cursor:  # the name makes it a cursor of the server's
        cursor.itersize = itersize  # rows of each FETCH
        cursor.execute(query)
        for row in cursor:
            see(row)


def named_fetchmany(connection: Connection, see: See, query: str, size: int) -> None:
    """A named cursor and fetchmany()."""
    with connection.cursor(name="lab") as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(size):  # one FETCH each, whatever itersize is
            for row in rows:
                see(row)


def named_fetchall(connection: Connection, see: See, query: str, itersize: int) -> None:
    """A named cursor and fetchall()."""
    with connection.cursor(name="lab") as cursor:
        cursor.itersize = itersize  # of no use:
        cursor.execute(query)
        for row in cursor.fetchall():  # FETCH FORWARD ALL
            see(row)


def with_hold(connection: Connection, see: See, query: str, itersize: int) -> None:
    """A named cursor WITH HOLD, read after the transaction."""
    with connection.cursor(name="lab", withhold=True) as cursor:
        cursor.itersize = itersize
        cursor.execute(query)
        connection.commit()  # the server runs the query to its end and keeps a copy of the result
        for row in cursor:
            see(row)


def offset_pages(connection: Connection, see: See, page: str, size: int, rows: int) -> None:
    """LIMIT and OFFSET, page by page."""
    with connection.cursor() as cursor:
        offset = 0
        while offset < rows:
            cursor.execute(page, {"offset": offset, "limit": min(size, rows - offset)})
            for row in cursor:
                see(row)
            if cursor.rowcount < size:
                break
            offset += size


def key_pages(
    connection: Connection, see: See, first: str, after: str, key: list[int], size: int, rows: int
) -> None:
    """Pages by key: each begins after the last row of the one before."""
    with connection.cursor() as cursor:
        cursor.execute(first, {"limit": min(size, rows)})
        seen = 0
        while page := cursor.fetchall():
            for row in page:
                see(row)
            seen += len(page)
            if len(page) < size or seen >= rows:
                break
            last = tuple(page[-1][place] for place in key)
            cursor.execute(after, {"last": last, "limit": min(size, rows - seen)})


def named_text(connection: Connection, see: See, query: str, itersize: int) -> None:
    """A named cursor, values left as the text that the server sent."""
    connection.string_types.update(dict.fromkeys(ext.string_types, ext.UNICODE))
    with connection.cursor(name="lab") as cursor:
        cursor.itersize = itersize
        cursor.execute(query)
        for row in cursor:
            see(row)


def copied(connection: Connection, see: See, copy: str) -> None:
    """COPY … TO STDOUT."""

    class Lines:
        write = staticmethod(see)  # called with one row as bytes, not taken apart

    with connection.cursor() as cursor:
        cursor.copy_expert(copy, Lines())
