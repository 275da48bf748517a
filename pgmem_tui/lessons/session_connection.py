"""A session of a lesson: it sends each statement as it is, with no BEGIN ahead, and reports it."""

from __future__ import annotations

from functools import partial

import psycopg2
from psycopg2 import extensions as ext

from pgmem_tui.postgres import wire_log
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.watched_connection import WatchedConnection
from pgmem_tui.postgres.wire import Wire

_AUTOCOMMIT = ext.connection.__dict__["autocommit"]


class SessionConnection(WatchedConnection):
    """Watched, and in autocommit: nothing is sent that is not reported, as psycopg2 adds nothing then."""

    @property
    def autocommit(self) -> bool:
        """Whether psycopg2 begins no transaction by itself."""
        return bool(_AUTOCOMMIT.__get__(self))

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        _AUTOCOMMIT.__set__(self, value)


def connect(settings: ConnectionSettings, name: str) -> SessionConnection:
    """Open a session; values come as psycopg2 reads them.

    Args:
        settings: Where to.
        name: What the lesson calls it; part of application_name and of each report's connection.

    Raises:
        psycopg2.Error: With libpq's or the server's own sentence.
    """
    label = f"lesson {name}"
    parameters = settings.parameters()
    parameters["application_name"] = f"{settings.application_name} {label}"
    wire = Wire(label, wire_log.SENT.add, settings=settings)
    connection = psycopg2.connect(
        ext.make_dsn(**parameters),
        connection_factory=partial(SessionConnection, wire=wire),
    )
    connection.autocommit = True
    return connection
