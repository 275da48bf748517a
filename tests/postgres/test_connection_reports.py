"""That a connection was opened or lost is a line of the log: once, on one line, without secrets."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace

import psycopg2
import pytest
from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres import copy_out
from pgmem_tui.postgres.connection import connect
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.watched_connection import WatchedConnection, about, keeping_house
from pgmem_tui.postgres.wire import LOST, OPENED, StatementReport
from pgmem_tui.postgres.wire_log import SENT, Numbered
from pgmem_tui.postgres.wire_notes import note
from pgmem_tui.postgres.wire_script import script
from tests.conftest import Server
from tests.paging.harness import Relay

BEGIN = StatementReport("browse", "BEGIN", "BEGIN READ ONLY", 0.0, 0.001, length=15)


class Breaking(Relay):
    """A way to the server on which the next statement is answered with a sentence, and the end.

    Behind the sentence comes ReadyForQuery, as of a pooler: else psycopg2 has libpq's last word only.
    """

    sentence = ""

    def _pump(self, source: socket.socket, sink: socket.socket, late: bool) -> None:
        super()._pump(source, sink if late else _End(self, source, sink), late)  # type: ignore[arg-type]


class _End:
    """A socket's writing end, until there is a sentence."""

    def __init__(self, relay: Breaking, client: socket.socket, server: socket.socket) -> None:
        self._relay, self._client, self._server = relay, client, server

    def sendall(self, data: bytes) -> None:
        if not self._relay.sentence:
            self._server.sendall(data)
            return
        # https://www.postgresql.org/docs/current/protocol-error-fields.html
        said = {b"S": "FATAL", b"V": "FATAL", b"C": "57P01", b"M": self._relay.sentence}
        fields = b"".join(key + text.encode() + b"\0" for key, text in said.items()) + b"\0"
        self._client.sendall(b"E" + struct.pack("!i", len(fields) + 4) + fields + b"Z\0\0\0\5I")
        raise OSError("that was all")

    def shutdown(self, how: int) -> None:
        self._server.shutdown(how)


@pytest.fixture
def relay(server: Server) -> Iterator[Breaking]:
    made = Breaking(server.settings)
    made.start()
    yield made
    made.stop()


def sent_since(number: int) -> list[StatementReport]:
    return [found.report for found in SENT.since(number)]


def ended(connection: WatchedConnection, server: Server) -> None:
    """Have the server end its process."""
    other = psycopg2.connect(server.dsn)
    with other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
    other.close()


def test_that_it_was_opened_comes_first(server: Server) -> None:
    before, told = SENT.newest, list[StatementReport]()
    connection = connect(server.settings, "test", told.append)
    pid, database = connection.info.backend_pid, connection.info.dbname
    connection.cursor().execute("SELECT 1")
    connection.close()
    opened, *others = sent_since(before)
    assert (opened.kind, opened.connection, opened.of_connection) == (OPENED, "test", True)
    assert opened.sql.startswith(f"connection test is open: database {database}, PostgreSQL {server.version}")
    assert opened.sql.endswith(f"server process {pid}") and opened.whole
    assert opened.seconds > 0 and not opened.error and not opened.lost
    assert [report.kind for report in others] == ["BEGIN", "SELECT"], "what is closed here is not lost"
    assert told == others, "only the log is told of more than statements"


END = "SELECT pg_terminate_backend(pg_backend_pid())"


@pytest.mark.parametrize("begun", [True, False])
def test_a_session_that_the_server_ends_is_lost_once(server: Server, begun: bool) -> None:
    connection = connect(server.settings, "test")
    if begun:
        connection.cursor().execute("SELECT 1")
    ended(connection, server)
    before = SENT.newest
    with connection.cursor() as cursor, pytest.raises(psycopg2.OperationalError):
        cursor.execute("SELECT 2")
    for again in (connection.rollback, connection.commit, connection.cursor):
        with contextlib.suppress(psycopg2.Error):
            again()
    failed, lost = sent_since(before)
    assert (failed.kind, failed.lost, failed.of_connection) == ("SELECT" if begun else "BEGIN", True, False)
    assert (lost.kind, lost.lost, lost.error) == (LOST, True, failed.error) and lost.error
    assert lost.sql.startswith("connection test is lost, as is noticed now: ") and len(lost.sql) > 40
    assert lost.started >= failed.started + failed.seconds - 0.01
    assert "protocol-overview" in note(failed).page and note(failed) != note(lost)


def test_a_way_that_breaks_between_the_rows_of_copy(relay: Breaking) -> None:
    """psycopg2 has words of its own then, which tell nobody anything."""
    connection = connect(relay.settings, "test")
    many = sql.SQL("SELECT repeat('x', 1000) FROM generate_series(1, 300000)")
    before = SENT.newest
    with pytest.raises(psycopg2.Error):
        copy_out.stream(connection, copy_out.compose(many, "csv"), lambda data: relay.stop())
    lost = sent_since(before)[-1]
    assert lost.kind == LOST and "server closed the connection unexpectedly" in lost.sql
    assert "PGRES" not in lost.sql and lost.sql.isprintable()


