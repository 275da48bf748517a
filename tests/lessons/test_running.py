"""How lessons run: what fails, what may, what is ended, and that nothing is left."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from pgmem_tui.lab.events import Connected, Sampled
from pgmem_tui.lessons import binding, printing, running
from pgmem_tui.lessons.claims import Verdict
from pgmem_tui.lessons.errors import CannotRun
from pgmem_tui.lessons.lesson import Program, Statement
from pgmem_tui.lessons.running import LessonRun, StepResult
from pgmem_tui.lessons.site import Site
from pgmem_tui.postgres import wire_log
from pgmem_tui.postgres.catalog import NoSuchRelation
from tests.conftest import connect
from tests.export.conftest import eventually
from tests.lessons.conftest import made, whole
from tests.lessons.test_lessons import others

SLEEP = 'import psycopg2\npsycopg2.connect("").cursor().execute("SELECT pg_sleep(100)")'


def test_a_claim_that_does_not_hold(bare: Site) -> None:
    lesson = made('from pgmem_tui.lab.notes import note\nnote("n", 2)')
    result = whole(LessonRun(lesson, bare))
    assert not result.passed and result.whole and result.failed is None
    assert result.claims[0].verdict is Verdict.FAILS and "step.n = 2" in result.claims[0].why
    assert result.right == 1


def test_a_value_that_was_not_measured(bare: Site) -> None:
    result = whole(LessonRun(made("pass"), bare))
    assert result.claims[0].verdict is Verdict.UNKNOWN and result.passed and result.right is None


def test_what_was_not_measured_says_why(bare: Site) -> None:
    program = 'from pgmem_tui.lab.notes import note\nif not seen:\n    note("n", 1)\n'
    lesson = made(f'seen = True\n{program}note("why_not", "may not look")')
    result = whole(LessonRun(lesson, bare))
    assert [judged.why for judged in result.claims] == ["may not look"]
    assert list(printing.checked(lesson, result, "reads t", 1)) == [
        "made: passed, claims: 1 not measured; 1.0 s (reads t)",
        "    not measured: may not look",
    ]


def test_a_program_that_fails(bare: Site) -> None:
    result = whole(LessonRun(made("1 / 0"), bare))
    assert not result.passed and result.failed is not None and result.failed.problem is not None
    assert "division" in result.failed.problem.message


def test_a_program_that_is_meant_to_fail(bare: Site) -> None:
    program = 'import psycopg2\npsycopg2.connect("").cursor().execute("SELECT nonsense")'
    result = whole(LessonRun(made(program, claims='- `step.sqlstate == "42703"`: no such column'), bare))
    assert result.passed and result.failed is None
    assert 'column "nonsense" does not exist' in str(result.values["step.problem"])


def test_a_program_that_takes_too_much(bare: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CAP", 96 << 20)
    result = whole(LessonRun(made("held = [bytearray(1 << 20) for _ in range(10_000)]"), bare))
    assert result.failed is not None and "its memory reached 96 MB" in str(result.failed.problem)
    assert result.values["step.killed"] == 1


def test_sessions_side_by_side(bare: Site) -> None:
    steps = "\n".join(
        f"```sql {session} {name}\n{text}\n```\n"
        for session, name, text in (
            ("writer", "make", "CREATE TABLE side (n int)"),
            ("reader", "begin", "BEGIN ISOLATION LEVEL REPEATABLE READ"),
            ("reader", "step", "SELECT count(*) AS n, true AS yes, NULL AS nothing, 'a' AS text FROM side"),
            ("writer", "write", "INSERT INTO side VALUES (1), (2)"),
            ("reader", "again", "SELECT count(*) AS n FROM side"),
            ("reader", "after", "COMMIT; SELECT count(*) AS n FROM side"),
            ("writer", "drop", "DROP TABLE side"),
        )
    )
    claims = "- `step.n == 0 and again.n == 0 and after.n == 2 and write.rowcount == 2`: a snapshot"
    result = whole(
        LessonRun(made(steps=steps, claims=claims, head="needs: writes\n"), replace(bare, own_server=True))
    )
    assert result.passed, result
    assert (result.values["step.yes"], result.values["step.nothing"], result.values["step.text"]) == (
        1,
        "",
        "a",
    )
    assert result.values["write.status"] == "INSERT 0 2"
    looked = result.steps[2].said
    assert looked is not None and looked.columns == ("n", "yes", "nothing", "text")


def test_sessions_of_lessons_that_only_read_cannot_write(place: Site) -> None:
    steps = "```sql a step\nCREATE TABLE nowhere (n int)\n```"
    lesson = made(steps=steps)
    result = whole(LessonRun(lesson, place))
    assert result.values["step.sqlstate"] == "25006" and not result.passed
    assert result.failed is not None and isinstance(lesson.steps[0], Statement)
    assert result.failed.where == f"made.md:{lesson.steps[0].line}"


@pytest.mark.parametrize(
    ("head", "said"),
    [("needs: writes\n", "--demo"), ("needs: demo\n", "--demo"), ("needs: PostgreSQL 99\n", "PostgreSQL 99")],
)
def test_what_a_lesson_cannot_do_without(bare: Site, head: str, said: str) -> None:
    with pytest.raises(CannotRun, match=said):
        LessonRun(made("pass", head=head), bare)


def test_a_program_is_cancelled(bare: Site) -> None:
    run = LessonRun(made(SLEEP), bare)
    results = []
    for event in run.step(0):
        if isinstance(event, Connected):
            run.cancel()
        if isinstance(event, StepResult):
            results.append(event)
    assert results[0].problem is not None and results[0].problem.canceled
    connection = connect(bare.settings)
    try:
        eventually(lambda: not others(connection), about=lambda: others(connection))
    finally:
        connection.close()


def test_a_session_is_cancelled(bare: Site) -> None:
    run = LessonRun(made(steps="```sql a step\nSELECT pg_sleep(100)\n```"), bare)
    thread = threading.Thread(target=lambda: list(run.step(0)))
    thread.start()
    connection = connect(bare.settings)
    try:
        eventually(lambda: any("pg_sleep" in query for _, query in others(connection)))
        run.cancel()
        thread.join(10)
        assert not thread.is_alive()
        result = run.result()
        assert (
            result.failed is not None and result.failed.problem is not None and result.failed.problem.canceled
        )
        run.close()
        eventually(lambda: not others(connection), about=lambda: others(connection))
    finally:
        connection.close()


def test_memory_is_seen_while_it_runs(bare: Site) -> None:
    run = LessonRun(made("import time\nheld = bytearray(64 << 20)\ntime.sleep(0.3)"), bare)
    seen = [event.rss for event in run.step(0) if isinstance(event, Sampled)]
    assert max(seen) > 64 << 20


TABLE = 'from psycopg2 import sql\nTABLE = sql.Identifier("events")\nROWS = 200_000\nprint(TABLE, ROWS)'


def bound(site: Site, head: str, table: str = "") -> tuple[str, str]:
    """The program as it would run, and what is said of it."""
    found = binding.bind(made(TABLE, head=head), site, table)
    (step,) = found.steps
    assert isinstance(step, Program)
    return step.source, found.about


def test_which_table_serves(place: Site, bare: Site) -> None:
    assert bound(place, "table: events\nrows: 1000\n") == (
        TABLE.replace('"events"', '"public", "events"') + "\n",
        "reads public.events",
    )
    source, about = bound(place, "table: events\nrows: 1000\n", "users")
    assert 'TABLE = sql.Identifier("public", "users")\n' in source and about == "reads public.users"
    source, about = bound(place, "table: events\nrows: 1000\nany table: no\n", "users")
    assert '"public", "events"' in source
    source, about = bound(place, "table: events\nrows: 5000\n", "users")
    assert about == (
        "reads public.events, because public.users has only 2,000 rows, and the lesson takes 5,000"
    )
    source, about = bound(place, "table: documents\nrows: 5\nrow bytes: 20_000\n", "users")
    assert about == "reads public.documents, because the rows of public.users are too narrow"
    found = binding.bind(made(TABLE, head="table: events\nrows: 1000\n"), place, "users", made_up=True)
    assert found.about == "reads rows that the server makes up"
    found = binding.bind(made(TABLE, head="table: wide\nrows: 5\n"), place, made_up=True)
    assert found.about == "reads public.wide"  # nothing stands in for it
    source, about = bound(bare, "table: events\nrows: 1000\n")
    assert "generate_series" in source and about == "reads rows that the server makes up"
    with pytest.raises(CannotRun, match=r"events has only .* rows, and the lesson takes 900,000"):
        bound(place, "table: events\nrows: 900_000\nany table: no\nneeds: demo\n")
    with pytest.raises(CannotRun, match="needs the demo's table wide"):
        bound(bare, "table: wide\nrows: 5\n")
    with pytest.raises(NoSuchRelation):
        bound(place, "table: events\nrows: 5\n", "nothing_of_that_name")


def test_a_table_of_the_users_is_not_the_demos(bare: Site) -> None:
    """`events` is a common name; where it was meant, no more rows are asked for than it has."""
    connection = connect(bare.settings)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE events (id int, day date, kind text) PARTITION BY RANGE (id);"
            "CREATE TABLE events_1 PARTITION OF events DEFAULT;"
            "INSERT INTO events SELECT n, '2024-01-01', 'buy' FROM generate_series(1, 1500) AS n;"
            "CREATE TABLE few (n int)"
        )
    connection.close()
    head = "table: events\nrows: 1000\n"
    for table in ("", "few"):
        source, about = bound(bare, head, table)
        assert "generate_series" in source and "public.events" not in about
    source, about = bound(bare, head, "events")
    assert '"public", "events"' in source and about == "reads public.events"
    assert "ROWS = 1_500\n" in source
    with pytest.raises(CannotRun, match="needs the demo's table events"):
        bound(replace(bare, own_server=True), f"{head}any table: no\nneeds: demo\n")


def test_options_of_the_user_hold_for_programs(bare: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    program = """
import psycopg2
from pgmem_tui.lab.notes import note
cursor = psycopg2.connect("").cursor()
for name in ("work_mem", "default_transaction_read_only"):
    cursor.execute(f"SHOW {name}")
    note(name, cursor.fetchone()[0])
