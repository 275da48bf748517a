"""Commenting and indenting lines, and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.language.line_edits import indent, next_indentation, outdent, toggle_comment

LINES = st.lists(st.text("ab -\t", max_size=8), min_size=1, max_size=5)


def test_comments() -> None:
    assert toggle_comment(["  SELECT", "", "    1"]) == ["  -- SELECT", "", "  --   1"]
    assert toggle_comment(["--x", "  -- y"]) == ["x", "  y"]
    assert toggle_comment(["-- a", "b"]) == ["-- -- a", "-- b"]
    assert toggle_comment([""]) == ["-- "]


@given(LINES)
def test_a_comment_twice_is_none(lines: list[str]) -> None:
    commented = toggle_comment(lines)
    written = any(line.strip() for line in lines)
    if written and not all(line.lstrip().startswith("--") for line in lines if line.strip()):
        assert toggle_comment(commented) == lines


@given(LINES)
def test_indenting_and_back(lines: list[str]) -> None:
    assert outdent(indent(lines)) == [line if line.strip() else outdent([line])[0] for line in lines]


def test_indenting() -> None:
    assert indent(["a", "", "  b"]) == ["    a", "", "      b"]
    assert outdent(["      a", "  b", "\tc", "d"]) == ["  a", "b", "c", "d"]


def test_new_lines() -> None:
    assert next_indentation("  SELECT a") == "  "
    assert next_indentation("  f( ") == "      "
    assert next_indentation("\tx") == "\t"