def test_a_way_that_breaks(relay: Breaking) -> None:
    connection = connect(relay.settings, "test")
    cursor = connection.cursor("c")
    cursor.execute("SELECT generate_series(1, 10)")
    relay.stop()
    before = SENT.newest
    with pytest.raises(psycopg2.Error), about(connection, "c", lambda: 5, "FETCH"):
        cursor.fetchmany(5)
    failed, lost = sent_since(before)
    assert (failed.kind, failed.cursor, lost.kind, lost.cursor) == ("FETCH", "c", LOST, "")
    assert (
        lost.sql.startswith("connection test is lost, as is noticed now: ") and "connection" in lost.sql[25:]
    )
    assert "\n" not in lost.sql and lost.error == failed.error


def test_what_is_found_out_while_keeping_house_is_seen(server: Server) -> None:
    connection, watching = connect(server.settings, "test"), connect(server.settings, "lab watch")
    before = SENT.newest
    for each in (connection, watching):
        ended(each, server)
        with keeping_house(each), each.cursor() as cursor, pytest.raises(psycopg2.OperationalError):
            cursor.execute("SELECT 1")
    lost = [report for report in sent_since(before) if report.of_connection]
    assert [(report.connection, report.housekeeping) for report in lost] == [
        ("test", False),
        ("lab watch", True),
    ]


def test_what_is_said_is_hostile_and_may_have_a_secret(server: Server, relay: Breaking) -> None:
    # The server of tests asks for no password, or has one of its own.
    secret = server.settings.password or "s3cret-of-ann"
    settings = replace(relay.settings, password=secret)
    connection = connect(settings, "test")
    before = SENT.newest
    relay.sentence = f"bye {secret}\r\n\x1b[31m\u202e\u2028 password=0ther [/b] {'x' * 5000}"
    with connection.cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute("SELECT 1")
    with contextlib.suppress(psycopg2.Error):
        connection.cursor().execute("SELECT 2")  # psycopg2 may not know yet
    (lost,) = [report for report in sent_since(before) if report.of_connection]
    assert (lost.kind, lost.error) == (LOST, "57P01")
    assert lost.sql.startswith(
        r"connection test is lost, as is noticed now: bye *** \x1b[31m\u202e password=*** [/b] xxx"
    )
    assert lost.sql.isprintable() and len(lost.sql) <= 2000
    assert secret not in repr(lost) and "0ther" not in repr(lost)


def test_a_statement_that_fails_is_no_loss(server: Server) -> None:
    connection = connect(server.settings, "test")
    before = SENT.newest
    for text in ("SELECT nope", "SELECT pg_terminate_backend(0 / 0)", "SELECT 'connection closed'::int"):
        with connection.cursor() as cursor, pytest.raises(psycopg2.Error):
            cursor.execute(text)
        connection.rollback()
    assert connection.status == ext.STATUS_READY
    assert not any(report.lost or report.of_connection for report in sent_since(before))
    connection.close()


def test_it_is_a_comment_in_what_is_saved(server: Server) -> None:
    before = SENT.newest
    connection = connect(server.settings, "test")
    connection.cursor().execute("SELECT 1")
    with connection.cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute(END)
    text = "".join(script(SENT.since(before)))
    assert text.startswith("-- 3 statements that pgmem-tui has sent\n")
    runs = [line for line in text.splitlines() if line and not line.startswith("--")]
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    assert runs == ["\\connect -", begin, "SELECT 1;", "ROLLBACK;  -- its connection has ended"]
    assert "\n-- connection test is open: database " in text
    assert re.search(
        r"  \w+\nROLLBACK;  -- its connection has ended\n-- connection test is lost, as .+\n\Z",
        text,
    )


def test_another_connection_begins_anew_in_what_is_saved() -> None:
    opened = replace(BEGIN, kind=OPENED, sql="connection browse is open")
    reports = [opened, BEGIN, opened, BEGIN]
    text = "".join(script([Numbered(number, each) for number, each in enumerate(reports, 1)]))
    assert [line for line in text.splitlines() if line and not line.startswith("--")] == [
        "\\connect -",
        "BEGIN READ ONLY;",
        "ROLLBACK;  -- its connection has ended",
        "BEGIN READ ONLY;",
        "ROLLBACK;  -- still open when this was saved",
    ]


def test_secrets_of_settings_stay_out_of_what_is_said_at_the_beginning(server: Server) -> None:
    before = SENT.newest
    settings: ConnectionSettings = replace(server.settings, password="s3cret-of-ann")
    with contextlib.suppress(psycopg2.OperationalError):  # where the server asks for its own
        connect(settings, "test").close()
    assert "s3cret-of-ann" not in repr(sent_since(before))
