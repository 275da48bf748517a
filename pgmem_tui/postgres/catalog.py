"""What the catalog says about relations: lists, details, names. Plain functions on an open connection.

Each works in autocommit or inside a transaction, whatever types the connection's casters make of values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from sys import intern
from typing import Any

from psycopg2 import errors

from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.relation_details import Index, Key, RelationDetails, RelationEntry
from pgmem_tui.postgres.relation_names import nearest, quote_name, split_name

_ZERO_IS_KNOWN = 140000
"""Since PostgreSQL 14 a relation never analyzed has -1 rows; before, 0, like an empty one
(https://www.postgresql.org/docs/release/14.0/)."""

_READABLE_KINDS = frozenset("rpvmfS")
_SUGGESTED = 3
"""Names offered for one that does not exist."""
_OTHER_KINDS = {"i": "an index", "I": "a partitioned index", "t": "a TOAST table", "c": "a composite type"}


class NoSuchRelation(Refused):
    """No relation has that name; the message says so, with the nearest names."""

    sqlstate = "42P01"

    def __init__(self, message: str, nearest_names: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest_names = nearest_names
        """The best first, quoted as they have to be typed."""


class NotARelation(Refused):
    """The name is that of something without rows of its own: an index, a composite type."""

    sqlstate = "42809"


def list_relations(connection: Connection, system: bool) -> tuple[RelationEntry, ...]:
    """All relations that rows can be browsed in, those of the search path first; all sizes estimated.

    Exact sizes are left to `describe`: for 20,000 tables `pg_total_relation_size` takes 0.5 to 2.5 s, and it
    waits for whoever holds an ACCESS EXCLUSIVE lock on one of them. Temporary tables are left out.

    Args:
        connection: Any open one.
        system: Whether to list pg_catalog and information_schema too; they come last.
    """
    zero_is_known = connection.info.server_version >= _ZERO_IS_KNOWN
    entries = []
    for oid, schema, name, kind, parent, rows, nbytes, readable, pages in _rows(
        connection, "list_relations", {"system": system}
    ):
        known = int(rows) > 0 or (int(rows) == 0 and (int(pages) > 0 or zero_is_known))
        estimate, stored = (int(rows) if known else -1), kind in "rm" and known
        entries.append(
            RelationEntry(
                int(oid),
                intern(schema),
                name,
                intern(kind),
                int(parent),
                -1 if kind == "v" else estimate,
                int(nbytes) if stored else -1,
                int(readable) == 1,
            )
        )
    _add_up_partitions(entries)
    first = _search_path(connection)
    entries.sort(key=lambda entry: _order(entry, first))
    return tuple(entries)


def load_relation(connection: Connection, oid: int) -> Relation:
    """A relation with its columns, rows and bytes estimated; waits for no lock.

    Raises:
        NoSuchRelation: It was dropped.
    """
    zero_is_known = connection.info.server_version >= _ZERO_IS_KNOWN
    found = next(_rows(connection, "relation", {"oid": oid, "zero_is_known": zero_is_known}), None)
    if found is None:
        raise NoSuchRelation(f"the relation with oid {oid} no longer exists")
    schema, name, kind, rows, nbytes, stored = found
    known = int(rows) >= 0 and kind != "v"
    return Relation(
        oid=oid,
        schema=schema,
        name=name,
        kind=kind,
        columns=tuple(_columns(connection, oid)),
        estimated_rows=int(rows) if known else -1,
        nbytes=int(nbytes) if known and int(stored) else -1,
    )


def describe(connection: Connection, oid: int) -> RelationDetails:
    """A relation with its columns, keys, indexes and exact size.

    While someone holds an ACCESS EXCLUSIVE lock on it, only what needs no lock: after half a second it goes
    without the definitions and the exact size. (A transaction is aborted by that; nothing is asked after it.)

    Raises:
        NoSuchRelation: It was dropped.
    """
    relation = load_relation(connection, oid)
    keys = tuple(_keys(connection, oid))
    indexes = list(_rows(connection, "indexes", {"oid": oid}))
    try:
        found = next(_rows(connection, "definitions", {"oid": oid}), None)
    except errors.LockNotAvailable:
        found = None
    written, partition_key, bound, nbytes = found or (None, None, None, None)
    definitions = json.loads(written) if written else {}
    return RelationDetails(
        relation=relation,
        primary_key=next((key.columns for key in keys if key.kind == "p"), ()),
        keys=keys,
        indexes=tuple(
            Index(name, definitions.get(name, ""), int(unique) == 1, int(valid) == 1)
            for name, unique, valid in indexes
        ),
        nbytes=-1 if nbytes is None else int(nbytes),
        partition_key=partition_key or "",
        partition_bound=bound or "",
    )


def find_relation(connection: Connection, text: str) -> Relation:
    """The relation that a person named: `name`, `schema.name` or `database.schema.name`, as psql reads it.

    Raises:
        NoSuchRelation: None has that name; says which come near.
        NotARelation: It is an index or the like.
    """
    *qualifiers, name = split_name(text)
    if len(qualifiers) > 2:
        raise NoSuchRelation(f"too many dots in {text.strip()}: at most database.schema.name")
    schema = qualifiers[-1] if qualifiers else None
    try:
        database, oid, kind = next(_rows(connection, "find_relation", {"schema": schema, "name": name}))
    except ValueError:  # a NUL, or a character that the connection's encoding lacks: no name has one
        raise NoSuchRelation(f"there is no table or view {text.strip()}") from None
    if len(qualifiers) == 2 and qualifiers[0] != database:
        raise NoSuchRelation(f"{text.strip()} is in another database: this one is {quote_name(database)}")
    written = quote_name(*filter(None, (schema, name)))
    if oid is None:
        near = _nearest_names(connection, schema, name)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise NoSuchRelation(f"there is no table or view {written}{hint}", near)
    if kind not in _READABLE_KINDS:
        what = _OTHER_KINDS.get(kind, "no table or view")
        raise NotARelation(f"{written} is {what}: it has no rows to browse")
    return load_relation(connection, int(oid))


def _rows(connection: Connection, name: str, parameters: Mapping[str, object]) -> Iterator[tuple[Any, ...]]:
    """Yield a query's rows one by one, so that a long list is never held twice as Python objects."""
    with connection.cursor() as cursor:
        cursor.execute(query(name), parameters)
        yield from cursor


def _search_path(connection: Connection) -> dict[str, int]:
    """Schemas that need not be named, and their places in the path."""
    ((path,),) = _rows(connection, "search_path", {})
    return {schema: place for place, schema in enumerate(json.loads(path))}


def _order(entry: RelationEntry, path: Mapping[str, int]) -> tuple[bool, int, str, str, str]:
    """The search path's schemas, the others, the system's; by name in each."""
    schema = entry.schema
    system = schema.startswith("pg_") or schema == "information_schema"
    return system, path.get(schema, len(path)), schema, entry.name.casefold(), entry.name


def _add_up_partitions(entries: list[RelationEntry]) -> None:
    """Give each partitioned table the sums over its leaves; leaves that are unknown add nothing."""
    parents = {entry.oid: entry.parent for entry in entries if entry.kind == "p"}
    rows, nbytes = dict.fromkeys(parents, -1), dict.fromkeys(parents, -1)
    for entry in entries:
        ancestor = 0 if entry.kind == "p" else entry.parent
        while ancestor in parents:
            for sums, value in ((rows, entry.rows), (nbytes, entry.nbytes)):
                if value >= 0:
                    sums[ancestor] = max(0, sums[ancestor]) + value
            ancestor = parents[ancestor]
    for place, entry in enumerate(entries):
        if entry.kind == "p":
            entries[place] = entry._replace(rows=rows[entry.oid], nbytes=nbytes[entry.oid])


def _columns(connection: Connection, oid: int) -> Iterator[Column]:
    for name, type_name, type_oid, length, typmod, category, not_null in _rows(
        connection, "columns", {"oid": oid}
    ):
        yield Column(
            name=name,
            type_name=type_name,
            type_oid=int(type_oid),
            type_length=int(length),
            typmod=int(typmod),
            category=category,
            not_null=int(not_null) == 1,
        )


def foreign_keys(connection: Connection, oid: int) -> tuple[Key, ...]:
    """The foreign keys of a relation."""
    return tuple(key for key in _keys(connection, oid) if key.kind == "f")


def _keys(connection: Connection, oid: int) -> Iterator[Key]:
    for name, kind, columns, other_oid, other_schema, other_name, other_columns in _rows(
        connection, "keys", {"oid": oid}
    ):
        yield Key(
            name=name,
            kind=kind,
            columns=tuple(json.loads(columns)),
            referenced=(other_schema, other_name) if int(other_oid) else None,
            referenced_oid=int(other_oid),
            referenced_columns=tuple(json.loads(other_columns)) if other_columns else (),
        )


def _nearest_names(connection: Connection, schema: str | None, name: str) -> tuple[str, ...]:
    """Names like the one asked for, in any schema, each as it has to be typed.

    Of those of one name, what needs no schema comes first; if a schema was given, those most like it do.
    """
    system = (schema or name).startswith("pg_") or schema == "information_schema"
    places: dict[str, list[tuple[bool, str]]] = {}
    for other_schema, other_name, on_path in _rows(connection, "relation_names", {"system": system}):
        if (other_schema + other_name).isprintable():  # else nobody could type it
            bare = schema is None and int(on_path) == 1
            places.setdefault(other_name, []).append((not bare, other_schema))
    found = []
    for near in nearest(name, places):
        alike = nearest(schema, [other for _, other in places[near]]) if schema is not None else ()
        found += [quote_name(other, near) for other in alike]
        found += [quote_name(*([other] if named else []), near) for named, other in sorted(places[near])]
    return tuple(dict.fromkeys(found))[:_SUGGESTED]
