"""Where an export goes: a file that appears whole or not at all, standard output, or a device."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
import threading
from functools import cached_property
from pathlib import Path

from pgmem_tui.export.names import STDOUT
from pgmem_tui.postgres.errors import Refused

_PREFIX_LENGTH = 40
"""Characters of the file's name that the temporary one begins with: a name may have 255 bytes."""
_OTHER_NAMES = 1000
_POLL = 0.1
"""Seconds between two looks for a pipe's reader."""


class FileExists(Refused):
    """The file is there, and nobody said that it may be replaced."""


class AppearedMeanwhile(Refused):
    """Someone else made a file of that name while rows were written; both were kept."""


class Target:
    """One place to write to: `open`, then write to `descriptor`, then `commit` or `discard`.

    `discard` may be called from any thread, at any time: what was committed stays.
    """

    def __init__(self, name: str, *, force: bool = False) -> None:
        """Nothing is opened yet.

        Args:
            name: A file's path, `~` expanded, or `STDOUT`.
            force: Whether a file of that name may be replaced.
        """
        self.name = name
        self.force = force
        self.descriptor = -1
        """Where to write; -1 while nothing is open."""
        self._temporary: str | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()

    @cached_property
    def path(self) -> Path:
        """The file, links followed: it is the file itself that is replaced and not a link to it."""
        return Path(os.path.realpath(os.path.expanduser(self.name)))

    @property
    def is_stdout(self) -> bool:
        """Whether it is standard output."""
        return self.name == STDOUT

    def check(self) -> None:
        """See whether it can be written at all; changes nothing.

        Raises:
            FileExists: The file exists.
            OSError: It is a directory, or its directory does not exist.
        """
        if self.is_stdout:
            return
        found = self._status()
        if found is None:
            os.stat(self.path.parent)
        elif stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(self.path))
        elif stat.S_ISREG(found.st_mode) and not self.force:
            raise FileExists(f"{self.name} exists", "--force replaces it")

    def open(self) -> None:
        """Open it, a file under a temporary name beside its own.

        Raises:
            FileExists: The file exists.
            OSError: It cannot be opened.
        """
        self.check()
        if self.is_stdout:
            if sys.__stdout__ is None:  # whatever was opened since may have its descriptor
                raise OSError(errno.EBADF, "standard output is closed")
            self.descriptor = os.dup(1)
            return
        found = self._status()
        if found is not None and not stat.S_ISREG(found.st_mode):
            # A device or a pipe: there is no name to give.
            self.descriptor = (
                self._open_pipe() if stat.S_ISFIFO(found.st_mode) else os.open(self.path, os.O_WRONLY)
            )
            return
        with self._lock:
            if self._stop.is_set():
                return
            # Readable by its owner alone, as rows may be confidential.
            self.descriptor, self._temporary = tempfile.mkstemp(
                prefix=f".{self.path.name[:_PREFIX_LENGTH]}.", suffix=".part", dir=self.path.parent
            )
        if found is not None:
            os.fchmod(self.descriptor, stat.S_IMODE(found.st_mode))

    def commit(self) -> bool:
        """Put everything on the disk and give the file its name.

        Returns:
            False if it was discarded before.

        Raises:
            AppearedMeanwhile: There is a file of that name by now; ours is beside it.
            OSError: The disk is full after all, or broken.
        """
        if self._temporary is not None:
            os.fsync(self.descriptor)  # a crash must not leave the name with half of the rows behind it
        self._close()
        with self._lock:
            if self._stop.is_set():
                return False
            if self._temporary is not None:
                if self.force:
                    os.replace(self._temporary, self.path)
                elif not _give_name(self._temporary, self.path):
                    self._keep_beside(self._temporary)
                self._temporary = None
            return True

    def discard(self) -> None:
        """Remove what was not committed; nothing can be committed any more."""
        with self._lock:
            self._stop.set()
            temporary, self._temporary = self._temporary, None
            if temporary is not None:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)

    def close(self) -> None:
        """Remove what was not committed, and close it; on the thread that writes."""
        self.discard()
        with contextlib.suppress(OSError):
            self._close()

    def _open_pipe(self) -> int:
        """Wait for a reader, and never in the kernel, where nobody could stop it."""
        while True:
            try:
                return os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO or self._stop.wait(_POLL):
                    raise

    def _close(self) -> None:
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _status(self) -> os.stat_result | None:
        try:
            return os.stat(self.path)
        except FileNotFoundError:
            return None

    def _keep_beside(self, temporary: str) -> None:
        """Hours of work are not thrown away because of a name."""
        for number in range(1, _OTHER_NAMES):
            other = self.path.with_name(f"{self.path.name}.{number}")
            if _give_name(temporary, other):
                self._temporary = None
                raise AppearedMeanwhile(
                    f"{self.name} appeared meanwhile and was left alone", f"the rows are in {other}"
                )
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self.path))


def _give_name(temporary: str, path: Path) -> bool:
    """Rename, unless a file of that name exists; False then."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: take the name first, then replace our own file
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return False
        os.replace(temporary, path)
        return True
    os.unlink(temporary)
    return True
