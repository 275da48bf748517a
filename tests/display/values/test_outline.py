"""Values with structure in lines, folded and unfolded."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgmem_tui.display.values.brackets import ELEMENTS, FIELDS, JSON, bracketed
from pgmem_tui.display.values.byte_window import ByteWindow
from pgmem_tui.display.values.forms import HEX, TEXT, forms, from_cell, make_outline, only_blank
from pgmem_tui.display.values.hex_lines import HexLines
from pgmem_tui.display.values.outline import DEEPEST, LONGEST, NoOutline, Outline
from pgmem_tui.display.values.outline_lines import LINE_LIMIT, OutlineLines
from pgmem_tui.display.values.xml import tagged


def shown(lines: OutlineLines, width: int = 60) -> list[str]:
    rows, missing = lines.rows(0, 100_000)
    assert missing is None
    return ["".join(span.text for span in lines.spans(row, 0, width)) for row in rows]


def printed(outline: Outline, width: int = 60) -> list[str]:
    return shown(OutlineLines(outline, width, wrap=True), width)


def test_json() -> None:
    text = '{"a":1.50e3, "a":[true,{"c":[ ]}],"d":"x\\"y, {","e" : null}'
    assert printed(bracketed(JSON, text)) == [
        "{",
        '  "a": 1.50e3,',
        '  "a": [',
        "    true,",
        "    {",
        '      "c": [ ]',
        "    }",
        "  ],",
        '  "d": "x\\"y, {",',
        '  "e": null',
        "}",
    ]


@pytest.mark.parametrize("text", ["1", '"x"', "null", "[]", '""'])
def test_json_of_one_line(text: str) -> None:
    assert printed(bracketed(JSON, text)) == [text]


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(TREES, st.sampled_from([None, 1]), st.booleans())
@settings(deadline=None)
def test_lines_have_all_of_a_json_value_and_read_as_it(tree: object, indent: int | None, plain: bool) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=plain)
    outline = bracketed(JSON, text)
    lines = [text[begin:end] for begin, end in zip(outline.begins, outline.ends, strict=True)]
    assert json.loads("".join(lines)) == tree
    assert all(line.strip() for line in lines)
    for number, last in enumerate(outline.closes):
        assert outline.depths[number] == outline.depths[last]
        assert last == number or lines[last][0] in "}]"


@pytest.mark.parametrize("text", ["{", "[1,]", "]", '{"a":1]', "hello", '"x', "[1,,2]", ""])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(NoOutline):
        bracketed(JSON, text)


def test_bounds_of_depth_and_length() -> None:
    with pytest.raises(NoOutline, match="levels"):
        bracketed(JSON, "[1," * (DEEPEST + 1) + "]" * (DEEPEST + 1))
    with pytest.raises(NoOutline, match="longer"):
        make_outline(JSON, b"[" + b" " * LONGEST + b"]")


def test_given_up() -> None:
    with pytest.raises(NoOutline, match="cancelled"):
        bracketed(JSON, "[" + "1," * 10_000 + "1]", lambda: True)


def test_elements_of_an_array() -> None:
    text = '[0:1]={{1,"a b,{"},{NULL,"q\\"x"}}'
    assert printed(bracketed(ELEMENTS, text)) == [
        "[0:1]={",
        "  {",
        "    1,",
        '    "a b,{"',
        "  },",
        "  {",
        "    NULL,",
        '    "q\\"x"',
        "  }",
        "}",
    ]


def test_fields_of_a_composite() -> None:
    assert printed(bracketed(FIELDS, '(,a,,"x ""y"" (",)')) == [
        "(",
        "  ,NULL",
        "  a,",
        "  ,NULL",
        '  "x ""y"" (",',
        "  NULL",
        ")",
    ]


def test_xml() -> None:
    text = '<?xml version="1.0"?><a x="1>2"><b>t</b><c/>mixed<d><e>1</e><!-- < --></d></a>'
    assert printed(tagged(text)) == [
        '<?xml version="1.0"?>',
        '<a x="1>2">',
        "  <b>t</b>",
        "  <c/>",
        "  mixed",
        "  <d>",
        "    <e>1</e>",
        "    <!-- < -->",
        "  </d>",
        "</a>",
    ]
    with pytest.raises(NoOutline):
        tagged("<a></b>")


def test_folding() -> None:
    lines = OutlineLines(bracketed(JSON, '[{"a":1,"b":[1,2]},{"c":3},4]'), 60, wrap=True)
    whole = shown(lines)
    second = lines.rows(0, 100)[0][1].place
    inside = lines.rows(0, 100)[0][2].place
    assert lines.toggle(inside) == second
    assert shown(lines) == ["[", "  { … 5 lines … },", "  {", '    "c": 3', "  },", "  4", "]"]
    assert lines.at(inside) == second
    last = lines.back(lines.end, 1)
    assert lines.number(last) == (6, 7)
    assert lines.back(last, 5) == second
    lines.toggle_all()
    assert shown(lines) == whole
    lines.toggle_all()
    assert len(shown(lines)) == 5
    place = lines.reveal(lines.outline.text.index('"c"'))
    assert shown(lines)[3] == '    "c": 3'
    assert lines.rows(place, 1)[0][0].text == '"c": 3'


@given(TREES, st.integers(10, 30), st.sets(st.integers(0, 30)))
@settings(deadline=None)
def test_forward_and_backward_agree(tree: object, width: int, folds: set[int]) -> None:
    outline = bracketed(JSON, json.dumps(tree))
    folded = {n for n in folds if n < len(outline) and outline.closes[n] > n}
    lines = OutlineLines(outline, width, True, folded)
    places = [row.place for row in lines.rows(0, 10_000)[0]]
    back, place = [], lines.end
    while place > 0:
        place = lines.back(place, 1)
        back.append(place)
    assert back[::-1] == places
    assert all(lines.at(place) == place for place in places)


def test_a_long_line_is_cut_with_a_word() -> None:
    lines = OutlineLines(bracketed(JSON, json.dumps(["x" * 10_000])), 60, wrap=True)
    rows, _ = lines.rows(0, 1000)
    assert len(rows) < 2 * LINE_LIMIT / 58 + 3
    assert "more characters" in rows[-2].mark


def test_hex() -> None:
    data = bytes(range(256)) + b"!"
    lines = HexLines(ByteWindow(len(data), data), 78)
    rows, _ = lines.rows(0, 100)
    assert len(rows) == 17
    text = "".join(span.text for span in lines.spans(rows[4], 0, 78))
    assert text == "00000040  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  |@ABCDEFGHIJKLMNO|"
    assert lines.back(len(data), 1) == 256
    assert lines.back(256, 2) == 224
    assert lines.at(255) == 240


@pytest.mark.parametrize(
    ("oid", "category", "beginning", "best", "size"),
    [
        (25, "S", b"hello", (TEXT, HEX), 5),
        (25, "S", b' {"a"', (TEXT, HEX, JSON), 5),
        (25, "S", b"<a>", (TEXT, HEX, "XML"), 5),
        (17, "U", b"\x00", (HEX, TEXT), 1),
        (3802, "U", b"{", (JSON, TEXT, HEX), 1),
        (3802, "U", b"{", (TEXT, HEX), LONGEST + 1),
        (142, "U", b"<", ("XML", TEXT, HEX), 1),
        (1009, "A", b"{", (ELEMENTS, TEXT, HEX), 1),
        (99999, "C", b"(", (FIELDS, TEXT, HEX), 1),
    ],
)
def test_forms(oid: int, category: str, beginning: bytes, best: tuple[str, ...], size: int) -> None:
    assert forms(oid, category, beginning, size) == best


@given(st.binary(max_size=50))
def test_bytea_of_a_cell(data: bytes) -> None:
    escaped = "".join(
        "\\\\" if byte == 0x5C else chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}" for byte in data
    )
    assert from_cell("\\x" + data.hex(), 17) == data
    assert from_cell(escaped, 17) == data


def test_white_space_in_words() -> None:
    assert only_blank(b"  \t") == "white space only: 2 spaces, 1 tab"
    assert only_blank(b"") == only_blank(b" x ") == ""
