"""Programs without secrets, of hostile names, of very much; and of text without an encoding."""

from __future__ import annotations

import pytest
from psycopg2 import sql

from pgmem_tui.paging.requests import KnownRelation, NamedRelation
from pgmem_tui.paging.showing_code import LONGEST, ShowProgram
from pgmem_tui.postgres.query_spec import Condition
from pgmem_tui.postgres.settings import ConnectionSettings, from_text
from tests.conftest import CreateDatabase, connect
from tests.paging.code_asking import Asking, oid
from tests.paging.harness import Sessions, run


@pytest.fixture(scope="module")
def made(module_database: ConnectionSettings) -> ConnectionSettings:
    run(module_database, "CREATE TABLE ties AS SELECT i AS id FROM generate_series(1, 100) AS i")
    return module_database


@pytest.fixture
def asking(made: ConnectionSettings, sessions: Sessions) -> Asking:
    return Asking(sessions.start(made), made)


def test_a_database_without_an_encoding(create_database: CreateDatabase, sessions: Sessions) -> None:
    raw = create_database("SQL_ASCII")
    run(raw, "CREATE TABLE r (t text)", r"INSERT INTO r VALUES (E'za\305\274'), (E'\377\376'), ('x')")
    asking = Asking(sessions.start(raw), raw)
    asking.session.open(NamedRelation("r"))
    asking.check(0, 3)


def test_each_setting_is_explained(asking: Asking) -> None:
    asking.session.open(NamedRelation("ties"))
    program = asking.program(0, asking.rows(0, 3)).text.splitlines()
    sent = [number for number, line in enumerate(program) if "settings.execute" in line]
    assert len(sent) >= 4
    assert all(program[number - 1].strip().startswith("# ") for number in sent)


def test_no_secret_is_in_a_program(made: ConnectionSettings, sessions: Sessions) -> None:
    given = from_text(
        "host=db1 user=ann password=hunter2hunter2 sslpassword=other3 sslkey=k.pem dbname=shop", {}
    )
    assert "hunter2hunter2" not in repr(ShowProgram(1, 0, (), 7, given))
    asking = Asking(sessions.start(made), given)
    asking.session.open(NamedRelation("ties"))
    shown = asking.program(0, asking.rows(0, 3))
    assert "hunter2" not in shown.text + shown.simple
    assert 'user="ann"' in shown.text


def test_a_query_with_a_secret_has_no_program(asking: Asking) -> None:
    asking.session.open("SELECT 'host=db1 password=hunter2' AS conninfo")
    shown = asking.program(0, asking.rows(0, 1))
    assert "password" in shown.why_not
    assert shown.text == shown.simple == ""


@pytest.mark.parametrize(("column", "secret"), [("password", True), ("id", False)])
def test_a_condition_with_a_secret_has_no_program(
    made: ConnectionSettings, sessions: Sessions, column: str, secret: bool
) -> None:
    """But a column of passwords alone is none: the program has no value of it."""
    run(made, "DROP TABLE IF EXISTS keys", "CREATE TABLE keys (id text, password text)")
    run(made, "INSERT INTO keys VALUES ('hunter2', 'hunter2')")
    asking = Asking(sessions.start(made), made)
    asking.session.open(KnownRelation(oid(made, "keys")))
    asking.check(0, 1)
    asking.session.open(KnownRelation(oid(made, "keys"), (Condition(column, "hunter2"),)))
    shown = asking.program(0, asking.rows(0, 1))
    assert ("hunter2" in shown.text) != secret
    assert bool(shown.why_not) == secret


def test_very_many_columns(made: ConnectionSettings, sessions: Sessions) -> None:
    columns = ", ".join(f"a_rather_long_name_of_a_column_{number} text" for number in range(1600))
    run(
        made,
        "DROP TABLE IF EXISTS broad",
        f"CREATE TABLE broad ({columns})",
        "INSERT INTO broad DEFAULT VALUES",
    )
    asking = Asking(sessions.start(made), made)
    asking.session.open(NamedRelation("broad"))
    asking.check(0, 1)


def test_a_very_long_query_has_no_program(asking: Asking) -> None:
    asking.session.open(f"SELECT '{'x' * LONGEST}' AS long")
    assert "more than" in asking.program(0, asking.rows(0, 1)).why_not


def test_hostile_names_are_no_code(made: ConnectionSettings, sessions: Sessions) -> None:
    name = '"""); import os # \n{x} \u202e'
    connection = connect(made)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TABLE {0} ({0} text, self int)").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("INSERT INTO {} VALUES ('\u202e', 1)").format(sql.Identifier(name)))
    connection.close()
    asking = Asking(sessions.start(made), made)
    ((found,),) = run(made, "SELECT max(oid::int) FROM pg_class WHERE relname LIKE '%import os%'")
    asking.session.open(KnownRelation(found))
    shown = asking.check(0, 1)
    assert (shown.text + shown.simple).isascii()


def test_a_long_query_with_room_for_a_secret_is_not_parsed_for_it(asking: Asking) -> None:
    asking.session.open(f"SELECT '{'x ' * (LONGEST // 3)}' AS password")
    assert "password or a key" in asking.program(0, asking.rows(0, 1)).why_not
