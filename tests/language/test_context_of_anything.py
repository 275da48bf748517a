"""What fits at any caret of any text: an answer, in little time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgmem_tui.language.context import context

SPOKEN = (
    "select from join left on using where group order by insert into values update set delete with recursive"
    " as lateral union all ( ) , . ; a b t \"Odd \" 'x ' ' \" -- /* */ $$ $a$ :: : * = $1 1 .5 conflict"
    " returning merge when then case end over cast U&\" E' [ ] is distinct not copy create table index alter"
    " column explain for 1e5 \n \0 \ud800 é \u202e"
)
PIECES = SPOKEN.split(" ")
WORDS_OF_SQL = st.lists(st.sampled_from([*PIECES, " "]), max_size=40)
TEXTS = st.one_of(st.text(max_size=60), WORDS_OF_SQL.map(" ".join), WORDS_OF_SQL.map("".join))


@given(TEXTS, st.integers(min_value=-3, max_value=200))
@settings(max_examples=500, deadline=None)
def test_any_text_and_any_caret(text: str, caret: int) -> None:
    there = context(text, caret)
    caret = max(0, min(caret, len(text)))
    assert 0 <= there.start <= caret <= there.end <= len(text)
    if not there.fits:
        assert not there.keywords


@given(st.text(max_size=30).filter(lambda text: "'" not in text), st.data())
@settings(deadline=None)
def test_nothing_fits_in_strings(text: str, data: st.DataObject) -> None:
    caret = data.draw(st.integers(min_value=0, max_value=len(text)))
    for before, behind in (("SELECT '", "'"), ("SELECT /*", "*/"), ("SELECT $q$", "$q$")):
        if behind in text or "$" in text or "*" in text or "/" in text:
            continue
        assert not context(f"{before}{text}{behind} FROM t", len(before) + caret).fits


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "SELECT * FROM (" * 3_000,
        "a." * 30_000,
        "SELECT " + "a," * 30_000,
        "WITH a AS (SELECT * FROM t, t)"
        + "".join(f", a{n} AS (SELECT * FROM a{n - 1}, a{n - 1})" for n in range(600))
        + "SELECT  FROM a599",
        "SELECT 'it''s' /* x */ FROM t; " * 30_000,
        '"' * 49_999,
        "'" * 49_999,
        "$a" * 30_000,
    ],
    ids=lambda text: text[:20],
)
def test_large_and_strange_texts_take_little_time(text: str) -> None:
    for caret in (len(text), len(text) // 2):
        started = time.process_time()
        context(text, caret)
        assert time.process_time() - started < 1, "seconds; a tenth of it where nothing else runs"
