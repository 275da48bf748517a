"""The cursor inspector beside the rows, on a real server, driven by keys."""

from __future__ import annotations

import re

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.display import quantities
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire_log import SENT
from pgmem_tui.ui import inspecting as ui_inspecting
from pgmem_tui.ui.widgets.inspector_pane import InspectorPane
from pgmem_tui.ui.widgets.prompt import Prompt
from tests.paging.harness import gate, gated, run
from tests.ui.program import Program, program, terminate


async def inspecting(shown: Program) -> InspectorPane:
    """Wait for rows, open the inspector, and wait for what it finds."""
    await shown.shows("row 1 of ")
    await shown.at_row(1)
    await shown.press("i")
    await shown.shows("server: pg_cursors", "client: psycopg2", "scrollable")
    return shown.browse.query_one(InspectorPane)


async def operated(shown: Program, key: str, *text: str) -> None:
    """Press the key of an operation and send it; another text instead of what it begins with, if given."""
    prompt = shown.browse.query_one("#inspector-prompt", Prompt)
    await shown.press(key)
    await shown.until(lambda: prompt.display)
    for _ in range(30 if text else 0):
        await shown.press("backspace")
    await shown.press(*text, "enter")
    await shown.until(lambda: not prompt.display)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
async def test_beside_the_rows_where_there_is_room(
    demo_database: ConnectionSettings, size: tuple[int, int]
) -> None:
    async with program(demo_database, table="events", size=size) as shown:
        await inspecting(shown)
        await shown.shows("pgmem_1", "held", "▲ the cursor, on row ", "▼ the screen, row 1", "f FETCH")
        assert ("public.events" in shown.text) == (size[0] > 80)
        assert "Tables" not in shown.text
        await shown.press("escape")
        await shown.until(lambda: not shown.browse.query(InspectorPane))
        await shown.shows("public.events")
        assert ("Tables" in shown.text) == (size[0] > 80)
        assert not shown.browse.row_keys.listeners, "nobody listens any longer"
        await shown.until(lambda: shown.browse.grid.has_focus)
        await shown.press("i", "i")
        await shown.shows("server: pg_cursors")
        await shown.press("escape", "i")
        await shown.until(lambda: len(shown.browse.query(InspectorPane)) == 1)
        await shown.shows("server: pg_cursors")


async def test_all_of_it_can_be_reached(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(80, 24)) as shown:
        await inspecting(shown)
        await shown.press("G")
        await shown.shows("ErrorContext", "view-pg-backend-memory-contexts.html")
        await shown.press("pageup")
        await shown.shows("PortalContext  pgmem_")
        await shown.press("g", "z", "down", "z", "up")
        await shown.until(lambda: "scrollable" not in shown.text and "snapshot" not in shown.text)
        await shown.shows("Plan under the cursor", "Seq Scan on events")
        await shown.press("z")
        await shown.shows("scrollable")


async def test_it_moves_as_one_scrolls(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(160, 48)) as shown:
        pane = await inspecting(shown)
        before = pane.bar.text
        await shown.press("tab")
        await shown.until(lambda: shown.browse.grid.has_focus)
        for _ in range(12):
            await shown.press("pagedown")
        await shown.until(lambda: shown.row > 400)
        await shown.until(lambda: "the screen, row 4" in pane.bar.text and re.search("[█▒]·", pane.bar.text))
        assert pane.bar.text != before
        await shown.press("G")
        await shown.until(lambda: re.search("[█▒]·.*·[█▒]", pane.bar.text))
        await shown.press("i")
        await shown.until(lambda: pane.facts.has_focus)


async def test_an_operation_and_what_came(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, command="SELECT i FROM generate_series(1, 3000) AS i") as shown:
        pane = await inspecting(shown)
        start = shown.browse.browsing.result.seen
        await operated(shown, "f")
        await shown.shows('FETCH FORWARD 10 FROM "pgmem_1"', f"FETCH 10: position {start} → {start + 10}")
        await shown.shows("sql-fetch.html", "10 rows", str(start + 10))
        await shown.press("f")
        await shown.shows("enter sends FETCH FORWARD 10")
        await shown.press("ctrl+u", "5", "enter")
        await shown.shows(f"FETCH 5: position {start + 10} → {start + 15}")
        await operated(shown, "m", *"MOVE ABSOLUTE 2000")
        await shown.shows("MOVE 1: position", "→ 2,000", "on row 2,000 ▲")
        await operated(shown, "L")
        await shown.shows(
            "→ ?",
            "the cursor, row ?: the server tells no row numbers",
            "nobody knows how many rows are before it",
        )
        await operated(shown, "colon", *"drop table events")
        await shown.shows("this is nothing that a cursor does", "not sent")
        await shown.press("tab")
        await shown.until(lambda: shown.browse.grid.has_focus)
        for _ in range(4):
            await shown.press("pagedown")
        await shown.until(lambda: shown.row > 120)
        row = shown.row
        await shown.at_row(row)
        held = shown.browse.browsing.result.row(row - 1)
        assert held is not None and held[0] == str(row)
        assert "on row" in pane.bar.text


