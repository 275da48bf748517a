"""Which lessons somebody has done, and what they predicted: a small file beside the history.

It holds no value of a row and nothing of a server. Its owner alone may read it.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

NAME = "lessons.json"
VERSION = 1
MOST_BYTES = 1 << 20
MOST_LESSONS = 2000


@dataclass(frozen=True)
class Done:
    """A lesson that was run to its end."""

    at: float
    """When, in seconds since the epoch."""
    passed: bool
    """Whether each claim held."""
    chosen: int | None = None
    """The index of the choice that was made before the run; None if none was."""
    right: int | None = None
    """The index of the choice that was right."""

    def after(self, before: Done | None) -> Done:
        """The same, with the prediction of an earlier run if this one had none."""
        if before is None or self.chosen is not None:
            return self
        return replace(self, chosen=before.chosen, right=before.right)


class Unavailable(Exception):
    """Progress cannot be read or kept; the text says why, in one sentence."""


def default_path() -> Path:
    """Where it is kept, in the platform's folder for a program's data (`XDG_DATA_HOME` honoured)."""
    from platformdirs import user_data_path

    return user_data_path("pgmem-tui", appauthor=False) / NAME


def read(path: Path) -> dict[str, Done]:
    """What was done, by lessons' names; nothing if there is no file.

    Raises:
        Unavailable: There is one, and it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unavailable(f"{path}: {error.strerror or error}") from None
    try:
        found = json.loads(data)
        if found["version"] != VERSION:
            raise Unavailable(f"{path} was written by another version of pgmem-tui")
        return {str(name): _done(entry) for name, entry in found["lessons"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unavailable(f"{path} is damaged; move it away to begin a new one") from None


def keep(path: Path, name: str, done: Done) -> None:
    """Add a lesson, which keeps the prediction of an earlier run if it had none now.

    The file is replaced whole, so that it is never half written.

    Of two programs that add at the same moment one may lose its lesson, never the file.

    Raises:
        Unavailable: It cannot be written, or one that is there cannot be read (and stays as it is).
    """
    before = read(path)
    lessons = {**before, name: done.after(before.get(name))}
    newest = sorted(lessons.items(), key=lambda entry: entry[1].at)[-MOST_LESSONS:]
    text = json.dumps(
        {"version": VERSION, "lessons": {name: asdict(done) for name, done in newest}}, indent=1
    )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{NAME}-", dir=path.parent)  # of mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise Unavailable(f"{path}: {error.strerror or error}") from None


def _done(entry: dict[str, object]) -> Done:
    at, passed, chosen, right = (entry.get(key) for key in ("at", "passed", "chosen", "right"))
    if not isinstance(at, int | float) or not isinstance(passed, bool):
        raise TypeError
    return Done(float(at), passed, *(n if isinstance(n, int) else None for n in (chosen, right)))
