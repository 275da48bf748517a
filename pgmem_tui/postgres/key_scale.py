"""How far along an order the rows of a key lie, about: from a column's statistics.

Values whose share is known stand at points; between two of them numbers, times and UUIDs are taken
to be spread evenly (https://www.postgresql.org/docs/current/row-estimation-examples.html).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.comparison import Comparison, cast
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.key_bounds import Edge, KeyBound, KeyBounds, KeyColumn, order_by
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.relation import Relation

_WHOLE = frozenset({20, 21, 23, 26})
_FRACTIONAL = frozenset({700, 701, 1700})
_DATE, _TIMESTAMP, _TIMESTAMPTZ, _UUID = 1082, 1114, 1184, 2950
MOST_POINTS = 1000
"""Values of each kind taken from the statistics, which may have 10,000 of each."""


@dataclass(frozen=True)
class Point:
    """A value, and which share of the rows comes before the first row that has it."""

    value: str
    number: Decimal | None
    """The value on a scale where distances count; None where there is none."""
    share: float


class KeyScale:
    """Points in the order of a key's first column. Used on the connection's thread."""

    def __init__(
        self, connection: Connection, bounds: KeyBounds, points: Sequence[Point], nulls: float
    ) -> None:
        """Shares run from 0 to 1 in the key's order, NULLs among them.

        Args:
            connection: In the transaction that the rows are read in.
            bounds: Of the key.
            points: Ascending by share; empty where nothing is known.
            nulls: Share of the rows that have NULL.
        """
        self._connection, self._keys, self._points = connection, bounds.keys, points
        self._first = bounds.keys[0]
        self._nulls = nulls
        self._shares = [point.share for point in points]

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
                number = point.number + (following.number - point.number) * part
                return (self._value(number),), share
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
        comparison = self._first.comparison
        operator = comparison.greater if self._first.sort.descending else comparison.less
        points = cast(sql.Literal([point.value for point in self._points]), f"{comparison.type_name}[]")
        text = sql.SQL("SELECT pg_catalog.count(*), {} FROM pg_catalog.unnest({}) AS p (v) WHERE p.v {} {}")
        statement = text.format(
            _number_of(self._first.column.type_oid, comparison.value(value)),
            points if self._points else cast(sql.Literal("{}"), f"{comparison.type_name}[]"),
            comparison.operator(operator),
            comparison.value(value),
        )
        (before, number), *_ = self._guarded(statement, self._first)
        return int(before), _decimal(self._first.column.type_oid, number)

    def check(self, values: Sequence[str]) -> None:
        """See whether the server can read the values of a key.

        Raises:
            Refused: It cannot, or they are too many; nothing is lost.
        """
        if len(values) > len(self._keys):
            named = ", ".join(key.sort.column for key in self._keys)
            raise Refused(f"{len(values)} values for a key of {len(self._keys)}", f"the key is {named}")
        for key, value in zip(self._keys, values, strict=False):
            self._guarded(sql.SQL("SELECT {}").format(key.comparison.value(value)), key)

    def _guarded(self, statement: sql.Composed, key: KeyColumn) -> list[tuple[str, ...]]:
        """The rows of a statement that a value may make fail."""
        with self._connection.cursor() as cursor:
            cursor.execute("SAVEPOINT pgmem_key")
            try:
                cursor.execute(statement)
                return cursor.fetchall()
            except (psycopg2.DataError, psycopg2.ProgrammingError, psycopg2.NotSupportedError) as error:
                cursor.execute("ROLLBACK TO SAVEPOINT pgmem_key")
                what = f"{key.sort.column} is of type {key.column.type_name}"
                raise Refused(error.diag.message_primary or str(error), what) from None
            finally:
                if self._connection.info.transaction_status == ext.TRANSACTION_STATUS_INTRANS:
                    cursor.execute("RELEASE SAVEPOINT pgmem_key")

    def _value(self, number: Decimal) -> str:
        """The value that a number stands for."""
        oid = self._first.column.type_oid
        if oid in _WHOLE:
            return str(int(number))
        if oid in _FRACTIONAL:
            return f"{number:f}"
        if oid == _UUID:
            return f"{int(number):032x}"
        with self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT {}").format(_time_of(oid, number)))
            ((value,),) = cursor.fetchall()
        return str(value)


def load_scale(connection: Connection, relation: Relation, bounds: KeyBounds) -> KeyScale:
    """What the statistics tell of a key's first column.

    Args:
        connection: In the transaction that the rows are read in.
        relation: Whose key.
        bounds: Of the key.
    """
    first = bounds.keys[0]
    oid = first.column.type_oid
    with connection.cursor() as cursor:
        cursor.execute(
            query("key_statistics"),
            {"schema": relation.schema, "name": relation.name, "column": first.sort.column},
        )
        nulls, histogram, common, frequencies = cursor.fetchone() or ("0", None, None, None)
        weighed: list[tuple[str, float, Decimal | None]] = []
        if first.column.category != "A":
            cursor.execute(_sorted(first.comparison, oid, histogram, common, frequencies))
            weighed = [
                (value, float(weight), _decimal(oid, number)) for value, weight, number in cursor.fetchall()
            ]
        # Statistics may not know yet what was inserted since.
        ends = [_end(cursor, relation, bounds, last=last) for last in (False, True)]
    share = float(nulls or 0)
    points = _with_ends(_points(weighed, 1 - share), ends, 1 - share)
    if first.sort.descending:
        points = [Point(point.value, point.number, 1 - share - point.share) for point in reversed(points)]
    if first.sort.nulls_first:
        points = [Point(point.value, point.number, share + point.share) for point in points]
    return KeyScale(connection, bounds, points, share)


def _end(
    cursor: ext.cursor, relation: Relation, bounds: KeyBounds, last: bool
) -> tuple[str | None, Decimal | None]:
    """The lowest or highest value that is not NULL, and its number."""
    first = bounds.keys[0]
    column = sql.Identifier(relation.name, first.sort.column)
    query = sql.SQL(
        "SELECT CAST({0} AS pg_catalog.text), {1} FROM {2} WHERE {0} IS NOT NULL ORDER BY {3} LIMIT 1"
    )
    backward = last != first.sort.descending
    order = order_by(relation.name, bounds.order[:1], backward)
    table = sql.Identifier(relation.schema, relation.name)
    cursor.execute(query.format(column, _number_of(first.column.type_oid, column), table, order))
    value, number = cursor.fetchone() or (None, None)
    return value, _decimal(first.column.type_oid, number)


def _sorted(
    comparison: Comparison, oid: int, histogram: str | None, common: str | None, frequencies: str | None
) -> sql.Composed:
    """The bounds of the histogram (weight -1) and the common values (their frequency), in order."""
    return sql.SQL(
        "SELECT CAST(s.v AS pg_catalog.text), s.w, {number} FROM ("
        "SELECT b.v, -1::pg_catalog.float8 AS w, b.i, pg_catalog.count(*) OVER () AS n"
        " FROM pg_catalog.unnest({histogram}) WITH ORDINALITY AS b (v, i)"
        " UNION ALL SELECT m.v, m.w, 1, 1"
        " FROM ROWS FROM (pg_catalog.unnest({common}),"
        " pg_catalog.unnest(CAST({frequencies} AS pg_catalog.float8[]))) AS m (v, w)"
        ") AS s WHERE s.n < {most} OR s.i = s.n OR s.i % (s.n / {most} + 1) = 1"
        " ORDER BY s.v, s.w LIMIT {limit}"
    ).format(
        number=_number_of(oid, sql.SQL("s.v")),
        histogram=cast(sql.Literal(histogram or "{}"), f"{comparison.type_name}[]"),
        common=cast(sql.Literal(common or "{}"), f"{comparison.type_name}[]"),
        frequencies=sql.Literal(frequencies or "{}"),
        most=sql.Literal(MOST_POINTS),
        limit=sql.Literal(3 * MOST_POINTS),
    )


def _points(weighed: Sequence[tuple[str, float, Decimal | None]], rows: float) -> list[Point]:
    common = sum(weight for _, weight, _ in weighed if weight >= 0)
    buckets = sum(weight < 0 for _, weight, _ in weighed) - 1
    each = max(0.0, rows - common) / buckets if buckets > 0 else 0.0
    points: list[Point] = []
    share, seen = 0.0, 0
    for value, weight, number in weighed:
        if weight < 0:
            share += each if seen else 0.0
            seen += 1
        points.append(Point(value, number, min(share, rows)))
        share += max(0.0, weight)
    return points


def _with_ends(
    points: list[Point], ends: Sequence[tuple[str | None, Decimal | None]], rows: float
) -> list[Point]:
    """Begin and end with the values that the index begins and ends with."""
    (low, low_number), (high, high_number) = ends
    if low is None or high is None:
        return points
    inner = [
        point
        for point in points
        if point.value not in (low, high) and _between(low_number, point.number, high_number)
    ]
    last = max((point.share for point in points if point.value == high), default=rows)
    return [Point(low, low_number, 0.0), *inner, Point(high, high_number, last)]


def _between(low: Decimal | None, number: Decimal | None, high: Decimal | None) -> bool:
    if low is None or number is None or high is None:
        return True
    return low < number < high


def _number_of(oid: int, value: sql.Composable) -> sql.Composable:
    """An expression for where a value stands on a scale of numbers."""
    if oid in _WHOLE or oid in _FRACTIONAL:
        return cast(value, "pg_catalog.text")
    if oid in (_DATE, _TIMESTAMP, _TIMESTAMPTZ):
        return sql.SQL(
            "CASE WHEN pg_catalog.isfinite({0})"
            " THEN CAST(pg_catalog.date_part('epoch', {0}) AS pg_catalog.text) END"
        ).format(value)
    if oid == _UUID:
        return sql.SQL("pg_catalog.replace(CAST({} AS pg_catalog.text), '-', '')").format(value)
    return sql.SQL("NULL::pg_catalog.text")


def _time_of(oid: int, number: Decimal) -> sql.Composed:
    moment = sql.SQL("pg_catalog.to_timestamp({}::pg_catalog.float8)").format(sql.Literal(str(number)))
    if oid == _TIMESTAMPTZ:
        return cast(moment, "pg_catalog.text")
    there = sql.SQL("pg_catalog.timezone('UTC', {})").format(moment)
    return cast(cast(there, "pg_catalog.date") if oid == _DATE else there, "pg_catalog.text")


def _decimal(oid: int, number: str | None) -> Decimal | None:
    if number is None:
        return None
    if oid == _UUID:
        return Decimal(int(number, 16))
    value = Decimal(number)
    return value if value.is_finite() else None
