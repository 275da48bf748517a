"""What the command line asked for, as one frozen value, and the bounds of each number in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

from pgmem_tui.postgres.settings import ConnectionSettings

MIB = 1 << 20

NO_HISTORY = "PGMEM_TUI_NO_HISTORY"
"""The variable that turns the history off, as `--no-history` does, unless it is empty."""

BATCH_BOUNDS = (1, 100_000)
"""Rows of a FETCH set by hand."""

MEMORY_BUDGET_BOUNDS = (MIB, 1024 * MIB)
"""Bytes of the page cache."""

CELL_LIMIT_BOUNDS = (1, 100_000)
"""Characters of a value that the grid asks the server for."""

DEMO_ROWS_BOUNDS = (0, 100_000_000)
"""Rows of the demo's big table."""

DEMO_ROWS = 2_000_000
"""Rows of the demo's big table, where nothing is said."""


@dataclass(frozen=True)
class Options:
    """How to run the program."""

    settings: ConnectionSettings = field(default_factory=ConnectionSettings)
    table: str = ""
    """A table to open at once, written as in SQL; empty for none."""
    command: str = ""
    """A query to open at once; empty for none. Never set together with `table`."""
    batch: int | None = None
    """Rows of each FETCH, or None to size them by their bytes."""
    memory_budget: int = 16 * MIB
    """Bytes of the page cache."""
    cell_limit: int = 256
    """Characters of a value that the grid asks the server for."""
    history: bool = False
    """Whether what is run, and the editor's drafts, are kept; from a command line they are unless refused."""
    writable: bool = False
    """Whether statements that write may be run, each asked about first."""
    own_server: bool = False
    """Whether the server is the demo's, and so ours alone: lessons may write there."""
    lessons: str = ""
    """A folder with lessons of the user's; empty for none."""
    record: str = ""
    """A file to record the session in, as an asciinema cast; empty for none."""
    replace_record: bool = False
    """Whether a file of that name may be replaced."""
    present: bool = False
    """Whether to begin in presenter mode."""
    connect_at_once: bool = False
    """Whether to try these settings before showing the connection form."""


_NUMBER = r"((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:_[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)"
"""Digits, in groups of three if in groups at all: half of the world writes `1,5` for one and a half."""


def rows(text: str, bounds: tuple[int, int]) -> int:
    """Read a number of rows: `200`, `2,000,000`, `2M`; k, M, G and T are decimal.

    Raises:
        ValueError: It is no whole number, or outside the bounds; the text names them.
    """
    wanted = f"a whole number from {bounds[0]:,} to {bounds[1]:,}"
    exact, rest = _scaled(text, 1000, "([kMGT])?", wanted)
    return _within(exact, bounds, text, wanted) if not rest else _refuse(text, wanted)


def seconds(text: str, bounds: tuple[int, int]) -> int:
    """Read whole seconds: `90`, `86,400`.

    Raises:
        ValueError: They are not whole, in another unit or outside the bounds; the text names them.
    """
    wanted = f"a number of whole seconds from {bounds[0]:,} to {bounds[1]:,}"
    exact, rest = _scaled(text, 1, "()s?", wanted)
    return _within(exact, bounds, text, wanted) if not rest else _refuse(text, wanted)


def nbytes(text: str, bounds: tuple[int, int]) -> int:
    """Read a size: `16MiB`, `16MB`, `16M`, `16777216`; k, M, G and T are 1024s, as in PostgreSQL's settings.

    What is left of a byte, as in `0.1GB`, is dropped.

    Raises:
        ValueError: It is no size, or outside the bounds; the text names them.
    """
    wanted = f"a size from {_size(bounds[0])} to {_size(bounds[1])}"
    exact, _ = _scaled(text, 1024, "(?:([kMGT])(?:i?B)?|B)?", wanted)
    return _within(exact, bounds, text, wanted)


def _scaled(text: str, base: int, unit: str, wanted: str) -> tuple[int, int]:
    """The whole of a number with its unit, and whether something is left of it."""
    match = re.fullmatch(f"{_NUMBER} ?{unit}", text.strip(), re.IGNORECASE)
    if match is None or len(text) > 40:
        raise ValueError(f"{text[:40]!r} is not {wanted}")
    factor: int = base ** (" kmgt".index(match[2].lower()) if match[2] else 0)
    whole, _, fraction = re.sub("[_,]", "", match[1]).partition(".")
    # Whole numbers throughout: a float would round the larger ones.
    scale: int = 10 ** len(fraction)
    return divmod(int(whole + fraction) * factor, scale)


def _within(exact: int, bounds: tuple[int, int], text: str, wanted: str) -> int:
    return exact if bounds[0] <= exact <= bounds[1] else _refuse(text, wanted)


def _refuse(text: str, wanted: str) -> NoReturn:
    raise ValueError(f"{text} is not {wanted}")


def _size(n: int) -> str:
    """A bound as the screen writes sizes: `64 MB`, `1 TB`."""
    unit, name = next(each for each in ((1 << 40, "TB"), (1 << 30, "GB"), (MIB, "MB")) if n >= each[0])
    return f"{n // unit} {name}"
