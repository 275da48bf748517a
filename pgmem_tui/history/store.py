"""Statements that were run, and favourites: added, found, deleted; for one thread."""

from __future__ import annotations

import hashlib
import heapq
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from pgmem_tui.history import file
from pgmem_tui.history.matching import EXACT, Matcher
from pgmem_tui.history.queries import query
from pgmem_tui.language.secrets import carries_secret, hints_at_secret

MOST_ENTRIES = 10_000
"""Runs that are remembered; the oldest go."""
MOST_TEXT = 32 << 20
"""Bytes of their texts together; the oldest go."""
LONGEST = 100_000
"""Characters of a statement that is kept: half of one would be another statement."""
MOST_FAVOURITES = 1000
LONGEST_NAME = 100
"""Characters of a favourite's name."""
MOST_FOUND = 500
"""Statements that a search returns."""
MOST_FOUND_TEXT = 4 << 20
"""Characters of those that hold what is looked for, and as many of those that nearly do."""
MOST_PARSED = 20_000
"""Characters of a statement that is parsed to find out whether it carries a secret, in 0.2 s; a longer one
with any word for one is not kept."""
_LOOKED_AT = 200
"""Statements between two looks whether anybody still waits for a search."""


class Entry(NamedTuple):
    """One run of a statement; found, it is the newest one of its text."""

    text: str
    at: float
    """When it was sent, epoch seconds."""
    seconds: float
    """Until its first rows, or until it failed."""
    rows: int | None
    """How many it returned; None where nobody went to the end."""
    database: str
    """As `user@host:port/dbname`."""
    failed: bool = False
    """Also where the user gave it up."""
    runs: int = 1
    """How often it was run, as far as that is remembered."""
    favourite: str = ""
    """The name under which the user keeps it."""


class Kept(Enum):
    """What became of a text that was to be kept."""

    YES = "kept"
    SECRET = "it carries a password"
    TOO_LONG = "it is too long"
    EMPTY = "it is empty"
    TOO_MANY = "there are too many"
    NAME_TAKEN = "another statement has that name"


@dataclass(frozen=True)
class Search:
    """What is looked for."""

    text: str = ""
    """Words, each somewhere in the statement, or its letters close together."""
    database: str = ""
    """Empty: every one."""
    favourites: bool = False
    """Only those, by name; their names are looked at as well, and no database."""


