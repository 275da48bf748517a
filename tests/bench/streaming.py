"""Memory and speed while a million rows and more go by."""

from __future__ import annotations

import statistics
from typing import NamedTuple

from psycopg2.extensions import make_dsn

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench import raw
from tests.bench.report import Finding, written
from tests.terminal import MemorySampler, Terminal
from tests.terminal.program import FIRST_ROW, PAGE_DOWN, browse, row

_FIRST, _LAST = 100_000, 1_000_000
"""Rows between which nothing may grow."""
_MORE = 30 << 20
"""Bytes of RSS that the program may take beyond the smallest Textual program's."""
_RAW_BATCHES = (1_000, 5_000)
"""Rows of the raw cursor's fetchmany; the faster one counts."""


class _Stream(NamedTuple):
    """One run: bytes of RSS, rows a second."""

    rest: int
    first: int
    """Peak up to row `_FIRST`."""
    last: int
    """Peak up to row `_LAST`."""
    rate: float


def streaming(settings: ConnectionSettings, table: str, rows: int, hello: int, runs: int) -> list[Finding]:
    """Stream through the whole program, and the same rows through raw psycopg2.

    Args:
        settings: Where.
        table: What.
        rows: How many rows to stream; no fewer than a million.
        hello: Bytes of RSS of the smallest Textual program.
        runs: How often; ratios are of one run each.
    """
    rows = max(_LAST, rows)
    dsn, sql = make_dsn(**settings.parameters()), f"SELECT * FROM {table}"
    streams, plain, text = [], [], []
    for _ in range(runs):
        streams.append(_stream(settings, table, rows))
        plain.append(_fastest(dsn, sql, raw.NAMED, rows))
        text.append(_fastest(dsn, sql, raw.NAMED_TEXT, rows))
    client = raw.measure(dsn, sql, raw.CLIENT, 1_000, _LAST)
    rest, peak = max(stream.rest for stream in streams), max(stream.last for stream in streams)
    grown = statistics.median([stream.last - stream.first for stream in streams])
    ours = statistics.median([stream.rate for stream in streams])
    above = "above hello-world"
    return [
        Finding(f"RSS at rest, big table open: {above}", rest - hello, "MiB", beside=_mib(rest)),
        Finding(f"RSS peak, streaming 1M rows: {above}", peak - hello, "MiB", _MORE, beside=_mib(peak)),
        Finding("... from row 100,000 to 1,000,000: grown by", grown, "MiB", 3 << 20),
        Finding("the same 1M rows, raw client-side cursor: RSS", client.rss, "MiB"),
        Finding("raw named cursor: RSS", plain[-1].rss, "MiB"),
        Finding("streaming", ours, "rows/s"),
        _ratio("raw named cursor, default casters", streams, plain),
        _ratio("raw named cursor, text casters", streams, text),
    ]


def full_cache(settings: ConnectionSettings, table: str, hello: int) -> list[Finding]:
    """The peak with every byte of the page budget used: holding PageDown, with large batches."""
    with browse(settings, "-t", table, "--batch", "2000") as terminal:
        terminal.wait_for(FIRST_ROW)
        with MemorySampler(terminal.process.pid) as memory:
            while _cached(terminal) < 15.0:
                terminal.send(PAGE_DOWN * 20)
                terminal.settle()
        passed = row(terminal.text)
    beside = f"16 MiB of pages after paging to row {passed:,}"
    return [
        Finding(
            "RSS peak with a full page cache: above hello-world",
            memory.peak - hello,
            "MiB",
            30 << 20,
            False,
            beside,
        )
    ]


def documents(settings: ConnectionSettings) -> list[Finding]:
    """Page and stream through cells of 1 MB; the peak above a program that shows a small table."""
    with browse(settings, "-t", "users") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle(0.3)
        rest = MemorySampler(terminal.process.pid).rss()
    with browse(settings, "-t", "documents") as terminal, MemorySampler(terminal.process.pid) as memory:
        terminal.wait_for(FIRST_ROW)
        for _ in range(5):
            terminal.send(PAGE_DOWN)
            terminal.settle()
        terminal.send("g ")
        terminal.wait_for("streamed")
        terminal.settle()
    what, grown = "documents, cells of 1 MB: peak above rest", memory.peak - rest
    return [Finding(what, grown, "MiB", 6 << 20, beside=f"at rest: {_mib(rest)}")]


def _stream(settings: ConnectionSettings, table: str, rows: int) -> _Stream:
    with browse(settings, "-t", table) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle(0.3)
        with MemorySampler(terminal.process.pid) as memory:
            rest = memory.rss()
            terminal.send(" ")
            seconds, first = _pass(terminal, _FIRST)
            a_million, last = _pass(terminal, _LAST)
            until, last = _pass(terminal, rows) if rows > _LAST else (a_million, last)
            started = terminal.sent
            terminal.send(" ")
            terminal.wait_for("streamed")
        return _Stream(
            rest,
            memory.peak_between(0, started + seconds),
            memory.peak_between(0, started + a_million),
            (last - first) / (until - seconds),
        )


def _pass(terminal: Terminal, goal: int) -> tuple[float, int]:
    """Wait until the stream is past a row; return when that was seen, and the row seen then."""
    seconds = terminal.wait_until(lambda text: row(text) >= goal, 120, f"row {goal}")
    return seconds, row(terminal.display.text)


def _cached(terminal: Terminal) -> float:
    """MiB of pages that the screen says are held."""
    terminal.wait_for(r"cache +[\d.]+ / 16 MB")
    return float(terminal.display.text.split("cache")[1].split("/")[0])


def _fastest(dsn: str, sql: str, how: str, rows: int) -> raw.Raw:
    return max([raw.measure(dsn, sql, how, batch, rows) for batch in _RAW_BATCHES], key=lambda run: run.rate)


def _ratio(name: str, streams: list[_Stream], raws: list[raw.Raw]) -> Finding:
    ratio = statistics.median([ours.rate / base.rate for ours, base in zip(streams, raws, strict=True)])
    beside = written(statistics.median([base.rate for base in raws]), "rows/s")
    return Finding(f"streaming / {name}", ratio, "ratio", 0.8, at_least=True, beside=beside)


def _mib(nbytes: float) -> str:
    return written(nbytes, "MiB")
