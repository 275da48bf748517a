"""Measured values beside claims: rows stay rows, and nothing is shown as nothing."""

from __future__ import annotations

from pgmem_tui.lessons.expression import parse
from pgmem_tui.ui import lesson_values

KINDS = {"held.bytes": "bytes"}


def test_rows_beside_bytes_are_rows() -> None:
    expression = parse("meanwhile.rowcount == 50_000 and held.bytes > 0")
    shown = lesson_values.values(expression, {"meanwhile.rowcount": 50_000.0, "held.bytes": 2.0**20}, KINDS)
    assert shown == "held.bytes = 1.0 MB, meanwhile.rowcount = 50,000"


def test_an_empty_text_is_seen() -> None:
    expression = parse('held.sqlstate == ""')
    assert lesson_values.values(expression, {"held.sqlstate": ""}, KINDS) == "held.sqlstate = ''"
    assert lesson_values.value("step.said", "", KINDS) == "''"
