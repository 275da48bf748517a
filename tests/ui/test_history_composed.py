"""What the history has of queries that were composed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import run as run_sql
from tests.ui.program import FIRST, Program, program
from tests.ui.test_history import chosen, kept, open_history


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path


async def compose(shown: Program, *keys: str) -> None:
    """Put a query together from what is open, and run it."""
    await shown.press("c")
    await shown.shows("Compose ─", "FROM public.")
    await shown.press(*keys, "r")
    await shown.back()


async def test_a_composed_query_is_recorded_as_its_readable_sql(demo_database: ConnectionSettings) -> None:
    text = "SELECT country, count(*)\nFROM public.users\nWHERE id <= 500\nGROUP BY country"
    async with program(demo_database, table="users", history=True) as shown:
        await shown.shows(FIRST)
        await compose(
            shown,
            *("c", " ", *"country", "tab", *"count(", "enter"),
            *("w", "enter", "i", "d", "enter", "<", "=", "enter", *"500", "enter"),
        )
        await shown.shows("composed: users", FIRST)
        await shown.until(kept)
        await shown.until(lambda: kept()[0].rows is not None)
        (entry,) = kept()
        assert (entry.text, entry.rows, entry.failed) == (text, shown.browse.browsing.result.total, False)
        assert 0 < entry.seconds < 10 and abs(entry.at - time.time()) < 20
        assert entry.database.startswith(f"{demo_database.user}@") and entry.database.endswith(
            f"/{demo_database.dbname}"
        )
        await shown.press("R")
        await shown.until(lambda: kept()[0].runs == 2)
        await shown.press("s")
        await shown.shows("ORDER BY country ×", FIRST)
        await open_history(shown)
        await shown.until(lambda: chosen(shown) == text)
        await shown.press("enter")
        await shown.back()
        await shown.shows("query ─", FIRST)
        await shown.until(lambda: kept()[0].runs == 3)
    assert [one.text for one in kept()] == [text], "the keys of the grid are no statements"


async def test_rows_of_a_table_that_were_composed_are_recorded(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events", history=True) as shown:
        await shown.shows(FIRST)
        await compose(shown)
        await shown.press("s")
        await shown.shows("ORDER BY id ×", FIRST)
        await shown.press("s")
        await shown.shows("ORDER BY id DESC ×")
        await shown.press("s")
        await shown.until(lambda: "ORDER BY" not in shown.text)
        await shown.shows(FIRST)
        await shown.press("=")
        await shown.shows("id = 1 ×", FIRST)
        await shown.press("u")
        await shown.until(lambda: "id = 1 ×" not in shown.text)
        await shown.shows(FIRST)
        await compose(shown, "w", "enter", *"kind", "enter", "enter", *"buy", "enter")
        await shown.shows("kind = buy ×", FIRST)
        await shown.until(kept)
    (entry,) = kept()
    assert entry.text == "SELECT *\nFROM public.events\nWHERE kind = 'buy'" and entry.runs == 1


async def test_a_composed_query_that_fails_is_recorded_as_failed(database: ConnectionSettings) -> None:
    run_sql(database, "CREATE VIEW faulty AS SELECT 1 / (g - 2) AS x FROM generate_series(1, 3) AS g")
    async with program(database, table="faulty", history=True) as shown:
        await shown.shows("division by zero")
        await shown.press("2", "enter")
        await shown.press("c")
        await shown.shows("Compose ─", "FROM public.faulty")
        await shown.press("c", " ", *"x", "enter", "n", "y", "enter", "r")
        await shown.back()
        await shown.until(lambda: any(one.failed for one in kept()))
    (entry,) = kept()
    assert entry.text == "SELECT x AS y\nFROM public.faulty" and entry.rows is None


async def test_a_composed_query_with_a_secret_is_not_recorded(
    database: ConnectionSettings, data_folder: Path
) -> None:
    run_sql(database, "CREATE TABLE accounts AS SELECT 1 AS id, 'hunter2'::text AS password")
    async with program(database, table="accounts", history=True) as shown:
        await shown.shows(FIRST)
        await compose(shown, "w", "enter", *"password", "enter", "enter", *"hunter2", "enter")
        await shown.shows("password = hunter2 ×", FIRST)
        await compose(shown, "l", "7", "enter", "w", "w", "x")
        await shown.until(kept)
    assert [entry.text for entry in kept()] == ["SELECT *\nFROM public.accounts\nLIMIT 7"]
    files = [path for path in (data_folder / "share").rglob("*") if path.is_file()]
    assert files and not any(b"hunter2" in path.read_bytes() for path in files)
