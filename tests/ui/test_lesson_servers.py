"""Lessons and the server at hand: which rows, what may be written, what fails, what is hostile or secret."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection
from textual.widgets._toast import Toast

from pgmem_tui.lessons.live_events import Remembered
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings, same_server
from pgmem_tui.ui.app import PgmemApp
from pgmem_tui.ui.messages import LessonEvent
from tests.conftest import connect
from tests.ui.lesson_screen import READS, STEP, lesson, lessons
from tests.ui.program import Program

SIZES = [(80, 24), (160, 48)]


async def test_which_table_is_said_and_changed(place: ConnectionSettings, tmp_path: Path) -> None:
    text = lesson(READS, head="table: events\nrows: 50\n")
    async with lessons(place, tmp_path, text, table="users", size=(160, 48)) as (shown, _):
        await shown.shows("reads public.users")
        await shown.press("1")
        await shown.shows("reads public.users", 'sql.Identifier("public", "users")')
        await shown.press("t")
        await shown.shows("reads public.events", 'sql.Identifier("public", "events")')
        await shown.press("t")
        await shown.shows("reads rows that the server makes up", "generate_series")
        await shown.press("space")
        await shown.shows("You were right")
        await shown.press("t")  # what has run was about other rows
        await shown.shows(
            "t again reads another table, and drops what this run has brought", "You were right"
        )
        await shown.press("y", "t")  # another key in between takes it back
        await shown.shows("t again reads another table", "You were right")
        await shown.press("t")
        await shown.shows("reads public.users", "space runs step")


async def test_what_has_failed_is_dropped_without_a_word(place: ConnectionSettings, tmp_path: Path) -> None:
    text = lesson("TABLE = 0\nraise ValueError('no')", head="table: events\nrows: 50\n")
    async with lessons(place, tmp_path, text, table="users", size=(160, 48)) as (shown, _):
        await shown.press("1", "space")
        await shown.shows("it failed", "t another table")
        await shown.press("t")
        await shown.shows("reads public.events", "space runs step")


async def test_what_a_lesson_needs_is_said(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson(head="needs: writes\n"), size=(160, 48)) as (shown, screen):
        await shown.shows("Cannot run here: it needs a server of its own")
        for key in ("n", "1", "s", "space", "a", "enter"):
            await shown.press(key)
            await shown.shows(
                "this is the last lesson" if key == "n" else "not here: needs a server of its own"
            )
        assert screen.desk.attempt is not None and not screen.desk.attempt.predicted
        screen._go(0)
        await shown.press("p")
        await shown.shows("this is the first lesson")


async def test_what_writes_runs_on_the_demo_alone(database: ConnectionSettings, tmp_path: Path) -> None:
    steps = "```sql a step\nCREATE TABLE made (n int); SELECT 1 AS n\n```"
    text = lesson(head="needs: writes\n", steps=steps)
    async with lessons(database, tmp_path, text, own=True) as (shown, _):
        await shown.press("1", "space")
        await shown.shows("You were right")


def test_another_server_is_not_the_demo(place: ConnectionSettings) -> None:
    assert same_server(place, replace(place, dbname="other", user="someone"))
    assert not same_server(place, replace(place, host="db.example.org"))
    assert not same_server(place, replace(place, port="1"))
    assert not same_server(place, replace(place, service="production"))
    assert not same_server(ConnectionSettings(), ConnectionSettings())
    other = replace(place, other=(*place.other, ("hostaddr", "192.0.2.1")))
    assert not same_server(place, other)


async def test_connecting_elsewhere_from_the_demo(place: ConnectionSettings) -> None:
    app = PgmemApp(Options(place, connect_at_once=True, own_server=True))
    try:
        async with app.run_test() as pilot:
            shown = Program(app, pilot)
            await shown.shows("choose a table")
            assert shown.browse._options.own_server
            app.browse(replace(place, other=(*place.other, ("target_session_attrs", "any"))))
            await shown.shows("choose a table")
            assert not shown.browse._options.own_server
            app.browse(replace(place, application_name="pgmem-again"))
            await shown.shows("choose a table")
            assert shown.browse._options.own_server
    finally:
        app.end()


@pytest.mark.parametrize("size", SIZES)
async def test_a_hostile_lesson(place: ConnectionSettings, tmp_path: Path, size: tuple[int, int]) -> None:
    text = lesson('print("\\x1b[2J[bold red]out[/]\\u202e")\n' + STEP, title="[b]title[/]\x1b[31m").replace(
        "What is it?", "**[red]what[/]** \x1b]8;;x\x07 \u202e"
    )
    async with lessons(place, tmp_path, text, size=size) as (shown, _):
        await shown.shows("[b]title[/]\\x1b[31m", "[red]what[/]", "\\u202e")
        await shown.press("1", "space")
        await shown.shows("You were right")
        await shown.press("pageup")
        await shown.shows("> \\x1b[2J[bold red]out[/]\\u202e")
        assert not any(ord(character) < 32 and character != "\n" for character in shown.text)


async def test_a_lesson_that_fails(place: ConnectionSettings, tmp_path: Path) -> None:
    program = 'import psycopg2\npsycopg2.connect("").cursor().execute("SELECT nonsense")'
    async with lessons(place, tmp_path, lesson(program)) as (shown, screen):
        await shown.press("1", "space")
        await shown.shows("it failed", 'column "nonsense" does not exist (SQLSTATE 42703)')
        assert "Why" not in [line.text for line in screen.view.shown.lines]


async def test_a_folder_that_is_wrong(place: ConnectionSettings, tmp_path: Path) -> None:
    (tmp_path / "01-bad.md").write_text("nothing")
    app = PgmemApp(Options(place, connect_at_once=True, lessons=str(tmp_path)))
    try:
        async with app.run_test(size=(120, 30), notifications=True) as pilot:
            shown = Program(app, pilot)
            await shown.shows("choose a table")
            await shown.press("7")
            await shown.shows("01-bad.md:1", "Why did my script eat 1 GB?")
    finally:
        app.end()


async def test_a_server_that_is_gone(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson()) as (shown, screen):
        live = screen.desk._live
        assert live is not None
        live._settings = replace(place, dbname="no_such_database")
        await shown.until(lambda: screen.desk.attempt and screen.desk.attempt.bound)
        live._site = live._bound = None
        await shown.press("1", "space")
        await shown.shows('database "no_such_database" does not exist', "space tries again")


async def test_a_typed_password_reaches_the_program(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    secret = "typed-into-the-form-0815"
    name = f"lessons_{place.application_name.rpartition('-')[2]}"
    with observer.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{secret}'")
    settings = replace(place, user=name, password=secret)
    text = lesson(
        "import os, sys\nimport psycopg2\n" + STEP + '\nconnection = psycopg2.connect("")\n'
        'known = connection.info.password == os.environ["PGPASSWORD"]\n'
        'note("me", connection.info.user)\nnote("known", float(known))\n'
        'note("argued", float("0815" in " ".join(sys.orig_argv)))'
    )
    try:
        async with lessons(settings, tmp_path, text, size=(160, 48)) as (shown, screen):
            await shown.press("1", "space")
            await shown.shows("You were right")
            assert screen.desk.attempt is not None and screen.desk.attempt.result is not None
            values = screen.desk.attempt.result.values
            assert (values["step.me"], values["step.known"], values["step.argued"]) == (name, 1, 0)
            assert secret not in "\n".join(line.text for line in screen.view.shown.lines)
    finally:
        with observer.cursor() as cursor:
            cursor.execute(f"DROP ROLE {name}")


async def test_what_is_told_while_the_screen_goes(place: ConnectionSettings, tmp_path: Path) -> None:
    """The thread posts until the screen has gone for good; its widgets go before it."""
    async with lessons(place, tmp_path, lesson()) as (shown, screen):
        await screen.remove_children()
        screen.post_message(LessonEvent(Remembered({})))
        screen.view.action_edge(True)
        await shown.pilot.pause()
        assert shown.app._exception is None


async def test_the_rows_behind_a_lesson_hold_back_no_vacuum(
    database: ConnectionSettings, tmp_path: Path
) -> None:
    """The grid's own transaction has a snapshot of before what the lesson deletes."""
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen AS SELECT generate_series(1, 9) AS n")
    connection.close()
    async with lessons(database, tmp_path, lesson(), own=True, table="seen") as (shown, screen):
        names = [each.name for each in screen.desk.lessons]
        screen._go(names.index("what-an-idle-cursor-costs"))
        await shown.press("s", "a")
        await shown.shows("done  n next lesson")
        result = screen.desk.attempt and screen.desk.attempt.result
        assert result and result.values["freed.bytes"] == 0 and result.values["after.holders"] == "none"
        await shown.press("q")
        await shown.shows("released for the lesson")


