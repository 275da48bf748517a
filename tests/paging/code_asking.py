"""A session that is asked for the programs of what it has open, and those programs run by themselves."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from tempfile import NamedTemporaryFile

from pgmem_tui.paging.showing_code import ProgramShown, ShowProgram
from pgmem_tui.postgres.relation import Row
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.paging.harness import SessionUnderTest, run


class Asking:
    """A session that is asked for programs of what it has open."""

    def __init__(self, session: SessionUnderTest, connect: ConnectionSettings) -> None:
        self.session, self.connect = session, connect

    def rows(self, first: int, count: int) -> tuple[Row, ...]:
        """Rows as they would be held."""
        self.session.read(first, first + count)
        pages = [event.page for event in self.session.pages()]
        held = {page.first + place: row for page in pages for place, row in enumerate(page.rows)}
        return tuple(held[number] for number in range(first, first + count) if number in held)

    def program(self, first: int, rows: tuple[Row, ...], batch: int = 7) -> ProgramShown:
        """What is answered."""
        self.session.request(ShowProgram(self.session.generation, first, rows, batch, self.connect))
        return self.session.wait(ProgramShown)

    def check(self, first: int, count: int, batch: int = 7) -> ProgramShown:
        """Compare what the program prints with the rows; returns the programs."""
        rows = self.rows(first, count)
        assert rows
        shown = self.program(first, rows, batch)
        assert not shown.why_not
        assert printed(shown.text, self.connect) == list(rows)
        return shown


def printed(text: str, settings: ConnectionSettings) -> list[Row]:
    """The rows that a program prints which is run by itself."""
    return [ast.literal_eval(line) for line in lines(text, settings)]


def lines(text: str, settings: ConnectionSettings) -> list[str]:
    """What it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if settings.password:
        environment["PGPASSWORD"] = settings.password
    with NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        command = [sys.executable, "-W", "error", file.name]
        ended = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
        )
    assert not ended.returncode, ended.stderr + text
    return ended.stdout.splitlines()


def oid(settings: ConnectionSettings, name: str) -> int:
    ((found,),) = run(settings, f"SELECT '{name}'::regclass::oid::int")
    return int(found)
