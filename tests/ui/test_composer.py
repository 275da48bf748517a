"""Queries composed by keys, on the demo's database: what is asked of the server, and what comes back."""

from __future__ import annotations

import pytest

from pgmem_tui.paging import requests as rq
from pgmem_tui.postgres.query_spec import Condition, Group, OutputOrder, SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.composer_previewing import CHECK_AFTER
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.screens.choose import ChooseScreen
from pgmem_tui.ui.screens.composer import ComposerScreen
from pgmem_tui.ui.screens.sort import SortScreen
from pgmem_tui.ui.widgets.chips import Chips
from tests.conftest import connect
from tests.ui.program import FIRST, Program, program


def rows(settings: ConnectionSettings, query: str) -> list[tuple[object, ...]]:
    """What a query written by hand says."""
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def headings(shown: Program) -> list[str]:
    """The heading of the grid."""
    return [heading.name for heading in shown.browse.grid.column_layout.headings]


def row(shown: Program, number: int = 0) -> tuple[str | None, ...] | None:
    """A row of the grid."""
    return shown.browse.browsing.result.row(number)


async def composer(shown: Program) -> ComposerScreen:
    """Open it from the grid."""
    await shown.shows(FIRST)
    await shown.press("c")
    await shown.shows("Compose ─", "FROM ")
    screen = shown.app.screen
    assert isinstance(screen, ComposerScreen)
    return screen


async def back(shown: Program) -> None:
    """Wait until the rows are seen again."""
    await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen))


async def test_conditions_order_and_limit_stay_a_table(place: ConnectionSettings) -> None:
    expected = rows(
        place,
        "SELECT id FROM events WHERE kind = 'click' AND id BETWEEN 100 AND 9000 ORDER BY id DESC LIMIT 5",
    )
    async with program(place, table="events") as shown:
        await composer(shown)
        await shown.press("w", "enter", *"kind", "enter", "enter", *"click")
        await shown.shows("WHERE kind = 'click'", "text · ctrl+n NULL")
        await shown.press(
            "enter", "a", "i", "d", "enter", *"between", "enter", *"100", "enter", *"9000", "enter"
        )
        await shown.shows("id between", "and 9000")
        await shown.press("o", "enter", "i", "d", "enter", " ", "l", "5", "enter")
        await shown.shows("BETWEEN 100 AND 9000", "ORDER BY id DESC", "LIMIT 5", "≈5 rows, cost")
        await shown.press("enter")
        await back(shown)
        await shown.shows("kind = click ×", "id BETWEEN 100 AND 9000 ×", "ORDER BY id DESC ×", FIRST)
        conditions = (Condition("kind", "click"), Condition("id", None, True, "between", ("100", "9000")))
        oid = shown.browse.browsing.oid
        assert oid is not None
        wanted = rq.KnownRelation(oid, conditions, (SortKey("id", True),), 5)
        assert shown.browse.browsing.target == wanted
        await shown.press("G")
        await shown.shows("row 5 of 5")
        assert [found and found[0] for found in map(lambda n: row(shown, n), range(5))] == [
            str(identity) for (identity,) in expected
        ]


