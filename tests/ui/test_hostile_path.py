"""What is said of a search path that is not used as it is."""

from __future__ import annotations

from dataclasses import replace

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import run
from tests.ui.program import program


async def test_it_is_said_once(database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE t AS SELECT 'a value' AS note")
    path = replace(database, other=(("options", '-c search_path="[b]a",public,pg_catalog'),))
    async with program(path, table="t") as shown:
        await shown.shows("a value")
        (note,) = shown.app._notifications
        assert 'pg_catalog behind "[b]a", public, whose' in note.message and not note.markup


async def test_nothing_is_said_of_others(database: ConnectionSettings) -> None:
    run(database, "CREATE TABLE t AS SELECT 'a value' AS note")
    async with program(database, table="t") as shown:
        await shown.shows("a value")
        assert not shown.app._notifications
