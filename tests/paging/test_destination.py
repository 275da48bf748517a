"""What may be typed after `:`."""

from __future__ import annotations

import pytest

from pgmem_tui.paging.destination import Destination, ToEnd, ToKey, ToRow, ToShare, destination


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("1", ToRow(0)),
        ("0", ToRow(0)),
        ("1,000,000", ToRow(999_999)),
        (" 50M ", ToRow(49_999_999)),
        ("1.5k", ToRow(1499)),
        ("2_000", ToRow(1999)),
        ("+500", ToRow(600)),
        ("-30", ToRow(70)),
        ("-500", ToRow(0)),
        ("+2k", ToRow(2100)),
        ("50%", ToShare(0.5)),
        ("99.5 %", ToShare(0.995)),
        ("250%", ToShare(1.0)),
        ("$", ToEnd()),
        ("=42", ToKey(("42",))),
        ("=7, 2026-01-01", ToKey(("7", "2026-01-01"))),
        ('="Smith, J."', ToKey(("Smith, J.",))),
        ('= "say ""hi""",2', ToKey(('say "hi"', "2"))),
        ("=%_\\", ToKey(("%_\\",))),
    ],
)
def test_where_it_goes(text: str, where: Destination) -> None:
    assert destination(text, row=100) == where


@pytest.mark.parametrize(
    "text", ["", "abc", "12x", "--3", "%", "1e9", "=", "=  ", "9" * 40, "1.2.3", "½", "٣"]
)
def test_what_goes_nowhere(text: str) -> None:
    with pytest.raises(ValueError, match=r"type 1,000,000|a key follows"):
        destination(text, row=0)
