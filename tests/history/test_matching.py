"""What finds what."""

from __future__ import annotations

import time

import pytest

from pgmem_tui.history.matching import EXACT, NEARLY, Matcher


@pytest.mark.parametrize(
    ("typed", "text", "rank"),
    [
        ("", "SELECT 1", EXACT),
        ("sel", "SELECT 1", EXACT),
        ("1 select", "SELECT 1", EXACT),
        ("STRASSE", "straße", EXACT),
        ("slct", "SELECT 1", NEARLY),
        ("selusr", "SELECT * FROM users", NEARLY),
        ("slct users", "SELECT * FROM users", NEARLY),
        ("tcles", "SELECT 1", None),
        ("sl", "SELECT 1", None),
        ("slct nothing", "SELECT 1", None),
        ("abc", "a" + "." * 50 + "bc", None),
        ("abc", "a" + "." * 50 + "a.b.c", NEARLY),
        (".*", "SELECT 1", None),
    ],
)
def test_ranks(typed: str, text: str, rank: int | None) -> None:
    assert Matcher(typed).rank(text) == rank


def test_no_text_takes_long() -> None:
    """A pattern with gaps would try every way to lay them out."""
    started = time.perf_counter()
    assert Matcher("a" * 40 + "b").rank("a" * 100_000) is None
    assert time.perf_counter() - started < 1.0
