"""What others have put beside the system's operators and aggregates under the same names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pgmem_tui.postgres.aggregates import NAMES
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.operators import SYMBOLS
from pgmem_tui.postgres.queries import query

TEXT = 25
_ANY = 0


@dataclass(frozen=True)
class Outside:
    """Operators and functions that are not the system's, whether or not they are on a search path now."""

    found: frozenset[tuple[str, int]] = frozenset()
    """Name, and the oid of a type that it takes; 0 is any, or none."""

    def has(self, name: str, *type_oids: int) -> bool:
        """Whether there is one that could be meant by a name, for values of one of these types."""
        return any((name, oid) in self.found for oid in (_ANY, *type_oids))

    def __or__(self, other: Outside) -> Outside:
        return Outside(self.found | other.found)


NONE = Outside()


def outside(connection: Connection, type_oids: Iterable[int]) -> Outside:
    """Ask the catalog.

    Args:
        connection: In a transaction.
        type_oids: Of values that are compared or aggregated; text is asked about anyway.
    """
    values = {
        "operators": sorted(SYMBOLS),
        "functions": sorted(NAMES),
        "oids": sorted({*type_oids, TEXT}),
    }
    with connection.cursor() as cursor:
        cursor.execute(query("outside"), values)
        return Outside(frozenset((str(name), int(oid)) for name, oid in cursor))
