"""Parts of a line have the look of what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.language.highlighting import Look, spans


def looks(line: str, opened: str = "") -> list[tuple[str, Look]]:
    return [(line[start:end], look) for start, end, look in spans(line, opened)]


def test_a_query() -> None:
    assert looks("Select count(*), \"Odd\", 1.5, 'x' FROM t WHERE a >= :low -- why") == [
        ("Select", Look.KEY_WORD),
        ("count", Look.FUNCTION),
        ("*", Look.OPERATOR),
        ('"Odd"', Look.QUOTED_NAME),
        ("1.5", Look.NUMBER),
        ("'x'", Look.STRING),
        ("FROM", Look.KEY_WORD),
        ("WHERE", Look.KEY_WORD),
        (">=", Look.OPERATOR),
        (":low", Look.PARAMETER),
        ("-- why", Look.COMMENT),
    ]


@pytest.mark.parametrize(
    "word", ["insert", "UPDATE", "by", "recursive", "nulls", "over", "explain", "select"]
)
def test_words_that_make_a_statement(word: str) -> None:
    assert looks(word) == [(word, Look.KEY_WORD)]


@pytest.mark.parametrize("word", ["name", "value", "type", "key", "t.select", "order.id", "ſelect"])
def test_words_that_name_something(word: str) -> None:
    assert Look.KEY_WORD not in [look for _, look in looks(word)]


def test_a_line_inside_of_something() -> None:
    assert looks("end */ SELECT", "/*") == [("end */", Look.COMMENT), ("SELECT", Look.KEY_WORD)]
    assert looks("it''s' , b", "'") == [("it''s'", Look.STRING)]


@given(st.text(max_size=80))
def test_spans_are_in_order_and_inside(line: str) -> None:
    place = 0
    for start, end, _ in spans(line):
        assert place <= start < end <= len(line)
        place = end
