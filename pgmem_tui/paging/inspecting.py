"""Looking at the cursor of the screen from both of its ends, and moving it by hand.

A look is no use of the transaction: it neither keeps it from being released nor brings it back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from pgmem_tui.paging.events import Answer, Event
from pgmem_tui.paging.requests import Question
from pgmem_tui.paging.snapshot import Snapshot
from pgmem_tui.postgres.cursor_operation import Operation
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.inspected import ClientSide, Part, ServerSide
from pgmem_tui.postgres.inspecting import client_side, server_side
from pgmem_tui.postgres.relation import Column, Row

MOST_SHOWN = 100
"""Rows of an operation that are handed out."""
MOST_FETCHED = 1_000
"""Rows of one FETCH by hand: all of them come here at once."""
MOST_BYTES = 8 * 2**20
"""... and what they may take, if each is as wide as it can be."""

Emit = Callable[[Event], None]


@dataclass(frozen=True)
class Inspected(Answer):
    """The cursor as it was a moment ago."""

    cursor: str
    """Its name; empty without one."""
    source: str
    """Which kind of source reads through it, and why not a better one."""
    position: int
    """See `ServerCursor.position`."""
    row: int
    """See `CursorState.row`."""
    row_count: int | None
    """The cursor's, which may read a part of the rows only."""
    client: ClientSide
    server: ServerSide
    taken: float
    """Seconds that asking took."""


@dataclass(frozen=True)
class Operated(Answer):
    """One statement was sent about the cursor."""

    operation: Operation
    statement: str
    """As it was sent."""
    got: int
    """The number in its command tag."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = field(repr=False)
    """The first `MOST_SHOWN` that came."""
    before: int
    after: int
    """Where the cursor stands now; see `ServerCursor.position`."""
    row_count: int | None
    """As in `Inspected`."""
    seconds: float
    """That the statement took, as its report says: nothing of what is done here about it."""
    then: str
    """Why the next read of rows will not go on from there; empty if it will."""


@dataclass(frozen=True)
class Inspect(Question):
    """Look at the cursor; answered by `Inspected`."""

    parts: frozenset[Part] = frozenset()
    """What is wanted besides `pg_cursors` and the transaction."""
    passive: ClassVar[bool] = True
    keeps_cursor: ClassVar[bool] = True

    def run(self, snapshot: Snapshot, emit: Emit, given_up: Callable[[], bool]) -> None:
        """Ask both sides.

        Raises:
            psycopg2.Error: The connection is gone.
        """
        began = time.perf_counter()
        cursor = snapshot.last_cursor
        client = client_side(snapshot.connection, cursor.named if cursor is not None else None)
        if cursor is not None and cursor.closed:
            client = replace(client, closed=True)
        planned = cursor.declaration if cursor is not None and not cursor.closed else None
        server = server_side(snapshot.connection, self.parts, planned)
        emit(
            Inspected(
                self.generation,
                snapshot.cursor.name if snapshot.cursor is not None else "",
                snapshot.source_name,
                cursor.position if cursor is not None else 0,
                snapshot.row,
                cursor.row_count if cursor is not None else None,
                client,
                server,
                time.perf_counter() - began,
            )
        )


@dataclass(frozen=True)
class Operate(Question):
    """Send one FETCH, MOVE or CLOSE about the cursor, just as it is said; answered by `Operated`.

    Rows on the screen stay right: the next read knows where the cursor stands, or brings it back.
    """

    operation: Operation
    keeps_cursor: ClassVar[bool] = True
    by_hand: ClassVar[bool] = True

    def run(self, snapshot: Snapshot, emit: Emit, given_up: Callable[[], bool]) -> None:
        """Do it.

        Raises:
            Refused: There is no cursor, or more rows would come than are held at once.
            psycopg2.Error: The server refuses it, which ends the transaction.
        """
        cursor = snapshot.cursor
        if cursor is None:
            why = "these rows are held here" if snapshot.held is not None else "it was closed"
            raise Refused(f"there is no cursor: {why}", "" if snapshot.held is not None else _AGAIN)
        most = most_fetched(snapshot.opening.widest_row)
        if self.operation.most > most:
            raise Refused(
                f"a FETCH of so many rows brings them all here at once: {most:,} at most",
                "MOVE goes as far, and nothing comes",
            )
        before = cursor.position
        got, rows = cursor.operate(self.operation)
        columns = snapshot.opening.columns
        emit(
            Operated(
                self.generation,
                self.operation,
                self.operation.statement(cursor.name).as_string(snapshot.connection),
                got,
                columns,
                tuple(row[: len(columns)] for row in rows[:MOST_SHOWN]),
                before,
                cursor.position,
                cursor.row_count,
                cursor.took,
                snapshot.moved(self.operation.forward),
            )
        )


_AGAIN = "the next row that is scrolled to declares another"


def most_fetched(widest_row: int) -> int:
    """Rows that one FETCH by hand may bring.

    Args:
        widest_row: Bytes that the values of one can take.
    """
    return max(1, min(MOST_FETCHED, MOST_BYTES // max(1, widest_row)))
