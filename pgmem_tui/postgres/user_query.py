"""A query that a user typed: what columns it has, or where the server finds fault with it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from psycopg2 import extensions as ext

from pgmem_tui.postgres import composition, statements
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Problem, Refused, explain
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import Reporter, StatementReport


class QueryRefused(Exception):
    """The server refused a user's query; `error` is psycopg2's, `offset` characters were sent before it."""

    def __init__(self, error: Exception, offset: int) -> None:
        """Keep both."""
        super().__init__(str(error))
        self.error, self.offset = error, offset


def explain_refusal(error: BaseException, settings: ConnectionSettings | None) -> Problem:
    """Say what went wrong; its position is in the user's text, or 0 where the server means another text."""
    if isinstance(error, QueryRefused):
        problem = explain(error.error, settings)
        return replace(problem, position=max(0, problem.position - error.offset))
    problem = explain(error, settings)
    return problem if isinstance(error, Refused) else replace(problem, position=0)


def describe(connection: Connection, text: str, report: Reporter, label: str) -> Sequence[ext.Column]:
    """The columns of a query, of which no row is read.

    Args:
        connection: In a transaction.
        text: One query, as `statements.one_query` returned it.
        report: Gets the statement.
        label: Which connection this is, for the report.

    Raises:
        QueryRefused: The server cannot plan it.
        NotAQuery: The server's encoding lacks one of its characters.
        psycopg2.extensions.QueryCanceledError: It took too long for someone.
    """
    statement, offset = composition.describe_query(text)
    started, clock = time.time(), time.perf_counter()
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement)
        except ext.QueryCanceledError:
            raise
        except UnicodeEncodeError as error:
            where = error.start + 1 - offset
            raise statements.NotAQuery("the server has no such character", position=where) from None
        except Exception as error:
            raise QueryRefused(error, offset) from error
        seconds = time.perf_counter() - clock
        report(StatementReport(label, "SELECT", statement.as_string(connection), started, seconds))
        return cursor.description or ()
