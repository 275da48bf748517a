"""One value, held whole by the server and read in slices from any place: the client holds a slice.

`substr` of a text that is stored out of line unpacks it from its beginning each time, so that reading
slice after slice takes time by the square of its size. Here the value is unpacked once, in the row of a
subquery; the cursor's rows are slices of that, and two settings of the transaction say which one the next
row is to be. Going back or to the end is then as quick as going on. While the cursor is open the server
process holds the value: 500 MB take it about a second and 500 MB.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.composition import as_text
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.relation import Column, Row
from pgmem_tui.postgres.watched_connection import about

_BYTEA = 17
_PLACE = sql.SQL("pg_catalog.current_setting('pgmem.place')::pg_catalog.int4")
_LENGTH = sql.SQL("pg_catalog.current_setting('pgmem.length')::pg_catalog.int4")
_COUNT = sql.SQL("CASE WHEN {} = 0 THEN pg_catalog.length(s.value, {}) END")
_SELECT = sql.SQL(
    "SELECT pg_catalog.encode(pg_catalog.substr(s.value, {place}, {length}), 'hex'),"
    " pg_catalog.octet_length(s.value), {count}{cells}"
    " FROM (SELECT {value} AS value{aliased} FROM {rows} OFFSET 0) AS s"
    # An endless supply of rows, made one at a time.
    " CROSS JOIN LATERAL (SELECT pg_catalog.generate_series("
    "1, CASE WHEN s.value IS NULL THEN 1 ELSE 2147483647 END) AS n) AS g"
)


class Slice(NamedTuple):
    """Some bytes of a value."""

    data: bytes
    size: int | None
    """Bytes of the whole value; None if it is NULL."""
    cells: Row
    """The row's other values: with the first slice only."""


def select_value(
    column: Column, name: sql.Identifier, rows: sql.Composable, cells: Sequence[sql.Composable], encoding: str
) -> sql.Composed:
    """The SELECT of a value's slices.

    Args:
        column: The value's.
        name: Of that column, among the rows.
        rows: What stands behind FROM; it has one row.
        cells: Other expressions over that row, which the first row returns as well.
        encoding: The client's, `UTF8` or `SQL_ASCII`: text is sliced as bytes of it.
    """
    binary = column.type_oid == _BYTEA
    if binary:
        value: sql.Composable = sql.SQL("pg_catalog.substr({}, 1)").format(name)  # unpacks it
    else:
        value = sql.SQL("pg_catalog.convert_to({}, {})").format(as_text(column, name), sql.Literal(encoding))
    counted = not binary and encoding != "SQL_ASCII"
    numbers = [sql.Identifier(f"k{number}") for number in range(len(cells))]
    empty = sql.SQL("")
    return _SELECT.format(
        place=_PLACE,
        length=_LENGTH,
        count=_COUNT.format(_PLACE, sql.Literal(encoding)) if counted else sql.SQL("NULL"),
        value=value,
        rows=rows,
        cells=sum((sql.SQL(", CASE WHEN g.n = 1 THEN s.{} END").format(k) for k in numbers), sql.Composed([]))
        if cells
        else empty,
        aliased=sum(
            (sql.SQL(", {} AS {}").format(cell, k) for cell, k in zip(cells, numbers, strict=True)),
            sql.Composed([]),
        )
        if cells
        else empty,
    )


class ValueCursor:
    """The slices of one value, through a cursor of their own.

    It lives on the thread that owns the connection, in its transaction, and is gone with that.
    """

    def __init__(self, connection: Connection, name: str, query: sql.Composed) -> None:
        """Nothing is sent yet.

        Args:
            connection: In a transaction.
            name: Unique within the session.
            query: As `select_value` composes it.
        """
        self.name = name
        self.report_every = 0.0
        """Seconds from one FETCH that a screen is told to the next: a whole value is thousands."""
        self._reported = 0.0
        self._connection, self._query = connection, query
        self._read = 0

    def declare(self) -> None:
        """DECLARE; nothing is read yet."""
        declare = sql.SQL("DECLARE {} NO SCROLL CURSOR FOR {}").format(sql.Identifier(self.name), self._query)
        self._run("DECLARE", declare)

    def read(self, offset: int, length: int) -> Slice | None:
        """Bytes [offset, offset + length), as far as there are; None if there is no such row.

        Raises:
            psycopg2.Error: The server could not, perhaps because the value's text is too long for it.
        """
        row = self._fetch(offset + 1, length)
        if row is None:
            return None
        data, size, _, *cells = row
        return Slice(bytes.fromhex(data or ""), None if size is None else int(size), tuple(cells))

    def count(self) -> int | None:
        """Characters of a text; None where there are only bytes. Not before the first `read`.

        Takes a second for 500 MB.
        """
        row = self._fetch(0, 1)
        return int(row[2]) if row is not None and row[2] is not None else None

    def close(self) -> None:
        """CLOSE, which frees the server's memory; does nothing if the transaction is gone."""
        if self._connection.closed:
            return
        if self._connection.info.transaction_status == ext.TRANSACTION_STATUS_INTRANS:
            self._run("CLOSE", sql.SQL("CLOSE {}").format(sql.Identifier(self.name)))

    def _fetch(self, place: int, length: int) -> Row | None:
        # Settings and FETCH in one message: one way there and back.
        fetch = sql.SQL("SET LOCAL pgmem.place = {}; SET LOCAL pgmem.length = {}; FETCH 1 FROM {}").format(
            sql.Literal(str(place)), sql.Literal(str(length)), sql.Identifier(self.name)
        )
        rows = self._run("FETCH", fetch)
        return rows[0] if rows else None

    def _run(self, kind: str, statement: sql.Composed) -> list[Row]:
        now = time.perf_counter()
        passing = kind == "FETCH" and now - self._reported < self.report_every
        if not passing:
            self._reported = now
        inside = about(self._connection, self.name, lambda: self._read, kind, passing)
        with inside as answer, self._connection.cursor() as cursor:
            cursor.execute(statement)
            rows: list[Row] = cursor.fetchall() if cursor.description else []
            answer.nbytes = sum(len(value or "") for row in rows for value in row)
            self._read += len(rows)
        return rows
