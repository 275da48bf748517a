"""What went wrong, in the server's or libpq's own words, and what the user can do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pgmem_tui.postgres.advice import (
    CONNECT_RULES,
    ELSEWHERE_ADVICE,
    GENERAL_CONNECT_ADVICE,
    LOCKS_ADVICE,
    LOST_ADVICE,
    SQLSTATE_ADVICE,
    TIMEOUT_ADVICE,
)
from pgmem_tui.postgres.settings import ConnectionSettings, SettingsError, redact

# 57P03 (cannot connect now) among them: the server that a statement ran on is no longer there.
_LOST_STATES = {"57P01", "57P02", "57P03", "57P05", "25P03", "25P04"}

_CONFLICT = "40001"
"""Nothing that only reads gets it on a primary
(https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT)."""

_LOST_SENTENCES = re.compile(
    r"server closed the connection|connection (?:has been |already |is )?closed|"
    r"connection not open|no connection to the server|could not (?:receive|send) data|"
    r"SSL SYSCALL|terminating connection|lost synchronization|connection pointer is NULL",
    re.IGNORECASE,
)

_CONNECTING = re.compile(r"\A(?:connection to server|could not translate host name)")
"""libpq (14 or newer) begins so what it says about an attempt to connect."""


@dataclass(frozen=True)
class Problem:
    """One failure, as the user is told of it. Texts may hold control characters: escape them for display."""

    message: str
    """The whole sentence of libpq or the server, passwords taken out. May be of several lines."""
    sqlstate: str = ""
    detail: str = ""
    """The server's."""
    hint: str = ""
    """The server's."""
    position: int = 0
    """Where in the statement sent, in characters from 1; 0 if the server does not say."""
    field: str = ""
    """What it concerns: host, port, dbname, user, password, sslmode or service; empty if unknown."""
    advice: str = ""
    """What to try."""
    lost: bool = False
    """Whether a connection that had been made is gone."""
    canceled: bool = False
    """Whether the statement was canceled, by the user or by a timeout; the session is usable."""
    conflict: bool = False
    """Whether a hot standby took back the snapshot to go on with recovery: a new one is enough."""


class Refused(Exception):
    """Something that the user asked for and can mend; nothing was sent, or nothing was found."""

    sqlstate = ""

    def __init__(self, message: str, advice: str = "", position: int = 0) -> None:
        """Say what and why.

        Args:
            message: What is wrong, in the user's words.
            advice: What to do.
            position: Where in the user's text, in characters from 1; 0 if it is about the whole.
        """
        super().__init__(message)
        self.advice, self.position = advice, position


def explain(error: BaseException, settings: ConnectionSettings | None, connection: object = None) -> Problem:
    """Say what went wrong and what to try.

    Args:
        error: What was raised; psycopg2's, or any other.
        settings: The connection's, to take its secrets out of every text.
        connection: The psycopg2 connection used, if the caller has it: an error does not always lead to it.
    """
    import psycopg2

    if isinstance(error, psycopg2.Error):
        state = error.pgcode or ""
        lost = _is_lost(error, state, connection)
        if state:
            return _server_problem(error, state, settings, lost)
        return _client_problem(error, settings, lost)
    if isinstance(error, Refused):
        message = redact(str(error), settings)
        return Problem(message, error.sqlstate, position=error.position, advice=error.advice)
    if isinstance(error, SettingsError):
        return Problem(redact(str(error), settings), field=error.field, advice="Check the connection string.")
    if isinstance(error, TimeoutError):
        return _connect_problem(redact(str(error) or "timeout expired", settings))
    text = str(error).strip()
    name = type(error).__name__
    return Problem(redact(f"{name}: {text}" if text else name, settings))


def mark(sql: str, position: int) -> tuple[int, int, str]:
    """Find a place in a statement: the number of its line and of its column, from 1, and the line's text.

    The server counts characters and from 1; just behind the last is where it misses something
    (https://www.postgresql.org/docs/current/protocol-error-fields.html). A place outside the statement
    gives (0, 0, "").
    """
    if not 1 <= position <= len(sql) + 1:
        return 0, 0, ""
    before = sql[: position - 1]
    begin = before.rfind("\n") + 1
    end = sql.find("\n", position - 1)
    line = sql[begin : len(sql) if end < 0 else end]
    return before.count("\n") + 1, position - begin, line.rstrip("\r")


def _server_problem(error: object, state: str, settings: ConnectionSettings | None, lost: bool) -> Problem:
    diagnostics = getattr(error, "diag", None)

    def said(name: str) -> str:
        return redact(getattr(diagnostics, name, None) or "", settings)

    message = said("message_primary") or redact(str(error).strip(), settings)
    position = said("statement_position")
    advice = SQLSTATE_ADVICE.get(state) or SQLSTATE_ADVICE.get(state[:2], "")
    if state == "57014" and "statement timeout" in message:
        advice = TIMEOUT_ADVICE
    if _ends_session(state) and _elsewhere(error):
        advice = ELSEWHERE_ADVICE
    if state == "53200" and "max_locks_per_transaction" in said("message_hint"):
        advice = LOCKS_ADVICE
    return Problem(
        message=message,
        sqlstate=state,
        detail=said("message_detail"),
        hint=said("message_hint"),
        position=int(position) if position.isdecimal() else 0,
        advice=advice or (LOST_ADVICE if lost else ""),
        lost=lost,
        canceled=state == "57014",
        conflict=state == _CONFLICT,
    )


def _client_problem(error: Exception, settings: ConnectionSettings | None, lost: bool) -> Problem:
    """An error that libpq or psycopg2 raised by itself, or one from before the session began."""
    import psycopg2

    message = redact(str(error).strip() or type(error).__name__, settings)
    if lost:
        return Problem(message, advice=LOST_ADVICE, lost=True)
    # Without a cursor it was no statement; psycopg2 wraps a bad connection string in ProgrammingError.
    connecting = isinstance(error, psycopg2.OperationalError) and getattr(error, "cursor", None) is None
    if connecting or message.startswith("invalid dsn"):
        return _connect_problem(message)
    return Problem(message)


def _connect_problem(message: str) -> Problem:
    for rule in CONNECT_RULES:
        if rule.sentence.search(message):
            return Problem(message, field=rule.field, advice=rule.advice)
    return Problem(message, advice=GENERAL_CONNECT_ADVICE)


def _is_lost(error: Exception, state: str, connection: object) -> bool:
    if _ends_session(state) and not _elsewhere(error):
        return True
    used = connection or getattr(getattr(error, "cursor", None), "connection", None)
    if getattr(used, "closed", 0):
        return True
    text = str(error)
    return not state and not _CONNECTING.match(text) and _LOST_SENTENCES.search(text) is not None


def _ends_session(state: str) -> bool:
    return state.startswith("08") or state in _LOST_STATES


def _elsewhere(error: object) -> bool:
    """Whether another server said so, to ours: what ends our own session is FATAL
    (https://www.postgresql.org/docs/current/protocol-error-fields.html)."""
    return getattr(getattr(error, "diag", None), "severity_nonlocalized", None) == "ERROR"
