"""A Python program in parts."""

from __future__ import annotations

import io
import keyword
import time
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pgmem_tui
from pgmem_tui.language.highlighting import Look
from pgmem_tui.language.python_parts import parts

OURS = sorted(Path(pgmem_tui.__file__).parent.glob("l*/*.py"))
_LOOKS = {tokenize.COMMENT: Look.COMMENT, tokenize.NUMBER: Look.NUMBER, tokenize.STRING: Look.STRING}


def by_tokenize(source: str) -> list[tuple[str, Look]]:
    """The same by Python's own, where f-strings are strings to it."""
    found = []
    apart = getattr(tokenize, "FSTRING_START", None)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == apart:
            pytest.skip("this Python takes f-strings apart")
        look = _LOOKS.get(token.type)
        if token.type == tokenize.NAME and keyword.iskeyword(token.string):
            look = Look.KEY_WORD
        if look:
            found.append((token.string, look))
    return found


def of(source: str) -> list[tuple[str, Look]]:
    return [(source[part.start : part.end], part.look) for part in parts(source)]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_they_are_what_python_takes_them_for(path: Path) -> None:
    source = path.read_text("utf-8")
    assert of(source) == by_tokenize(source)


def test_a_string_with_values_is_one_part() -> None:
    assert of("""print(f"{row['name']!r:>{width}} of {n + 1}", rb'\\'')""") == [
        ("""f"{row['name']!r:>{width}} of {n + 1}\"""", Look.STRING),
        ("rb'\\''", Look.STRING),
    ]


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_block_that_is_cut_goes_on_to_the_end(quotes: str) -> None:
    (part,) = parts(f"SQL({quotes}a\nb")
    assert (part.start, part.end, part.look, part.called) == (4, 10, Look.STRING, "SQL")


def test_quotes_that_nothing_closes_take_no_longer_than_others() -> None:
    before = time.monotonic()
    assert len(list(parts('"\\' * 100_000))) == 1
    assert time.monotonic() - before < 10  # 0.1; by looking again from each of them, minutes


@given(st.text("\"'#\\\nfb1.e_ x", max_size=40))
def test_anything_has_parts_in_order(text: str) -> None:
    ends = [0]
    for part in parts(text):
        assert ends[-1] <= part.start < part.end <= len(text)
        ends.append(part.end)
