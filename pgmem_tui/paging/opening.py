"""From what was asked for to the SELECT that its cursor runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.paging.requests import KnownRelation, NamedRelation, Target, UserQuery
from pgmem_tui.postgres import composition, filtering, queries, statements
from pgmem_tui.postgres.catalog import find_relation, load_relation
from pgmem_tui.postgres.comparison import comparisons
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.key_bounds import order_by
from pgmem_tui.postgres.relation import Column, Leaf, Relation
from pgmem_tui.postgres.storage import FOREIGN, leaves
from pgmem_tui.postgres.user_query import describe
from pgmem_tui.postgres.wire import Reporter, StatementReport

HEAP_KINDS = "rpm"
"""Tables, partitioned ones and materialized views have blocks, or parts that have."""
_WITHOUT_STORAGE = {"v": "a view"}
_NUMERIC = 1700


@dataclass(frozen=True)
class Opening:
    """A query ready to be declared, and what is known of its result."""

    query: sql.Composed
    columns: tuple[Column, ...]
    cell_limit: int
    """Characters a clamped cell may have."""
    relation: Relation | None
    server_limit: int
    """Where the server cuts: characters, or bytes where it knows no characters."""
    leaves: tuple[Leaf, ...] = ()
    """The tables that hold the relation's rows, where each can be read by its blocks."""
    why_no_leaves: str = ""
    """Why not, if they cannot."""
    where: sql.Composed | None = None
    """What holds for the rows wanted."""
    rows: sql.Composed | None = None
    """FROM the same rows with nothing cut, their columns named by `composition.positional`."""

    @property
    def foreign(self) -> bool:
        """Whether rows come from other servers."""
        return self.why_no_leaves.startswith(FOREIGN)

    @property
    def identity(self) -> tuple[str, ...]:
        """System columns behind the others in each row, by which it is found again."""
        return ("tableoid", "ctid")[len(self.leaves) == 1 :] if self.leaves else ()

    @property
    def select(self) -> composition.RelationSelect:
        """Composes SELECTs of the relation's columns."""
        assert self.relation is not None, "a query has no other SELECT than its own"
        return composition.RelationSelect(self.relation, self.columns, self.server_limit, self.identity)

    @property
    def widest_row(self) -> int:
        """Bytes of memory that the values of a row can take."""
        return composition.widest_row(self.columns, self.server_limit)


def prepare(connection: Connection, target: Target, cell_limit: int, report: Reporter) -> Opening:
    """Look up what the target is made of, in the transaction that has begun.

    Raises:
        NoSuchRelation, NotARelation, NotAQuery: There is nothing to browse by that name or text.
        QueryRefused: The server cannot plan the query.
        psycopg2.Error: Anything else.
    """
    # Without an encoding the server cuts at bytes, of which a character may have four.
    longest = 4 if connection.info.parameter_status("server_encoding") == "SQL_ASCII" else 1
    cell_limit *= longest
    if isinstance(target, UserQuery):
        text = statements.one_query(target.sql)
        described = _describe(connection, text, report)
        query, columns = composition.select_query(text, described, cell_limit)
        limit = composition.effective_limit(columns, cell_limit)
        rows = composition.from_query(text, len(columns))
        return Opening(query, columns, limit // longest, None, limit, rows=rows)
    relation = _look_up(connection, target, report)
    columns = composition.clamp(relation.columns, cell_limit)
    limit = composition.effective_limit(columns, cell_limit)
    tables: tuple[Leaf, ...] = ()
    why = _WITHOUT_STORAGE.get(relation.kind, "")
    if relation.kind in HEAP_KINDS or relation.kind == "f":
        tables, why = leaves(connection, relation.oid)
    what = Opening(sql.Composed([]), columns, limit // longest, relation, limit, tables, why)
    return narrowed(connection, what, target)


def narrowed(connection: Connection, what: Opening, target: NamedRelation | KnownRelation) -> Opening:
    """The SELECT of those rows of a relation that are wanted, in the order wanted."""
    if isinstance(target, NamedRelation):
        return replace(what, query=what.select(), rows=_rows(what, what.select.whole()))
    where = None
    if target.conditions:
        wanted = {condition.column for condition in target.conditions}
        oids = [column.type_oid for column in what.columns if column.name in wanted]
        where = filtering.where(target.conditions, what.columns, comparisons(connection, oids))
    order = order_by(what.select.relation.name, target.order) if target.order else None
    rows = _rows(what, what.select.whole(where, order, target.limit))
    return replace(what, query=what.select(where, order, target.limit), where=where, rows=rows)


def _rows(what: Opening, query: sql.Composed) -> sql.Composed:
    return composition.from_query(query, len(what.columns))


def _look_up(connection: Connection, target: NamedRelation | KnownRelation, report: Reporter) -> Relation:
    started, clock = time.time(), time.perf_counter()
    if isinstance(target, NamedRelation):
        relation = find_relation(connection, target.name)
    else:
        relation = load_relation(connection, target.oid)
    seconds = time.perf_counter() - clock
    text = f"-- the catalog, about {relation.schema}.{relation.name}"
    report(StatementReport("browse", "SELECT", text, started, seconds, rows=len(relation.columns)))
    return relation


def _describe(connection: Connection, text: str, report: Reporter) -> Sequence[Column]:
    described = describe(connection, text, report, "browse")
    with connection.cursor() as cursor:
        cursor.execute(queries.query("types"), {"oids": [column.type_code for column in described]})
        types = {int(oid): rest for oid, *rest in cursor.fetchall()}
    return [_column(column, types) for column in described]


def _column(column: ext.Column, types: dict[int, list[str]]) -> Column:
    oid = int(column.type_code)
    name, length, category = types.get(oid, ("?", "-1", "U"))
    return Column(column.name, name, oid, int(length), _typmod(column, oid), category)


def _typmod(column: ext.Column, oid: int) -> int:
    # psycopg2 hands the modifier on less its 4 bytes of header, and a numeric's as precision and scale.
    size: int | None = column.internal_size
    if oid == _NUMERIC:
        return -1 if column.scale in (None, 65535) else ((column.precision or 0) << 16 | column.scale) + 4
    if size is None or size < 0:
        return -1
    return size + 4
