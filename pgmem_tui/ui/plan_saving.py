"""A text into a file, on a thread: a disk may be slow, and the screen waits for nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from pgmem_tui.files.target import FileExists
from pgmem_tui.files.writing import writing
from pgmem_tui.postgres.errors import Refused


@dataclass(frozen=True)
class Saved:
    """How it ended."""

    path: str
    nbytes: int = 0
    exists: bool = False
    """Whether a file of that name is there already; nothing was written then."""
    why_not: str = ""
    """The system's words, if it could not be written."""


def save(path: str, make: Callable[[], str], replace: bool, then: Callable[[Saved], object]) -> None:
    """Write a text, and say how that ended, from another thread.

    Args:
        path: The file's name; `~` is the user's home.
        make: Makes the text, on that thread.
        replace: Whether a file of that name may go.
        then: Gets the outcome.
    """

    def run() -> None:
        try:
            data = make().encode("utf-8", "surrogateescape")
            with writing(path, replace) as write:
                write(data)
        except FileExists:
            then(Saved(path, exists=True))
        except Refused as error:
            then(Saved(path, why_not=str(error)))
        except Exception as error:  # whoever waits is told in any case
            then(Saved(path, why_not=f"{type(error).__name__}: {error}"))
        else:
            then(Saved(path, len(data)))

    threading.Thread(target=run, name="pgmem-save", daemon=True).start()
