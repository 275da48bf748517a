"""What a person does: open a table, look around, stream, stop, give up, change the window."""

from __future__ import annotations

import re

import pytest

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal import Terminal
from tests.terminal.program import (
    END,
    ENTER,
    ESCAPE,
    FIRST_ROW,
    HOME,
    PAGE_DOWN,
    PAGE_UP,
    browse,
    grid,
    row,
)
from tests.whole.conftest import Sessions, eventually

ENDLESS = "SELECT n, 'row ' || n AS what FROM (SELECT generate_series(1, 1000000000)) AS g(n)"
"""Rows as they are made: in the FROM clause the function would make them all first."""


def wait_for_row(terminal: Terminal, number: int) -> None:
    terminal.wait_until(lambda text: row(text) == number, what=f"row {number}")


def find_in_tree(terminal: Terminal, name: str) -> None:
    """Type a name into the tree's filter; the tree has the focus."""
    terminal.answer("/")
    terminal.send(name)
    terminal.wait_for(rf"/ {name} .*\d of ")


def test_a_table_from_the_command_line(place: ConnectionSettings, sessions: Sessions) -> None:
    with browse(place, "-t", "events") as terminal:
        terminal.wait_for(FIRST_ROW)
        text = terminal.text
        header = text.splitlines()[0]
        assert f"{place.dbname}@" in header
        assert "READ ONLY" in header
        assert "no TLS" in header
        assert re.search(r"PG \d+\.\d+", header)
        assert "public.events" in text
        assert "≈20.0k" in text
        browsing = [session for session in sessions.all() if session.in_transaction]
        assert len(browsing) == 1
        assert len(sessions.all()) <= 2


def test_a_table_from_the_tree(place: ConnectionSettings) -> None:
    with browse(place) as terminal:
        terminal.wait_for("choose a table")
        terminal.wait_for("users")
        find_in_tree(terminal, "users")
        terminal.send(ENTER)
        terminal.wait_for(r"public\.users ")
        terminal.wait_for(FIRST_ROW)
        terminal.wait_for("user1@example.org")


def test_paging_and_both_ends(place: ConnectionSettings) -> None:
    body = len(grid()) - 2
    with browse(place, "-t", "events") as terminal:
        terminal.wait_for(FIRST_ROW)
        for number in range(1, 4):
            terminal.send(PAGE_DOWN)
            wait_for_row(terminal, 1 + number * body)
        terminal.send(PAGE_UP)
        wait_for_row(terminal, 1 + 2 * body)
        terminal.send("G")
        terminal.wait_for(r"row 20,000 of 20,000 ")
        terminal.wait_for(r"\b20000 +20000 ")
        terminal.send("g")
        terminal.wait_for(r"row 1 of 20,000 ")
        terminal.send(END)
        wait_for_row(terminal, 20_000)
        terminal.send(HOME)
        wait_for_row(terminal, 1)


def test_rows_are_those_that_the_server_has(place: ConnectionSettings) -> None:
    with browse(place, "-c", "SELECT n, n * n AS square FROM generate_series(1, 5000) AS g(n)") as terminal:
        terminal.wait_for(FIRST_ROW)
        for key in (PAGE_DOWN, PAGE_DOWN, "G", PAGE_UP, "g", PAGE_DOWN):
            terminal.answer(key, grid())
            shown = re.findall(r"│ +(\d+) +(\d+) +(\d+) [ ▐]", terminal.text)
            assert len(shown) == len(grid()) - 2
            assert all(int(number) == int(n) and int(n) ** 2 == int(square) for number, n, square in shown)


def test_streaming_to_the_end(place: ConnectionSettings) -> None:
    with browse(place, "-t", "events") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send(" ")
        terminal.wait_for(r"streamed .* rows, ")
        terminal.wait_for(r"row 20,000 of 20,000 ")


def test_streaming_stops_at_once(place: ConnectionSettings, sessions: Sessions) -> None:
    with browse(place, "-c", ENDLESS) as terminal:
        terminal.wait_for(FIRST_ROW)
        assert any(_stops(terminal) < 0.5 for _ in range(3)), "a busy machine may be slow once, not thrice"
        stopped_at = row(terminal.text)
        terminal.send("j")
        terminal.wait_until(
            lambda text: row(text) in (stopped_at, stopped_at + 1) and f" {row(text)} " in text
        )
        eventually(lambda: all(session.state != "active" for session in sessions.all()))


