"""A file for the history, and programs besides this one that use it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pgmem_tui.history.store import Entry

ROOT = Path(__file__).parents[2]
DATABASE = "ann@db1:5432/shop"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file will be; nothing is there yet."""
    return tmp_path / "share" / "pgmem-tui" / "history.db"


def run(text: str, at: float = 1.0, database: str = DATABASE, *, failed: bool = False) -> Entry:
    """A run of a statement."""
    return Entry(text, at, 0.012, None, database, failed)


class Child:
    """A Python process that goes on one step a line, and says a line after each."""

    def __init__(self, code: str, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def said(self) -> str:
        """Wait for its next line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended with {self.process.wait(10)}"
        return line.rstrip("\n")

    def go_on(self) -> None:
        """Let it take its next step."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """As SIGKILL: it can do nothing about it."""
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def child() -> Iterator[Callable[..., Child]]:
    """Starts processes, which are gone after the test."""
    started: list[Child] = []

    def start(code: str, *arguments: object) -> Child:
        started.append(Child(code, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        for stream in (one.process.stdin, one.process.stdout):
            if stream is not None:
                stream.close()


def until(true: Callable[[], object], timeout: float = 10.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)
