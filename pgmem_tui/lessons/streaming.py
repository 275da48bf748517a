"""A session's query that may bring many rows: the first are kept, the others counted as they pass.

What a lesson says is what is sent, as long as its result is small by its words. psycopg2 holds the whole
result of a cursor without a name; a named one would be seen in `pg_cursors`, need a transaction, and be
planned otherwise. COPY (query) TO STDOUT streams, in whatever transaction there is, with the plan that the
query has by itself (https://www.postgresql.org/docs/current/sql-copy.html).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.language import grammar
from pgmem_tui.language.splitting import split
from pgmem_tui.lessons.session_connection import SessionConnection
from pgmem_tui.postgres import copy_out
from pgmem_tui.postgres.kept_rows import OPTIONS, KeptRows
from pgmem_tui.postgres.relation import Row

BEFORE = "COPY (\n"
"""What is sent before a query: the places of errors are counted from it."""
KEPT = 16 << 20
"""Bytes of memory that the rows kept may take: a row that is larger is counted only."""
_WRITES = frozenset({"IntoClause", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
_AGGREGATES = frozenset({"count", "sum", "min", "max", "avg", "bool_and", "bool_or"})
_FEW = 100
"""Rows that a LIMIT may let through for the result to be small."""
_AS_READ = ("UTF8", "SQL_ASCII")
"""Client encodings that `KeptRows` reads."""


class Streamed(NamedTuple):
    """What a query brought."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    """The first ones, as psycopg2 reads their values."""
    total: int
    ended: float
    """When the last row had come, by `time.perf_counter`."""


def query_in(text: str) -> str:
    """A step's text up to its semicolon, if it is one SELECT or TABLE; empty if it is not to be streamed.

    That is if it writes, or brings few rows. Of text that PostgreSQL's grammar does not know as such nothing
    is said, and several statements in one message depend on each other: the server is asked as it stands.
    """
    try:
        (only,) = split(text)
        (raw,) = grammar.parse(only.text(text))
    except (grammar.NotParsed, ValueError):
        return ""
    if type(raw.stmt).__name__ != "SelectStmt" or brings_few(raw.stmt):
        return ""
    writes = any(type(node).__name__ in _WRITES for node in grammar.walk(raw.stmt))
    return "" if writes else text[: only.end]


def brings_few(select: Any) -> bool:
    """Whether a query says itself that it brings few rows: by LIMIT, as a total, of no table or of pg_… only.

    Args:
        select: pglast's `SelectStmt`.
    """
    limit = getattr(getattr(select.limitCount, "val", None), "ival", _FEW + 1)
    if limit <= _FEW:
        return True
    if select.larg is not None:
        return brings_few(select.larg) and brings_few(select.rarg)
    if not select.fromClause or (not select.groupClause and any(map(_totals, select.targetList or ()))):
        return True
    return all(str(getattr(each, "relname", "")).startswith("pg_") for each in select.fromClause)


def _totals(target: Any) -> bool:
    called = target.val
    names = getattr(called, "funcname", None)
    return names is not None and called.over is None and names[-1].sval in _AGGREGATES


def stream(connection: SessionConnection, query: str, most: int) -> Streamed:
    """Run a query.

    Args:
        connection: The session's.
        query: What to run.
        most: Rows to keep.

    Raises:
        psycopg2.Error: The server's.
    """
    kept = KeptRows(KEPT, most)
    # The line breaks end a comment that the text may close with.
    copy = sql.SQL(f"{BEFORE}{{}}\n) TO STDOUT ({{}})").format(sql.SQL(query), sql.SQL(OPTIONS))
    total = copy_out.stream(connection, copy_out.CopyOut(copy), kept.take)
    ended = time.perf_counter()
    with connection.wire.keeping_house(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM (\n{}\n) AS q LIMIT 0").format(sql.SQL(query)))
        described = cursor.description or ()
        rows = [_read(row, described, cursor) for row in kept.rows if described]
    return Streamed(tuple(column.name for column in described), rows, total, ended)


def _read(row: Row, columns: Sequence[ext.Column], cursor: ext.cursor) -> tuple[object, ...]:
    """The values as psycopg2 makes them of the same texts.

    https://www.psycopg.org/docs/extensions.html#database-types-casting-functions
    """
    encoding = cursor.connection.info.parameter_status("client_encoding") or ""
    codec = "" if encoding in _AS_READ else ext.encodings.get(encoding, "")
    values: list[object] = []
    for value, column in zip(row, columns, strict=True):
        if value is not None and codec:
            value = value.encode("utf-8", "surrogateescape").decode(codec, "replace")
        try:
            values.append(ext.string_types.get(column.type_code, ext.UNICODE)(value, cursor))
        except (ValueError, ArithmeticError, psycopg2.Error):
            # Bytes that are none of the session's encoding; a date that Python has none for.
            values.append(value)
    return tuple(values)
