"""Rows as an INSERT statement to be pasted somewhere; pure. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def identifier(name: str) -> str:
    """A name, always in double quotes: so no keyword and no letter case matters.

    https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
    """
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def literal(value: str | None) -> str:
    """A value as an untyped constant, which the server reads as the column's type.

    One with a backslash is written `E'…'` with that doubled: it means the same whatever
    `standard_conforming_strings` is.
    https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE
    """
    if value is None:
        return "NULL"
    doubled = value.replace("'", "''")
    return "E'{}'".format(doubled.replace("\\", r"\\")) if "\\" in value else f"'{doubled}'"


def insert(
    relation: Sequence[str], columns: Sequence[str], rows: Iterable[Sequence[str | None]]
) -> Iterator[str]:
    """The lines of one INSERT.

    Args:
        relation: Its name, after its schema's.
        columns: Names of columns.
        rows: A value for each of these; there must be a row.
    """
    listed = ", ".join(map(identifier, columns))
    yield f"INSERT INTO {'.'.join(map(identifier, relation))} ({listed}) VALUES"
    before = ""
    for row in rows:
        if before:
            yield f"{before},"
        before = f"  ({', '.join(map(literal, row))})"
    yield f"{before};"
