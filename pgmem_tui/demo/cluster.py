"""How a database cluster for a demo is made and run: commands, settings, files, environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pgmem_tui.demo.account import Account
from pgmem_tui.demo.binaries import Binaries

SUPERUSER = "postgres"
SOCKET_PORT = 5432
"""Part of the socket's name; nothing listens on the network unless asked to."""
DATA = "data"
"""The server's own part of its directory; its socket is in it too."""

_SETTINGS = {
    # The cluster lives as long as the program, so it has to survive nothing.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # A table filled in the transaction that made it needs no WAL.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "256MB",
    # In the data directory: what is in /dev/shm stays when a server is killed, and containers give it 64 MB.
    "dynamic_shared_memory_type": "mmap",
    # Nothing moves under a test or a measurement; the seeding analyzes what it made.
    "autovacuum": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "listen_addresses": "",
}
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


@dataclass(frozen=True)
class ClusterOptions:
    """What may differ between one cluster and another."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Server settings besides or instead of our own."""
    tcp_port: int = 0
    """Where to listen on 127.0.0.1 as well; 0 is nowhere."""
    password: str = field(default="", repr=False)
    """The superuser's, for `hba` lines that ask for one."""
    hba: Sequence[str] = ()
    """Lines of pg_hba.conf after the one that trusts the socket."""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Files beside the data directory which only the server can read: certificates, keys."""


def job(programs: Binaries, user: Account, directory: Path, options: ClusterOptions) -> dict[str, Any]:
    """What a keeper has to be told, ready for JSON (see `keeper.py`)."""
    data = directory / DATA
    initdb = [str(programs.bindir / "initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "trust"]
    initdb += ["-E", "UTF8", "--no-sync", *_locale(programs.major)]
    files = {**options.files, "pg_hba.conf": "\n".join(("local all all trust", *options.hba, "")).encode()}
    secrets = []
    if options.password:
        # A file, because everybody can read a command line.
        files["password"] = options.password.encode() + b"\n"
        secrets = ["password"]
        initdb.append(f"--pwfile={directory / 'password'}")
    settings = {
        **_SETTINGS,
        "port": str(options.tcp_port or SOCKET_PORT),
        "unix_socket_directories": str(data),
        "hba_file": str(directory / "pg_hba.conf"),
    }
    if options.tcp_port:
        settings["listen_addresses"] = "127.0.0.1"
    settings.update(options.settings)
    postgres = [str(programs.bindir / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        postgres += ["-c", f"{name}={value}"]
    return {
        "directory": str(directory),
        "uid": user.uid if user.switch else None,
        "gid": user.gid,
        "files": {name: content.decode("latin-1") for name, content in files.items()},
        "remove_after_initdb": secrets,
        "initdb": initdb,
        "postgres": postgres,
        "environment": _environment(),
    }


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment() -> dict[str, str]:
    """PG*, LC_*, LANG and TZ would change what initdb makes of a cluster; what finds libraries stays."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def _locale(major: int) -> list[str]:
    """UTF-8 character classes and sorting by code point, the same on every machine."""
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Asked of another process, because setlocale is about a whole process.
    question = "import locale; locale.setlocale(locale.LC_ALL, 'C.UTF-8')"
    asked = subprocess.run(
        [sys.executable, "-I", "-S", "-c", question],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return ["--locale=C.UTF-8"] if asked.returncode == 0 else ["--locale=C"]
