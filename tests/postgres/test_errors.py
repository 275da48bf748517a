"""What is said about failures: libpq's and the server's own sentences, and what to try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.postgres.advice import (
    ELSEWHERE_ADVICE,
    GENERAL_CONNECT_ADVICE,
    LOCKS_ADVICE,
    SQLSTATE_ADVICE,
)
from pgmem_tui.postgres.errors import Problem, explain, mark
from pgmem_tui.postgres.settings import ConnectionSettings, SettingsError
from tests.conftest import connect
from tests.postgres import tls_server

AT = 'connection to server at "db1" (10.0.0.1), port 5432 failed: '
FATAL = AT + "FATAL:  "
SOCKET = 'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: '


@pytest.mark.parametrize(
    ("sentence", "field", "advice"),
    [
        ('could not translate host name "db9" to address: Name or service not known', "host", "spelling"),
        (AT + "Connection refused\n\tIs the server running on that host?", "port", "nothing listens"),
        (AT + "timeout expired", "host", "firewall"),
        (AT + "Connection timed out", "host", "firewall"),
        (AT + "No route to host", "host", "cannot reach"),
        (SOCKET + "No such file or directory\n\tIs the server running locally?", "host", "localhost"),
        (SOCKET + "Permission denied", "host", "localhost"),
        (FATAL + 'password authentication failed for user "u"', "password", "pgpass"),
        (AT + "fe_sendauth: no password supplied", "password", "type it"),
        (FATAL + 'password authentication failed for user "u"\n'
         'password retrieved from file "/home/u/.pgpass"', "password", "that file"),
        (SOCKET + 'FATAL:  Peer authentication failed for user "u"', "user", "system user"),
        (FATAL + 'role "u" does not exist', "user", "\\du"),
        (FATAL + 'role "u" is not permitted to log in', "user", "LOGIN"),
        (FATAL + 'database "d" does not exist', "dbname", "psql -l"),
        (FATAL + 'permission denied for database "d"', "dbname", "CONNECT"),
        (FATAL + 'no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", no encryption',
         "sslmode", "require"),
        (FATAL + 'no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", SSL encryption\n'
         + FATAL + 'no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", no encryption',
         "host", "administrator"),
        (AT + "server does not support SSL, but SSL was required", "sslmode", "prefer"),
        (AT + "SSL error: certificate verify failed: self-signed certificate", "sslmode", "root.crt"),
        (AT + "SSL error: certificate verify failed: certificate has expired", "sslmode", "dates"),
        (AT + 'root certificate file "/root/.postgresql/root.crt" does not exist\nEither provide the file, …',
         "sslmode", "root.crt"),
        (AT + 'server certificate for "db1" does not match host name "10.0.0.1"', "host", "name"),
        (AT + 'private key file "k" has group or world access', "sslmode", "600"),
        ('invalid sslmode value: "bogus"', "sslmode", "verify-full"),
        (FATAL + "sorry, too many clients already", "", "in use"),
        (FATAL + "remaining connection slots are reserved for roles with …", "", "in use"),
        (FATAL + 'too many connections for role "u"', "", "in use"),
        (FATAL + "the database system is starting up", "", "few seconds"),
        (FATAL + "the database system is not yet accepting connections", "", "few seconds"),
        ('definition of service "s" not found', "service", "pg_service.conf"),
        ('service file "/nowhere" not found', "service", "PGSERVICEFILE"),
        ('invalid port number: "99999"', "port", "65535"),
        ('invalid integer value "x" for connection option "port"', "port", "65535"),
        ("could not match 3 port numbers to 2 hosts", "port", "one each"),
        (AT + "received invalid response to SSL negotiation: H", "port", "Something other"),
        (AT + "server closed the connection unexpectedly\n\tThis probably means", "port", "hung up"),
        (AT + "session is read-only", "host", "target_session_attrs"),
        (FATAL + 'unsupported startup parameter: "options"', "", "pooler"),
        # What answered tells more than what did not: the second address decides.
        (AT + 'timeout expired\nconnection to server at "b", port 1 failed: FATAL:  role "u" does not exist',
         "user", "Check the user"),
        # lc_messages: the sentence is kept, the advice general.
        (FATAL + "la autentificación password falló para el usuario «u»", "", GENERAL_CONNECT_ADVICE),
    ],
)  # fmt: skip
def test_sentences_of_failed_connections(sentence: str, field: str, advice: str) -> None:
    problem = explain(psycopg2.OperationalError(sentence + "\n"), None)
    assert problem.message == sentence
    assert problem.field == field
    assert advice in problem.advice
    assert not problem.lost
    assert not problem.canceled


def test_passwords_are_taken_out() -> None:
    settings = ConnectionSettings(password="gehe im")
    problem = explain(psycopg2.OperationalError('invalid "gehe im" in password=gehe%20im'), settings)
    assert "gehe" not in f"{problem}"


def test_other_errors() -> None:
    assert explain(SettingsError("bad", field="port"), None).field == "port"
    assert explain(TimeoutError("no answer from d@h:1 after 11 s"), None).field == "host"
    assert explain(KeyError("x"), None) == Problem("KeyError: 'x'")
    assert explain(RuntimeError(), None).message == "RuntimeError"
    assert explain(psycopg2.ProgrammingError('invalid dsn: missing "="'), None).advice


@pytest.mark.parametrize(
    "sentence",
    ["server closed the connection unexpectedly\n\tThis probably means …", "connection already closed",
     "SSL connection has been closed unexpectedly", "SSL SYSCALL error: EOF detected",
     "could not receive data from server: Connection timed out", "could not send data to server: Broken pipe",
     "terminating connection due to administrator command"],
)  # fmt: skip
def test_lost_without_sqlstate(sentence: str) -> None:
    assert explain(psycopg2.OperationalError(sentence), None).lost


def test_lost_by_the_connection_whatever_the_language() -> None:
    class Gone:
        closed = 2

    assert explain(psycopg2.OperationalError("el servidor cerró la conexión"), None, Gone()).lost
    assert not explain(psycopg2.InterfaceError("cursor already closed"), None).lost


@pytest.fixture(scope="module")
def guarded() -> Iterator[ConnectionSettings]:
    """A server of our own that asks for a password over TCP, whatever PGMEM_TEST_DSN says."""
    with EmbeddedServer(tcp=True, password="sesame 'ä") as server:
        yield server.tcp_settings


def attempt(settings: ConnectionSettings) -> Problem:
    with pytest.raises(psycopg2.OperationalError) as caught:
        psycopg2.connect(make_dsn(**settings.parameters())).close()
    return explain(caught.value, settings)


def test_wrong_password(guarded: ConnectionSettings) -> None:
    problem = attempt(replace(guarded, password="wrong one"))
    assert problem.field == "password"
    assert "password authentication failed" in problem.message
    assert "wrong one" not in f"{problem}"


def test_missing_password(guarded: ConnectionSettings) -> None:
    problem = attempt(replace(guarded, password="", other=(("passfile", "/dev/null"),)))
    assert problem.field == "password"
    assert "no password supplied" in problem.message


def test_right_password(guarded: ConnectionSettings) -> None:
    psycopg2.connect(make_dsn(**guarded.parameters())).close()


def test_wrong_port(guarded: ConnectionSettings) -> None:
    problem = attempt(replace(guarded, port="1"))
    assert problem.field == "port"
    assert "port 1 failed" in problem.message


def test_tls_that_the_server_does_not_have(guarded: ConnectionSettings) -> None:
    assert attempt(replace(guarded, sslmode="require")).field == "sslmode"


@pytest.mark.parametrize(
    ("certificate", "sslmode", "field", "sentence"),
    [
        (tls_server.EXPIRED, "verify-ca", "sslmode", "certificate verify failed"),
        (tls_server.VALID, "verify-full", "host", "does not match host name"),
    ],
)
def test_wrong_certificate(certificate: str, sslmode: str, field: str, sentence: str, tmp_path: Path) -> None:
    root = tmp_path / "root.crt"
    root.write_text(certificate)
    with tls_server.tls_server(certificate, tmp_path) as port:
        settings = ConnectionSettings(host="127.0.0.1", port=str(port), user="u", sslmode=sslmode)
        problem = attempt(replace(settings, other=(("sslrootcert", str(root)),)))
    assert problem.field == field
    assert sentence in problem.message
    assert problem.advice


def test_unknown_authority(tmp_path: Path) -> None:
    with tls_server.tls_server(tls_server.VALID, tmp_path) as port:
        settings = ConnectionSettings(host="127.0.0.1", port=str(port), user="u", sslmode="verify-ca")
        problem = attempt(replace(settings, other=(("sslrootcert", "/nowhere"),)))
    assert (problem.field, "does not exist" in problem.message) == ("sslmode", True)


def test_wrong_database(database: ConnectionSettings) -> None:
    problem = attempt(replace(database, dbname='no "such"'))
    assert problem.field == "dbname"
    assert 'database "no "such"" does not exist' in problem.message


def test_wrong_role(database: ConnectionSettings) -> None:
    assert attempt(replace(database, user="no such role")).field in ("user", "password")


def test_wrong_host(database: ConnectionSettings) -> None:
    problem = attempt(replace(database, host="no-such-host.invalid"))
    assert problem.field == "host"
    assert "could not translate host name" in problem.message


def test_wrong_socket(database: ConnectionSettings) -> None:
    assert attempt(replace(database, host="/nowhere")).field == "host"


def test_service_that_is_not_defined() -> None:
    assert attempt(ConnectionSettings(service="no such service")).field == "service"


@pytest.fixture
def connection(database: ConnectionSettings) -> Iterator[Connection]:
    opened = connect(database)
    yield opened
    opened.close()


def failing(connection: Connection, statement: str) -> Problem:
    with pytest.raises(psycopg2.Error) as caught, connection.cursor() as cursor:
        cursor.execute(statement)
    return explain(caught.value, None, connection)


def test_sql_error_has_all_that_the_server_says(connection: Connection) -> None:
    problem = failing(connection, "SELECT 'é',\n  nosuch(1)")
    assert problem.sqlstate == "42883"
    assert "nosuch" in problem.message
    assert "LINE" not in problem.message
    assert problem.hint
    assert problem.advice
    assert mark("SELECT 'é',\n  nosuch(1)", problem.position) == (2, 3, "  nosuch(1)")
    assert not problem.lost


def test_detail(connection: Connection) -> None:
    problem = failing(connection, """SELECT '{"a":'::json""")
    assert problem.sqlstate == "22P02"
    assert problem.detail


def test_canceled(connection: Connection) -> None:
    problem = failing(connection, "SET statement_timeout = '5ms'; SELECT pg_sleep(10)")
    assert problem.canceled
    assert not problem.lost
    assert "statement_timeout" in problem.advice


@pytest.mark.parametrize(
    ("state", "hint", "advice", "conflict"),
    [
        ("57P01", "", ELSEWHERE_ADVICE, False),
        ("08006", "", ELSEWHERE_ADVICE, False),
        ("53200", 'You might need to increase "max_locks_per_transaction".', LOCKS_ADVICE, False),
        ("53200", "", SQLSTATE_ADVICE["53200"], False),
        ("40001", "", SQLSTATE_ADVICE["40001"], True),
    ],
)
def test_an_error_of_a_session_that_goes_on(
    connection: Connection, state: str, hint: str, advice: str, conflict: bool
) -> None:
    """What ends a session is FATAL: an ERROR of the same SQLSTATE tells of another server's."""
    problem = failing(connection, f"DO $$ BEGIN RAISE SQLSTATE '{state}' USING HINT = '{hint}'; END $$")
    assert (problem.sqlstate, problem.lost, problem.conflict) == (state, False, conflict)
    assert problem.advice == advice


def test_terminated_backend(connection: Connection, database: ConnectionSettings) -> None:
    other = connect(database)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    other.close()
    assert failing(connection, "SELECT 1").lost
    assert failing(connection, "SELECT 1").lost, "and it stays so"


@pytest.mark.parametrize(
    ("sql", "position", "place"),
    [
        ("SELECT x", 8, (1, 8, "SELECT x")),
        ("SELECT\n x,\n y", 12, (3, 1, " y")),
        ("a\r\nb", 4, (2, 1, "b")),
        ("a\r\nb", 1, (1, 1, "a")),
        ("a\nb", 2, (1, 2, "a")),
        ("SELECT", 7, (1, 7, "SELECT")),
        ("SELECT\n", 8, (2, 1, "")),
        ("SELECT", 0, (0, 0, "")),
        ("SELECT", 8, (0, 0, "")),
    ],
)
def test_mark(sql: str, position: int, place: tuple[int, int, str]) -> None:
    assert mark(sql, position) == place
