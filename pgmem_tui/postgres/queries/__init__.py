"""Catalog queries, one file each; read once, from wherever the package is installed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from psycopg2 import sql


@cache
def query(name: str) -> sql.SQL:
    """The text of `<name>.sql`, its parameters written `%(name)s`.

    Raises:
        FileNotFoundError: There is no such file.
    """
    return sql.SQL(files(__package__).joinpath(f"{name}.sql").read_text("utf-8"))
