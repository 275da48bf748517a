"""What writes is refused, by what looks at it before it is sent, and by the server if nothing does."""

from __future__ import annotations

import pytest

from pgmem_tui.language.classifying import Classified, Runs
from pgmem_tui.paging import writing
from pgmem_tui.paging.events import (
    Failed,
    PageRead,
)
from pgmem_tui.paging.requests import (
    Statement,
    UserQuery,
)
from pgmem_tui.postgres import statements
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import Sessions, run


@pytest.fixture
def table(database: ConnectionSettings) -> ConnectionSettings:
    """The database with a table t of ten rows."""
    run(database, "CREATE TABLE t AS SELECT i, 'row ' || i AS note FROM generate_series(1, 10) AS i")
    return database


def rows(database: ConnectionSettings) -> list[tuple[int]]:
    """What others see."""
    return run(database, "SELECT i FROM t")


WRITES = (
    "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
    "EXPLAIN ANALYZE DELETE FROM t",
    "DO $$ BEGIN DELETE FROM t; END $$",
    "SET TRANSACTION READ WRITE",
    "COMMIT; DELETE FROM t",
    "DELETE FROM t",
    "SELECT * INTO u FROM t",
    "SELECT * FROM t FOR UPDATE",
    "COPY t FROM '/dev/null'",
    "CALL p()",
    "SET ROLE postgres",
    "TRUNCATE t",
)


@pytest.mark.parametrize("text", WRITES)
@pytest.mark.parametrize("writes", [False, True])
def test_what_writes_is_refused_before_it_is_sent(
    sessions: Sessions, table: ConnectionSettings, text: str, writes: bool
) -> None:
    session = sessions.start(table)
    for target in (UserQuery(text), Statement(text, writes=writes)):
        failed = session.fail(target)
        assert failed.problem.sqlstate == ""
        assert not [sent for sent in session.sent() if text in sent]
    assert len(rows(table)) == 10


@pytest.mark.parametrize("text", WRITES)
def test_what_writes_is_refused_by_the_server_too(
    sessions: Sessions, table: ConnectionSettings, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent past the check: each way that a statement is sent in, without what looks at it first."""
    run(table, "CREATE PROCEDURE p() LANGUAGE sql AS 'DELETE FROM t'")
    session = sessions.start(table)
    seen = Classified(Runs.SHOWN, "SHOW")
    monkeypatch.setattr(writing, "classify", lambda text, writable=False: seen)
    monkeypatch.setattr(statements, "one_query", lambda text: text)
    for target in (UserQuery(text), Statement(text)):
        session.begin_open(target)
        session.wait_for((Failed, PageRead), lambda event: event.generation == session.generation)
        assert len(rows(table)) == 10, target
    assert run(table, "SELECT to_regclass('u')") == [(None,)]
