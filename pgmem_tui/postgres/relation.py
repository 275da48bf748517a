"""What a relation or a query result is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Row = tuple[str | None, ...]
"""One row as text, a value a column; None is NULL."""


@dataclass(frozen=True)
class Column:
    """One column of a relation or of a query's result."""

    name: str
    type_name: str
    """As `format_type` writes it: `numeric(10,2)`, `text[]`."""
    type_oid: int
    type_length: int = -1
    """`pg_type.typlen`: bytes, or -1 (varlena), -2 (cstring)."""
    typmod: int = -1
    category: str = "U"
    """`pg_type.typcategory`: N is numeric, D date/time, S string, A array …"""
    not_null: bool = False
    clamped: bool = False
    """Whether the server cuts its values at the cell limit."""

    def was_cut(self, value: str, cell_limit: int) -> bool:
        """Whether a value is the beginning of a longer one."""
        return self.clamped and len(value) > self._longest(value, cell_limit)

    def cut(self, value: str, cell_limit: int) -> str:
        """What the limit leaves of a value that was cut."""
        return value[: self._longest(value, cell_limit)]

    def _longest(self, value: str, cell_limit: int) -> int:
        # The server cuts after one more than the limit: characters, but of a bytea bytes, of two digits.
        return 2 + 2 * cell_limit if value.startswith("\\x") and self.type_oid == 17 else cell_limit

    @property
    def described(self) -> str:
        """Its name, type and whether it may be NULL, as the server sent them."""
        return f"{self.name} {self.type_name}{' not null' if self.not_null else ''}"

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers, set to the right."""
        return self.category == "N"


@dataclass(frozen=True)
class Relation:
    """A table, view or the like that rows can be read from."""

    oid: int
    schema: str
    name: str
    kind: str
    """`pg_class.relkind`: r table, p partitioned, v view, m materialized view, f foreign table."""
    columns: tuple[Column, ...] = ()
    estimated_rows: int = -1
    """`pg_class.reltuples`, summed over the leaves of a partitioned table; -1 if never analyzed."""
    nbytes: int = -1
    """Size on disk with TOAST and indexes, or -1 where it has none."""


class Leaf(NamedTuple):
    """A table that holds rows of a relation: itself, a partition or an heir. There may be 10,000."""

    oid: int
    schema: str
    name: str
    blocks: int
    """Of its main fork, now."""
    rows: int
    """Estimated for so many blocks, as the planner does."""
