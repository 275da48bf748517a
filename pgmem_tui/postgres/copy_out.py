"""COPY … TO STDOUT: what to send for each format, and the bytes that come back.

The server writes every format, so that values are quoted by the same code as psql's and pg_dump's and no
row passes through Python (https://www.postgresql.org/docs/current/sql-copy.html).
"""

from __future__ import annotations

import io
import re
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection

if TYPE_CHECKING:
    from typing_extensions import Buffer

CHUNK = 128 * 1024
"""Bytes gathered before Python code sees them: rows are copied there in C."""
PIECE = 1 << 20
"""Bytes handed over at once at most, however long a row is."""
_QUOTE, _ESCAPE = b"\x01", b"\x02"
_IN_THE_MIDDLE = "PGRES_COPY_OUT"
"""What psycopg2 says of a connection that is lost, if libpq says nothing."""
_ARGUMENTS = 90
"""Values in one call of format(): the server takes 100 arguments."""
_NAME_BYTES = 63
"""Longer identifiers are cut (https://www.postgresql.org/docs/current/limits.html)."""

_ONE_LINE_TYPES = frozenset(
    {
        *(16, 17, 18, 19, 20, 21, 23, 25, 26, 700, 701, 790, 1042, 1043, 1700),  # bool … numeric
        *(1082, 1083, 1114, 1184, 1186, 1266),  # date, times, interval
        *(2950, 3802, 869, 650, 829, 774),  # uuid, jsonb, network addresses
        *(1000, 1005, 1007, 1016, 1009, 1015, 1231, 2951, 3807, 1115, 1182, 1185),  # arrays of these
    }
)
"""Types whose JSON has no raw line break; a json column has those that it was stored with."""


class OutColumn(NamedTuple):
    """A column of what is exported."""

    name: str
    type_oid: int = 0
    """0 if unknown."""


@dataclass(frozen=True)
class CopyOut:
    """A statement, and what turns its output into the format."""

    statement: sql.Composed
    opening: bytes = b""
    """Comes first."""
    dropped: int = 0
    """Bytes at the beginning of the output that are left out."""
    closing: bytes = b""
    """Comes last."""
    quoted: bool = False
    """Whether it is one column, written by `_lines`."""


def compose(query: sql.Composable, form: str, columns: Sequence[OutColumn] = (), into: str = "") -> CopyOut:
    """What to send, and what to write around the answer. Pure.

    Args:
        query: A SELECT, VALUES, TABLE or WITH … SELECT.
        form: `csv`, `tsv`, `text`, `sql`, `jsonl`, `json` or `parquet`.
        columns: All of the query's; only `jsonl`, `json` and `sql` need them.
        into: For `sql`: what each row is written behind, as `insert_into()` returns it.
    """
    if form == "text":
        return CopyOut(_copy(query, "FORMAT text"))
    if form == "csv":
        return CopyOut(_copy(query, "FORMAT csv, HEADER true"))
    if form == "parquet":  # what is made into it
        return CopyOut(_copy(query, "FORMAT csv"))
    if form == "tsv":
        return CopyOut(_copy(query, r"FORMAT csv, HEADER true, DELIMITER E'\t'"))
    if form == "sql":
        return CopyOut(_lines(_inserts(query, columns, into)), quoted=True)
    if form == "jsonl":
        return CopyOut(_lines(_objects(query, columns, "")), quoted=True)
    if form == "json":
        # A row a line, each but the first behind a comma.
        return CopyOut(_lines(_objects(query, columns, ",")), b"[\n ", 1, b"]\n", quoted=True)
    raise ValueError(f"no format {form!r}")


def insert_into(table: Sequence[str], columns: Sequence[str], overriding: bool = False) -> str:
    """The beginning of an INSERT, up to its values.

    Args:
        table: Its name, or schema and name.
        columns: The names of the columns, in the order of their values.
        overriding: Whether a column is GENERATED ALWAYS AS IDENTITY and shall have the value given.
    """
    name = ".".join(map(_quoted, table))
    if not columns:
        return f"INSERT INTO {name} DEFAULT VALUES"
    listed = ", ".join(map(_quoted, columns))
    return f"INSERT INTO {name} ({listed}) {'OVERRIDING SYSTEM VALUE ' if overriding else ''}VALUES "


def distinct(names: Sequence[str]) -> list[str]:
    """The same names, those that came before with a number: `n`, `n_2`; each fits into an identifier."""
    taken, result = set(names), []
    seen: set[str] = set()
    for name in names:
        number, unique = 2, name
        while unique in seen or (unique is not name and unique in taken):
            ending = f"_{number}"
            room = _NAME_BYTES - len(ending)
            unique = name.encode("utf-8", "surrogateescape")[:room].decode("utf-8", "ignore") + ending
            number += 1
        seen.add(unique)
        result.append(unique)
    return result


def stream(connection: Connection, copy: CopyOut, take: Callable[[bytes], object]) -> int:
    """Run it, and hand the bytes over as they come; returns the number of rows.

    After an error the connection may still be in the middle of the answer: close it.

    Args:
        connection: In a transaction.
        copy: What to run.
        take: Called with about `PIECE` bytes at most; may raise to stop.

    Raises:
        psycopg2.Error: The server's or libpq's.
        Exception: What `take` raised.
    """
    chunks = _Chunks(copy, take)
    # psycopg2 calls write() for every row, so it has to be one in C.
    buffer = io.BufferedWriter(chunks, CHUNK)
    try:
        with connection.cursor() as cursor:
            _copy_expert(cursor, copy.statement, buffer)
            rows = cursor.rowcount
        buffer.flush()
        if chunks.opening or copy.closing:
            take(chunks.opening + copy.closing)
        return max(0, rows)
    finally:
        chunks.deaf = True


