"""Names that the catalog has for what is being typed, asked for by pattern; nothing of it is kept.

Each answer is bounded by its query; the queries are `queries/complete_*.sql`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pgmem_tui.language.likeness import patterns
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.queries import query

MOST = 400
"""Names of one sort that are asked for: twice what is answered, as the ranking here is finer."""
MOST_COLUMNS = 10_000
"""Of all relations in scope together."""

RelationName = tuple[str, ...]
"""As written: the name, before it the schema, before that the database."""


class Named(NamedTuple):
    """An object of a schema, its names as they are and as they have to be written."""

    schema: str
    name: str
    quoted_schema: str
    quoted: str
    visible: bool
    """Whether the search path finds it without its schema."""
    place: int
    """Of its schema on the search path; large for others, and larger for the system's."""

    @property
    def written(self) -> str:
        """With the schema where it needs it."""
        return self.quoted if self.visible else f"{self.quoted_schema}.{self.quoted}"


class FoundRelation(NamedTuple):
    """A relation."""

    named: Named
    kind: str
    """`pg_class.relkind`."""
    readable: bool


class FoundColumn(NamedTuple):
    """A column of a relation or of a function's result."""

    name: str
    quoted: str
    type_name: str
    allowed: bool = True
    """Whether the user has the privilege asked for."""
    schema: str = ""
    """Of its relation."""
    quoted_schema: str = ""


class FoundFunction(NamedTuple):
    """The functions of one name."""

    named: Named
    arguments: str
    """Of the first one."""
    result: str
    variants: int


class FoundType(NamedTuple):
    """A data type."""

    named: Named
    standard: str
    """Its standard name, quoted and qualified."""


@dataclass(frozen=True)
class FoundJoin:
    """A foreign key that joins two relations, in either direction."""

    place: int
    """Of the relation that was asked for, from 0."""
    other: Named
    other_alias: str
    """Another name for it, quoted."""
    among: int
    """The other's place, from 0, if it was asked for as well; else -1."""
    pairs: tuple[tuple[str, str], ...]
    """Quoted columns: the relation's own, and the other's."""


def relations(connection: Connection, typed: str, schema: str | None) -> list[FoundRelation]:
    """Tables, views and what is read like them, that match."""
    return [
        FoundRelation(_named(row, 4, row[7]), row[5], int(row[6]) == 1)
        for row in _rows(connection, "relations", _matching(typed, schema))
    ]


def columns(
    connection: Connection, names: Sequence[RelationName], privilege: str
) -> dict[RelationName, list[FoundColumn]]:
    """All columns of relations, in their order.

    Args:
        connection: In any transaction.
        names: As written in FROM; what does not exist is left out.
        privilege: What is wanted of the columns: `SELECT`, or `INSERT, UPDATE` for any of these.
    """
    found: dict[RelationName, list[FoundColumn]] = {}
    asked = {**_split(names), "privilege": privilege, "most": MOST_COLUMNS}
    for place, schema, quoted_schema, name, quoted, type_name, allowed in _rows(connection, "columns", asked):
        column = FoundColumn(name, quoted, type_name, int(allowed) == 1, schema, quoted_schema)
        found.setdefault(names[int(place) - 1], []).append(column)
    return found


def results(connection: Connection, names: Sequence[RelationName]) -> dict[RelationName, list[FoundColumn]]:
    """The columns that functions in FROM return; those that return one value without a name are left out."""
    found: dict[RelationName, list[FoundColumn]] = {}
    for place, name, quoted, type_name in _rows(
        connection, "results", {**_split(names), "most": MOST_COLUMNS}
    ):
        found.setdefault(names[int(place) - 1], []).append(FoundColumn(name, quoted, type_name))
    return found


def quoted(connection: Connection, names: Collection[str]) -> dict[str, str]:
    """Names as they have to be written, by the server's `quote_ident`.

    https://www.postgresql.org/docs/current/functions-string.html
    """
    if not names:
        return {}
    return dict(_rows(connection, "quoted", {"names": list(names)}))


def functions(
    connection: Connection, typed: str, schema: str | None, sets: bool, own: bool
) -> list[FoundFunction]:
    """Functions that match.

    Args:
        connection: In any transaction.
        typed: The beginning of a name, or letters of it.
        schema: None: any.
        sets: Whether only those that return sets.
        own: Whether only those that are not the system's.
    """
    asked = {**_matching(typed, schema), "sets": sets, "own": own}
    return [
        FoundFunction(_named(row, 4, row[8]), row[5], row[6] or "", int(row[7]))
        for row in _rows(connection, "functions", asked)
    ]


def types(connection: Connection, typed: str, schema: str | None) -> list[FoundType]:
    """Data types that match by either of their names."""
    return [
        FoundType(_named(row, 5, row[6]), row[4])
        for row in _rows(connection, "types", _matching(typed, schema))
    ]


def schemas(connection: Connection, typed: str) -> list[tuple[str, str]]:
    """Schemas that match: the name, and as it has to be written."""
    return [(name, written) for name, written in _rows(connection, "schemas", _matching(typed, None))]


def joins(connection: Connection, names: Sequence[RelationName], among: bool, suffix: str) -> list[FoundJoin]:
    """What foreign keys join relations with.

    Args:
        connection: In any transaction.
        names: The relations, as written in FROM.
        among: Whether only with each other.
        suffix: Makes another name of a name.
    """
    asked = {**_split(names), "among": among, "suffix": suffix, "most": MOST}
    return [
        FoundJoin(
            place=int(row[0]) - 1,
            other=Named(row[1], row[2], row[3], row[4], int(row[6]) == 1, 0),
            other_alias=row[5],
            among=int(row[7]) - 1,
            pairs=tuple((own, other) for own, other in json.loads(row[8])),
        )
        for row in _rows(connection, "joins", asked)
    ]


def _rows(connection: Connection, name: str, parameters: Mapping[str, object]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query(f"complete_{name}"), parameters)
        yield from cursor


def _named(row: Sequence[Any], visible: int, place: object) -> Named:
    return Named(row[0], row[1], row[2], row[3], int(row[visible]) == 1, int(str(place)))


def _split(names: Sequence[RelationName]) -> dict[str, list[str | None] | list[str]]:
    return {
        "schemas": [name[-2] if len(name) > 1 else None for name in names],
        "names": [name[-1] for name in names],
    }


def _matching(typed: str, schema: str | None) -> dict[str, object]:
    begins, holds, subsequence = patterns(typed)
    return {
        "prefix": typed,
        "begins": begins,
        "holds": holds,
        "pattern": subsequence,
        # Of names that there are thousands of, letters here and there would nearly always find some.
        "near": begins if len(typed) < 3 else holds,
        "schema": schema,
        "most": MOST,
    }
