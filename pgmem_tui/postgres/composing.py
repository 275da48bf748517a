"""A spec of a whole query -> SQL.

`look_up` asks the catalog for all that is needed, `compose` is pure. Every name goes through
`sql.Identifier`, every value through `sql.Literal` and a cast; the rest are constants of the program, and
names of types and operators as the server has written them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from psycopg2 import sql

from pgmem_tui.postgres import aggregates, filtering
from pgmem_tui.postgres.catalog import load_relation
from pgmem_tui.postgres.comparison import cast
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.having import Parts, parted
from pgmem_tui.postgres.operands import Operands, operands
from pgmem_tui.postgres.outside import NONE, Outside
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    SortKey,
    Source,
    flat,
)
from pgmem_tui.postgres.relation import Column, Relation

LONGEST_NAME = 63
"""Bytes of a name: NAMEDATALEN less one
(https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)."""

_STRING_AGG_TEXT = "pg_catalog.text"


@dataclass(frozen=True)
class Looked:
    """What the catalog says of all that a spec names."""

    relations: Mapping[int, Relation]
    """By oid."""
    operands: Operands
    """Of the columns that are compared."""
    outside: Outside = NONE
    """What stands in the way of readable SQL; nothing of what is sent depends on it."""


def sources(spec: QuerySpec) -> tuple[Source, ...]:
    """All of them, the first one first."""
    return (spec.source, *(join.source for join in spec.joins))


def look_up(connection: Connection, spec: QuerySpec) -> Looked:
    """Ask the catalog about what a spec names.

    Raises:
        NoSuchRelation: One was dropped.
    """
    relations = {oid: load_relation(connection, oid) for oid in {one.oid for one in sources(spec)}}
    compared = {name for one in flat(spec.where) for name in filtering.compared_columns(one)}
    compared |= {side.column for join in spec.joins for pair in join.pairs for side in pair}
    columns = [
        column for relation in relations.values() for column in relation.columns if column.name in compared
    ]
    if any(condition.aggregate for condition in flat(spec.where)):
        columns += aggregates.RESULTS
    return Looked(relations, operands(connection, columns))


def compose(spec: QuerySpec, looked: Looked) -> sql.Composed:
    """The SELECT.

    Raises:
        Refused: The spec names what is not there, or an operator that does not fit.
    """
    return sql.SQL("\n").join(lines(spec, looked))


def lines(spec: QuerySpec, looked: Looked) -> list[sql.Composed]:
    """The SELECT in lines, each of which ends between two words."""
    return Composer(spec, looked).lines()


def unique_alias(name: str, taken: Sequence[str]) -> str:
    """A name by which a query can know a relation; with a number behind it where it is taken.

    Args:
        name: The relation's.
        taken: The aliases that there are.
    """
    alias, number = name or "t", 1
    while alias in taken:
        number += 1
        room = LONGEST_NAME - len(f"_{number}")
        alias = f"{name.encode('utf-8', 'surrogateescape')[:room].decode('utf-8', 'ignore')}_{number}"
    return alias


def _alias(name: str) -> sql.Identifier:
    if "\0" in name:
        raise Refused("no name has a NUL character in it")
    return sql.Identifier(name)


class Composer:
    """Composes one spec, as it is sent."""

    def __init__(self, spec: QuerySpec, looked: Looked) -> None:
        """Check the names of its tables.

        Raises:
            Refused: One is gone, or two have the same name.
        """
        self._spec, self._known = spec, looked.operands
        self._columns: dict[str, dict[str, Column]] = {}
        self._tables: dict[str, sql.Identifier] = {}
        for source in sources(spec):
            relation = looked.relations.get(source.oid)
            if relation is None:
                raise Refused(f"the relation with oid {source.oid} no longer exists")
            if len(source.alias.encode("utf-8", "surrogateescape")) > LONGEST_NAME:
                raise Refused(f"{source.alias} is too long for a name: it may have {LONGEST_NAME} bytes")
            if not source.alias or source.alias in self._columns:
                raise Refused(f"each table needs a name of its own, and two are called {source.alias}")
            self._columns[source.alias] = {column.name: column for column in relation.columns}
            self._tables[source.alias] = sql.Identifier(relation.schema, relation.name)

    def lines(self) -> list[sql.Composed]:
        """The SELECT in lines.

        Raises:
            Refused: The spec names what is not there, or an operator that does not fit.
        """
        spec = self._spec
        listed = [self._output(output) for output in spec.outputs] or self._every()
        select = "SELECT DISTINCT {}" if spec.distinct else "SELECT {}"
        written = [sql.SQL(select).format(sql.SQL(", ").join(listed))]
        written.append(sql.SQL("FROM {}").format(self._source(spec.source)))
        seen = {spec.source.alias}
        for join in spec.joins:
            seen.add(join.source.alias)
            written.append(self._join(join, seen))
        rows, groups = parted(spec.where, self._is_key)
        written += self._conditions(rows, "WHERE {}", "  AND {}")
        grouped = list(self._grouped())
        if grouped:
            written.append(sql.SQL("GROUP BY {}").format(sql.SQL(", ").join(grouped)))
        written += self._conditions(groups, "HAVING {}", "   AND {}")
        if spec.order:
            keys = [self._order(key) for key in spec.order]
            written.append(sql.SQL("ORDER BY {}").format(sql.SQL(", ").join(keys)))
        if spec.limit:
            written.append(sql.SQL("LIMIT {}").format(sql.Literal(spec.limit)))
        return written

    def _conditions(self, parts: Parts, first: str, others: str) -> Iterator[sql.Composed]:
        for place, part in enumerate(filtering.written(parts, self._condition)):
            yield sql.SQL(others if place else first).format(part)

    def _condition(self, condition: Condition) -> sql.Composed:
        return filtering.condition(condition, self._find, self._known)

    def _every(self) -> list[sql.Composed]:
        return [sql.SQL("{}.*").format(sql.Identifier(alias)) for alias in self._columns]

    def _source(self, source: Source) -> sql.Composed:
        return sql.SQL("{} AS {}").format(self._tables[source.alias], _alias(source.alias))

    def _join(self, join: Join, seen: set[str]) -> sql.Composed:
        if not join.pairs:
            raise Refused(f"nothing says which rows of {join.source.alias} belong to the others")
        pairs = []
        for one, other in join.pairs:
            if one.source not in seen or other.source not in seen:
                raise Refused(f"{join.source.alias} is joined to a table that comes after it")
            pairs.append(self._equal(one, other))
        return sql.SQL("LEFT JOIN {} ON {}" if join.outer else "JOIN {} ON {}").format(
            self._source(join.source), sql.SQL(" AND ").join(pairs)
        )

    def _equal(self, one: ColumnOf, other: ColumnOf) -> sql.Composed:
        names, compared = [], []
        for side in (one, other):
            name, column = self._column(side)
            comparison = self._known.comparisons.get(column.type_oid)
            if comparison is None:
                raise Refused(f"{column.name}: values of {column.type_name} are never equal")
            names.append(comparison.column(name))
            compared.append(comparison)
        # Where two types compare, it is in the schema of the one that came later.
        how = compared[1] if compared[0].schema == "pg_catalog" else compared[0]
        return sql.SQL("{} {} {}").format(names[0], how.operator(how.equal), names[1])

    def _output(self, output: Output) -> sql.Composed:
        shown = self._value(output)
        if not output.alias:
            return shown
        return sql.SQL("{} AS {}").format(shown, _alias(output.alias))

    def _value(self, output: Output) -> sql.Composed:
        if not output.aggregate:
            if output.column is None:
                raise Refused("a column of the result is neither a column nor a count")
            return sql.Composed([self._column(output.column)[0]])
        how = aggregates.aggregate(output.aggregate)
        if output.column is None:
            if how.name != "count":
                raise Refused(f"{how.name} takes a column")
            return sql.Composed([sql.SQL("pg_catalog.count(*)")])
        argument: sql.Composable = self._column(output.column)[0]
        more: sql.Composable = sql.Composed([])
        if how.name == "string_agg":
            argument = cast(argument, _STRING_AGG_TEXT)
            more = sql.SQL(", {}").format(cast(sql.Literal(aggregates.DELIMITER), _STRING_AGG_TEXT))
        distinct = "DISTINCT " if output.distinct else ""
        return sql.SQL(f"pg_catalog.{how.name}({distinct}{{}}{{}})").format(argument, more)

    def _grouped(self) -> Iterator[sql.Composable]:
        if not self._spec.grouped:
            return
        if not self._spec.outputs:
            raise Refused("groups of rows have no columns but those chosen: choose some")
        for column in self._keys:
            yield self._column(column)[0]

    @property
    def _keys(self) -> dict[ColumnOf, None]:
        """What rows are grouped by, if they are, in this order."""
        plain = [one.column for one in self._spec.outputs if not one.aggregate and one.column is not None]
        return dict.fromkeys(plain)

    def _is_key(self, condition: Condition) -> bool:
        other = condition.other or condition
        pair = self._column_of(condition), ColumnOf(other.source or self._spec.source.alias, other.column)
        return all(column in self._keys for column in pair)

    def _order(self, key: SortKey | OutputOrder) -> sql.Composed:
        if isinstance(key, SortKey):
            what: sql.Composable = self._sorted_by(ColumnOf(self._spec.source.alias, key.column))
        elif 0 <= key.output < len(self._spec.outputs):
            # By its place: names of outputs may be those of columns.
            what = sql.Literal(key.output + 1)
        else:
            raise Refused("the order is by a column that the result does not have")
        word = " DESC" if key.descending else ""
        if key.nulls_first not in (None, key.descending):
            word += f" NULLS {'FIRST' if key.nulls_first else 'LAST'}"
        return sql.SQL(f"{{}}{word}").format(what)

    def _sorted_by(self, column: ColumnOf) -> sql.Identifier:
        return self._column(column)[0]

    def _column(self, column: ColumnOf) -> tuple[sql.Identifier, Column]:
        if column.source not in self._columns:
            raise Refused(f"there is no table {column.source} in the query")
        found = self._columns[column.source].get(column.column)
        if found is None:
            raise Refused(f"there is no column {column.column} in {column.source}")
        return sql.Identifier(column.source, column.column), found

    def _column_of(self, condition: Condition) -> ColumnOf:
        return ColumnOf(condition.source or self._spec.source.alias, condition.column)

    def _find(self, condition: Condition) -> tuple[sql.Composable, Column]:
        where = self._column_of(condition)
        if not condition.aggregate:
            return self._column(where)
        column = where if condition.column else None
        said = self._value(Output(column, condition.aggregate, condition.distinct))
        of = self._column(column)[1] if column is not None else None
        made = aggregates.result(condition.aggregate, condition.distinct, of)
        if made is None:
            raise Refused(f"there are no conditions on {condition.subject}")
        return said, made
