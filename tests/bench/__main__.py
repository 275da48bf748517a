"""Measure, and say what was reached: `python -m tests.bench --help`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg2 import sql

from pgmem_tui.demo.seed import seed
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.demo.steps import Amounts
from pgmem_tui.postgres.settings import ConnectionSettings, from_text
from tests.bench import (
    completing,
    compose,
    editing,
    export,
    jumps,
    keys,
    scale,
    start,
    streaming,
    tables,
    teaching,
    values,
)
from tests.bench.report import Finding, Report
from tests.conftest import connect


@dataclass(frozen=True)
class Place:
    """What is measured on."""

    big: ConnectionSettings
    """Has the big table."""
    table: str
    """Its name."""
    demo: ConnectionSettings
    """Has the demo's other tables."""
    crowd: ConnectionSettings
    """Has 20,000 tables."""


@dataclass(frozen=True)
class Amount:
    """How much is measured."""

    starts: int
    keys: int
    streams: int
    rows: int
    """To stream."""
    groups: int
    """Tables that the partitions of the table of many are spread over; in one it takes minutes to make."""


FULL = Amount(starts=9, keys=120, streams=3, rows=2_000_000, groups=1)
QUICK = Amount(starts=3, keys=30, streams=1, rows=1_000_000, groups=100)


def main() -> int:
    """Run it; returns 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--dsn", default="", help="a server to measure on, instead of one of our own")
    parser.add_argument("--table", default="huge", help="the big table there (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of our own server's big table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--only", default="", metavar="WORD", help="parts whose name has this in it")
    arguments = parser.parse_args()
    amount = QUICK if arguments.quick else FULL
    with _place(arguments.dsn, arguments.table, max(arguments.rows, amount.rows)) as place:
        report = Report(_server(place))
        print(report.heading(), flush=True)
        for findings in _measure(place, amount, arguments.only):
            report.add(*findings)
    print(f"\n{report.summary()}")
    if arguments.json:
        arguments.json.write_text(report.json(), encoding="utf-8")
    return int(any(finding.met is False for finding in report.findings))


def _measure(place: Place, amount: Amount, only: str) -> Iterator[list[Finding]]:
    hello = start.hello_rss()
    parts: dict[str, Callable[[], list[Finding]]] = {
        "version": lambda: start.version(amount.starts),
        "start": lambda: start.first_paint(place.big, place.table, amount.starts),
        "open": lambda: tables.first_rows(place.big, place.table, amount.starts * 3),
        "keys": lambda: keys.keys(place.big, place.table, amount.keys),
        "editing": lambda: editing.editing(place.big, place.table, amount.keys),
        "compose": lambda: compose.compose(place.demo, place.crowd, amount.keys),
        "jumps": lambda: jumps.jumps(place.big, place.table, amount.starts),
        "cancel": lambda: keys.cancel(place.big, amount.starts),
        "stream": lambda: streaming.streaming(place.big, place.table, amount.rows, hello, amount.streams),
        "teaching": lambda: teaching.teaching(place.big, place.table, amount.rows, amount.streams),
        "cache": lambda: streaming.full_cache(place.big, place.table, hello),
        "export": lambda: export.export(place.big, place.table, amount.rows, amount.streams),
        "documents": lambda: streaming.documents(place.demo),
        "values": lambda: values.reading(place.demo),
        "tables": lambda: tables.many(place.demo, place.crowd, amount.streams),
        "wide": lambda: _wide(place.demo, amount),
        "partitions": lambda: _partitions(place.crowd, amount),
        "completing": lambda: _completing(place.demo, amount),
    }
    for name, measure in parts.items():
        if only in name:
            yield measure()


def _wide(settings: ConnectionSettings, amount: Amount) -> list[Finding]:
    scale.create_wide(settings)
    return scale.wide(settings, amount.streams)


def _partitions(settings: ConnectionSettings, amount: Amount) -> list[Finding]:
    scale.create_partitions(settings, amount.groups)
    return scale.partitions(settings, amount.streams)


def _completing(server: ConnectionSettings, amount: Amount) -> list[Finding]:
    """In a database of its own: it takes a minute to make."""
    with _database(server, "wordy") as wordy:
        completing.create(wordy)
        return completing.completing(wordy, amount.starts)


@contextmanager
def _place(dsn: str, table: str, rows: int) -> Iterator[Place]:
    """A server with everything on it: our own, or a given one, where it makes and drops two databases."""
    if not dsn:
        with EmbeddedServer() as server, _database(server.settings, "demo") as demo:
            print(f"Filling {rows:,} rows …", flush=True)
            seed(demo, Amounts(events=rows))
            with _database(server.settings, "crowd") as crowd:
                tables.create(crowd, tables.TABLES)
                yield Place(demo, "events", demo, crowd)
        return
    given = from_text(dsn)
    with _database(given, "demo") as demo, _database(given, "crowd") as crowd:
        seed(demo, Amounts(events=20_000))
        tables.create(crowd, tables.TABLES)
        yield Place(given, table, demo, crowd)


@contextmanager
def _database(server: ConnectionSettings, name: str) -> Iterator[ConnectionSettings]:
    """A new database, dropped afterwards."""
    unique = f"pgmem_bench_{name}_{os.getpid()}"
    _maintain(server, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(unique)))
    try:
        yield replace(server, dbname=unique)
    finally:
        _maintain(server, sql.SQL("DROP DATABASE {}").format(sql.Identifier(unique)))


def _maintain(server: ConnectionSettings, statement: sql.Composed) -> None:
    connection = connect(server)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def _server(place: Place) -> str:
    connection = connect(place.big)
    try:
        version = connection.info.parameter_status("server_version")
        return f"PostgreSQL {version} on {place.big.host or 'the local socket'}"
    finally:
        connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
