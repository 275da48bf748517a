"""Text of any bytes as rows: the same from before and from behind, however its bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pgmem_tui.display.values import text_lines
from pgmem_tui.display.values.byte_window import ByteWindow
from pgmem_tui.display.values.rows import Lines, NotHeld, Row
from pgmem_tui.display.values.spans import ESCAPE
from pgmem_tui.display.values.text_lines import TextLines

BLOCK = 64
"""Bytes, so that short texts have long lines in them."""


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "BLOCK", BLOCK)


PIECES = st.sampled_from(
    [b"\n", b"a", b"word " * 5, b"x" * 50, "ä".encode(), "東京".encode() * 9, "e\u0301".encode(), b"\t",
     b"\xff", b"\x80\x80\x80\x80", b"\r\n", "\U0001f600".encode() * 3, b"\x1b[31m", b"\xe6\x9d", b"\0"]
)  # fmt: skip
VALUES = st.lists(PIECES, max_size=60).map(b"".join)
WIDTHS = st.integers(8, 40)


def lines_of(data: bytes, width: int, wrap: bool = True) -> TextLines:
    return TextLines(ByteWindow(len(data), data), width, wrap)


def forward(lines: Lines) -> list[Row]:
    rows, missing = lines.rows(0, 100_000)
    assert missing is None
    return rows


@given(VALUES, WIDTHS, st.booleans())
@example(b"x" * 1000, 8, True)
@example("€".encode() * 300, 9, True)
@settings(deadline=None)
def test_rows_have_all_the_bytes_in_their_order(data: bytes, width: int, wrap: bool) -> None:
    rows = forward(lines_of(data, width, wrap))
    ends = [row.place for row in rows[1:]] + [len(data)] * bool(rows)
    for row, end in zip(rows, ends, strict=True):
        raw = data[row.place : end]
        assert row.text.encode("utf-8", "surrogateescape") == raw.removesuffix(b"\n")
        assert b"\n" not in raw[:-1]
    assert [row.place for row in rows[:1]] == [0] * bool(data)


@given(VALUES, WIDTHS, st.booleans())
@example(b"x" * 1000 + b"\n" + b"y" * 130, 8, True)
@settings(deadline=None)
def test_backward_meets_the_same_rows(data: bytes, width: int, wrap: bool) -> None:
    places = [row.place for row in forward(lines_of(data, width, wrap))]
    lines = lines_of(data, width, wrap)
    back, place = [], len(data)
    while place > 0:
        place = lines.back(place, 1)
        back.append(place)
    assert back[::-1] == places
    if places:
        assert lines_of(data, width, wrap).back(len(data), 3) == places[max(0, len(places) - 3)]


@given(VALUES.filter(bool), WIDTHS, st.data())
@settings(deadline=None)
def test_any_byte_is_in_one_of_those_rows(data: bytes, width: int, draw: st.DataObject) -> None:
    places = [row.place for row in forward(lines_of(data, width))]
    offset = draw.draw(st.integers(0, len(data) - 1))
    assert lines_of(data, width).at(offset) == max(place for place in places if place <= offset)


@given(VALUES, WIDTHS)
@settings(deadline=None)
def test_no_row_is_wider_than_the_screen(data: bytes, width: int) -> None:
    lines = lines_of(data, width)
    for row in forward(lines):
        shown = "".join(span.text for span in lines.spans(row, 0, 1000))
        assert shown.isprintable()
        # A tab or an escape by itself may be wider than a very narrow screen.
        assert cell_len(shown) <= width or len(row.text) == 1
        assert cell_len("".join(span.text for span in lines.spans(row, 0, width))) <= width


@given(VALUES, st.integers(1, 200), WIDTHS)
@settings(deadline=None)
def test_chunks_may_end_anywhere(data: bytes, size: int, width: int) -> None:
    window = ByteWindow(len(data))
    lines = TextLines(window, width, wrap=True)
    rows: list[Row] = []
    place: int | None = 0 if data else None
    while place is not None:
        some, missing = lines.rows(place, 2)
        if missing is not None:
            first = missing.first // size * size
            assert not window.start <= first < first + size <= window.end, "it asks for what is there"
            window.add(first, data[first : first + size], place)
        else:
            rows.append(some[0])
            place = some[1].place if len(some) > 1 else None
    assert rows == forward(lines_of(data, width))


def test_bad_bytes_are_escaped_and_told_apart() -> None:
    lines = lines_of(b"a\xff\\xb", 40)
    (row,) = forward(lines)
    spans = lines.spans(row, 0, 40)
    assert [span.kind for span in spans] == ["plain", ESCAPE, "plain"]
    assert spans[2].text == "\\xb"


def test_a_tab_goes_to_the_next_stop() -> None:
    lines = lines_of(b"ab\tc\td", 40)
    (row,) = forward(lines)
    assert "".join(span.text for span in lines.spans(row, 0, 40)) == "ab      c       d"


def test_moved_to_the_left_a_wide_character_is_not_split() -> None:
    lines = lines_of("東京x".encode(), 40, wrap=False)
    (row,) = forward(lines)
    assert "".join(span.text for span in lines.spans(row, 1, 3)) == " 京"


def test_what_is_not_held_is_asked_for() -> None:
    data = b"line of text\n" * 1000
    window = ByteWindow(len(data), data[:500])
    lines = TextLines(window, 40, wrap=True)
    rows, missing = lines.rows(0, 100)
    assert 0 < len(rows) < 100
    assert missing is not None
    assert missing.first == 500
    with pytest.raises(NotHeld):
        lines.back(len(data), 5)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 900)), max_size=30), st.integers(0, 5000))
def test_a_window_holds_what_it_says(adds: list[tuple[int, int]], near: int) -> None:
    data = bytes(n * 7 % 251 for n in range(6000))
    window = ByteWindow(len(data), limit=2000)
    for first, length in adds:
        window.add(first, data[first : first + length], near)
        assert window.data == data[window.start : window.end]
        assert len(window.data) <= 2000
