"""What a piece of SQL is, by PostgreSQL's own grammar (pglast). Pure.

The grammar is imported when the first statement is looked at: 5 MB that browsing tables
does without.
"""

from __future__ import annotations

from pgmem_tui.language import classifying, grammar
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Refused


class NotAQuery(Refused):
    """The text is not one statement that returns rows and changes nothing."""


def one_query(text: str) -> str:
    """The text of the one SELECT, VALUES, TABLE or WITH … SELECT that it is, without its semicolon.

    Each character stays where it is, so that a position in the one is a position in the other. psql's
    parameters are no part of it: they have been bound.

    Raises:
        NotAQuery: It is none, several, one that writes, something else, or no SQL at all.
    """
    try:
        statements = grammar.parse(text)
    except grammar.NotParsed as error:
        raise NotAQuery(str(error), position=error.position) from None
    if not statements:
        raise NotAQuery("there is no statement", classifying.QUERY_HINT)
    if len(statements) > 1:
        raise NotAQuery(
            f"there are {len(statements)} statements, and one is browsed at a time",
            "give one of them; nothing was run",
            classifying.start_of(text, statements[1].stmt_location or 0) + 1,
        )
    (statement,) = statements
    found = classifying.classify_tree(statement.stmt, text)
    if not classifying.is_query(statement.stmt):
        raise NotAQuery(
            f"{found.word} is not a query, so it has no rows to page through",
            f"{classifying.QUERY_HINT}; nothing was run",
            1,
        )
    if found.runs is not classifying.Runs.CURSOR:
        raise NotAQuery(found.reason, found.hint, found.position)
    start = statement.stmt_location or 0
    return " " * start + text[start : start + (statement.stmt_len or len(text))].rstrip()


def check_strings(connection: Connection) -> None:
    r"""Make sure that the server reads strings as the grammar here does, before a user's statement is sent.

    A statement before it can have called set_config: then '\', …' is no string any more, but more statements.
    The server reports the setting by itself: nothing is asked
    (https://www.postgresql.org/docs/current/libpq-status.html#LIBPQ-PQPARAMETERSTATUS).

    Raises:
        Refused: It does not.
    """
    if connection.info.parameter_status("standard_conforming_strings") == "off":
        raise Refused(
            "standard_conforming_strings is off, and statements were looked at as if it was on",
            "begin a new transaction; nothing was run",
        )
