"""Pictures of the running program on the demo's server, for the README: `python -m tests.screenshots`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from pgmem_tui.demo.seed import seed
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.demo.steps import Amounts
from pgmem_tui.options import Options
from pgmem_tui.postgres.settings import ConnectionSettings, from_text
from pgmem_tui.ui import environment

environment.prepare()  # before Textual is imported, which reads it only then

from textual.pilot import Pilot  # noqa: E402

from pgmem_tui.ui.app import PgmemApp  # noqa: E402
from tests.terminal.program import row  # noqa: E402

FOLDER = Path(__file__).resolve().parents[1] / "screenshots"
_PATIENCE = 30.0
"""Seconds that anything on a picture may take to appear."""

_JOINED = """SELECT u.name, sum(o.total) AS total FROM users AS u JOIN orders AS o ON o.user_id = u.id
WHERE o.status = 'paid' GROUP BY u.name ORDER BY total DESC"""

Script = Callable[[Pilot[int]], Awaitable[None]]


@dataclass(frozen=True)
class Picture:
    """One screenshot: how the program is started, and what is done until the picture is taken."""

    name: str
    size: tuple[int, int]
    script: Script
    table: str = ""
    command: str = ""
    connect: bool = True


async def shown(pilot: Pilot[int], text: str) -> None:
    """Wait until the screen has a text."""
    await until(pilot, lambda: text in screen(pilot))


async def until(pilot: Pilot[int], true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it does not come true, on:\n{screen(pilot)}")
        await pilot.pause(0.02)


def screen(pilot: Pilot[int]) -> str:
    """The text on the screen."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


