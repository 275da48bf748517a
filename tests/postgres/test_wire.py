"""What connections report is what they send: compared with what goes over the wire."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from psycopg2 import errors, sql
from psycopg2 import extensions as ext

from pgmem_tui.postgres import under_way
from pgmem_tui.postgres.connection import connect
from pgmem_tui.postgres.watched_connection import WatchedConnection, WatchedCursor, about, keeping_house
from pgmem_tui.postgres.wire import LONGEST, StatementReport, kind_of, may_tell
from tests.conftest import Server
from tests.postgres.wiretap import Wiretap

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Tapped:
    """A connection, its reports, and what was heard on its way."""

    def __init__(self, tap: Wiretap) -> None:
        self.reports: list[StatementReport] = []
        self.connection = connect(tap.settings, "test", self.reports.append)
        self.heard = tap.connections[-1]
        self.taken = 0

    def sent(self) -> list[StatementReport]:
        """The reports since this was asked last, after all of them were heard as they say."""
        assert [report.sql for report in self.reports] == self.heard
        taken, self.taken = self.taken, len(self.reports)
        return self.reports[taken:]

    def kinds(self) -> list[str]:
        return [report.kind for report in self.sent()]


@pytest.fixture
def tap(server: Server) -> Iterator[Wiretap]:
    opened = Wiretap(server.settings)
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def tapped(tap: Wiretap) -> Iterator[Tapped]:
    opened = Tapped(tap)
    yield opened
    opened.connection.close()


def test_a_plain_cursor(tapped: Tapped) -> None:
    with tapped.connection.cursor() as cursor:
        cursor.execute("SELECT %s, 'é', %s", ("a'b", 5))
        assert cursor.fetchall() == [("a'b", "é", "5")]
        begin, select = tapped.sent()
        assert (begin.sql, begin.implied, begin.seconds, begin.error) == (BEGIN, True, 0.0, "")
        assert (select.sql, select.kind, select.rows) == ("SELECT 'a''b', 'é', 5", "SELECT", 1)
        assert select.connection == "test" and select.seconds > 0 and select.length == len(select.sql)
        cursor.execute(sql.SQL("SELECT {} FROM generate_series(1, 3)").format(sql.Literal("x")))
        cursor.execute(b"SELECT 1")
        cursor.execute(b"SELECT 1")
        cursor.executemany("SELECT %s", [("a",), ("b",)])
        cursor.callproc("abs", (-5,))
        assert cursor.fetchone() == ("5",)
        cursor.execute("-- SELECT\n/* INSERT */ (VALUES (1))")
    assert [(report.kind, report.rows) for report in tapped.sent()] == [
        ("SELECT", 3),
        ("SELECT", 1),
        ("SELECT", 1),
        ("SELECT", 1),
        ("SELECT", 1),
        ("SELECT", 1),
        ("VALUES", 1),
    ]


def test_a_named_cursor(tapped: Tapped) -> None:
    with tapped.connection.cursor('o"dd %s', scrollable=True) as cursor:
        cursor.execute("SELECT i::text FROM generate_series(%s, 60) AS i", (1,))
        begin, declare = tapped.sent()
        assert begin.sql == BEGIN and (declare.kind, declare.rows) == ("DECLARE", 0)
        cursor.fetchone()
        cursor.fetchmany(9)
        cursor.fetchmany()
        cursor.scroll(5)
        cursor.scroll(3, mode="absolute")
        cursor.scroll(-2)
        cursor.itersize = 20
        assert next(cursor) == ("2",) and next(cursor) == ("3",)
        assert [row[0] for row in cursor] == [str(number) for number in range(22, 61)]
        assert cursor.fetchall() == []
    found = tapped.sent()
    assert [(report.kind, report.rows) for report in found] == [
        ("FETCH", 1),
        ("FETCH", 9),
        ("FETCH", 1),
        ("MOVE", 0),
        ("MOVE", 0),
        ("MOVE", 0),
        ("FETCH", 20),
        ("FETCH", 20),
        ("FETCH", 19),
        ("FETCH", 0),
        ("FETCH", 0),
        ("CLOSE", 0),
    ]
    assert (found[1].nbytes, found[1].exact) == (10, True)
    assert found[0].sql == 'FETCH FORWARD 1 FROM "o""dd %s"'


def test_named_cursors_that_are_not_there(tapped: Tapped) -> None:
    with tapped.connection.cursor("never"):
        pass
    gone = tapped.connection.cursor("gone")
    gone.execute("SELECT 1")
    with pytest.raises(psycopg2.ProgrammingError):
        gone.execute("SELECT 2")
    tapped.connection.rollback()
    with pytest.raises(psycopg2.ProgrammingError):
        gone.fetchone()
    assert tapped.kinds() == ["BEGIN", "DECLARE", "ROLLBACK"]
    held = tapped.connection.cursor("held", withhold=True)
    held.execute("SELECT 1")
    tapped.connection.commit()
    held.fetchone()
    tapped.kinds()
    failed = tapped.connection.cursor("failed")
    failed.execute("SELECT 1 / (1 - i) FROM generate_series(1, 2) AS i")
    with pytest.raises(errors.DivisionByZero):
        failed.fetchone()
    failed.close()
    held.close()
    last = tapped.sent()
    assert [report.error for report in last if report.error] == ["22012"]


def test_copy(tapped: Tapped) -> None:
    tapped.connection.set_session(readonly=False)
    with tapped.connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE t (a text, b text)")
        cursor.copy_from(io.StringIO("1\t2\n"), "t")
        cursor.copy_to(io.StringIO(), "t")
        cursor.copy_expert("COPY t FROM STDIN", io.StringIO("5\t6\n7\t8\n"))
        cursor.copy_expert(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier("t")), io.BytesIO())
        with pytest.raises(errors.UndefinedTable):
            cursor.copy_expert("COPY nope TO STDOUT", io.BytesIO())
    found = tapped.sent()
    assert [(report.kind, report.rows) for report in found[2:]] == [
        ("COPY", 1),
        ("COPY", 1),
        ("COPY", 2),
        ("COPY", 3),
        ("COPY", 0),
    ]
    assert found[0].sql == "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
    assert found[-1].error == "42P01"


class _Full(io.BytesIO):
    def write(self, data: object, /) -> int:
        raise OSError("full")


def test_a_copy_that_nobody_takes_was_sent_all_the_same(tapped: Tapped) -> None:
    with tapped.connection.cursor() as cursor, pytest.raises((OSError, psycopg2.Error)):
        cursor.copy_expert("COPY (SELECT generate_series(1, 10)) TO STDOUT", _Full())
    assert tapped.kinds() == ["BEGIN", "COPY"]
    assert tapped.reports[-1].error


@pytest.mark.parametrize(
    ("run", "code"),
    [
        (lambda cursor: cursor.execute("SELECT nope"), "42703"),
        (lambda cursor: cursor.execute("SELECT 1 / 0"), "22012"),
        (lambda cursor: cursor.execute("SELECT 1; COMMIT; SELECT nope"), "42703"),
        (lambda cursor: cursor.callproc("nope"), "42883"),
        (lambda cursor: cursor.execute("COPY (SELECT 1) TO STDOUT"), "ProgrammingError"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_the_server_refuses(
    tapped: Tapped, run: Callable[[ext.cursor], object], code: str, first: bool
) -> None:
    with tapped.connection.cursor() as cursor:
        if not first:
            cursor.execute("SELECT 1")
        with pytest.raises(psycopg2.Error):
            run(cursor)
    begin, *_, last = tapped.sent()
    assert (begin.kind, begin.error, last.error) == ("BEGIN", "", code)


@pytest.mark.parametrize(
    "run",
    [
        lambda cursor: cursor.execute(""),
        lambda cursor: cursor.execute("SELECT %s", (object(),)),
        lambda cursor: cursor.execute("SELECT '\ud800'"),
        lambda cursor: cursor.fetchone(),
        lambda cursor: cursor.copy_expert("COPY t TO STDOUT", None),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_is_refused_here_is_not_sent(
    tapped: Tapped, run: Callable[[ext.cursor], object], first: bool
) -> None:
    with tapped.connection.cursor() as cursor:
        if not first:
            cursor.execute("SET LOCAL work_mem = '1MB'")
        kinds = tapped.kinds()
        with pytest.raises(Exception):  # noqa: B017 - each its own
            run(cursor)
    assert tapped.kinds() == []
    assert kinds == ([] if first else ["BEGIN", "SET LOCAL"])


def test_a_begin_that_fails(tapped: Tapped) -> None:
    _terminate(tapped, tapped.connection.info.backend_pid)
    with tapped.connection.cursor() as cursor, pytest.raises(psycopg2.OperationalError):
        cursor.execute("SELECT 1")
    last = tapped.reports[-1]
    assert (last.kind, last.implied) == ("BEGIN", False) and last.error


def _terminate(tapped: Tapped, pid: int) -> None:
    parameters = {**tapped.connection.info.dsn_parameters, "application_name": "other"}
    with psycopg2.connect(ext.make_dsn(**parameters)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    other.close()


def test_the_end_of_transactions(tapped: Tapped) -> None:
    connection = tapped.connection
    connection.commit()
    connection.rollback()
    assert tapped.kinds() == []
    for end in (connection.commit, connection.rollback):
        connection.cursor().execute("SELECT 1")
        end()
        end()
        assert tapped.kinds() == ["BEGIN", "SELECT", end.__name__.upper()]
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert tapped.kinds() == ["BEGIN", "SELECT", "COMMIT"]
    with pytest.raises(errors.DivisionByZero), connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert tapped.kinds() == ["BEGIN", "SELECT", "ROLLBACK"]
    connection.close()
    with pytest.raises(psycopg2.InterfaceError):
        connection.commit()
    with pytest.raises(psycopg2.InterfaceError):
        connection.cursor()
    assert tapped.kinds() == []


@pytest.mark.parametrize(
    ("options", "begin"),
    [
        ({}, BEGIN),
        ({"isolation_level": "DEFAULT", "readonly": "DEFAULT"}, "BEGIN"),
        ({"isolation_level": "SERIALIZABLE", "deferrable": True}, None),
        ({"isolation_level": "READ COMMITTED", "readonly": False, "deferrable": False}, None),
        ({"isolation_level": "READ UNCOMMITTED"}, None),
    ],
)
def test_what_a_transaction_begins_with(
    tapped: Tapped, options: dict[str, object], begin: str | None
) -> None:
    tapped.connection.set_session(**options)  # type: ignore[arg-type]
    assert tapped.kinds() == []
    tapped.connection.cursor().execute("SELECT 1")
    sent = tapped.sent()[0].sql
    assert begin is None or sent == begin


def test_the_encoding(tapped: Tapped) -> None:
    connection = tapped.connection
    connection.set_client_encoding("UTF8")
    assert tapped.kinds() == []
    connection.set_client_encoding("latin-1")
    connection.cursor().execute("SELECT 1")
    connection.set_client_encoding("SQL_ASCII")
    assert tapped.kinds() == ["SET", "BEGIN", "SELECT", "ROLLBACK", "SET"]
    with pytest.raises(psycopg2.Error):
        connection.set_client_encoding("nope")
    assert [(report.kind, report.error) for report in tapped.sent()] == [("SET", "22023")]
    with connection.cursor() as cursor, pytest.raises(errors.CharacterNotInRepertoire):
        cursor.execute("SELECT '\udcff'")
    assert tapped.kinds() == ["BEGIN", "SELECT"]


SILENT = {
    "connection": "async async_ binary_types cancel close closed cursor_factory deferrable dsn encoding"
    " fileno get_backend_pid get_dsn_parameters get_native_connection get_parameter_status"
    " get_transaction_status info isexecuting isolation_level notices notifies pgconn_ptr poll"
    " protocol_version readonly server_version status string_types xid",
    "cursor": "arraysize binary_types cast close closed connection description fetchall fetchmany fetchone"
    " itersize lastrowid mogrify name nextset pgresult_ptr query row_factory rowcount rownumber scroll"
    " scrollable setinputsizes setoutputsize statusmessage string_types typecaster tzinfo_factory withhold",
}
"""What sends nothing, of a connection and of a cursor without a name."""


def test_nothing_of_psycopg2_is_forgotten() -> None:
    """A newer psycopg2 may send in other ways too."""
    for base, ours in ((ext.connection, WatchedConnection), (ext.cursor, WatchedCursor)):
        names = {name for name in dir(base) if not name.startswith("_") and not name[0].isupper()}
        silent = {*SILENT[base.__name__].split()}
        assert names - silent == names & set(vars(ours)) - silent
        assert silent <= names


def test_what_could_not_be_seen_is_refused(tapped: Tapped) -> None:
    connection = tapped.connection
    for unseen in (
        lambda: connection.lobject(),
        lambda: connection.reset(),
        lambda: connection.set_isolation_level(0),
        lambda: connection.set_session(autocommit=True),
        lambda: setattr(connection, "autocommit", True),
        lambda: connection.tpc_begin(connection.xid(1, "a", "b")),
        lambda: connection.tpc_commit(),
        lambda: connection.tpc_prepare(),
        lambda: connection.tpc_rollback(),
        lambda: connection.tpc_recover(),
        lambda: connection.cursor(cursor_factory=ext.cursor),  # type: ignore[arg-type]
    ):
        with pytest.raises(psycopg2.NotSupportedError, match="nobody sees"):
            unseen()
    assert tapped.kinds() == []
    connection.autocommit = False


def test_about_a_cursor(tapped: Tapped) -> None:
    connection, position = tapped.connection, 5
    with about(connection, "c", lambda: position, "FETCH", passing=True), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        position = 7
    begin, select = tapped.sent()
    assert (begin.kind, begin.cursor, begin.passing) == ("BEGIN", "", False)
    assert (select.kind, select.cursor, select.before, select.after) == ("FETCH", "c", 5, 7)
    assert select.passing
    with (
        pytest.raises(errors.DivisionByZero),
        about(connection, "c", lambda: position, passing=True),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 / 0")
    (failed,) = tapped.sent()
    assert (failed.kind, failed.error, failed.passing, failed.before) == ("SELECT", "22012", False, 7)


def test_housekeeping_is_marked(tapped: Tapped) -> None:
    connection = tapped.connection
    with keeping_house(connection):
        connection.cursor().execute("SELECT 1")
        with keeping_house(connection):
            pass
        connection.rollback()
    connection.cursor().execute("SELECT 1")
    assert [report.housekeeping for report in tapped.sent()] == [True] * 3 + [False] * 2


def test_the_end_of_housekeeping_is_housekeeping(tapped: Tapped) -> None:
    connection = tapped.connection
    with keeping_house(connection):
        connection.cursor().execute("SELECT 1")
    connection.rollback()
    with keeping_house(connection):
        connection.cursor().execute("SELECT 1")
    connection.cursor().execute("SELECT 2")
    connection.rollback()
    assert [report.housekeeping for report in tapped.sent()] == [True] * 3 + [True, True, False, False]


def test_who_only_watches_keeps_house(server: Server) -> None:
    reports: list[StatementReport] = []
    watching = connect(server.settings, "lab watch", reports.append)
    watching.cursor().execute("SELECT 1")
    watching.rollback()
    watching.close()
    assert reports and all(report.housekeeping for report in reports)


def test_secrets_are_not_kept(tapped: Tapped) -> None:
    with tapped.connection.cursor() as cursor, pytest.raises(errors.ReadOnlySqlTransaction):
        cursor.execute("CREATE ROLE ann PASSWORD 's3cret'")
    report = tapped.reports[-1]
    assert report.kind == "CREATE" and report.error == "25006" and report.length == 33
    assert "s3cret" not in repr(tapped.reports) and report.masked and "33 characters" in report.sql


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("select 1", "SELECT"),
        ("SET  local a = 1", "SET LOCAL"),
        ("SET a = local", "SET"),
        ("ROLLBACK", "ROLLBACK"),
        ("rollback TO x", "ROLLBACK TO"),
        ("-- x\n/* a /* b */ */ ((WITH", "WITH"),
        ("", ""),
        ("5 'x'", ""),
        ("/* " * 5000, ""),
    ],
)
def test_the_kind(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_long_texts(tapped: Tapped) -> None:
    plain = "SELECT 1" + ", 2" * LONGEST
    with tapped.connection.cursor() as cursor:
        with pytest.raises(errors.TooManyColumns):
            cursor.execute(plain)
        last = tapped.reports[-1]
        assert (last.sql, last.length, last.whole) == (plain[:LONGEST], len(plain), False)
        tapped.connection.rollback()
        cursor.execute("SELECT 5 AS token")
        assert tapped.reports[-1].whole and tapped.reports[-1].sql == "SELECT 5 AS token"
        cursor.execute(f"SELECT 5 AS token -- {LONGEST * 8 * 'x'} password='s3cret'")
        assert tapped.reports[-1].masked and "s3cret" not in tapped.reports[-1].sql


def test_what_hints_at_a_secret_is_judged_in_milliseconds() -> None:
    named = "SELECT " + ", ".join(f'"t"."token_{number}" + {number}' for number in range(2500))
    began = time.process_time()
    assert may_tell(named) and not may_tell(f"{named}, 'x'") and len(named) > 50_000
    assert time.process_time() - began < 0.05, "0.2 s to parse it"


def test_what_runs_is_seen_from_another_thread(tapped: Tapped) -> None:
    """Its kind and its time, from when it is sent until it is answered; and not the statement before it."""
    seen: list[StatementReport | None] = []

    def look() -> None:
        for _ in range(200):
            found = under_way.RUNNING.newest(lambda report: report.connection == "test")
            seen.append(found)
            if found is not None and found.seconds > 0.1:
                break
            time.sleep(0.01)

    looking = threading.Thread(target=look)
    with tapped.connection.cursor() as cursor, about(tapped.connection, "c", lambda: 0, "FETCH"):
        cursor.execute("SELECT 'the one before'")
        looking.start()
        cursor.execute("SELECT pg_sleep(1)")
    looking.join()
    last = seen[-1]
    assert last is not None and last.running and last.kind == "FETCH" and last.sql == "SELECT pg_sleep(1)"
    assert last.seconds > 0.1
    assert all(found is None or found.sql == last.sql for found in seen)
    assert under_way.RUNNING.newest(lambda report: report.connection == "test") is None
    with tapped.connection.cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute("SELECT 1 / 0")
    assert under_way.RUNNING.newest(lambda report: report.connection == "test") is None
