"""A text while it is typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgmem_tui.display.line_edit import LONGEST, LineEdit
from pgmem_tui.display.text import one_line

MOVES = ("left", "right", "home", "end", "backspace", "delete", "ctrl+u", "ctrl+k", "ctrl+w")


def typed(*keys: str) -> LineEdit:
    """What keys make."""
    edit = LineEdit()
    for key in keys:
        edit.press(key, key if len(key) == 1 else None)
    return edit


def test_keys() -> None:
    assert typed(*"abc", "left", "backspace", "x").text == "axc"
    assert typed(*"abc", "home", "delete").text == "bc"
    assert typed(*"one two", "ctrl+w").text == "one"
    assert typed(*"one two", "home", "ctrl+k").text == ""
    assert typed(*"one two", "left", "ctrl+u").text == "o"


def test_what_is_pasted_keeps_its_line_ends_and_has_a_bound() -> None:
    edit = LineEdit()
    edit.insert("a\nb\tc\0")
    assert edit.text == "a\nb\tc\0"
    edit.insert("\r\n|\r|\n")
    assert edit.text == "a\nb\tc\0\n|\n|\n"
    edit.insert("x" * LONGEST)
    assert len(edit.text) == LONGEST
    assert edit.view(20)[1] == " "


@given(st.text(max_size=30), st.lists(st.sampled_from(MOVES), max_size=12), st.integers(1, 30))
def test_the_caret_is_always_seen(text: str, keys: list[str], width: int) -> None:
    edit = LineEdit()
    edit.insert(text)
    for key in keys:
        edit.press(key, None)
        assert 0 <= edit.caret <= len(edit.text)
    before, under, behind = edit.view(width)
    shown = "".join((before, under, behind))
    assert under and one_line(shown) == shown
    assert cell_len(before) + cell_len(behind) + max(1, cell_len(under)) <= max(width, cell_len(under))