def _copy_expert(cursor: ext.cursor, statement: sql.Composed, buffer: io.BufferedIOBase) -> None:
    """Run COPY, and say why the connection was lost if it was.

    When that happens between two rows, psycopg2 2.9 makes two errors at once. One it hands to
    sys.excepthook, which would print it on the screen; the other may have lost libpq's words.
    """
    here, hook = threading.get_ident(), sys.excepthook

    def elsewhere(*error: Any) -> None:
        if threading.get_ident() != here:
            hook(*error)

    sys.excepthook = elsewhere
    try:
        cursor.copy_expert(statement, buffer)
    except (psycopg2.Error, SystemError) as error:
        if getattr(error, "pgcode", None) or not (cursor.connection.closed or _IN_THE_MIDDLE in str(error)):
            raise
        said = cursor.connection.info.error_message
        raise psycopg2.OperationalError(
            said or "server closed the connection in the middle of the rows"
        ) from None
    finally:
        sys.excepthook = hook


class _Chunks(io.RawIOBase):
    """What a BufferedWriter writes to."""

    def __init__(self, copy: CopyOut, take: Callable[[bytes], object]) -> None:
        super().__init__()
        self.deaf = False
        """Whether it is over: the buffer writes what it still has when it is destroyed."""
        self.opening = copy.opening
        """Still to be written, before the first bytes: an error before those leaves nothing at all."""
        self._take = take
        self._unquote = _Unquoting() if copy.quoted else None
        self._dropped = copy.dropped

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        with memoryview(data) as view:
            for start in range(0, 0 if self.deaf else len(view), PIECE):
                piece = bytes(view[start : start + PIECE])
                if self._unquote is not None:
                    piece = self._unquote(piece)
                if self._dropped:
                    piece, self._dropped = piece[self._dropped :], max(0, self._dropped - len(piece))
                if self.opening:
                    piece, self.opening = self.opening + piece, b""
                self._take(piece)
            return len(view)


class _Unquoting:
    """Takes away what `_lines` has COPY write around and into a line."""

    _MARKS = re.compile(rb"\x02(.)|\x01", re.DOTALL)

    def __init__(self) -> None:
        self._held = b""

    def __call__(self, piece: bytes) -> bytes:
        if self._held or _ESCAPE in piece:
            piece = self._held + piece
            odd = (len(piece) - len(piece.rstrip(_ESCAPE))) % 2
            piece, self._held = piece[: len(piece) - odd], _ESCAPE * odd
            return self._MARKS.sub(rb"\1", piece)
        return piece.replace(_QUOTE, b"") if _QUOTE in piece else piece


def _copy(query: sql.Composable, options: str) -> sql.Composed:
    # The line break ends a comment that a user's query may close with.
    return sql.SQL("COPY (\n") + sql.Composed([query]) + sql.SQL("\n) TO STDOUT (" + options + ")")


def _lines(query: sql.Composable) -> sql.Composed:
    """COPY one column of text so that each value, line breaks and all, can be had as it is.

    The text format would double every backslash. CSV leaves a value alone that has no delimiter, quote or
    line break in it; the others, which are few with these two characters, `_Unquoting` restores.
    """
    return _copy(query, r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01', ESCAPE E'\x02'")


def _objects(query: sql.Composable, columns: Sequence[OutColumn], before: str) -> sql.Composed:
    names = distinct([column.name for column in columns])
    line: sql.Composable = sql.SQL("pg_catalog.row_to_json(q.*)")
    if not all(column.type_oid in _ONE_LINE_TYPES for column in columns):
        # Inside a JSON string they are escaped, so these stand between two tokens.
        line = sql.SQL(
            r"pg_catalog.replace(pg_catalog.replace({}::pg_catalog.text, E'\n', ' '), E'\r', ' ')"
        ).format(line)
    if before:
        line = sql.SQL("pg_catalog.concat({}, {})").format(sql.Literal(before), line)
    return _from(query, line, names)


def _inserts(query: sql.Composable, columns: Sequence[OutColumn], before: str) -> sql.Composed:
    names = [f"c{number}" for number in range(1, len(columns) + 1)]
    written = before.replace("%", "%%")
    if not columns:
        return _from(query, sql.SQL("{}").format(sql.Literal(before + ";")), names)
    parts = []
    for start in range(0, len(names), _ARGUMENTS):
        group = names[start : start + _ARGUMENTS]
        # %L writes what the type's output function does, and quotes it with an E where it has to.
        template = (", " if start else f"{written}(") + ", ".join(["%L"] * len(group))
        template += ");" if start + _ARGUMENTS >= len(names) else ""
        values = sql.SQL(", ").join([sql.Identifier("q", name) for name in group])
        parts.append(sql.SQL("pg_catalog.format({}, {})").format(sql.Literal(template), values))
    line = parts[0] if len(parts) == 1 else sql.SQL("pg_catalog.concat({})").format(sql.SQL(", ").join(parts))
    return _from(query, line, names)


def _from(query: sql.Composable, line: sql.Composable, names: Sequence[str]) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    aliases = sql.SQL("({})").format(listed) if names else sql.SQL("")
    return sql.SQL("SELECT {} FROM (\n{}\n) AS q{}").format(line, sql.Composed([query]), aliases)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
