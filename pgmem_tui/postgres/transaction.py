"""One read-only snapshot to browse in, verified before anything else is asked in it."""

from __future__ import annotations

import time

from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres import search_path
from pgmem_tui.postgres.connection import CHECK_CLIENT, Connection, NotReadOnly
from pgmem_tui.postgres.watched_connection import WatchedConnection

_FROM_THE_FIRST = ("synchronize_seqscans = off", 80300)
SAME_ROWS = (
    # Positions must mean the same rows whenever a scan is repeated.
    _FROM_THE_FIRST,
    # A float is compared, and exported, by its text: that must be all of it
    # (https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-EXTRA-FLOAT-DIGITS).
    ("extra_float_digits = 3", 90000),
    # A statement was looked at by this rule: else '\', ') …; COMMIT; DROP …' is no string but all of that.
    ("standard_conforming_strings = on", 80200),
)
"""Settings without which a query may bring other rows or values the next time, and their first version."""
_SETTINGS = (
    # A cursor from a place in a big table took 283 ms with JIT and 1 ms without.
    ("jit = off", 110000),
    *SAME_ROWS,
)
_VERIFY = f"SELECT pg_catalog.current_setting('transaction_read_only'), {search_path.ASK}"


def settings_for(connection: Connection, of_rows: bool = False) -> list[str]:
    """What every transaction of ours begins with: SET LOCALs of our own, then those of the user.

    Args:
        connection: What was found out about it counts.
        of_rows: Whether, of our own, only those are wanted that a query's rows depend on.
    """
    version = connection.info.server_version
    wanted = [_FROM_THE_FIRST] if of_rows else _SETTINGS
    ours = [f"SET LOCAL {setting}" for setting, since in wanted if version >= since]
    if not isinstance(connection, WatchedConnection):
        return ours
    if connection.search_path:
        ours.append(set_path(connection, connection.search_path))
    users = connection.user_settings
    return ours + (users.statements(connection) if users is not None else [])


def set_path(connection: Connection, path: str) -> str:
    """A SET LOCAL of a path, as `current_setting` has it."""
    schemas = sql.SQL(", ").join(map(sql.Literal, search_path.names(path)))
    return sql.SQL("SET LOCAL search_path = {}").format(schemas).as_string(connection)


def begin(connection: Connection, snapshot: str = "") -> float:
    """Begin a transaction in which nothing can be written; returns its start, epoch seconds.

    psycopg2 sends the BEGIN; one more message carries the settings (SET LOCAL: gone with the
    transaction, so a pooler need not remember them) and reads read-only and the search path back. That
    is a query, and after the first query the server refuses to make a transaction writable
    (https://www.postgresql.org/docs/current/sql-set-transaction.html).

    Args:
        connection: Idle.
        snapshot: The name of one that another transaction has exported; empty is a fresh one.

    Raises:
        NotReadOnly: The server answers that the transaction may write.
        psycopg2.Error: Anything else.
    """
    locals_ = settings_for(connection)
    if isinstance(connection, WatchedConnection) and connection.notices_dead_clients:
        locals_.append(CHECK_CLIENT)
    if snapshot:
        locals_.insert(
            0, sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)).as_string(connection)
        )
    text = "; ".join([*locals_, _VERIFY])
    started = time.time()
    with connection.cursor() as cursor:
        cursor.execute(text)
        answer, path = cursor.fetchone() or ("", "")
    if answer != "on":
        connection.rollback()
        raise NotReadOnly(
            "the server did not make the transaction read-only, so nothing was read",
            "something between here and the server may change what is sent: connect to the server itself",
        )
    if safe := search_path.instead(path):
        _guard(connection, safe)
    return started


def _guard(connection: Connection, safe: str) -> None:
    """Set a safe path before anything is asked that has an operator; from the next transaction on at once."""
    with connection.cursor() as cursor:
        cursor.execute(set_path(connection, safe))
    if isinstance(connection, WatchedConnection):
        connection.search_path = safe


def end(connection: Connection) -> None:
    """Roll back what is open: the snapshot and every cursor in it are released."""
    if connection.closed or connection.info.transaction_status == ext.TRANSACTION_STATUS_IDLE:
        return
    connection.rollback()
