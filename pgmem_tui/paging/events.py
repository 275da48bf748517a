"""What the browsing thread answers (`paging.requests`) with: all frozen.

Every answer about rows repeats the generation of its request, so that whoever has opened something
else since can drop it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pgmem_tui.paging.finding import Found, NotFound, Searching
from pgmem_tui.paging.statement_events import Ending as Ending
from pgmem_tui.paging.statement_events import Ran as Ran
from pgmem_tui.paging.statement_events import SettingsChanged as SettingsChanged
from pgmem_tui.paging.statement_events import TransactionEnded as TransactionEnded
from pgmem_tui.paging.statement_events import TransactionOpen as TransactionOpen
from pgmem_tui.paging.statement_events import Weighed as Weighed
from pgmem_tui.paging.window import Page
from pgmem_tui.postgres.connection import ServerInfo
from pgmem_tui.postgres.errors import Problem
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.wire import StatementReport


@dataclass(frozen=True)
class Connected:
    """The browsing connection is there, for the first time or again."""

    server: ServerInfo


@dataclass(frozen=True)
class ConnectFailed:
    """It is not."""

    problem: Problem


@dataclass(frozen=True)
class Opened:
    """A cursor was declared; its rows follow."""

    generation: int
    relation: Relation | None
    """None for a query."""
    columns: tuple[Column, ...]
    cell_limit: int
    """Characters a clamped cell may have here."""
    source: str
    """Which kind of source the rows come from."""
    estimate: int
    """About how many rows there are; -1 if nobody knows."""
    refreshed: str = ""
    """Why the snapshot is a new one, if the same thing was open before; else empty."""
    keys: tuple[str, ...] = ()
    """Columns that a row can be sought by; empty where rows have no such order."""


@dataclass(frozen=True)
class PageRead:
    """Rows arrived; an empty page at the end of the result only tells the row count."""

    generation: int
    page: Page
    row_count: int | None
    """How many rows there are, if the end was seen."""
    exact: bool = True
    """Whether row numbers are counted, or estimated."""
    shift: int = 0
    """What to add to every row number told before."""
    restarted: bool = False
    """Whether rows told before do not continue in these: forget them."""
    epoch: int = 0
    """How often rows were renumbered so far."""
    total: int | None = None
    """How many rows there are, if all were counted, wherever this is."""
    asked: int = -1
    """`Read.first`, in the first answer to a `Read`. Without rows, and no end known: ask again, numbers
    mean other rows now."""


@dataclass(frozen=True)
class Walking:
    """A long MOVE is under way."""

    generation: int
    row: int
    goal: int
    """-1: the end."""
    seconds: float


@dataclass(frozen=True)
class EndFound:
    """The last rows are there."""

    generation: int
    row_count: int


@dataclass(frozen=True)
class Sought:
    """The row that was sought by a key, or the next one after it, is there."""

    generation: int
    row: int
    found: bool = True
    """Whether it has that key."""


@dataclass(frozen=True)
class Streaming:
    """A streamed batch to show; those between two of these passed unseen."""

    generation: int
    page: Page
    row_count: int | None
    rows_per_second: float
    seconds: float


@dataclass(frozen=True)
class StreamEnded:
    """Streaming stopped: asked to, or there is no more."""

    generation: int
    rows: int
    seconds: float
    at_end: bool


@dataclass(frozen=True)
class CursorState:
    """Where the cursor and its transaction stand, after each request."""

    generation: int
    name: str
    """Empty: there is none."""
    source: str
    scrollable: bool
    withhold: bool
    position: int
    row_count: int | None
    batch: int
    """Rows in the next FETCH."""
    batch_by_hand: bool
    transaction_started: float
    """Epoch seconds; 0 outside a transaction."""
    idle_limit: float
    """Seconds without a request after which the transaction is released; infinite for one that writes."""
    writes: bool = False
    """Whether the transaction is one that writes."""
    row: int = -1
    """The number of the row that the cursor would return next, from 0, as `PageRead` numbers them; -1 where
    nobody knows."""


@dataclass(frozen=True)
class Answer:
    """What a `Question` found out; subclasses say what."""

    generation: int


@dataclass(frozen=True)
class StatementSent:
    """A statement ended."""

    report: StatementReport


@dataclass(frozen=True)
class BackendMeasured:
    """Total of the session's memory contexts, in bytes; None where the server does not tell."""

    nbytes: int | None


@dataclass(frozen=True)
class Failed:
    """A request failed. What was open stays open, through a new cursor, unless it never opened."""

    generation: int
    problem: Problem
    sql: str = ""
    """The user's text that the problem's position points into."""
    by_hand: bool = False
    """Whether it was a `Question` that is so; what else was asked for is still to come."""


@dataclass(frozen=True)
class Cancelled:
    """The running request was given up on demand."""

    generation: int
    lost_cursor: bool
    """Whether the server had to be stopped, which ended the transaction."""


@dataclass(frozen=True)
class Released:
    """The transaction was ended, being idle for too long or on demand; the next request begins another."""

    generation: int
    idle_seconds: float
    """How long it was idle; 0 if that was asked for."""


@dataclass(frozen=True)
class Lost:
    """The connection is gone; `Reconnect` brings it back."""

    generation: int
    problem: Problem


Event = (
    Connected
    | ConnectFailed
    | Opened
    | Ran
    | SettingsChanged
    | Weighed
    | TransactionOpen
    | TransactionEnded
    | PageRead
    | Walking
    | EndFound
    | Sought
    | Searching
    | Found
    | NotFound
    | Answer
    | Streaming
    | StreamEnded
    | CursorState
    | StatementSent
    | BackendMeasured
    | Failed
    | Cancelled
    | Released
    | Lost
)
