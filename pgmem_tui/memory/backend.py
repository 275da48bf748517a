"""The memory of the server's process that serves our connection.

Two sources, in this order:

1. The process itself, when it runs on this machine. What is told is its RSS less the pages it shares,
   that is, the memory that it allocated. Not its USS, though that sounds right: a page of
   `shared_buffers` that no other process has touched yet counts as this process's own, so an honest
   scan looks like a leak (measured on PostgreSQL 18 without JIT: a scan of a 92 MB table by an index took
   the USS from 1.6 to 100 MB, and what was allocated from 1.4 to 1.6 MB). A USS also walks the page
   tables of a process on a live server, where this is one read of a small file that any user may read
   (9 µs).
2. The sum of `pg_backend_memory_contexts` (PostgreSQL 14 and later; superusers, from 15 on also
   members of pg_read_all_stats). The view knows the session that asks only, so the browsing connection
   has to run it: see `postgres/queries/backend_memory.sql`.
   https://www.postgresql.org/docs/current/view-pg-backend-memory-contexts.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psutil import Process

START_TOLERANCE = 5.0
"""Seconds by which the server's and this system's word on the start of one process may differ."""


class LocalBackend:
    """A server's process on this machine. Made by `local_backend`, which proves that it is the one."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def nbytes(self) -> int | None:
        """Return the bytes it allocated, or None once it has ended or cannot be read any more."""
        from psutil import Error

        try:
            if not self._process.is_running():  # the pid may have gone to another process
                return None
            memory = self._process.memory_info()
        except (Error, OSError):
            return None
        return max(0, memory.rss - memory.shared)


def local_backend(pid: int, connection_is_local: bool, started: float) -> LocalBackend | None:
    """Return the server's process if it runs on this machine and may be read, else None.

    A local address alone proves nothing: behind it may be a tunnel, a pooler or a container, whose pid
    may be that of anything here. So the process must also be called like a PostgreSQL server and must
    have started when the server says that the session did.

    Args:
        pid: What `pg_backend_pid()` says.
        connection_is_local: Whether the connection goes to a Unix socket or a loopback address.
        started: `backend_start` of that session in `pg_stat_activity`, in seconds since the epoch.
    """
    if not connection_is_local or pid <= 0:
        return None
    import psutil

    try:
        process = psutil.Process(pid)
        names = [process.name(), *process.cmdline()[:1]]
        same_start = abs(process.create_time() - started) <= START_TOLERANCE
        known = hasattr(process.memory_info(), "shared")  # Linux; elsewhere it cannot be told apart
    except (psutil.Error, OSError):
        return None
    named = any("postgres" in name.lower() for name in names)
    return LocalBackend(process) if named and same_start and known else None
