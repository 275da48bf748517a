"""The psycopg2 program that does what the screen is doing: of any source, asked and answered.

Nothing is sent to the server for it; what is open is known already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

from psycopg2 import sql

from pgmem_tui.language.classifying import Runs, classify
from pgmem_tui.paging.events import Answer, Event
from pgmem_tui.paging.opening import Opening
from pgmem_tui.paging.requests import (
    ComposedQuery,
    KnownRelation,
    Question,
    Statement,
    Target,
    UserQuery,
)
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.paging.sources.anchored import Anchored
from pgmem_tui.paging.sources.choosing import BY_INDEX
from pgmem_tui.paging.sources.key_order import ByKey
from pgmem_tui.postgres import parameters, screen_program
from pgmem_tui.postgres.composition import with_clauses
from pgmem_tui.postgres.connection import CHECK_CLIENT, Connection
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.key_bounds import order_by
from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.screen_program import ITERSIZE, Place, Reading, Running
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.transaction import settings_for
from pgmem_tui.postgres.user_query import UserText
from pgmem_tui.postgres.watched_connection import WatchedConnection
from pgmem_tui.postgres.wire import may_tell

LONGEST = 100_000
"""Characters of a query of which a program is written: nobody reads more."""

_may_tell = lru_cache(maxsize=4)(may_tell)
_UNCOMMITTED = " What is not committed is seen on the screen only."


@dataclass(frozen=True)
class ProgramShown(Answer):
    """The answer to `ShowProgram`."""

    request: ShowProgram
    text: str
    """The program that prints the rows of the screen; empty if there is none."""
    simple: str
    """The simplest one: all rows from the first on; empty where rows are of no query."""
    why_not: str = ""
    """Why there is none."""


@dataclass(frozen=True)
class ShowProgram(Question):
    """Write the program that prints rows of what is open."""

    keeps_cursor: ClassVar[bool] = True
    first: int
    """The number of the first row, from 0."""
    rows: tuple[Row, ...] = field(repr=False)
    """The rows as they were read, with what identifies each behind its values."""
    batch: int
    """Rows of a FETCH."""
    connect: ConnectionSettings = field(repr=False)
    """How the session was connected."""

    def run(self, snapshot: Snapshot, emit: Callable[[Event], None], given_up: Callable[[], bool]) -> None:
        """Answers with `ProgramShown`."""
        text = simple = why_not = ""
        try:
            if isinstance(snapshot.target, Statement):
                text = _of_statement(snapshot, snapshot.target, self)
            else:
                _check(_written(snapshot))
                instead = _instead(snapshot)
                text, simple = _of_screen(snapshot, self, instead), _simplest(snapshot, self, instead)
        except Refused as error:
            why_not = str(error)
        emit(ProgramShown(self.generation, self, text, simple, why_not))


def _of_screen(snapshot: Snapshot, request: ShowProgram, instead: dict[str, sql.Composable]) -> str:
    source = snapshot.current
    settings = [*settings_for(snapshot.connection), *_if_watched(snapshot.connection)]
    queries: tuple[sql.Composable, ...] = (snapshot.opening.query,)
    passed = request.first
    if isinstance(source, Anchored):
        queries, passed = source.way(request.first, request.rows)
    by_key = isinstance(source, ByKey)
    if by_key:
        settings += BY_INDEX.split("; ")
    what = Reading(queries, passed, max(1, len(request.rows)), request.batch, scrollable=not by_key)
    about = "" if source is None or source.exact else "about "
    says = f"Prints the rows on the screen: {what.count:,}, from number {about}{request.first + 1:,} on."
    if not request.rows:
        says = "Prints the first row, if there is one; on the screen there is none."
    if snapshot.writing.transaction.open:
        says += _UNCOMMITTED
    return screen_program.reading(what, _place(snapshot, request, settings), says, instead)


def _simplest(snapshot: Snapshot, request: ShowProgram, instead: dict[str, sql.Composable]) -> str:
    what = Reading((_whole(snapshot.opening, snapshot.target),), 0, 0, ITERSIZE, None, as_text=False)
    place = _place(snapshot, request, settings_for(snapshot.connection, of_rows=True))
    says = "Prints all rows, from the first one on, in constant memory."
    return screen_program.reading(what, place, says, instead)


def _whole(what: Opening, target: Target | None) -> sql.Composable:
    """The query as one would write it who wants all of it, with nothing cut."""
    if what.relation is None:
        return sql.SQL(what.text)
    name = sql.Identifier(what.relation.schema, what.relation.name)
    query = sql.SQL("SELECT * FROM {}").format(name)
    if not isinstance(target, KnownRelation):
        return query
    order = order_by(what.relation.name, target.order) if target.order else None
    return with_clauses(query, what.where, order, target.limit)


def _of_statement(snapshot: Snapshot, target: Statement, request: ShowProgram) -> str:
    held, connection = snapshot.held, snapshot.connection
    if held is None:
        raise Refused("a statement is run once, and its rows are gone")
    if classify(target.sql, target.writes).runs is Runs.SETS:
        raise Refused("these rows say what is SET here: no query returns them")
    sent = UserText(connection, target.sql, target.values).sent
    _check(sent)
    returns_rows = held.executed.columns is not None
    what = Running(sql.SQL(sent), request.first, len(request.rows), target.writes, returns_rows)
    says = "Runs a statement, and prints what it returned that is on the screen."
    place = _place(snapshot, request, settings_for(connection))
    return screen_program.running(what, place, says, _bound(connection, target, sent))


def _place(snapshot: Snapshot, request: ShowProgram, settings: Sequence[str]) -> Place:
    raw = snapshot.connection.info.parameter_status("server_encoding") == "SQL_ASCII"
    return Place(request.connect, raw, tuple(settings))


def _if_watched(connection: Connection) -> list[str]:
    watched = isinstance(connection, WatchedConnection) and connection.notices_dead_clients
    return [CHECK_CLIENT] if watched else []


def _instead(snapshot: Snapshot) -> dict[str, sql.Composable]:
    """What to write for a query's text: its names and values as such, where it is known which they are."""
    what, target = snapshot.opening, snapshot.target
    if what.relation is not None:
        return {}
    if isinstance(target, ComposedQuery) and what.composed is not None:
        return {what.text: what.composed}
    if isinstance(target, UserQuery):
        return _bound(snapshot.connection, target, what.text)
    return {}


def _bound(connection: Connection, target: UserQuery | Statement, sent: str) -> dict[str, sql.Composable]:
    """The text that is sent, as it was written; with the values of its parameters as such."""
    if target.values:
        bound = parameters.bind(target.sql.strip().removesuffix(";"), target.values)
        if bound.as_string(connection).strip() == sent.strip().removesuffix(";"):
            return {sent: bound}
    return {sent: sql.SQL(sent.strip())}


def _written(snapshot: Snapshot) -> str:
    """What someone wrote of the query, as SQL: all of it, or its conditions."""
    what = snapshot.opening
    if what.relation is None or what.where is None:
        return what.text
    return sql.SQL("SELECT WHERE {}").format(what.where).as_string(snapshot.connection)


def _check(text: str) -> None:
    """Refuse what nobody would read, and what is not to be written into a file.

    Raises:
        Refused: The text is very long, or seems to have a password in it.
    """
    if len(text) > LONGEST:
        raise Refused(f"the query has more than {LONGEST:,} characters")
    if not _may_tell(text):
        raise Refused("the query seems to carry a password or a key, and a program is there to be kept")
