"""What each way of reading really sends, by the server's own word, and that all see the same rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.lab import subject
from pgmem_tui.lab.command_line import NAMES
from pgmem_tui.lab.modes import MODES, chosen
from pgmem_tui.lab.subject import EVERYTHING, Subject
from pgmem_tui.postgres import connection as product
from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.statements import NotAQuery
from tests.conftest import connect

TABLE = 'lab."a % %(x)s {} \'"""'
ROWS = 2300


class Counted:
    """What psycopg2 appends the server's notices to."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def append(self, notice: str) -> None:
        if "statement:" in notice:
            self.statements.append(notice)


@pytest.fixture
def logged(database: ConnectionSettings) -> Iterator[Connection]:
    """A connection to which the server sends the text of each statement, and a table of hostile names."""
    connection = connect(database)
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE SCHEMA lab; CREATE TABLE {TABLE} ("k %s" text, "K" int, wide text, "100%%" int NOT NULL,'
            ' PRIMARY KEY ("K", "k %s")); '
            f"INSERT INTO {TABLE} SELECT n % 7, n / 3, repeat('x', 300), n"
            f" FROM generate_series(1, {ROWS}) AS n"
        )
        cursor.execute("SET log_statement = 'all'; SET client_min_messages = 'log'")
    connection.autocommit = False
    yield connection
    connection.close()


@pytest.fixture
def asking(database: ConnectionSettings, logged: Connection) -> Iterator[Connection]:
    """A connection as the lab composes on."""
    connection = product.connect(database, "lab")
    yield connection
    connection.close()


@pytest.mark.parametrize("asked", [1, 999, 1000, 2000, 2500, EVERYTHING])
def test_rows_and_round_trips(logged: Connection, asking: Connection, asked: int) -> None:
    for given in (
        subject.of_table(asking, TABLE, asked),
        subject.of_query(asking, f'SELECT * FROM {TABLE} ORDER BY "100%%" -- 1 % 2;', asked),
        subject.of_query(asking, f"SELECT * FROM {TABLE}", asked, subject.Key(("K", "k %s"), "")),
    ):
        for mode in MODES.values():
            if not mode.missing(given):
                check(logged, mode.name, given)


def check(logged: Connection, name: str, given: Subject) -> None:
    mode = MODES[name]
    expected = min(given.rows, 1000 if name == "limit" else ROWS)
    rows: list[tuple[object, ...]] = []
    with logged.cursor() as cursor:
        cursor.execute("SELECT 1")
    counted = Counted()
    logged.notices = counted  # type: ignore[assignment]  # anything that has append()
    mode.way(logged, rows.append, **mode.arguments(given))
    assert len(counted.statements) == mode.trips(expected, given.rows), (name, counted.statements)
    logged.rollback()
    assert len(rows) == expected, name
    if name != "copy":
        assert len({row[3] for row in rows}) == expected, name
    if name == "clamped":
        assert {len(str(row[2])) for row in rows} == {257}


def test_a_page_by_key_begins_at_the_index(asking: Connection) -> None:
    key = ("K", "k %s")
    sorted_by_it = f'SELECT * FROM {TABLE} ORDER BY "K", "k %s"'
    for given in (
        subject.of_table(asking, TABLE),
        subject.of_query(asking, sorted_by_it, key=subject.Key(key, "", f"SELECT * FROM {TABLE}")),
    ):
        with asking.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + given.after, {"last": (5, "3"), "limit": 10})
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Index Cond: (ROW(" in plan and "Sort" not in plan


def test_pages_whose_rows_may_be_others_are_said(asking: Connection) -> None:
    def cautions(given: Subject) -> dict[str, str]:
        return {name: said for name, mode in MODES.items() if (said := mode.caution(given))}

    assert "may repeat rows" in cautions(subject.of_query(asking, f"SELECT * FROM {TABLE}"))["offset"]
    assert cautions(subject.of_table(asking, TABLE)) == {}
    first = cautions(subject.of_table(asking, TABLE, 10))
    assert set(first) == {"offset", "keyset"} and "its first 10 rows" in first["keyset"]
    sorted_by_it = f'SELECT * FROM {TABLE} ORDER BY "K", "k %s"'
    key = subject.Key(("K", "k %s"), "", f"SELECT * FROM {TABLE}")
    assert cautions(subject.of_query(asking, sorted_by_it, 10, key)) == {}


def test_what_a_subject_does_not_have(asking: Connection) -> None:
    given = subject.of_query(asking, "SELECT 1 AS a, 2 AS a")
    assert [name for name, mode in MODES.items() if mode.missing(given)] == ["keyset", "clamped"]
    assert (given.columns, given.estimated_rows) == (2, 1)


@pytest.mark.parametrize(
    ("kind", "pages"),
    [("interval", False), ("int[]", False), ("jsonb", False), ("lab.object", False), ("numeric", True)],
)
def test_keys_that_do_not_come_back_as_they_went_are_not_paged_by(
    asking: Connection, logged: Connection, kind: str, pages: bool
) -> None:
    with logged.cursor() as cursor:
        cursor.execute("CREATE DOMAIN lab.object AS jsonb")
        cursor.execute(f"CREATE TABLE lab.keyed (n int, k {kind}, PRIMARY KEY (n, k))")
    logged.commit()
    assert bool(subject.of_table(asking, "lab.keyed").first) is pages


def test_rows_and_bytes_are_estimated(asking: Connection) -> None:
    given = subject.of_query(asking, "SELECT repeat('x', 10000) FROM generate_series(1, 700)")
    assert given.row_bytes is not None and 10_000 <= given.row_bytes < 10_010
    assert given.estimated_rows == 700
    assert subject.of_query(asking, "SELECT 1 WHERE false").row_bytes == 0


@pytest.mark.parametrize("text", ["DELETE FROM lab.t", "SELECT 1; SELECT 2", "SHOW work_mem", "SELEKT"])
def test_what_is_no_query(asking: Connection, text: str) -> None:
    with pytest.raises(NotAQuery):
        subject.of_query(asking, text)


def test_names_of_modes() -> None:
    assert [mode.name for mode in chosen("copy, fetchall,copy")] == ["copy", "fetchall"]
    assert chosen("") == tuple(MODES.values())
    assert NAMES.split() == list(MODES)  # of the help, which must not import them
    with pytest.raises(Refused, match="no mode fast"):
        chosen("copy,fast")


def test_their_code_can_be_shown() -> None:
    for mode in MODES.values():
        assert mode.source.startswith("def ") and len(mode.source.splitlines()) < 20
        assert mode.page.startswith(("https://www.psycopg.org/docs/", "https://www.postgresql.org/docs/"))
