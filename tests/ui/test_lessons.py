"""Lessons in the program, on a real server: predicted, run, cancelled, left."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.lessons import progress
from pgmem_tui.lessons.attempt import Phase
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings, same_server
from pgmem_tui.ui.app import PgmemApp
from pgmem_tui.ui.screens.lessons import LessonsScreen
from pgmem_tui.ui.widgets.lesson_list import LessonList
from pgmem_tui.ui.widgets.prompt import Prompt
from tests.lessons.conftest import TEXT
from tests.ui.program import Program

SIZES = [(80, 24), (160, 48)]
STEP = 'from pgmem_tui.lab.notes import note\n\nnote("n", 1)'
WAITS = 'import psycopg2\nprint("begun")\npsycopg2.connect("").cursor().execute("SELECT pg_sleep(100)")'
READS = 'from psycopg2 import sql\nTABLE = sql.Identifier("events")\nROWS = 100\n' + STEP
SIDES = "\n\n".join(
    f"```sql {session} {name}\n{text}\n```"
    for session, name, text in (
        ("reader", "begin", "BEGIN ISOLATION LEVEL REPEATABLE READ"),
        ("reader", "step", "SELECT 1 AS n"),
        ("writer", "look", "SELECT 'seen' AS said"),
    )
)


def lesson(program: str = STEP, head: str = "", title: str = "A test", steps: str = "") -> str:
    text = TEXT.replace(f"```python step\n{STEP}\n```", steps or f"```python step\n{program}\n```")
    return text.replace("title: A test", f"title: {title}").replace("minutes: 1\n", f"minutes: 1\n{head}")


@asynccontextmanager
async def lessons(
    settings: ConnectionSettings,
    folder: Path,
    *texts: str,
    size: tuple[int, int] = (80, 24),
    own: bool = False,
    table: str = "",
    history: bool = False,
) -> AsyncIterator[tuple[Program, LessonsScreen]]:
    """The program with these lessons open, the first of them on the screen."""
    for number, text in enumerate(texts, start=1):
        (folder / f"{number:02}-mine-{number}.md").write_text(text, encoding="utf-8")
    options = Options(
        settings, table, connect_at_once=True, own_server=own, lessons=str(folder), history=history
    )
    app = PgmemApp(options)
    try:
        async with app.run_test(size=size) as pilot:
            shown = Program(app, pilot)
            await shown.shows("row 1 of " if table else "choose a table")
            await shown.press("7")
            screen = await shown.screen(LessonsScreen)
            await shown.until(lambda: screen.desk.lessons)
            screen._go(len(screen.desk.lessons) - len(texts))
            await shown.until(lambda: screen.desk.site)
            yield shown, screen
    finally:
        app.end()


def left(observer: Connection, place: ConnectionSettings) -> list[str]:
    """What lessons have running or open: sessions on the server, processes here."""
    with observer.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE %s"
            " AND application_name NOT LIKE '%% browse' AND application_name NOT LIKE '%% catalog'",
            (f"{place.application_name}%",),
        )
        sessions = [name for (name,) in cursor.fetchall()]
    children = psutil.Process().children(recursive=True)
    return sessions + [
        str(child.pid) for child in children if "pgmem_tui.lab.child" in " ".join(child.cmdline())
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_a_lesson_from_question_to_reading(
    place: ConnectionSettings, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with lessons(place, tmp_path, lesson(), size=size) as (shown, screen):
        await shown.shows("What is it?", "1-2 predicts")
        screen.view.action_edge(True)
        await shown.shows('note("n", 1)')
        assert not {"Why", "Claims", "What happened"} & {line.text for line in screen.view.shown.lines}
        await shown.press("space")  # there is no going on without a prediction, or a word that there is none
        assert screen.desk.attempt is not None and screen.desk.attempt.phase is Phase.PREDICT
        await shown.press("2")
        await shown.shows("space runs step", "← yours")
        await shown.press("space")
        await shown.shows("You said 2; right is 1: one", "step.n = 1", "r runs it again")
        text = "\n".join(line.text for line in screen.view.shown.lines)
        for part in (
            "holds   it is one",
            "It was 1.",
            "Pitfall",
            "https://example.org/page",
            "memory grew by",
        ):
            assert part in text
        await shown.press("escape")
        await shown.back()
        await shown.press("7")
        await shown.shows("← right", "← yours")  # one finds what one has left


async def test_a_right_prediction_is_marked_and_kept(
    place: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "lessons").mkdir()
    async with lessons(place, tmp_path / "lessons", lesson(), history=True) as (shown, screen):
        while screen.view.bright < 0:
            top = screen.view.top
            await shown.press("down")
            await shown.until(lambda top=top: (screen.view.top, screen.view.bright) != (top, -1))  # type: ignore[misc]
        await shown.press("enter")
        await shown.shows("space runs step")
        await shown.press("enter")
        await shown.shows("You were right. It is 1: one", "done, prediction right")
    kept = json.loads(progress.default_path().read_text())
    assert kept["lessons"]["mine-1"]["chosen"] == 0
    async with lessons(place, tmp_path / "lessons", lesson(), history=True) as (shown, _):
        await shown.shows("done, prediction right")


async def test_nothing_is_kept_without_a_history(
    place: ConnectionSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    async with lessons(place, tmp_path, lesson()) as (shown, _):
        await shown.press("s")
        await shown.shows("space runs step")
        await shown.press("space")
        await shown.shows("You made none. Right is 1:")
    assert not (tmp_path / "data").exists()


async def test_escape_cancels_and_then_goes_back(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    async with lessons(place, tmp_path, lesson(WAITS)) as (shown, _):
        await shown.press("1")
        await shown.shows("space runs")
        await shown.press("space")
        await shown.shows("> begun", "esc cancels")
        assert left(observer, place)
        await shown.press("p")
        await shown.shows("a step runs: esc cancels it")
        await shown.press("escape")
        await shown.shows("cancelled  space runs step")
        await shown.until(lambda: not left(observer, place))
        await shown.press("space")
        await shown.shows("esc cancels")
        await shown.press("ctrl+c")  # cancels, and does not quit
        await shown.shows("cancelled  space runs step")
        await shown.press("escape")
        await shown.back()


@pytest.mark.parametrize("how", ["q", "ctrl+q"])
async def test_leaving_stops_what_runs(
    place: ConnectionSettings, observer: Connection, tmp_path: Path, how: str
) -> None:
    async with lessons(place, tmp_path, lesson(WAITS), table="events") as (shown, _):
        await shown.press("1")
        await shown.shows("space runs")
        await shown.press("space")
        await shown.shows("> begun")
        await shown.press(how)
        if how == "q":
            await shown.back()
            await shown.press("down", "down")
            await shown.at_row(3)
            await shown.until(lambda: not left(observer, place))
    assert not [name for name in left(observer, place) if "lab" in name or name.isdigit()]


async def test_the_rows_can_be_read_while_a_lesson_ran(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson(), table="events") as (shown, _):
        session = shown.app._browse
        assert session is not None
        before = session.listening.connected, session.browsing.opened
        await shown.press("1", "space")
        await shown.shows("You were right")
        await shown.press("escape")
        await shown.back()
        assert (session.listening.connected, session.browsing.opened) == before
        await shown.press("G")
        await shown.shows("20,000")


async def test_sessions_stand_side_by_side_and_are_closed(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    async with lessons(place, tmp_path, lesson(steps=SIDES), lesson(), size=(160, 48)) as (shown, screen):
        await shown.shows("session reader", "session writer")
        await shown.press("s")
        await shown.shows("space sends, in session reader, begin, 1 of 3")
        await shown.press("space")
        await shown.shows("step, 2 of 3")
        assert any(name.endswith("lesson reader") for name in left(observer, place))
        await shown.press("n")  # on to the next lesson: the transaction that is open is closed
        await shown.until(lambda: not left(observer, place))
        await shown.press("p")
        await shown.shows("space sends, in session reader, begin, 1 of 3")
        await shown.press("a")
        await shown.shows("r runs it again")
        rows = [line.text for line in screen.view.shown.lines if "= seen" in line.text]
        assert len(rows) == 1 and rows[0].index("│") < rows[0].index("= seen")
        await shown.press("escape")
        await shown.back()
        await shown.until(lambda: not left(observer, place))


async def test_which_table_is_said_and_changed(place: ConnectionSettings, tmp_path: Path) -> None:
    text = lesson(READS, head="table: events\nrows: 50\n")
    async with lessons(place, tmp_path, text, table="users", size=(160, 48)) as (shown, _):
        await shown.shows("will read public.users, if that will do")
        await shown.press("1")
        await shown.shows("reads public.users", 'sql.Identifier("public", "users")')
        await shown.press("t")
        await shown.shows("reads public.events", 'sql.Identifier("public", "events")')
        await shown.press("t")
        await shown.shows("reads rows that the server makes up", "generate_series")
        await shown.press("space")
        await shown.shows("You were right")
        await shown.press("t")  # what has run was about other rows
        await shown.shows("reads public.users", "space runs step")


async def test_what_a_lesson_needs_is_said(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson(head="needs: writes\n"), size=(160, 48)) as (shown, screen):
        await shown.shows("Cannot run here: it needs a server of its own")
        await shown.press("1", "space")
        await shown.shows("cannot run here, as said above")
        assert screen.desk.attempt is not None and screen.desk.attempt.running is None


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
        live._site = None
        await shown.press("1", "space")
        await shown.shows('database "no_such_database" does not exist', "space tries again")


async def test_the_mouse(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson(), lesson(title="Another"), size=(160, 48)) as (shown, screen):
        lines = shown.text.splitlines()
        x, y = next((row.index("two, or"), y) for y, row in enumerate(lines) if "two, or more" in row)
        await shown.pilot.click(offset=(x, y))
        await shown.shows("← yours")
        assert screen.desk.attempt is not None and screen.desk.attempt.chosen == 1
        y = next(y for y, row in enumerate(lines) if "Another" in row)
        await shown.pilot.click(offset=(10, y))
        await shown.shows(f"{len(screen.desk.lessons)} of ")
        assert screen.desk.index == len(screen.desk.lessons) - 1


async def test_the_list_opens_lessons(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson(title="First"), lesson(title="Second")) as (shown, screen):
        screen.query_one(LessonList).focus()
        await shown.press("down")
        await shown.until(lambda: screen.desk.index == len(screen.desk.lessons) - 1)
        await shown.press("home")
        await shown.shows("1 of ", "Why did my script eat 1 GB?")
        await shown.press("enter")
        await shown.until(lambda: screen.view.has_focus)


async def test_a_program_is_saved(place: ConnectionSettings, tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    async with lessons(place, tmp_path / "lessons", lesson()) as (shown, screen):
        screen.view.action_edge(True)
        await shown.press("S")
        await shown.until(lambda: shown.app.screen.query_one(Prompt).display)
        await shown.shows("save step to", "mine-1-step.py")
        await shown.press("ctrl+u", *str(tmp_path / "mine.py"), "enter")
        await shown.shows("saved ")
        assert (tmp_path / "mine.py").read_text() == STEP + "\n"


async def test_copying_says_so(place: ConnectionSettings, tmp_path: Path) -> None:
    async with lessons(place, tmp_path, lesson()) as (shown, _):
        await shown.press("y")
        await shown.shows("the program of step")
        assert shown.app.clipboard == STEP + "\n"


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
