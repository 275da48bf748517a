"""What a statement would do, by its parse tree: only what is known to read counts as reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pglast import ast

from pgmem_tui.language import node_kinds
from pgmem_tui.language.classifying import Runs, classify, explained

QUERIES = [
    *(Path(__file__).with_name("queries.sql").read_text("utf-8").removesuffix(";\n").split(";\n\n")),
    *("select 1;", "SELECT '\udcff'"),
]

WRITES = [
    ("DELETE FROM t", "DELETE", 1, "DELETE deletes rows"),
    (" /* é東😀 */ delete from t", "DELETE", 12, "DELETE deletes rows"),
    ("INSERT INTO t VALUES (1) RETURNING *", "INSERT", 1, "adds rows"),
    ("UPDATE t SET a = 1", "UPDATE", 1, "changes rows"),
    ("MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", "MERGE", 1, "adds, changes or deletes"),
    ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "WITH", 6, "DELETE in WITH deletes rows"),
    ("WITH 東 AS (SELECT 1), x AS (DELETE FROM t) TABLE x", "WITH", 23, "DELETE in WITH"),
    ("SELECT 'é😀' FROM (WITH x AS (INSERT INTO t SELECT 1) SELECT 1) s", "SELECT", 24, "INSERT in WITH"),
    ("SELECT * FROM t FOR UPDATE", "SELECT", 17, "locks rows"),
    ("SELECT 'é', \"😀\" FROM t FOR NO KEY UPDATE NOWAIT", "SELECT", 24, "locks rows"),
    ("SELECT * FROM (SELECT * FROM t FOR KEY SHARE) s", "SELECT", 32, "locks rows"),
    ("SELECT 1 INTO n", "SELECT", 1, "INTO makes a table"),
    ("WITH a AS (SELECT 1) SELECT * INTO TEMP n FROM a", "WITH", 1, "INTO makes a table"),
    ("EXPLAIN ANALYZE DELETE FROM t", "EXPLAIN", 17, "runs what it explains: DELETE deletes rows"),
    ("EXPLAIN (COSTS off, ANALYZE) UPDATE t SET a = 1", "EXPLAIN", 30, "UPDATE changes rows"),
    ("EXPLAIN (ANALYZE on, ANALYZE off) DELETE FROM t", "EXPLAIN", 35, "DELETE deletes rows"),
    ("EXPLAIN (ANALYZE 1) WITH x AS (DELETE FROM t) SELECT 'é'", "EXPLAIN", 26, "DELETE in WITH"),
    ("EXPLAIN ANALYZE SELECT 1 FOR UPDATE", "EXPLAIN", 26, "locks rows"),
    ("EXPLAIN ANALYSE EXECUTE p", "EXPLAIN", 17, "EXECUTE runs what was prepared"),
    ("EXPLAIN ANALYZE CREATE TABLE n AS SELECT 1", "EXPLAIN", 17, "CREATE makes a table"),
    ("DO $$ BEGIN DELETE FROM t; END $$", "DO", 1, "runs code"),
    ("CALL p(:a)", "CALL", 1, "runs a procedure"),
    ("COPY t FROM '/x'", "COPY", 1, "adds rows"),
    ("COPY (SELECT 1) TO '/x'", "COPY", 1, "file of the server"),
    ("COPY t TO PROGRAM 'x'", "COPY", 1, "runs a program"),
    ("LOCK TABLE t", "LOCK", 1, "wait for its locks"),
    ("NOTIFY n, 'x'", "NOTIFY", 1, "message"),
    ("SET application_name = 'x'", "SET", 1, "settings"),
    ("SET ROLE r", "SET", 1, "settings"),
    ("SET SESSION AUTHORIZATION r", "SET", 1, "settings"),
    ("SET LOCAL work_mem = '1MB'", "SET", 1, "settings"),
    ("SET a.enable_seqscan = off", "SET", 1, "settings"),
    ("SET enable_x.y = off", "SET", 1, "settings"),
    ("SET synchronize_seqscans = on", "SET", 1, "settings"),
    ("SET extra_float_digits = 0", "SET", 1, "settings"),
    ("SET jit_dump_bitcode = on", "SET", 1, "settings"),
    ("RESET ROLE", "RESET", 1, "settings"),
    ("SET CONSTRAINTS ALL DEFERRED", "SET", 1, "constraints"),
    ("PREPARE p AS SELECT 1", "PREPARE", 1, "prepared statement"),
    ("EXECUTE p", "EXECUTE", 1, "was prepared"),
    ("DEALLOCATE p", "DEALLOCATE", 1, "prepared statements"),
    ("TRUNCATE t", "TRUNCATE", 1, "all rows"),
    ("REFRESH MATERIALIZED VIEW v", "REFRESH", 1, "materialized view"),
    ("ANALYZE t", "ANALYZE", 1, "statistics"),
    ("CREATE TABLE n (a int)", "CREATE", 1, "may change the database"),
    ("DROP TABLE t", "DROP", 1, "may change the database"),
    ("GRANT ALL ON t TO r", "GRANT", 1, "may change the database"),
    ("COMMENT ON TABLE t IS 'x'", "COMMENT", 1, "may change the database"),
    ("LOAD 'x'", "LOAD", 1, "loads code"),
    ("CHECKPOINT", "CHECKPOINT", 1, "files"),
]

NEVER = [
    *("BEGIN", "START TRANSACTION READ WRITE", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT s"),
    *("RELEASE s", "ROLLBACK TO s", "PREPARE TRANSACTION 'x'", "COMMIT AND CHAIN", "ROLLBACK PREPARED 'x'"),
    *(
        "SET TRANSACTION READ WRITE",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET TRANSACTION SNAPSHOT 'x'",
    ),
    *("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", "SET transaction_read_only = off"),
    *('SET LOCAL "Transaction_Read_Only" TO off', "RESET ALL", "RESET standard_conforming_strings"),
    *("SET standard_conforming_strings = off", "SET NAMES 'LATIN1'", "SET client_encoding = 'SQL_ASCII'"),
    *(
        "DISCARD ALL",
        "DISCARD TEMP",
        "LISTEN n",
        "CLOSE ALL",
        "FETCH ALL FROM c",
        "MOVE c",
        "DECLARE c CURSOR FOR SELECT 1",
    ),
    *("COPY t FROM STDIN", "COPY t TO STDOUT", "COPY (SELECT 1) TO STDOUT"),
    *("COMMIT; DELETE FROM t", "SELECT 1; SELECT 2", "SELECT 1; COMMIT"),
    "SELECT set_config('transaction_read_only', 'off', true)",
    "SELECT 1 FROM (SELECT pg_catalog.set_config('Standard_Conforming_Strings', 'off', false)) s",
    "EXPLAIN ANALYZE SELECT set_config('client_encoding', 'x', false)",
]

OUTSIDE = [
    *("VACUUM", "VACUUM (FULL) t", "ALTER SYSTEM SET work_mem = 1", "ALTER SYSTEM RESET ALL", "CLUSTER"),
    *("CREATE DATABASE d", "DROP DATABASE d", "CREATE TABLESPACE s LOCATION '/s'", "DROP TABLESPACE s"),
    *("CREATE INDEX CONCURRENTLY ON t (a)", "DROP INDEX CONCURRENTLY i", "REINDEX TABLE CONCURRENTLY t"),
    *("REINDEX (CONCURRENTLY) INDEX i", "REINDEX SCHEMA s", "REINDEX DATABASE d"),
    *("ALTER DATABASE d SET TABLESPACE s", "ALTER TABLE t DETACH PARTITION p CONCURRENTLY"),
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
]

INSIDE = [
    *(
        "ANALYZE",
        "CLUSTER t USING i",
        "CREATE INDEX ON t (a)",
        "DROP INDEX i",
        "REINDEX TABLE t",
        "DROP TABLE t",
    ),
    *("ALTER DATABASE d CONNECTION LIMIT 5", "ALTER TABLE t DETACH PARTITION p", "REINDEX (VERBOSE) INDEX i"),
    *("REINDEX (CONCURRENTLY off) INDEX i", "ALTER TYPE e ADD VALUE 'x'", "ALTER TABLE t ADD COLUMN a int"),
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = false)",
]

SHOWN = [
    *(
        "SHOW work_mem",
        "SHOW ALL",
        "SHOW TRANSACTION ISOLATION LEVEL",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
    ),
    *(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT json) TABLE t",
        "EXPLAIN DELETE FROM t",
        "EXPLAIN VERBOSE DELETE FROM t",
    ),
    *("EXPLAIN (ANALYZE off) DELETE FROM t", "EXPLAIN (ANALYZE false, COSTS) INSERT INTO t VALUES (1)"),
    *(
        "EXPLAIN (ANALYZE 0) DELETE FROM t",
        "EXPLAIN CREATE TABLE n AS SELECT 1",
        "EXPLAIN SELECT 1 FOR UPDATE",
    ),
    *("EXPLAIN EXECUTE p", "EXPLAIN (SELECT :a)", "EXPLAIN WITH x AS (DELETE FROM t) SELECT 1"),
]


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("writable", [False, True])
def test_queries_run_through_a_cursor(text: str, writable: bool) -> None:
    found = classify(text, writable)
    assert (found.runs, found.reason, found.position) == (Runs.CURSOR, "", 0), found


@pytest.mark.parametrize(
    "text",
    [
        "SET work_mem = '1MB'",
        'SET SESSION search_path TO a, "B"',
        "SET SCHEMA 'a'",
        "set TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE",
        "SET Enable_SeqScan = off",
        "SET geqo_threshold TO DEFAULT",
        "RESET statement_timeout",
        "RESET TIME ZONE",
    ],
)
@pytest.mark.parametrize("writable", [False, True])
def test_what_is_set(text: str, writable: bool) -> None:
    assert classify(text, writable).runs is Runs.SETS


def test_a_setting_that_may_not_be_set_says_which_may() -> None:
    assert "leave LOCAL out" in classify("SET LOCAL work_mem = 1").hint
    assert "search_path" in classify("SET ROLE r").hint


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_shown(text: str) -> None:
    assert {classify(text).runs, classify(text, writable=True).runs} == {Runs.SHOWN}


@pytest.mark.parametrize(("text", "word", "position", "said"), WRITES)
def test_what_writes(text: str, word: str, position: int, said: str) -> None:
    refused, allowed = classify(text), classify(text, writable=True)
    assert (refused.runs, refused.word, refused.position) == (Runs.REFUSED, word, position)
    assert said in refused.reason
    assert refused.reason.endswith("this session is read-only")
    assert refused.hint.endswith("nothing was run")
    assert (allowed.runs, allowed.word, allowed.position) == (Runs.WRITES, word, position)
    assert said in allowed.reason


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_no_transaction_takes_is_told_before_it_is_sent(text: str) -> None:
    for writable in (False, True):
        found = classify(text, writable)
        assert (found.runs, found.hint) == (Runs.REFUSED, "run it in psql; nothing was run")
        assert "cannot run in a transaction" in found.reason


@pytest.mark.parametrize("text", INSIDE)
def test_what_a_transaction_takes(text: str) -> None:
    assert classify(text, True).runs is Runs.WRITES


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("DELETE FROM t", "DELETE"),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "WITH … DELETE"),
        ("WITH x AS (DELETE FROM t RETURNING *) INSERT INTO t SELECT * FROM x", "WITH … INSERT, DELETE"),
        ("WITH x AS (SELECT 1 AS i) UPDATE t SET i = 2", "WITH … UPDATE"),
        ("INSERT INTO t SELECT 1", "INSERT"),
        ("EXPLAIN ANALYZE DELETE FROM t", "EXPLAIN … DELETE"),
        ("SELECT 1 INTO n", "SELECT … INTO"),
        ("SELECT * FROM t FOR SHARE", "SELECT … FOR UPDATE or SHARE"),
        ("CREATE TABLE n AS SELECT 1", "CREATE"),
        ("CALL p(1)", "CALL"),
    ],
)
def test_what_it_is_that_writes(text: str, headline: str) -> None:
    assert classify(text, True).headline == headline


@pytest.mark.parametrize("text", NEVER)
def test_what_is_refused_even_where_writing_is_allowed(text: str) -> None:
    for writable in (False, True):
        found = classify(text, writable)
        assert (found.runs, found.hint.endswith("nothing was run")) == (Runs.REFUSED, True), found
        assert found.reason
        assert found.position


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("", 0, "no statement"),
        (" -- c", 0, "no statement"),
        ("SELEC 1", 1, 'at or near "SELEC"'),
        ("SELECT 'é東😀', oops oops 'öps'", 25, "at or near \"'öps'\""),
        ("SELECT é é é", 12, 'at or near "é"'),
        ("SELECT 'é' + ", 13, "end of input"),
        ("SELECT 'é", 8, "unterminated"),
        ("SELECT 1\0; DROP TABLE t", 9, "NUL"),
        ("SELECT 1 AS :'é東😀'", 13, "a value cannot stand here"),
        ("\\d t", 1, "syntax error"),
        ("SELECT $\udc80$ $\udc81$", 9, "not UTF-8"),
    ],
)
def test_what_is_no_statement(text: str, position: int, said: str) -> None:
    found = classify(text)
    assert (found.runs, found.word, found.position) == (Runs.INVALID, "", position)
    assert said in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "1+" * 50_000 + "1",
        "SELECT 1" + " UNION SELECT 1" * 50_000,
        "SELECT " + "(SELECT " * 6_000 + "1" + ")" * 6_000,
        "SELECT " + "NOT " * 50_000 + "1",
        "SELECT 1" + "::text" * 50_000,
        "SELECT " + "CASE WHEN 1 = 1 THEN " * 9_000,
    ],
    ids=["operators", "union", "selects", "not", "casts", "case"],
)
def test_what_is_too_deep_is_refused_and_does_not_end_the_process(text: str) -> None:
    found = classify(text)
    assert (found.runs, "too many operators" in found.reason) == (Runs.INVALID, True)
    assert 0 < found.position < len(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM t WHERE " + " AND ".join(f"a = {number}" for number in range(6_000)),
        "SELECT * FROM t WHERE " + " OR ".join(f"(a = {number} AND b <> 'é')" for number in range(6_000)),
        "SELECT * FROM t WHERE a IN (" + ", ".join(f"-{number}" for number in range(30_000)) + ")",
        "VALUES " + ", ".join(f"({number}, 'x'::text, -1 + 2)" for number in range(6_000)),
        "SELECT '" + "é+" * 100_000 + "'",
    ],
    ids=["and", "or", "in", "values", "string"],
)
def test_long_is_not_deep(text: str) -> None:
    assert classify(text).runs is Runs.CURSOR


def test_tags_between_dollars_stay_apart() -> None:
    """Were they one, this would be two strings; as it is, something is deleted."""
    text = "SELECT $é$ $è$ , $é$ ; DELETE FROM t ; -- $è$\n"
    assert "2 statements" in classify(text).reason


@settings(deadline=None)
@given(
    st.sampled_from([text for text, *_ in WRITES]), st.sampled_from(["", " ", "\n-- c\n", "/* é */", ";;"])
)
def test_blanks_and_comments_change_nothing(text: str, around: str) -> None:
    assert classify(f"{around}{text}{around}").runs is Runs.REFUSED


def test_each_node_is_one_that_the_grammar_has() -> None:
    """Else a typing error would refuse what reads, or say little about what writes."""
    known = {name for name in dir(ast) if name[0].isupper()}
    assert known >= node_kinds.READS | node_kinds.WRITES.keys() | node_kinds.CURSORS
    assert not {name for name in node_kinds.READS if name.endswith("Stmt")} - {"SelectStmt", "RawStmt"}


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("EXPLAIN SELECT 1", "SELECT"),
        ("explain /* ( */ analyze verbose select 1", "select"),
        ("EXPLAIN (ANALYZE, FORMAT json) (SELECT 1)", "(SELECT"),
        ("EXPLAIN (SELECT 1) UNION TABLE t", "(SELECT"),
        ("EXPLAIN ((SELECT 1))", "((SELECT"),
        ("; EXPLAIN (COSTS) -- é\n WITH a AS (SELECT 1) TABLE a", "WITH"),
    ],
)
def test_where_what_is_explained_begins(text: str, start: str) -> None:
    assert explained(text) == text.index(start)


def test_a_setting_that_is_refused_is_named() -> None:
    refused = classify("RESET work_men")
    assert refused.reason.startswith("RESET work_men: none of the settings ")
    assert refused.hint.startswith("did you mean work_mem? what can be SET is ")
    assert "did you mean" not in classify("SET nonsense.x = 1").hint
