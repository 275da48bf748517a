"""The thread that owns the second connection, on a real server."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg2
import pytest

from pgmem_tui.paging.catalog_requests import (
    CatalogEvent,
    CatalogFailed,
    CatalogRequest,
    Describe,
    FindRelation,
    ListRelations,
    LoadRelation,
    RelationDescribed,
    RelationFound,
    RelationsListed,
)
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.connection import connect as watched
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import StatementReport
from tests.conftest import connect as connect_writing


@dataclass(frozen=True)
class Asked(CatalogEvent):
    """The answer to `Ask`."""

    value: str
    thread: str


@dataclass(frozen=True)
class Ask(CatalogRequest):
    """Any statement: how later questions are added."""

    sql: str

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> Asked:
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            (value,) = cursor.fetchone() or ("",)
        return Asked(self.generation, value, threading.current_thread().name)


class Answers:
    """A session, and what it answered."""

    def __init__(
        self,
        settings: ConnectionSettings,
        connect: Callable[[ConnectionSettings, str], Connection] | None = None,
    ) -> None:
        self.events: queue.Queue[CatalogEvent] = queue.Queue()
        self.statements: list[StatementReport] = []
        self.connections: list[Connection] = []

        def counted(settings: ConnectionSettings, label: str) -> Connection:
            opened = connect(settings, label) if connect else watched(settings, label, self.statements.append)
            self.connections.append(opened)
            return self.connections[-1]

        self.session = CatalogSession(settings, self.events.put, counted)
        self.session.start()

    def ask(self, request: CatalogRequest) -> CatalogEvent:
        self.session.request(request)
        return self.events.get(timeout=20)


@pytest.fixture
def answers(database: ConnectionSettings) -> Iterator[Answers]:
    writing = connect_writing(database)
    with writing.cursor() as cursor:
        cursor.execute("CREATE TABLE events (id int PRIMARY KEY); INSERT INTO events VALUES (1)")
    writing.close()
    opened = Answers(database)
    yield opened
    assert opened.session.close()


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_answers_carry_the_generation(answers: Answers) -> None:
    listed = answers.ask(ListRelations(system=False, generation=7))
    assert isinstance(listed, RelationsListed) and listed.generation == 7 and not listed.system
    (entry,) = listed.entries
    described = answers.ask(Describe(entry.oid, generation=8))
    assert isinstance(described, RelationDescribed) and described.generation == 8
    assert described.details.primary_key == ("id",)
    for request in (FindRelation("Events", generation=9), LoadRelation(entry.oid, generation=9)):
        found = answers.ask(request)
        assert isinstance(found, RelationFound) and found.generation == 9
        assert found.relation == described.details.relation


def test_it_connects_with_the_first_request_and_once(answers: Answers) -> None:
    assert answers.connections == []
    name = answers.ask(Ask("SELECT current_setting('application_name')"))
    assert isinstance(name, Asked) and name.value == "pgmem-tui catalog"
    assert name.thread == "pgmem-catalog"
    answers.ask(ListRelations())
    assert len(answers.connections) == 1


def test_nothing_stays_open_and_nothing_can_be_written(answers: Answers) -> None:
    failed = answers.ask(Ask("INSERT INTO events VALUES (2) RETURNING id"))
    assert isinstance(failed, CatalogFailed) and failed.problem.sqlstate == "25006"
    assert not failed.problem.lost
    failed = answers.ask(Ask("SET TRANSACTION READ WRITE"))
    assert isinstance(failed, CatalogFailed) and failed.problem.sqlstate == "25001"
    connection = answers.connections[0]
    _wait(lambda: connection.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_IDLE)


def test_statements_are_reported(answers: Answers) -> None:
    answers.ask(ListRelations())
    assert [report.kind for report in answers.statements] == [
        "BEGIN",
        "SET LOCAL",
        "WITH",
        "SELECT",
        "ROLLBACK",
    ]
    assert {report.connection for report in answers.statements} == {"catalog"}
    query = answers.statements[2]
    assert "pg_catalog.pg_class" in query.sql and query.rows == 1 and query.seconds > 0


def test_errors_are_answers(answers: Answers) -> None:
    failed = answers.ask(FindRelation("evnts", generation=3))
    assert isinstance(failed, CatalogFailed) and failed.generation == 3
    assert failed.nearest_names == ("events",) and "evnts" in failed.problem.message
    failed = answers.ask(FindRelation("events_pkey"))
    assert isinstance(failed, CatalogFailed) and "is an index" in failed.problem.message
    failed = answers.ask(Ask("SELECT 1/0"))
    assert isinstance(failed, CatalogFailed) and failed.problem.sqlstate == "22012"
    assert isinstance(answers.ask(ListRelations()), RelationsListed)


def test_a_lost_connection_is_opened_again(answers: Answers, database: ConnectionSettings) -> None:
    answers.ask(ListRelations())
    killer = connect_writing(database)
    with killer.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", (answers.connections[0].info.backend_pid,))
    killer.close()
    assert isinstance(answers.ask(ListRelations()), RelationsListed)
    assert len(answers.connections) == 2


def test_a_connection_that_dies_each_time_is_an_answer(answers: Answers) -> None:
    suicide = Ask("SELECT pg_terminate_backend(pg_backend_pid())")
    failed = answers.ask(suicide)
    assert isinstance(failed, CatalogFailed) and failed.problem.lost
    assert len(answers.connections) == 1
    answers.ask(ListRelations())
    failed = answers.ask(suicide)
    assert isinstance(failed, CatalogFailed) and failed.problem.lost
    assert len(answers.connections) == 3
    assert isinstance(answers.ask(ListRelations()), RelationsListed)


def test_a_server_that_is_not_there() -> None:
    answers = Answers(ConnectionSettings(host="127.0.0.1", port="1", dbname="x", user="x", password="s3cret"))
    failed = answers.ask(ListRelations(generation=1))
    assert isinstance(failed, CatalogFailed) and "refused" in failed.problem.message
    assert "s3cret" not in repr(failed)
    assert answers.session.close()


def test_cancel_stops_what_runs_and_nothing_after_it(answers: Answers) -> None:
    answers.session.cancel()  # nothing runs
    answers.session.request(Ask("SELECT pg_sleep(60)::text"))
    _wait(lambda: [report for report in answers.statements if report.kind == "BEGIN"])
    began = time.monotonic()
    answers.session.cancel()
    failed = answers.events.get(timeout=20)
    assert isinstance(failed, CatalogFailed) and failed.problem.canceled
    assert time.monotonic() - began < 5
    assert isinstance(answers.ask(ListRelations()), RelationsListed)
    assert len(answers.connections) == 1


def test_what_waits_is_withdrawn_and_what_runs_is_not(answers: Answers) -> None:
    answers.ask(ListRelations())
    runs, waits = Ask("SELECT pg_sleep(0.3)::text"), Ask("SELECT 'never'", generation=7)
    answers.session.request(runs)
    _wait(lambda: [report for report in answers.statements if report.kind == "BEGIN"][1:])
    answers.session.request(waits)
    assert answers.session.withdraw(waits)
    assert not answers.session.withdraw(waits) and not answers.session.withdraw(runs)
    assert not isinstance(answers.events.get(timeout=20), CatalogFailed)
    assert answers.ask(Ask("SELECT 'last'", generation=8)).generation == 8


def test_equal_requests_that_wait_get_one_answer(answers: Answers) -> None:
    answers.ask(ListRelations())
    answers.session.request(Ask("SELECT pg_sleep(0.3)::text"))
    for generation in range(1, 6):
        answers.session.request(ListRelations(generation=generation))
    answers.session.request(FindRelation("events"))
    kinds = [answers.events.get(timeout=20) for _ in range(3)]
    assert isinstance(kinds[0], Asked)
    assert isinstance(kinds[1], RelationsListed) and kinds[1].generation == 5
    assert isinstance(kinds[2], RelationFound)
    assert answers.events.empty()


def test_close_ends_what_runs_at_once(database: ConnectionSettings) -> None:
    answers = Answers(database)
    answers.session.request(Ask("SELECT pg_sleep(60)::text"))
    _wait(lambda: answers.statements)
    began = time.monotonic()
    assert answers.session.close(timeout=5)
    assert time.monotonic() - began < 5
    assert answers.events.empty() and answers.connections[0].closed


def test_close_waits_no_longer_than_told() -> None:
    connecting, hanging = threading.Event(), threading.Event()

    def never(settings: ConnectionSettings, label: str) -> Connection:
        connecting.set()
        hanging.wait(20)
        raise psycopg2.OperationalError("given up")

    answers = Answers(ConnectionSettings(), never)
    answers.session.request(ListRelations())
    assert connecting.wait(20)
    assert not answers.session.close(timeout=0.1)
    hanging.set()
    assert answers.session.close(timeout=5)
    assert answers.events.empty()


def test_close_before_start_and_twice(database: ConnectionSettings) -> None:
    session = CatalogSession(database, lambda event: None)
    assert session.close()
    answers = Answers(database)
    assert answers.session.close() and answers.session.close()
