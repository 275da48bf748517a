"""Bytes into a file that is there whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pgmem_tui.files.target import Target
from pgmem_tui.postgres.errors import Refused


@contextmanager
def writing(path: str, replace: bool) -> Iterator[Callable[[bytes], object]]:
    """Write bytes; at the end the file gets its name.

    Args:
        path: The name; `~` is the user's home.
        replace: Whether a file of that name may go.

    Raises:
        FileExists: It must not, and there is one.
        Refused: The system's own words.
    """
    goal = os.path.expanduser(path)
    if os.path.exists(goal) and not os.path.isdir(goal) and not os.path.isfile(goal):
        raise Refused(f"{path} is no file but a pipe or a device")
    # Of the name - too, which is standard output elsewhere.
    target = Target(os.path.join(os.curdir, goal), force=replace)
    try:
        target.open()
        with os.fdopen(os.dup(target.descriptor), "wb") as file:
            yield file.write
        target.commit()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}") from None
    finally:
        target.close()
