"""What a piece of SQL is, by PostgreSQL's own grammar (pglast). Pure.

The grammar is imported when the first statement is looked at: 5 MB that browsing tables
does without.
"""

from __future__ import annotations

import re

from pgmem_tui.postgres.errors import Refused

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""A byte of a server without an encoding (see `raw_text`); to the grammar it is a letter."""


class NotAQuery(Refused):
    """The text is not one statement that returns rows and changes nothing."""


def one_query(text: str) -> str:
    """The text of the one SELECT, VALUES, TABLE or WITH … SELECT that it is, without its semicolon.

    Each character stays where it is, so that a position in the one is a position in the other.

    Raises:
        NotAQuery: It is none, several, something else, or no SQL at all.
    """
    from pglast import ast, parse_sql
    from pglast.parser import ParseError

    if "\0" in text:
        # The parser, the server's too, would take it for the end.
        raise NotAQuery("a statement has no NUL character in it", position=text.index("\0") + 1)
    try:
        statements = parse_sql(_LONE_SURROGATE.sub("\ufffd", text))
    except ParseError as error:
        message, index = (*error.args, 0)[:2]
        raise NotAQuery(str(message), position=int(index) + 1) from None
    if not statements:
        raise NotAQuery("there is no statement", "give one SELECT, VALUES, TABLE or WITH … SELECT")
    if len(statements) > 1:
        second = statements[1].stmt_location or 0
        raise NotAQuery(
            f"there are {len(statements)} statements, and one is browsed at a time",
            "give one of them; nothing was run",
            second + 1 + _blanks(text, second),
        )
    (statement,) = statements
    query = statement.stmt
    if not isinstance(query, ast.SelectStmt):
        first = re.match(r"\s*(\w+)", text)
        name = first[1].upper() if first else type(query).__name__
        raise NotAQuery(
            f"{name} is not a query, so it has no rows to page through",
            "give a SELECT, VALUES, TABLE or WITH … SELECT; nothing was run",
            1,
        )
    if query.intoClause is not None:
        raise NotAQuery("SELECT INTO makes a table, and this session is read-only", "leave INTO out", 1)
    start = statement.stmt_location or 0
    return " " * start + text[start : start + (statement.stmt_len or len(text))].rstrip()


def _blanks(text: str, start: int) -> int:
    rest = text[start:]
    return len(rest) - len(rest.lstrip())
