"""What the values of columns are called and how they compare: all that conditions need of the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pgmem_tui.postgres.comparison import Comparison, comparisons
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.queries import query
from pgmem_tui.postgres.relation import Column


class ValueType(NamedTuple):
    """A type that values are cast to."""

    name: str
    """As `format_type` writes it, without a modifier."""
    element_name: str
    """Of an array, a range or a multirange; else empty."""
    element_oid: int
    """What elements compare as; 0 if there are none."""


@dataclass(frozen=True)
class Operands:
    """Types and comparisons, by the oids of base types."""

    types: Mapping[int, ValueType]
    comparisons: Mapping[int, Comparison]

    def comparison(self, column: Column) -> Comparison | None:
        """How the values of a column compare; None is by their text.

        Whether two rows compare depends on what is in them, and so it is with arrays of rows.
        """
        if column.category == "C":
            return None
        own = self.types.get(column.type_oid)
        if column.category == "A" and (own is None or own.element_oid not in self.comparisons):
            return None
        return self.comparisons.get(column.type_oid)

    def element(self, column: Column) -> Comparison | None:
        """How the elements of a column's values compare; None if it has none, or they do not."""
        own = self.types.get(column.type_oid)
        return self.comparisons.get(own.element_oid) if own else None


NOTHING = Operands({}, {})


def operands(connection: Connection, columns: Iterable[Column]) -> Operands:
    """What there is to know of the types of some columns.

    Args:
        connection: In a transaction.
        columns: Of relations; their types are base types, not domains.
    """
    oids = {column.type_oid for column in columns}
    if not oids:
        return NOTHING
    with connection.cursor() as cursor:
        cursor.execute(query("operands"), {"oids": sorted(oids)})
        types = {
            int(oid): ValueType(name, element_name or "", int(element or 0))
            for oid, name, element_name, element in cursor
        }
    compared = oids | {known.element_oid for known in types.values()} - {0}
    return Operands(types, comparisons(connection, compared))
