"""What the command line asked for, as one frozen value, and the bounds of each number in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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


def rows(text: str, bounds: tuple[int, int]) -> int:
    """Read a number of rows: `200`, `2,000,000`, `2M`; k, M and G are decimal.

    Raises:
        ValueError: It is no whole number, or outside the bounds; the text names them.
    """
    return _number(text, bounds, 1000, "", f"{bounds[0]:,} to {bounds[1]:,}")


def nbytes(text: str, bounds: tuple[int, int]) -> int:
    """Read a size: `16MiB`, `16MB`, `16M`, `16777216`; k, M and G are 1024s, as in PostgreSQL's settings.

    Raises:
        ValueError: It is no size, or outside the bounds; the text names them.
    """
    return _number(text, bounds, 1024, "i?B", f"{_size(bounds[0])} to {_size(bounds[1])}")


def _number(text: str, bounds: tuple[int, int], base: int, unit: str, range_text: str) -> int:
    pattern = rf"([0-9][0-9_,]*(?:\.[0-9]+)?) ?(?:([kMG])(?:{unit})?|B)?"
    match = re.fullmatch(pattern, text.strip(), re.IGNORECASE)
    if match is None or len(text) > 40:
        raise ValueError(f"{text[:40]!r} is not a number from {range_text}")
    factor: int = base ** (" kmg".index(match[2].lower()) if match[2] else 0)
    whole, _, fraction = re.sub("[_,]", "", match[1]).partition(".")
    # Whole numbers throughout: a float would round the larger ones.
    scale: int = 10 ** len(fraction)
    exact, rest = divmod(int(whole + fraction) * factor, scale)
    if rest or not bounds[0] <= exact <= bounds[1]:
        raise ValueError(f"{text} is not a number from {range_text}")
    return exact


def _size(n: int) -> str:
    return f"{n // (1024 * MIB)}GiB" if n >= 1024 * MIB else f"{n // MIB}MiB"
