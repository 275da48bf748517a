"""A second connection, which sees what the measured process does to the server, and ends what it leaves."""

from __future__ import annotations

import time

from pgmem_tui.memory.backend import LocalBackend, local_backend
from pgmem_tui.postgres.connection import connect, is_local
from pgmem_tui.postgres.settings import ConnectionSettings

GONE = 2.0
"""Seconds in which sessions of a process that ended are expected to end."""
_PAUSE = 0.01

_SESSIONS = """
FROM pg_catalog.pg_stat_activity
WHERE (
        application_name OPERATOR(pg_catalog.=) %(name)s
        OR pid OPERATOR(pg_catalog.=) ANY (%(pids)s::pg_catalog.int4[])
    )
    AND usename OPERATOR(pg_catalog.=) SESSION_USER
    AND backend_start OPERATOR(pg_catalog.>=) %(since)s::pg_catalog.timestamptz
"""


class Observer:
    """One connection. Not for several threads at once."""

    def __init__(self, settings: ConnectionSettings, name: str) -> None:
        """Connect.

        Args:
            settings: Where to.
            name: The application_name of the sessions that are watched.

        Raises:
            psycopg2.Error: In libpq's or the server's own words.
        """
        self._connection = connect(settings, "lab watch")
        with self._connection, self._connection.cursor() as cursor:
            # Sessions belong to whom they were opened by, whatever role settings give them since.
            cursor.execute("SET ROLE NONE")
        self._name = name
        self._pids: list[int] = []
        self.local = is_local(self._connection.info.host or "")
        """Whether the server seems to be on this machine."""
        self._since = self._ask("SELECT pg_catalog.clock_timestamp()::pg_catalog.text") or "-infinity"
        self._temp_bytes = self.temp_bytes_so_far()

    def backend(self, pid: int) -> LocalBackend | None:
        """The server's process of that number, where its memory can be seen; remembers the number."""
        self._pids.append(pid)
        if not self.local:
            return None
        this = "AND pid OPERATOR(pg_catalog.=) %(pid)s"
        started = self._ask(f"SELECT extract(epoch FROM backend_start) {_SESSIONS} {this}", pid=pid)
        return local_backend(pid, self.local, float(started)) if started else None

    def end_sessions(self) -> bool:
        """Wait until the sessions are gone, and terminate those at work; whether all are gone.

        An idle session sees by itself that its client is gone; one that runs a statement may take hours
        (https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL).
        """
        deadline = time.monotonic() + GONE
        while time.monotonic() < deadline:
            active = "AND state OPERATOR(pg_catalog.=) 'active'"
            self._ask(f"SELECT pg_catalog.count(pg_catalog.pg_terminate_backend(pid)) {_SESSIONS} {active}")
            if self._ask(f"SELECT pg_catalog.count(*) {_SESSIONS}") == "0":
                return True
            time.sleep(_PAUSE)
        return False

    def temp_bytes(self) -> int | None:
        """Bytes of temporary files that sessions of this database have written since this began."""
        now = self.temp_bytes_so_far()
        return None if now is None or self._temp_bytes is None else max(0, now - self._temp_bytes)

    def temp_bytes_so_far(self) -> int | None:
        """What the statistics say (https://www.postgresql.org/docs/current/monitoring-stats.html)."""
        said = self._ask(
            "SELECT temp_bytes FROM pg_catalog.pg_stat_database"
            " WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()"
        )
        return int(said) if said else None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, query: str, **values: object) -> str | None:
        """One value, in a transaction of its own: statistics are cached until its end."""
        known = {"name": self._name, "pids": self._pids, **values}
        if "%(since)s" in query:
            known["since"] = self._since
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query, known)
                row: tuple[str | None, ...] = cursor.fetchone() or (None,)
        finally:
            if not self._connection.closed:
                self._connection.rollback()
        return row[0]
