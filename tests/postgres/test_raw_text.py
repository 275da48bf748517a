"""A database of no encoding gives back every byte, and takes it."""

from __future__ import annotations

from pgmem_tui.postgres.connection import connect
from tests.conftest import CreateDatabase


def test_every_byte_comes_and_goes(create_database: CreateDatabase) -> None:
    connection = connect(create_database("SQL_ASCII"), "test")
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT E'\xff \xc3\xa9', 'ł'")
        assert cursor.fetchone() == ("\udcff é", "ł")
        cursor.execute("SELECT encode(%s::bytea, 'hex')", ("\udcff é".encode("utf-8", "surrogateescape"),))
        assert cursor.fetchone() == ("ff20c3a9",)
        cursor.execute(r"SELECT %s = E'\xff \xc3\xa9'", ("\udcff é",))
        assert cursor.fetchone() == ("t",)
    named = connection.cursor(name="raw")
    named.execute(r"SELECT E'\xfe' AS café")
    assert named.fetchmany(2) == [("\udcfe",)]
    assert named.description is not None and named.description[0].name == "café"
    connection.close()
