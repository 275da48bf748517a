"""A composed query as what one would write in Python: with psycopg2.sql, and without. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection

_PROGRAM = '''\
"""Read the rows of a query in batches, through a server-side cursor.

Where to connect comes from the environment: PGHOST, PGPORT, PGDATABASE, PGUSER, PGSERVICE; the password
from a password file (https://www.postgresql.org/docs/current/libpq-envars.html).
"""

import psycopg2
from psycopg2 import sql

# Names are identifiers and values literals, never text of the SQL. (With %s and arguments to execute(), a %
# anywhere else, in a name too, would have to be doubled.)
query = sql.SQL("\\n").join(
    [
{lines}
    ]
)

connection = psycopg2.connect("")
connection.set_client_encoding("UTF8")
connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
try:
    with connection, connection.cursor(name="rows") as cursor:  # a name makes it one of the server's
        cursor.itersize = {itersize}  # rows that come in one batch
        cursor.execute(query)
        for row in cursor:
            print(row)
finally:
    connection.close()
'''

ITERSIZE = 2000
"""psycopg2's own (https://www.psycopg.org/docs/cursor.html#cursor.itersize)."""


def program(lines: Sequence[sql.Composed]) -> str:
    """A program that prints the rows of a query.

    Args:
        lines: As `composing.lines` returned them.
    """
    return _PROGRAM.format(lines="\n".join(map(_line, lines)), itersize=ITERSIZE)


def naive(lines: Sequence[sql.Composed]) -> str:
    """What an f-string would make of the same names and values, between quotes at best. Never run it.

    Args:
        lines: As `composing.lines` returned them.
    """
    return "\n".join("".join(_pasted(line)) for line in lines)


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
    written = f"        sql.SQL({template!r})"
    if arguments:
        listed = "".join(f"            {argument},\n" for argument in arguments)
        return f"{written}.format(\n{listed}        ),"
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


def _pasted(query: sql.Composed) -> Iterator[str]:
    inner = query.seq
    if inner and inner[0] == sql.SQL("CAST("):
        inner = inner[1:2]
    for piece in inner:
        if isinstance(piece, sql.Composed):
            yield from _pasted(piece)
        elif isinstance(piece, sql.Identifier):
            yield ".".join(piece.strings)
        elif isinstance(piece, sql.Literal):
            yield f"'{piece.wrapped}'" if isinstance(piece.wrapped, str) else str(piece.wrapped)
        elif isinstance(piece, sql.SQL):
            plain = re.sub(r"OPERATOR\(pg_catalog\.([^)]*)\)", r"\1", piece.string)
            yield plain.replace("pg_catalog.", "")
