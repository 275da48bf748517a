"""Texts of lessons as lines: what is marked, what fits, and what nobody gets past them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgmem_tui.display.text import one_line
from pgmem_tui.lessons import loader, wording
from pgmem_tui.ui import program_lines
from pgmem_tui.ui.markdown_lines import LEAST, markdown, program
from pgmem_tui.ui.text_lines import (
    BAD,
    CODE,
    COMMENT,
    EMPHASIS,
    HEADING,
    KEY_WORD,
    KINDS,
    LINK,
    NUMBER,
    STRING,
    STRONG,
    Line,
    cut,
    flowed,
    line,
)

HOSTILE = "a\x1b[31m\u202eb\x07 **[bold red]x[/]** `\x9b2J` [t](https://e.org/\u202e) | \ud800"
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "**",
                "*",
                "`",
                "``",
                "```python",
                "```",
                "|",
                "| a |",
                "|---|",
                "- ",
                "1. ",
                "# ",
                "\n",
                "    ",
                " ",
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=30,
).map("".join)


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [line.text for line in lines]


def marked(text: str, kind: str, width: int = 60) -> list[str]:
    """What of a text has a kind."""
    return [part.text for line in markdown(text, width) for part in line.pieces if part.kind == kind]


def test_paragraphs_are_filled() -> None:
    assert texts(markdown("one two\nthree four five six\n\nseven", 20)) == [
        "one two three four",
        "five six",
        "",
        "seven",
    ]
    word = "a-word-longer-than-twenty-cells"
    assert texts(markdown(f"{word} b", LEAST)) == [word[:20], word[20:] + " b"]


def test_what_is_marked() -> None:
    text = "**bold `x`** and *slanted*, `code **no**` and [a page](https://e.org/a)"
    assert marked(text, STRONG) == ["bold "]
    assert marked(text, EMPHASIS) == ["slanted"]
    assert marked(text, CODE) == ["x", "code **no**"]
    assert marked(text, LINK) == ["https://e.org/a"]
    assert marked("## Title", HEADING) == ["Title"]
    assert texts(markdown("2 * 3 * 4 and ** alone", 60)) == ["2 * 3 * 4 and ** alone"]


def test_marks_go_on_over_lines() -> None:
    assert marked("**one two\nthree four five**", STRONG, 20) == ["one two three four", "five"]


def test_lists_hang() -> None:
    text = "- one two three four five\n- six\n\n10. seven eight nine ten"
    assert texts(markdown(text, 20)) == [
        "- one two three four",
        "  five",
        "- six",
        "",
        "10. seven eight nine",
        "    ten",
    ]


def test_tables_have_columns() -> None:
    table = "| name | what |\n|---|---|\n| `a|b` | x |\n| c | longer |\nafter"
    assert [line.rstrip() for line in texts(markdown(table, 40))] == [
        "name │ what",
        "─────┼───────",
        "a|b  │ x",
        "c    │ longer",
        "after",
    ]


def test_a_table_that_is_too_wide_wraps_in_its_cells() -> None:
    lines = markdown("| a | b |\n|---|---|\n| one two three four five | six |", 22)
    assert all(line.cells <= 22 for line in lines)
    assert [line.text.rstrip() for line in lines[2:]] == ["one two three    │ six", "four five        │"]


def test_python_is_told_apart() -> None:
    lines = program_lines.python('for x in (1, 2):  # why\n    print("a",\n          """b\nc""")')
    kinds = {part.text: part.kind for line in lines for part in line.pieces}
    assert (kinds["for"], kinds["1"], kinds["# why"]) == (KEY_WORD, NUMBER, COMMENT)
    assert (kinds['"a"'], kinds['"""b'], kinds['c"""']) == (STRING, STRING, STRING)
    assert [line.text for line in lines][1:] == ['    print("a",', '          """b', 'c""")']


@pytest.mark.parametrize("source", ["def f(:", "'''never closed", "  x\n y", "\\", "\x00", "for"])
def test_a_piece_of_a_program_is_shown_all_the_same(source: str) -> None:
    shown = "\n".join(line.text for line in program_lines.python(source))
    assert shown == "\n".join(one_line(line) for line in source.split("\n"))


def test_a_string_of_sql_goes_on_in_the_next_line() -> None:
    first, second = program_lines.sql("SELECT 'a\nb' FROM t")
    assert [part.kind for part in first.pieces if "a" in part.text] == [STRING]
    assert second.pieces[0].kind == STRING and second.pieces[0].text == "b'"


def test_long_lines_of_a_program_go_on_below() -> None:
    lines = list(program("value = call(argument, another)", "python", 20))
    assert all(line.cells <= 20 for line in lines)
    assert lines[0].text[0] == "│" and lines[1].text[0] == "┊"
    assert "".join(line.text[2:] for line in lines) == "value = call(argument, another)"


@given(text=MARKUP, width=st.integers(1, 90))
def test_nothing_is_wider_than_it_may_be_or_unsafe(text: str, width: int) -> None:
    for each in markdown(text + HOSTILE, width):
        assert each.cells == cell_len(each.text) <= max(width, LEAST)
        assert one_line(each.text) == each.text
        assert {part.kind for part in each.pieces} <= KINDS


@given(
    parts=st.lists(st.tuples(st.text(max_size=20), st.sampled_from([BAD, CODE])), max_size=8),
    width=st.integers(10, 40),
)
def test_nothing_gets_lost(parts: list[tuple[str, str]], width: int) -> None:
    shown = "".join(each.text for each in flowed(parts, width))
    whole = "".join(one_line(text.replace("\n", " ")) for text, _ in parts)
    assert shown.replace(" ", "") == whole.replace(" ", "")


@pytest.mark.parametrize("width", [34, 76, 100])
def test_every_lesson_fits(width: int) -> None:
    for lesson in loader.built_in():
        filled = (wording.fill(template, {}) for template in (lesson.happened, lesson.why))
        for text in (lesson.question, lesson.prediction.text, *filled, lesson.code, lesson.pitfall):
            for each in markdown(text, width):
                assert each.cells <= width
                assert not any("**" in part.text for part in each.pieces if part.kind not in (CODE, COMMENT))


@given(text=st.text(max_size=80), width=st.integers(2, 30))
def test_a_line_that_is_cut_keeps_its_text(text: str, width: int) -> None:
    parts = list(cut(line((text[:20], BAD), (text[20:], CODE)), width))
    assert "".join(part.text for part in parts) == one_line(text[:20]) + one_line(text[20:])
    assert all(part.cells == cell_len(part.text) <= width for part in parts)


def test_plain_text_is_cut_at_blanks() -> None:
    words = line(("some words and ", BAD), ("averylongone", CODE))
    assert [part.text for part in cut(words, 12)] == ["some words ", "and averylon", "gone"]
    assert [part.text for part in cut(words, 10)] == ["some words", " and avery", "longone"]


def test_a_link_in_a_table_stays_whole_where_there_is_room() -> None:
    address = "https://www.postgresql.org/docs/current/sql-declare.html"
    rows = f"| what it says | where |\n|---|---|\n| {'many words ' * 8}| [a]({address}) |"
    assert marked(rows, LINK, 78) == [address]
    assert len(marked(rows, LINK, 40)) > 1


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        (
            "SELECT n, n FROM generate_series(106, 205)",
            34,
            ["SELECT n, n FROM generate_series(", "106, 205)"],
        ),
        ("SELECT pg_relation_size('lesson_busy')", 34, ["SELECT pg_relation_size(", "'lesson_busy')"]),
        ("first_argument,second_argument", 20, ["first_argument,", "second_argument"]),
    ],
)
def test_a_program_breaks_between_its_words(text: str, width: int, lines: list[str]) -> None:
    assert [each.text for each in cut(line((text, CODE)), width)] == lines
