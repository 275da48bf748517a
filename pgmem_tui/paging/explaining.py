"""The plan of what is open: of the query as it was written, and of the cursor that the program runs.

Asked on the second connection. Only ANALYZE runs anything, in a read-only transaction like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

import psycopg2
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.language.classifying import NOT_RUN, Runs, classify
from pgmem_tui.paging import plan_difference
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.paging.opening import Opening, prepare
from pgmem_tui.paging.plan_difference import Circumstances, Merged
from pgmem_tui.paging.requests import ComposedQuery, KnownRelation, NamedRelation, Target, UserQuery
from pgmem_tui.paging.sources.choosing import choose
from pgmem_tui.postgres import plan as plans
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Problem, Refused, explain
from pgmem_tui.postgres.key_bounds import order_by
from pgmem_tui.postgres.plan import Plan
from pgmem_tui.postgres.plan_shares import Weighed, weigh
from pgmem_tui.postgres.server_cursor import ServerCursor
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.user_query import QueryRefused

CELL_LIMIT = 256
_SAVEPOINT = "pgmem_explain"
_NAME = "pgmem_1"
"""As the first cursor of a snapshot is called: the statement is the one that is really sent."""
_SUMMARY_SINCE, _JIT_SINCE, _SETTINGS_SINCE, _MEMORY_SINCE = 100000, 110000, 120000, 170000
"""Server versions that brought an option of EXPLAIN, or a setting."""


class Wanted(Enum):
    """Which plan."""

    BOTH = "both"
    QUERY = "query"
    """Of the query as it was written, under the settings that the server gives its user."""
    CURSOR = "cursor"
    """Of the cursor that reads its first rows, under those of browsing."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """One plan."""

    sql: str
    """What was explained."""
    plan: Plan
    nodes: tuple[Weighed, ...]
    """Of the plan, parents before children."""


@dataclass(frozen=True, eq=False)
class Difference:
    """How the cursor's plan is not the query's."""

    words: tuple[str, ...]
    lines: tuple[Merged, ...]


@dataclass(frozen=True, eq=False)
class Explained(CatalogEvent):
    """The answer to `ExplainTarget`."""

    request: ExplainTarget
    query: Explanation | Problem | None = None
    """None if it was not wanted; a problem where the server cannot plan it but can the other."""
    cursor: Explanation | Problem | None = None
    difference: Difference | None = None
    """None unless there are both."""


@dataclass(frozen=True)
class ExplainTarget(CatalogRequest):
    """Ask for plans, answered by `Explained`."""

    target: Target
    analyze: bool = False
    """Whether to run what is wanted, to its last row, and measure it; no row is sent here."""
    wanted: Wanted = Wanted.BOTH
    cell_limit: int = CELL_LIMIT
    """Characters after which the cursor's SELECT cuts a value."""

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> Explained:
        """Ask the server.

        Raises:
            Refused: It is no query, or ANALYZE would write.
            psycopg2.Error: The server cannot plan it.
        """
        if not isinstance(self.target, NamedRelation | KnownRelation | UserQuery | ComposedQuery):
            raise Refused("this is no query, so there is no plan of it")
        try:
            what = prepare(connection, self.target, self.cell_limit)
        except QueryRefused as error:
            raise error.error from None
        if self.analyze and what.relation is None:
            _only_reads(what.text)
        asking = _Asking(connection, self.analyze)
        query: Explanation | Problem | None = None
        cursor: Explanation | Problem | None = None
        if self.wanted is not Wanted.CURSOR:
            query = self._explained(asking, lambda: asking.as_written(_written(self.target, what)))
        if self.wanted is Wanted.QUERY:
            return Explained(self.generation, self, query)
        # Last: what it sets stays until the transaction ends.
        cursor = self._explained(asking, lambda: asking.as_cursor(self.target, what))
        difference = None
        if isinstance(query, Explanation) and isinstance(cursor, Explanation):
            difference = asking.compared(query, cursor, what)
        return Explained(self.generation, self, query, cursor, difference)

    def _explained(self, asking: _Asking, ask: Callable[[], Explanation]) -> Explanation | Problem:
        """A plan, or why there is none, if another one is wanted as well."""
        try:
            with asking.undone_if_failed():
                return ask()
        except ext.QueryCanceledError:
            raise
        except (psycopg2.Error, Refused) as error:
            if self.wanted is not Wanted.BOTH or asking.connection.closed or self.analyze:
                raise
            known = ConnectionSettings(password=asking.connection.info.password or "")
            return explain(error, known)


