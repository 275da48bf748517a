"""What the lab reads: one table or query, and each text of SQL that a way of reading it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import errors, sql
from psycopg2.extensions import cursor as Cursor

from pgmem_tui.postgres import catalog, composition, statements
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.planning import estimated_rows
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.relation_names import quote_name
from pgmem_tui.postgres.result_columns import result_columns
from pgmem_tui.postgres.user_query import describe

CELL = 256
"""Characters that a clamped value keeps: what the grid asks for unless told."""
FEW = 1000
"""Rows of the LIMIT that the article begins with."""
_SAMPLE = 200
"""Rows whose size is looked at for an estimate."""
_JSON = (114, 3802)
"""The oids of json and jsonb."""
_PATIENCE = "SET LOCAL statement_timeout = '3s'"
"""For that; the first row of a sorted query may be hours away."""


@dataclass(frozen=True)
class Subject:
    """Texts of SQL, ready to be sent. All read the same rows, unless their names say less."""

    name: str
    """For people: the table's name or the query as it was typed."""
    query: str
    few: str
    """The first `FEW` rows."""
    copy: str
    page: str
    """With psycopg2's parameters `limit` and `offset`."""
    rows: int
    """Rows that are asked for at most."""
    columns: int
    clamped: str = ""
    """With wide values cut by the server; empty if no column is wide."""
    first: str = ""
    """The first page by key, with `limit`; empty if there is no key to page by."""
    after: str = ""
    """The page after the key `last`, with `limit`."""
    key: tuple[int, ...] = ()
    """Places of the key's columns in a row, from 0."""
    estimated_rows: int = 0
    """The planner's, not more than `rows`."""
    row_bytes: float | None = 0.0
    """Of the text of a row, in the mean of the first ones; None if these took too long."""
    unkeyed: str = ""
    """Why there is no key to page by; empty if there is one."""
    cut: bool = False
    """Whether there seem to be more rows, and the query takes the first ones in no order by the key."""


@dataclass(frozen=True)
class Key:
    """What pages can begin after."""

    names: tuple[str, ...] = ()
    """Columns that tell each row from all others; empty if pages cannot begin after them."""
    missing: str = "which key the rows of a query have is not known"
    """Why not; empty if they can."""
    unsorted: str = ""
    """The query without its ORDER BY, which a page would sort all rows by before it takes some; empty if it
    has none."""


EVERYTHING = 1 << 62
"""More rows than any query has."""


@dataclass(frozen=True)
class _Texts:
    name: str
    whole: sql.Composed
    """Without a limit."""
    clamped: sql.Composed | None
    columns: int
    key: Key
    places: tuple[int, ...]
    pages: sql.Composed
    """What pages are taken of."""


def of_table(connection: Connection, name: str, rows: int = EVERYTHING) -> Subject:
    """The rows of a table or view, by its name as a user typed it.

    Args:
        connection: In a read-only transaction.
        name: Quoted and qualified as in psql.
        rows: At most.

    Raises:
        NoSuchRelation: There is none.
        psycopg2.Error: The server refuses.
    """
    relation = catalog.find_relation(connection, name)
    key = key_of(connection, relation)
    names = [column.name for column in relation.columns]
    table = sql.Identifier(relation.schema, relation.name)
    columns = composition.clamp(relation.columns, CELL)
    limit = composition.effective_limit(columns, CELL)
    clamped = composition.RelationSelect(relation, columns, limit)()
    whole = sql.SQL("SELECT * FROM {}").format(table)
    texts = _Texts(
        name=quote_name(relation.schema, relation.name),
        whole=whole,
        clamped=clamped if _any_wide(columns) else None,
        columns=len(names),
        key=key,
        places=tuple(map(names.index, key.names)),
        pages=whole,
    )
    return _compose(connection, texts, rows)


def of_query(connection: Connection, text: str, rows: int = EVERYTHING, key: Key | None = None) -> Subject:
    """The rows of a user's query.

    Args:
        connection: In a read-only transaction.
        text: A SELECT, VALUES, TABLE or WITH … SELECT.
        rows: At most.
        key: What pages of them can begin after, if that is known.

    Raises:
        NotAQuery: It is something else, or it writes.
        QueryRefused: The server cannot plan it.
        psycopg2.Error: The server refuses.
    """
    query = statements.one_query(text)
    found = result_columns(connection, describe(connection, query))
    clamped, columns = composition.select_query(query, found, CELL)
    key = key or Key()
    names = [column.name for column in found]
    if any(names.count(name) != 1 for name in key.names):
        key = Key()
    whole = _as_table(query)
    texts = _Texts(
        name=text.strip(),
        whole=whole,
        clamped=clamped if _any_wide(columns) else None,
        columns=len(columns),
        key=key,
        places=tuple(map(names.index, key.names)),
        pages=_as_table(statements.one_query(key.unsorted)) if key.unsorted else whole,
    )
    return _compose(connection, texts, rows)


def _as_table(query: str) -> sql.Composed:
    return sql.SQL("SELECT * FROM (\n{}\n) AS q").format(sql.Composed([sql.SQL(query)]))


