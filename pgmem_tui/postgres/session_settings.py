"""What the user has SET: remembered here, and set again at the beginning of every transaction.

A SET of the session itself would be gone with the transaction that it was sent in, which is rolled back, with
the connection, or with the next server behind a pooler
(https://www.postgresql.org/docs/current/sql-set.html).
"""

from __future__ import annotations

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from pgmem_tui.postgres import search_path
from pgmem_tui.postgres.errors import Refused

LONGEST = 4096
"""Characters of a value."""


class SessionSettings:
    """Read on any thread, changed on one."""

    def __init__(self) -> None:
        """Nothing is SET."""
        self._values: dict[str, str] = {}

    @property
    def values(self) -> dict[str, str]:
        """What is SET, by name, as `current_setting` has it: not more than there are harmless settings."""
        return self._values

    def put(self, name: str, value: str) -> None:
        """Remember a value; of a search path that is not safe, one that is.

        Raises:
            Refused: It is too long, or texts of times would no longer tell which time is meant.
        """
        if name == "datestyle" and not value.startswith("ISO"):
            # Rows are sought, and conditions made, by the text that a value has: IST, MMT and the like may be
            # read as another zone's, or not at all
            # (https://www.postgresql.org/docs/current/datetime-config-files.html).
            raise Refused(
                f"{name} is not set: only ISO writes times so that they are read as the same again",
                "SET datestyle = DMY, MDY or YMD says how a date that you write is read",
            )
        if len(value) > LONGEST:
            raise Refused(f"{name} is not set: a value has at most {LONGEST:,} characters here")
        if name == "search_path":
            value = search_path.instead(value) or value
        self._values = {**self._values, name: value}  # another thread has the old one, or the new one

    def forget(self, name: str) -> None:
        """RESET."""
        self._values = {other: value for other, value in self._values.items() if other != name}

    def statements(self, connection: Connection) -> list[str]:
        """What sets them again, for the transaction.

        https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
        """
        call = sql.SQL("SELECT pg_catalog.set_config({}, {}, true)")
        return [
            call.format(sql.Literal(name), sql.Literal(value)).as_string(connection)
            for name, value in self._values.items()
        ]
