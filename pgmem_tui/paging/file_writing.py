"""A file that is there whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pgmem_tui.postgres.errors import Refused


class FileRefused(Refused):
    """The file cannot be written."""


class FileExists(FileRefused):
    """There is one of that name."""


@contextmanager
def writing(path: str, replace: bool) -> Iterator[Callable[[bytes], object]]:
    """Write bytes under another name, readable by the user alone; at the end the file gets its name.

    Args:
        path: The name; `~` is the user's home.
        replace: Whether a file of that name may go.

    Raises:
        FileExists: It must not, and there is one.
        FileRefused: The system's own words.
    """
    goal = Path(path).expanduser()
    if goal.is_dir():
        raise FileRefused(f"{path} is a directory")
    if goal.exists() and not replace:
        raise FileExists(f"{path} is there already")
    name = ""
    try:
        try:
            descriptor, name = tempfile.mkstemp(prefix=f".{goal.name}.", suffix=".part", dir=goal.parent)
            with os.fdopen(descriptor, "wb") as file:
                yield file.write
            if replace:
                os.replace(name, goal)
            else:
                _rename(name, goal, path)
        except OSError as error:
            raise FileRefused(f"{path}: {error.strerror or error}") from None
    finally:
        if name:
            with suppress(OSError):
                os.unlink(name)


def _rename(name: str, goal: Path, path: str) -> None:
    """Give the file its name, unless another has got it meanwhile."""
    try:
        os.link(name, goal)
    except FileExistsError:
        raise FileExists(f"{path} is there already") from None
    except OSError:  # a file system without links
        if goal.exists():
            raise FileExists(f"{path} is there already") from None
        os.rename(name, goal)
