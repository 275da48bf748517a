"""Measured values beside claims: rows stay rows, and nothing is shown as nothing."""

from __future__ import annotations

from pgmem_tui.lessons import claims, printing, value_words
from pgmem_tui.lessons.expression import parse
from tests.lessons.conftest import made

KINDS = {"held.bytes": "bytes"}


def test_rows_beside_bytes_are_rows() -> None:
    expression = parse("meanwhile.rowcount == 50_000 and held.bytes > 0")
    shown = value_words.values(expression, {"meanwhile.rowcount": 50_000.0, "held.bytes": 2.0**20}, KINDS)
    assert shown == "held.bytes = 1.0 MB, meanwhile.rowcount = 50,000"


def test_an_empty_text_is_seen() -> None:
    expression = parse('held.sqlstate == ""')
    assert value_words.values(expression, {"held.sqlstate": ""}, KINDS) == "held.sqlstate = ''"
    assert value_words.value("step.said", "", KINDS) == "''"


def test_a_claim_that_fails_says_its_values_as_the_screen_does() -> None:
    lesson = made(
        "note('n', 1); note('grown', 2)", claims="- `step.n == 3 and step.grown < 1 MB`: it is three"
    )
    values = {"step.n": 2.0, "step.grown": 2.0**21}
    kinds = {**value_words.kinds(lesson), "step.grown": "bytes"}
    found = claims.judge(lesson.claims[0], values, kinds)
    assert found.why == "step.grown = 2.0 MB, step.n = 2"
    assert found.why == value_words.values(lesson.claims[0].expression, values, kinds)
    assert "step.grown = 2.0 MB, step.n = 2" in "\n".join(printing.judged([found]))
