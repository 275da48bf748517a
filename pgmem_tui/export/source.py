"""What is exported: a relation, what is filtered and ordered of it, or a user's query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import sql

from pgmem_tui.postgres import composing, composition, copy_out, filtering, statements
from pgmem_tui.postgres.catalog import find_relation
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.copy_out import CopyOut, OutColumn
from pgmem_tui.postgres.key_bounds import order_by
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.postgres.planning import estimated_rows
from pgmem_tui.postgres.query_spec import Condition, Group, QuerySpec, SortKey
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.user_query import UserText, describe

_GENERATED, _IDENTITY = 120000, 100000
"""The versions that brought generated columns and identity columns."""


@dataclass(frozen=True)
class ExportSource:
    """Rows to export.

    Exactly one of `relation`, `text`, `spec` and `table_name` says which.
    """

    relation: Relation | None = None
    """With its columns."""
    columns: tuple[Column, ...] = ()
    """Those of them that are wanted."""
    conditions: tuple[Condition | Group, ...] = ()
    """What holds for the relation's rows wanted."""
    order: tuple[SortKey, ...] = ()
    limit: int = 0
    """Rows wanted at most; 0 is all."""
    into: tuple[str, ...] = ()
    """The table that INSERT statements name: schema and name."""
    estimate: int = -1
    """About how many rows there are; -1 if nobody knows yet."""
    text: str = ""
    """A user's SELECT, VALUES, TABLE or WITH … SELECT, as it was typed."""
    spec: QuerySpec | None = None
    """A query that was put together."""
    values: tuple[BoundValue, ...] = ()
    """Of the parameters in it."""
    table_name: str = ""
    """A relation by the name that a user typed, quoted as in psql."""


@dataclass(frozen=True)
class Prepared:
    """A statement to run, and about how many rows it has; -1 if nobody knows."""

    copy: CopyOut
    estimate: int
    columns: tuple[OutColumn, ...]


def of_relation(
    relation: Relation,
    conditions: tuple[Condition | Group, ...] = (),
    order: tuple[SortKey, ...] = (),
    limit: int = 0,
    shown: Sequence[int] | None = None,
) -> ExportSource:
    """A relation's columns, all or those of these numbers in their order; their values whole."""
    return ExportSource(
        relation=relation,
        columns=tuple(relation.columns[place] for place in shown) if shown is not None else relation.columns,
        conditions=conditions,
        order=order,
        limit=limit,
        into=(relation.schema, relation.name),
        estimate=-1 if conditions or limit else relation.estimated_rows,
    )


def of_query(text: str, into: str = "query", values: tuple[BoundValue, ...] = ()) -> ExportSource:
    """The rows of a user's query; INSERT statements name the table `into`."""
    return ExportSource(text=text, into=(into,), values=values)


def of_spec(spec: QuerySpec, into: str = "query") -> ExportSource:
    """The rows of a composed query; INSERT statements name the table `into`."""
    return ExportSource(spec=spec, into=(into,))


def named(table_name: str) -> ExportSource:
    """A relation by the name that a user typed."""
    return ExportSource(table_name=table_name)


def prepare(connection: Connection, source: ExportSource, form: str) -> Prepared:
    """Find out what the statement needs to know, in the transaction that has begun.

    Raises:
        Refused: There is no such relation, or the text is no query.
        QueryRefused: The server cannot plan the query.
        psycopg2.Error: Anything else.
    """
    if source.table_name:
        source = of_relation(find_relation(connection, source.table_name))
    selected = _of_query(connection, source) if source.relation is None else _of_relation(connection, source)
    into = ""
    if form == "sql":
        selected, into = _for_inserts(connection, source, selected)
    estimate = source.estimate if source.estimate >= 0 else estimated_rows(connection, selected.query)
    copy = copy_out.compose(selected.query, form, selected.columns, into)
    return Prepared(copy, estimate, selected.columns)


@dataclass(frozen=True)
class _Selected:
    """A SELECT with nothing cut, and its columns in their order."""

    query: sql.Composable
    columns: tuple[OutColumn, ...]


def _of_relation(connection: Connection, source: ExportSource) -> _Selected:
    relation = source.relation
    assert relation is not None
    where = filtering.narrowing(connection, source.conditions, relation.columns)
    order = order_by(relation.name, source.order) if source.order else None
    query = composition.RelationSelect(relation, source.columns, 0).whole(where, order, source.limit)
    return _Selected(query, tuple(OutColumn(column.name, column.type_oid) for column in source.columns))


def _of_query(connection: Connection, source: ExportSource) -> _Selected:
    if source.spec is not None:
        composed = composing.compose(source.spec, composing.look_up(connection, source.spec))
        text = composed.as_string(connection)
        described = describe(connection, text)
    else:
        bound = UserText(connection, source.text, source.values)
        with bound.placing():
            text = statements.one_query(bound.sent)
            described = describe(connection, text)
    columns = tuple(OutColumn(column.name, int(column.type_code)) for column in described)
    return _Selected(sql.SQL(text), columns)


def _for_inserts(connection: Connection, source: ExportSource, selected: _Selected) -> tuple[_Selected, str]:
    """Leave out the columns that no INSERT can give a value, and overrule those that would refuse one."""
    overriding = False
    if source.relation is not None:
        generated, overriding = _generated(connection, source.relation.oid)
        if generated:
            columns = tuple(column for column in selected.columns if column.name not in generated)
            listed = sql.SQL(", ").join([sql.Identifier("q", column.name) for column in columns])
            query = sql.SQL("SELECT {} FROM (\n{}\n) AS q").format(listed, selected.query)
            selected = _Selected(query, columns)
    names = copy_out.distinct([column.name for column in selected.columns])
    return selected, copy_out.insert_into(source.into, names, overriding)


def _generated(connection: Connection, oid: int) -> tuple[set[str], bool]:
    """The names of the generated columns, and whether an identity column is GENERATED ALWAYS."""
    version = connection.info.server_version
    if version < _IDENTITY:
        return set(), False
    generated = "a.attgenerated <> ''" if version >= _GENERATED else "false"
    query = (
        f"SELECT a.attname, ({generated})::pg_catalog.int4 FROM pg_catalog.pg_attribute AS a"
        " WHERE a.attrelid = %s::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped"
        f" AND ({generated} OR a.attidentity = 'a')"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, (oid,))
        found: Sequence[tuple[str, str]] = cursor.fetchall()
    return {name for name, is_generated in found if is_generated == "1"}, any(
        is_generated == "0" for _, is_generated in found
    )
