"""What is open in the grid, as what the lab is asked to read: a table's name, or the text of a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from psycopg2 import sql

from pgmem_tui.export.source import ExportSource
from pgmem_tui.lab import launching, subject
from pgmem_tui.lab.report import Asked
from pgmem_tui.lab.subject import Key
from pgmem_tui.postgres import composing, filtering
from pgmem_tui.postgres.composition import with_clauses
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.key_bounds import order_by
from pgmem_tui.postgres.relation_names import quote_name
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.user_query import UserText
from pgmem_tui.postgres.watched_connection import WatchedConnection


def reading(connection: Connection, source: ExportSource, asked: Asked) -> tuple[Asked, Key]:
    """The same with what is to be read, all of its columns and values whole; and the key of a query's rows.

    Args:
        connection: In a read-only transaction.
        source: The rows.
        asked: How they are to be read.

    Raises:
        Refused: A condition, or a parameter's value, cannot be used.
        psycopg2.Error: The server refuses.
    """
    relation = source.relation
    if relation is not None and not (source.conditions or source.order or source.limit):
        return replace(asked, table=quote_name(relation.schema, relation.name), command=""), Key()
    return replace(asked, table="", command=_text(connection, source)), _key(connection, source)


def _key(connection: Connection, source: ExportSource) -> Key:
    """That of the table whose rows are filtered or sorted, if they are sorted by nothing else."""
    if source.relation is None:
        return Key()
    if source.limit:
        return Key(missing="the rows are limited to some of the table")
    key = subject.key_of(connection, source.relation)
    order = tuple(sort.column for sort in source.order)
    if key.names and (order != key.names[: len(order)] or any(sort.descending for sort in source.order)):
        return Key(missing="the rows are sorted otherwise than by the primary key")
    return replace(key, unsorted=_text(connection, replace(source, order=()))) if order and key.names else key


def _text(connection: Connection, source: ExportSource) -> str:
    relation = source.relation
    if source.spec is not None:
        composed = composing.compose(source.spec, composing.look_up(connection, source.spec))
        return composed.as_string(connection)
    if relation is None:
        return UserText(connection, source.text, source.values).sent
    where = filtering.narrowing(connection, source.conditions, relation.columns)
    order = order_by(relation.name, source.order) if source.order else None
    query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(relation.schema, relation.name))
    return with_clauses(query, where, order, source.limit).as_string(connection)


def with_user_settings(settings: ConnectionSettings, values: Mapping[str, str]) -> ConnectionSettings:
    """Settings whose connections begin with what the user has SET.

    The processes that are measured send no statement of ours, so it goes along when they connect; a blank
    and a backslash take a backslash there
    (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS). A datestyle
    that is not ISO is set back by psycopg2, whose casters read no other.

    Args:
        settings: Where to.
        values: By name.
    """
    if not values:
        return settings
    return launching.with_options(
        settings, *(f"-c {name}={_escaped(value)}" for name, value in values.items())
    )


def with_safe_path(settings: ConnectionSettings, connection: WatchedConnection) -> ConnectionSettings:
    """Settings whose connections search pg_catalog first, as this one does.

    Args:
        settings: Where to.
        connection: There, and asked for its `server_info`.
    """
    path = connection.search_path
    return with_user_settings(settings, {"search_path": path} if path else {})


def _escaped(value: str) -> str:
    return "".join(f"\\{each}" if each.isspace() or each == "\\" else each for each in value)
