"""Find through a session: every type, any text, progress, cancels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pgmem_tui.paging.events import Cancelled, Failed, Opened, PageRead, Released
from pgmem_tui.paging.finding import Find, Found, NotFound, Searching
from pgmem_tui.paging.requests import KnownRelation, NamedRelation, Read
from pgmem_tui.postgres.query_spec import Condition, SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import CreateDatabase
from tests.paging.harness import Sessions, SessionUnderTest, gate, gated, run, within

TEXTS = [
    "100%",
    "a_b",
    "a%b",
    "back\\slash",
    "it's",
    'say "hi"',
    "$$; DROP TABLE texts; --",
    "two\nlines",
    "tab\there",
    "{} {0} %s %(x)s",
    "Grüße, 東京 😀",
    "***=(?i)a.c",
    "\x1b[31mred",
    "'; SELECT pg_sleep(10); --",
    "\u202eabc",
    "x" * 1000,
]
MANY = "SELECT a * 1000 + b FROM generate_series(1, 1000000) AS a, generate_series(1, 1000) AS b"


@pytest.fixture
def session(database: ConnectionSettings) -> Iterator[SessionUnderTest]:
    sessions = Sessions(database)
    yield sessions.start()
    sessions.close()


@pytest.fixture
def demo(demo_database: ConnectionSettings) -> Iterator[SessionUnderTest]:
    sessions = Sessions(demo_database)
    yield sessions.start()
    sessions.close()


def find(
    session: SessionUnderTest, text: str, row: int = -1, forward: bool = True
) -> Found | NotFound | Failed:
    epoch = max([page.epoch for page in session.of(PageRead) if page.generation == session.generation] or [0])
    session.request(Find(session.generation, text, row, forward, epoch=epoch))
    event = session.wait_for((Found, NotFound, Failed))
    assert isinstance(event, Found | NotFound | Failed)
    return event


def found(
    session: SessionUnderTest, text: str, row: int = -1, forward: bool = True
) -> tuple[int, int] | None:
    """Row and column."""
    event = find(session, text, row, forward)
    assert not isinstance(event, Failed), event
    return (event.row, event.column) if isinstance(event, Found) else None


def texts(settings: ConnectionSettings) -> None:
    run(
        settings,
        "CREATE TABLE texts (id int PRIMARY KEY, t text)",
        "CREATE VIEW shown AS SELECT * FROM texts",
    )
    for number, text in enumerate(TEXTS):
        literal = "'" + text.replace("'", "''") + "'"
        run(
            settings,
            f"INSERT INTO texts VALUES ({number}, 'before ' || {literal} || ' after'), (-1 - {number}, NULL)",
        )


@pytest.mark.parametrize("target", ["texts", "shown", "sorted"])
def test_any_text_is_plain_text(database: ConnectionSettings, session: SessionUnderTest, target: str) -> None:
    texts(database)
    opened = session.open(NamedRelation("shown" if target == "shown" else "texts"))
    if target == "sorted":
        assert opened.relation is not None
        assert session.open(KnownRelation(opened.relation.oid, order=(SortKey("id"),))).keys
    first = 0 if target != "sorted" else len(TEXTS)
    step = 2 if target != "sorted" else 1
    for number, text in enumerate(TEXTS):
        place = first + number * step
        assert found(session, text) == (place, 1)
        assert found(session, text, place) is None
        assert found(session, text, place, forward=False) is None
        assert found(session, text, 2 * len(TEXTS) - 1, forward=False) == (
            (place, 1) if place < 2 * len(TEXTS) - 1 else None
        )
    assert found(session, "a%c") is None and found(session, "a.b") is None


@pytest.mark.parametrize(
    ("text", "row"),
    [("grüsse", 0), ("GRÜSSE", 1), ("Grüsse", 2), ("grüSSE", None), ("λόγος", 3), ("ΛΌΓΟΣ", 4), ("12-x", 5)],
)
def test_capital_letters_tell(
    database: ConnectionSettings, session: SessionUnderTest, text: str, row: int | None
) -> None:
    values = "('grüsse'), ('GRÜSSE'), ('Grüsse'), ('λόγος'), ('ΛΌΓΟΣ'), ('12-X')"
    run(database, f"CREATE TABLE t AS SELECT * FROM (VALUES {values}) AS v(t)")
    session.open(NamedRelation("t"))
    assert found(session, text) == (None if row is None else (row, 0))


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "nothing to look for"), ("a\0b", "NUL"), ("x" * 1001, "1,000"), ("\ud800", "no such")],
)
def test_what_no_value_has_is_refused_and_loses_nothing(
    database: ConnectionSettings, session: SessionUnderTest, text: str, message: str
) -> None:
    session.open("SELECT 1")
    event = find(session, text)
    assert isinstance(event, Failed) and message in event.problem.message
    assert not session.sent("ROLLBACK")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_other_encodings(create_database: CreateDatabase, encoding: str) -> None:
    settings = create_database(encoding)
    sessions = Sessions(settings)
    session = sessions.start()
    try:
        session.open("SELECT 'caf' || chr(233)" if encoding == "LATIN1" else "SELECT 'caf' || 'é'")
        assert found(session, "fé") == (0, 0)
        event = find(session, "東")
        if encoding == "LATIN1":
            assert isinstance(event, Failed) and "no such character" in event.problem.message
        else:
            assert isinstance(event, NotFound)
    finally:
        sessions.close()


def test_every_type_is_found_as_it_is_shown(demo: SessionUnderTest) -> None:
    """Whatever a cell shows is found, and not behind the last row that shows it."""
    demo.open(NamedRelation("all_types"), 40)
    demo.read(0, 40)
    rows = demo.rows()
    columns = demo.of(Opened)[-1].columns
    missing = []
    for column in range(len(columns)):
        row = next((number for number in sorted(rows) if rows[number][column]), None)
        if row is None or columns[column].was_cut(value := str(rows[row][column]), 256) or len(value) > 200:
            continue
        if found(demo, value, row - 1) is None:
            missing.append((columns[column].name, value))
    assert not missing


@pytest.mark.parametrize(
    ("type_name", "value", "text"),
    [
        ("boolean", "true", "true"),
        ("inet", "10.0.0.1", "/32"),
        ("integer", "-12", "--"),
        ("timestamptz", "2026-01-01", "jan"),
        ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "g"),
    ],
)
def test_what_is_not_shown_is_not_found(
    database: ConnectionSettings, session: SessionUnderTest, type_name: str, value: str, text: str
) -> None:
    session.open(f"SELECT '{value}'::{type_name}")
    assert found(session, text) is None


def test_a_filter_holds_for_what_is_found(database: ConnectionSettings, session: SessionUnderTest) -> None:
    run(database, "CREATE TABLE t AS SELECT i, i % 3 AS third FROM generate_series(1, 3000) AS i")
    opened = session.open(NamedRelation("t"))
    assert opened.relation is not None
    session.open(KnownRelation(opened.relation.oid, (Condition("third", "0"),), (SortKey("i", True),)))
    place = found(session, "1230")
    assert place is not None
    session.read(place[0], place[0] + 1)
    assert session.rows()[place[0]][0] == "1230"


def test_rows_that_come_in_another_order_are_not_pointed_at(session: SessionUnderTest) -> None:
    session.open("SELECT i FROM generate_series(1, 5000) AS i ORDER BY random()")
    event = find(session, "4711")
    assert isinstance(event, Failed) and "another order" in event.problem.message
    session.read(0, 10)
    assert len(session.rows()) >= 10 and not session.sent("ROLLBACK")


def test_the_next_search_goes_on_with_the_same_cursor(session: SessionUnderTest) -> None:
    session.open("SELECT i FROM generate_series(1, 20000) AS i")
    row, declared = -1, []
    for _ in range(5):
        place = found(session, "77", row)
        assert place is not None
        row = place[0]
        declared.append(sum("hit" in text for text in session.sent("DECLARE")))
    assert declared == [1] * 5


def test_progress_is_told_and_a_cancel_between_two_fetches_keeps_the_cursor(
    session: SessionUnderTest,
) -> None:
    session.open(MANY)
    session.request(Find(session.generation, "9-9", -1))
    told = [session.wait(Searching) for _ in range(3)]
    assert [event.rows for event in told] == sorted({event.rows for event in told})
    assert told[2].seconds < 5 and -1 <= told[0].share <= 1
    with within(1.5):
        session.session.cancel()
        cancelled = session.wait(Cancelled)
    assert not cancelled.lost_cursor
    session.read(0, 10)
    assert not session.sent("ROLLBACK")


def test_a_cancel_stops_a_long_fetch_on_the_server(
    database: ConnectionSettings, session: SessionUnderTest
) -> None:
    with gate(database) as closed:
        session.open(gated(closed_after=300), 10)
        session.request(Find(session.generation, "no such", -1))
        closed.wait_for_someone()
        with within(2):
            session.session.cancel()
            assert session.wait(Cancelled).lost_cursor
    session.read(0, 10)
    assert session.of(Opened)[-1].refreshed and session.rows()[0][0] == "1"
    assert found(session, "777") == (776, 0)


def test_another_open_gives_a_search_up(session: SessionUnderTest) -> None:
    session.open(MANY)
    session.request(Find(session.generation, "9-9", -1))
    session.wait(Searching)
    with within(3):
        session.open("SELECT 'other'")
    assert found(session, "other") == (0, 0)


def test_a_search_after_the_snapshot_was_released_goes_on_about_there(database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE t AS SELECT i FROM generate_series(1, 100000) AS i", "ANALYZE t")
    sessions = Sessions(database)
    try:
        session = sessions.start(idle_limit=0.2)
        session.open(NamedRelation("t"))
        session.wait(Released)
        place = found(session, "9", 50_000)
        assert session.of(Opened)[-1].refreshed
        assert place is not None and 45_000 < place[0] < 55_000
        session.request(
            Read(session.generation, place[0], place[0] + 1, epoch=session.of(PageRead)[-1].epoch)
        )
        page = session.wait(PageRead, lambda page: page.page.first == place[0] and bool(page.page.rows)).page
        assert "9" in str(page.rows[0][0])
    finally:
        sessions.close()
