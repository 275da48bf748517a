"""What stands in for a table of the demo on a server that has none like it: rows that the server makes.

A file for each table. None has a quote of three or a backslash in it: they become text of a program.
"""

from __future__ import annotations

from importlib.resources import files


def query(table: str) -> str:
    """The query that stands in for a table, in one line; empty if there is none."""
    file = files(__package__).joinpath(f"{table}.sql")
    return " ".join(file.read_text("utf-8").split()) if table.isidentifier() and file.is_file() else ""
