"""SQL for SQLite, one file a query, and `schema_N.sql`: what makes version N of the file out of N - 1."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> str:
    """The text of `<name>.sql`, its parameters written `:name`.

    Raises:
        FileNotFoundError: There is no such file.
    """
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")
