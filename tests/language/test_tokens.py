"""Text is cut into the tokens that PostgreSQL's own lexer sees, and whatever is typed is cut somehow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pglast.parser import ParseError, scan

from pgmem_tui.language.tokens import Kind, tokens

PIECES = st.sampled_from(
    [
        *("SELECT", " ", "\n", "a", '"q""r"', "'x''y'", "E'\\''", "$$ ; $$", "$t$ $$ $t$"),
        *("-- c\n", "/* /* n */ */", "::", ":x", "1.5e3", "$1", "->>", "@>", ">=", "(", ")", ";"),
        *(",", "[", "]", "a$b", "U&'\\0041'", "B'01'"),
    ]
)


@given(st.text(max_size=60))
def test_any_text_is_covered(text: str) -> None:
    place = 0
    for token in tokens(text):
        assert not text[place : token.start].strip(" \t\n\r\f\v")
        assert token.end > token.start
        place = token.end
    assert not text[place:].strip(" \t\n\r\f\v")


@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_as_the_lexer_of_postgresql(text: str) -> None:
    ours = [(token.start, token.end) for token in tokens(text) if token.kind is not Kind.PARAMETER]
    try:
        theirs = [(token.start, token.end + 1) for token in scan(text)]
    except ParseError:
        return
    variables = [(token.start, token.end) for token in tokens(text) if token.kind is Kind.PARAMETER]
    theirs = [place for place in theirs if not any(a <= place[0] < b for a, b in variables)]
    assert ours == theirs


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
