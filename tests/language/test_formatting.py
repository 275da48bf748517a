"""Laid out anew, a statement means the same and keeps its comments, literals and parameters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgmem_tui.language.formatting import NotFormatted, formatted
from pgmem_tui.language.tokens import tokens
from tests.language.test_classifying import QUERIES, SHOWN, WRITES

STATEMENTS = [*QUERIES, *SHOWN, *(text for text, *_ in WRITES)]
BETWEEN = st.sampled_from(
    [*[" "] * 8, "\n", "  ", " -- c\n", " /* b */ ", "\n-- own\n", "\n/* of\n   two */\n", "\n\n"]
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_statement_with_comments_anywhere(data: st.DataObject) -> None:
    """That nothing is lost is seen by `formatted` itself, which would refuse."""
    text = data.draw(st.sampled_from(STATEMENTS))
    words = [token.text(text) for token in tokens(text)]
    text = "".join(word + data.draw(BETWEEN) for word in words)
    once = formatted(text)
    twice = formatted(once)
    # A comment between words may move on, once, to the end of its line or to its beginning.
    assert formatted(twice) == twice or formatted(formatted(twice)) == formatted(twice)
    assert once == "\n".join(line.rstrip() for line in once.split("\n"))


@pytest.mark.parametrize("text", STATEMENTS)
def test_what_is_laid_out_stays_as_it_is(text: str) -> None:
    assert formatted(formatted(text)) == formatted(text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_it_stays_within_its_width(text: str) -> None:
    for line in formatted(text).split("\n"):
        assert len(line) <= 80 or len(line.split()) < 3


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ""),
        ("select 1;", "SELECT 1;"),
        ("select 1 ;select 2\n", "SELECT 1;\n\nSELECT 2\n"),
        ("-- a\nselect 1; -- b\n-- c\nselect 2 -- d", "-- a\nSELECT 1; -- b\n\n-- c\nSELECT 2 -- d"),
        ('select a=1,-b,a- -1 ,a*-2 from "T".x', 'SELECT a = 1, -b, a - -1, a * -2\nFROM "T".x'),
        (
            "select e'\\'', $$ select $$, 1_000, a!=b, a::int",
            "SELECT e'\\'', $$ select $$, 1_000, a != b, a::int",
        ),
        ("select :a,:'b',:\"c\", x[1:2]", "SELECT :a, :'b', :\"c\", x[1:2]"),
        ("select count ( * ), t . *", "SELECT count (*), t.*"),
        (
            "select name, value, first, t.user as select from t",
            "SELECT name, value, first, t.user AS select\nFROM t",
        ),
        ("select left(a,1) from a left join b using(c)", "SELECT left(a, 1)\nFROM a\nLEFT JOIN b USING (c)"),
        (
            "select a is distinct from b, extract(year from c)",
            "SELECT a IS DISTINCT FROM b, extract(year FROM c)",
        ),
        ("create index i on t(a)", "create index i on t(a)"),
        ("delete from t where a=1 returning *", "DELETE FROM t\nWHERE a = 1\nRETURNING *"),
        ("explain (analyze) select 1", "EXPLAIN (ANALYZE)\nSELECT 1"),
        ("select 1 -- a\n, 2", "SELECT\n    1, -- a\n    2"),
        ("select 'é東😀', 'a'\n'b'", "SELECT\n    'é東😀',\n    'a'\n'b'"),
    ],
)
def test_how_it_looks(text: str, lines: str) -> None:
    assert formatted(text) == lines


LONG = """
select * from t where a between 1 and 2 and b in (select id from another_table
where name like '%some quite long text%' and kind = 'y') or not exists (select 1);

with a as (select 1), b as (select some_quite_long_name, another_quite_long_name, the_last_name
from a) insert into t(a) select * from b on conflict(a) do update set a=excluded.a;

select case when some_quite_long_name then another_quite_long_name else a_third_name end from t
"""
LONG_LAID_OUT = """\
SELECT *
FROM t
WHERE a BETWEEN 1 AND 2
    AND b IN (
        SELECT id
        FROM another_table
        WHERE name LIKE '%some quite long text%' AND kind = 'y'
    )
    OR NOT EXISTS (SELECT 1);

WITH a AS (SELECT 1),
b AS (
    SELECT some_quite_long_name, another_quite_long_name, the_last_name
    FROM a
)
INSERT INTO t(a)
SELECT *
FROM b
ON CONFLICT (a) DO UPDATE
SET a = excluded.a;

SELECT CASE
    WHEN some_quite_long_name THEN another_quite_long_name
    ELSE a_third_name
END
FROM t
"""


def test_long_ones() -> None:
    assert formatted(LONG) == LONG_LAID_OUT


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [("SELEC 1", 1, "SELEC"), ("SELECT 'é', oops oops oops", 23, "oops"), ("SELECT '", 8, "unterminated")],
)
def test_what_is_no_sql_is_left_as_it_is(text: str, position: int, said: str) -> None:
    with pytest.raises(NotFormatted, match=said) as caught:
        formatted(text)
    assert caught.value.position == position


def test_the_longest_names_are_not_cut() -> None:
    """pglast's own printer would write the 63 bytes that the server keeps of them."""
    text = f'SELECT {"n" * 70}, "{"é" * 40}"'
    assert {*formatted(text).split()} >= {"n" * 70 + ",", f'"{"é" * 40}"'}
