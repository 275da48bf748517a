"""One value, however long, from a real server: each type, each way to find its row, each loss."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from pgmem_tui.display.values.brackets import JSON
from pgmem_tui.paging.events import Cancelled, Failed, Lost, Opened, Released
from pgmem_tui.paging.requests import KnownRelation, NamedRelation, Reconnect
from pgmem_tui.paging.values import (
    CloseValue,
    CountCharacters,
    FindInValue,
    OutlineValue,
    ReadValue,
    SaveValue,
    ValueCounted,
    ValueFileExists,
    ValueFound,
    ValueOutlined,
    ValueRead,
    ValueSaved,
)
from pgmem_tui.postgres.query_spec import SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import CreateDatabase
from tests.paging.harness import LOCK, Relay, Sessions, eventually, gate, run, within
from tests.paging.value_asking import Asking

TEXT = "zażółć 東京 \U0001f600 gęślą\n" * 500
"""Characters of one to four bytes."""
SLOW = (
    "SELECT repeat('x', 1000) || CASE WHEN current_setting('pgmem.place', true) <> ''"
    f" THEN pg_advisory_xact_lock_shared({LOCK})::text ELSE '' END"
)
"""A value that waits for the gate where it is read whole, and not where the grid reads it."""


@pytest.fixture
def asking(sessions: Sessions) -> Asking:
    return Asking(sessions.start())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"$${TEXT}$$::text", TEXT.encode()),
        (f"$${TEXT}$$::varchar", TEXT.encode()),
        ("rpad('x ', 3000)::char(3000)", b"x".ljust(3000)),
        ("decode(repeat('00ff5c27', 5000), 'hex')", bytes.fromhex("00ff5c27") * 5000),
        ("('[' || repeat('1.50, ', 900) || '2]')::json", b"[" + b"1.50, " * 900 + b"2]"),
        ("('[' || repeat('1.50, ', 900) || '2]')::jsonb", b"[" + b"1.50, " * 900 + b"2]"),
        ("('<a>' || repeat('<b/>', 900) || '</a>')::xml", b"<a>" + b"<b/>" * 900 + b"</a>"),
        ("array_fill('a b'::text, ARRAY[900])", b"{" + b",".join([b'"a b"'] * 900) + b"}"),
        ("ROW(1, repeat('x', 3000), NULL)", b"(1," + b"x" * 3000 + b",)"),
        ("repeat('9', 3000)::numeric", b"9" * 3000),
        ("repeat('01', 1500)::varbit", b"01" * 1500),
    ],
    ids=[
        "text",
        "varchar",
        "char",
        "bytea",
        "json",
        "jsonb",
        "xml",
        "array",
        "composite",
        "numeric",
        "varbit",
    ],
)
def test_a_value_of_each_type_whole(asking: Asking, expression: str, expected: bytes) -> None:
    if "::xml" in expression and not _has_xml(asking):
        expression = expression.replace("::xml", "::text")
    cell = asking.cell(f"SELECT {expression} AS v", 0)
    assert cell.column.was_cut(cell.shown or "", 256)
    assert asking.whole(cell) == expected


def _has_xml(asking: Asking) -> bool:
    """Whether this server was built with libxml."""
    found = run(
        asking.session.session._settings, "SELECT count(*) FROM pg_config WHERE setting LIKE '%libxml%'"
    )
    return bool(found[0][0])


def test_any_place_at_once_forward_and_back(asking: Asking) -> None:
    cell = asking.cell(f"SELECT $${TEXT}$$ AS v", 0)
    data = TEXT.encode()
    for offset in (0, 5000, 100, len(data) - 10, len(data), 7):
        read = asking.ask(asking.make(ReadValue, cell, offset, 777), ValueRead)
        assert (read.data, read.size, read.offset) == (data[offset : offset + 777], len(data), offset)
    assert len([sql for sql in asking.session.sent("DECLARE") if "pgmem_value" in sql]) == 1
    assert asking.ask(asking.make(CountCharacters, cell), ValueCounted).characters == len(TEXT)


def test_a_bytea_has_no_characters(asking: Asking) -> None:
    cell = asking.cell("SELECT decode(repeat('ff', 1000), 'hex')", 0)
    asking.whole(cell)
    assert asking.ask(asking.make(CountCharacters, cell), ValueCounted).characters is None


@pytest.mark.parametrize("form", ["hex", "escape"])
def test_bytes_do_not_depend_on_bytea_output(sessions: Sessions, form: str) -> None:
    settings = replace(sessions.settings, other=(("options", f"-c bytea_output={form}"),))
    asking = Asking(sessions.start(settings))
    cell = asking.cell("SELECT decode(repeat('5c00ff41', 1000), 'hex')", 0)
    assert asking.whole(cell) == b"\x5c\x00\xff\x41" * 1000


def test_bytes_of_a_server_without_an_encoding(create_database: CreateDatabase) -> None:
    database = create_database("SQL_ASCII")
    raw = b"caf\xe9 \xc3\xa4\n" * 300
    run(database, "CREATE TABLE t AS SELECT convert_from('\\x" + raw.hex() + "'::bytea, 'SQL_ASCII') AS v")
    sessions = Sessions(database)
    try:
        asking = Asking(sessions.start())
        cell = asking.cell(NamedRelation("t"), 0)
        assert asking.whole(cell) == raw
    finally:
        sessions.close()


def test_text_of_another_encoding_comes_as_utf8(create_database: CreateDatabase) -> None:
    database = create_database("LATIN1")
    run(database, "CREATE TABLE t AS SELECT repeat(chr(233), 2000) AS v")
    sessions = Sessions(database)
    try:
        asking = Asking(sessions.start())
        cell = asking.cell(NamedRelation("t"), 0)
        assert asking.whole(cell) == "é".encode() * 2000
        assert asking.ask(asking.make(CountCharacters, cell), ValueCounted).characters == 2000
    finally:
        sessions.close()


def test_rows_of_a_partitioned_table_by_ctid(database: ConnectionSettings, sessions: Sessions) -> None:
    run(
        database,
        'CREATE TABLE "P" (id int, "a b" text) PARTITION BY RANGE (id)',
        'CREATE TABLE "p""1" PARTITION OF "P" FOR VALUES FROM (0) TO (10)',
        'CREATE TABLE p2 PARTITION OF "P" FOR VALUES FROM (10) TO (20)',
        "INSERT INTO \"P\" SELECT i, repeat(i::text || ' ', 1000) FROM generate_series(0, 19) AS i",
    )
    asking = Asking(sessions.start())
    asking.session.open(NamedRelation('"P"'), 50)
    asking.session.read(0, 20)
    for row in (0, 3, 10, 19):
        cell = asking.again(1, row)
        assert asking.whole(cell) == f"{row} ".encode() * 1000


def test_a_view_by_its_number(database: ConnectionSettings, sessions: Sessions) -> None:
    run(
        database,
        "CREATE TABLE t AS SELECT i, repeat(i::text || ' ', 1000) AS v FROM generate_series(1, 30) AS i",
        "CREATE VIEW w AS SELECT * FROM t ORDER BY i DESC",
    )
    asking = Asking(sessions.start())
    cell = asking.cell(NamedRelation("w"), 1, 7)
    assert cell.identity == ()
    assert asking.whole(cell) == b"23 " * 1000
    oid = run(database, "SELECT 'w'::regclass::oid")[0][0]
    cell = asking.cell(KnownRelation(oid, order=(SortKey("i"),)), 1, 7)
    assert asking.whole(cell) == b"8 " * 1000


def test_a_query_by_its_number(asking: Asking) -> None:
    sql = "SELECT i AS a, repeat(i::text || ' ', 1000) AS a FROM generate_series(1, 40) AS i -- two of a name"
    cell = asking.cell(sql, 1, 30)
    assert asking.whole(cell) == b"31 " * 1000


def test_a_row_of_as_many_columns_as_there_can_be(asking: Asking) -> None:
    listed = ", ".join(f"{n} AS c_{n}" for n in range(1663))
    cell = asking.cell(f"SELECT {listed}, repeat('x', 1000)", 1663)
    assert asking.whole(cell) == b"x" * 1000


def test_a_query_without_a_fixed_order_is_refused(asking: Asking) -> None:
    cell = asking.cell("SELECT random() AS a, repeat(random()::text, 100) AS b", 1)
    failed = asking.refused(asking.make(ReadValue, cell, 0, 10))
    assert "no fixed place" in failed.problem.message
    assert "ORDER BY" in failed.problem.advice
    assert not failed.problem.lost
    # Nothing else is lost by it.
    asking.session.read(0, 1)
    assert len(asking.session.of(Opened)) == 1


def test_an_estimated_number_is_no_place(asking: Asking) -> None:
    cell = replace(asking.cell("SELECT repeat('x', 1000)", 0), exact=False)
    assert "estimate" in asking.refused(asking.make(ReadValue, cell, 0, 10)).problem.message


def test_another_value_and_leaving_close_the_cursor(asking: Asking) -> None:
    asking.cell("SELECT repeat('x', 1000) AS a, repeat('y', 1000) AS b", 0)
    first, second = asking.again(0), asking.again(1)
    assert asking.whole(first)[:1] == b"x"
    assert asking.whole(second)[:1] == b"y"
    asking.session.request(CloseValue(asking.session.generation))
    asking.session.settle()
    assert [sql for sql in asking.session.sent("CLOSE") if "pgmem_value" in sql] == [
        'CLOSE "pgmem_value"'
    ] * 2


def test_a_cancel_while_the_value_is_made(asking: Asking, sessions: Sessions) -> None:
    """The cursor and the snapshot are gone then; the same question is answered in the next ones."""
    cell = asking.cell(SLOW, 0)
    with gate(sessions.settings) as closed:
        asking.session.request(asking.make(ReadValue, cell, 0, 10))
        closed.wait_for_someone()
        with within(1.0):
            asking.session.session.cancel()
            assert asking.session.wait(Cancelled).lost_cursor
    read = asking.ask(asking.make(ReadValue, cell, 0, 10), ValueRead)
    assert (read.data, read.refreshed) == (b"x" * 10, "after the cancel")


def test_a_lost_connection_and_another_snapshot(
    database: ConnectionSettings, sessions: Sessions, relay: Relay
) -> None:
    run(database, "CREATE TABLE t AS SELECT i, repeat('x', 1000) AS v FROM generate_series(1, 3) AS i")
    asking = Asking(sessions.start(relay.settings))
    cell = asking.cell(NamedRelation("t"), 1, 1)
    before = asking.ask(asking.make(ReadValue, cell, 0, 10), ValueRead)
    relay.stop()
    asking.session.request(asking.make(ReadValue, cell, 10, 10))
    asking.session.wait(Lost)
    relay.start()
    asking.session.request(Reconnect())
    after = asking.ask(asking.make(ReadValue, cell, 10, 10), ValueRead)
    assert after.data == b"x" * 10
    assert (before.refreshed, after.refreshed) == ("", "reconnected")
    assert after.began > before.began


def test_a_row_that_was_changed_meanwhile_is_not_shown_as_it_was(
    database: ConnectionSettings, sessions: Sessions
) -> None:
    run(database, "CREATE TABLE t AS SELECT 1 AS i, repeat('x', 1000) AS v")
    asking = Asking(sessions.start(idle_limit=0.2))
    cell = asking.cell(NamedRelation("t"), 1)
    assert asking.whole(cell) == b"x" * 1000
    run(database, "UPDATE t SET v = repeat('y', 1000)")
    asking.session.wait(Released)
    assert "changed or deleted" in asking.refused(asking.make(ReadValue, cell, 0, 10)).problem.message


def test_opening_something_else_ends_it(asking: Asking) -> None:
    cell = asking.cell("SELECT repeat('x', 1000)", 0)
    asking.whole(cell)
    assert asking.cell("SELECT repeat('y', 1000)", 0) != cell
    assert asking.whole(asking.again(0)) == b"y" * 1000
    assert asking.session.of(Failed) == []


@pytest.mark.parametrize("backward", [False, True])
def test_finding_across_slices(asking: Asking, monkeypatch: pytest.MonkeyPatch, backward: bool) -> None:
    monkeypatch.setattr("pgmem_tui.paging.values.SLICE", 100)
    needle = "Nädel"
    text = "x" * 395 + needle + "y" * 512 + needle + "z" * 400
    cell = asking.cell(f"SELECT '{text}'", 0)
    data, raw = text.encode(), needle.encode()
    places = [data.find(raw), data.rfind(raw)]
    found, start = [], len(data) if backward else 0
    while True:
        answer = asking.ask(asking.make(FindInValue, cell, raw, False, start, backward), ValueFound)
        if answer.offset < 0:
            break
        found.append(answer.offset)
        start = answer.offset if backward else answer.offset + 1
    assert found == (places[::-1] if backward else places)
    small = asking.make(FindInValue, cell, b"n\xc3\xa4del", True, 0)
    assert asking.ask(small, ValueFound).offset == places[0]


def test_saving(asking: Asking, tmp_path: Path) -> None:
    cell = asking.cell(f"SELECT $${TEXT}$$", 0)
    path = tmp_path / "value.txt"
    saved = asking.ask(asking.make(SaveValue, cell, str(path)), ValueSaved)
    assert saved.nbytes == len(TEXT.encode())
    assert path.read_text(encoding="utf-8") == TEXT
    path.write_text("mine")
    asking.ask(asking.make(SaveValue, cell, str(path)), ValueFileExists)
    assert path.read_text() == "mine"
    asking.ask(asking.make(SaveValue, cell, str(path), True), ValueSaved)
    assert path.read_text(encoding="utf-8") == TEXT
    asking.ask(asking.make(SaveValue, cell, str(path), True, b"given"), ValueSaved)
    assert path.read_bytes() == b"given"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_saved_is_said_and_nothing_lost(asking: Asking, tmp_path: Path) -> None:
    cell = asking.cell(f"SELECT $${TEXT}$$", 0)
    failed = asking.refused(asking.make(SaveValue, cell, str(tmp_path / "none" / "x")))
    assert "No such file" in failed.problem.message
    assert "directory" in asking.refused(asking.make(SaveValue, cell, str(tmp_path))).problem.message
    os.mkfifo(tmp_path / "pipe")
    pipe = asking.refused(asking.make(SaveValue, cell, str(tmp_path / "pipe"), True))
    assert "a pipe or a device" in pipe.problem.message
    assert asking.whole(cell) == TEXT.encode()
    assert len(asking.session.of(Opened)) == 1


def test_a_dash_is_a_files_name(asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asking.ask(asking.make(SaveValue, asking.cell(f"SELECT $${TEXT}$$", 0), "-"), ValueSaved)
    assert Path("-").read_text(encoding="utf-8") == TEXT


def test_a_cancelled_file_is_not_left_behind(
    asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pgmem_tui.paging.values.SLICE", 16)
    cell = asking.cell("SELECT repeat('x', 3000000)", 0)
    asking.whole(cell, 4_000_000)
    asking.session.request(asking.make(SaveValue, cell, str(tmp_path / "x")))
    eventually(lambda: list(tmp_path.iterdir()))
    asking.session.session.cancel()
    cancelled = asking.session.wait(Cancelled)
    asking.session.settle()
    assert list(tmp_path.iterdir()) == []
    assert not cancelled.lost_cursor, "it stops between two slices"


def test_an_outline(asking: Asking) -> None:
    value = {"a": [1, 2, {"b": "x" * 1000}]}
    cell = asking.cell(f"SELECT '{json.dumps(value)}'::jsonb", 0)
    outline = asking.ask(asking.make(OutlineValue, cell, JSON), ValueOutlined).outline
    assert outline is not None
    assert json.loads(outline.text) == value
    assert len(outline) == 9
    cell = asking.cell("SELECT '{' || repeat('x', 1000)", 0)
    answer = asking.ask(asking.make(OutlineValue, cell, JSON), ValueOutlined)
    assert (answer.outline, answer.why) == (None, "not JSON at character 2")
