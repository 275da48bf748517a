"""How the values of a type compare, in operators that no search path can replace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.queries import query


@dataclass(frozen=True)
class Comparison:
    """The operators of a type's default btree operator class.

    https://www.postgresql.org/docs/current/btree.html
    """

    own_type: str
    """The type's name, as `format_type` writes it."""
    type_name: str
    """That of the type that it is compared as: of text for a varchar."""
    schema: str
    less: str
    less_equal: str
    equal: str
    greater_equal: str
    greater: str

    def operator(self, name: str) -> sql.Composed:
        """One of the above with its schema."""
        if self.schema == "pg_catalog":
            return sql.Composed([sql.SQL(f"OPERATOR(pg_catalog.{name})")])
        return sql.SQL("OPERATOR({}.{})").format(sql.Identifier(self.schema), sql.SQL(name))

    def column(self, name: str | sql.Composable) -> sql.Composable:
        """A column as it is compared."""
        column = sql.Identifier(name) if isinstance(name, str) else name
        return cast(column, self.type_name) if self.type_name != self.own_type else column

    def value(self, text: str) -> sql.Composed:
        """A value as it is compared."""
        value = cast(sql.Literal(text), self.own_type)
        return cast(value, self.type_name) if self.type_name != self.own_type else value


def cast(what: sql.Composable, type_name: str) -> sql.Composed:
    """CAST to a type whose name the server has written."""
    return sql.SQL("CAST({} AS {})").format(what, sql.Composed([sql.SQL(type_name)]))


def comparisons(connection: Connection, type_oids: Iterable[int]) -> dict[int, Comparison]:
    """How these types compare, by oid; a type that has no order is left out.

    Args:
        connection: In a transaction.
        type_oids: Base types, not domains.
    """
    with connection.cursor() as cursor:
        cursor.execute(query("comparisons"), {"oids": list(set(type_oids))})
        return {
            int(oid): Comparison(own_type, type_name, schema, *operators)
            for oid, own_type, type_name, schema, *operators in cursor
        }
