"""Going anywhere, filters, orders, counts and keys, on the demo's database."""

from __future__ import annotations

import threading

import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.paging.requests import KnownRelation
from pgmem_tui.postgres.query_spec import SortKey
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.pick import PickScreen
from pgmem_tui.ui.screens.sort import SortScreen
from pgmem_tui.ui.widgets.chips import Chips
from tests.conftest import connect
from tests.paging.harness import Relay
from tests.ui.program import ENDLESS, FIRST, Program, program


async def test_go_to_rows_shares_and_keys(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press(*":12,345", "enter")
        await shown.at_row(12_345)
        await shown.press(*":+5", "enter")
        await shown.at_row(12_350)
        await shown.press(*":50%", "enter")
        await shown.until(lambda: abs(shown.row - 10_000) < 200)
        await shown.press(*":$", "enter")
        await shown.shows("row 20,000 of 20,000")
        await shown.press(*":=777", "enter")
        await shown.shows("key order by events_pkey", "ORDER BY id ×")
        await shown.until(lambda: shown.value == "777")
        await shown.press(*":=19000", "enter")
        await shown.until(lambda: shown.value == "19000")
        await shown.press(*":=abc", "enter")
        await shown.shows("invalid input syntax for type bigint")
        await shown.press("escape", "down")
        await shown.until(lambda: shown.value == "19001")
        await shown.press(*":nowhere", "enter")
        await shown.shows("nowhere is no row number")


async def test_two_places_at_once_on_a_slow_line(database: ConnectionSettings) -> None:
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE far AS SELECT generate_series(1, 200000) AS i")
        cursor.execute("ANALYZE far")
    connection.close()
    relay = Relay(database)
    relay.start()
    try:
        async with program(relay.settings, table="far") as shown:
            await shown.shows(FIRST)
            relay.delay = 0.2
            await shown.press(*":50%", "enter", *":70%", "enter")
            await shown.until(lambda: abs(shown.row - 140_000) < 500 and shown.value is not None)
            there = int(shown.value or 0)
            relay.delay = 0.0
            await shown.press("pagedown", "pagedown", "pagedown")
            further = str(there + 3 * shown.browse.grid.body)
            await shown.until(lambda: shown.value == further)
    finally:
        relay.stop()


async def test_go_beyond_what_a_query_has(place: ConnectionSettings) -> None:
    async with program(place, command="SELECT generate_series(1, 3000)") as shown:
        await shown.shows(FIRST)
        await shown.press(*":2,500", "enter")
        await shown.at_row(2500)
        await shown.press(*":50k", "enter")
        await shown.shows("row 3,000 of 3,000")
        await shown.press("=")
        await shown.shows("these are the rows of a query")


async def test_filters_are_chips(place: ConnectionSettings) -> None:
    with connect(place) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM events GROUP BY kind")
        many = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM events WHERE kind = 'click' AND country IS NOT NULL")
        ((left,),) = cursor.fetchall()
    connection.close()
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press(*"lll")
        await shown.until(lambda: shown.value == "click")
        await shown.press("=")
        await shown.shows("kind = click ×", FIRST)
        await shown.press("G")
        await shown.shows(f"of {many['click']:,}")
        await shown.press("g", "l", "l")
        await shown.until(lambda: shown.value == "BR")
        await shown.press(*":11", "enter")  # the first that has NULL
        await shown.until(lambda: shown.row == 11 and shown.value is None)
        await shown.press("!")
        await shown.shows("kind = click ×", "country IS NOT NULL ×", FIRST)
        await shown.press("G")
        await shown.shows(f"of {left:,}")
        shown.browse.query_one(Chips).focus()
        await shown.press("left", "delete")
        await shown.until(lambda: "kind = click" not in shown.text)
        await shown.shows("country IS NOT NULL ×", FIRST)
        await shown.press("u")
        await shown.shows("heap order", FIRST)
        await shown.press("backspace", "backspace")
        await shown.shows("kind = click ×", "country IS NOT NULL ×")


async def test_a_cut_value_is_compared_whole(database: ConnectionSettings) -> None:
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE long (id int, doc text)")
        cursor.execute("INSERT INTO long SELECT i, repeat('é', 1000) || i % 3 FROM generate_series(1, 9) i")
        cursor.execute("INSERT INTO long VALUES (10, repeat('x', 100000))")
    connection.close()
    async with program(database, table="long") as shown:
        await shown.shows(FIRST)
        await shown.press("j", "l", "=")
        await shown.shows("doc = éé", "≈")
        await shown.press("G")
        await shown.shows("row 3 of 3")
        await shown.press("backspace")
        await shown.shows("heap order")
        await shown.press("G")
        await shown.shows("row 10 of 10")
        await shown.press("!")
        await shown.shows("the value has 98 kB: too long")


async def test_names_in_the_title_are_hostile(database: ConnectionSettings) -> None:
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute('CREATE TABLE "a\x1b]0;x\x07" (id int PRIMARY KEY)')
        cursor.execute('INSERT INTO "a\x1b]0;x\x07" VALUES (1)')
        cursor.execute('CREATE TABLE t (id int, k int REFERENCES "a\x1b]0;x\x07")')
        cursor.execute('CREATE INDEX "i\x1b[2J[bold]" ON t (id)')
        cursor.execute("INSERT INTO t VALUES (1, 1)")
    connection.close()
    async with program(database, table="t") as shown:
        await shown.shows(FIRST)
        titles: list[str] = []
        pane = shown.browse.query_one("#rows")
        shown.browse.watch(pane, "border_title", lambda title: titles.append(str(title)))
        await shown.press("s")
        await shown.shows("key order by i\\x1b[2J[bold]")
        await shown.press("s")
        await shown.shows("ORDER BY id DESC")
        await shown.press("s")
        await shown.shows("heap order", FIRST)
        await shown.press("l", "f")
        await shown.shows("public.t › public.a\\x1b]0;x\\a ─")
        assert "\x1b" not in "".join(titles) + shown.text


async def test_sorting_by_an_index_by_a_small_sort_and_not(place: ConnectionSettings) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.press("s")
        await shown.shows("key order by events_pkey", "ORDER BY id ×")
        await shown.press("s")
        await shown.shows("ORDER BY id DESC ×", FIRST)
        await shown.until(lambda: shown.value == "20000")
        await shown.press("s")
        await shown.shows("heap order", FIRST)
        await shown.press(*"lll", "s")
        await shown.shows("ORDER BY kind ×", "query cursor (no index has this order)")
        await shown.until(lambda: shown.value == "buy")


@pytest.mark.parametrize(
    ("keys", "said"), [("ss", "ORDER BY id DESC ×"), ("sss", "heap order"), ("ssss", "ORDER BY id ×")]
)
async def test_each_of_keys_typed_at_once_turns_the_order(
    place: ConnectionSettings, keys: str, said: str
) -> None:
    async with program(place, table="events") as shown:
        await shown.shows(FIRST)
        await shown.at_row(1)
        await shown.press(*keys)
        await shown.shows(said, FIRST)
        await shown.until(lambda: not shown.browse.browsing.busy)
        assert said in shown.text


async def test_the_order_is_turned_while_its_rows_are_on_their_way(
    database: ConnectionSettings, observer: Connection
) -> None:
    connection = connect(database)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i; CREATE INDEX ON t (i)")
        cursor.execute("ANALYZE t")
    locks = threading.Thread(target=lambda: connection.cursor().execute("BEGIN; LOCK TABLE t"))
    async with program(database, table="t") as shown:
        await shown.shows(FIRST)
        await shown.at_row(1)
        locks.start()  # has it as soon as the rows are let go
        await shown.until(lambda: waits(observer, database))
        await shown.press("s")
        await shown.until(lambda: order(shown) == (SortKey("i"),) and not locks.is_alive())
        await shown.press("s")
        await shown.until(lambda: order(shown) == (SortKey("i", descending=True),))
        connection.cursor().execute("ROLLBACK")
        await shown.shows("ORDER BY i DESC ×", FIRST)
        await shown.until(lambda: shown.value == "1000")
    connection.close()


def order(shown: Program) -> tuple[SortKey, ...]:
    """That of what is open, or about to be."""
    target = shown.browse.browsing.target
    assert isinstance(target, KnownRelation)
    return target.order


def waits(observer: Connection, database: ConnectionSettings) -> bool:
    """Whether somebody waits for a lock there."""
    with observer.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks JOIN pg_database AS d ON d.oid = database"
            " WHERE datname = %s AND NOT granted",
            (database.dbname,),
        )
        return cursor.fetchone() is not None


