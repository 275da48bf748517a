"""Memory, measured: it does not grow with the rows that go by."""

from __future__ import annotations

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.terminal import MemorySampler
from tests.terminal.program import FIRST_ROW, PAGE_DOWN, browse, row

ROWS = """
SELECT n, md5(n::text) AS hash, now() AS moment, n * 1.5 AS half
FROM (SELECT generate_series(1, 10000000)) AS g(n)
"""


def test_a_million_rows_in_constant_memory(place: ConnectionSettings) -> None:
    with browse(place, "-c", ROWS) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle()
        with MemorySampler(terminal.process.pid) as memory:
            terminal.send(" ")
            first = terminal.wait_until(lambda text: row(text) >= 100_000)
            last = terminal.wait_until(lambda text: row(text) >= 1_000_000, 60)
            begin, end = terminal.sent + first, terminal.sent + last
            terminal.send(" ")
            terminal.wait_for("streamed .* rows, ")
        grown = memory.peak_between(begin, end) - memory.peak_between(0, begin)
        print(f"peak {memory.peak / 2**20:.1f} MiB, grown by {grown / 2**20:.1f} MiB")
        assert grown < 3 * 2**20
        assert memory.peak < 96 * 2**20


def test_values_of_a_megabyte(place: ConnectionSettings) -> None:
    with browse(place, "-t", "documents") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle()
        with MemorySampler(terminal.process.pid) as memory:
            rest = memory.rss()
            terminal.send(PAGE_DOWN)
            terminal.settle()
            terminal.send("g")
            terminal.settle()
        assert memory.peak - rest < 6 * 2**20
