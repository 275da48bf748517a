"""Requests to the browsing thread: all frozen.

Every request about rows carries a generation, one more for each thing opened; what is answered
(`paging.events`) repeats it, so that whoever has opened something else since can drop it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from pgmem_tui.paging.events import Event
from pgmem_tui.paging.finding import Find
from pgmem_tui.postgres.parameters import BoundValue
from pgmem_tui.postgres.query_spec import Condition, Group, QuerySpec, SortKey


@dataclass(frozen=True)
class NamedRelation:
    """A relation by the name that a user typed, quoted as in psql."""

    name: str


@dataclass(frozen=True)
class KnownRelation:
    """A relation from the catalog, or some of its rows, or in another order."""

    oid: int
    conditions: tuple[Condition | Group, ...] = ()
    """What holds for the rows wanted."""
    order: tuple[SortKey, ...] = ()
    """Empty: as the rows come."""
    limit: int = 0
    """Rows wanted at most; 0 is all."""


@dataclass(frozen=True)
class UserQuery:
    """A query as written."""

    sql: str
    values: tuple[BoundValue, ...] = ()
    """Of its parameters, `:name`."""


@dataclass(frozen=True)
class ComposedQuery:
    """A query that was put together, not written."""

    spec: QuerySpec


@dataclass(frozen=True)
class Statement:
    """What no cursor takes: SHOW, EXPLAIN, and what writes. It is run once, by the `Open` that names it."""

    sql: str
    values: tuple[BoundValue, ...] = ()
    """Of its parameters, `:name`."""
    writes: bool = False
    """Whether it was agreed to that it writes; only a session that is writable takes it."""


Target = NamedRelation | KnownRelation | UserQuery | ComposedQuery | Statement


@dataclass(frozen=True)
class Open:
    """Open something and read its first rows."""

    generation: int
    target: Target
    screenful: int
    key: tuple[str, ...] = ()
    """Where to begin, in the order of a key; empty is at the first row."""


@dataclass(frozen=True)
class Seek:
    """Go to the first row with a key, or to the one that comes after it."""

    generation: int
    key: tuple[str, ...]
    """Values of the first key columns, at least one."""
    screenful: int


@dataclass(frozen=True)
class TakeCount:
    """The rows were counted, in the snapshot that is open."""

    generation: int
    rows: int
    began: float
    """When that snapshot began, epoch seconds."""


@dataclass(frozen=True)
class Read:
    """Bring rows [first, end); the newest such request is the one that counts."""

    generation: int
    first: int
    end: int
    backward: bool = False
    """Whether a batch should reach back from `end`, for someone who scrolls up."""
    epoch: int = 0
    """The newest `PageRead.epoch` seen: row numbers of before mean other rows."""


@dataclass(frozen=True)
class FindEnd:
    """Go to the end, and read the last `screenful` rows."""

    generation: int
    screenful: int


@dataclass(frozen=True)
class Stream:
    """Page forward through everything from row `first` until stopped."""

    generation: int
    first: int
    screenful: int


@dataclass(frozen=True)
class Question:
    """Anything else that is asked in the open snapshot; subclasses say what."""

    generation: int
    in_steps: ClassVar[bool] = False
    """Whether it goes in short statements and asks `given_up` between two."""
    passive: ClassVar[bool] = False
    """Whether it only looks: it opens nothing again, and does not keep the transaction. The newest counts."""
    keeps_cursor: ClassVar[bool] = False
    """Whether it leaves nothing open, so that a cursor in a subtransaction may stay; and takes the cursor
    as it stands, wherever it was moved to."""
    by_hand: ClassVar[bool] = False
    """Whether a `Failed` says that it was this that failed: who has asked shows it."""

    def run(self, snapshot: Any, emit: Callable[[Event], None], given_up: Callable[[], bool]) -> None:
        """Ask the server, on the browsing thread, between two other requests.

        Args:
            snapshot: The `Snapshot`, in which a transaction has begun.
            emit: Gets the answers.
            given_up: Whether nobody waits for them any longer.

        Raises:
            Refused: It cannot be; nothing is lost.
            Exception: Whatever else went wrong; the transaction is ended then.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Weigh:
    """About how many rows would a statement change? Answered with `Weighed`."""

    number: int
    """The answer repeats it."""
    sql: str
    values: tuple[BoundValue, ...] = ()


@dataclass(frozen=True)
class EndTransaction:
    """Commit what was written, or roll it back. Answered with `TransactionEnded`."""

    commit: bool


@dataclass(frozen=True)
class SetBatch:
    """Rows a FETCH; None sizes batches by what is measured."""

    rows: int | None


@dataclass(frozen=True)
class MeasureBackend:
    """Ask the server for the memory of this session, between two statements of an open transaction."""


@dataclass(frozen=True)
class Release:
    """End the transaction, unless it writes; the next request begins another. Answered with `Released`."""


@dataclass(frozen=True)
class Reconnect:
    """Connect again after the connection was lost."""


def passive(request: object) -> bool:
    """Whether a request only looks at what is there, which nobody waits for."""
    return isinstance(request, MeasureBackend | Release) or (
        isinstance(request, Question) and request.passive
    )


Request = (
    Open
    | Read
    | Seek
    | Find
    | FindEnd
    | Stream
    | TakeCount
    | Weigh
    | EndTransaction
    | SetBatch
    | MeasureBackend
    | Release
    | Reconnect
    | Question
)
