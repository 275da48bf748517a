"""Lessons' texts in lines of a terminal's width."""

from __future__ import annotations

from pgmem_tui.lessons.wrapping import wrapped

TEXT = """\
Some words of a
paragraph that goes on.

- an item of
  several words
- one more

| a | table that is wider than all |
```python
code = "that is wider than all of it"
- no item
```
afterwards a well-known end"""


def test_paragraphs_and_items_are_filled() -> None:
    assert list(wrapped(TEXT, 16)) == [
        *("Some words of a", "paragraph that", "goes on.", ""),
        *("- an item of", "  several words", "- one more", ""),
        "| a | table that is wider than all |",
        *("```python", 'code = "that is wider than all of it"', "- no item", "```"),
        *("afterwards a", "well-known end"),
    ]


def test_doing_it_twice_changes_nothing() -> None:
    once = "\n".join(wrapped(TEXT, 30))
    assert "\n".join(wrapped(once, 30)) == once


def test_nothing_is_lost() -> None:
    assert " ".join(" ".join(wrapped(TEXT, 7)).split()) == " ".join(TEXT.split())
    assert list(wrapped("", 20)) == []
