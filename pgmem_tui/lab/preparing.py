"""From what was asked for to a plan: connect, look the table or query up, and see what it will take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import psutil
import psycopg2

from pgmem_tui.export.source import ExportSource
from pgmem_tui.lab import modes, opened, subject
from pgmem_tui.lab.conclusions import conclude
from pgmem_tui.lab.experiment import Plan
from pgmem_tui.lab.measurement import Measurement
from pgmem_tui.lab.report import Asked, Report
from pgmem_tui.lab.subject import EVERYTHING, Key
from pgmem_tui.lab.surroundings import Machine, Server, this_machine, this_server
from pgmem_tui.language.secrets import carries_secret
from pgmem_tui.postgres import transaction
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.errors import Problem, Refused
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.user_query import QueryRefused, explain_refusal
from pgmem_tui.postgres.watched_connection import WatchedConnection

MUCH = 1 << 30
"""Bytes over the connection from which one is asked first."""
SPARE = 0.8
"""The share of the memory available that a run may take at most, whatever the cap."""
NOT_KEPT = "-- not kept: it seems to carry a password"


@dataclass(frozen=True)
class Prepared:
    """An experiment that can begin."""

    asked: Asked
    plan: Plan
    machine: Machine
    server: Server

    @property
    def much(self) -> bool:
        """Whether to ask before it begins."""
        moved = self.plan.moved()
        return moved is None or moved > MUCH

    def report(self, measurements: tuple[Measurement, ...]) -> Report:
        """The report of what was measured."""
        return Report(
            self.asked,
            self.machine,
            self.server,
            self.plan.subject.columns,
            measurements,
            conclude(measurements),
        )


class Unprepared(Exception):
    """It cannot begin; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def prepare(
    settings: ConnectionSettings,
    asked: Asked,
    source: ExportSource | None = None,
    guarded: Callable[[Connection], AbstractContextManager[object]] = nullcontext,
) -> Prepared:
    """Look everything up.

    Args:
        settings: Where to.
        asked: What.
        source: What to read in place of the table or query that is asked for.
        guarded: Is around all that is asked of the server.

    Raises:
        Unprepared: It cannot be had.
    """
    try:
        chosen = modes.chosen(",".join(asked.modes))
        with _connected(settings) as connection, guarded(connection):
            key = Key(asked.key, "", asked.unsorted) if asked.key else Key()
            server = this_server(connection)
            transaction.begin(connection)
            if source is not None:
                asked, key = opened.reading(connection, source, asked)
            rows = asked.rows or EVERYTHING
            if asked.table:
                found = subject.of_table(connection, asked.table, rows)
            else:
                found = subject.of_query(connection, asked.command, rows, key)
            reached = opened.with_safe_path(settings, connection)
    except (psycopg2.Error, QueryRefused, Refused) as error:
        raise Unprepared(explain_refusal(error, settings)) from None
    cap = min(asked.cap, int(SPARE * psutil.virtual_memory().available))
    known = Asked(
        table=found.name if asked.table else "",
        command=NOT_KEPT if carries_secret(asked.command) else asked.command,
        rows=asked.rows,
        modes=tuple(mode.name for mode in chosen),
        repeat=asked.repeat,
        cap=cap,
        timeout=asked.timeout,
        key=key.names,
        unsorted=NOT_KEPT if carries_secret(key.unsorted) else key.unsorted,
    )
    plan = Plan(reached, found, chosen, asked.repeat, cap, asked.timeout)
    return Prepared(known, plan, this_machine(), server)


@contextmanager
def _connected(settings: ConnectionSettings) -> Iterator[WatchedConnection]:
    connection = connect(settings, "lab")
    try:
        yield connection
    finally:
        connection.close()
