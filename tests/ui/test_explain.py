"""The EXPLAIN view on a real server, driven by keys."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from pgmem_tui.paging import requests as rq
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.explaining import Explained
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.explaining import Explaining
from pgmem_tui.ui.screens.explain import ExplainScreen
from pgmem_tui.ui.widgets.plan_view import PlanView
from pgmem_tui.ui.widgets.prompt import Prompt
from tests.paging.harness import backends, gate, gated, run
from tests.ui.program import Program, program

JOIN = (
    "SELECT u.name, count(*) FROM events AS e JOIN users AS u ON u.id = e.user_id"
    " WHERE e.id % 7 < 8 GROUP BY 1 ORDER BY 2"
)

WAITS = "application_name LIKE '% catalog' AND wait_event_type = 'Lock'"


def line(shown: Program, text: str) -> str:
    """The line of the screen that has a text in it."""
    return next(line for line in shown.text.splitlines() if text in line)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_three_views(demo_database: ConnectionSettings, size: tuple[int, int]) -> None:
    async with program(demo_database, command=JOIN, size=size) as shown:
        await shown.opened(
            "x",
            ExplainScreen,
            "plan of the query ─ estimated, nothing was run",
            "on events e",
            "rows ≈",
            "marks",
        )
        assert "real" not in shown.text
        await shown.press("c")
        await shown.shows("plan of the cursor ─ estimated", "jit = off")
        await shown.press("c")
        await shown.shows("the cursor's plan against the query's", "cursor_tuple_fraction = 0.1", "SCROLL")
        await shown.until(lambda: line(shown, "Subquery Scan on q").strip("│ ").startswith("+"))
        await shown.press("c")
        await shown.shows("plan of the query")
        await shown.press("escape")
        await shown.back()


async def test_measured_only_after_a_yes(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, command=JOIN, size=(100, 40)) as shown:
        await shown.opened("x", ExplainScreen, "nothing was run")
        await shown.decide("a", "n")
        await shown.until(lambda: not shown.app.screen.query_one(Prompt).display)
        assert "nothing was run" in shown.text
        await shown.press("a")
        await shown.shows("run it to the end, ", "y or n")
        await shown.press("escape")
        await shown.until(lambda: not shown.app.screen.query_one(Prompt).display)
        assert "nothing was run" in shown.text
        await shown.decide("a", "y")
        await shown.shows("plan of the query ─ measured", "executed in ", "real", "time")
        await shown.until(lambda: "20.0k" in line(shown, "on events e"))
        # The planner takes one row in three for what holds for all.
        await shown.press("c")
        await shown.shows("plan of the cursor ─ estimated")
        await shown.decide("a", "y")
        await shown.shows("plan of the cursor ─ measured")
        await shown.press("c")
        await shown.decide("a", "y")
        await shown.shows("Measured: the cursor's first row after ")


async def test_marks_are_signs_and_words(database: ConnectionSettings) -> None:
    run(
        database,
        "CREATE TABLE t AS SELECT i AS id, i % 7 AS a, i % 7 AS b FROM generate_series(1, 50000) AS i",
        "ANALYZE t",
    )
    sql = "SELECT count(*) FROM (SELECT 1 FROM t WHERE id + 0 = id OFFSET 0) AS q"
    async with program(database, command=sql, size=(100, 40)) as shown:
        await shown.opened("x", ExplainScreen, "Seq Scan on t")
        await shown.decide("a", "y")
        await shown.shows("measured", "×200")
        screen = shown.app.screen
        assert isinstance(screen, ExplainScreen)
        await shown.press("g")
        for _ in range(screen.plan.position[1]):
            await shown.press("n")  # others may be slow, as it happens
        await shown.until(lambda: "Seq Scan" in getattr(screen.plan.line, "name", ""))
        await shown.shows("200 rows for 1 estimated", "statistics are old", "Filter", "((id + 0) = id)")
        assert screen.plan.line is not None
        weighed = screen.plan.line.weighed
        assert weighed.misjudged and not weighed.fewer
        assert (f"!{100 * weighed.share:.0f}%" in line(shown, "Seq Scan on t")) == weighed.slow
        assert ("are its own" in shown.text) or not weighed.slow


async def test_folding(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, command=JOIN, size=(80, 24)) as shown:
        screen = await shown.opened("x", ExplainScreen, "on events e")
        count = screen.plan.position[1]
        assert f"node 1 of {count}" in shown.text
        await shown.press("z")
        await shown.shows(f"… {count - 1} nodes")
        assert "on events e" not in shown.text
        await shown.press("right")
        await shown.shows("on events e")
        await shown.press("right")
        await shown.shows(f"node 2 of {count}")
        await shown.press("left")
        await shown.shows(f"… {count - 2} nodes")
        await shown.press("z", "up")
        await shown.shows(f"node 1 of {count}")
        await shown.press("G")
        await shown.shows(f"node {count} of {count}")
        await shown.press("Z")
        await shown.shows("node 2 of ", " nodes")
        await shown.press("Z", "G")
        await shown.shows(f"node {count} of {count}")
        await shown.press("left")
        await shown.until(lambda: screen.plan.position[0] < count)


async def test_an_analyze_is_cancelled_and_the_rows_stay(database: ConnectionSettings) -> None:
    with gate(database) as closed:
        async with program(database, command=gated(closed_after=500), size=(80, 24)) as shown:
            await shown.opened("x", ExplainScreen, "nothing was run")
            await shown.decide("a", "y")
            await shown.shows("running it … ", "esc cancels")
            closed.wait_for_someone()
            await shown.press("escape")
            await shown.shows("cancelled", "nothing was run")
            await shown.until(lambda: not backends(database, WAITS))
            await shown.press("R")
            await shown.shows("planned in")
            await shown.press("escape")
            await shown.back()
            await shown.at_row(1)


async def test_leaving_cancels(database: ConnectionSettings) -> None:
    with gate(database) as closed:
        async with program(database, command=gated(closed_after=500), size=(80, 24)) as shown:
            await shown.opened("x", ExplainScreen, "nothing was run")
            await shown.decide("a", "y")
            await shown.shows("running it … ")
            closed.wait_for_someone()
            await shown.press("q")
            await shown.back()
            await shown.until(lambda: not backends(database, WAITS))
            assert not shown.browse.notice.display


async def test_a_small_terminal(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(60, 15)) as shown:
        screen = await shown.opened("x", ExplainScreen, "node 1 of 1", "? help")
        await shown.press("c", "c")
        await shown.until(lambda: screen.has_class("-difference"))
        await shown.until(lambda: screen.plan.size.height >= 5)


async def test_what_a_screen_before_asked_is_not_this_ones(database: ConnectionSettings) -> None:
    heard: list[bool] = []
    catalog = CatalogSession(database, lambda event: None)
    try:
        first, second = (
            Explaining(rq.Statement(text), 100, catalog, lambda: heard.append(True), lambda problem: None)
            for text in ("SELECT 1", "SELECT 2")
        )
        first.ask()
        asked = first._asked
        assert asked is not None
        first.cancel()
        second.ask()
        late = Explained(asked.generation, asked)
        assert second.hear(late) and second and not heard
    finally:
        catalog.close()


async def test_what_writes_is_not_run(database: ConnectionSettings) -> None:
    run(
        database,
        "CREATE TABLE t AS SELECT 1 AS id",
        "CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql AS"
        " 'BEGIN IF $1 = 2 THEN INSERT INTO t VALUES (2); END IF; RETURN $1; END'",
    )
    async with program(
        database, command="SELECT f(i) FROM generate_series(1, 1) AS i", size=(80, 24)
    ) as shown:
        await shown.opened("x", ExplainScreen, "nothing was run")
        run(
            database,
            "CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'DELETE FROM t RETURNING id'",
        )
        await shown.decide("a", "y")
        await shown.shows("read-only transaction", "esc dismisses")
        await shown.press("escape")
        await shown.until(lambda: "read-only transaction" not in shown.text)
        assert isinstance(shown.app.screen, ExplainScreen)
    assert run(database, "SELECT count(*) FROM t") == [(1,)]


async def test_copied_as_text_and_as_json(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, command=JOIN, size=(120, 40)) as shown:
        await shown.opened("x", ExplainScreen, "on events e")
        await shown.press("y")
        await shown.shows("copied the plan as text")
        copied = shown.app.clipboard
        assert (
            copied.startswith("SELECT u.name, count(*)")
            and "  (cost=" in copied
            and "Group Key: u.name" in copied
        )
        await shown.press("Y")
        await shown.shows("copied the plan as JSON")
        assert json.loads(shown.app.clipboard)[0]["Plan"]["Node Type"]
        await shown.press("c", "c", "Y")
        await shown.until(lambda: len(json.loads(shown.app.clipboard)) == 2)
        await shown.press("y")
        await shown.until(lambda: "DECLARE" in shown.app.clipboard and "SCROLL" in shown.app.clipboard)


async def test_saving_asks_before_it_replaces(demo_database: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    async with program(demo_database, command=JOIN, size=(200, 40)) as shown:
        await shown.opened("x", ExplainScreen, "on events e")
        await shown.answer("E", str(path))
        await shown.shows("saved ")
        assert json.loads(path.read_text())[0]["Plan"]
        path.write_text("mine")
        await shown.answer("E", str(path))
        await shown.shows("is there already: replace it?")
        await shown.press("n")
        await shown.until(lambda: not shown.app.screen.query_one(Prompt).display)
        assert path.read_text() == "mine"
        text = tmp_path / "plan.txt"
        await shown.answer("E", str(text))
        await shown.until(lambda: text.exists() and "(cost=" in text.read_text())
        await shown.answer("E", str(tmp_path / "none" / "plan.txt"))
        await shown.shows("not saved: ")


async def test_a_table_and_a_sorted_one(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(100, 30)) as shown:
        await shown.opened("x", ExplainScreen, "events ─ plan of the query", "Seq Scan on events")
        await shown.press("escape")
        await shown.back()
        await shown.press("s")
        await shown.shows("key order")
        await shown.at_row(1)
        await shown.press("x")
        await shown.shows("using events_pkey on")
        await shown.press("c", "c")
        await shown.shows("enable_seqscan = off", "NO SCROLL")


async def test_hostile_names(database: ConnectionSettings) -> None:
    run(database, 'CREATE TABLE "a\x1b[31m[red]\u202eb" AS SELECT 1 AS "[/]\x9bc"')
    async with program(database, table='"a\x1b[31m[red]\u202eb"', size=(100, 30)) as shown:
        await shown.opened("x", ExplainScreen, 'Seq Scan on "a\\x1b[31m[red]\\u202eb"')
        await shown.press("c", "c")
        await shown.shows("against the query's")
        assert "\x1b" not in shown.text and "\u202e" not in shown.text
        await shown.press("c", "y")
        await shown.until(lambda: "\\x1b[31m" in shown.app.clipboard)
        assert "\x1b" not in shown.app.clipboard


async def test_a_lost_connection_is_told_and_comes_back(database: ConnectionSettings) -> None:
    with gate(database) as closed:
        async with program(database, command=gated(closed_after=500), size=(80, 24)) as shown:
            await shown.opened("x", ExplainScreen, "nothing was run")
            await shown.decide("a", "y")
            await shown.shows("running it … ")
            closed.wait_for_someone()
            run(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name LIKE '% catalog'",
            )
            # A request on a connection that was open before is asked once more on a new one.
            await shown.until(lambda: backends(database, WAITS))
            await shown.press("escape")
            await shown.shows("cancelled")
            await shown.press("R")
            await shown.shows("planned in", "nothing was run")


async def test_a_thousand_nodes_are_painted_within_a_frame(database: ConnectionSettings) -> None:
    sql = " UNION ALL ".join(f"(SELECT {n} AS n FROM pg_class WHERE oid = {n} LIMIT 3)" for n in range(190))
    wide = f"SELECT * FROM ({sql}) AS a UNION ALL SELECT * FROM ({sql}) AS b ORDER BY 1"
    async with program(database, command=f"SELECT * FROM ({wide}) AS q", size=(160, 48)) as shown:
        await shown.shows("query cursor")
        await shown.press("x")
        await shown.shows("plan of the query")
        view = shown.app.screen.query_one(PlanView)
        await shown.until(lambda: view.position[1] > 380)
        took = []
        for _ in range(20):
            began = time.perf_counter()
            view.action_page(1)
            for y in range(view.size.height):
                view.render_line(y)
            took.append(time.perf_counter() - began)
        assert sorted(took)[10] < 0.016, took


async def test_help_and_the_key_bar(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", size=(160, 60)) as shown:
        await shown.shows("row 1 of ", "x explain")
        await shown.press("?")
        await shown.shows("the plan of these rows: EXPLAIN")
        await shown.press("escape")
        await shown.opened("x", ExplainScreen, "Seq Scan on events")
        await shown.press("?")
        await shown.shows("run it and measure (ANALYZE)", "next node with a mark", "copy as JSON")
        await shown.press("escape")
        await shown.screen(ExplainScreen)
