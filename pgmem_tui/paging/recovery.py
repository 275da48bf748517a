"""What becomes of a session when a request fails: an event is told, and what is left can be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import psycopg2

from pgmem_tui.paging.browse_connection import BrowseConnection
from pgmem_tui.paging.events import Cancelled, Event, Failed
from pgmem_tui.paging.giving_up import GivingUp
from pgmem_tui.paging.inbox import Inbox
from pgmem_tui.paging.reader import Reader
from pgmem_tui.paging.requests import Statement, UserQuery
from pgmem_tui.paging.sources import Stopped
from pgmem_tui.paging.writing import CommitUnanswered, explain_query, explain_statement
from pgmem_tui.postgres.errors import Problem, Refused, explain
from pgmem_tui.postgres.settings import ConnectionSettings

_TAKEN_BACK = "a conflict with recovery on the standby"
_ENDED = "the standby ended the session: a recovery conflict?"
"""libpq hides the server's sentence where a session was ended while nothing ran."""


class Recovery:
    """Used on the session's thread."""

    def __init__(
        self,
        settings: ConnectionSettings,
        emit: Callable[[Event], None],
        inbox: Inbox,
        giving_up: GivingUp,
        reader: Reader,
        link: BrowseConnection,
    ) -> None:
        """Nothing has failed.

        Args:
            settings: Their secrets are taken out of what is told.
            emit: Gets every event.
            inbox: Knows what was given up.
            giving_up: Has the connection's `Cancellation`.
            reader: Knows the generation.
            link: The connection and its snapshot.
        """
        self._settings, self._emit, self._inbox = settings, emit, inbox
        self._giving_up, self._reader, self._link = giving_up, reader, link
        self.conflict = False
        """Whether a standby took back what the request being served was to be read in."""
        self._repeatable = True
        self._by_hand = False

    def begin(self, repeatable: bool, by_hand: bool) -> None:
        """Another request is served.

        Args:
            repeatable: Whether it can be served again from its beginning.
            by_hand: Whether it is a `Question` that is so.
        """
        self.conflict, self._repeatable, self._by_hand = False, repeatable, by_hand

    @property
    def again(self) -> bool:
        """Whether to serve it again, in a new snapshot."""
        return self.conflict and self._repeatable and not self._link.gone

    def guard(self, work: Callable[[], None]) -> None:
        """Do it cancellably; whatever goes wrong becomes an event and leaves a usable session."""
        cancellation = self._giving_up.cancellation
        try:
            if cancellation is None:
                work()
            else:
                with cancellation.running(self._inbox.serving):
                    work()
        except Stopped:
            self._emit(Cancelled(self._reader.generation, lost_cursor=False))
        except Exception as error:
            self._recover(error)
        finally:
            self._reader.streaming = False

    def _recover(self, error: Exception) -> None:
        problem = self._problem(error)
        lost = problem.lost or self._link.gone
        wanted = not (self.conflict or self._inbox.given_up or self._inbox.closed)
        taken = (problem.conflict and self._repeatable) or (lost and self._link.standby)
        if wanted and taken:
            self.conflict = True
            self._take_back(problem, lost)
        elif lost:
            ended = replace(error.ended, problem=problem) if isinstance(error, CommitUnanswered) else None
            self._link.lose(problem, ended=ended)
        elif isinstance(error, Refused) and self._link.snapshot is not None and self._link.snapshot.usable:
            self._emit(Failed(self._reader.generation, problem, by_hand=self._by_hand))
        elif self._link.snapshot is not None:
            asked = problem.canceled and self._inbox.given_up
            target = self._link.snapshot.target
            sql = target.sql if isinstance(target, UserQuery | Statement) else ""
            try:
                self._link.snapshot.fail("after the cancel" if asked else "after an error", forget=not asked)
            except psycopg2.Error as gone:
                self._link.lose(explain(gone, self._settings))
                return
            if asked:
                self._emit(Cancelled(self._reader.generation, lost_cursor=True))
            else:
                self._emit(Failed(self._reader.generation, problem, sql, self._by_hand))

    def _take_back(self, problem: Problem, lost: bool) -> None:
        """A standby took the snapshot, and from an idle transaction the connection with it: get new ones."""
        if not lost and self._link.snapshot is not None:
            try:
                self._link.snapshot.fail(_TAKEN_BACK, forget=False)
                return
            except psycopg2.Error as gone:
                problem = explain(gone, self._settings)
        self._link.lose(problem, _TAKEN_BACK if problem.conflict else _ENDED)
        self._link.reconnect()

    def _problem(self, error: Exception) -> Problem:
        if isinstance(error, CommitUnanswered):
            return replace(explain(error.error, self._settings), position=0)
        snapshot = self._link.snapshot
        target = snapshot.target if snapshot is not None and snapshot.held is None else None
        if isinstance(target, Statement) and target.writes:
            work = self._link.writes
            return explain_statement(error, self._settings, work.statements if work is not None else 0)
        return explain_query(error, self._settings, self._link.writable)
