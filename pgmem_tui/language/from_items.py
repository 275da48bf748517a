"""What FROM, and commands that change a table, bring into scope."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FromItem:
    """Something whose columns can be named."""

    alias: str
    """What its columns are qualified with; a table's name if it has no alias; empty if it has none."""
    name: tuple[str, ...] = ()
    """A relation's or function's name as written: schema and name, or the name; empty for a subquery."""
    outputs: tuple[str | FromItem | None, ...] = ()
    """A subquery's columns: None has no name to use, an item stands for all columns of it."""
    renamed: tuple[str, ...] = ()
    """What its first columns are called instead."""
    function: bool = False
    """Whether `name` is a function's."""
    qualified: bool = False
    """Whether its columns are named with the alias only, and others never are because of it."""
    level: int = 0
    """How many queries further out than the caret's."""
    start: int = 0
    """Its place in the text."""


@dataclass
class Block:
    """One SELECT, or one command that changes a table."""

    verb: str = ""
    """Its first word; `other` for what neither reads nor changes rows."""
    items: list[FromItem] = field(default_factory=list)
    """What FROM names, and the table that is changed."""
    target: FromItem | None = None
    """The table that is changed."""
    outputs: int = -1
    """The word that the select list, or RETURNING's, begins with."""
