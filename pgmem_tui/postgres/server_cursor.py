"""A named, server-side cursor: DECLARE, FETCH, MOVE, CLOSE, and where it stands before and after each.

The position counts as PostgreSQL's does: 0 before the first row, n on row n, one more than
the number of rows after the last (https://www.postgresql.org/docs/current/sql-fetch.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.cursor_operation import LARGEST_COUNT, Operation, Verb, landed
from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.watched_connection import about
from pgmem_tui.postgres.wire import Answer, measure


class ServerCursor:
    """One cursor of one transaction, made by psycopg2's `cursor(name=…, scrollable=…)`.

    It lives on the thread that owns the connection. After any error the transaction is aborted
    and the cursor gone: roll back and declare another.
    """

    def __init__(
        self,
        connection: Connection,
        name: str,
        query: sql.Composable,
        scrollable: bool = True,
        savepoint: bool = False,
    ) -> None:
        """Nothing is sent yet.

        Args:
            connection: In a transaction, or about to begin one.
            name: Unique within the session.
            query: A SELECT, VALUES, TABLE or WITH … SELECT.
            scrollable: Whether it may move back; where the plan cannot, the server then keeps what it read.
            savepoint: Whether its locks are to go with it, and not only with the transaction. Nothing else
                that was declared meanwhile outlives it
                (https://www.postgresql.org/docs/current/explicit-locking.html).
        """
        self.savepoint = savepoint
        """Whether it is in a subtransaction of its own, from `declare` to `close`."""
        self.name = name
        self.position = 0
        """Where the cursor stands (see the module's description); `UNKNOWN` after some operations."""
        self.row_count: int | None = None
        """How many rows the result has, once its end was seen."""
        self.took = 0.0
        """Seconds that the last statement took that was sent about it, as its report says."""
        self._connection = connection
        self._query = query
        self._closed = False
        self._named = connection.cursor(name=name, scrollable=scrollable)

    @property
    def named(self) -> ext.cursor:
        """psycopg2's cursor, to look at."""
        return self._named

    @property
    def closed(self) -> bool:
        """Whether it was closed, by itself and not with its transaction."""
        return self._closed or bool(self._named.closed)

    @property
    def scrollable(self) -> bool:
        """Whether it was declared SCROLL."""
        return bool(self._named.scrollable)

    @property
    def withhold(self) -> bool:
        """Whether it was declared WITH HOLD."""
        return self._named.withhold

    @property
    def description(self) -> Sequence[ext.Column]:
        """The result's columns; known after the first fetch only."""
        return self._named.description or ()

    @property
    def declaration(self) -> sql.Composed:
        """The DECLARE statement, as psycopg2 sends it."""
        scroll = "SCROLL" if self.scrollable else "NO SCROLL"
        return sql.SQL(f"DECLARE {{}} {scroll} CURSOR WITHOUT HOLD FOR {{}}").format(
            sql.Identifier(self.name), self._query
        )

    def declare(self) -> None:
        """DECLARE the cursor. The server plans the query and runs none of it."""
        if self.savepoint:
            self._execute(sql.SQL("SAVEPOINT {}").format(sql.Identifier(self.name)))
        with self._about():
            self._named.execute(self._query)

    def fetch(self, count: int) -> list[Row]:
        """FETCH FORWARD the next rows; fewer than `count` mean that the end was reached."""
        with self._about():
            rows: list[Row] = self._named.fetchmany(count)
            self._advance(len(rows), count)
        return rows

    def move_forward(self, count: int) -> int:
        """MOVE FORWARD past `count` rows, or to the end. Returns the number of rows passed."""
        with self._about():
            passed = self._move(f"FORWARD {count}")
            self._advance(passed, count)
        return passed

    def move_to(self, position: int) -> None:
        """MOVE ABSOLUTE, back to a position already passed once.

        The server walks back from here or again from the start, whichever is nearer.
        """
        while self.position > position:
            if position <= LARGEST_COUNT:
                reached, how = position, f"ABSOLUTE {position}"
            else:
                reached = max(position, self.position - LARGEST_COUNT)
                how = f"BACKWARD {self.position - reached}"
            with self._about():
                self._move(how)
                self.position = reached

    def operate(self, operation: Operation) -> tuple[int, list[Row]]:
        """Send one statement about the cursor, just as it is meant.

        Returns:
            The number in its command tag, and the rows that came.
        """
        if operation.verb is Verb.CLOSE:
            self.close()
            return 0, []
        with self._about() as answer, self._connection.cursor() as cursor:
            cursor.execute(operation.statement(self.name))
            got = int((cursor.statusmessage or "0").split()[-1])
            rows: list[Row] = cursor.fetchall() if cursor.description else []
            answer.nbytes, _ = measure(rows)
            self.position, self.row_count = landed(operation, self.position, self.row_count, got)
        return got, rows

    def rewind(self) -> None:
        """MOVE to before the first row, from wherever it stands."""
        with self._about():
            self._move("ABSOLUTE 0")
            self.position = 0

    def close(self) -> None:
        """CLOSE the cursor; does nothing if its transaction is gone."""
        if self.closed or self._connection.closed:
            return
        if self._connection.info.transaction_status == ext.TRANSACTION_STATUS_INTRANS:
            with self._about():
                if self.savepoint:
                    self._closed = True
                    close = "CLOSE {0}; ROLLBACK TO SAVEPOINT {0}; RELEASE SAVEPOINT {0}"
                    self._execute(sql.SQL(close).format(sql.Identifier(self.name)))
                else:
                    self._named.close()

    def _move(self, how: str) -> int:
        # cursor.scroll() takes a C int, and does not tell how far it came.
        with self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("MOVE {} FROM {}").format(sql.SQL(how), sql.Identifier(self.name)))
            return int((cursor.statusmessage or "MOVE 0").split()[-1])

    def _execute(self, statement: sql.Composed) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def _advance(self, passed: int, wanted: int) -> None:
        self.position += passed
        if passed < wanted:
            self.row_count = self.position if self.row_count is None else self.row_count
            self.position = self.row_count + 1

    @contextmanager
    def _about(self) -> Iterator[Answer]:
        """Inside is a statement about this cursor, and what it does to the position."""
        with about(self._connection, self.name, lambda: self.position) as answer:
            yield answer
        self.took = answer.seconds
