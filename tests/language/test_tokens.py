"""Text is cut into the tokens that PostgreSQL's own lexer sees, and whatever is typed is cut somehow."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pglast.parser import ParseError, scan

from pgmem_tui.language.tokens import Kind, tokens

PIECES = st.sampled_from(
    [
        *("SELECT", " ", "\n", "a", '"q""r"', "'x''y'", "E'\\''", "$$ ; $$", "$t$ $$ $t$"),
        *("-- c\n", "/* /* n */ */", "::", ":x", "1.5e3", "$1", "->>", "@>", ">=", "(", ")", ";"),
        *(",", "[", "]", "a$b", "U&'\\0041'", "B'01'", "é", "$é$ $e$ $é$"),
    ]
)
SPLINTERS = st.sampled_from(
    [
        *(
            "+",
            "-",
            "=",
            "<",
            "@",
            "*",
            "/",
            "|",
            "%",
            "1",
            "2",
            ".",
            "..",
            "e",
            "_",
            "0x",
            "'a'",
            "E'b\\'c'",
        ),
        *("\n", " ", "--", "-- c\n", "'", "''", '"', "U&", "u&'d'", 'U&"e"', "B'01'", "$", "$1", "$$", "x"),
        *("/*", "*/", ":", "::", "\\", "(", "]", "é", "b", "\v"),
    ]
)


def places(text: str) -> list[tuple[int, int]]:
    return [(token.start, token.end) for token in tokens(text)]


@settings(deadline=None)
@given(st.text(max_size=60) | st.lists(SPLINTERS, max_size=20).map("".join))
def test_any_text_is_covered(text: str) -> None:
    place = 0
    for token in tokens(text):
        assert not text[place : token.start].strip(" \t\n\r\f\v")
        assert token.end > token.start
        place = token.end
    assert not text[place:].strip(" \t\n\r\f\v")


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map(" ".join) | st.lists(SPLINTERS, max_size=12).map("".join))
def test_as_the_lexer_of_postgresql(text: str) -> None:
    """But for variables, which are psql's, and N'…', which is two tokens there."""
    try:
        theirs = [(token.start, token.end + 1) for token in scan(text)]
    except ParseError:
        return
    if re.search(r":[unbexUNBEX](?:&?['\"])", text):
        return  # psql takes the letter for a variable's name, the server for the beginning of a string
    variables = [(token.start, token.end) for token in tokens(text) if token.kind is Kind.PARAMETER]
    theirs = [place for place in theirs if not any(a <= place[0] < b for a, b in variables)]
    assert [place for place in places(text) if place not in variables] == theirs


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("a=-1", "a = - 1"),
        ("a@-1", "a @- 1"),
        ("1+-+2", "1 + - + 2"),
        ("1..2", "1 .. 2"),
        ("1...2", "1 .. .2"),
        ("0x_1F+1_000.5e-1_0", "0x_1F + 1_000.5e-1_0"),
        ("a--b", "a --b"),
        ("+/*c*/-", "+ /*c*/ -"),
        ("a[1:n]", "a [ 1 : n ]"),
        ("a[:2]", "a [ : 2 ]"),
        ("a[:n]", "a [ :n ]"),
        ("a[(i):n]", "a [ ( i ) : n ]"),
        ("ARRAY[1,:n]", "ARRAY [ 1 , :n ]"),
        ("array[[:n],[:m]]", "array [ [ :n ] , [ :m ] ]"),
        ("a[f(1,:n)]", "a [ f ( 1 , :n ) ]"),
        ("a\\:b", "a \\: b"),
        ("a::b:c", "a :: b :c"),
        (":'a':\"b\":é:1", ":'a' :\"b\" :é :1"),
        (":'a b'", ": 'a b'"),
        ("B'0''1'", "B'0' '1'"),
    ],
)
def test_where_it_is_cut(text: str, cut: str) -> None:
    assert " ".join(text[start:end] for start, end in places(text)) == cut


@pytest.mark.parametrize(
    "text", ["'a'\n'b'", "E'a' -- c '\n -- d\n '\\' :x'", "U&'a'\n\n'b'", "B'0'\r'1'", "E'a'\n'open\\"]
)
def test_a_string_goes_on_behind_a_line_break(text: str) -> None:
    assert [token.kind for token in tokens(text)] == [Kind.STRING]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("'open", Kind.STRING),
        ('"open', Kind.QUOTED_NAME),
        ("/* /* open */", Kind.COMMENT),
        ("$a$ open $b$", Kind.STRING),
        ("E'open\\", Kind.STRING),
    ],
)
def test_what_is_not_closed(text: str, kind: Kind) -> None:
    (token,) = tokens(text)
    assert (token.kind, token.closed) == (kind, False)


@pytest.mark.parametrize(
    "text",
    [
        "'a'" + " -- --" * 20_000,
        ("'a'" + "\n" * 200 + "x ") * 300,
        "'" + "a''" * 100_000,
        "E'" + "\\n" * 100_000,
        "1_" * 50_000,
        "+-" * 50_000,
    ],
    ids=["comment", "blanks", "string", "escapes", "digits", "signs"],
)
def test_in_linear_time(text: str) -> None:
    """A pattern that tried again and again would take minutes for these."""
    started = time.process_time()
    assert sum(token.end - token.start for token in tokens(text)) > 0
    assert time.process_time() - started < 5
