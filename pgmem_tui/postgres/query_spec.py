"""What of a relation is to be read, and in which order: frozen, without SQL."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """A column that must, or must not, have a value."""

    column: str
    value: str | None
    """As text; None is NULL."""
    keep: bool = True
    """Whether rows with that value are kept, or left out."""

    @property
    def described(self) -> str:
        """As one would say it in SQL, the value cut short."""
        if self.value is None:
            return f"{self.column} IS {'' if self.keep else 'NOT '}NULL"
        value = self.value if len(self.value) <= 40 else f"{self.value[:39]}…"
        if not value.strip() or value != value.strip():
            value = f"'{value}'"
        return f"{self.column} {'=' if self.keep else '<>'} {value}"


@dataclass(frozen=True)
class SortKey:
    """A column to sort by."""

    column: str
    descending: bool = False
    nulls_first: bool | None = None
    """None is as an index has them, or else as PostgreSQL does: last if ascending, first if not
    (https://www.postgresql.org/docs/current/queries-order.html)."""

    @property
    def described(self) -> str:
        """As in ORDER BY."""
        nulls = ""
        if self.nulls_first not in (None, self.descending):
            nulls = f" NULLS {'FIRST' if self.nulls_first else 'LAST'}"
        return f"{self.column}{' DESC' if self.descending else ''}{nulls}"
