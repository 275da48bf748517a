"""From the command to the first picture, and the memory of a program that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding, written
from tests.terminal import MemorySampler, Terminal
from tests.terminal.program import FIRST_ROW, browse, pgmem_tui

HELLO = Path(__file__).with_name("hello.py")


def version(runs: int) -> list[Finding]:
    """`--version`, beside a Python that does nothing."""
    ours = statistics.median([_seconds("-m", "pgmem_tui", "--version") for _ in range(runs)])
    python = statistics.median([_seconds("-c", "pass") for _ in range(runs)])
    return [Finding("--version", ours, "ms", 0.1, beside=f"python -c pass: {written(python, 'ms')}")]


def first_paint(settings: ConnectionSettings, table: str, runs: int) -> list[Finding]:
    """The first picture, the form's and the browser's, beside the smallest Textual program's."""
    hello, form, browser, panes, rows = [], [], [], [], []
    for _ in range(runs):  # in turn: what disturbs one, disturbs all
        hello.append(_until("Hello", lambda: Terminal([sys.executable, HELLO])))
        form.append(_until("Host", lambda: pgmem_tui()))
        with browse(settings, "-t", table) as terminal:
            browser.append(terminal.wait_for("pgmem-tui"))
            panes.append(terminal.wait_for("Memory"))
            rows.append(terminal.wait_for(FIRST_ROW))
    base = statistics.median(hello)
    form_ratio, browser_ratio = statistics.median(form) / base, statistics.median(browser) / base
    beside = f"Textual hello-world: {written(base, 'ms')}"
    return [
        Finding("first paint, form: times hello-world", form_ratio, "ratio", 1.3, beside=beside),
        Finding("first paint, browser: times hello-world", browser_ratio, "ratio", 1.3),
        Finding("all panes of the browser: times hello-world", statistics.median(panes) / base, "ratio"),
        Finding("first rows of the big table, from the command line", statistics.median(rows), "ms"),
    ]


def hello_rss() -> int:
    """Bytes of RSS of the smallest Textual program at rest."""
    with Terminal([sys.executable, HELLO]) as terminal:
        terminal.wait_for("Hello")
        terminal.settle(0.5)
        return MemorySampler(terminal.process.pid).rss()


def _seconds(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _until(pattern: str, start: Callable[[], Terminal]) -> float:
    with start() as terminal:
        return terminal.wait_for(pattern)
