"""The log has all that the program sends, and only that; what is saved of it runs in psql."""

from __future__ import annotations

import queue
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from pgmem_tui.demo import binaries
from pgmem_tui.export import source
from pgmem_tui.export.job import Export, Order
from pgmem_tui.files.target import Target
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogFailed, Describe, ListRelations
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.counting import Count, Counted, ExportSnapshot, SnapshotExported
from pgmem_tui.paging.events import EndFound, Failed, StatementSent, StreamEnded
from pgmem_tui.paging.explaining import ExplainTarget
from pgmem_tui.paging.finding import Find, Found, NotFound
from pgmem_tui.paging.requests import (
    EndTransaction,
    FindEnd,
    MeasureBackend,
    NamedRelation,
    Statement,
    Stream,
)
from pgmem_tui.paging.values import ReadValue, ValueRead
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.postgres.wire_log import SENT, Numbered
from pgmem_tui.postgres.wire_script import script
from tests.conftest import PREFER
from tests.paging.harness import TIMEOUT, Sessions, run
from tests.paging.value_asking import Asking
from tests.postgres.wiretap import Wiretap


@pytest.fixture
def tap(database: ConnectionSettings) -> Iterator[Wiretap]:
    run(database, "CREATE TABLE t AS SELECT i, 'row ' || i AS note FROM generate_series(1, 3000) AS i")
    run(database, "VACUUM ANALYZE t", "CREATE TABLE kept (i int)")
    opened = Wiretap(database)
    opened.start()
    yield opened
    opened.stop()


def browse(sessions: Sessions, tap: Wiretap) -> str:
    """All sorts of things on the browsing connection; the name of a snapshot that is still held."""
    session = sessions.start(tap.settings, writable=True)
    session.open(NamedRelation("t"))
    session.read(2000, 2040)
    session.request(FindEnd(session.generation, 10))
    session.wait(EndFound)
    session.request(Find(session.generation, "row 2222", 0))
    session.wait_for((Found, NotFound, Failed))
    session.request(Stream(session.generation, 0, 10))
    session.wait(StreamEnded)
    session.request(MeasureBackend())
    session.open("SELECT i, repeat('x', 1000) FROM t ORDER BY note -- to the end")
    session.read(500, 510)
    session.open(Statement("SHOW work_mem"))
    session.open(Statement("INSERT INTO kept VALUES (1) RETURNING i", writes=True))
    session.open("SELECT * FROM kept")
    session.request(EndTransaction(True))
    session.fail("SELECT 1 / 0 FROM t")
    session.fail("SELECT nope")
    session.open(NamedRelation("t"))
    asking = Asking(session)
    asking.ask(asking.make(ReadValue, asking.again(1), 0, 1000), ValueRead)
    session.request(ExportSnapshot(session.generation))
    name = session.wait(SnapshotExported).snapshot
    session.settle()
    return name


def look_up(tap: Wiretap, snapshot: str) -> None:
    """The same on the second connection."""
    answers: queue.Queue[CatalogEvent] = queue.Queue()
    catalog = CatalogSession(tap.settings, answers.put)
    catalog.start()
    for request in (
        ListRelations(),
        Describe(0),
        Count(NamedRelation("t"), snapshot=snapshot),
        ExplainTarget(NamedRelation("t"), analyze=True),
    ):
        catalog.request(request)
        event = answers.get(timeout=TIMEOUT)
        while not isinstance(event, Counted | CatalogFailed) and isinstance(request, Count):
            event = answers.get(timeout=TIMEOUT)
        assert isinstance(event, CatalogFailed) == isinstance(request, Describe), event
    assert catalog.close()


def export(tap: Wiretap, path: Path) -> None:
    job = Export(Order(tap.settings, source.of_query("SELECT * FROM t", "t"), "csv", Target(str(path))))
    job.start()
    assert job.wait(TIMEOUT) and job.outcome is not None and job.outcome.problem is None


