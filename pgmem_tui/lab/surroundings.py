"""The machine, the versions and the server's settings: what figures mean nothing without."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from statistics import median

import psutil
import psycopg2
from psycopg2 import extensions

from pgmem_tui import __version__
from pgmem_tui.postgres import transaction
from pgmem_tui.postgres.connection import Connection, server_info

SETTINGS = (
    "server_version",
    "server_encoding",
    "shared_buffers",
    "work_mem",
    "temp_buffers",
    "effective_cache_size",
    "cursor_tuple_fraction",
    "jit",
    "max_parallel_workers_per_gather",
    "synchronize_seqscans",
    "extra_float_digits",
    "standard_conforming_strings",
)
"""Settings that have a say in how a query is run, and in what it brings
(https://www.postgresql.org/docs/current/runtime-config.html)."""
_PINGS = 5


@dataclass(frozen=True)
class Machine:
    """Where the programs ran. Nothing in it names the machine or its user."""

    system: str
    processor: str
    cores: int
    memory: int
    """Bytes."""
    python: str
    psycopg2: str
    libpq: str
    pgmem_tui: str
    when: str
    """UTC, as 2026-01-31T12:00:00Z."""


@dataclass(frozen=True)
class Server:
    """What they read from."""

    version: str
    local: bool
    """Whether it seems to run on the same machine."""
    tls: str
    """The protocol; empty without TLS."""
    round_trip: float
    """Seconds that a statement takes which does nothing; the median of several."""
    settings: tuple[tuple[str, str], ...]
    """Names and values."""


def this_machine() -> Machine:
    """This machine, now."""
    version = extensions.libpq_version()
    return Machine(
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processor=_processor(),
        cores=os.cpu_count() or 0,
        memory=psutil.virtual_memory().total,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        psycopg2=str(getattr(psycopg2, "__version__", "?")).partition(" ")[0],
        libpq=f"{version // 10000}.{version % 10000}",
        pgmem_tui=__version__,
        when=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    )


def this_server(connection: Connection) -> Server:
    """The server, asked in a transaction of its own that has the settings of a run's.

    Raises:
        psycopg2.Error: It does not answer.
    """
    info = server_info(connection)
    runs_have = [setting for setting, since in transaction.SAME_ROWS if info.version >= since]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {setting}" for setting in runs_have))
        cursor.execute(
            "SELECT name, pg_catalog.current_setting(name) FROM pg_catalog.pg_settings"
            " WHERE name OPERATOR(pg_catalog.=) ANY (%s::pg_catalog.text[])",
            (list(SETTINGS),),
        )
        found = dict(cursor.fetchall())
        times = []
        for _ in range(_PINGS):
            started = time.perf_counter()
            cursor.execute("SELECT 1")
            times.append(time.perf_counter() - started)
    connection.rollback()
    settings = tuple((name, found[name]) for name in SETTINGS if name in found)
    return Server(info.version_text, info.local, info.tls, median(times), settings)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            names = (line.partition(":")[2].strip() for line in file if line.startswith("model name"))
            return next(names, "") or platform.processor()
    except OSError:
        return platform.processor() or "?"
