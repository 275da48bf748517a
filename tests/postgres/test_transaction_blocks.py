"""What is said not to run in a transaction, and what a server says of it."""

from __future__ import annotations

import psycopg2
import psycopg2.errors
import pytest

from pgmem_tui.language import grammar
from pgmem_tui.language.transaction_blocks import refuses
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect

SETUP = """
CREATE TABLE t (a int PRIMARY KEY);
CREATE TABLE whole (a int) PARTITION BY RANGE (a);
CREATE TABLE p PARTITION OF whole FOR VALUES FROM (0) TO (9);
"""


@pytest.mark.parametrize(
    "text",
    [
        "VACUUM t",
        "VACUUM (FULL, ANALYZE) t",
        "ANALYZE t",
        "REINDEX TABLE t",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX (CONCURRENTLY false) TABLE t",
        "REINDEX SCHEMA public",
        "CLUSTER",
        "CLUSTER t USING t_pkey",
        "CREATE INDEX i ON t (a)",
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "DROP INDEX CONCURRENTLY t_a_idx",
        "ALTER TABLE whole DETACH PARTITION p",
        "ALTER TABLE whole DETACH PARTITION p CONCURRENTLY",
        "ALTER SYSTEM SET work_mem = '4MB'",
        "CREATE DATABASE pgmem_never_made",
        "DROP DATABASE pgmem_never_made",
        "DROP TABLESPACE pgmem_never_made",
        "ALTER DATABASE pgmem_never_made SET TABLESPACE pg_default",
        "CREATE SUBSCRIPTION s CONNECTION 'dbname=nothing' PUBLICATION p",
    ],
)
def test_the_server_refuses_the_same(database: ConnectionSettings, text: str) -> None:
    connection = connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(SETUP)
            cursor.execute("BEGIN")
            try:
                cursor.execute(text)
                refused = False
            except psycopg2.errors.ActiveSqlTransaction:
                refused = True
            cursor.execute("ROLLBACK")
    finally:
        connection.close()
    (parsed,) = grammar.parse(text)
    assert refuses(parsed.stmt) is refused
