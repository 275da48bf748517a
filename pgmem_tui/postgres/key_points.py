"""What the statistics of a column tell of its values: each with the share of the rows before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.comparison import cast
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.key_bounds import KeyBounds, order_by
from pgmem_tui.postgres.key_numbers import number_from, number_of
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.relation import Relation

MOST_POINTS = 200
"""Values of each kind taken from the statistics, which may have 10,000 of each."""
LONGEST = 200
"""Characters of a value; longer ones are left out: statistics keep values of up to 1 kB."""

_SORTED = """\
SELECT CAST(s.v AS pg_catalog.text), s.w, {number} FROM (
SELECT b.v, '-1'::pg_catalog.float8 AS w, b.i, pg_catalog.count(*) OVER () AS n FROM {statistics} AS p
CROSS JOIN LATERAL pg_catalog.unnest({histogram}) WITH ORDINALITY AS b (v, i)
UNION ALL SELECT m.v, m.w::pg_catalog.float8, m.i, 0 FROM {statistics} AS p
CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest({common}), pg_catalog.unnest(p.most_common_freqs))
WITH ORDINALITY AS m (v, w, i)
) AS s
WHERE CASE WHEN s.n OPERATOR(pg_catalog.=) 0 THEN s.i OPERATOR(pg_catalog.<=) {most}
ELSE s.i OPERATOR(pg_catalog.=) s.n OR s.n OPERATOR(pg_catalog.<=) {most}
OR s.i OPERATOR(pg_catalog.%) (s.n OPERATOR(pg_catalog./) {most} OPERATOR(pg_catalog.+) 1)
OPERATOR(pg_catalog.=) 1 END
AND pg_catalog.length(CAST(s.v AS pg_catalog.text)) OPERATOR(pg_catalog.<=) {longest}
ORDER BY s.v{collate}, s.w"""
"""The bounds of the histogram (weight -1) and the commonest values (their frequency), in order."""
_STATISTICS = """\
(SELECT * FROM pg_catalog.pg_stats AS t WHERE t.schemaname OPERATOR(pg_catalog.=) {schema}::pg_catalog.name
AND t.tablename OPERATOR(pg_catalog.=) {name}::pg_catalog.name
AND t.attname OPERATOR(pg_catalog.=) {column}::pg_catalog.name
ORDER BY t.inherited DESC LIMIT 1)"""

_Weighed = tuple[str, float, Decimal | None]
_End = tuple[str | None, Decimal | None]


@dataclass(frozen=True)
class Point:
    """A value, and which share of the rows comes before the first row that has it."""

    value: str
    number: Decimal | None
    """The value on a scale where distances count; None where there is none."""
    share: float


@dataclass(frozen=True)
class Spread:
    """How a column's values are spread, in the order of a key."""

    points: Sequence[Point]
    """Ascending by share; empty where nothing is known."""
    nulls: float
    """Share of the rows that have NULL."""
    collate: sql.Composable
    """What makes a value compare as the column's do."""


def load_spread(connection: Connection, relation: Relation, bounds: KeyBounds) -> Spread:
    """Ask for what is known of a key's first column.

    Args:
        connection: In the transaction that the rows are read in.
        relation: Whose key.
        bounds: Of the key.
    """
    first = bounds.keys[0]
    with connection.cursor() as cursor:
        named = {"oid": relation.oid, "schema": relation.schema, "name": relation.name}
        cursor.execute(query("key_statistics"), {**named, "column": first.sort.column})
        schema, collation, share = cursor.fetchone() or (None, None, None)
        collate: sql.Composable = sql.SQL("")
        if collation is not None:
            collate = sql.SQL(" COLLATE {}").format(sql.Identifier(schema, collation))
        weighed: list[_Weighed] = []
        if first.column.category != "A":
            cursor.execute(_sorted(relation, bounds, collate))
            oid = first.column.type_oid
            found = cursor.fetchall()
            weighed = [(value, float(weight), number_from(oid, number)) for value, weight, number in found]
        # Statistics may not know yet what was inserted since.
        ends = [_end(cursor, relation, bounds, last=last) for last in (False, True)]
    nulls = float(share or 0)
    points = _with_ends(_points(weighed, 1 - nulls), ends, 1 - nulls)
    if first.sort.descending:
        points = [Point(point.value, point.number, 1 - nulls - point.share) for point in reversed(points)]
    if first.sort.nulls_first:
        points = [Point(point.value, point.number, nulls + point.share) for point in points]
    return Spread(points, nulls, collate)


def _sorted(relation: Relation, bounds: KeyBounds, collate: sql.Composable) -> sql.Composed:
    first = bounds.keys[0]
    array = f"{first.comparison.type_name}[]"
    statistics = sql.SQL(_STATISTICS).format(
        schema=sql.Literal(relation.schema),
        name=sql.Literal(relation.name),
        column=sql.Literal(first.sort.column),
    )
    return sql.SQL(_SORTED).format(
        number=number_of(first.column.type_oid, sql.SQL("s.v")),
        statistics=statistics,
        histogram=cast(cast(sql.SQL("p.histogram_bounds"), "pg_catalog.text"), array),
        common=cast(cast(sql.SQL("p.most_common_vals"), "pg_catalog.text"), array),
        most=sql.Literal(MOST_POINTS),
        longest=sql.Literal(LONGEST),
        collate=collate,
    )


def _end(cursor: ext.cursor, relation: Relation, bounds: KeyBounds, last: bool) -> _End:
    """The lowest or highest value that is not NULL, and its number."""
    first = bounds.keys[0]
    column = sql.Identifier(relation.name, first.sort.column)
    statement = sql.SQL(
        "SELECT CAST({0} AS pg_catalog.text), {1} FROM {2} WHERE {0} IS NOT NULL ORDER BY {3} LIMIT 1"
    )
    order = order_by(relation.name, bounds.order[:1], backward=last != first.sort.descending)
    table = sql.Identifier(relation.schema, relation.name)
    cursor.execute(statement.format(column, number_of(first.column.type_oid, column), table, order))
    value, number = cursor.fetchone() or (None, None)
    return value, number_from(first.column.type_oid, number)


def _points(weighed: Sequence[_Weighed], rows: float) -> list[Point]:
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


def _with_ends(points: list[Point], ends: Sequence[_End], rows: float) -> list[Point]:
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