async def test_the_program_that_will_run_is_shown_before_it_does(
    place: ConnectionSettings, tmp_path: Path
) -> None:
    text = lesson(READS.replace("ROWS = 100\n", "ROWS = 9_000\n"), head="table: events\nrows: 50\n")
    async with lessons(place, tmp_path, text, text, table="users", size=(160, 48)) as (shown, screen):
        await shown.shows("reads public.users", 'sql.Identifier("public", "users")', "ROWS = 1_000")
        assert screen.desk.attempt is not None and not screen.desk.attempt.predicted
        await shown.press("t")
        await shown.shows("reads public.events", 'sql.Identifier("public", "events")', "ROWS = 9_000")
        await shown.press("n")
        await shown.shows("1-2 predicts", "reads public.users")


@pytest.mark.parametrize("size", SIZES)
async def test_a_file_that_cannot_be_read_is_told_where_it_covers_nothing(
    place: ConnectionSettings, tmp_path: Path, size: tuple[int, int]
) -> None:
    (tmp_path / "02-bad.md").write_text("nothing")
    app = PgmemApp(Options(place, connect_at_once=True, lessons=str(tmp_path)))
    (tmp_path / "01-good.md").write_text(lesson())
    try:
        async with app.run_test(size=size) as pilot:
            shown = Program(app, pilot)
            await shown.shows("choose a table")
            await shown.press("7")
            await shown.shows("02-bad.md:1: a lesson begins with", "Why did my script eat 1 GB?")
            assert not list(app.screen.query(Toast))
            await shown.press("s")
            await shown.shows("space runs script")
    finally:
        app.end()


@pytest.mark.parametrize("size", SIZES)
async def test_that_not_all_rows_are_shown_is_said(
    place: ConnectionSettings, tmp_path: Path, size: tuple[int, int]
) -> None:
    steps = "```sql a step\nSELECT n FROM generate_series(1, 12345) AS n\n```"
    async with lessons(place, tmp_path, lesson(steps=steps), size=size) as (shown, _):
        await shown.press("1", "space")
        await shown.shows("You were right")
        await shown.press("pageup")
        await shown.shows("… only the first 20 of 12,345 rows are shown")