"""
    said = tuple((key, value) for key, value in bare.settings.other if key != "options")
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=1234kB")
    result = whole(LessonRun(made(program), replace(bare, settings=replace(bare.settings, other=said))))
    assert result.values["step.work_mem"] == "1234kB"
    assert result.values["step.default_transaction_read_only"] == "on"


def test_wide_rows_are_read_in_smaller_numbers(place: Site) -> None:
    source, _ = bound(place, "table: documents\nrows: 5\n")
    rows = int(source.partition("ROWS = ")[2].split()[0])
    assert 5 <= rows < 2000


def test_the_password_is_in_no_result(bare: Site) -> None:
    secret = replace(bare.settings, password="s3cret-of-mine")
    site = replace(bare, settings=secret)
    program = """
import os
from pgmem_tui.lab.notes import note
print(os.environ["PGPASSWORD"])
note("n", os.environ["PGPASSWORD"])
raise ValueError(os.environ["PGPASSWORD"])
"""
    result = whole(LessonRun(made(program), site))
    assert result.values["step.n"] == "***"
    assert "s3cret-of-mine" not in repr(result)


def test_where_a_program_fails(bare: Site) -> None:
    """The line in the lesson's file, though the table is another one."""
    program = 'from psycopg2 import sql\nTABLE = sql.Identifier("documents")\nTABLE.nonsense()'
    lesson = made(program, head="table: documents\n")
    result = whole(LessonRun(lesson, bare))
    (step,) = lesson.programs
    assert result.failed is not None and result.failed.where == f"made.md:{step.line + 2}"
    assert result.failed.source == "TABLE.nonsense()"


def test_a_pooler_that_refuses_options_is_named(bare: Site) -> None:
    program = 'raise RuntimeError("FATAL:  unsupported startup parameter: options")'
    result = whole(LessonRun(made(program), bare))
    assert result.failed is not None and result.failed.problem is not None
    assert "pooler" in result.failed.problem.advice


def test_what_sessions_send_is_reported(bare: Site) -> None:
    before = wire_log.SENT.newest
    steps = "\n\n".join(
        f"```sql reader {name}\n{text}\n```"
        for name, text in (("begin", "BEGIN"), ("step", "SELECT 1 AS n"), ("wrong", "SELECT nonsense"))
    )
    assert whole(LessonRun(made(steps=steps), bare)).values["step.n"] == 1
    sent = [each.report for each in wire_log.SENT.since(before)]
    own = [each for each in sent if each.connection == "lesson reader" and not each.housekeeping]
    assert own.pop(0).of_connection
    assert [each.sql.strip() for each in own] == ["BEGIN", "SELECT 1 AS n", "SELECT nonsense"]
    assert [each.error for each in own] == ["", "", "42703"]
    assert not any(each.implied for each in sent if each.connection == "lesson reader")
