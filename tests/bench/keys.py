"""How soon a key is answered, and with how many bytes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding, written
from tests.terminal import Answer, Terminal
from tests.terminal.program import ESCAPE, FIRST_ROW, PAGE_DOWN, PAGE_UP, browse, grid, row


def keys(settings: ConnectionSettings, table: str, runs: int) -> list[Finding]:
    """Page down, arrows inside the screen and at its edge, all over rows that are held, at 160x48."""
    with browse(settings, "-t", table) as terminal:
        terminal.wait_for(FIRST_ROW)
        for _ in range(runs):
            terminal.answer(PAGE_DOWN, grid())
        for _ in range(runs):
            terminal.answer(PAGE_UP, grid())
        assert row(terminal.text) == 1
        pages = [terminal.answer(PAGE_DOWN, grid()) for _ in range(runs)]
        terminal.answer("g", grid())
        body = len(grid()) - 2
        inside = _inside(terminal, runs, body)
        terminal.answer("g", grid())
        for _ in range(body + 1):
            terminal.answer("j", grid())
        edge = [terminal.answer("j", grid()) for _ in range(runs)]
    return [
        Finding("PageDown, cached: median", _median(pages), "ms", 0.016, beside="plain DataTable: 37 ms"),
        Finding("PageDown, cached: p99", _p99(pages), "ms", 0.050, beside="plain DataTable: 107 ms"),
        Finding("PageDown, cached: bytes", _bytes(pages), "bytes", 10_000, beside="plain DataTable: 22 kB"),
        Finding("arrow inside the screen: median", _median(inside), "ms", 0.005),
        Finding("arrow inside the screen: p99", _p99(inside), "ms"),
        Finding("arrow inside the screen: bytes", _bytes(inside), "bytes", 600),
        Finding("one line at the edge: median", _median(edge), "ms", 0.016),
        Finding("one line at the edge: p99", _p99(edge), "ms"),
        Finding("one line at the edge: bytes", _bytes(edge), "bytes"),
    ]


def cancel(settings: ConnectionSettings, runs: int) -> list[Finding]:
    """Escape while a statement runs, until the screen says that it was cancelled."""
    seconds = []
    for _ in range(runs):
        with browse(settings, "-c", "SELECT pg_sleep(60)", "--no-history") as terminal:
            terminal.wait_for("opening")
            terminal.settle(0.3)
            terminal.send(ESCAPE)
            seconds.append(terminal.wait_for("cancelled"))
            terminal.settle()
            terminal.send("q")
            terminal.wait_end()
    beside = f"the slowest of {runs}: {written(max(seconds), 'ms')}"
    return [
        Finding("escape cancels a running statement", statistics.median(seconds), "ms", 0.2, beside=beside)
    ]


def _inside(terminal: Terminal, runs: int, body: int) -> list[Answer]:
    answers = []
    for number in range(runs):
        # Down and up the screen and never over its edge.
        answers.append(terminal.answer("j" if number // (body - 2) % 2 == 0 else "k", grid()))
    return answers


def _median(answers: Sequence[Answer]) -> float:
    return statistics.median([answer.seconds for answer in answers])


def _p99(answers: Sequence[Answer]) -> float:
    return p99([answer.seconds for answer in answers])


def p99(seconds: Sequence[float]) -> float:
    """What all but one of a hundred do not exceed."""
    return sorted(seconds)[min(len(seconds) - 1, len(seconds) * 99 // 100)]


def _bytes(answers: Sequence[Answer]) -> float:
    return statistics.median([answer.nbytes for answer in answers])
