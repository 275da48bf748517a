"""What the browsing thread answers about statements that are run once; `events` has these names too."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pgmem_tui.postgres.errors import Problem


@dataclass(frozen=True)
class Ran:
    """A `Statement` was run; `Opened` and its rows follow."""

    generation: int
    tag: str
    """As the server's command tag: `UPDATE 3`."""
    rows: int
    """How many it returned; -1 if it is none that returns rows."""
    kept: int
    """How many of them are held."""
    limit: int
    """Bytes of rows that are held at most."""
    notices: tuple[str, ...]
    """What the server had to say meanwhile, the last few."""
    more_notices: int
    """How many came before those."""
    seconds: float
    writes: bool


@dataclass(frozen=True)
class SettingsChanged:
    """A setting of the session was SET or RESET by the user."""

    count: int
    """How many are SET now."""


@dataclass(frozen=True)
class Weighed:
    """About how many rows a statement would change."""

    number: int
    """Of the `Weigh`."""
    rows: int | None
    """None where the planner has no idea."""
    problem: Problem | None = None
    """Why the server cannot plan it; its position is in the user's text."""


@dataclass(frozen=True)
class TransactionOpen:
    """Something was run in a read-write transaction, which is open until it is committed or rolled back."""

    began: float
    """Epoch seconds."""
    statements: int
    """How many were run in it and did not fail."""
    last: tuple[str, ...]
    """The last few, as they were written, cut short."""


class Ending(Enum):
    """How a read-write transaction ended."""

    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    REFUSED = "rolled back by the server, which refused to commit it"
    LOST = "lost with the connection, so the server has rolled it back"
    UNKNOWN = "unknown: the connection was lost while it was being committed"


@dataclass(frozen=True)
class TransactionEnded:
    """The read-write transaction is no more."""

    how: Ending
    statements: int
    """How many had been run in it."""
    problem: Problem | None = None
    """What the server said, unless it went as was asked."""
    xid: str = ""
    """Its number, where it has one: `pg_xact_status()` tells what became of it."""
    found_out: bool = False
    """Whether it had been unknown, and the server was asked after reconnecting."""