async def test_heap_and_key_order_stay(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await composer(shown)
        await shown.press("o", "enter", *"id", "enter")
        await shown.shows("by index events_pkey")
        await shown.press("r")
        await back(shown)
        await shown.shows("key order by events_pkey", "ORDER BY id ×")
        await shown.press("c")
        await shown.shows("id ASC")
        await shown.press("o", "o", "x", "r")
        await back(shown)
        await shown.shows("heap order")


async def test_groups_of_rows(place: ConnectionSettings) -> None:
    expected = rows(place, "SELECT country, count(*), max(id) FROM users GROUP BY country ORDER BY 2 DESC, 1")
    async with program(place, table="users") as shown:
        await composer(shown)
        await shown.press("c", " ", *"country", "tab", *"count(", "tab", *"id", "enter")
        await shown.shows("+ column", "one row for each")
        await shown.press(" ", *"greatest", "enter")
        await shown.shows(
            "SELECT country, count(*), max(id)", "bigint", "one row for each country", "grouped by"
        )
        await shown.press("up", "n", *"how many", "enter")
        await shown.shows('AS "how many"')
        await shown.press("o", "enter", *"how", "tab", *"country", "enter")
        await shown.press("up", " ")
        await shown.shows("ORDER BY 2 DESC, 1", "how many DESC", "sorts ≈")
        await shown.press("r")
        await back(shown)
        await shown.shows("composed: users", "ORDER BY how many DESC, country ×", FIRST)
        assert headings(shown) == ["country", "how many", "max"]
        await shown.press("G")
        await shown.until(lambda: row(shown, len(expected) - 1) is not None)
        found = [row(shown, number) for number in range(len(expected))]
        assert found == [tuple(None if v is None else str(v) for v in line) for line in expected]


async def test_a_join_along_a_foreign_key(place: ConnectionSettings) -> None:
    expected = rows(
        place,
        "SELECT u.country, count(*) FROM orders o LEFT JOIN users u ON u.id = o.user_id"
        " WHERE (u.id < 500 OR u.country IS NULL) GROUP BY u.country ORDER BY 1",
    )
    async with program(place, table="orders") as shown:
        await composer(shown)
        await shown.press("f", "enter")
        await shown.shows("users on orders.user_id = users.id")
        await shown.press("enter")
        await shown.shows("INNER users ON orders.user_id = users.id")
        await shown.press(" ")
        await shown.shows("LEFT users", "all rows stay", "LEFT JOIN ")
        await shown.press("f", "enter")
        await shown.shows("joined already")
        assert shown.text.index("order_items on ") < shown.text.index("users on orders.user_id")
        await shown.press("escape")
        await shown.press("w", "enter", *"users.id", "enter", "<", "enter", *"500", "enter")
        await shown.press("a", *"users.country", "enter", *"is null", "enter", ">")
        await shown.shows("any of", " OR ")
        await shown.press("c", " ", *"users.country", "tab", *"count(", "enter")
        await shown.press("o", "enter", *"users.c", "enter", "r")
        await back(shown)
        await shown.shows("composed: orders, users", "(users.id < 500 OR users.country IS NULL) ×", FIRST)
        await shown.press("G")
        await shown.until(lambda: row(shown, len(expected) - 1) is not None)
        found = [row(shown, number) for number in range(len(expected))]
        assert found == [(country, str(many)) for country, many in expected]
        await shown.press("c")
        await shown.shows("LEFT users")
        await shown.press("f", "f", "x", "f")
        await shown.until(lambda: "LEFT users" not in shown.text and "users." not in shown.text)


async def test_columns_are_those_of_the_grid_both_ways(place: ConnectionSettings) -> None:
    async with program(place, table="users") as shown:
        await shown.shows(FIRST)
        await shown.press("C", "j", " ", "enter")
        await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen))
        screen = await composer(shown)
        outputs = [output.column.column for output in screen.draft.spec.outputs if output.column]
        assert outputs[0] == "id" and "name" not in outputs and len(outputs) == 7
        await shown.press("c", "c", "J", "x", "r")
        await back(shown)
        await shown.until(lambda: "heap order" in shown.text and "country" in shown.text)
        layout = shown.browse.grid.column_layout
        named = [layout.headings[column].name for column in layout.arrangement.shown]
        assert named == [outputs[1], *outputs[2:]], "the one that was moved down is gone"
        assert isinstance(shown.browse.browsing.target, rq.KnownRelation)