def _stops(terminal: Terminal) -> float:
    """Stream on, and stop; seconds until it has stopped."""
    before = row(terminal.text)
    terminal.send(" ")
    terminal.wait_for(r"streaming .* rows/s · row [\d,]+ · .* · space stops")
    terminal.wait_until(lambda text: row(text) > before + 100_000)
    terminal.send(" ")
    return terminal.wait_for(r"streamed .* rows, ")


def test_escape_cancels_a_query(place: ConnectionSettings, sessions: Sessions) -> None:
    with browse(place, "-c", "SELECT pg_sleep(60)") as terminal:
        eventually(sessions.running)
        terminal.send(ESCAPE)
        seconds = terminal.wait_for("cancelled")
        print(f"cancelled after {seconds * 1000:.0f} ms")  # the aim is 200
        assert seconds < 1.0
        assert not sessions.running()
        # The session is as good as before.
        terminal.send("2")
        terminal.wait_for("users")
        find_in_tree(terminal, "users")
        terminal.send(ENTER)
        terminal.wait_for(FIRST_ROW)


def test_the_tree_answers_while_a_query_runs(place: ConnectionSettings, sessions: Sessions) -> None:
    with browse(place, "-c", "SELECT pg_sleep(60)") as terminal:
        eventually(sessions.running)
        terminal.answer("2")
        find_in_tree(terminal, "all_types")
        terminal.send("\x1b[C")
        terminal.wait_for(r"timestamptz|timestamp with")
        assert sessions.running()
        terminal.send("\x11")
        assert terminal.wait_end() == 0


@pytest.mark.parametrize(("columns", "lines"), [(160, 48), (80, 24), (60, 15), (200, 60)])
def test_sizes(place: ConnectionSettings, columns: int, lines: int) -> None:
    with browse(place, "-t", "events", columns=columns, lines=lines) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle()
        shown = terminal.text.splitlines()
        assert "READ ONLY" in shown[0]
        assert re.search(r"\bid +ts\b", terminal.text)
        assert "▐" in terminal.text or lines > 40
        numbers = [int(number) for number in re.findall(r"│ *(\d+) +\1 ", terminal.text)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= lines - 12


def test_too_small_and_large_again(place: ConnectionSettings) -> None:
    with browse(place, "-t", "events") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.answer(PAGE_DOWN, grid())
        before = row(terminal.text)
        terminal.resize(50, 10)
        terminal.wait_for(r"needs 60x15")
        terminal.wait_for(r"50x10")
        assert "READ ONLY" not in terminal.text
        terminal.resize(160, 48)
        terminal.wait_for(r"READ ONLY")
        terminal.wait_until(lambda text: row(text) == before, what=f"row {before} again")
        terminal.resize(80, 24)
        terminal.wait_until(lambda text: row(text) == before, what=f"row {before} still")


def test_starting_too_small(place: ConnectionSettings) -> None:
    with browse(place, "-t", "events", columns=50, lines=10) as terminal:
        terminal.wait_for(r"needs 60x15")
        terminal.resize(100, 30)
        terminal.wait_for(FIRST_ROW)


def test_a_table_that_does_not_exist(place: ConnectionSettings) -> None:
    with browse(place, "-t", "evnts") as terminal:
        terminal.wait_for(r"there is no table or view evnts; did you mean events")


def test_a_query_with_an_error(place: ConnectionSettings) -> None:
    with browse(place, "-c", "SELECT id,\n  nme FROM users") as terminal:
        terminal.wait_for('column "nme" does not exist')
        terminal.wait_for("42703")
        lines = terminal.text.splitlines()
        number = next(n for n, line in enumerate(lines) if "LINE 2:" in line)
        assert lines[number + 1].index("^") == lines[number].index("nme")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("SELECT 1; DROP TABLE users", "DROP may change the database, and this session is read-only"),
        ("COMMIT", "COMMIT is not sent"),
    ],
)
def test_what_only_writes_is_not_run(
    place: ConnectionSettings, sessions: Sessions, command: str, said: str
) -> None:
    with browse(place, "-c", command) as terminal:
        terminal.wait_for(said)
        assert not any(command in session.query for session in sessions.all())
        terminal.send("2")
        terminal.wait_for("users")
