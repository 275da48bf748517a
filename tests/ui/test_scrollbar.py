"""The scrollbar's arithmetic, over lists of any length."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.ui.widgets.scrollbar import Scrollbar

bars = st.builds(Scrollbar, st.integers(0, 10**12), st.integers(1, 200))


@given(bars, st.floats(0, 1))
def test_a_part_of_the_bar_is_bright_unless_everything_is_on_the_screen(bar: Scrollbar, share: float) -> None:
    first, end = bar.thumb(round(share * bar.highest))
    if bar.extent <= bar.body:
        assert first == end
    else:
        assert 0 <= first < end <= bar.body


@given(bars)
def test_the_thumb_goes_from_end_to_end(bar: Scrollbar) -> None:
    if bar.extent > bar.body:
        assert bar.thumb(0)[0] == 0
        assert bar.thumb(bar.highest)[1] == bar.body


@given(bars, st.integers(-10, 300))
def test_the_bar_leads_to_lines_that_a_screen_can_begin_with(bar: Scrollbar, y: int) -> None:
    assert 0 <= bar.line_at(y) <= bar.highest
    assert bar.line_at(0) == 0
    if bar.body > 1:
        assert bar.line_at(bar.body - 1) == bar.highest
