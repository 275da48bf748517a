"""Run one statement that no cursor takes, and keep a bounded part of what it returns.

psycopg2 holds the whole result of a cursor without a name. What INSERT, UPDATE, DELETE, MERGE and SELECT
return is therefore had through COPY … TO STDOUT, which takes all of them and streams
(https://www.postgresql.org/docs/current/sql-copy.html): rows over the bound are counted and let go. What
SHOW and EXPLAIN return comes by a cursor. Other statements return no rows, but for CALL, one, and EXPLAIN
ANALYZE of what writes, as many as its plan has lines. EXECUTE, which may return any number, is refused. A
value that is larger than the bound is in memory while its row goes by, and a statement's messages, of which
a few are kept, are in memory until it ends: libpq hands them over then.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
import psycopg2.errors
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.language import grammar, parameters
from pgmem_tui.postgres import copy_out
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.kept_rows import OPTIONS, KeptRows, row_size
from pgmem_tui.postgres.relation import Column, Row
from pgmem_tui.postgres.result_columns import result_columns, typed_columns
from pgmem_tui.postgres.statements import check_strings
from pgmem_tui.postgres.user_query import QueryRefused

NOTICES, NOTICE_LENGTH = 20, 500
"""Messages kept of a statement, and characters of each."""
_RETURNING = {"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE"}
PIECE = 100
"""Rows of SHOW and EXPLAIN in a FETCH; a line of a plan has some ten kilobytes at most."""
_RESULT_TYPES = 160000
"""Since when pg_prepared_statements tells them."""
_TEXT = 25
_DESCRIBED = (
    "SELECT oid FROM pg_catalog.pg_prepared_statements,"
    " pg_catalog.unnest(result_types::pg_catalog.oid[]) WITH ORDINALITY AS t(oid, place)"
    " WHERE name OPERATOR(pg_catalog.=) %s ORDER BY place"
)
_numbers = itertools.count(1)
"""Of names: a cancel between two of these statements leaves one behind until the session ends."""
_COPY = "COPY (\n"


@dataclass(frozen=True)
class Executed:
    """What a statement did."""

    tag: str
    """The server's command tag; of what went through COPY, as it would have been."""
    columns: tuple[Column, ...] | None
    """None of a statement that returns no rows."""
    rows: list[Row]
    """Those that are kept: the first ones."""
    total: int
    """How many it returned; -1 if it returns none."""
    notices: tuple[str, ...]
    """The last ones."""
    more_notices: int
    """How many came before those."""
    seconds: float


def streamed_as(text: str) -> str:
    """The command of a statement whose rows come by COPY, for its tag; empty if they come at once.

    PostgreSQL's grammar tells: what begins with WITH may be any of these.

    Raises:
        Refused: They may be any number, and there is no way to have them bit by bit.
    """
    (raw,) = grammar.parse(parameters.masked(text))
    statement, name = raw.stmt, type(raw.stmt).__name__
    if name == "SelectStmt":
        return "SELECT" if statement.intoClause is None else ""
    if name in _RETURNING:
        returning = getattr(statement, "returningList", None) or getattr(statement, "returningClause", None)
        return _RETURNING[name] if returning else ""
    if name == "ExecuteStmt":
        raise Refused(
            "EXECUTE may return any number of rows, and there is no way to hold a part of them",
            "give the query itself: its rows are paged through; nothing was run",
        )
    return ""


def show(connection: Connection, text: str, word: str, limit: int) -> Executed:
    """Run SHOW or EXPLAIN, by a cursor that a DO block opens.

    So its rows come in pieces; and the server takes one statement and no transaction control, where a
    string sent to it could hold `COMMIT; DELETE …`, and would be out of the transaction that is read-only
    (https://www.postgresql.org/docs/current/plpgsql-cursors.html#PLPGSQL-CURSOR-OPENING).

    Args:
        connection: In the transaction to run it in.
        text: The user's, with its values.
        word: Its command.
        limit: Bytes of memory that the rows kept may take.

    Raises:
        QueryRefused: The server's error.
    """
    body = sql.SQL(
        "DECLARE shown pg_catalog.refcursor := 'pgmem_shown'; BEGIN OPEN shown NO SCROLL FOR EXECUTE {}; END"
    ).format(sql.Literal(text))
    check_strings(connection)
    with _notices(connection) as notices, connection.cursor() as cursor:
        clock = time.perf_counter()
        with _refusals(0, text):
            cursor.execute(sql.SQL("DO {}").format(sql.Literal(body.as_string(connection))))
            rows, total, description = _fetched(cursor, limit)
        seconds = time.perf_counter() - clock
        cursor.execute("CLOSE pgmem_shown")
    columns = result_columns(connection, description)
    return _executed(word, columns, rows, total, notices, seconds)


def _fetched(cursor: ext.cursor, limit: int) -> tuple[list[Row], int, Sequence[ext.Column]]:
    rows: list[Row] = []
    size, more = 0, True
    while more:
        cursor.execute(f"FETCH FORWARD {PIECE} FROM pgmem_shown")
        got: list[Row] = cursor.fetchall()
        description = cursor.description or ()
        more = len(got) == PIECE
        for row in got:
            size += row_size(row)
            if size > limit:
                passed = len(got) + _moved_to_end(cursor)
                return rows, len(rows) - len(rows) % PIECE + passed, description
            rows.append(row)
    return rows, len(rows), description


