"""The ring of statements: bounded, numbered, for any thread."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace

from pgmem_tui.postgres.connection import connect
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import LONGEST, StatementReport
from pgmem_tui.postgres.wire_log import MOST_BYTES, MOST_HOUSEKEEPING, MOST_REPORTS, SENT, WireLog


def report(sql: str) -> StatementReport:
    return StatementReport("browse", "SELECT", sql, 0.0, 0.0)


def texts(log: WireLog) -> list[tuple[int, str]]:
    return [(number, kept.sql) for number, kept in log]


def test_an_empty_one() -> None:
    log = WireLog()
    assert (log.newest, log.lost, log.nbytes, log.since(0), list(log)) == (0, 0, 0, (), [])


def test_the_oldest_fall_out_and_are_counted() -> None:
    log = WireLog(most_reports=3)
    for number in range(1, 6):
        log.add(report(f"q{number}"))
    assert texts(log) == [(3, "q3"), (4, "q4"), (5, "q5")]
    assert (log.newest, log.lost) == (5, 2)
    assert [number for number, _ in log.since(3)] == [4, 5]
    assert [number for number, _ in log.since(1)] == [3, 4, 5]
    assert log.since(5) == log.since(99) == ()


def test_texts_have_a_bound_too() -> None:
    log = WireLog(most_bytes=1000)
    for _ in range(10):
        log.add(report("x" * 300))
    assert (len(list(log)), log.lost) == (2, 8)
    assert log.nbytes == 2 * sys.getsizeof("x" * 300)
    log.add(report("😀" * 300))  # four bytes each
    assert (list(log), log.nbytes, log.lost) == ([], 0, 11)


def test_housekeeping_leaves_room_for_all_else() -> None:
    log = WireLog(most_reports=MOST_HOUSEKEEPING + 5)
    log.add(report("first"))
    for number in range(MOST_HOUSEKEEPING * 2):
        log.add(replace(report(f"house {number}"), housekeeping=True))
    log.add(report("last"))
    kept = texts(log)
    assert kept[0] == (1, "first") and kept[-1] == (MOST_HOUSEKEEPING * 2 + 2, "last")
    assert len(kept) == MOST_HOUSEKEEPING + 2 and log.lost == MOST_HOUSEKEEPING
    assert [number for number, _ in kept] == sorted(number for number, _ in kept)
    for number in range(9):
        log.add(report(str(number)))
    assert len(texts(log)) == MOST_HOUSEKEEPING + 5 and texts(log)[0][1].startswith("house")


def test_the_longest_texts_leave_room_for_some() -> None:
    log = WireLog()
    for _ in range(MOST_REPORTS):
        log.add(report("😀" * LONGEST))
    assert len(list(log)) >= 15 and log.nbytes <= MOST_BYTES


def test_any_thread_may_add_and_look() -> None:
    log = WireLog(most_reports=50)
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            numbers = [number for number, _ in log]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True

    def add() -> None:
        for _ in range(5000):
            log.add(report("x"))

    failed: list[object] = []
    hook, threading.excepthook = threading.excepthook, failed.append
    try:
        looking, adding = threading.Thread(target=look), [threading.Thread(target=add) for _ in range(4)]
        for thread in (looking, *adding):
            thread.start()
        for thread in adding:
            thread.join()
        stop.set()
        looking.join()
    finally:
        threading.excepthook = hook
    assert not failed and (log.newest, log.lost) == (20_000, 19_950)


def test_it_costs_microseconds() -> None:
    log, one = WireLog(), report("FETCH FORWARD 200 FROM pgmem_1")

    def run() -> float:
        began = time.perf_counter()
        for _ in range(10_000):
            log.add(one)
        return time.perf_counter() - began

    assert min(run() for _ in range(5)) / 10_000 < 10e-6


def test_every_connection_of_the_program_adds(database: ConnectionSettings) -> None:
    before = SENT.newest
    told: list[StatementReport] = []
    plain, listened = connect(database, "one"), connect(database, "two", told.append)
    for connection in (plain, listened):
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.close()
    added = [found for _, found in SENT.since(before)]
    kinds = [(found.connection, found.kind) for found in added if not found.of_connection]
    assert kinds == [(label, kind) for label in ("one", "two") for kind in ("BEGIN", "SELECT", "COMMIT")]
    assert [found.connection for found in added if found.of_connection] == ["one", "two"]
    assert told == added[-3:]
