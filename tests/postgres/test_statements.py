"""What is a query, by PostgreSQL's own grammar."""

from __future__ import annotations

import pytest

from pgmem_tui.postgres.statements import NotAQuery, one_query


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "VALUES (1), (2)",
        "TABLE t",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "(SELECT 1)",
        "SELECT 1 UNION SELECT 2 ORDER BY 1 LIMIT 1",
        "select\n1",
        "SELECT",
        "SELECT 'it''s', $$a;b$$, E'\\'', \"a;b\" FROM t",
        "SELECT '\udcff'",
    ],
)
def test_queries(text: str) -> None:
    assert one_query(text) == text


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("SELECT 1;", "SELECT 1"),
        ("SELECT 1 ; ;\n;", "SELECT 1"),
        ("SELECT 'é東京😀' ; ", "SELECT 'é東京😀'"),
        ("\n SELECT 1 -- c", "SELECT 1 -- c"),
        ("SELECT 1; -- c", "SELECT 1"),
        ("/* a;b */ SELECT 1 /* c */;", "SELECT 1 /* c */"),
        (";;SELECT 1", "SELECT 1"),
        (" ; /* é東😀 */ ;\n SELECT 1 ;;", "SELECT 1"),
        ("SELECT ';' ;", "SELECT ';'"),
        ("SELECT 'a\\'; -- '", "SELECT 'a\\'"),
    ],
)
def test_what_goes_is_blanked_or_cut_off_so_that_positions_hold(text: str, query: str) -> None:
    found, start = one_query(text), text.index("SELECT")
    assert found[start:] == query
    assert found[:start] == text[:start] if found[:start].strip() else ";" not in found[:start]


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("", 0, "no statement"),
        (" -- nothing", 0, "no statement"),
        (";", 0, "no statement"),
        ("SELECT 1; SELECT 2", 11, "2 statements"),
        ("SELECT 'é東😀';\n  DROP TABLE t", 17, "2 statements"),
        ("DELETE FROM t", 1, "DELETE is not a query"),
        ("INSERT INTO t VALUES (1) RETURNING *", 1, "INSERT is not a query"),
        ("EXPLAIN SELECT 1", 1, "EXPLAIN is not a query"),
        ("SHOW work_mem", 1, "not a query"),
        ("COPY t TO STDOUT", 1, "COPY is not a query"),
        ("SELECT 1 INTO t", 1, "SELECT INTO"),
        ("SELECT 'é東', oops oops oops", 24, "syntax error"),
        ("SELECT 1) q; DROP TABLE t; SELECT * FROM (SELECT 2", 9, "syntax error"),
        ("SELECT 'open", 8, "unterminated"),
        ("SELECT /* open", 8, "unterminated"),
        ("SELECT 1 -- \0\n) q; DROP TABLE t; --", 13, "NUL"),
        ("\\d t", 1, "syntax error"),
    ],
)
def test_what_is_none(text: str, position: int, said: str) -> None:
    with pytest.raises(NotAQuery, match=said) as caught:
        one_query(text)
    assert caught.value.position == position
