"""What is what in a program."""

from __future__ import annotations

import itertools

from pgmem_tui.ui.code_lines import code_spans
from pgmem_tui.ui.preview_lines import COMMENT, IDENTIFIER, MOST, STRING, VALUE, WORD

PROGRAM = '''"""Says FROM what."""
from psycopg2 import sql
query = sql.SQL("""
SELECT {id}, 'FROM {id}' -- FROM it
FROM {events} WHERE x = {value}
""").format(
    id=sql.Identifier("id"),
    events=sql.Identifier("public", "events"),
    value=sql.Literal("FROM"),
)  # for all
for row in query: print("if")
'''


def test_both_languages() -> None:
    spans = code_spans(PROGRAM)
    found = [(PROGRAM[start:end], kind) for start, end, kind in spans]
    assert found[0] == ('"""Says FROM what."""', STRING)
    for expected in (
        ("from", WORD),
        ("import", WORD),
        ("SELECT", WORD),
        ("{id}", IDENTIFIER),
        ("{events}", IDENTIFIER),
        ("{value}", VALUE),
        ('"public"', IDENTIFIER),
        ('"FROM"', VALUE),
        ("-- FROM it", COMMENT),
        ("# for all", COMMENT),
        ("for", WORD),
        ('"if"', STRING),
    ):
        assert expected in found
    assert found.count(("FROM", WORD)) == 1
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans)), "they do not overlap"


def test_a_text_of_any_length_takes_no_longer_than_its_beginning() -> None:
    long = PROGRAM.replace("SELECT", "SELECT " + "{id}, " * MOST)
    assert max(end for _, end, _ in code_spans(long)) <= MOST
    assert code_spans(long)[:5] == code_spans(long[: MOST * 2])[:5]


def test_names_and_values_between_single_quotes() -> None:
    text = "q = sql.SQL('a {}').format(\n    sql.Identifier('s', 't'), sql.Literal('v'))\n# end\n"
    kinds = [(text[start:end], kind) for start, end, kind in code_spans(text)]
    assert kinds == [
        ("'a {}'", STRING),
        ("'s'", IDENTIFIER),
        ("'t'", IDENTIFIER),
        ("'v'", VALUE),
        ("# end", COMMENT),
    ]
