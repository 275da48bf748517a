"""Completion in a catalog of 20,000 tables with 200,000 columns: `python -m tests.bench.completing DSN RUNS`.

As a program it is the process that completes, and prints JSON: nothing else is in its memory.
"""

from __future__ import annotations

import json
import queue
import statistics
import subprocess
import sys
import time

import psutil
from psycopg2.extensions import make_dsn

from pgmem_tui.paging.catalog_requests import CatalogEvent
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.completing import Complete, Completed
from pgmem_tui.postgres.settings import ConnectionSettings, from_text
from tests.bench.report import Finding, written
from tests.conftest import connect

TABLES, COLUMNS = 20_000, 10
_AT_ONCE = 400
"""Tables made in a transaction: each takes locks."""
_SCHEMAS = ("public", "sales", "stock", "people")
_WORDS = ("customer", "order", "invoice", "payment", "shipment", "product", "account", "event")
_TARGET, _MEMORY = 0.05, 25 << 20

_LONG = "".join(f"SELECT id, note FROM order_{number:05} WHERE amount > {number};\n" for number in range(700))
"""What else is in the editor: 40 kB."""
TYPED = {
    "all tables": "SELECT * FROM ^",
    "a table's first letter": "SELECT * FROM c^",
    "a table's beginning": "SELECT * FROM customer_0^",
    "letters of a table's name": "SELECT * FROM cstmr8^",
    "letters that no name has": "SELECT * FROM qqzzx^",
    "tables of a schema": "SELECT * FROM sales.^",
    "what can be joined": "SELECT * FROM customer_00008 AS c JOIN ^",
    "a join's condition": "SELECT * FROM customer_00008 AS c JOIN people.event_00007 AS e ON ^",
    "columns of three tables": "SELECT ^ FROM customer_00008 AS c, sales.order_00001, stock.invoice_00002",
    "a column's beginning": "SELECT c.no^ FROM customer_00008 AS c",
    "a name in an expression": "SELECT 1 FROM customer_00008 AS c WHERE l^",
    "a function's letters": "SELECT jsonagg^ FROM customer_00008 AS c",
    "a type": "SELECT 1::t^",
    "a key word": "SELECT 1 FROM customer_00008 AS c wh^",
    "a column, in 80 kB of statements": f"{_LONG}SELECT ^ FROM customer_00008 AS c;\n{_LONG}",
}
"""With the caret as `^`."""


def create(settings: ConnectionSettings) -> None:
    """Make the tables: each with a primary key, and a foreign key to the one before; a minute or two."""
    connection = connect(settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA sales; CREATE SCHEMA stock; CREATE SCHEMA people")
            for first in range(0, TABLES, _AT_ONCE):
                cursor.execute(";".join(_table(number) for number in range(first, first + _AT_ONCE)))
            cursor.execute("ANALYZE pg_class, pg_attribute, pg_constraint, pg_depend")
    finally:
        connection.close()


def completing(settings: ConnectionSettings, runs: int) -> list[Finding]:
    """Time from request to answer for each sort of thing, and what it adds to the client's memory.

    Args:
        settings: Of the database with the tables.
        runs: Answers of each sort.
    """
    dsn = make_dsn(**settings.parameters())
    argv = [sys.executable, "-m", "tests.bench.completing", dsn, str(runs)]
    measured = json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    seconds: dict[str, list[float]] = measured["seconds"]
    findings = [
        Finding(f"completion: {what}", statistics.median(each), "ms", _TARGET, beside=_beside(each, count))
        for (what, each), count in zip(seconds.items(), measured["answers"].values(), strict=True)
    ]
    beside = f"the first answer, with the connection: {written(measured['first'], 'ms')}"
    return [*findings, Finding("completion: RSS more", measured["grown"], "MiB", _MEMORY, beside=beside)]


def _beside(seconds: list[float], suggestions: int) -> str:
    return f"the slowest of {len(seconds)}: {written(max(seconds), 'ms')}; {suggestions} suggestions"


def _table(number: int) -> str:
    before = number - 1
    refers = f"REFERENCES {_name(before)}" if before >= 0 else ""
    return (
        f"CREATE TABLE {_name(number)} (id bigint PRIMARY KEY, parent bigint {refers}, note text,"
        " amount numeric(10,2), placed timestamptz, state text NOT NULL, tags text[], body jsonb,"
        " flag boolean, code varchar(12))"
    )


def _name(number: int) -> str:
    return f"{_SCHEMAS[number % len(_SCHEMAS)]}.{_WORDS[number % len(_WORDS)]}_{number:05}"


def _measure(dsn: str, runs: int) -> dict[str, object]:
    answers: queue.Queue[CatalogEvent] = queue.Queue()
    session = CatalogSession(from_text(dsn, {}), answers.put)
    session.start()
    rest = psutil.Process().memory_info().rss

    def ask(typed: str) -> tuple[float, int]:
        caret = typed.index("^")
        started = time.perf_counter()
        session.request(Complete(typed.replace("^", ""), caret))
        answer = answers.get(timeout=60)
        seconds = time.perf_counter() - started
        assert isinstance(answer, Completed), answer
        return seconds, len(answer.suggestions)

    first, _ = ask(next(iter(TYPED.values())))
    taken: dict[str, list[tuple[float, int]]] = {what: [] for what in TYPED}
    for _ in range(runs):
        for what, typed in TYPED.items():
            taken[what].append(ask(typed))
    grown = psutil.Process().memory_info().rss - rest
    session.close()
    return {
        "first": first,
        "grown": grown,
        "seconds": {what: [seconds for seconds, _ in each] for what, each in taken.items()},
        "answers": {what: each[0][1] for what, each in taken.items()},
    }


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], int(sys.argv[2]))))
