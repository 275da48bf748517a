"""What is to be read, and in which order: frozen, without SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LONGEST = 40
"""Characters of what a description says of values."""


@dataclass(frozen=True)
class Condition:
    """What must, or must not, hold of a column, or of an aggregate of it."""

    column: str
    """Empty with `count` is `count(*)`."""
    value: str | None = None
    """As text, of the column's type; None is NULL. Of operators that take one."""
    keep: bool = True
    """Whether rows for which it holds are kept, or left out (those for which it is unknown are kept then)."""
    operator: str = "="
    """A name of `pgmem_tui.postgres.operators`."""
    values: tuple[str, ...] = ()
    """Of operators that take two, or any number."""
    source: str = ""
    """The alias of the relation that has the column; empty is the first, or the only one."""
    aggregate: str = ""
    """A name of `pgmem_tui.postgres.aggregates`, if it is of groups of rows: a condition of HAVING."""
    distinct: bool = False
    """Whether the aggregate takes each value once."""
    other: ColumnOf | None = None
    """The column that it is compared with, instead of with a value; an empty source is the first."""

    @property
    def is_null(self) -> bool:
        """Whether it asks for NULL."""
        return self.operator == "is null" or (
            self.operator == "=" and self.value is None and self.other is None
        )

    @property
    def subject(self) -> str:
        """What it is about, about as in SQL; any text."""
        name = ColumnOf(self.source, self.column).named if self.column else ""
        if not self.aggregate:
            return name
        return f"{self.aggregate}({'DISTINCT ' if self.distinct else ''}{name or '*'})"

    @property
    def described(self) -> str:
        """About as one would say it in SQL: short, on one line, nothing in it that is not printable."""
        name = _safe(self.subject, 2 * LONGEST)
        word = self.operator.upper()
        if self.is_null:
            return f"{name} IS {'' if self.keep else 'NOT '}NULL"
        if word == "BETWEEN":
            operand = " AND ".join(_value(value, LONGEST // 2) for value in self.values)
        elif self.values:
            operand = f"({_listed(self.values)})"
        elif self.other is not None:
            operand = _safe(self.other.named, 2 * LONGEST)
        else:
            operand = _value(self.value or "", LONGEST)
        if word == "ANY":
            return f"{operand} {'=' if self.keep else 'IS NOT'} ANY {name}"
        if self.keep:
            return f"{name} {word} {operand}"
        if word == "=":
            # Unlike <>, it holds for a NULL.
            return f"{name} IS NOT {operand}"
        if word in ("BETWEEN", "IN", "LIKE", "ILIKE"):
            return f"{name} NOT {word} {operand}"
        return f"NOT {name} {word} {operand}"


@dataclass(frozen=True)
class Group:
    """Conditions of which one must hold, or all of them; without any it says nothing."""

    parts: tuple[Condition | Group, ...]
    either: bool = True
    """Whether one is enough."""

    @property
    def described(self) -> str:
        """Its parts, as many as are short enough, in brackets."""
        word, text = " OR " if self.either else " AND ", ""
        for part in self.parts:
            more = part.described
            if text and len(text) + len(more) > 2 * LONGEST:
                text += f"{word}…"
                break
            text += f"{word if text else ''}{more}"
        return f"({text})"


def flat(parts: Iterable[Condition | Group]) -> Iterator[Condition]:
    """The conditions among them, and in the groups among them."""
    for part in parts:
        if isinstance(part, Group):
            yield from flat(part.parts)
        else:
            yield part


def _safe(text: str, length: int) -> str:
    text = text if len(text) <= length else f"{text[: length - 1]}…"
    if text.isprintable():
        return text
    return "".join(
        [one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text]
    )


def _value(text: str, length: int) -> str:
    shown = _safe(text, length)
    return shown if text.strip() and text == text.strip() else f"'{shown}'"


def _listed(values: Sequence[str]) -> str:
    shown: list[str] = []
    room = LONGEST
    for value in values:
        text = _value(value, LONGEST // 2)
        room -= len(text) + 2
        if shown and room < 0:
            shown.append("…")
            break
        shown.append(text)
    return ", ".join(shown)


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

    @property
    def named(self) -> str:
        """With its source, if that is said; any text."""
        return f"{self.source}.{self.column}" if self.source else self.column


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
    """All must hold; those about aggregates hold of groups of rows, and go into HAVING."""
    order: tuple[SortKey | OutputOrder, ...] = ()
    """Sort keys are columns of the first source."""
    limit: int = 0
    """Rows at most; 0 is all."""

    @property
    def grouped(self) -> bool:
        """Whether rows are taken together: by the outputs that are no aggregates."""
        return any(output.aggregate for output in self.outputs) or any(
            condition.aggregate for condition in flat(self.where)
        )