class Store:
    """The open file."""

    def __init__(self, path: Path) -> None:
        """Open it, made if need be.

        Raises:
            Unavailable: It cannot be.
        """
        self.path = path
        self.connection = file.connect(path)
        self._inode = os.stat(path).st_ino

    @property
    def moved(self) -> bool:
        """Whether another file, or none, has the name by now: what is written here would be lost."""
        try:
            return os.stat(self.path).st_ino != self._inode
        except OSError:
            return True

    def close(self) -> None:
        """Close it."""
        self.connection.close()

    def add(self, entry: Entry) -> Kept:
        """Remember a run, unless its statement carries a password or is too long; the oldest go.

        Raises:
            Unavailable: The file cannot be written.
        """
        kept = keepable(entry.text)
        if kept is not Kept.YES:
            return kept
        text = file.encode(entry.text)
        values = {
            "digest": _digest(text),
            "at": entry.at,
            "seconds": entry.seconds,
            "rows": entry.rows,
            "failed": entry.failed,
            "database": file.encode(entry.database),
            "size": len(text),
            "text": text,
        }
        with file.explained(self.path), file.transaction(self.connection):
            self.connection.execute(query("add"), values)
            self._trim()
        return Kept.YES

    def counted(self, entry: Entry, rows: int) -> None:
        """All rows of a run that was added are known by now.

        Raises:
            Unavailable: The file cannot be written.
        """
        values = {"digest": _digest(file.encode(entry.text)), "at": entry.at, "rows": rows}
        self._write("UPDATE entry SET rows = :rows WHERE digest = :digest AND at = :at", values)

    def remove(self, entry: Entry) -> None:
        """Forget a statement: every run of it, on every database, and the favourite.

        Raises:
            Unavailable: The file cannot be written.
        """
        values = {"digest": _digest(file.encode(entry.text))}
        with file.explained(self.path), file.transaction(self.connection):
            self.connection.execute("DELETE FROM entry WHERE digest = :digest", values)
            self.connection.execute("DELETE FROM favourite WHERE digest = :digest", values)

    def save_favourite(self, name: str, text: str, at: float, replace: bool = False) -> Kept:
        """Keep a statement under a name, instead of one that it had before.

        Args:
            name: Cut at `LONGEST_NAME` characters.
            text: The statement; parameters in it, `:name`, are kept as names and never with values.
            at: Now, epoch seconds.
            replace: Whether another statement may lose that name.

        Raises:
            Unavailable: The file cannot be written.
        """
        name = name.strip()[:LONGEST_NAME]
        kept = keepable(text) if name else Kept.EMPTY
        if kept is not Kept.YES:
            return kept
        stored = file.encode(text)
        values = {"name": file.encode(name), "digest": _digest(stored), "at": at, "text": stored}
        with file.explained(self.path), file.transaction(self.connection):
            if not replace and self.connection.execute(query("name_taken"), values).fetchone():
                return Kept.NAME_TAKEN
            self.connection.execute(query("drop_favourite"), values)
            (count,) = self.connection.execute("SELECT count(*) FROM favourite").fetchone()
            if count >= MOST_FAVOURITES:
                return Kept.TOO_MANY
            self.connection.execute(query("add_favourite"), values)
        return Kept.YES

    def remove_favourite(self, name: str) -> None:
        """Keep a statement no longer than any other.

        Raises:
            Unavailable: The file cannot be written.
        """
        self._write("DELETE FROM favourite WHERE name = CAST(:name AS TEXT)", {"name": file.encode(name)})

    def search(
        self, search: Search, given_up: Callable[[], bool] = lambda: False, most: int = MOST_FOUND
    ) -> list[Entry]:
        """Statements found, each once: those that hold what is looked for, then those that nearly do.

        Newest first; favourites by name.

        Args:
            search: What is looked for.
            given_up: Whether nobody waits for it any longer; what was found until then is returned.
            most: How many at most.

        Raises:
            Unavailable: The file cannot be read.
        """
        with file.explained(self.path):
            ranked = self._ranked(search, given_up, most)
            found = heapq.nsmallest(most, ranked, key=lambda pair: pair[0])
        return [entry for _, entry in found]

    def _ranked(
        self, search: Search, given_up: Callable[[], bool], most: int
    ) -> Iterator[tuple[tuple[int, int], Entry]]:
        matcher = Matcher(search.text)
        statement = query("find_favourites" if search.favourites else "find")
        values = {"database": file.encode(search.database)}
        count, room = 0, [MOST_FOUND_TEXT, MOST_FOUND_TEXT]
        for number, row in enumerate(self.connection.execute(statement, values)):
            if count >= most or room[EXACT] <= 0 or (number % _LOOKED_AT == 0 and given_up()):
                return
            text, at, seconds, rows, database, failed, runs, name = row
            rank = matcher.rank(f"{name}\n{text}" if search.favourites else text)
            if rank is not None and room[rank] > 0:
                count += rank == EXACT
                room[rank] -= len(text)
                yield (rank, number), Entry(text, at, seconds, rows, database, bool(failed), runs, name)

    def _trim(self) -> None:
        """Forget the oldest runs until the rest is within bounds."""
        (count, size) = self.connection.execute("SELECT count(*), total(size) FROM entry").fetchone()
        while count > MOST_ENTRIES or size > MOST_TEXT:
            oldest = self.connection.execute("SELECT id, size FROM entry ORDER BY id LIMIT 1").fetchone()
            self.connection.execute("DELETE FROM entry WHERE id = ?", oldest[:1])
            count, size = count - 1, size - oldest[1]

    def _write(self, statement: str, values: dict[str, object]) -> None:
        with file.explained(self.path):
            self.connection.execute(statement, values)


def keepable(text: str) -> Kept:
    """Whether a statement may be kept."""
    if not text.strip():
        return Kept.EMPTY
    if len(text) > LONGEST:
        return Kept.TOO_LONG
    return Kept.SECRET if tells(text) else Kept.YES


def tells(text: str) -> bool:
    """Whether a statement may carry a secret, in bounded time."""
    return carries_secret(text) if len(text) <= MOST_PARSED else hints_at_secret(text)


def _digest(text: bytes) -> bytes:
    """The same for statements that differ in blanks around them at most."""
    return hashlib.sha256(text.strip()).digest()