def _moved_to_end(cursor: ext.cursor) -> int:
    cursor.execute("MOVE FORWARD ALL FROM pgmem_shown")
    return int((cursor.statusmessage or "MOVE 0").split()[-1])


def execute(connection: Connection, text: str, streamed: str, limit: int) -> Executed:
    """Run a statement that writes.

    Args:
        connection: In the transaction to run it in.
        text: The user's, with its values.
        streamed: As `streamed_as` has it.
        limit: Bytes of memory that the rows kept may take.

    Raises:
        QueryRefused: The server's error, and how much was sent before the user's text.
    """
    statement = sql.Composed([sql.SQL(text)])
    check_strings(connection)
    with _notices(connection) as notices:
        if streamed:
            types = _described(connection, statement)
            clock = time.perf_counter()
            tag, columns, rows, total = _streamed(connection, statement, types, streamed, limit)
        else:
            clock = time.perf_counter()
            tag, columns, rows, total = _whole(connection, statement, limit)
        seconds = time.perf_counter() - clock
    return _executed(tag, columns, rows, total, notices, seconds)


def _executed(
    tag: str,
    columns: tuple[Column, ...] | None,
    rows: list[Row],
    total: int,
    notices: _Notices,
    seconds: float,
) -> Executed:
    more = notices.count - len(notices.last)
    return Executed(tag, columns, rows, total, tuple(notices.last), more, seconds)


_Result = tuple[str, "tuple[Column, ...] | None", "list[Row]", int]


def _whole(connection: Connection, statement: sql.Composed, limit: int) -> _Result:
    with connection.cursor() as cursor:
        with _refusals(0):
            cursor.execute(statement)
        tag = cursor.statusmessage or ""
        if cursor.description is None:
            return tag, None, [], -1
        rows: list[Row] = []
        size = 0
        for row in cursor:
            size += row_size(row)
            if size > limit:
                break
            rows.append(row)
        total, description = cursor.rowcount, cursor.description
    return tag, result_columns(connection, description), rows, total


def _streamed(
    connection: Connection, statement: sql.Composed, types: list[int] | None, command: str, limit: int
) -> _Result:
    kept = KeptRows(limit)
    # The line break ends a comment that the user's text may close with.
    copy = sql.SQL(_COPY) + statement + sql.SQL(f"\n) TO STDOUT ({OPTIONS})")
    with _refusals(len(_COPY)), _rules():
        total = copy_out.stream(connection, copy_out.CopyOut(copy), kept.take)
    names = kept.names or ()
    if types is None or len(types) != len(names):
        types = [_TEXT] * len(names)
    tag = f"{command} 0 {total}" if command == "INSERT" else f"{command} {total}"
    return tag, typed_columns(connection, names, types), kept.rows, total


def _described(connection: Connection, statement: sql.Composed) -> list[int] | None:
    """The types of what it would return, as oids; None where the server does not tell."""
    if connection.info.server_version < _RESULT_TYPES:
        return None
    name = f"pgmem_described_{next(_numbers)}"
    prepare = f"PREPARE {name} AS "
    with connection.cursor() as cursor:
        with _refusals(len(prepare)):
            cursor.execute(sql.SQL(prepare) + statement)
        cursor.execute(_DESCRIBED, (name,))
        oids = [int(oid) for (oid,) in cursor.fetchall()]
        cursor.execute(sql.SQL("DEALLOCATE {}").format(sql.Identifier(name)))
    return oids


@contextmanager
def _refusals(offset: int, inner: str = "") -> Iterator[None]:
    try:
        yield
    except ext.QueryCanceledError:
        raise
    except psycopg2.Error as error:
        raise QueryRefused(error, offset, inner) from error


@contextmanager
def _rules() -> Iterator[None]:
    """Say of a rule what it is to a user who wrote no COPY.

    https://www.postgresql.org/docs/current/sql-copy.html: no query with a rule that adds to it is copied.
    """
    try:
        yield
    except psycopg2.errors.FeatureNotSupported as error:
        if not (error.diag.source_function or "").startswith("BeginCopy"):
            raise
        raise Refused(
            "the table has a rule that does more, so its rows come only all at once",
            "leave RETURNING out; nothing was run",
        ) from None


class _Notices:
    """What psycopg2 appends the server's messages to."""

    def __init__(self) -> None:
        self.last: deque[str] = deque(maxlen=NOTICES)
        self.count = 0

    def append(self, text: str) -> None:
        self.count += 1
        text = text.strip()
        self.last.append(text if len(text) <= NOTICE_LENGTH else f"{text[:NOTICE_LENGTH]} …")


@contextmanager
def _notices(connection: Connection) -> Iterator[_Notices]:
    """Collect what is said inside."""
    notices, before = _Notices(), connection.notices
    connection.notices = notices  # type: ignore[assignment]  # anything that has append()
    try:
        yield notices
    finally:
        connection.notices = before
