"""A cancel request that holds nobody up.

`connection.cancel()` keeps Python's lock while libpq connects, sends and waits: on a slow line the screen
stands still for as long (psycopg2 2.9). The same function of the same libpq, called through ctypes,
lets the other threads run
(https://www.psycopg.org/docs/extensions.html#psycopg2.extensions.connection.pgconn_ptr).
"""

from __future__ import annotations

import ctypes
from functools import lru_cache

import psycopg2
from psycopg2 import _psycopg

from pgmem_tui.postgres.connection import Connection

_ERROR_BYTES = 256
"""What libpq wants for its word (https://www.postgresql.org/docs/current/libpq-cancel.html)."""


def send(connection: Connection) -> bool:
    """Ask the server to stop what runs on a connection, which is open; whether it took the request.

    Any thread may call it. Waits for the server's word.
    """
    libpq = _libpq()
    if libpq is None:
        try:
            connection.cancel()
        except psycopg2.Error:
            return False
        return True
    request = libpq.PQgetCancel(connection.pgconn_ptr)
    if not request:
        return False
    try:
        return bool(libpq.PQcancel(request, ctypes.create_string_buffer(_ERROR_BYTES), _ERROR_BYTES))
    finally:
        libpq.PQfreeCancel(request)


@lru_cache(maxsize=1)
def _libpq() -> ctypes.CDLL | None:
    """The libpq that psycopg2 uses; None where its functions are not to be found."""
    try:
        libpq = ctypes.CDLL(_psycopg.__file__)
        libpq.PQgetCancel.argtypes, libpq.PQgetCancel.restype = [ctypes.c_void_p], ctypes.c_void_p
        libpq.PQcancel.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        libpq.PQfreeCancel.argtypes, libpq.PQfreeCancel.restype = [ctypes.c_void_p], None
    except (OSError, AttributeError):
        return None
    return libpq
