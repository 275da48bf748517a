"""What is copied is read back by others as the same values."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.display.copy_formats import Kind, csv_lines, json_object, json_value, text_lines

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
rows = st.integers(1, 4).flatmap(
    lambda count: st.lists(st.lists(texts | st.none(), min_size=count, max_size=count), min_size=1)
)


@given(rows)
def test_csv_is_read_back(given: Sequence[Sequence[str | None]]) -> None:
    names = [f"c{number}" for number in range(len(given[0]))]
    lines = "\n".join(csv_lines(names, given)).split("\n")
    read = list(csv.reader([line + "\n" for line in lines], strict=True))
    wanted = [[value or "" for value in row] for row in given]
    assert read[0] == names
    # The module takes an empty line for no row at all.
    assert [row or [""] for row in read[1:]] == wanted


def test_csv_tells_null_from_an_empty_string() -> None:
    assert list(csv_lines(["a", "b"], [("", None), (None, "")])) == ["a,b", '"",', ',""']
    assert list(csv_lines(['q"', "x,"], [("a\nb", "c\r")])) == ['"q""","x,"', '"a\nb","c\r"']
    assert list(csv_lines(["a"], [(r"\.",)])) == ["a", r'"\."']


def test_text() -> None:
    assert list(text_lines([("a", None, ""), ("tab\t", "line\r\n", "\\N")])) == [
        "a\t\\N\t",
        "tab\\t\tline\\r\\n\t\\\\N",
    ]


@given(rows)
def test_text_has_a_line_a_row_and_a_tab_between(given: Sequence[Sequence[str | None]]) -> None:
    for row, line in zip(given, text_lines(given), strict=True):
        assert "\n" not in line
        assert len(line.split("\t")) == len(row)


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (None, Kind.NUMBER, "null"),
        ("12", Kind.NUMBER, "12"),
        ("-0.50", Kind.NUMBER, "-0.50"),
        ("1e+300", Kind.NUMBER, "1e+300"),
        ("123456789012345678901234567890.5", Kind.NUMBER, "123456789012345678901234567890.5"),
        ("NaN", Kind.NUMBER, '"NaN"'),
        ("-Infinity", Kind.NUMBER, '"-Infinity"'),
        ("$1,000.00", Kind.NUMBER, '"$1,000.00"'),
        ("12\n", Kind.NUMBER, '"12\\n"'),
        ("١٢", Kind.NUMBER, '"١٢"'),
        ("t", Kind.BOOLEAN, "true"),
        ("f", Kind.BOOLEAN, "false"),
        ("t", Kind.STRING, '"t"'),
        ("12", Kind.STRING, '"12"'),
        ('{"a": 1.10}', Kind.JSON, '{"a": 1.10}'),
        ('{"a": 1.1', Kind.JSON, '"{\\"a\\": 1.1"'),
        ("NaN", Kind.JSON, '"NaN"'),
        ("[" * 5000, Kind.JSON, '"' + "[" * 5000 + '"'),
        ("a\x1b\u2028é", Kind.STRING, '"a\\u001b\u2028é"'),
    ],
)
def test_json_values(value: str | None, kind: Kind, wanted: str) -> None:
    assert json_value(value, kind) == wanted
    json.loads(wanted)


@given(texts | st.none(), st.sampled_from(Kind))
def test_any_value_is_valid_json(value: str | None, kind: Kind) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    read = json.loads(json_value(value, kind), parse_constant=refuse)
    if kind is Kind.STRING or value is None:
        assert read == value


def test_an_object() -> None:
    kinds = [Kind.NUMBER, Kind.STRING, Kind.NUMBER]
    assert json_object(["n", 'q"', "n"], ["1", None, "2"], kinds) == '{"n": 1, "q\\"": null, "n": 2}'
