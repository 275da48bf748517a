"""What is to be read, and in which order: frozen, without SQL."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """A column that must, or must not, have a value, or compare to one."""

    column: str
    value: str | None = None
    """As text, of the column's type; None is NULL. Of operators that take one."""
    keep: bool = True
    """Whether rows for which it holds are kept, or left out (those for which it is unknown are kept then)."""
    operator: str = "="
    """A name of `pgmem_tui.postgres.operators`."""
    values: tuple[str, ...] = ()
    """Of operators that take several."""
    source: str = ""
    """The alias of the relation that has the column; empty where only one is read."""

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
class Group:
    """Conditions of which one must hold, or all of them."""

    parts: tuple[Condition | Group, ...]
    either: bool = True
    """Whether one is enough."""


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


@dataclass(frozen=True)
class Source:
    """A relation that a query reads, by the name that it has there."""

    oid: int
    alias: str
    """Not empty, and no other source's."""


@dataclass(frozen=True)
class ColumnOf:
    """A column of one of the sources."""

    source: str
    """The source's alias."""
    column: str


@dataclass(frozen=True)
class Join:
    """Another source, whose rows go with those before it where columns are equal."""

    source: Source
    pairs: tuple[tuple[ColumnOf, ColumnOf], ...]
    """What is equal: a column of a source before this one, and one of this."""
    outer: bool = False
    """LEFT JOIN: rows before it stay without a row of this one."""


@dataclass(frozen=True)
class Output:
    """A column of the result."""

    column: ColumnOf | None
    """None with `count` is `count(*)`."""
    aggregate: str = ""
    """A name of `pgmem_tui.postgres.aggregates`; empty is the column itself, by which the others group."""
    distinct: bool = False
    """Whether the aggregate takes each value once."""
    alias: str = ""
    """Empty: the column's name, or the aggregate's."""


@dataclass(frozen=True)
class OutputOrder:
    """An output to sort by."""

    output: int
    """Its index."""
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True)
class QuerySpec:
    """A SELECT over one relation or several."""

    source: Source
    joins: tuple[Join, ...] = ()
    outputs: tuple[Output, ...] = ()
    """Empty: every column of every source."""
    distinct: bool = False
    where: tuple[Condition | Group, ...] = ()
    """All must hold."""
    order: tuple[SortKey | OutputOrder, ...] = ()
    """Sort keys are columns of the first source."""
    limit: int = 0
    """Rows at most; 0 is all."""
