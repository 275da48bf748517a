"""Where the demo server's directory goes, and what becomes of directories left over."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from pgmem_tui.demo.account import Account
from pgmem_tui.demo.errors import DemoError

PREFIX = "pgmem-"
SOCKET_LIMIT = 103
"""Bytes in the path of a Unix socket: 107 on Linux, 103 on macOS and the BSDs."""
_LONGEST_SOCKET = len("/pgmem-00000000/data/.s.PGSQL.65535")
_YOUNG = 60.0
"""Seconds during which a directory that nobody holds may be one that is just being made."""


def places() -> Iterator[Path]:
    """Folders for what is temporary, those that the user chose first.

    One where others may rename what is ours is not among them.
    """
    cache = os.environ.get("XDG_CACHE_HOME", "")
    home = os.path.expanduser("~")
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp", cache, f"{home}/.cache", "/dev/shm"):
        with contextlib.suppress(OSError):
            mode = os.stat(folder).st_mode
            safe = not mode & stat.S_IWOTH or mode & stat.S_ISVTX
            if os.path.isabs(folder) and stat.S_ISDIR(mode) and safe:
                yield Path(folder)


def choose(account: Account, room: int) -> Path:
    """A path for a new server's directory, which does not exist yet.

    Args:
        account: Who has to be able to reach it.
        room: Bytes that have to be free there.

    Raises:
        DemoError: no place will do; says what is wrong with each.
    """
    refused: dict[Path, str] = {}
    for base in places():
        if base not in refused:
            reason = _objection(base, account, room)
            if not reason:
                return base / f"{PREFIX}{secrets.token_hex(4)}"
            refused[base] = reason
    raise DemoError(
        "No place for the demo server's directory:\n"
        + "\n".join(f"  {base}: {reason}" for base, reason in refused.items())
        + "\nName another one in TMPDIR."
    )


def _objection(base: Path, account: Account, room: int) -> str:
    if len(os.fsencode(base)) + _LONGEST_SOCKET > SOCKET_LIMIT:
        return f"too long for a Unix socket's path (limit {SOCKET_LIMIT} bytes)"
    if not os.access(base, os.W_OK | os.X_OK):
        return "not writable"
    if account.switch and not account.can_run("/bin/sh", "-c", 'cd -- "$1"', "sh", str(base)):
        return f"user {account.name} cannot reach it"
    free = shutil.disk_usage(base).free
    if free < room:
        return f"{room / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free"
    return ""


def sweep() -> None:
    """Remove our directories whose keeper was killed too, or went down with the machine.

    A keeper holds a lock in its directory as long as it lives.
    """
    for base in {*places()}:
        with contextlib.suppress(OSError):
            for path in base.glob(f"{PREFIX}????????"):
                with contextlib.suppress(OSError):
                    if _left_over(path):
                        discard(path)


def _left_over(path: Path) -> bool:
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        return False
    if time.time() - status.st_mtime < _YOUNG:
        return False
    try:
        lock = os.open(path / "lock", os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return not any(path.iterdir())
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def discard(path: Path) -> None:
    """Stop the server of a directory that has no keeper, if it still runs, and remove the directory."""
    with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
        data = path / "data"
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n")[0]))
        # The number may be another process's by now: a postmaster works in its data directory.
        if Path(process.cwd()) == data.resolve():
            process.send_signal(signal.SIGQUIT)
            psutil.wait_procs([process], timeout=10)
    shutil.rmtree(path, ignore_errors=True)