async def _stream(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.pause(3.2)  # a line of memory to see: two samples a second
    await pilot.press("space")
    await until(pilot, lambda: row(screen(pilot)) > 800_000)


async def _page(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("pagedown", "pagedown", "right", "right", "right")
    await pilot.pause(2.2)


async def _hostile(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("down", "down", "right", "right")
    await pilot.pause(1.1)


async def _form(pilot: Pilot[int]) -> None:
    await shown(pilot, "Connection refused")
    await pilot.pause(0.2)


async def _error(pilot: Pilot[int]) -> None:
    await shown(pilot, "LINE 2")
    await pilot.pause(1.1)


async def _tree(pilot: Pilot[int]) -> None:
    await shown(pilot, "events")
    for key in ("2", "slash", *"orders"):
        await pilot.press(key)
    await shown(pilot, "/ orders")
    await pilot.press("right")
    await shown(pilot, "primary key")
    await pilot.press("enter")
    await shown(pilot, "row 1 of ")
    await pilot.press("2")
    await pilot.pause(1.1)


async def _follow(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("right", "f")
    await shown(pilot, "public.orders › public.users")
    await pilot.press("F")
    await shown(pilot, "Rows that refer to this one")
    await pilot.press("enter")
    await shown(pilot, "user_id = ")
    await shown(pilot, "row 1 of ")
    await pilot.press("right", "right", "equals_sign")
    await shown(pilot, "status = ")
    await shown(pilot, "row 1 of ")
    await pilot.pause(1.1)


async def _cell(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("right", "right", "right")
    await shown(pilot, "attributes jsonb")
    await pilot.press("enter")
    await shown(pilot, "characters")
    await pilot.pause(0.5)


async def _sort(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("dollar_sign", "s")
    await shown(pilot, "No index has the rows")
    await pilot.pause(0.5)


async def _compose(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("c")
    await shown(pilot, "rows, cost ")
    await pilot.press("f", "enter")
    await shown(pilot, "Join along")
    await pilot.press("enter")
    await shown(pilot, "JOIN ")
    await _typed(pilot, "w", "enter", *"status", "enter")
    await _typed(pilot, "enter", *"paid", "enter")
    await _typed(pilot, "c", "space", *"users.country", "tab", *"count(", "enter")
    await shown(pilot, "GROUP BY")
    await pilot.press("o", "enter", *"count", "enter")
    await shown(pilot, "ORDER BY")
    await pilot.pause(1.5)


async def _edit(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("e")
    await shown(pilot, "Ln 1")
    text = "-- who buys most?\nSELECT u.name, sum(o.total)\nFROM users u JOIN orders o ON o.user_id = u.id\n"
    await _typed(pilot, *text, *"GROUP BY u.name ORDER BY 2 DESC\nLIMIT 5;")
    await pilot.press("ctrl+j")
    await shown(pilot, "query ─")
    await _typed(pilot, "enter", "enter", *"SELECT * FROM events WHERE ki")
    await shown(pilot, "kind ")
    await pilot.pause(1.1)


async def _explain(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("x")
    await shown(pilot, "plan of the query")
    await pilot.press("a")
    await pilot.pause(0.5)
    await pilot.press("y", "enter")
    await shown(pilot, "ms")
    await pilot.pause(1.0)


async def _lesson(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("7")
    await shown(pilot, "predicts")
    await pilot.press("2")
    await shown(pilot, "space runs")
    await pilot.press("space")
    await shown(pilot, "Your prediction")
    await pilot.pause(0.5)


async def _lab(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("6")
    await shown(pilot, "space runs")
    for setting, value in (("r", "500,000"), ("c", "256MB"), ("n", "1")):
        await _typed(pilot, setting, "ctrl+u", *value, "enter")
    await _typed(pilot, *"jjjjjjjjjjx", "g")  # OFFSET takes so long that its curve would press all others
    await shown(pilot, "15 runs")
    await pilot.press("space")
    await shown(pilot, "done  enter")
    await pilot.pause(0.5)


async def _wire(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await _typed(pilot, "G", "g", "s")
    await shown(pilot, "key order by")
    await pilot.press("w")
    await shown(pilot, "DECLARE")
    await pilot.pause(0.5)


async def _inspector(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await _typed(pilot, *[":", *"50%", "\n"])
    await shown(pilot, "50.0 %")
    await pilot.press("i")
    await shown(pilot, "pg_cursors")
    await pilot.pause(1.0)


async def _code(pilot: Pilot[int]) -> None:
    await shown(pilot, "row 1 of ")
    await pilot.press("p")
    await shown(pilot, "import psycopg2")
    await pilot.pause(0.5)


async def _typed(pilot: Pilot[int], *keys: str) -> None:
    """Press keys as a person does: the screen follows between two."""
    for key in keys:
        await pilot.press({" ": "space", "\n": "enter"}.get(key, key))
        await pilot.pause(0.03)


PICTURES = (
    Picture("browse", (160, 48), _stream, table="events"),
    Picture("small", (80, 24), _page, table="events"),
    Picture("connect", (100, 36), _form, connect=False),
    Picture("hostile", (140, 50), _hostile, table='"odd ""schema"""."hostile values"'),
    Picture("error", (120, 36), _error, command="SELECT id, name,\n       emial\nFROM users"),
    Picture("tree", (140, 40), _tree),
    Picture("follow", (140, 30), _follow, table="orders"),
    Picture("sort", (110, 30), _sort, table="events"),
    Picture("cell", (110, 30), _cell, table="documents"),
    Picture("compose", (140, 34), _compose, table="orders"),
    Picture("edit", (120, 36), _edit, table="events"),
    Picture("explain", (120, 30), _explain, command=_JOINED),
    Picture("wire", (130, 34), _wire, table="events"),
    Picture("inspector", (160, 44), _inspector, table="events"),
    Picture("code", (160, 44), _code, table="orders"),
    Picture("lab", (120, 48), _lab, table="events"),
    Picture("lesson", (150, 36), _lesson, table="events"),
)


_ONE = "--one"


async def take(picture: Picture, settings: ConnectionSettings) -> Path:
    """Run the program until the picture can be taken; return its file."""
    if not picture.connect:
        settings = ConnectionSettings(host="127.0.0.1", port="1", dbname="shop", user="reader")
    options = Options(settings=settings, table=picture.table, command=picture.command, connect_at_once=True)
    app = PgmemApp(options)
    try:
        async with app.run_test(size=picture.size) as pilot:
            await picture.script(pilot)
            svg = app.export_screenshot(title=f"pgmem-tui {picture.name}")
    finally:
        app.end()
    file = FOLDER / f"{picture.name}.svg"
    file.write_text(svg, encoding="utf-8")
    return file


def main(arguments: list[str]) -> None:
    """Take those that are named, or all, each in a process of its own: the memory on it is one program's."""
    if arguments[:1] == [_ONE]:
        _, name, dsn = arguments
        (picture,) = [picture for picture in PICTURES if picture.name == name]
        print(asyncio.run(take(picture, from_text(dsn))), flush=True)
        return
    FOLDER.mkdir(exist_ok=True)
    with EmbeddedServer(database="demo") as server:
        seed(server.settings, Amounts())
        for name in arguments or [picture.name for picture in PICTURES]:
            one = [sys.executable, "-m", "tests.screenshots", _ONE, name, server.dsn]
            subprocess.run(one, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