def _only_reads(text: str) -> None:
    """Refuse, by its parse tree, to run what is more than reading; the server refuses it as well."""
    found = classify(text)
    if found.runs is not Runs.CURSOR:
        reason = found.reason or f"{found.word} is no query"
        raise Refused(f"ANALYZE would run it: {reason}", found.hint or NOT_RUN)


class _Asking:
    """EXPLAIN in one transaction."""

    def __init__(self, connection: Connection, analyze: bool) -> None:
        self.connection = connection
        self._version = connection.info.server_version
        self._analyze = analyze
        self._declared: list[ServerCursor] = []

    def as_written(self, query: sql.Composable) -> Explanation:
        """The plan of a query under the settings that its user has."""
        with self._undone():
            if self._version >= _JIT_SINCE:
                self._execute("SET LOCAL jit TO DEFAULT")
            return self._explain(query)

    def as_cursor(self, target: Target, what: Opening) -> Explanation:
        """The plan of the first cursor that browsing declares, and none is declared."""

        def cursor(query: sql.Composed, scrollable: bool = True, savepoint: bool = False) -> ServerCursor:
            return _Undeclared(self._declared, self.connection, query, scrollable)

        source, _ = choose(self.connection, target, what, cursor)
        source.open()
        return self._explain(self._declared[0].declaration)

    def compared(self, query: Explanation, cursor: Explanation, what: Opening) -> Difference:
        """What is different, and why."""
        fraction, work_mem = (
            float(value)
            for value in self._row(
                "SELECT pg_catalog.current_setting('cursor_tuple_fraction'),"
                " pg_catalog.pg_size_bytes(pg_catalog.current_setting('work_mem'))"
            )
        )
        declared = self._declared[0]
        to_the_end = None
        if fraction < 1 and not plan_difference.same_nodes(query.nodes, cursor.nodes):
            with self._undone():
                self._execute("SET LOCAL cursor_tuple_fraction = 1")
                to_the_end = weigh(self._plan(declared.declaration, analyze=False))
        cut = any(column.clamped for column in what.columns)
        about = Circumstances(fraction, int(work_mem), declared.scrollable, cut)
        said = plan_difference.words(
            (query.plan, query.nodes), (cursor.plan, cursor.nodes), to_the_end, about
        )
        return Difference(said, plan_difference.merge(query.nodes, cursor.nodes))

    def _explain(self, statement: sql.Composable) -> Explanation:
        plan = self._plan(statement, analyze=False)
        if self._analyze:
            if plan.root.writes:
                raise Refused(
                    "ANALYZE would run this, and it changes or locks rows",
                    "its plan without ANALYZE shows what it would do; nothing was run",
                )
            plan = self._plan(statement, analyze=True)
        return Explanation(statement.as_string(self.connection), plan, weigh(plan))

    def _plan(self, statement: sql.Composable, analyze: bool) -> Plan:
        options = ["FORMAT JSON"]
        options += ["ANALYZE", "BUFFERS"] if analyze else []
        options += ["SUMMARY"] if self._version >= _SUMMARY_SINCE else []
        options += ["SETTINGS"] if self._version >= _SETTINGS_SINCE else []
        options += ["MEMORY"] if self._version >= _MEMORY_SINCE else []
        (text,) = self._row(sql.SQL(f"EXPLAIN ({', '.join(options)}) {{}}").format(statement))
        return plans.read(text)

    def _row(self, statement: str | sql.Composed) -> tuple[str, ...]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            (row,) = cursor.fetchall()
        return tuple(row)

    def _execute(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """What is set inside is gone afterwards, and so are the locks."""
        self._execute(f"SAVEPOINT {_SAVEPOINT}")
        yield
        self._execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}; RELEASE SAVEPOINT {_SAVEPOINT}")

    @contextmanager
    def undone_if_failed(self) -> Iterator[None]:
        """The transaction can go on after an error inside."""
        self._execute("SAVEPOINT pgmem_attempt")
        try:
            yield
        except (psycopg2.Error, Refused):
            if not self.connection.closed:
                self._execute("ROLLBACK TO SAVEPOINT pgmem_attempt")
            raise


class _Undeclared(ServerCursor):
    """A cursor that is explained in place of being declared."""

    def __init__(
        self, declared: list[ServerCursor], connection: Connection, query: sql.Composed, scrollable: bool
    ) -> None:
        super().__init__(connection, _NAME, query, scrollable)
        self._all = declared

    def declare(self) -> None:
        self._all.append(self)


def _written(target: Target, what: Opening) -> sql.Composable:
    """The query itself, nothing of it cut."""
    if what.relation is None:
        return sql.SQL(what.text.strip())
    if not isinstance(target, KnownRelation):
        return what.select.whole()
    order = order_by(what.select.relation.name, target.order) if target.order else None
    return what.select.whole(what.where, order, target.limit)
