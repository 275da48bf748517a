"""Each kind of statement is explained, with its page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pgmem_tui.postgres import wire_notes
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.postgres.wire_notes import Note, note

REPORT = StatementReport("browse", "FETCH", 'FETCH FORWARD 200 FROM "pgmem_1"', 0.0, 0.001)
ALL = [
    *wire_notes._NOTES.values(),
    *(found for found in vars(wire_notes).values() if isinstance(found, Note)),
]


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.does[:20])
def test_each_is_two_sentences_and_a_page(found: Note) -> None:
    for sentence in (found.does, found.costs):
        assert re.fullmatch(r"\S[^\n]{10,200}\.", sentence) and "  " not in sentence
    assert re.fullmatch(
        r"https://www\.(postgresql\.org/docs/current|psycopg\.org/docs)/[-a-z]+\.html(#[-\w]+)?", found.page
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rows": 200}, "next rows"),
        ({"rows": 199}, "after the last one"),
        ({"sql": 'FETCH FORWARD ALL FROM "x"', "rows": 9}, "after the last one"),
        ({"sql": 'FETCH BACKWARD 10 FROM "x"', "rows": 10}, "on the last that came"),
        ({"sql": 'FETCH BACKWARD 10 FROM "x"', "rows": 9}, "before the first one"),
        ({"sql": 'FETCH LAST FROM "x"', "rows": 1}, "on one row"),
        ({"sql": 'FETCH ABSOLUTE 7 FROM "x"'}, "a row that is not there"),
        ({"sql": "FETCH NEXT IN x", "rows": 1}, "next rows"),
        ({"sql": "SET LOCAL pgmem.place = '1'; FETCH 1 FROM x"}, "slice of one value"),
        ({"kind": "MOVE", "sql": "MOVE FORWARD 5 FROM x"}, "without sending a row"),
        ({"kind": "MOVE", "sql": "MOVE ABSOLUTE 5 FROM x"}, "by its number"),
        ({"kind": "DECLARE", "sql": 'DECLARE "x" SCROLL CURSOR WITHOUT HOLD FOR SELECT'}, "no row is read"),
        ({"kind": "DECLARE", "sql": 'DECLARE "x" CURSOR WITH HOLD FOR SELECT'}, "outlives"),
        ({"kind": "BEGIN", "implied": True}, "psycopg2 sends this by itself"),
        ({"kind": "BEGIN"}, "Begins a transaction"),
        ({"kind": "WITH"}, "without a name"),
        ({"kind": "SELECT", "error": "57014"}, "stopped it"),
        ({"kind": "SELECT", "error": "42703"}, "refused"),
        ({"kind": "FETCH", "running": True}, "next rows"),
        ({"sql": "FETCH ABSOLUTE 7 FROM x", "running": True}, "on one row"),
        ({"kind": "connected"}, "Opens a connection"),
        ({"kind": "lost", "lost": True, "error": "57P01"}, "the way to it broke"),
        ({"kind": "FETCH", "lost": True, "error": "57P01"}, "lost before this was answered"),
        ({"kind": "UPDATE"}, "Changes rows"),
        ({"kind": "VACUUM"}, "Runs a statement"),
        ({"kind": ""}, "Runs a statement"),
    ],
)
def test_which_one(changes: dict[str, object], words: str) -> None:
    assert words in note(replace(REPORT, **changes)).does  # type: ignore[arg-type]


def test_a_round_trip_is_shared_where_something_follows() -> None:
    alone = replace(REPORT, kind="SET LOCAL", sql="SET LOCAL jit = off")
    assert "shared" not in note(alone).costs
    assert "shared" in note(replace(alone, sql="SET LOCAL jit = off; SET LOCAL x.y = '1'")).costs
