"""How far along an order the rows of a key lie, about: from a column's statistics.

Values whose share is known stand at points; between two of them numbers, times and UUIDs are taken
to be spread evenly (https://www.postgresql.org/docs/current/row-estimation-examples.html).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.comparison import cast
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.key_bounds import Edge, KeyBound, KeyBounds, KeyColumn
from pgmem_tui.postgres.key_numbers import number_from, number_of, value_of
from pgmem_tui.postgres.key_points import Spread, load_spread
from pgmem_tui.postgres.relation import Relation

_UNREADABLE = (
    psycopg2.DataError,
    psycopg2.ProgrammingError,
    psycopg2.NotSupportedError,
    psycopg2.InternalError,
    ValueError,  # a character that the server's encoding lacks, or NUL
)


class KeyScale:
    """Points in the order of a key's first column. Used on the connection's thread."""

    def __init__(self, connection: Connection, relation: Relation, bounds: KeyBounds) -> None:
        """Ask for what is known. Shares run from 0 to 1 in the key's order, NULLs among them.

        Args:
            connection: In the transaction that the rows are read in.
            relation: Whose key.
            bounds: Of the key.
        """
        self._connection, self._keys = connection, bounds.keys
        self._first = bounds.keys[0]
        try:
            with self._savepoint():
                spread = load_spread(connection, relation, bounds)
        except _UNREADABLE:  # only the estimates are lost
            spread = Spread((), 0.0, sql.SQL(""))
        self._points, self._nulls, self._collate = spread.points, spread.nulls, spread.collate
        self._shares = [point.share for point in self._points]

    def near(self, share: float) -> tuple[KeyBound, float]:
        """A bound about that far along, and how far along that really is, about."""
        if share <= 0 or not self._points:
            return Edge.START, 0.0
        sort = self._first.sort
        if self._nulls and share <= self._nulls and sort.nulls_first:
            return (None,), 0.0
        if self._nulls and share >= 1 - self._nulls and not sort.nulls_first:
            return (None,), 1 - self._nulls
        at = max(0, bisect_right(self._shares, share) - 1)
        point = self._points[at]
        if at + 1 < len(self._points):
            following = self._points[at + 1]
            if point.number is not None and following.number is not None and following.share > point.share:
                part = Decimal((share - point.share) / (following.share - point.share))
                value = self._value(point.number + (following.number - point.number) * part)
                if value != point.value:
                    return (value,), share
            if following.share - share < share - point.share:
                point = following
        return (point.value,), point.share

    def share(self, value: str | None) -> float:
        """How far along the first row of a value is, about.

        Raises:
            Refused: The server cannot read the value; nothing is lost.
        """
        first = self._first
        if value is None:
            return 0.0 if first.sort.nulls_first else 1 - self._nulls
        before, number = self._ask(value)
        if not self._points:
            return 0.0
        if before == 0:
            return self._points[0].share
        point = self._points[before - 1]
        if before == len(self._points):
            return point.share
        following = self._points[before]
        if number is None or point.number is None or following.number in (None, point.number):
            return point.share
        assert following.number is not None
        part = float((number - point.number) / (following.number - point.number))
        return point.share + (following.share - point.share) * min(1.0, max(0.0, part))

    def _ask(self, value: str) -> tuple[int, Decimal | None]:
        """How many points come before a value, and its number."""
        comparison, oid = self._first.comparison, self._first.column.type_oid
        operator = comparison.greater if self._first.sort.descending else comparison.less
        values: str | list[str] = [point.value for point in self._points] or "{}"
        text = "SELECT pg_catalog.count(*), {} FROM pg_catalog.unnest({}) AS p (v) WHERE p.v{} {} {}"
        statement = sql.SQL(text).format(
            number_of(oid, comparison.value(value)),
            cast(sql.Literal(values), f"{comparison.type_name}[]"),
            self._collate,
            comparison.operator(operator),
            comparison.value(value),
        )
        (before, number), *_ = self._guarded(statement, self._first)
        return int(before), number_from(oid, number)

    def check(self, values: Sequence[str]) -> Sequence[str]:
        """See whether the server can read the values of a key. Returns them as it writes them.

        Raises:
            Refused: It cannot, or they are too many; nothing is lost.
        """
        if len(values) > len(self._keys):
            named = ", ".join(key.sort.column for key in self._keys)
            raise Refused(f"{len(values)} values for a key of {len(self._keys)}", f"the key is {named}")
        written = []
        for key, value in zip(self._keys, values, strict=False):
            text = cast(key.comparison.value(value), "pg_catalog.text")
            written.append(self._guarded(sql.SQL("SELECT {}").format(text), key)[0][0])
        return written

    def _guarded(self, statement: sql.Composed, key: KeyColumn) -> list[tuple[str, ...]]:
        """The rows of a statement that a value may make fail."""
        try:
            with self._savepoint(), self._connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()
        except _UNREADABLE as error:
            message = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
            raise Refused(message, f"{key.sort.column} is of type {key.column.type_name}") from None

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """Whatever fails inside leaves the transaction and its cursors usable."""
        with self._connection.cursor() as cursor:
            cursor.execute("SAVEPOINT pgmem_key")
            try:
                yield
            except _UNREADABLE:
                cursor.execute("ROLLBACK TO SAVEPOINT pgmem_key")
                raise
            finally:
                if self._connection.info.transaction_status == ext.TRANSACTION_STATUS_INTRANS:
                    cursor.execute("RELEASE SAVEPOINT pgmem_key")

    def _value(self, number: Decimal) -> str:
        """The value that a number stands for."""
        value = value_of(self._first.column.type_oid, number)
        if isinstance(value, str):
            return value
        with self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT {}").format(value))
            ((text,),) = cursor.fetchall()
        return str(text)
