"""Runs, and the sessions and processes that they may leave."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import psutil
import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.lab.process import Ended, Event, Job, Outcome, ProgramJob, Run
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect

MIB = 1 << 20


@pytest.fixture
def place(demo_database: ConnectionSettings) -> ConnectionSettings:
    """The demo's database, under an application name of this test's own."""
    return replace(demo_database, application_name=f"pgmem-lab-{secrets.token_hex(4)}")


@pytest.fixture
def observer(demo_database: ConnectionSettings) -> Iterator[Connection]:
    """Another connection, to look with."""
    connection = connect(demo_database)
    yield connection
    connection.close()


@pytest.fixture
def nothing_is_left(observer: Connection, place: ConnectionSettings) -> Iterator[None]:
    """No process and no session outlives the test."""
    yield
    eventually(lambda: not sessions(observer, place), about=lambda: sessions(observer, place))
    assert not children(), children()


def run(job: Job, cap: int | None = None) -> tuple[Outcome, list[Event]]:
    """Run it to its end."""
    events = list(Run(job, cap).events())
    last = events[-1]
    assert isinstance(last, Ended)
    return last.outcome, events


def program(place: ConnectionSettings, source: str, cap: int | None = None) -> Outcome:
    """Run a program to its end."""
    return run(ProgramJob(place, source, timeout=60), cap)[0]


def eventually(true: Callable[[], object], timeout: float = 10.0, about: Callable[[], object] = str) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline, about()
        time.sleep(0.01)


def sessions(observer: Connection, place: ConnectionSettings) -> list[tuple[str, str]]:
    """State and statement of each session of this test's runs."""
    with observer.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, ''), query FROM pg_stat_activity WHERE application_name LIKE %s",
            (f"{place.application_name}%",),
        )
        return [(state, query) for state, query in cursor.fetchall()]


def children() -> list[psutil.Process]:
    """Processes of runs that are still there."""
    return [child for child in psutil.Process().children(recursive=True) if is_run(child)]


def is_run(process: psutil.Process) -> bool:
    """Whether it is the process of a run."""
    try:
        return "pgmem_tui.lab.child" in process.cmdline()
    except psutil.Error:
        return False
