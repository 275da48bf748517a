"""A composed query as what one would write in Python, with psycopg2.sql; and as what the driver sends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection

_PROGRAM = '''\
"""Reads the rows of a query in batches, through a server-side cursor."""
from psycopg2 import connect, sql

query = sql.SQL("\\n").join([
{lines}
])
# Names are identifiers and values literals, never text of the SQL. (With %s
# and arguments to execute(), a % in a name would have to be doubled.)

# Where to connect comes from the environment: PGHOST, PGDATABASE, PGUSER …;
# the password from a password file
# (https://www.postgresql.org/docs/current/libpq-envars.html).
connection = connect("")
connection.set_client_encoding("UTF8")
connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
try:
    # A name makes the cursor one of the server's.
    with connection, connection.cursor(name="rows") as cursor:
        cursor.itersize = {itersize}  # rows that come in one batch
        cursor.execute(query)
        for row in cursor:
            print(row)
finally:
    connection.close()
'''
# Not as a formatter would have it: at 80x24 the query is to be seen, and not what comes before it.

_WIDTH = 76
"""Characters of a line that several names and values may share."""
ITERSIZE = 2000
"""psycopg2's own (https://www.psycopg.org/docs/cursor.html#cursor.itersize)."""


def program(lines: Sequence[sql.Composed]) -> str:
    """A program that prints the rows of a query.

    Args:
        lines: As `composing.lines` returned them.
    """
    return _PROGRAM.format(lines="\n".join(map(_line, lines)), itersize=ITERSIZE)


def spans(query: sql.Composed, connection: Connection) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """The text that is sent, and where in it names and values stand: start, end, `identifier` or `value`."""
    texts: list[str] = []
    found, length = [], 0
    for piece in _pieces(query):
        text = piece.as_string(connection)
        texts.append(text)
        kind = {sql.Identifier: "identifier", sql.Literal: "value"}.get(type(piece))
        if kind:
            # A literal with a backslash begins with a blank, so that its E is a word of its own.
            start = length + len(text) - len(text.lstrip(" "))
            found.append((start, length + len(text), kind))
        length += len(text)
    return "".join(texts), tuple(found)


def _line(line: sql.Composed) -> str:
    template, arguments = "", []
    for piece in _pieces(line):
        if isinstance(piece, sql.SQL):
            template += piece.string.replace("{", "{{").replace("}", "}}")
        else:
            template += "{}"
            arguments.append(_argument(piece))
    written = f"    sql.SQL({template!r})"
    together = f"{written}.format({', '.join(arguments)}),"
    if arguments and len(together) <= _WIDTH:
        return together
    if arguments:
        listed = "".join(f"        {argument},\n" for argument in arguments)
        return f"{written}.format(\n{listed}    ),"
    return f"{written},"


def _argument(piece: sql.Composable) -> str:
    if isinstance(piece, sql.Identifier):
        return f"sql.Identifier({', '.join(map(repr, piece.strings))})"
    assert isinstance(piece, sql.Literal), "nothing else is ever composed"
    return f"sql.Literal({piece.wrapped!r})"


def _pieces(query: sql.Composed) -> Iterator[sql.Composable]:
    for piece in query.seq:
        if isinstance(piece, sql.Composed):
            yield from _pieces(piece)
        else:
            yield piece