async def test_closed_by_hand_and_back(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events") as shown:
        await inspecting(shown)
        await operated(shown, "X")
        await shown.shows('CLOSE "pgmem_1"', "it was closed", "no such cursor", "no cursor")
        await shown.press("tab")
        await shown.until(lambda: shown.browse.grid.has_focus)
        for _ in range(8):
            await shown.press("pagedown")
        # It depends on how quickly rows were asked for how many cursors that took.
        await shown.until(lambda: re.search(r"name +pgmem_[2-9]", shown.text) and "on row" in shown.text)


async def test_the_servers_refusal_and_why(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events") as shown:
        await shown.shows("row 1 of ")
        await shown.press("s")
        await shown.shows("key order by")
        await inspecting(shown)
        await shown.shows("NO SCROLL")
        await operated(shown, "b")
        await shown.shows(
            "cursor can only scan forward", "it was declared NO SCROLL", "scrolling brings them back"
        )
        await shown.shows("there is no transaction")
        assert shown.text.count("can only scan forward") == 1, "not above the rows as well"
        await shown.press("tab", "pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        await shown.shows("snapshot refreshed", "in transaction")


async def test_escape_cancels_an_operation_first(database: ConnectionSettings) -> None:
    async with program(database, command=gated(closed_after=200)) as shown:
        await inspecting(shown)
        with gate(database) as closed:
            await operated(shown, "m")
            await shown.shows("MOVE FORWARD 1000 … esc cancels")
            closed.wait_for_someone()
            await shown.press("escape")
            await shown.shows("cancelled")
        assert shown.browse.query(InspectorPane)
        await shown.press("escape")
        await shown.until(lambda: not shown.browse.query(InspectorPane))


@pytest.mark.parametrize("key", ["i", "p"])
async def test_closing_it_gives_up_what_runs(database: ConnectionSettings, key: str) -> None:
    async with program(database, command=gated(closed_after=200)) as shown:
        await inspecting(shown)
        with gate(database) as closed:
            await operated(shown, "m")
            await shown.shows("MOVE FORWARD 1000 … esc cancels")
            closed.wait_for_someone()
            await shown.press(key)
            await shown.until(lambda: not shown.browse.query(InspectorPane))
            # The second is there as soon as something is read again.
            await shown.until(
                lambda: "cancelled" in shown.text or "snapshot refreshed (after the c" in shown.text
            )


async def test_hostile_names_and_values(database: ConnectionSettings) -> None:
    run(
        database,
        'CREATE TABLE "[red]\x1b[31m" ("[b]\x07" text)',
        "INSERT INTO \"[red]\x1b[31m\" SELECT E'[link]\\x1b[0m\\u202E' FROM generate_series(1, 900)",
    )
    async with program(database, table='"[red]\x1b[31m"') as shown:
        await inspecting(shown)
        await operated(shown, "f")
        await shown.shows("[link]", "[b]", "[red]", "FETCH 10: position")
        assert not {"\x1b", "\x07", "\u202e"} & set(shown.text)


async def test_nothing_is_open(demo_database: ConnectionSettings) -> None:
    async with program(demo_database) as shown:
        await shown.shows("choose a table")
        await shown.press("3", "i")
        await shown.shows("there is no cursor", "no cursor, no plan", "there is no transaction")
        await operated(shown, "f")
        await shown.shows("nothing is open")


async def test_the_age_of_the_snapshot(database: ConnectionSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui_inspecting, "QUIET", 0.1)
    run(database, "CREATE TABLE t AS SELECT i FROM generate_series(1, 900) AS i")

    def age(text: str) -> int:
        found = re.search(r"age of xmin +([0-9,]+) transactions?", text)
        return int(found[1].replace(",", "")) if found else -1

    sent_before = SENT.newest
    async with program(database, table="t", size=(120, 48)) as shown:
        await inspecting(shown)
        await shown.until(lambda: age(shown.text) >= 0)
        before = age(shown.text)
        run(database, *["SELECT pg_catalog.txid_current()"] * 1200)
        await shown.until(lambda: age(shown.text) >= before + 1200)
        asked = [sent.report for sent in SENT.since(sent_before) if "_snapshot_xmax" in sent.report.sql]
        assert asked and all(report.connection == "catalog" and report.housekeeping for report in asked)
        await shown.press("escape")
        await shown.until(lambda: not shown.browse.query(InspectorPane))
        assert not shown.browse.row_keys.catalog_listeners, "nobody listens any longer"


async def test_an_error_takes_back_nothing_that_was_written(database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE t (i int)")
    async with program(database, table="t", writable=True) as shown:
        await shown.shows("WRITABLE", "public.t")
        shown.browse.statements.running.run("INSERT INTO t VALUES (1)")
        await shown.shows("This writes")
        await shown.press("y")
        await shown.shows("1 statement")
        shown.browse.statements.running.run("SELECT 1 / (i - 800) FROM generate_series(1, 900) AS i")
        await inspecting(shown)
        await operated(shown, "m")
        await shown.shows("division by zero", "what was written stays", "OPEN TRANSACTION")
        assert "ends the transaction" not in shown.text


async def test_one_estimate(database: ConnectionSettings) -> None:
    run(
        database,
        "CREATE TABLE t AS SELECT i FROM generate_series(1, 30000) AS i",
        "ANALYZE t",
        "INSERT INTO t SELECT i FROM generate_series(30001, 39000) AS i",
    )
    async with program(database, table="t", size=(160, 48)) as shown:
        pane = await inspecting(shown)
        said = "≈" + quantities.count(shown.browse.browsing.result.estimate)
        assert f"of {said}" in pane.bar.text
        await shown.shows(f"public.t ─ {said} rows", f"row 1 of {said}")


async def test_an_empty_table(database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE t (i int)")
    async with program(database, table="t", size=(160, 48)) as shown:
        await shown.shows("no rows")
        await shown.press("i")
        await shown.shows("server: pg_cursors", "at its end: it has no rows")
        await operated(shown, "f")
        await shown.shows("FETCH 0: position after the last row, as before")
        await shown.press("p")
        await shown.shows("Prints the first row, if there is one; on the screen there is none.")


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_connection_is_lost(
    place: ConnectionSettings, observer: Connection, size: tuple[int, int]
) -> None:
    async with program(place, table="events", size=size) as shown:
        pane = await inspecting(shown)
        terminate(observer, place)
        await shown.press("R")
        await shown.shows("The cursor is gone", "the connection is lost", "what stands below was so at ")
        assert pane.bar.text.endswith("no cursor")
        await shown.press("R")
        await shown.until(lambda: "r connects again" in pane.status.text)
        assert "connection already closed" not in shown.text
        await shown.press("r")
        await shown.until(lambda: "The cursor is gone" not in shown.text)
        await operated(shown, "f")
        await shown.shows("FETCH 10")


@pytest.mark.parametrize("first", ["b", "colon"])
async def test_rows_after_an_error_and_another_operation(
    demo_database: ConnectionSettings, first: str
) -> None:
    async with program(demo_database, table="events", size=(160, 48)) as shown:
        await shown.shows("row 1 of ")
        await shown.press("s")
        await shown.shows("key order")
        await shown.press("s")
        await shown.shows("  20000 ", "  19999 ")
        await inspecting(shown)
        await operated(shown, first, *("FETCH BACKWARD 1" if first == "colon" else ""))
        await shown.shows("cursor can only scan forward")
        await operated(shown, "f")
        await shown.shows("position ")
        await shown.press("i")
        await shown.until(lambda: not shown.app.screen.query(InspectorPane))
        await shown.until(lambda: all(f"  {20000 - n} " in shown.text for n in range(5)))


async def test_a_sentence_is_not_cut(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(160, 48)) as shown:
        await inspecting(shown)
        await operated(shown, "colon", *"drop table events")
        await shown.shows("RELATIVE n, ABSOLUTE n; CLOSE")
