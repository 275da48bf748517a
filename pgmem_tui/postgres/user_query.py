"""A query that a user typed: what columns it has, or where the server finds fault with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from psycopg2 import extensions as ext

from pgmem_tui.postgres import composition, parameters, statements
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Problem, Refused, explain
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.postgres.settings import ConnectionSettings


class QueryRefused(Exception):
    """The server refused a user's query; `error` is psycopg2's, `offset` characters were sent before it.

    Where the server was handed the query as a string, the error's own query is that, and has a position too
    (https://www.postgresql.org/docs/current/protocol-error-fields.html).
    """

    def __init__(self, error: Exception, offset: int, inner: str = "") -> None:
        """Keep them; `inner` is the string."""
        super().__init__(str(error))
        self.error = error
        self.place: Callable[[int], int] = lambda position: position
        """From a position in what was sent as the query to one in the user's text."""
        self._offset, self._inner = offset, inner

    def position(self, problem: Problem) -> int:
        """Where in the user's text, in characters from 1; 0 if it is about something else."""
        if not self._inner:
            return self.place(max(0, problem.position - self._offset))
        said = getattr(self.error, "diag", None)
        if getattr(said, "internal_query", None) != self._inner:
            return 0
        return self.place(int(getattr(said, "internal_position", None) or 0))


class UserText:
    """A text that a user typed, with the values of its parameters: as it is sent, and back."""

    def __init__(self, connection: Connection, text: str, values: tuple[BoundValue, ...]) -> None:
        """Bind the values.

        Raises:
            ParameterRefused: One is missing, or cannot be bound.
            Refused: The session reads strings in another way than we do.
        """
        statements.check_strings(connection)
        self.sent = parameters.bound_text(connection, text, values)
        self._connection, self._text, self._values = connection, text, values

    @contextmanager
    def placing(self) -> Iterator[None]:
        """What is refused inside is refused at a place of the user's text."""
        try:
            yield
        except QueryRefused as error:
            error.place = self._place
            raise
        except Refused as error:
            error.position = self._place(error.position)
            raise

    def _place(self, position: int) -> int:
        if not self._values or self._connection.closed:
            return position if not self._values else 0
        return parameters.place(self._connection, self._text, self._values, position)


def explain_refusal(error: BaseException, settings: ConnectionSettings | None) -> Problem:
    """Say what went wrong; its position is in the user's text, or 0 where the server means another text."""
    if isinstance(error, QueryRefused):
        problem = explain(error.error, settings)
        return replace(problem, position=error.position(problem))
    problem = explain(error, settings)
    return problem if isinstance(error, Refused) else replace(problem, position=0)


def describe(connection: Connection, text: str) -> Sequence[ext.Column]:
    """The columns of a query, of which no row is read.

    Args:
        connection: In a transaction.
        text: One query, as `statements.one_query` returned it.

    Raises:
        QueryRefused: The server cannot plan it.
        NotAQuery: The server's encoding lacks one of its characters.
        psycopg2.extensions.QueryCanceledError: It took too long for someone.
    """
    statement, offset = composition.describe_query(text)
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
        return cursor.description or ()
