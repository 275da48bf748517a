"""Wide and many: a table of 1,600 columns, one of 10,000 partitions."""

from __future__ import annotations

import statistics
from typing import NamedTuple

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding, written
from tests.conftest import connect
from tests.terminal import MemorySampler, Terminal
from tests.terminal.program import ENTER, FIRST_ROW, PAGE_DOWN, PAGE_UP, browse, grid

COLUMNS, PARTITIONS = 1_600, 10_000
_ROWS = 2_000
"""Of the wide table: more than the memory budget holds."""
_ROWS_EACH = 10
"""Of a partition."""
_AT_ONCE = 500
"""Partitions made in a transaction: each takes locks."""
_RIGHT = "\x1b[C"


class _Opened(NamedTuple):
    """One opening: seconds until the rows are there, bytes of RSS more than before, seconds of keys."""

    seconds: float
    grown: int
    keys: dict[str, list[float]]


def create_wide(settings: ConnectionSettings) -> None:
    """Make `wide_1600`: numbers, and a text in every eighth column."""
    numbers = range(1, COLUMNS + 1)
    columns = ", ".join(f"c{n:04} {'int' if n % 8 else 'text'}" for n in numbers)
    values = ", ".join(f"i + {n}" if n % 8 else "'t' || i % 10" for n in numbers)
    _run(
        settings,
        f"CREATE TABLE wide_1600 ({columns})",
        f"INSERT INTO wide_1600 SELECT {values} FROM generate_series(1, {_ROWS}) AS i",
        "ANALYZE wide_1600",
    )


def create_partitions(settings: ConnectionSettings, groups: int) -> None:
    """Make `many_partitions`: in one group it takes 100 s and more, in 100 of 100 it takes 10.

    The server looks at all partitions of a table to make another.
    """
    each = PARTITIONS // groups
    at_once = min(each, _AT_ONCE)
    _run(settings, "CREATE TABLE many_partitions (id int NOT NULL, what text) PARTITION BY RANGE (id)")
    for group in range(groups):
        parent, first = "many_partitions", group * each
        if groups > 1:
            parent = f"many_group_{group:03}"
            bounds = f"FROM ({first * _ROWS_EACH}) TO ({(first + each) * _ROWS_EACH})"
            _run(
                settings,
                f"CREATE TABLE {parent} PARTITION OF many_partitions FOR VALUES {bounds}"
                " PARTITION BY RANGE (id)",
            )
        for begin in range(first, first + each, at_once):
            _run(settings, _block(parent, begin, begin + at_once))
    rows = PARTITIONS * _ROWS_EACH
    for begin in range(0, rows, rows // 20):
        numbers = f"generate_series({begin}, {begin + rows // 20 - 1}) AS i"
        _run(settings, f"INSERT INTO many_partitions SELECT i, 'row ' || i FROM {numbers}")
    _run(settings, "ANALYZE pg_class, pg_inherits")


def wide(settings: ConnectionSettings, runs: int) -> list[Finding]:
    """Open 1,600 columns from the tree, page and move in them."""
    opened = [_open(settings, "wide_1600") for _ in range(runs)]
    return [
        _opening("1,600 columns: opens", opened, 0.5),
        *(
            Finding(f"1,600 columns: {name}", statistics.median(_all(opened, name)), "ms")
            for name in opened[0].keys
        ),
    ]


def partitions(settings: ConnectionSettings, runs: int) -> list[Finding]:
    """Open 10,000 partitions from the tree."""
    return [
        _opening("10,000 partitions: opens", [_open(settings, "many_partitions") for _ in range(runs)], 2.0)
    ]


def _open(settings: ConnectionSettings, table: str) -> _Opened:
    with browse(settings) as terminal:
        terminal.wait_for("READ ONLY")
        terminal.settle(0.5)
        terminal.send("2")
        terminal.settle()
        terminal.send("/")
        terminal.settle()
        terminal.send(table)
        terminal.wait_for(rf"/ {table} .*\b1 of ")
        terminal.settle(0.5)
        with MemorySampler(terminal.process.pid) as memory:
            rest = memory.rss()
            terminal.send(ENTER)
            seconds = terminal.wait_for(FIRST_ROW)
            terminal.settle(0.3)
            keys = {
                "PageDown": _keys(terminal, PAGE_DOWN),
                "PageUp": _keys(terminal, PAGE_UP),
                "right": _keys(terminal, _RIGHT),
            }
        return _Opened(seconds, memory.peak - rest, keys)


def _keys(terminal: Terminal, key: str) -> list[float]:
    return [terminal.answer(key, grid()).seconds for _ in range(10)]


def _opening(name: str, opened: list[_Opened], limit: float) -> Finding:
    grown = max(each.grown for each in opened)
    beside = f"RSS peak above rest, with ten pages down and up: {written(grown, 'MiB')}"
    return Finding(name, statistics.median([each.seconds for each in opened]), "ms", limit, beside=beside)


def _all(opened: list[_Opened], name: str) -> list[float]:
    return [seconds for each in opened for seconds in each.keys[name]]


def _block(parent: str, first: int, end: int) -> str:
    return (
        f"DO $$ BEGIN FOR n IN {first}..{end - 1} LOOP EXECUTE format("
        f"'CREATE TABLE many_%s PARTITION OF {parent}"
        f" FOR VALUES FROM (%s) TO (%s)', n, n * {_ROWS_EACH}, (n + 1) * {_ROWS_EACH}); END LOOP; END $$"
    )


def _run(settings: ConnectionSettings, *statements: str) -> None:
    connection = connect(settings)
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()
