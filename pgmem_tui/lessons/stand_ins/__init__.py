"""What stands in for a table of the demo on a server that has none like it: rows that the server makes.

A file for each table. None has a quote of three or a backslash in it: they become text of a program.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

_COLUMNS = {
    "events": ("id", "ts", "user_id", "kind", "amount", "country", "duration_ms", "note"),
    "documents": ("id", "title", "body", "attributes", "scan", "added"),
}
"""Of the demo's tables that have a stand-in."""


def query(table: str) -> str:
    """The query that stands in for a table, in one line; empty if there is none."""
    file = files(__package__).joinpath(f"{table}.sql")
    return " ".join(file.read_text("utf-8").split()) if table.isidentifier() and file.is_file() else ""


def is_demos(table: str, columns: Sequence[str]) -> bool:
    """Whether a table of that name with these columns is the demo's, and not somebody's own.

    Of a table that nothing stands in for nobody can tell: it is taken for the one that the lesson names.
    """
    return tuple(columns) == _COLUMNS.get(table, tuple(columns))
