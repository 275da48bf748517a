"""What the demo's database is made of, in steps: each table in the transaction that makes it.

A server with `wal_level` minimal writes no WAL for rows of a table made in the same transaction
(https://www.postgresql.org/docs/current/populate.html). That is worth more than committing in pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from pgmem_tui.demo import all_types

STATISTICS = 100_000
"""The work of analyzing the small tables."""

Report = Callable[[str, int], None]
"""Called with what was done, and how much work it was."""


@dataclass(frozen=True)
class Amounts:
    """How many rows each table gets."""

    events: int = 2_000_000
    users: int = 20_000
    orders: int = 5_000
    sales: int = 100_000
    documents: int = 160
    wide: int = 5_000


@dataclass(frozen=True)
class Step:
    """Something to make and commit."""

    label: str
    work: int
    """What it costs, in rows of `events`."""
    run: Callable[[Connection, Report], None]


def lanes(amounts: Amounts) -> tuple[Sequence[Step], Sequence[Step]]:
    """The steps, in two sequences that may run side by side: the large table, and all the others."""
    users = amounts.users
    others = (
        _filled("documents", amounts.documents, chunk=8, cost=5_000),
        _filled("users", users, chunk=10_000, cost=10, users=users),
        _filled("orders", amounts.orders, chunk=5_000, cost=10, users=users),
        _filled("order_items", amounts.orders, chunk=5_000, cost=10),
        _filled("sales", amounts.sales, chunk=20_000, cost=4),
        _filled("wide", amounts.wide, chunk=1_000, cost=30),
        _single("all_types", 100_000, _create_all_types),
        _single('odd "schema"', 50_000, lambda cursor: _execute(cursor, "odd_schema")),
        _single("views and the like", 50_000, lambda cursor: _execute(cursor, "plain_objects")),
        _single("a foreign table", 10_000, _create_foreign_table),
        Step("statistics", STATISTICS, _analyze_the_rest),
    )
    return (_filled("events", amounts.events, chunk=100_000, cost=1, users=users),), others


def _filled(name: str, rows: int, *, chunk: int, cost: int, **parameters: int) -> Step:
    """A table made by three files: its definition, its rows (a chunk at a time), and its keys."""
    keys = rows * cost // 4

    def run(connection: Connection, report: Report) -> None:
        with connection.cursor() as cursor:
            _execute(cursor, f"{name}.table")
            for first in range(1, rows + 1, chunk):
                last = min(rows, first + chunk - 1)
                _execute(cursor, f"{name}.rows", first=first, last=last, total=rows, **parameters)
                report(name, (last - first + 1) * cost)
            report(f"keys of {name}", 0)
            _execute(cursor, f"{name}.keys")
        connection.commit()
        _analyze(connection, sql.Identifier(name))
        report(name, keys)

    return Step(name, rows * cost + keys, run)


def _single(label: str, work: int, create: Callable[[Cursor], None]) -> Step:
    """Something made in one go."""

    def run(connection: Connection, report: Report) -> None:
        report(label, 0)
        with connection.cursor() as cursor:
            create(cursor)
        connection.commit()
        report(label, work)

    return Step(label, work, run)


def _analyze(connection: Connection, *names: sql.Identifier) -> None:
    """VACUUM as well, or the first to read a table would have to write what it found out about each row."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.SQL(", ").join(names)))
    connection.autocommit = False


def _analyze_the_rest(connection: Connection, report: Report) -> None:
    with connection.cursor() as cursor:
        _execute(cursor, "not_vacuumed")
        names = cursor.fetchall()
    connection.commit()
    # The large table's lane sees to that one.
    _analyze(connection, *(sql.Identifier(*name) for name in names if name[1] != "events"))
    report("statistics", STATISTICS)


def _create_all_types(cursor: Cursor) -> None:
    _execute(cursor, "type_definitions")
    all_types.create(cursor)


def _create_foreign_table(cursor: Cursor) -> None:
    """It takes a contrib module and a superuser, and without them the demo does without it."""
    cursor.execute("SAVEPOINT without_foreign_table")
    try:
        _execute(cursor, "foreign_table")
    except psycopg2.Error:
        cursor.execute("ROLLBACK TO SAVEPOINT without_foreign_table")


def _execute(cursor: Cursor, name: str, **parameters: int) -> None:
    folder = resources.files("pgmem_tui.demo").joinpath("sql")
    text = folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
    # Without parameters a percent sign is only that.
    cursor.execute(text, parameters or None)