async def test_a_large_sort_is_asked_about(database: ConnectionSettings) -> None:
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE big AS SELECT 100000 - i AS i FROM generate_series(1, 100000) i")
        cursor.execute("ANALYZE big")
    connection.close()
    async with program(database, table="big", size=(80, 24)) as shown:
        await shown.shows(FIRST)
        await shown.press("s")
        await shown.screen(SortScreen)
        await shown.shows("No index has the rows in the order of i", "≈100.0k rows")
        await shown.press("escape")
        await shown.until(lambda: not isinstance(shown.app.screen, SortScreen))
        assert shown.value == "99999"
        await shown.press("s")
        await shown.screen(SortScreen)
        await shown.press("enter")
        await shown.shows("ORDER BY i ×", "LIMIT 10,000 ×")
        await shown.press("G")
        await shown.shows("row 10,000 of 10,000")
        assert shown.value == "9999"


async def test_a_count_makes_it_exact(place: ConnectionSettings) -> None:
    async with program(place, table="events", size=(200, 48)) as shown:
        await shown.shows(FIRST, "of ≈20.0k")
        await shown.press("#")
        await shown.shows("row 1 of 20,000 ·", "public.events ─ 20,000 rows")


async def test_a_count_is_cancelled(place: ConnectionSettings) -> None:
    async with program(place, command=ENDLESS) as shown:
        await shown.shows(FIRST)
        await shown.press("#")
        await shown.shows("counting: ")
        await shown.press("escape")
        await shown.shows("the count was cancelled")
        await shown.press("j")
        await shown.at_row(2)


async def test_keys_are_followed_and_back(place: ConnectionSettings) -> None:
    async with program(place, table="orders") as shown:
        await shown.shows(FIRST)
        await shown.press("f")
        await shown.shows("id is no foreign key; these are: user_id")
        await shown.press("j", "j", "l")
        await shown.until(lambda: shown.row == 3 and shown.value is not None)
        user = shown.value
        await shown.press("f")
        await shown.shows("public.orders › public.users", f"id = {user} ×", "row 1 of 1")
        await shown.press("F")
        await shown.screen(PickScreen)
        await shown.shows("public.orders (user_id)")
        await shown.press("enter")
        await shown.shows("public.orders › public.users › public.orders", f"user_id = {user} ×")
        await shown.press("backspace")
        await shown.shows("public.orders › public.users ─")
        await shown.press("backspace")
        await shown.shows("heap order")
        await shown.at_row(3)
        assert shown.value == user
