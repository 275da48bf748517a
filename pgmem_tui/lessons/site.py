"""Where lessons run: a server, and what a lesson may ask of it."""

from __future__ import annotations

from dataclasses import dataclass

from pgmem_tui.lab.opened import with_safe_path
from pgmem_tui.postgres.connection import connect, server_info
from pgmem_tui.postgres.settings import ConnectionSettings


@dataclass(frozen=True)
class Site:
    """A server that lessons run on."""

    settings: ConnectionSettings
    """How to connect, so that pg_catalog is searched first."""
    version: int
    """The major version: 18."""
    superuser: bool
    local: bool
    """Whether the server seems to be on this machine."""
    own_server: bool
    """Whether it is ours alone, so that a lesson may write."""


def look(settings: ConnectionSettings, own_server: bool) -> Site:
    """Ask the server what it is.

    Args:
        settings: How to connect.
        own_server: Whether it is the demo's, or another that nobody else uses.

    Raises:
        psycopg2.Error: With libpq's or the server's own sentence.
    """
    connection = connect(settings, "lessons")
    try:
        info = server_info(connection)
        settings = with_safe_path(settings, connection)
        superuser = connection.info.parameter_status("is_superuser") == "on"
    finally:
        connection.close()
    return Site(settings, info.version // 10_000, superuser, info.local, own_server)