@pytest.fixture
def sent(sessions: Sessions, tap: Wiretap, tmp_path: Path) -> tuple[Numbered, ...]:
    before = SENT.newest
    look_up(tap, browse(sessions, tap))
    export(tap, tmp_path / "t.csv")
    sessions.close()
    return SENT.since(before)


def statements(sent: tuple[Numbered, ...]) -> list[StatementReport]:
    return [found.report for found in sent if not found.report.of_connection]


def test_the_log_has_all_that_is_sent_and_only_that(sent: tuple[Numbered, ...], tap: Wiretap) -> None:
    heard = {each.name.removeprefix("pgmem-tui "): list(each) for each in tap.connections}
    assert set(heard) == {"browse", "catalog", "export"} and len(tap.connections) == 3
    for label, texts in heard.items():
        assert [each.sql for each in statements(sent) if each.connection == label] == texts
    kinds = {found.report.kind for found in sent}
    assert kinds >= {"BEGIN", "SET LOCAL", "DECLARE", "FETCH", "MOVE", "CLOSE", "COMMIT", "ROLLBACK", "COPY"}
    assert kinds >= {"SAVEPOINT", "RELEASE", "ROLLBACK TO", "EXPLAIN", "DO", "SELECT", "WITH"}
    assert [found.number for found in sent] == list(range(sent[0].number, sent[-1].number + 1))


def test_what_it_says_of_cursors(sent: tuple[Numbered, ...]) -> None:
    about = [found.report for found in sent if found.report.cursor == "pgmem_1"]
    assert about[0].kind == "DECLARE" and about[1].kind == "FETCH"
    assert (about[1].before, about[1].after, about[1].rows) == (0, 10, 10) and about[1].nbytes > 60
    value = [found.report for found in sent if found.report.cursor == "pgmem_value"]
    assert [report.kind for report in value][:3] == ["DECLARE", "FETCH", "FETCH"]
    # Two hexadecimal digits a byte of 'row 1', its size, and no count of its characters.
    assert (value[2].rows, value[2].nbytes, value[2].exact) == (1, 11, True)
    house = [found.report for found in sent if found.report.housekeeping]
    assert any("pg_backend_memory_contexts" in report.sql for report in house)
    assert not any("DECLARE" in report.kind for report in house)


def test_the_screen_is_not_told_of_housekeeping(sessions: Sessions) -> None:
    session = sessions.start()
    session.open("SELECT 1")
    before = SENT.newest
    session.settle()
    told = [event.report for event in session.of(StatementSent)]
    assert not any(report.housekeeping for report in told)
    assert any(found.report.housekeeping for found in SENT.since(before))


def _psql() -> str:
    found = binaries.find(PREFER)  # type: ignore[arg-type]
    program = found.bindir / "psql"
    return str(program) if program.exists() else shutil.which("psql") or "psql"


