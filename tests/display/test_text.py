"""Any text becomes one safe line, and its width is what the screen makes of it."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgmem_tui.display.text import MARKS_LIMIT, cell_width, fit, one_line, truncate

ANY_TEXT = st.text(
    st.one_of(
        st.characters(),  # surrogates too
        st.sampled_from("ab 1\\日本e\u0301\u0300\u200d\ufe0f\u202e\n\t\x1b\x9b\u1100\u1161\u093f👩🇩\u00a0"),
    )
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain text, 12.50 [red]", "plain text, 12.50 [red]"),
        ("C:\\new", "C:\\new"),
        ("a\nb\tc\r\n", r"a\nb\tc\r\n"),
        ("\x00\x07\x1b[31mred\x7f", r"\x00\a\x1b[31mred\x7f"),
        ("\x85\x9b31m", r"\x85\x9b31m"),
        ("abc\u202edef\u2066\u200f\u061c", r"abc\u202edef\u2066\u200f\u061c"),
        ("zero\u200bwidth\ufeff\u00ad", r"zero\u200bwidth\ufeff\xad"),
        ("line\u2028paragraph\u2029", r"line\u2028paragraph\u2029"),
        ("\ud800\udcff", r"\ud800\udcff"),
        ("\U000e0041\U0010ffff\ue000", r"\U000e0041\U0010ffff\ue000"),
        ("Zürich, Łódź, Ελλάδα, Москва", "Zürich, Łódź, Ελλάδα, Москва"),
        ("日本語 हिन्दी ไทย שלום عربي 한국어", "日本語 हिन्दी ไทย שלום عربي 한국어"),
        ("10\u00a0000\u3000円", "10\u00a0000\u3000円"),
        ("e\u0301", "e\u0301"),
        ("👩\u200d💻 ❤\ufe0f 👍🏽", r"👩\u200d💻 ❤\ufe0f 👍\U0001f3fd"),
    ],
)
def test_what_one_line_shows(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_width_is_the_screens_width_for_every_character() -> None:
    wrong = [
        f"U+{codepoint:04X}"
        for codepoint in range(sys.maxunicode + 1)
        if cell_len(one_line(text := "a" + chr(codepoint))) != cell_width(text)
    ]
    assert wrong == []


def test_nothing_invisible_or_moving_comes_through() -> None:
    allowed = {"Zs"}  # spaces look like spaces
    through = {
        unicodedata.category(character)
        for codepoint in range(sys.maxunicode + 1)
        for character in one_line(chr(codepoint))
    }
    assert {category for category in through if category[0] in "CZ"} == allowed


@given(ANY_TEXT)
def test_one_line_is_printable_as_wide_as_said_and_stable(text: str) -> None:
    shown = one_line(text)
    assert cell_len(shown) == cell_width(text)
    assert one_line(shown) == shown
    assert "".join(shown.split()).isprintable()
    shown.encode()  # no surrogate is left


@given(ANY_TEXT, st.integers(-1, 30), st.booleans())
def test_fit_is_exactly_as_wide_as_asked(text: str, width: int, right: bool) -> None:
    fitted = fit(text, width, right)
    assert cell_len(fitted) == max(0, width)
    assert one_line(fitted) == fitted
    if cell_width(text) <= width:
        assert (fitted.endswith if right else fitted.startswith)(one_line(text))
    elif width > 0:
        assert fitted.rstrip(" ").endswith("…")


@given(ANY_TEXT, st.integers(-1, 30))
def test_truncate_cuts_only_what_is_too_wide(text: str, width: int) -> None:
    cut = truncate(text, width)
    assert cell_len(cut) <= max(0, width)
    if cell_width(text) <= width:
        assert cut == one_line(text)
    elif width > 0:
        assert cut.endswith("…")
        assert one_line(text).startswith(cut[:-1])
        assert cell_len(cut) >= width - 9  # no more is given up than one escape


@pytest.mark.parametrize(
    ("text", "width", "right", "fitted"),
    [
        ("abc", 5, False, "abc  "),
        ("12", 5, True, "   12"),
        ("abcdef", 4, False, "abc…"),
        ("abcd", 4, False, "abcd"),
        ("ab", 1, False, "…"),
        ("日本語", 6, False, "日本語"),
        ("日本語", 5, False, "日本…"),
        ("日本語", 4, False, "日… "),
        ("日本語", 4, True, " 日…"),
        ("ab\ncd", 4, False, "ab… "),
        ("e\u0301e\u0301e\u0301", 2, False, "e\u0301…"),
        ("anything", 0, False, ""),
    ],
)
def test_what_fit_shows(text: str, width: int, right: bool, fitted: str) -> None:
    assert fit(text, width, right) == fitted


def test_marks_need_a_base_and_have_a_limit() -> None:
    assert one_line("\u0301a") == r"\u0301a"
    assert one_line("\n\u0301") == r"\n\u0301"
    assert one_line("a" + "\u0301" * (MARKS_LIMIT + 2)) == "a" + "\u0301" * MARKS_LIMIT + r"\u0301\u0301"


@pytest.mark.parametrize("character", ["a", "\u0301", "日", "\x1b"])
def test_fit_looks_at_what_can_be_seen_only(character: str) -> None:
    def took(text: str) -> float:
        start = time.process_time()
        for _ in range(20):
            fit(text, 20)
        return time.process_time() - start

    took(character * 100)
    assert took(character * 2_000_000) < 0.05  # seconds; looking at all of it takes several
