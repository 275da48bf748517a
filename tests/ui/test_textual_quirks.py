"""A partial update leaves the same on the terminal as Textual's own, in fewer bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from pgmem_tui.ui.textual_quirks import _render_segments, send_only_what_changed

Render = Callable[[ChopsUpdate, Console], str]
TEXTUALS_OWN: Render = ChopsUpdate.render_segments
STYLES = (Style(), Style(bold=True), Style(color="red"))


class Terminal:
    """One line of a terminal: a wide character that is half overwritten is gone, as in xterm."""

    def __init__(self, text: str) -> None:
        self.cells: list[str] = []
        for character in text:
            self.cells += [character, ""] if cell_len(character) == 2 else [character]

    @property
    def text(self) -> str:
        return "".join(self.cells)

    def write(self, output: str) -> None:
        x = 0
        for sequence, character in re.findall(r"\x1b\[([0-9;]*[Hm])|(.)", output):
            if sequence.endswith("H"):
                x = int(sequence[:-1].split(";")[1]) - 1
            elif character:
                width = cell_len(character)
                for cell in range(x, x + width):
                    self._break(cell)
                self.cells[x : x + width] = [character, ""][:width]
                x += width

    def _break(self, x: int) -> None:
        if not self.cells[x]:
            self.cells[x - 1] = " "
        elif cell_len(self.cells[x]) == 2:
            self.cells[x + 1] = " "
        self.cells[x] = " "


def console() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")


def strip(*texts: str) -> Strip:
    return Strip([Segment(text, STYLES[n % 3]) for n, text in enumerate(texts)])


def update(chops: dict[int, Strip | None], ends: list[int], *spans: tuple[int, int]) -> ChopsUpdate:
    """An update of the first line."""
    return ChopsUpdate([chops], [(0, first, end) for first, end in spans], [ends])


def sent(render: Render, chops: ChopsUpdate, before: str) -> tuple[str, int]:
    """What is on the terminal after an update, and how much was sent for it."""
    terminal = Terminal(before)
    output = render(chops, console())
    terminal.write(output)
    return terminal.text, len(output.encode())


def test_one_cell_of_a_line_is_sent_alone() -> None:
    new = strip("id 1  ", "name two  ", "three")
    before, after = "id 1  name one  three", "id 1  name two  three"
    chops = update({0: new}, [21], (11, 15))
    old_screen, old_bytes = sent(TEXTUALS_OWN, chops, before)
    new_screen, new_bytes = sent(_render_segments, chops, before)
    assert old_screen == new_screen == after
    assert new_bytes < old_bytes
    output = _render_segments(chops, console())
    assert re.sub(r"\x1b\[[0-9;]*m", "", output) == "\x1b[1;12Htwo "


def test_a_whole_line_is_sent_as_it_is() -> None:
    new = strip("one", "two")
    chops = update({0: new}, [6], (0, 6))
    assert sent(_render_segments, chops, "xxxxxx") == sent(TEXTUALS_OWN, chops, "xxxxxx")
    assert sent(_render_segments, chops, "xxxxxx")[0] == "onetwo"


def test_only_the_pieces_that_a_span_touches() -> None:
    chops = update({0: strip("aaaa"), 4: None, 8: strip("bbbb"), 12: strip("cccc")}, [4, 8, 12, 16], (6, 10))
    assert sent(_render_segments, chops, "." * 16)[0] == "........bb......"
    assert "a" not in _render_segments(chops, console())
    assert "c" not in _render_segments(chops, console())


def test_a_span_that_ends_where_a_piece_begins_does_not_touch_it() -> None:
    chops = update({0: strip("aaaa"), 4: strip("bbbb")}, [4, 8], (1, 4))
    assert sent(_render_segments, chops, "." * 8)[0] == ".aaa...."


def test_several_spans_of_one_line() -> None:
    chops = update({0: strip("0123456789")}, [10], (1, 3), (6, 8))
    assert sent(_render_segments, chops, "." * 10)[0] == ".12...67.."


def test_wide_characters_between_the_borders() -> None:
    before, after = "日本 東京 한국", "日本 北京 한국"
    chops = update({0: strip("日本 ", "北京", " 한국")}, [14], (5, 9))
    assert sent(_render_segments, chops, before)[0] == after
    assert sent(TEXTUALS_OWN, chops, before)[0] == after


@pytest.mark.parametrize(("first", "end"), [(2, 4), (0, 4), (0, 9), (7, 9), (5, 7), (4, 7), (6, 9)])
def test_wide_characters_at_the_borders(first: int, end: int) -> None:
    before, after = "日本xxx京", "東京yyy都"
    new = strip("東", "京yy", "y都")
    chops = update({0: new}, [9], (first, end))
    cells = Terminal(after).cells
    expected = Terminal(before).cells[:first] + cells[first:end] + Terminal(before).cells[end:]
    assert sent(_render_segments, chops, before)[0] == "".join(expected)


words = st.text("ab 日本", min_size=1, max_size=6)


@given(st.lists(words, min_size=1, max_size=6), st.data())
def test_any_span_leaves_the_same_as_all_of_the_line(texts: list[str], data: st.DataObject) -> None:
    new = strip(*texts)
    width = new.cell_length
    cells = Terminal("".join(texts)).cells
    # Borders are between characters: the grid's cells and the lines of other widgets begin and end there.
    borders = st.sampled_from([x for x in range(width) if cells[x]] + [width])
    first, end = sorted(data.draw(st.tuples(borders, borders).filter(lambda pair: pair[0] != pair[1])))
    for x in range(first, end):  # only there is something else on the terminal
        cells[x] = cells[x] and ("日" if cell_len(cells[x]) == 2 else "x")
    before = "".join(cells)
    chops = update({0: new}, [width], (first, end))
    new_screen, new_bytes = sent(_render_segments, chops, before)
    assert new_screen == new.text
    old_screen, old_bytes = sent(TEXTUALS_OWN, chops, before)
    assert old_screen == new_screen
    assert new_bytes <= old_bytes


def test_it_is_put_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChopsUpdate, "render_segments", TEXTUALS_OWN)
    send_only_what_changed()
    chops = update({0: strip("0123456789")}, [10], (8, 10))
    assert re.sub(r"\x1b\[[0-9;]*m", "", chops.render_segments(console())) == "\x1b[1;9H89"
