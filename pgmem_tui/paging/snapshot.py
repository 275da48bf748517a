"""One transaction, one snapshot, one source of rows in it; and how to get them back.

While a transaction that may write is open, what is read is read inside it, in its read-only part.
"""

from __future__ import annotations

from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.paging.open_value import OpenValue
from pgmem_tui.paging.opening import Opening, prepare
from pgmem_tui.paging.requests import Statement, Target
from pgmem_tui.paging.sources import RowSource
from pgmem_tui.paging.sources.anchored import Anchored
from pgmem_tui.paging.sources.choosing import choose
from pgmem_tui.paging.sources.held_rows import HeldRows
from pgmem_tui.paging.sources.key_order import ByKey
from pgmem_tui.paging.writing import Writing
from pgmem_tui.postgres import queries, transaction
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.cursor_operation import UNKNOWN
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.server_cursor import ServerCursor
from pgmem_tui.postgres.watched_connection import keeping_house

_BACKEND_MEMORY_SINCE = 140000


class Snapshot:
    """What is open on a connection. Used on the thread that owns it."""

    def __init__(self, connection: Connection, cell_limit: int, writing: Writing) -> None:
        """Nothing is open.

        Args:
            connection: Idle.
            cell_limit: Characters after which the server cuts a value.
            writing: Runs statements, and has the transaction that may write, if one is open.
        """
        self.writing = writing
        self.began = 0.0
        """When the transaction began, epoch seconds; 0 while there is none."""
        self.target: Target | None = None
        """What is to be read."""
        self.reason = ""
        """Why this snapshot is not the one that the target was opened in; empty if it is."""
        self.connection = connection
        """Of the thread that all this runs on."""
        self.value: OpenValue | None = None
        """The one value that is being read slice by slice; it goes with the transaction."""
        self._cell_limit = cell_limit
        self._number = 0
        self._source: RowSource | None = None
        self._before: RowSource | None = None
        """What read the same rows in the snapshot before, until they are read again."""
        self._fresh = False
        """Whether the target is a statement that is still to be run."""
        self._told = True
        """Whether rows that a statement returned were handed out."""
        self._opening: Opening | None = None
        self._why = ""
        self._spoiled = False
        """Whether someone else moved the cursor to where the source cannot go on."""
        self._may_ask_memory: bool | None = None

    @property
    def opening(self) -> Opening:
        """What the source was made from."""
        assert self._opening is not None, "nothing was opened"
        return self._opening

    @property
    def cursor(self) -> ServerCursor | None:
        """The cursor in use, if there is one."""
        cursor = self.last_cursor
        return None if cursor is None or cursor.closed else cursor

    @property
    def last_cursor(self) -> ServerCursor | None:
        """The same, or one that was closed by hand and not declared again yet."""
        return self._source.cursor if self._source else None

    @property
    def row(self) -> int:
        """The number of the row that the cursor would return next, from 0; -1 where nobody knows."""
        cursor = self.cursor
        if self._source is None or cursor is None or cursor.position == UNKNOWN:
            return -1
        return self._source.base + cursor.position

    @property
    def current(self) -> RowSource | None:
        """The source in use, as it stands."""
        return self._source

    @property
    def held(self) -> HeldRows | None:
        """The rows that are here, if what is open are such."""
        return self._source if isinstance(self._source, HeldRows) else None

    @property
    def usable(self) -> bool:
        """Whether rows can be read at once: something is open, and no statement has failed since."""
        if self.held is not None:
            return True
        status = self.connection.info.transaction_status
        return self._source is not None and status == ext.TRANSACTION_STATUS_INTRANS

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that a row can be sought by."""
        return self._source.keys if isinstance(self._source, ByKey) else ()

    @property
    def row_count(self) -> int | None:
        """How many rows there are, if that is known."""
        return self._source.row_count if self._source else None

    @property
    def source_name(self) -> str:
        """The kind of source in use and why not a better one; empty without any."""
        if self._source is None:
            return ""
        return f"{self._source.name} ({self._why})" if self._why else self._source.name

    def open(self, target: Target) -> None:
        """Read something else from now on, in a snapshot of its own."""
        # First of all: whatever goes wrong with the old one, it is the new one that comes back.
        self.target, self._opening = target, None
        self._fresh = isinstance(target, Statement)
        self.end()
        self._source, self._before, self._spoiled = None, None, False

    def forget_unrun(self) -> None:
        """Nothing runs a statement any longer that was opened and not run."""
        if self._fresh:
            self.target, self._fresh = None, False

    def run(self) -> None:
        """Run what was opened, if it is a statement. Nothing else here ever runs one."""
        if self._fresh and isinstance(self.target, Statement):
            self._fresh = False
            self._run(self.target)

    def moved(self, forward: bool) -> str:
        """Take note that someone else moved the cursor, or closed it.

        Args:
            forward: Whether it was moved forward only.

        Returns:
            Why the next read will not go on with it as it stands; empty if it will.
        """
        why = self._source.spoiled(forward) if self._source is not None else ""
        self._spoiled = bool(why) or self._spoiled
        return why

    def source(self, as_it_stands: bool = False) -> tuple[RowSource, bool]:
        """The source of the target's rows, and whether it had to be declared for this call.

        Args:
            as_it_stands: Whether a cursor that someone else has moved is to stay there.

        Raises:
            Refused: Nothing is open, or a statement whose rows are gone.
        """
        if self._source is not None:
            if self._spoiled and not as_it_stands:
                self._spoiled = False
                self._source.rest()
            declared, self._told = not self._told, True
            return self._source, declared
        if self.target is None:
            raise Refused("nothing is open", "open a table, or run a query")
        if isinstance(self.target, Statement):
            raise Refused("a statement is run once, and this one was", "run it again where it is written")
        self.began = self._begin()
        self._opening = prepare(self.connection, self.target, self._cell_limit)
        self._source, self._why = choose(self.connection, self.target, self._opening, self._cursor)
        self._source.open()
        if self._before is not None and isinstance(self._source, Anchored):
            self._source.go_on_from(self._before)
        self._before = None
        return self._source, True

    def _run(self, target: Statement) -> None:
        held = HeldRows(self.writing.run(target), self._cell_limit, target.writes)
        self._source, self._why, self._told = held, "", False
        limit = held.cell_limit
        self._opening = Opening(sql.Composed([]), held.columns, limit, None, limit)

    def _begin(self) -> float:
        work = self.writing.transaction
        return work.read_again() if work.open else transaction.begin(self.connection)

    def _leave(self) -> None:
        """Let go of what was read, and of nothing that was written."""
        work = self.writing.transaction
        if work.open:
            work.read_again()
        else:
            transaction.end(self.connection)

    def _cursor(self, query: sql.Composed, scrollable: bool = True, savepoint: bool = False) -> ServerCursor:
        self._number += 1
        name = f"pgmem_{self._number}"
        return ServerCursor(self.connection, name, query, scrollable, savepoint)

    def leave_savepoint(self) -> None:
        """Close a cursor that is in a subtransaction; the next read declares another."""
        if isinstance(self._source, Anchored) and self._source.cursor and self._source.cursor.savepoint:
            self._source.rest()

    def end(self, reason: str = "") -> None:
        """Close the cursor and end the transaction; `reason` tells why, if it comes back."""
        if self._source is not None and self._source.cursor is not None:
            self._source.cursor.close()
        self._leave()
        self.lose(reason)

    def fail(self, reason: str, forget: bool) -> None:
        """Roll back after an error; `forget` a target that never opened."""
        self._leave()
        self.lose(reason)
        if self._opening is None and (forget or isinstance(self.target, Statement)):
            self.target = None

    def lose(self, reason: str) -> None:
        """Take note that all is gone but rows that are here."""
        self._before = self._source or self._before
        self._source, self.began, self.value, self._spoiled = self.held, 0.0, None, False
        self.reason = reason if self._opening is not None else ""

    def resume(self, before: Snapshot) -> None:
        """Go on with what another connection had open."""
        self.target, self.reason, self._number = before.target, before.reason, before._number
        self._opening, self._source, self._before = before._opening, before.held, before._before

    def end_transaction(self, commit: bool) -> None:
        """Commit or roll back what was written; what is open comes back in another snapshot."""
        self.writing.end(commit)
        self.lose(f"after the {'commit' if commit else 'roll back'}")

    def backend_memory(self) -> int | None:
        """Bytes in this session's memory contexts; None where the server does not tell.

        https://www.postgresql.org/docs/current/view-pg-backend-memory-contexts.html
        """
        if (
            not (self.began or self.writing.transaction.open)
            or self.connection.info.server_version < _BACKEND_MEMORY_SINCE
        ):
            return None
        with keeping_house(self.connection), self.connection.cursor() as cursor:
            if self._may_ask_memory is None:
                # A refusal would end the transaction, and the cursor with it.
                cursor.execute(queries.query("backend_memory_readable"))
                self._may_ask_memory = cursor.fetchone() == ("t",)
            if not self._may_ask_memory:
                return None
            cursor.execute(queries.query("backend_memory"))
            (total,) = cursor.fetchone() or (None,)
        return int(total) if total is not None else None
