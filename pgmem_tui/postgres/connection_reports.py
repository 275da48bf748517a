"""What became of a connection, as a report among those of its statements: it was opened, or it was lost."""

from __future__ import annotations

import time

from psycopg2 import extensions as ext

from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.settings import redact
from pgmem_tui.postgres.wire import LOST, OPENED, StatementReport, Wire

_LONGEST = 1_000
"""Characters of what a server or libpq says that are kept."""


def opened(wire: Wire, connection: ext.connection, started: float, seconds: float) -> StatementReport:
    """It is there, and which process of the server serves it.

    Args:
        wire: The connection's.
        connection: Just made.
        started: Seconds since the epoch.
        seconds: That connecting took.
    """
    info = connection.info
    version = (info.parameter_status("server_version") or "").split(" ")[0] or str(info.server_version)
    facts = f"database {info.dbname}, PostgreSQL {version}, server process {info.backend_pid}"
    return _report(wire, OPENED, f"connection {wire.label} is open: {facts}", started, seconds)


def lost(wire: Wire, connection: ext.connection, problem: Problem, error: str) -> StatementReport:
    """It is gone, without anyone having closed it here; since when, nobody knows: what is sent finds out.

    Args:
        wire: The connection's.
        connection: Knows libpq's last words, the server's among them, where psycopg2 says less.
        problem: The statement's that found out, without passwords.
        error: As in the report of that statement.
    """
    said = "" if problem.sqlstate else redact(connection.info.error_message or "", wire.settings)
    text = f"connection {wire.label} is lost, as is noticed now: {said or problem.message}"
    return _report(wire, LOST, text, time.time(), 0.0, error)


def _report(
    wire: Wire, kind: str, text: str, started: float, seconds: float, error: str = ""
) -> StatementReport:
    line = " ".join(text.split())[:_LONGEST]
    safe = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)
    return StatementReport(
        connection=wire.label,
        kind=kind,
        sql=safe,
        started=started,
        seconds=seconds,
        error=error,
        housekeeping=wire.only_watches,
        length=len(safe),
        lost=kind == LOST,
    )
