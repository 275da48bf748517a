"""Statements that no cursor takes, each run once; and the open transaction of those that write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import psycopg2
from psycopg2 import extensions as ext

from pgmem_tui.language import grammar, parameters, session_settings
from pgmem_tui.language.classifying import Runs, classify
from pgmem_tui.paging.events import (
    Ending,
    Event,
    SettingsChanged,
    TransactionEnded,
    TransactionOpen,
    Weighed,
)
from pgmem_tui.paging.requests import Statement, Weigh
from pgmem_tui.postgres import search_path, transaction
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Problem, Refused, explain
from pgmem_tui.postgres.execution import Executed, execute, show, streamed_as
from pgmem_tui.postgres.planning import changed_rows
from pgmem_tui.postgres.relation import Column, Row
from pgmem_tui.postgres.session_settings import SessionSettings
from pgmem_tui.postgres.setting_trial import set_once
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.user_query import QueryRefused, UserText, explain_refusal
from pgmem_tui.postgres.write_transaction import CommitMark, WriteTransaction, what_became_of

_ADVICE = {
    "0A000": "",
    "25001": "It cannot run in a transaction, and everything here does: run it in psql.",
    "25006": "The server only reads, or this transaction was told to: connect to the primary to write.",
    "25P02": "The transaction has failed: roll it back.",
    "40001": "Another transaction was first with the same rows: roll back, and run all of it again.",
    "40P01": "Two transactions waited for each other: run it again, or roll back so that others can go on.",
    "57014": "",
}
_READ_ONLY = "25006"
_SET = (Column("setting", "text", 25, category="S"), Column("value until RESET", "text", 25, category="S"))
_CALLED_ELSEWHERE = (
    "A query is read in a part of the transaction that only reads:"
    " call what writes in DO $$ BEGIN PERFORM … END $$."
)
_IN_RECOVERY = "during recovery"
_STANDBY = "This server is a standby, and replays what others write: connect to the primary to write."


class Writing:
    """Used on the thread that owns the connection."""

    def __init__(
        self,
        connection: Connection,
        settings: ConnectionSettings,
        emit: Callable[[Event], None],
        shield: Callable[[], AbstractContextManager[None]],
        *,
        writable: bool,
        limit: int,
        user_settings: SessionSettings | None = None,
    ) -> None:
        """No transaction is open.

        Args:
            connection: Idle.
            settings: Its secrets are taken out of what is told.
            emit: Gets what is said of the transaction.
            shield: Keeps cancels from what is inside it.
            writable: Whether anything may write.
            limit: Bytes of memory that a statement's rows may take.
            user_settings: What the user has SET so far, on any connection.
        """
        self._user_settings = SessionSettings() if user_settings is None else user_settings
        self.transaction = WriteTransaction(connection, shield)
        self.unsure: CommitMark | None = None
        """What was being committed when the connection was lost."""
        self.limit = limit
        self._connection, self._settings = connection, settings
        self._emit, self._writable = emit, writable
        self._told = (0.0, 0)
        """What was told of the transaction: when it began, and its statements."""

    def run(self, target: Statement) -> Executed:
        """Run a statement: what writes in the open transaction, anything else where nothing can be written.

        Raises:
            Refused: It is none that may be run here; nothing was sent.
            QueryRefused: The server's error. A statement that writes was taken back, and no other.
        """
        may_write = self._writable and target.writes
        found = classify(target.sql, may_write)
        if found.runs in (Runs.REFUSED, Runs.INVALID):
            raise Refused(found.reason, found.hint, found.position)
        if found.runs is Runs.CURSOR:
            raise Refused("a query is paged through by a cursor")
        text = UserText(self._connection, target.sql, target.values)
        if found.runs is Runs.SETS:
            return self._set(target.sql, text)
        if found.runs is not Runs.WRITES:
            with self._read_only(), text.placing():
                return show(self._connection, text.sent, found.word, self.limit)
        streamed = streamed_as(target.sql)
        with self.transaction.statement(target.sql), text.placing():
            return execute(self._connection, text.sent, streamed, self.limit)

    def _set(self, written: str, text: UserText) -> Executed:
        """SET or RESET, from the next transaction on, and in the one that is open; tells all that is SET."""
        clock = time.perf_counter()
        (parsed,) = grammar.parse(parameters.masked(written))
        change = session_settings.change(parsed.stmt)
        assert change is not None, "it was classified as one"
        users, work, notice = self._user_settings, self.transaction, ""
        known = change.reset and change.name in users.values
        if change.reset:
            users.forget(change.name)  # first of all: with its value no transaction may begin
        # What was SET is a setting, so that its RESET need not be tried where nothing has begun; an open
        # transaction is not to end by it.
        if work.open or not known:
            with self._read_only(), text.placing():
                value = set_once(self._connection, text.sent, change.name)
            if not change.reset:
                users.put(change.name, value)
                notice = search_path.told(value) if change.name == "search_path" else ""
        if work.open:
            work.set_again(change.name)
        self._emit(SettingsChanged(len(users.values)))
        rows: list[Row] = sorted(users.values.items())
        seconds, notices = time.perf_counter() - clock, (notice,) if notice else ()
        return Executed("RESET" if change.reset else "SET", _SET, rows, len(rows), notices, 0, seconds)

    def tell(self) -> None:
        """Say what is in the transaction, if that has changed."""
        work = self.transaction
        now = (work.began, work.statements)
        if now != self._told:
            self._told = now
            if work.open:
                self._emit(TransactionOpen(*now, tuple(work.last)))

    def weigh(self, request: Weigh) -> None:
        """Say about how many rows a statement would change; or why the server cannot plan it."""
        self._emit(Weighed(request.number, *self._weighed(request)))

    def _weighed(self, request: Weigh) -> tuple[int | None, Problem | None]:
        with self._read_only():
            try:
                text = UserText(self._connection, request.sql, request.values)
                with self._in_savepoint(), text.placing():
                    return changed_rows(self._connection, text.sent), None
            except (QueryRefused, Refused, psycopg2.Error) as error:
                if self._connection.closed:
                    raise
                return None, explain_refusal(error, self._settings)

    def end(self, commit: bool) -> None:
        """Commit, or roll back, and say how that went.

        Raises:
            CommitUnanswered: The connection was lost while the server was asked to commit.
            psycopg2.Error: It was lost before.
        """
        self._emit(self._ended(commit))

    def _ended(self, commit: bool) -> TransactionEnded:
        work = self.transaction
        count = work.statements
        if not work.open:
            return TransactionEnded(Ending.ROLLED_BACK, 0)
        if not commit:
            work.roll_back()
            return TransactionEnded(Ending.ROLLED_BACK, count)
        mark = work.mark()
        work.leave_reading()
        try:
            work.commit()
        except psycopg2.Error as error:
            problem = explain(error, self._settings, self._connection)
            if problem.lost or self._connection.closed:
                self.unsure = mark if mark and mark.xid else None
                work.forget()
                raise CommitUnanswered(error, count, mark) from error
            work.roll_back()
            return TransactionEnded(Ending.REFUSED, count, replace(told(problem), position=0))
        return TransactionEnded(Ending.COMMITTED, count, xid=mark.xid if mark else "")

    def find_out(self, before: Writing) -> None:
        """After reconnecting: say what became of a transaction whose COMMIT had no answer, if any."""
        if before.unsure is not None:
            self._emit(self._became(before.unsure))

    def _became(self, mark: CommitMark) -> TransactionEnded:
        status = what_became_of(self._connection, mark)
        if status not in ("committed", "aborted"):
            self.unsure = mark if status in _ASK_AGAIN else None
            return TransactionEnded(
                Ending.UNKNOWN, 0, Problem(_UNKNOWN.get(status, status)), mark.xid, found_out=True
            )
        how = Ending.COMMITTED if status == "committed" else Ending.ROLLED_BACK
        return TransactionEnded(how, 0, None, mark.xid, found_out=True)

    @contextmanager
    def _read_only(self) -> Iterator[None]:
        """In the open transaction's read-only part, or in one that is open, or in one of its own."""
        connection = self._connection
        idle = connection.info.transaction_status == ext.TRANSACTION_STATUS_IDLE
        if idle:
            transaction.begin(connection)
        try:
            yield
        finally:
            if idle and not connection.closed:
                transaction.end(connection)

    @contextmanager
    def _in_savepoint(self) -> Iterator[None]:
        with self._connection.cursor() as cursor:
            cursor.execute("SAVEPOINT pgmem_weigh")
            try:
                yield
            finally:
                if not self._connection.closed:
                    cursor.execute("ROLLBACK TO SAVEPOINT pgmem_weigh; RELEASE SAVEPOINT pgmem_weigh")


