"""What was sent to the server and what came back: one frozen report a statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class StatementReport:
    """One statement, after it ended."""

    connection: str
    """Which of our connections sent it: `browse` or `catalog`."""
    kind: str
    """Its first word or words: BEGIN, SET LOCAL, DECLARE, FETCH, MOVE, CLOSE, ROLLBACK, SELECT."""
    sql: str
    """The text as sent."""
    started: float
    """Seconds since the epoch."""
    seconds: float
    rows: int = 0
    nbytes: int = 0
    """Bytes of the values that came back, as text."""
    exact: bool = True
    """Whether `nbytes` was added up over all rows, or estimated from a sample of them."""
    before: int = 0
    """The cursor's position before: the number of the row it stands on, 0 before the first."""
    after: int = 0
    """The cursor's position after."""
    cursor: str = ""
    """The cursor's name, for a statement about one."""
    error: str = ""
    """The SQLSTATE, if the statement failed."""


Reporter = Callable[[StatementReport], None]
"""Called on the thread that owns the connection, after each statement."""
