"""Rows of a relation in an order, numbered, with what is looked for in them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from psycopg2 import sql

from pgmem_tui.postgres.composition import RelationSelect, with_clauses
from pgmem_tui.postgres.key_bounds import order_by
from pgmem_tui.postgres.matching import Matching
from pgmem_tui.postgres.query_spec import SortKey


@dataclass(frozen=True, kw_only=True)
class MatchedSelect(RelationSelect):
    """Composes SELECTs of n, hit, the number of the first row with the same key, the key, and the ctid.

    The ctid is not in an index, so no index-only scan of another one is chosen: it could have
    another order among equal keys.
    """

    matching: Matching
    keys: Sequence[SortKey]
    """With `nulls_first` told. Rows are in their order."""

    def __call__(
        self,
        where: sql.Composable | None = None,
        order: sql.Composable | None = None,
        limit: int = 0,
    ) -> sql.Composed:
        """Rows for which a condition holds, in an order, `limit` of them at most unless it is 0."""
        name = self.relation.name
        hit = self.matching.hit([sql.Identifier(name, column.name) for column in self.columns])
        names = [f"k{number}" for number in range(1, len(self.keys) + 1)]
        keys = [
            sql.SQL("{} AS {}").format(sql.Identifier(name, key.column), sql.Identifier(alias))
            for key, alias in zip(self.keys, names, strict=True)
        ]
        rows = sql.SQL("SELECT {} AS hit, {}, {} FROM {}").format(
            hit,
            sql.SQL(", ").join(keys),
            sql.Identifier(name, "ctid"),
            sql.Identifier(self.relation.schema, name),
        )
        same = [replace(key, column=alias) for key, alias in zip(self.keys, names, strict=True)]
        return sql.SQL(
            "SELECT pg_catalog.row_number() OVER w AS n, hit, pg_catalog.rank() OVER w AS first, {}, ctid"
            " FROM ({} OFFSET 0) AS r WINDOW w AS (ORDER BY {})"
        ).format(
            sql.SQL(", ").join(map(sql.Identifier, names)),
            with_clauses(rows, where, order, limit),
            order_by("r", same),
        )


def matched(select: RelationSelect, matching: Matching, keys: Sequence[SortKey]) -> MatchedSelect:
    """The same rows, in the order of a key, with what is looked for in them."""
    return MatchedSelect(
        select.relation, select.columns, select.cell_limit, select.identity, matching=matching, keys=keys
    )
