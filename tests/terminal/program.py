"""The real program in a terminal: how it is started, and what is where on its screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from psycopg2.extensions import make_dsn

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal.terminal import Terminal

PAGE_DOWN, PAGE_UP = "\x1b[6~", "\x1b[5~"
UP, DOWN, HOME, END = "\x1b[A", "\x1b[B", "\x1b[H", "\x1b[F"
ENTER, ESCAPE = "\r", "\x1b"

FIRST_ROW = r" row 1 of "
"""In the line below the rows once there are some."""


def pgmem_tui(
    *arguments: str,
    columns: int = 160,
    lines: int = 48,
    env: Mapping[str, str | None] | None = None,
    answers: bool = True,
    module: str = "pgmem_tui",
) -> Terminal:
    """Start the program, or another module that does."""
    argv = [sys.executable, "-m", module, *arguments]
    return Terminal(argv, columns=columns, lines=lines, env=env, answers=answers)


def browse(
    settings: ConnectionSettings,
    *arguments: str,
    columns: int = 160,
    lines: int = 48,
    env: Mapping[str, str | None] | None = None,
    answers: bool = True,
    module: str = "pgmem_tui",
) -> Terminal:
    """Start the program on a database; a password goes by the environment."""
    parameters = settings.parameters()
    password = parameters.pop("password", None)
    variables = {**(env or {}), "PGPASSWORD": password}
    dsn = make_dsn(**parameters)
    return pgmem_tui(
        dsn, *arguments, columns=columns, lines=lines, env=variables, answers=answers, module=module
    )


def row(text: str) -> int:
    """The number of the row that the screen says it is at, or 0."""
    match = re.search(r"\brow ([\d,]+) [o·]", text)
    return int(match[1].replace(",", "")) if match else 0


def grid(lines: int = 48) -> range:
    """The lines of a tall screen with rows and their status: without header, strips and keys."""
    return range(2, lines - 7)
