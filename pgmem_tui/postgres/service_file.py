"""Read pg_service.conf as libpq does (https://www.postgresql.org/docs/current/libpq-pgservice.html)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

_SYSTEM_DIRECTORY = "/etc/postgresql-common"
"""Where psycopg2-binary's libpq looks without PGSYSCONFDIR; Debian's too."""

_READ_AT_MOST = 1 << 20
"""Bytes of a service file."""


def read(name: str, environ: Mapping[str, str]) -> dict[str, str] | None:
    """The keywords of a service, or None if no service file defines it.

    The user's file (PGSERVICEFILE, else ~/.pg_service.conf) comes before the system's. A file that
    cannot be read defines nothing: libpq says what is wrong with it when it connects.

    Args:
        name: The service.
        environ: The variables that say where the files are.
    """
    for path in _paths(environ):
        keywords = _section(path, name)
        if keywords is not None:
            return keywords
    return None


def _paths(environ: Mapping[str, str]) -> Iterator[Path]:
    own = environ.get("PGSERVICEFILE")
    if own:
        yield Path(own)
    else:
        home = environ.get("HOME") or os.path.expanduser("~")
        yield Path(home, ".pg_service.conf")
    yield Path(environ.get("PGSYSCONFDIR") or _SYSTEM_DIRECTORY, "pg_service.conf")


def _section(path: Path, name: str) -> dict[str, str] | None:
    try:
        with path.open("rb") as file:
            text = file.read(_READ_AT_MOST).decode("utf-8", "surrogateescape")
    except (OSError, ValueError):
        return None
    found: dict[str, str] | None = None
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("["):
            if found is not None:  # libpq reads the first section of a name, and its first value of a key
                break
            if line == f"[{name}]":
                found = {}
        elif found is not None and line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            if equals:
                found.setdefault(key, value)
    return found
