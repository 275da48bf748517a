"""From what was asked for to the SELECT that its cursor runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from psycopg2 import sql

from pgmem_tui.paging.requests import (
    ComposedQuery,
    KnownRelation,
    NamedRelation,
    Statement,
    Target,
    UserQuery,
)
from pgmem_tui.postgres import composing, composition, filtering, statements
from pgmem_tui.postgres.catalog import find_relation, load_relation
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.key_bounds import order_by
from pgmem_tui.postgres.relation import Column, Leaf, Relation
from pgmem_tui.postgres.result_columns import result_columns
from pgmem_tui.postgres.storage import FOREIGN, leaves
from pgmem_tui.postgres.user_query import QueryRefused, UserText, describe

HEAP_KINDS = "rpm"
"""Tables, partitioned ones and materialized views have blocks, or parts that have."""
_WITHOUT_STORAGE = {"v": "a view"}


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
    text: str = ""
    """Of a query: its values in it, and nothing that cuts its cells."""
    composed: sql.Composed | None = None
    """The same in names and values, if it was put together."""

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


def prepare(connection: Connection, target: Target, cell_limit: int) -> Opening:
    """Look up what the target is made of, in the transaction that has begun.

    Raises:
        NoSuchRelation, NotARelation, NotAQuery: There is nothing to browse by that name or text.
        QueryRefused: The server cannot plan the query.
        psycopg2.Error: Anything else.
    """
    if isinstance(target, Statement):
        raise TypeError("a statement is run, and not opened by a cursor")
    if isinstance(target, UserQuery):
        bound = UserText(connection, target.sql, target.values)
        with bound.placing():
            return of_text(connection, statements.one_query(bound.sent), cell_limit)
    if isinstance(target, ComposedQuery):
        composed = composing.compose(target.spec, composing.look_up(connection, target.spec))
        try:
            what = of_text(connection, composed.as_string(connection), cell_limit)
        except QueryRefused as refused:
            # A place in a text that nobody has typed means nothing.
            raise refused.error from None
        return replace(what, composed=composed)
    longest = _longest(connection)
    cell_limit *= longest
    relation = _look_up(connection, target)
    columns = composition.clamp(relation.columns, cell_limit)
    limit = composition.effective_limit(columns, cell_limit)
    tables: tuple[Leaf, ...] = ()
    why = _WITHOUT_STORAGE.get(relation.kind, "")
    if relation.kind in HEAP_KINDS or relation.kind == "f":
        tables, why = leaves(connection, relation.oid)
    what = Opening(sql.Composed([]), columns, limit // longest, relation, limit, tables, why)
    return narrowed(connection, what, target)


def of_text(connection: Connection, text: str, cell_limit: int) -> Opening:
    """What `prepare` returns for a query whose text can be sent.

    Raises:
        QueryRefused: The server cannot plan it.
        psycopg2.Error: Anything else.
    """
    longest = _longest(connection)
    cell_limit *= longest
    described = result_columns(connection, describe(connection, text))
    query, columns = composition.select_query(text, described, cell_limit)
    limit = composition.effective_limit(columns, cell_limit)
    rows = composition.from_query(text, len(columns))
    return Opening(query, columns, limit // longest, None, limit, rows=rows, text=text)


def _longest(connection: Connection) -> int:
    """Bytes of a character where the server cuts at bytes, because it knows no encoding; else 1."""
    return 4 if connection.info.parameter_status("server_encoding") == "SQL_ASCII" else 1


def narrowed(connection: Connection, what: Opening, target: NamedRelation | KnownRelation) -> Opening:
    """The SELECT of those rows of a relation that are wanted, in the order wanted."""
    if isinstance(target, NamedRelation):
        return replace(what, query=what.select(), rows=_rows(what, what.select.whole()))
    where = None
    if target.conditions:
        where = filtering.narrowing(connection, target.conditions, what.columns)
    order = order_by(what.select.relation.name, target.order) if target.order else None
    rows = _rows(what, what.select.whole(where, order, target.limit))
    return replace(what, query=what.select(where, order, target.limit), where=where, rows=rows)


def _rows(what: Opening, query: sql.Composed) -> sql.Composed:
    return composition.from_query(query, len(what.columns))


def _look_up(connection: Connection, target: NamedRelation | KnownRelation) -> Relation:
    if isinstance(target, NamedRelation):
        return find_relation(connection, target.name)
    return load_relation(connection, target.oid)
