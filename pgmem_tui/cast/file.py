"""A file that grows by whole lines: whoever reads it, and whenever the program ends, no line is cut."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile

_PREFIX_LENGTH = 40
"""Characters of the file's name that a temporary one begins with: a name may have 255 bytes."""


class CastError(Exception):
    """There is no recording; the text says why."""


class CastFile:
    """Open from the beginning, readable by its owner alone: what was on the screen may be confidential."""

    def __init__(self, name: str, *, force: bool = False) -> None:
        """Make the file.

        Args:
            name: Its path; `~` is the user's home.
            force: Whether a file of that name may go; it does when something is written in its place.

        Raises:
            CastError: It must not, and there is one; or the file cannot be made.
        """
        self.name = name
        self.nbytes = 0
        """Bytes of the whole lines in it."""
        self._path = os.path.realpath(os.path.expanduser(name))
        self._temporary = ""
        """Where the file is as long as an old one has its name."""
        try:
            self._descriptor = self._beside() if force and self._is_regular() else self._create()
        except FileExistsError:
            regular = self._is_regular()
            why = "exists; --force replaces it" if regular else "is there already, and is no file"
            raise CastError(f"{name} {why}") from None
        except OSError as error:
            raise CastError(f"{name}: {error.strerror or error}") from None

    def append(self, lines: bytes) -> None:
        """Write whole lines.

        Raises:
            OSError: The disk is full, or broken; what was written of them is taken back, and a file that was
                to be replaced is still there.
        """
        rest = memoryview(lines)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            if self._temporary:
                os.replace(self._temporary, self._path)
                self._temporary = ""
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self.nbytes)
            raise
        self.nbytes += len(lines)

    def close(self) -> None:
        """Close it; an empty one goes, and nothing has been replaced by it."""
        descriptor, self._descriptor = self._descriptor, -1
        with contextlib.suppress(OSError):
            if descriptor >= 0:
                os.close(descriptor)
                if not self.nbytes:
                    os.unlink(self._temporary or self._path)

    def _is_regular(self) -> bool:
        try:
            return stat.S_ISREG(os.stat(self._path).st_mode)
        except OSError:
            return False

    def _create(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)

    def _beside(self) -> int:
        """A new file, not the old one emptied: who has that open, or may read it, gets nothing of this."""
        folder, base = os.path.split(self._path)
        descriptor, self._temporary = tempfile.mkstemp(
            prefix=f".{base[:_PREFIX_LENGTH]}.", suffix=".part", dir=folder
        )
        return descriptor
