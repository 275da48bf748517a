"""Completing on a real server: `^` is the caret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pglast
from psycopg2 import sql

from pgmem_tui.paging.completing import Complete, Completed, Suggestion, SuggestionKind
from pgmem_tui.postgres.connection import Connection


@dataclass(frozen=True)
class Answer:
    """What was suggested, and for what."""

    text: str
    completed: Completed

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """The best first."""
        return self.completed.suggestions

    def inserts(self, *kinds: SuggestionKind) -> list[str]:
        """The texts of those of some kinds, or of all."""
        return [each.insert for each in self.suggestions if not kinds or each.kind in kinds]

    def taken(self, suggestion: Suggestion) -> str:
        """The text with the suggestion in it."""
        return self.text[: self.completed.start] + suggestion.insert + self.text[self.completed.end :]


def complete(connection: Connection, marked: str) -> Answer:
    """Ask, in a transaction of its own."""
    before, _, behind = marked.partition("^")
    return between(connection, before, behind)


def between(connection: Connection, before: str, behind: str = "") -> Answer:
    """Ask for what can stand between two texts, in a transaction of its own."""
    text = before + behind
    try:
        return Answer(text, Complete(text, len(before)).run(connection, lambda event: None))
    finally:
        connection.rollback()


@contextmanager
def tables(writing: Connection, schema: str, *named: tuple[str, tuple[str, ...]]) -> Iterator[None]:
    """Tables in a schema of their own, each with a row of the names of its columns."""
    created = sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema))
    with writing.cursor() as cursor:
        if schema != "public":
            cursor.execute(created)
        try:
            for name, columns in named:
                table = sql.Identifier(schema, name)
                defined = [sql.SQL("{} text").format(sql.Identifier(column)) for column in columns]
                cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(", ").join(defined)))
                values = sql.SQL(", ").join(map(sql.Literal, columns))
                cursor.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(table, values))
            yield
        finally:
            for name, _ in named:
                cursor.execute(
                    sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(schema, name))
                )
            if schema != "public":
                cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


def read(connection: Connection, text: str) -> list[tuple[str, ...]]:
    """The rows of a statement that pglast can read, too."""
    assert len(pglast.parse_sql(text)) == 1, text
    try:
        with connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall()
    finally:
        connection.rollback()
