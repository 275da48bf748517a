"""Texts with marked places, broken into lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgmem_tui.display.text import one_line
from pgmem_tui.ui.code_lines import code_spans
from pgmem_tui.ui.preview_lines import BROKEN, COMMENT, IDENTIFIER, MOST, VALUE, words, wrapped


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    """A text and places in it that do not overlap."""
    text = draw(st.text(max_size=60))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    kinds = st.sampled_from([IDENTIFIER, VALUE, BROKEN])
    return text, [(a, b, draw(kinds)) for a, b in zip(edges[::2], edges[1::2], strict=False)]


@given(marked(), st.integers(10, 40))
def test_all_is_there_and_no_line_too_wide(given: tuple[str, list[tuple[int, int, str]]], width: int) -> None:
    text, spans = given
    lines = wrapped(text, spans, width)
    for line in lines:
        shown = "".join(word.text for word in line)
        assert one_line(shown) == shown
        assert cell_len(shown) == sum(word.cells for word in line) <= width
    for kind in (IDENTIFIER, VALUE, BROKEN):
        meant = "".join(one_line(text[a:b]) for a, b, of in spans if of == kind).replace(" ", "")
        painted = "".join(word.text for line in lines for word in line if word.kind == kind).replace(" ", "")
        if "\\" not in text and text.isascii():
            assert painted == meant


def test_a_line_end_in_a_name_is_shown_and_not_made() -> None:
    text = 'SELECT "a\nb"\nFROM "t"'
    lines = wrapped(text, [(7, 12, IDENTIFIER), (18, 21, IDENTIFIER)], 40)
    assert ["".join(word.text for word in line) for line in lines] == ['SELECT "a\\nb"', 'FROM "t"']


def test_very_long_texts_are_cut() -> None:
    text = "SELECT '" + "x" * 3 * MOST + "'"
    lines = wrapped(text, words(text, [(7, len(text), VALUE)]), 80)
    assert len(lines) < MOST / 70 and lines[-1][0].kind == COMMENT


def test_a_line_goes_on_as_far_in_as_it_begins() -> None:
    program = "    # A comment that goes on and on\n        one_call(of_two, arguments)"
    lines = wrapped(program, code_spans(program), 24)
    shown = ["".join(word.text for word in line).rstrip() for line in lines]
    assert shown == [
        "    # A comment that",
        "      goes on and on",
        "        one_call(of_two,",
        "        arguments)",
    ]
