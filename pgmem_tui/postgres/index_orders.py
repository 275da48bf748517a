"""Which orders of a relation's rows an index has ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from operator import itemgetter

from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.query_spec import SortKey

_DESCENDING, _NULLS_FIRST = 1, 2
"""Bits of `pg_index.indoption`."""


@dataclass(frozen=True)
class IndexOrder:
    """A btree index read forward: its name, and its key columns as sort keys."""

    index: str
    keys: tuple[SortKey, ...]
    primary: bool
    unique: bool
    not_null: bool
    """Whether no key column may be NULL."""
    partitioned: bool
    """Whether it is one index a partition."""

    def serve(self, order: Sequence[SortKey]) -> tuple[SortKey, ...] | None:
        """The sort keys, completed as the index has them read either way; None if it has another order."""
        wanted = self.keys[: len(order)]
        if len(wanted) < len(order) or not self._settled(len(order)):
            return None
        for ready in (wanted, tuple(map(_reversed, wanted))):
            if all(_is(key, found) for key, found in zip(order, ready, strict=True)):
                return ready
        return None

    def _settled(self, keys: int) -> bool:
        """Whether rows alike in so many keys come in the same order each time.

        Merged from several indexes they do not: unless no two are alike.
        """
        return not self.partitioned or (self.unique and self.not_null and keys == len(self.keys))


def index_orders(connection: Connection, oid: int) -> tuple[IndexOrder, ...]:
    """The orders that indexes have, that of the primary key first.

    Args:
        connection: In a transaction.
        oid: The relation's.
    """
    with connection.cursor() as cursor:
        cursor.execute(query("index_keys"), {"oid": oid})
        found = cursor.fetchall()
    return tuple(_orders(found))


def _orders(found: Sequence[tuple[str, ...]]) -> Iterator[IndexOrder]:
    for index, rows in groupby(found, key=itemgetter(0)):
        columns = list(rows)
        keys = tuple(
            SortKey(name, bool(int(option) & _DESCENDING), bool(int(option) & _NULLS_FIRST))
            for _, _, _, name, option, *_ in takewhile(lambda row: int(row[5]), columns)
        )
        if keys:
            whole = len(keys) == len(columns)
            primary, unique = int(columns[0][1]) == 1, int(columns[0][2]) == 1
            not_null = all(int(row[6]) for row in columns)
            partitioned = int(columns[0][7]) == 1
            yield IndexOrder(index, keys, primary and whole, unique and whole, not_null, partitioned)


def _reversed(key: SortKey) -> SortKey:
    return SortKey(key.column, not key.descending, not key.nulls_first)


def _is(wanted: SortKey, found: SortKey) -> bool:
    nulls = wanted.nulls_first in (None, found.nulls_first)
    return wanted.column == found.column and wanted.descending == found.descending and nulls