async def test_chips_and_keys_change_what_the_composer_shows(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press(*"lll", "=")
        await shown.shows("kind = click ×", FIRST)
        await shown.press("h", "s")
        await shown.shows("kind = click ×", "ORDER BY user_id ×", FIRST)
        screen = await composer(shown)
        assert screen.draft.spec.where == (Condition("kind", "click"),) and screen.draft.spec.order
        await shown.press("escape")
        await back(shown)
        shown.browse.query_one(Chips).focus()
        await shown.press("left", "left", "delete")
        await shown.until(lambda: "kind = click" not in shown.text)
        screen = await composer(shown)
        assert not screen.draft.spec.where and screen.draft.spec.order


async def test_keys_of_the_grid_on_a_composed_query(place: ConnectionSettings) -> None:
    async with program(place, table="users") as shown:
        await composer(shown)
        await shown.press("c", " ", *"country", "tab", *"count(", "enter", "r")
        await back(shown)
        await shown.shows("composed: users", FIRST)
        await shown.press("s")
        await shown.shows("ORDER BY country ×", FIRST)
        await shown.press("s")
        await shown.shows("ORDER BY country DESC ×", FIRST)
        target = shown.browse.browsing.target
        assert isinstance(target, rq.ComposedQuery) and target.spec.order == (OutputOrder(0, True),)
        await shown.press("j", "!")
        await shown.shows("country IS NOT ", FIRST)
        before = shown.browse.browsing.target
        await shown.press("l")
        await shown.until(lambda: shown.browse.grid.column == 1)
        await shown.press("=")
        await shown.shows("count is worked out: a condition needs a column")
        assert shown.browse.browsing.target == before
        await shown.press("u")
        await shown.until(lambda: "country IS NOT" not in shown.text)
        await shown.press("c")
        await shown.shows("country DESC")


async def test_all_columns_of_a_join_are_found_by_the_keys_of_the_grid(place: ConnectionSettings) -> None:
    async with program(place, table="orders") as shown:
        await composer(shown)
        await shown.press("f", "enter")
        await shown.shows("users on orders.user_id = users.id")
        await shown.press("enter", "r")
        await back(shown)
        await shown.shows("composed: orders, users", FIRST)
        await shown.press("dollar_sign")
        last = headings(shown)[-1]
        await shown.until(lambda: shown.browse.grid.column == len(headings(shown)) - 1)
        await shown.press("!")
        await shown.shows(f"users.{last} ")
        target = shown.browse.browsing.target
        assert isinstance(target, rq.ComposedQuery)
        (condition,) = target.spec.where
        assert isinstance(condition, Condition)
        assert (condition.source, condition.column) == ("users", last)


async def test_the_servers_sentence_at_the_field(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(80, 24)) as shown:
        screen = await composer(shown)
        await shown.press("w", "enter", "i", "d", "enter", "enter")
        await shown.shows("no plan before there is a value", "the empty string")
        for _ in range(10):  # as long as it takes to ask
            await shown.pilot.pause(CHECK_AFTER / 4)
            assert 'type bigint: ""' not in shown.text
        await shown.press(*"12x")
        await shown.shows('! invalid input syntax for type bigint: "12x"')
        await shown.press("enter", "enter")
        await shown.shows("the server does not take this value")
        assert shown.app.screen is screen
        await shown.press(" ", "backspace")
        await shown.shows("bigint · ctrl+n NULL")
        await shown.until(lambda: "invalid input" not in shown.text)
        await shown.press("escape")
        await shown.shows('! invalid input syntax for type bigint: "12x"')
        await shown.press("x")
        await shown.until(lambda: not screen.draft.spec.where)


async def test_null_and_the_empty_string(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        screen = await composer(shown)
        await shown.press("w", "enter", *"country", "enter", "enter")
        await shown.shows("the empty string")
        await shown.press("enter")
        await shown.shows("country = ''")
        assert screen.draft.spec.where == (Condition("country", ""),)
        await shown.press(" ", "ctrl+n")
        await shown.shows("country is null", "WHERE country IS NULL")
        await shown.press("!")
        await shown.shows("country is not null")
        await shown.press("u", "u")
        await shown.shows("country = ''")
        await shown.press("=", *"in", "enter", " ", *"NULL", "enter", "ctrl+e", *"DE", "enter", "enter")
        await shown.shows("'NULL'", "'DE'")
        wanted = Condition("country", None, True, "in", ("", "NULL", "", "DE"))
        await shown.until(lambda: screen.draft.spec.where == (wanted,))


async def test_groups_by_keys(place: ConnectionSettings) -> None:
    kind, country, id_ = Condition("kind", "buy"), Condition("country", "DE"), Condition("id", "7")
    async with program(place, table="events") as shown:
        screen = await composer(shown)

        async def has(*where: Condition | Group) -> None:
            await shown.until(lambda: screen.parts.draft.spec.where == where)

        await shown.press("w", "enter", *"kind", "enter", "enter", *"buy", "enter")
        await shown.press("a", *"country", "enter", "enter", *"DE", "enter")
        await shown.press("a", *"id", "enter", "enter", *"7", "enter")
        await has(kind, country, id_)
        await shown.press(">")
        await has(kind, Group((country, id_)))
        await shown.shows("any of", "  AND (")
        await shown.press("|")
        await has(kind, Group((country, id_), either=False))
        await shown.shows("all of")
        await shown.press("K")
        await has(kind, Group((id_, country), either=False))
        await shown.press("K", "K")
        await has(id_, kind, Group((country,), either=False))
        await shown.press("j", "j", "!")
        await has(id_, kind, Group((Condition("country", "DE", keep=False),)))
        await shown.press("j", "<")
        await has(id_, kind, Condition("country", "DE", keep=False))
        await shown.shows("country is distinct from 'DE'", "NULLs kept", "country IS DISTINCT FROM 'DE'")
        await shown.press("x", "x")
        await has(id_)
        await shown.press("u", "u", "u")
        await has(id_, kind, Group((Condition("country", "DE", keep=False),)))
        await shown.press("ctrl+y")
        await has(id_, kind, Condition("country", "DE", keep=False))


async def test_leaving_keeps_the_draft_for_its_table(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await composer(shown)
        await shown.press("w", "enter", *"kind", "enter", "enter", *"buy", "enter", "escape")
        await back(shown)
        assert "kind = buy" not in shown.text
        await shown.press("c")
        await shown.shows("kind = 'buy'")
        await shown.press("t", " ", *"users", "enter")
        await shown.shows("Compose ─ public.users")
        assert "kind = 'buy'" not in shown.text
        await shown.press("t", " ", *"public.events", "enter")
        await shown.shows("kind = 'buy'")
        await shown.press("u")
        await shown.until(lambda: "kind = 'buy'" not in shown.text)


async def test_a_draft_of_another_table_is_told_of(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await composer(shown)
        await shown.press("t", " ", *"users", "enter")
        await shown.shows("Compose ─ public.users")
        await shown.press("w", "enter", *"country", "enter", "enter", *"DE", "enter", "escape")
        await back(shown)
        await shown.press("c")
        await shown.shows("Compose ─ public.events", "a draft of public.users is kept: t")
        await shown.press("w", "t")
        await shown.shows("space another table")
        await shown.press(" ", *"users", "enter")
        await shown.shows("Compose ─ public.users", "country = 'DE'")


async def test_what_is_opened_meanwhile_counts_more_than_a_draft(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await composer(shown)
        await shown.press("w", "enter", *"kind", "enter", "enter", *"buy", "enter", "escape")
        await back(shown)
        await shown.press("s")
        await shown.shows("ORDER BY ")
        screen = await composer(shown)
        assert not screen.draft.spec.where and screen.draft.spec.order


async def test_from_the_tree_and_without_anything_open(place: ConnectionSettings) -> None:
    async with program(place) as shown:
        await shown.shows("choose a table", "documents")
        await shown.press("/", *"users", "enter")
        await shown.shows(FIRST)
        await shown.press("2", "/", *"orders", "escape")
        tree = shown.browse.table_tree
        await shown.until(lambda: tree.line is not None and tree.line.name == "orders")
        await shown.press("c")
        await shown.shows("Compose ─ public.orders")
        await shown.press("r")
        await back(shown)
        await shown.shows("public.orders ─", FIRST)


async def test_distinct_and_a_sort_that_is_asked_about(place: ConnectionSettings) -> None:
    expected = rows(place, "SELECT DISTINCT kind FROM events ORDER BY kind")
    async with program(place, table="events") as shown:
        await composer(shown)
        await shown.press("c", " ", *"kind", "enter", "d", " ")
        await shown.shows("SELECT DISTINCT", "each row once")
        await shown.press("o", "enter")
        await shown.shows("1 of 1", "of the result")
        await shown.press("enter", "r")
        await back(shown)
        await shown.shows("DISTINCT ×", "ORDER BY kind ×", FIRST)
        await shown.press("G")
        await shown.until(lambda: row(shown, len(expected) - 1) is not None)
        assert [row(shown, number) for number in range(len(expected))] == [(str(k),) for (k,) in expected]
        shown.browse.query_one(Chips).focus()
        await shown.press("enter")
        await shown.until(lambda: "DISTINCT ×" not in shown.text)
        await shown.shows("public.events ─", "1 of 8 columns", "ORDER BY kind ×")


async def test_a_query_that_cannot_be_keeps_the_composer(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        screen = await composer(shown)
        await shown.press("w", "enter", *"kind", "enter", *"in", "enter", "enter")
        await shown.shows("! kind: in takes at least one value")
        await shown.press("enter")
        await shown.shows("at least one value")
        assert shown.app.screen is screen


async def test_views_and_copies(place: ConnectionSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with program(place, table="events") as shown:
        copied: list[str] = []
        monkeypatch.setattr(shown.app, "copy_to_clipboard", copied.append)
        await composer(shown)
        await shown.press("y")
        await shown.shows("copied the SQL")
        await shown.press("v")
        await shown.shows('FROM "public"."events" AS "events"', "no search_path decides")
        await shown.press("y", "v")
        await shown.shows("sql.Identifier('public', 'events')", "itersize")
        await shown.press("y", "v")
        await shown.shows("FROM public.events AS events", "never sent")
        await shown.press("y")
        await shown.until(lambda: len(copied) == 4)
        assert copied[0] == "SELECT *\nFROM public.events"
        assert copied[1] == 'SELECT "events".*\nFROM "public"."events" AS "events"'
        assert "from psycopg2 import" in copied[2]
        assert copied[3] == "SELECT events.*\nFROM public.events AS events"


async def test_the_code_that_matters_is_seen_in_a_small_terminal(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(80, 24)) as shown:
        await composer(shown)
        await shown.press("v", "v")
        await shown.shows(
            "sql.SQL('SELECT {}.*').format(sql.Identifier('events'))", "sql.SQL('FROM {} AS {}')"
        )


async def test_edit_as_sql_hands_the_text_over(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        texts: list[str] = []
        await shown.shows(FIRST)
        shown.browse.row_keys.composing.on_edit = texts.append
        await composer(shown)
        await shown.press("l", *"12", "enter", "e")
        await back(shown)
        assert texts == ["SELECT *\nFROM public.events\nLIMIT 12"]


async def test_a_warning_before_a_big_sort(database: ConnectionSettings) -> None:
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE big AS SELECT i, repeat('x', 50) AS t FROM generate_series(1, 100000) i")
        cursor.execute("ANALYZE big")
    connection.close()
    async with program(database, table="big", size=(80, 24)) as shown:
        await composer(shown)
        await shown.press("o", "enter", "i", "enter")
        await shown.shows("! sorts ≈100.0k rows")
        await shown.press("r")
        await back(shown)
        assert not isinstance(shown.app.screen, SortScreen), "it was said"
        await shown.shows("ORDER BY i ×", FIRST)


async def test_a_table_that_is_dropped_meanwhile(database: ConnectionSettings) -> None:
    connection = connect(database)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE gone AS SELECT 1 AS a")
        cursor.execute("CREATE TABLE stays AS SELECT 1 AS a")
    async with program(database, table="stays") as shown:
        await shown.shows(FIRST, "gone")
        await shown.press("2", "/", *"gone", "escape")
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE gone")
        await shown.press("c")
        await shown.shows("no longer exists")
        await shown.press("t", " ", *"stays", "enter")
        await shown.shows("FROM public.stays")
    connection.close()


async def test_joins_that_come_late_do_not_open_over_another_list(place: ConnectionSettings) -> None:
    async with program(place, table="orders") as shown:
        screen = await composer(shown)
        with connect(place) as other, other.cursor() as cursor:
            cursor.execute("LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE")
            await shown.press("f", " ")
            await shown.shows("asking for the foreign keys …")
            await shown.press("a", "t", " ", *"users")
            await shown.shows(" › users")
            other.rollback()
        chosen = shown.app.screen
        assert isinstance(chosen, ChooseScreen)
        await shown.press("enter")
        await shown.shows("Compose ─ public.users")
        await shown.press("f", " ")
        await shown.shows("Join along a foreign key", "orders on ")
        await shown.press("escape")
        await shown.until(lambda: shown.app.screen is screen)
        assert [line.place.section.name for line in screen.parts.lines].count("JOINS") == 1


async def test_joins_that_come_late_do_not_open_over_what_is_typed(place: ConnectionSettings) -> None:
    async with program(place, table="orders") as shown:
        screen = await composer(shown)
        with connect(place) as other, other.cursor() as cursor:
            cursor.execute("LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE")
            await shown.press("f", " ")
            await shown.shows("asking for the foreign keys …")
            await shown.press("l", "1", "2")
            other.rollback()
        await shown.shows("LIMIT 12", "cost")  # asked behind the joins
        assert shown.app.screen is screen


async def test_keys_of_a_narrow_terminal(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(60, 24)) as shown:
        screen = await composer(shown)
        await shown.shows("tfcdwol parts", "? keys")
        for part in "fcdwol":
            await shown.press(part)
            keys = screen.keys.text.splitlines()
            assert len(keys) == 2 and max(map(len, keys)) < 58


async def test_a_database_without_tables(database: ConnectionSettings) -> None:
    async with program(database) as shown:
        await shown.shows("No tables in this database")
        await shown.press("c")
        await shown.shows("Compose", "there are no tables in this database", "0 of 0")
        await shown.press("escape")
        await shown.shows("space choose a table")
        await shown.press("w", "a")
        await shown.shows("choose a table first (t)")