def key_of(connection: Connection, relation: Relation) -> Key:
    """The primary key of a relation, if pages can begin after it.

    Args:
        connection: In a read-only transaction.
        relation: With its columns.

    Raises:
        psycopg2.Error: The server refuses.
    """
    names = catalog.describe(connection, relation.oid).primary_key
    if not names:
        return Key(missing="there is no primary key to page by")
    table = sql.Identifier(relation.schema, relation.name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT {} FROM {} LIMIT 0").format(_key_list(names), table))
        types = [int(column.type_code) for column in cursor.description or ()]  # of a domain its base type
    categories = [column.category for column in relation.columns if column.name in names]
    if any(map(_changes_in_python, types, categories)):
        return Key(missing="psycopg2 does not send a value of this primary key as it came")
    return Key(tuple(names), "")


def _changes_in_python(type_oid: int, category: str) -> bool:
    """Whether a value does not come back from psycopg2 as it went there: of an interval months become days,
    an array's elements are text, and JSON becomes objects that it does not send
    (https://www.psycopg.org/docs/usage.html#adaptation-of-python-values-to-sql-types).
    """
    return category in ("T", "A") or type_oid in _JSON


def _any_wide(columns: Sequence[Column]) -> bool:
    return any(column.clamped for column in columns)


def _compose(connection: Connection, texts: _Texts, rows: int) -> Subject:
    def written(query: sql.Composable) -> str:
        return query.as_string(connection)

    query = _limited(texts.whole, rows)
    first, after = _by_key(texts)
    estimated = min(rows, estimated_rows(connection, query))
    return Subject(
        name=texts.name,
        query=written(query),
        few=written(_limited(texts.whole, min(FEW, rows))),
        copy=written(sql.SQL("COPY (\n{}\n) TO STDOUT").format(query)),
        page=written(_paged(texts)),
        rows=rows,
        columns=texts.columns,
        clamped=written(_limited(texts.clamped, rows)) if texts.clamped else "",
        first=written(first) if first else "",
        after=written(after) if after else "",
        key=texts.places,
        estimated_rows=estimated,
        row_bytes=_row_bytes(connection, query),
        unkeyed=texts.key.missing,
        cut=texts.pages is texts.whole and estimated >= rows,
    )


def _limited(query: sql.Composed, rows: int) -> sql.Composed:
    return query if rows >= EVERYTHING else sql.SQL("{} LIMIT {}").format(query, sql.Literal(rows))


def _with_parameters(query: sql.Composed, rest: str) -> sql.Composed:
    """A query and what follows it: of a text that takes parameters each % is doubled."""
    return sql.Composed([_Doubled(query), sql.SQL(rest)])


class _Doubled(sql.Composable):
    """A part of a statement whose text may hold a %, for a statement that is sent with parameters."""

    def __init__(self, query: sql.Composable) -> None:
        super().__init__(query)
        self._query = query

    def as_string(self, context: Connection | Cursor) -> str:
        """Its text, each % doubled."""
        return self._query.as_string(context).replace("%", "%%")


def _key_list(key: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, key))


def _paged(texts: _Texts) -> sql.Composed:
    order = sql.SQL(" ORDER BY {}").format(_key_list(texts.key.names)) if texts.key.names else sql.SQL("")
    return _with_parameters(texts.pages + order, " LIMIT %(limit)s OFFSET %(offset)s")


def _by_key(texts: _Texts) -> tuple[sql.Composed, sql.Composed] | tuple[None, None]:
    """The first page by key and the next ones.

    A comparison of rows is what an index can begin at
    (https://www.postgresql.org/docs/current/functions-comparisons.html#ROW-WISE-COMPARISON).
    """
    if not texts.key.names:
        return None, None
    order = sql.SQL(" ORDER BY {}").format(_key_list(texts.key.names))
    first = _with_parameters(texts.pages + order, " LIMIT %(limit)s")
    where = sql.SQL(" WHERE ({}) > ").format(_key_list(texts.key.names))
    after = sql.Composed(
        [_Doubled(texts.pages + where), sql.SQL("%(last)s"), _Doubled(order), sql.SQL(" LIMIT %(limit)s")]
    )
    return first, after


def _row_bytes(connection: Connection, query: sql.Composable) -> float | None:
    """Bytes of the text of the first rows, in the mean, as the server adds them up; None if that takes long.

    https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT
    """
    add_up = sql.SQL(
        "SELECT COALESCE(pg_catalog.sum(pg_catalog.octet_length(q::pg_catalog.text)), 0), pg_catalog.count(*)"
        " FROM (SELECT * FROM (\n{}\n) AS p LIMIT {}) AS q"
    ).format(query, sql.Literal(_SAMPLE))
    try:
        with connection.cursor() as cursor:
            cursor.execute(_PATIENCE)
            cursor.execute(add_up)
            nbytes, rows = cursor.fetchone() or (0, 0)
    except errors.QueryCanceled:
        connection.rollback()
        return None
    return int(nbytes) / max(1, int(rows))
