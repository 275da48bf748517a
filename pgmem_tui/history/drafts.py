"""What is being written in the editor: kept while the program runs, and found again by the next one.

Each program has rows of its own, and a file that it holds locked as long as it lives: the kernel ends that
lock with the process, however it ends. Rows whose program is gone are adopted by the next that asks.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from pgmem_tui.history import file
from pgmem_tui.history.queries import query
from pgmem_tui.history.store import Kept, tells
from pgmem_tui.language.secrets import hints_at_secret
from pgmem_tui.language.tokens import Kind, tokens

MOST = 50
"""Tabs of one program; more wait in the file until there is room."""
LONGEST = 1_000_000
"""Characters of one tab that are kept."""
MOST_TEXT = 8_000_000
"""Characters of all of them."""
LONGEST_NAME = 200
_TICK = 1e-5
"""Seconds between two rows at least, so that one of them is the newest."""
_LOCK_PREFIX, _LOCK_SUFFIX = "editor-", ".lock"
LEFT_OUT = "-- a statement was here that is not written to the disk"
"""Stands where it stood."""


@dataclass(frozen=True)
class Draft:
    """A tab of the editor."""

    name: str
    text: str
    caret: int = 0
    """Characters before it."""
    shown: bool = field(default=False, compare=False)
    """Whether it is the one that is seen; of those in the file, which was seen or written last."""


class NotKept(NamedTuple):
    """A tab, or a statement in it, that is not in the file."""

    name: str
    why: Kept


def _row(draft: Draft) -> tuple[Draft, bool]:
    """All that is in a row."""
    return draft, draft.shown


class Drafts:
    """The drafts of one program, on the open file and its thread."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Nothing is kept yet."""
        self._path, self._connection = path, connection
        self._owner = ""
        """Names this program's rows, once it has some."""
        self._lock = -1
        self._censor = Censor()
        self._at = 0.0
        """When a row was written last, epoch seconds."""
        self._kept: list[Draft] = []
        """What is in the file, in this program's rows."""

    def close(self) -> None:
        """Leave the rows to the next program."""
        if self._lock >= 0:
            if not self._kept:
                self._forget(self._owner)
            os.close(self._lock)
            self._lock = -1

    def load(self) -> list[Draft]:
        """What programs that are gone have left, adopted, behind what this one has.

        Raises:
            Unavailable: The file cannot be read or written.
        """
        with file.explained(self._path):
            self._hold()
            with file.transaction(self._connection):
                for owner in self._others():
                    self._adopt(owner)
                found = self._connection.execute(query("drafts"), {"owner": self._owner}).fetchall()
            self._sweep()
        newest = max((at for *_, at in found), default=0.0)
        self._kept = [Draft(name, text, caret, at == newest) for name, text, caret, at in found]
        return list(self._kept)

    def save(self, tabs: Sequence[Draft]) -> list[NotKept]:
        """Keep these instead of what was kept before, all or nothing. Blank ones need not be.

        Args:
            tabs: All of this program's.

        Returns:
            What of them is not kept, and why: a password, or too much text.

        Raises:
            Unavailable: The file cannot be written; what was kept before still is.
        """
        kept, missing = self._keepable(tabs)
        changed = [
            (position, draft)
            for position, draft in enumerate(kept)
            if position >= len(self._kept) or _row(draft) != _row(self._kept[position])
        ]
        if not changed and len(kept) == len(self._kept):
            return missing
        with file.explained(self._path):
            self._hold()
            with file.transaction(self._connection):
                for position, draft in sorted(changed, key=lambda each: each[1].shown):
                    self._put(position, draft)  # the one that is seen last of all: its time is the newest
                bound = {"owner": self._owner, "count": len(kept)}
                self._connection.execute(
                    "DELETE FROM draft WHERE owner = :owner AND position >= :count", bound
                )
        self._kept = kept
        return missing

    def add(self, tabs: Sequence[Draft]) -> list[NotKept]:
        """Keep these behind what programs that are gone have left, and what this one keeps.

        Where there is no room for all, that waits for the next program, apart from these.

        Returns:
            What of them is not kept, and why.

        Raises:
            Unavailable: The file cannot be read or written.
        """
        left = [replace(draft, shown=False) for draft in self.load()]
        together = [*left, *tabs]
        if not _bounded(together)[1]:
            return self.save(together)
        self.close()
        self._kept = []
        return self.save(tabs)

    def _keepable(self, tabs: Sequence[Draft]) -> tuple[list[Draft], list[NotKept]]:
        bounded, missing = _bounded(tabs)
        kept: list[Draft] = []
        for tab, text in zip(bounded, self._censor.clean([tab.text for tab in bounded]), strict=True):
            if text != tab.text:
                missing.append(NotKept(tab.name, Kept.SECRET))
            kept.append(Draft(tab.name, text, min(max(0, tab.caret), len(text)), tab.shown))
        return kept, missing

    def _put(self, position: int, draft: Draft) -> None:
        self._at = max(time.time(), self._at + _TICK)
        values = {
            "owner": self._owner,
            "position": position,
            "name": file.encode(draft.name[:LONGEST_NAME]),
            "caret": draft.caret,
            "at": self._at,
            "text": file.encode(draft.text),
        }
        self._connection.execute(query("put_draft"), values)

    # -- whose they are --------------------------------------------------------------------------

    def _hold(self) -> None:
        """Lock a file that says that this program lives, once."""
        while self._lock < 0:
            self._owner = secrets.token_hex(8)
            path = self._lock_file(self._owner)
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.stat(path)
            except (BlockingIOError, FileNotFoundError):  # swept by another program in this very moment
                os.close(lock)
            except BaseException:
                os.close(lock)
                raise
            else:
                self._lock = lock

    def _lock_file(self, owner: str) -> Path:
        return self._path.with_name(f"{_LOCK_PREFIX}{owner}{_LOCK_SUFFIX}")

    def _others(self) -> list[str]:
        """Programs with drafts here that are gone, the one that wrote last first."""
        found = self._connection.execute(query("owners"), {"owner": self._owner}).fetchall()
        return [owner for (owner,) in found if self._is_gone(owner)]

    def _is_gone(self, owner: str, forget: bool = False) -> bool:
        """Whether nobody holds its file; `forget` removes that then."""
        try:
            lock = os.open(self._lock_file(owner), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if forget:
                self._forget(owner)
        except BlockingIOError:
            return False
        finally:
            os.close(lock)
        return True

    def _forget(self, owner: str) -> None:
        with contextlib.suppress(OSError):
            self._lock_file(owner).unlink()

    def _adopt(self, owner: str) -> None:
        """Make rows ours, as many as there is room for."""
        (first,) = self._connection.execute(query("next_position"), {"owner": self._owner}).fetchone()
        values = {"old": owner, "most": max(0, MOST - first)}
        theirs = self._connection.execute(query("first_drafts"), values).fetchall()
        for position, (old,) in enumerate(theirs, first):
            moved = {"owner": self._owner, "position": position, "old": owner, "was": old}
            self._connection.execute(query("adopt"), moved)

    def _sweep(self) -> None:
        """Remove the files of programs that are gone and have nothing here."""
        left = {owner for (owner,) in self._connection.execute("SELECT DISTINCT owner FROM draft")}
        for path in self._path.parent.glob(f"{_LOCK_PREFIX}*{_LOCK_SUFFIX}"):
            owner = path.name.removeprefix(_LOCK_PREFIX).removesuffix(_LOCK_SUFFIX)
            if owner != self._owner and owner not in left:
                self._is_gone(owner, forget=True)


class Censor:
    """Takes statements with a secret out of texts; of a text that changes, only what changed is looked at."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._known: dict[str, tuple[str, dict[str, bool]]] = {}
        """What became of the texts of last time, and which of their statements carry a secret."""

    def clean(self, texts: Sequence[str]) -> list[str]:
        """Texts without their statements that carry a secret."""
        told = {part: tell for _, parts in self._known.values() for part, tell in parts.items()}
        self._known = {text: self._known.get(text) or _without_secrets(text, told) for text in texts}
        return [self._known[text][0] for text in texts]


def _without_secrets(text: str, told: dict[str, bool]) -> tuple[str, dict[str, bool]]:
    """A text without them, and what was found out about each of its statements.

    A statement ends at its semicolon: what is being typed need not be SQL yet.
    """
    if not hints_at_secret(text):
        return text, {}
    kept: list[str] = []
    parts: dict[str, bool] = {}
    start = 0
    ends = [token.end for token in tokens(text) if token.kind is Kind.PUNCTUATION and token.text(text) == ";"]
    for end in (*ends, len(text)):
        part = text[start:end]
        parts[part] = told[part] if part in told else tells(part)
        kept.append(f"\n{LEFT_OUT}\n" if parts[part] else part)
        start = end
    return "".join(kept), parts


def _bounded(tabs: Sequence[Draft]) -> tuple[list[Draft], list[NotKept]]:
    """The tabs that there is room for."""
    kept: list[Draft] = []
    missing: list[NotKept] = []
    room = MOST_TEXT
    for tab in tabs:
        if len(kept) >= MOST:
            missing.append(NotKept(tab.name, Kept.TOO_MANY))
        elif len(tab.text) > min(LONGEST, room):
            missing.append(NotKept(tab.name, Kept.TOO_LONG))
        elif tab.text.strip():
            kept.append(tab)
            room -= len(tab.text)
    return kept, missing
