"""A query as a person would write it, for the editor, the clipboard and the history. Another is sent. Pure.

What is sent names each operator, function and type with its schema. Here that is left out where it means the
same: pg_catalog is searched first, unless the search_path names it itself, behind others
(https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-CATALOG); it is what
server, role and database have it, or the user has SET. An exact match there is then taken before all others
(https://www.postgresql.org/docs/current/typeconv-oper.html). Operators and aggregates that someone has put
elsewhere for the same types, be they on a search path or not, are known (`outside`): where there is one
the qualified form stays, as it does for types with operators of their own schema (citext). Unknown are only
types and casts: who has a type `text` in a schema before pg_catalog has `::text` mean that.

Tables keep their schemas: a search_path may change between two looks at a history.
"""

from __future__ import annotations

from psycopg2 import sql

from pgmem_tui.postgres import aggregates, column_pairs, readable_conditions
from pgmem_tui.postgres.composing import Composer, Looked
from pgmem_tui.postgres.outside import TEXT
from pgmem_tui.postgres.query_spec import ColumnOf, Condition, Output, QuerySpec, Source
from pgmem_tui.postgres.readable_conditions import VARCHAR
from pgmem_tui.postgres.relation import Column


def lines(spec: QuerySpec, looked: Looked) -> list[sql.Composed]:
    """The SELECT in lines, each of which ends between two words; `composed_text.written` makes text of it.

    Raises:
        Refused: As `composing.lines` does.
    """
    return _Readable(spec, looked).lines()


class _Readable(Composer):
    """Leaves out what goes without saying."""

    def __init__(self, spec: QuerySpec, looked: Looked) -> None:
        super().__init__(spec, looked)
        self._outside = looked.outside
        self._alone = not spec.joins
        """Whether a column needs no table before it."""

    def _every(self) -> list[sql.Composed]:
        return [sql.Composed([sql.SQL("*")])]

    def _source(self, source: Source) -> sql.Composed:
        table = self._tables[source.alias]
        if table.strings[-1] == source.alias:
            return sql.Composed([table])
        return super()._source(source)

    def _condition(self, condition: Condition) -> sql.Composed:
        return readable_conditions.condition(condition, self._find, self._known, self._outside)

    def _equal(self, one: ColumnOf, other: ColumnOf) -> sql.Composed:
        sent = super()._equal(one, other)
        (left, first), (right, second) = self._column(one), self._column(other)
        if not column_pairs.plain(first, second, self._known):
            return sent
        if self._outside.has("=", first.type_oid, second.type_oid, TEXT):
            return sent
        return sql.SQL("{} = {}").format(left, right)

    def _value(self, output: Output) -> sql.Composed:
        sent = super()._value(output)
        if not output.aggregate:
            return sent
        oids = [TEXT] if output.aggregate == "string_agg" else []
        if output.column is None:
            return sent if self._outside.has("count") else sql.Composed([sql.SQL("count(*)")])
        name, column = self._column(output.column)
        if self._outside.has(output.aggregate, column.type_oid, *oids):
            return sent
        argument: sql.Composable = name
        more: sql.Composable = sql.Composed([])
        if output.aggregate == "string_agg":
            more = sql.SQL(", {}").format(sql.Literal(aggregates.DELIMITER))
            if column.type_oid not in (TEXT, VARCHAR):
                argument = sql.SQL("{}::text").format(name)
        distinct = "DISTINCT " if output.distinct else ""
        return sql.SQL(f"{output.aggregate}({distinct}{{}}{{}})").format(argument, more)

    def _column(self, column: ColumnOf) -> tuple[sql.Identifier, Column]:
        name, found = super()._column(column)
        return (sql.Identifier(column.column) if self._alone else name), found

    def _sorted_by(self, column: ColumnOf) -> sql.Identifier:
        # ORDER BY means an output of that name before it means a column.
        if all(not output.alias and not output.aggregate for output in self._spec.outputs):
            return self._column(column)[0]
        return sql.Identifier(column.source, column.column)