def test_psql_runs_what_is_saved_and_nothing_is_changed(
    sent: tuple[Numbered, ...], database: ConnectionSettings, tmp_path: Path
) -> None:
    path = tmp_path / "sent.sql"
    path.write_text("".join(script(sent, lost=7)), encoding="utf-8")
    done = subprocess.run(
        [
            _psql(),
            "-X",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            make_dsn(**database.parameters()),
            "-f",
            str(path),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr and "row 2040" in done.stdout
    assert run(database, "SELECT count(*) FROM kept") == [(1,)]
    assert "\n-- INSERT INTO kept" in path.read_text()
    assert (
        f"-- {len(statements(sent)):,} statements that pgmem-tui has sent; 7 more lines, before"
        in path.read_text()
    )


def report(kind: str, sql: str, connection: str = "browse", error: str = "") -> StatementReport:
    return StatementReport(connection, kind, sql, 0.0, 0.001, error=error, length=len(sql))


BEGIN = report("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")


@pytest.mark.parametrize(
    ("reports", "runs"),
    [
        ([report("FETCH", "FETCH 1 FROM x"), BEGIN], [BEGIN.sql, "ROLLBACK"]),
        ([BEGIN, BEGIN, report("ROLLBACK", "ROLLBACK")], [BEGIN.sql, "ROLLBACK", BEGIN.sql, "ROLLBACK"]),
        ([BEGIN, report("COMMIT", "COMMIT"), report("DELETE", "DELETE FROM t")], [BEGIN.sql, "COMMIT"]),
        (
            [report("BEGIN", "BEGIN READ WRITE"), report("SELECT", "SELECT f()"), report("COMMIT", "COMMIT")],
            [],
        ),
        ([report("BEGIN", "BEGIN"), report("DELETE", "DELETE FROM t\r; DROP TABLE t\n; DROP TABLE u")], []),
        ([BEGIN, report("SELECT", "SELECT\nnope", error="42703")], [BEGIN.sql, "ROLLBACK"]),
        (
            [
                *(BEGIN, report("RELEASE", "RELEASE SAVEPOINT a")),
                *(report("SAVEPOINT", "SAVEPOINT a;\nSELECT"), report("RELEASE", "RELEASE SAVEPOINT a")),
                report("SAVEPOINT", "SAVEPOINT a; SELECT nope", error="42703"),
                *(report("ROLLBACK TO", "ROLLBACK TO SAVEPOINT a"), report("RELEASE", "RELEASE SAVEPOINT a")),
            ],
            [BEGIN.sql, "SAVEPOINT a", "SELECT", "RELEASE SAVEPOINT a", "ROLLBACK"],
        ),
        (
            [BEGIN, report("SELECT", "SELECT a[:USER], a[1:USER] -- x")],
            [BEGIN.sql, "SELECT a[\\:USER], a[1\\:USER] -- x\n", "ROLLBACK"],
        ),
        (
            [BEGIN, report("SET TRANSACTION", "SET TRANSACTION SNAPSHOT '1-2'; SET LOCAL jit = off")],
            [BEGIN.sql, "SET LOCAL jit = off", "ROLLBACK"],
        ),
        (
            [
                replace(report("BEGIN", "BEGIN; DELETE FROM t; COMMIT; BEGIN READ ONLY"), alone=True),
                replace(report("SET TRANSACTION", "SET TRANSACTION READ WRITE"), alone=True),
                replace(report("SELECT", "SELECT 1; COMMIT; DELETE FROM t"), alone=True),
            ],
            [],
        ),
    ],
)
def test_what_is_run_and_what_is_a_comment(reports: list[StatementReport], runs: list[str]) -> None:
    text = "".join(script([Numbered(number, each) for number, each in enumerate(reports, 1)]))
    lines = [line.partition(";  --")[0] for line in text.split("\n") if line and not line.startswith("--")]
    assert lines[0] == "\\connect -"
    assert "\n".join(lines[1:]).replace(";", "").split("\n") == "\n".join(runs).split("\n")
    assert "\r" not in text


def test_what_is_not_run_says_why() -> None:
    reports = [
        replace(report("FETCH", 'FETCH FORWARD 5 FROM "c"'), cursor="c"),
        report("ROLLBACK", "ROLLBACK"),
        report("BEGIN", "BEGIN READ WRITE"),
        report("INSERT", "INSERT INTO t VALUES (1)"),
        replace(report("VACUUM", "VACUUM t"), connection="lesson worker", alone=True),
    ]
    text = "".join(script([Numbered(number, each) for number, each in enumerate(reports, 7)], lost=6))
    assert "; 6 more lines, before them or of housekeeping, are not kept\n" in text
    assert "-- not run: its connection is in autocommit" in text
    assert "\n-- connection: browse\n" in text
    assert (
        "-- not run: the BEGIN of its transaction is not kept, nor is its DECLARE\n-- FETCH FORWARD" in text
    )
    assert "-- not run: the BEGIN of its transaction is not kept\n-- ROLLBACK" in text
    assert "-- not run: its transaction may write\n-- INSERT" in text
