"""Statements are where PostgreSQL's parser has them, and somewhere sensible while one is being typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgmem_tui.language import splitting
from pgmem_tui.language.splitting import at, split

FUNCTION = (
    "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END"
)
RULE = "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)"
STATEMENTS = st.sampled_from(
    [
        *(
            "SELECT 1",
            "SELECT ';', $$;$$, \";\"",
            "SELECT 'é東😀' -- ;",
            "/* ; /* ; */ */ SELECT f(1)",
            FUNCTION,
            RULE,
        ),
        *(
            "DO $a$ BEGIN; $$;$$ END $a$",
            "SELECT E'\\';'",
            "BEGIN",
            "END",
            "",
            " ",
            "-- ;\n",
            "SELECT :a, :'b;'",
        ),
        *(
            "SELECT $é$;$è$;$é$",
            "SELECT 'a'\n';'",
            "SELECT CASE WHEN x THEN 1 END",
            "create procedure begin() as 'x'",
        ),
    ]
)


def texts(text: str) -> list[str]:
    return [statement.text(text) for statement in split(text)]


@settings(deadline=None)
@given(st.lists(STATEMENTS, max_size=6).map("\n;\n".join))
def test_tokens_split_as_the_grammar_does(text: str) -> None:
    """So that an error in one statement does not move the others."""
    by_grammar = texts(text)
    assert by_grammar == texts(f"{text}\n; SELECT SELECT SELECT (")[:-1]
    assert not any(part != part.strip() or part.startswith(";") for part in by_grammar)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" ; ;; -- nothing", []),
        ("SELECT 1;SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 'é東😀;' ;\n-- x\n SELECT 'é'; ", ["SELECT 'é東😀;'", "SELECT 'é'"]),
        ("SELECT '\udcff'; SELECT 2", ["SELECT '\udcff'", "SELECT 2"]),
        ("SELECT $\udc80$;$\udc81$;$\udc80$; SELECT 2", ["SELECT $\udc80$;$\udc81$;$\udc80$", "SELECT 2"]),
        ('SELECT :a; SELECT :"b"', ["SELECT :a", 'SELECT :"b"']),
        ("SELECT f(; SELECT 2", ["SELECT f(", "SELECT 2"]),
        ("SELECT 1; SELECT 'open; SELECT 3", ["SELECT 1", "SELECT 'open; SELECT 3"]),
        ("SELECT 1; SELECT $$open; SELECT 3", ["SELECT 1", "SELECT $$open; SELECT 3"]),
        ("SELECT 1; /* open; SELECT 3", ["SELECT 1"]),
        (f"SELEC; {FUNCTION}; {RULE}; TABLE t", ["SELEC", FUNCTION, RULE, "TABLE t"]),
        ("COMMIT; DELETE FROM t", ["COMMIT", "DELETE FROM t"]),
        ("SELECT 1;\0 SELECT 2", ["SELECT 1", "\0 SELECT 2"]),
    ],
)
def test_split(text: str, parts: list[str]) -> None:
    assert texts(text) == parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("|SELECT 1; SELECT 2", "SELECT 1"),
        ("SEL|ECT 1; SELECT 2", "SELECT 1"),
        ("SELECT 1|; SELECT 2", "SELECT 1"),
        ("SELECT 1;| SELECT 2", "SELECT 1"),
        ("SELECT 1; |SELECT 2", "SELECT 2"),
        ("SELECT 1;\n|SELECT 2", "SELECT 2"),
        ("SELECT 1;\n  |  SELECT 2", "SELECT 2"),
        ("SELECT 1;\n|\nSELECT 2", None),
        ("SELECT 1; -- c|\nSELECT 2", "SELECT 1"),
        ("SELECT 1;\n-- c|\nSELECT 2", "SELECT 2"),
        ("SELECT 1;\n/* a\n|\n*/\nSELECT 2", "SELECT 2"),
        ("SELECT 1\n\n|\n", None),
        ("SELECT 1\n-- a ' b\n\n|\nFROM t", "SELECT 1\n-- a ' b\n\n\nFROM t"),
        ("SELECT 'é東😀'; SELECT |2", "SELECT 2"),
        ("SELECT 1; SELECT 'op|en", "SELECT 'open"),
        ("|", None),
        (" | ; ", None),
    ],
)
def test_the_statement_at_the_caret(text: str, found: str | None) -> None:
    caret, text = text.index("|"), text.replace("|", "")
    statement = at(text, caret)
    assert (statement and statement.text(text)) == found


@settings(deadline=None)
@given(st.text(alphabet="a;'$-\n/*(\\:\" é", max_size=30), st.integers(0, 30))
def test_any_text_and_any_caret(text: str, caret: int) -> None:
    place = 0
    for statement in split(text):
        assert place <= statement.start < statement.end <= len(text)
        place = statement.end
    found = at(text, min(caret, len(text)))
    assert found is None or found in split(text)


def test_a_long_chain_of_operators_does_not_end_the_process() -> None:
    text = "SELECT " + "1+" * 200_000 + "1; SELECT 2"
    assert [len(part) for part in texts(text)] == [len(text) - 10, 8]
    assert splitting.Statement(len(text) - 8, len(text)) == split(text)[1]
