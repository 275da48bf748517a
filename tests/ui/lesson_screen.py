"""The program with lessons of a test's own open, and a look at what they leave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from psycopg2.extensions import connection as Connection

from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.app import PgmemApp
from pgmem_tui.ui.screens.lessons import LessonsScreen
from tests.lab.conftest import children
from tests.lessons.conftest import TEXT
from tests.ui.program import Program

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
    return sessions + [str(child.pid) for child in children()]
