from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from pgmem_tui.demo import run
from pgmem_tui.demo.errors import DemoError
from pgmem_tui.demo.server import EmbeddedServer
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import DEMO_AMOUNTS, connect


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[EmbeddedServer]:
    """Those that were made."""
    made: list[EmbeddedServer] = []

    def make(**options: Any) -> EmbeddedServer:
        made.append(EmbeddedServer(**options))
        return made[-1]

    monkeypatch.setattr(run, "EmbeddedServer", make)
    return made


def test_prepare_says_what_it_does_and_gives_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "Amounts", lambda events: replace(DEMO_AMOUNTS, events=events))
    out = io.StringIO()
    server = run.prepare(1000, out)
    try:
        first, second, third = out.getvalue().splitlines()
        assert re.fullmatch(r"Starting PostgreSQL \S+ \(.+\).* in /\S+; removed on exit", first)
        assert "1,000 rows" in second and third.startswith("Ready after ")
        assert server.settings.dbname == "demo"
        connection = connect(server.settings)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM events")
            assert cursor.fetchone() == (1000,)
        connection.close()
    finally:
        server.stop()


def fail_with(error: BaseException) -> Any:
    def seed(settings: ConnectionSettings, amounts: object, progress: Any) -> None:
        progress("events", 1, 4)
        raise error

    return seed


def test_a_terminal_gets_one_line_that_is_taken_back(
    servers: list[EmbeddedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Terminal()
    monkeypatch.setattr(run, "seed", fail_with(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run.prepare(5, out)
    drawn = "\r[######..................]  25 %  events"
    assert drawn in out.getvalue()
    assert out.getvalue().endswith("\r" + " " * (len(drawn) - 1) + "\rStopped; the demo server is removed\n")
    assert servers[0].directory and not servers[0].directory.exists()


def test_a_failure_of_the_seeding(servers: list[EmbeddedServer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "seed", fail_with(psycopg2.OperationalError("no space left\n")))
    with pytest.raises(DemoError, match="could not be made: no space left"):
        run.prepare(5)
    assert servers[0].directory and not servers[0].directory.exists()


@pytest.mark.parametrize("rows", [-1, 100_000_001])
def test_a_number_of_rows_out_of_bounds(rows: int) -> None:
    with pytest.raises(DemoError, match="from 0 to 100,000,000"):
        run.prepare(rows)


def test_ctrl_c_while_it_fills_the_tables() -> None:
    code = "import sys; from pgmem_tui.demo.run import prepare; prepare(50_000_000, sys.stdout)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout
    try:
        folder = Path(process.stdout.readline().decode().split(" in ")[1].split(";")[0])
        assert process.stdout.readline().startswith(b"Filling")
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == b"Stopped; the demo server is removed\n"
        assert process.wait(20) == -signal.SIGINT
        assert not folder.exists()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
