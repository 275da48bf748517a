"""Cancel what runs, and only that."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from psycopg2 import errors

from pgmem_tui.postgres.cancellation import Cancellation
from pgmem_tui.postgres.connection import Connection, connect
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect as connect_writing
from tests.paging.harness import Relay


@pytest.fixture
def connection(database: ConnectionSettings) -> Iterator[Connection]:
    opened = connect(database, "test")
    yield opened
    opened.close()


def wait_until_it_sleeps(database: ConnectionSettings, connection: Connection) -> None:
    watcher = connect_writing(database)
    deadline = time.monotonic() + 10
    try:
        with watcher.cursor() as cursor:
            while cursor.rowcount < 1:
                cursor.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'",
                    (connection.info.backend_pid,),
                )
                assert time.monotonic() < deadline
    finally:
        watcher.close()


def sleep(connection: Connection, seconds: float = 60) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", (seconds,))


@pytest.mark.parametrize("number", [0, 7])
def test_what_runs_is_stopped_and_the_connection_stays_usable(
    database: ConnectionSettings, connection: Connection, number: int
) -> None:
    cancellation = Cancellation(connection)
    answers: list[bool] = []

    def cancel() -> None:
        wait_until_it_sleeps(database, connection)
        answers.append(cancellation.cancel(number + 1))
        answers.append(cancellation.cancel(number))

    canceller = threading.Thread(target=cancel)
    canceller.start()
    began = time.monotonic()
    with pytest.raises(errors.QueryCanceled), cancellation.running(number):
        sleep(connection)
    assert time.monotonic() - began < 5
    canceller.join()
    assert answers == [False, True]
    connection.rollback()
    sleep(connection, 0)


def test_a_cancel_holds_no_other_thread_up(database: ConnectionSettings) -> None:
    relay = Relay(database)  # in this process: it only runs if Python's lock is free
    relay.start()
    connection = connect(relay.settings, "test")
    try:
        cancellation = Cancellation(connection)

        def cancel() -> None:
            wait_until_it_sleeps(database, connection)
            cancellation.cancel()

        canceller = threading.Thread(target=cancel, daemon=True)
        canceller.start()
        with pytest.raises(errors.QueryCanceled), cancellation.running():
            sleep(connection)
        canceller.join()
    finally:
        connection.close()
        relay.stop()


def test_nothing_runs(connection: Connection) -> None:
    cancellation = Cancellation(connection)
    assert not cancellation.cancel()
    with cancellation.running(1):
        assert cancellation.cancel(1)
    assert not cancellation.cancel(1)
    sleep(connection, 0)


def test_a_closed_connection(connection: Connection) -> None:
    cancellation = Cancellation(connection)
    connection.close()
    with cancellation.running():
        assert not cancellation.cancel()


def test_after_an_error_nothing_runs(connection: Connection) -> None:
    cancellation = Cancellation(connection)
    with pytest.raises(ZeroDivisionError), cancellation.running(1):
        raise ZeroDivisionError
    assert not cancellation.cancel(1)


def test_a_cancel_hits_no_later_statement(connection: Connection) -> None:
    """Cancels sent without end stop statements of their own number, and none of the others."""
    cancellation = Cancellation(connection)
    over = threading.Event()

    def cancel() -> None:
        while not over.is_set():
            cancellation.cancel(1)

    canceller = threading.Thread(target=cancel)
    canceller.start()
    hit = 0
    try:
        for _ in range(50):
            try:
                with cancellation.running(1):
                    sleep(connection, 0.005)
            except errors.QueryCanceled:
                hit += 1
                connection.rollback()
            with cancellation.running(2):
                sleep(connection, 0.001)
            sleep(connection, 0)
    finally:
        over.set()
        canceller.join()
    assert hit > 10