_UNKNOWN = {
    "in progress": "the server has not ended it yet: reconnect again to ask again",
    "unanswered": "the server did not answer that: reconnect again to ask again",
    "other": "this is another server, which knows nothing of it: reconnect to that one to ask again",
    "": "the server does not know it: it never came there, or is too long ago",
}


_ASK_AGAIN = frozenset({"in progress", "unanswered", "other"})


class CommitUnanswered(Exception):
    """The connection was lost while the server was asked to commit."""

    def __init__(self, error: psycopg2.Error, statements: int, mark: CommitMark | None) -> None:
        """Keep what is known.

        Args:
            error: psycopg2's.
            statements: Run in the transaction.
            mark: By what it is found again; None if nothing was written.
        """
        super().__init__(str(error))
        self.error = error
        ending = Ending.LOST if mark is None else Ending.UNKNOWN
        self.ended = TransactionEnded(ending, statements, xid=mark.xid if mark else "")


def told(problem: Problem) -> Problem:
    """What went wrong with a statement that writes, with advice that fits that."""
    advice = _ADVICE.get(problem.sqlstate, problem.advice)
    if _IN_RECOVERY in problem.message:
        advice = _STANDBY
    return replace(problem, advice=advice, conflict=False)


def explain_query(error: Exception, settings: ConnectionSettings, writable: bool) -> Problem:
    """What went wrong with what only reads, with advice that fits a session that may write."""
    problem = explain_refusal(error, settings)
    if writable and problem.sqlstate == _READ_ONLY:
        advice = _STANDBY if _IN_RECOVERY in problem.message else _CALLED_ELSEWHERE
        problem = replace(problem, advice=advice)
    return problem


def explain_statement(error: Exception, settings: ConnectionSettings, kept: int) -> Problem:
    """What went wrong with a statement that writes, and what is left of those before it."""
    problem = told(explain_refusal(error, settings))
    if kept and not problem.lost:
        were = "the statement before it is" if kept == 1 else f"the {kept} statements before it are"
        problem = replace(
            problem, advice=f"{problem.advice} It was taken back; {were} kept, uncommitted.".strip()
        )
    return problem
