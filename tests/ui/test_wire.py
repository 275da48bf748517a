"""The screen of what is sent: it follows, stands still, hides, explains, copies and saves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from pgmem_tui.paging.events import StatementSent
from pgmem_tui.postgres.cursor_operation import UNKNOWN
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.postgres.wire_log import SENT, Numbered, WireLog
from pgmem_tui.ui import wire_lines
from pgmem_tui.ui.messages import SessionEvent
from pgmem_tui.ui.screens.browse import BrowseScreen
from pgmem_tui.ui.screens.wire import WireScreen
from pgmem_tui.ui.widgets.prompt import Prompt
from pgmem_tui.ui.widgets.statement_view import rows
from pgmem_tui.ui.widgets.wire_list import WireList
from pgmem_tui.ui.wire_lines import Choosing, Shown, cell, columns, heading, is_catalog
from tests.ui.program import PATIENCE, Program, program, terminate

SMALL, LARGE = (80, 24), (160, 48)
HOSTILE = 'SELECT "[b]x[/b]\x1b[31m\u202e東京" FROM "a\nb"'


def report(kind: str, sql: str, **changes: Any) -> StatementReport:
    made = StatementReport("browse", kind, sql, 1_760_000_000.125, 0.0009, length=len(sql))
    return replace(made, **changes)


BEGIN = report("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", implied=True, seconds=0.0)
DECLARE = report(
    "DECLARE",
    'DECLARE "pgmem_1" SCROLL CURSOR WITHOUT HOLD FOR SELECT "id", \'a\' FROM t -- all',
    cursor="pgmem_1",
)
CATALOG = report("SELECT", "-- of a table\nSELECT 1 FROM pg_catalog.pg_class", connection="catalog", rows=1)
HOUSE = report("SELECT", "SELECT sum(x) FROM pg_catalog.pg_backend_memory_contexts", housekeeping=True)
FAILED = report("SELECT", HOSTILE, error="42703")


OPENED = report("connected", "connection catalog is open: …", connection="catalog")
LOST = report(
    "lost", "connection browse is lost, as is noticed now: …", error="57P01", lost=True, seconds=0.0
)


def fetch(number: int) -> StatementReport:
    return report(
        "FETCH",
        f'FETCH FORWARD 200 FROM "pgmem_{number}"',
        rows=200,
        nbytes=14_000,
        exact=False,
        before=200 * number,
        after=200 * number + 200,
        cursor="pgmem_1",
    )


class Alone(App[None]):
    """The screen, with a log of its own."""

    def __init__(self, log: WireLog) -> None:
        super().__init__()
        self.log_of_statements = log

    def on_mount(self) -> None:
        self.push_screen(WireScreen(self.log_of_statements))


class Seen:
    """The screen in a test."""

    def __init__(self, app: Alone, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.sent = app, pilot, app.log_of_statements

    @property
    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def list(self) -> WireList:
        return self.app.screen.query_one(WireList)

    async def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.text
            await self.pilot.pause(0.01)

    async def shows(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Clock times do not depend on where the tests run."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def filled(*reports: StatementReport) -> WireLog:
    log = WireLog()
    for each in reports:
        log.add(each)
    return log


# -- lines ---------------------------------------------------------------------------------------


def test_cells() -> None:
    wide, narrow = columns(160), columns(80)
    assert [cell(column, fetch(1)) for column in wide] == [
        *("08:53:20.125", "browse", "FETCH", "0.9 ms", "200", "≈14 kB", "200 → 400"),
    ]
    assert [cell(column, BEGIN) for column in narrow] == ["↓", "", ""]
    assert sum(column.width + 1 for column in narrow) < 30, "most of the line is SQL"
    far = replace(fetch(1), before=1_234_567, after=2_000_000_000)
    assert cell(wide[-1], far) == "1,234,567 → 2,000,000,000"
    assert cell(narrow[-1], far) == "1.2M → 2.0G"
    nowhere = replace(fetch(1), before=1, after=UNKNOWN)
    assert cell(wide[-1], nowhere) == cell(narrow[-1], nowhere) == "1 → ?"
    assert wire_lines.text(CATALOG) == "SELECT 1 FROM pg_catalog.pg_class"
    assert wire_lines.text(FAILED).startswith("42703: SELECT")


@pytest.mark.parametrize("width", [80, 105, 120])
@pytest.mark.parametrize("after", [199, 9_999, 10_000, 99_999, 100_000, 602_200, 2_000_000_000])
def test_a_position_is_not_cut(width: int, after: int) -> None:
    far = replace(fetch(1), before=after - 1, after=after)
    position = columns(width, wire_lines.is_far([Numbered(1, far)]))[-1]
    assert len(cell(position, far)) <= position.width


def test_which_are_shown() -> None:
    house = replace(HOUSE, connection="browse")
    kept = [Numbered(number, each) for number, each in enumerate([DECLARE, CATALOG, house, FAILED], 1)]
    assert [number for number, _ in Choosing().chosen(kept, Shown())] == [1, 4]
    assert [number for number, _ in Choosing().chosen(kept, Shown(catalog=True))] == [1, 2, 4]
    assert [number for number, _ in Choosing().chosen(kept, Shown(housekeeping=True))] == [1, 3, 4]
    assert is_catalog(report("WITH", "WITH a AS (SELECT 1) SELECT 1 FROM a JOIN pg_catalog.pg_class AS c"))
    assert not is_catalog(report("DECLARE", "DECLARE c CURSOR FOR SELECT 1 FROM pg_catalog.pg_class"))


def test_what_becomes_of_connections_is_shown_whatever_they_are_for() -> None:
    looking_up = replace(CATALOG, connection="browse")
    reports = [OPENED, CATALOG, BEGIN, looking_up, LOST, BEGIN, fetch(1), replace(LOST, housekeeping=True)]
    kept = [Numbered(number, each) for number, each in enumerate(reports, 1)]
    chosen = [number for number, _ in Choosing().chosen(kept, Shown())]
    assert chosen == [1, 5, 6, 7], "the transaction that ended so has nothing that is shown"
    assert [cell(column, LOST) for column in columns(160)] == [
        *("08:53:20.125", "browse", "lost", "", "", "", ""),
    ]
    assert wire_lines.text(LOST) == "57P01: connection browse is lost, as is noticed now: …"
    assert heading(LOST) == "08:53:20 · browse · lost · SQLSTATE 57P01"
    assert heading(OPENED) == "08:53:20 · catalog · connected · 0.9 ms"


def test_a_transaction_of_which_all_is_hidden() -> None:
    looking_up = replace(CATALOG, connection="browse")
    local, rollback = report("SET LOCAL", "SET LOCAL jit = off"), report("ROLLBACK", "ROLLBACK")
    sent = [
        *(BEGIN, local, looking_up, rollback),
        *(BEGIN, looking_up, replace(rollback, connection="lab"), DECLARE, rollback),
        *(BEGIN, rollback),
        *(BEGIN, looking_up),
    ]
    kept = [Numbered(number, each) for number, each in enumerate(sent, 1)]
    choosing = Choosing()
    assert [number for number, _ in choosing.chosen(kept, Shown())] == [5, 7, 8, 9, 10, 11, 12]
    assert choosing.chosen(kept, Shown(catalog=True)) == kept
    later = [*kept[3:], Numbered(14, rollback)]
    assert [number for number, _ in choosing.chosen(later, Shown())] == [4, 5, 7, 8, 9, 10, 11]


def test_lines_are_in_the_order_of_their_times() -> None:
    long = replace(fetch(1), started=1_760_000_000.0, seconds=2.5)
    (ended, *_), (blank, *_) = ([cell(column, each) for column in columns(160)] for each in (long, BEGIN))
    assert (ended, blank) == ("08:53:22.500", "")


def test_headings() -> None:
    assert heading(fetch(1)) == "08:53:20 · browse · FETCH · 0.9 ms · 200 rows · ≈14 kB · 200 → 400"
    assert heading(BEGIN) == "browse · BEGIN · sent by psycopg2 itself"
    assert heading(replace(FAILED, length=99_999)).endswith("SQLSTATE 42703 · the first of 99,999 characters")
    assert heading(replace(FAILED, error="57014")).endswith("cancelled · SQLSTATE 57014")
    assert heading(HOUSE).endswith("housekeeping")


# -- the screen ----------------------------------------------------------------------------------


async def test_it_follows_until_one_goes_up() -> None:
    app = Alone(filled(BEGIN, DECLARE))
    async with app.run_test(size=SMALL) as pilot:
        seen = Seen(app, pilot)
        await seen.shows("2 of 2 · following")
        for number in range(40):
            seen.sent.add(fetch(number))
        await seen.shows("42 of 42 · following", "FETCH FORWARD 200 FR")
        await pilot.press("up", "up")
        await seen.shows("40 of 42")
        chosen, top = seen.list.chosen, seen.list._top
        seen.sent.add(fetch(50))
        await seen.shows("40 of 43")
        assert seen.list.chosen == chosen and seen.list._top == top and "following" not in seen.text
        await pilot.press("G")
        await seen.shows("43 of 43 · following")
        await pilot.press("g")
        await seen.shows("1 of 43")
        await pilot.press("pagedown", "end")
        await seen.shows("43 of 43 · following")


async def test_what_falls_out_is_counted_and_the_place_stays() -> None:
    log = WireLog(most_reports=30)
    for number in range(30):
        log.add(fetch(number))
    app = Alone(log)
    async with app.run_test(size=SMALL) as pilot:
        seen = Seen(app, pilot)
        await seen.shows("30 of 30")
        await pilot.press("up")
        chosen = seen.list.chosen
        for number in range(20):
            log.add(fetch(number))
        await seen.shows("9 of 30 · 20 fell out")
        assert seen.list.chosen == chosen
        for number in range(40):
            log.add(fetch(number))
        await seen.shows("1 of 30 · 60 fell out")


async def test_the_switches() -> None:
    app = Alone(filled(BEGIN, CATALOG, HOUSE, DECLARE))
    async with app.run_test(size=LARGE) as pilot:
        seen = Seen(app, pilot)
        await seen.shows("2 of 2 · 2 hidden", "without catalog and housekeeping")
        await pilot.press("c")
        await seen.shows("3 of 3 · 1 hidden", "with catalog", "SELECT 1 FROM pg_catalog.pg_class")
        await pilot.press("h")
        await seen.shows("4 of 4", "with catalog and housekeeping", "pg_backend_memory_contexts")
        await pilot.press("c", "h")
        await seen.shows("2 of 2 · 2 hidden")


async def test_nothing_yet_and_nothing_shown() -> None:
    app = Alone(WireLog())
    async with app.run_test(size=SMALL) as pilot:
        seen = Seen(app, pilot)
        await seen.shows("nothing was sent yet", "0 of 0")
        await pilot.press("enter", "y", "up", "S")
        assert not app.screen.query_one(Prompt).display
        seen.sent.add(HOUSE)
        await seen.shows("nothing but what c and h show")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_statement_is_explained(size: tuple[int, int]) -> None:
    app = Alone(filled(BEGIN, DECLARE, FAILED))
    async with app.run_test(size=size) as pilot:
        seen = Seen(app, pilot)
        await seen.shows("3 of 3")
        assert "\x1b" not in seen.text and "\u202e" not in seen.text
        await pilot.press("up", "enter")
        await seen.shows("Plans a query", "sql-declare.html", "2 · 08:53:20 · browse · DECLARE", "'a' FROM t")
        await pilot.press("down")
        await seen.shows("The server refused it", "errcodes-appendix.html", "[b]x[/b]", "東京")
        assert "\x1b" not in seen.text and "\u202e" not in seen.text
        await pilot.press("escape")
        await seen.until(lambda: "refused" not in seen.text)
        await pilot.press("escape")
        await seen.until(lambda: not isinstance(app.screen, WireScreen))


async def test_copying() -> None:
    app = Alone(filled(BEGIN, DECLARE))
    async with app.run_test(size=SMALL) as pilot:
        seen = Seen(app, pilot)
        await seen.shows("2 of 2")
        await pilot.press("y")
        await seen.shows("copied the statement")
        assert app.clipboard == DECLARE.sql
    for kept, says in (
        (replace(DECLARE, length=99_999), f"copied the first {len(DECLARE.sql)} of 99,999 characters"),
        (replace(DECLARE, masked=True), "copied what stands for the statement"),
    ):
        app = Alone(filled(kept))
        async with app.run_test(size=LARGE) as pilot:
            seen = Seen(app, pilot)
            await seen.shows("1 of 1")
            await pilot.press("y")
            await seen.shows(says)


@pytest.mark.parametrize("size", [(60, 15), SMALL])
async def test_what_was_done_is_said_below_a_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMUX", "x,1,0")
    app = Alone(filled(BEGIN, DECLARE, fetch(1), fetch(2)))
    async with app.run_test(size=size) as pilot:
        seen = Seen(app, pilot)
        await seen.shows("4 of 4")
        await pilot.press("up", "enter")
        await seen.shows("Brings the next rows", "3 of 4", "BEGIN", "FETCH FORWARD")
        await pilot.press("S")
        await seen.until(lambda: app.screen.query_one(Prompt).display)
        await pilot.press("enter")
        await seen.shows("saved ", " to sent-")
        await pilot.press("y")
        await seen.shows("copied the statement, 32 characters, if tmux has")
        await pilot.press("up")
        await seen.until(lambda: "copied" not in seen.text)


@pytest.mark.parametrize(("key", "words"), [("6", "Lab: "), ("7", "Lessons")])
async def test_from_the_lab_and_lessons(demo_database: ConnectionSettings, key: str, words: str) -> None:
    async with program(demo_database, table="events") as shown:
        await shown.shows("row 1 of ")
        await shown.press(key)
        await shown.shows(words)
        below = shown.app.screen
        await shown.press("w")
        await shown.screen(WireScreen)
        await shown.press("escape")
        await shown.until(lambda: shown.app.screen is below)


async def test_saving(tmp_path: Path) -> None:
    app = Alone(filled(BEGIN, HOUSE, DECLARE))
    path = tmp_path / "sent.sql"

    async def save(answer: str = "") -> None:
        await pilot.press("S")
        await seen.until(lambda: app.screen.query_one(Prompt).display)
        line = app.screen.query_one(Prompt).query_one(Input)
        line.value = ""
        app.post_message(events.Paste(str(path)))
        await seen.until(lambda: line.value == str(path))
        await pilot.press("enter")

    async with app.run_test(size=LARGE) as pilot:
        seen = Seen(app, pilot)
        await seen.shows("2 of 2")
        await save()
        await seen.shows("saved ", "for psql -f")
        text = path.read_text()
        assert "-- 3 statements" in text and BEGIN.sql in text and HOUSE.sql in text and DECLARE.sql in text
        path.write_text("mine")
        await save()
        await seen.shows("is there already: replace it?")
        await pilot.press("n")
        await seen.until(lambda: seen.list.has_focus)
        assert path.read_text() == "mine"
        await save()
        await seen.shows("is there already: replace it?")
        await pilot.press("y")
        await seen.until(lambda: path.read_text() == text)


async def wired(shown: Program, *texts: str) -> WireScreen:
    await shown.press("w")
    await shown.until(lambda: isinstance(shown.app.screen, WireScreen))
    await shown.shows(*texts)
    screen = shown.app.screen
    assert isinstance(screen, WireScreen)
    return screen


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_connection_that_is_lost(
    place: ConnectionSettings, observer: Connection, size: tuple[int, int]
) -> None:
    before = SENT.newest
    async with program(place, table="events", size=size) as shown:
        await shown.shows("row 1 of ")
        await shown.at_row(1)
        terminate(observer, place)
        await shown.press("G")
        await shown.until(lambda: any(sent.report.kind == "lost" for sent in SENT.since(before)))
        await wired(shown, "connection browse is lost")
        chosen = shown.app.screen.query_one(WireList)

        def there() -> bool:
            return chosen.chosen is not None and chosen.chosen.report.kind == "lost"

        while not there():
            number = chosen.chosen
            await shown.press("up")
            await shown.until(lambda: chosen.chosen is not number)  # noqa: B023
        await shown.press("enter")
        await shown.shows(" line ", "· lost ·", "log may tell more.", "protocol-overview.html")
        await shown.shows("the connection is lost; r connects again", "│ r reconnect ")
        await shown.press("r")
        await shown.until(lambda: "r connects again" not in shown.text and "r reconnect" not in shown.text)
        assert "connecting …" not in shown.text
        await shown.press("r")
        await shown.shows("the connection is not lost")
        await shown.press("escape", "escape")
        await shown.back()
        await shown.shows("row ")
        assert not shown.browse.browsing.lost


async def test_in_the_program(demo_database: ConnectionSettings) -> None:
    async with program(demo_database, table="events") as shown:
        await shown.shows("row 1 of ")
        await shown.at_row(1)
        await wired(shown, "DECLARE", "FETCH FORWARD", "0 → ", "browse")
        assert "WITH pages" not in shown.text
        await shown.press("c")
        await shown.shows("with catalog", "WITH pages")
        await shown.press("escape")
        await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen))
        await shown.press("2")
        await wired(shown, "What is sent to the server")
        await shown.press("question_mark")
        await shown.shows("save all as a file for psql")


@pytest.mark.parametrize(
    ("waits", "comes", "gone"),
    [(fetch(1), fetch(2), True), (fetch(1), FAILED, False), (FAILED, fetch(1), True), (FAILED, BEGIN, True)],
)
def test_only_a_cursors_statement_takes_the_place_of_one(
    waits: StatementReport, comes: StatementReport, gone: bool
) -> None:
    """Of two messages that wait for the screen the newer is enough; but the cursor's strip shows cursors'."""
    assert SessionEvent(StatementSent(waits)).can_replace(SessionEvent(StatementSent(comes))) == gone


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_looks(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """Figures in columns under their titles, at the right; what failed begins with its SQLSTATE; catalog and
    housekeeping dim; the bright line on the FETCH, explained below in two sentences with the page."""
    app = Alone(filled(BEGIN, DECLARE, CATALOG, HOUSE, FAILED, fetch(1), fetch(2)))

    async def explain(pilot: Pilot[None]) -> None:
        await pilot.press("c", "h", "up", "enter")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=explain)


def test_a_sentence_is_not_highlighted_as_sql() -> None:
    sentence = "connection browse is lost: before or while processing the request"
    assert any(look for row in rows(sentence, 80) for _, look in row)
    assert list(rows(sentence, 80, highlighted=False)) == [[(sentence, "")]]


async def test_a_statement_that_goes_on_says_so() -> None:
    long = replace(DECLARE, sql=f"DECLARE c CURSOR FOR SELECT {', '.join(f'column_{n}' for n in range(200))}")
    app = Alone(filled(long))
    async with app.run_test(size=SMALL) as pilot:
        seen = Seen(app, pilot)
        await pilot.press("enter")
        await seen.shows("column_1,", "↓")
        await pilot.press(*["J"] * 60)
        await seen.shows("column_199")
        assert "↓" not in seen.text
