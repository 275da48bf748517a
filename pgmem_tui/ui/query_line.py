"""What a line of a query that is composed is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from pgmem_tui.postgres.query_spec import ColumnOf, QuerySpec
from pgmem_tui.ui import query_changes as changes
from pgmem_tui.ui.query_draft import Place, Section


class Role(Enum):
    """What a piece of a line is."""

    PLAIN = "plain"
    NAME = "name"
    VALUE = "value"
    MUTED = "muted"
    PROBLEM = "problem"


Piece = tuple[str, Role]


@dataclass(frozen=True)
class Line:
    """One line."""

    place: Place
    pieces: tuple[Piece, ...]
    """Any text: it has to be made safe to be shown."""
    note: str = ""
    """Stands at the right."""
    depth: int = 0
    checked: Checked | None = None
    """Its value, if it has one that a server can check."""


class Checked(NamedTuple):
    """A value that a server can check."""

    oid: int
    """The relation's."""
    column: str
    operator: str
    text: str
    aggregate: str = ""
    """Of the column, if it is that that is compared."""


@dataclass
class Notes:
    """What was found out about a query, and is said beside it."""

    order: str = ""
    """What sorting takes."""
    checked: dict[Checked, tuple[str, str]] = field(default_factory=dict)
    """What the server said against a value, empty for nothing, and the type that it is taken for."""


def adds(section: Section, text: str, note: str = "") -> Line:
    """The line that adds another."""
    return Line(Place(section, adds=True), ((text, Role.MUTED),), note)


def aggregated(aggregate: str, distinct: bool, name: list[Piece]) -> list[Piece]:
    """An aggregate of a column, or of all rows without one."""
    once = "DISTINCT " if distinct else ""
    return [(f"{aggregate}({once}", Role.PLAIN), *(name or [("*", Role.PLAIN)]), (")", Role.PLAIN)]


def named(spec: QuerySpec, where: ColumnOf) -> list[Piece]:
    """A column, with its source where there is more than one."""
    alias = where.source or spec.source.alias
    return (
        qualified(ColumnOf(alias, where.column)) if changes.ambiguous(spec) else [(where.column, Role.NAME)]
    )


def qualified(where: ColumnOf) -> list[Piece]:
    """A column with its source."""
    return [(where.source, Role.NAME), (".", Role.PLAIN), (where.column, Role.NAME)]
