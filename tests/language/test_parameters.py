"""Parameters are where psql looks for variables, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgmem_tui.language.parameters import Parameter, masked, names, pieces, placed
from pgmem_tui.language.tokens import Kind, tokens

PIECES = st.sampled_from(
    [
        *(
            ":a",
            ":'b'",
            ':"c"',
            ":é1",
            ":1",
            "::text",
            ":=",
            ":",
            "\\:",
            "a[1:n]",
            "a[:2]",
            "ARRAY[:a]",
            "[",
            "]",
        ),
        *(
            "':a'",
            '":a"',
            "E'\\':a'",
            "$$:a$$",
            "$t$:a$t$",
            "-- :a\n",
            "/* :a /* :b */ */",
            "'x'\n':a'",
            "1",
            "x",
        ),
        *(" ", "\n", "(", ")", ",", "=", "'", '"', "U&':a'"),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT :a, :'b', :\"c\"", ["SELECT ", ("a", ""), ", ", ("b", "'"), ", ", ("c", '"')]),
        ("SELECT x::text, y := :a", ["SELECT x::text, y := ", ("a", "")]),
        ("SELECT ':a', \":a\", $$:a$$, E'\\':a' -- :a\n/* :a */", None),
        ("SELECT a[1:n], a[:2], a[x:y]", None),
        (
            "SELECT a[:i], ARRAY[:i, :j]",
            ["SELECT a[", ("i", ""), "], ARRAY[", ("i", ""), ", ", ("j", ""), "]"],
        ),
        ("SELECT a[1: :n]", ["SELECT a[1: ", ("n", ""), "]"]),
        ("SELECT :a::int", ["SELECT ", ("a", ""), "::int"]),
        ("SELECT :Größe=:1", ["SELECT ", ("Größe", ""), "=", ("1", "")]),
        ("SELECT :'a b', : a, :{?a}", None),
        ("SELECT '\udcff', :a", ["SELECT '\udcff', ", ("a", "")]),
        (r"SELECT 1 \:a", ["SELECT 1 ", ":", "a"]),
    ],
)
def test_where_they_are(text: str, found: list[str | tuple[str, str]] | None) -> None:
    """https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-INTERPOLATION"""
    got = [piece if isinstance(piece, str) else piece[:2] for piece in pieces(text)]
    assert got == ([text] if found is None else found)


def test_names_come_once_and_as_they_are_written() -> None:
    assert names("SELECT :b, :a, :'b', :B, :\"a\"") == ("b", "a", "B")


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_they_are_the_tokens_and_nothing_is_lost(text: str) -> None:
    found = placed(text)
    assert "".join(text[piece.start : piece.end] for piece in found) == text
    assert [piece.end for piece in found[:-1]] == [piece.start for piece in found[1:]]
    for piece in found:
        if isinstance(piece.what, Parameter):
            assert (piece.what.start, piece.what.end) == (piece.start, piece.end)
            quote = piece.what.quoting
            assert text[piece.start : piece.end] == f":{quote}{piece.what.name}{quote}"
        else:
            assert piece.what in (text[piece.start : piece.end], ":")
    parameters = [(piece.start, piece.end) for piece in found if isinstance(piece.what, Parameter)]
    assert parameters == [(token.start, token.end) for token in tokens(text) if token.kind is Kind.PARAMETER]


@settings(deadline=None)
@given(st.lists(PIECES.filter(lambda piece: piece != "\\:"), max_size=12).map("".join))
def test_what_the_grammar_is_given_has_the_same_tokens_in_the_same_places(text: str) -> None:
    mask = masked(text)
    assert len(mask) == len(text)
    parameters = {token.start for token in tokens(text) if token.kind is Kind.PARAMETER}
    ours = [(token.start, token.end) for token in tokens(text) if token.start not in parameters]
    theirs = [(token.start, token.end) for token in tokens(mask)]
    assert [place for place in theirs if place in ours] == ours
    assert len(theirs) == len(ours) + len(parameters)


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("SELECT :name, :'n'", "SELECT $1   , $1  "),
        ('SELECT :"select" FROM :"t"', 'SELECT  "elect"  FROM  _  '),
        ("SELECT x:a, 1:ab, $:a$$", "SELECT x 1, 1 $1, $ 1$$"),
        (r"SELECT a[1\:n]", "SELECT a[1 :n]"),
    ],
)
def test_what_the_grammar_is_given(text: str, mask: str) -> None:
    assert masked(text) == mask
