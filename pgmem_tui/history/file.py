"""The file itself: where it is, that nobody else can read it, and which version of the schema it has.

It is an SQLite file in its default rollback-journal mode: write-ahead logging needs memory shared between
processes, which a home directory on a network file system cannot give to two machines
(https://www.sqlite.org/wal.html). SQLite gives its journal the mode of the file
(https://www.sqlite.org/tempfiles.html).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pgmem_tui.history.queries import query

NAME = "history.db"
VERSION = 1
"""Of the schema, in SQLite's `user_version`."""
APPLICATION = 0x70676D74
"""`pgmt`, in SQLite's `application_id`: the file is ours."""
BUSY = 5.0
"""Seconds to wait while another program writes, which takes milliseconds."""
CACHE = 1024
"""kB of the file that SQLite may hold in memory."""

SIDE_FILES = ("-journal", "-wal", "-shm")
"""What SQLite may put beside the file."""


class Unavailable(Exception):
    """The history cannot be read or written; the text says why, in one sentence, and what to do."""


def default_path() -> Path:
    """Where the history is, in the platform's folder for a program's data (`XDG_DATA_HOME` honoured)."""
    from platformdirs import user_data_path

    return user_data_path("pgmem-tui", appauthor=False) / NAME


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, made and brought up to date if need be, for the calling thread.

    Its owner alone may read it and its folder, from the first byte on.

    Raises:
        Unavailable: It cannot be.
    """
    with explained(path):
        _make_private(path)
        connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None)
        try:
            # Statements may have bytes that are no characters (see `postgres.raw_text`).
            connection.text_factory = _decode
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is gone from the file
            connection.execute("PRAGMA temp_store = MEMORY")  # no statement in a temporary file
            connection.execute(f"PRAGMA cache_size = -{CACHE}")
            _bring_up_to_date(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; no other program writes meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a full disk may have ended it
            connection.execute("ROLLBACK")
        raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the file into one sentence.

    Raises:
        Unavailable: Something did.
    """
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{error.filename or path}: {error.strerror or error}") from None
    except sqlite3.Error as error:
        raise Unavailable(_explain(str(error), path)) from None


def encode(text: str) -> bytes:
    """The text as it is stored, behind `CAST(… AS TEXT)`."""
    return text.encode("utf-8", "surrogatepass")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _make_private(path: Path) -> None:
    """Make folder and file where they are missing; take rights away where others have some.

    Nothing that exists is opened here: closing it would take the locks of this process away
    (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    folder = path.parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    _tighten(folder, 0o700)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    _tighten(path, 0o600)
    for suffix in SIDE_FILES:
        with contextlib.suppress(FileNotFoundError):
            _tighten(Path(f"{path}{suffix}"), 0o600)


def _tighten(path: Path, mode: int) -> None:
    status = os.stat(path)
    if stat.S_IMODE(status.st_mode) & 0o077:
        os.chmod(path, mode)


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection, path) == VERSION:
        return
    with transaction(connection):
        # Another program may have done it since.
        for version in range(_version(connection, path) + 1, VERSION + 1):
            for statement in _statements(query(f"schema_{version}")):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version, application, tables = connection.execute(query("version")).fetchone()
    if application != APPLICATION and (version or tables):
        raise Unavailable(f"{path} is another program's file")
    if version > VERSION:
        raise Unavailable(f"{path} was written by a newer pgmem-tui")
    return int(version)


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would end the transaction."""
    rest = ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            yield rest
            rest = ""


def _explain(sentence: str, path: Path) -> str:
    if "not a database" in sentence or "malformed" in sentence:
        return f"{path} is damaged ({sentence}); it is left as it is: move it away to begin a new one"
    if "locked" in sentence or "busy" in sentence:
        return f"{path} is held by another program"
    return f"{path}: {sentence}"
