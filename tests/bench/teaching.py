"""What it costs to be seen: the wire log and the cursor inspector while rows stream."""

from __future__ import annotations

import statistics

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.bench.report import Finding, written
from tests.terminal.program import FIRST_ROW, browse, row

_SKIPPED = 100_000
"""Rows before the rate is taken: batches grow meanwhile."""
_LEFT = 0.95
"""Of the streaming speed."""
_PAIRS = 4
"""Pairs of runs for each run asked for: one alone says little about five percent."""


def teaching(settings: ConnectionSettings, table: str, rows: int, runs: int) -> list[Finding]:
    """Stream with no log kept; with the wire log; and with the inspector, too.

    Args:
        settings: Where.
        table: What.
        rows: How many rows to stream.
        runs: How often `_PAIRS` pairs; ratios are of neighbours in time, the median of them counts.
    """
    without, log, both = [], [], []
    for _ in range(runs * _PAIRS):
        without.append(_rate(settings, table, rows, module="tests.bench.silent"))
        log.append(_rate(settings, table, rows))
        both.append(_rate(settings, table, rows, inspector=True))
    return [
        _ratio("streaming with the wire log / without one", log, without),
        _ratio("... and with the inspector open / with neither", both, without, _LEFT),
    ]


def _rate(
    settings: ConnectionSettings,
    table: str,
    rows: int,
    inspector: bool = False,
    module: str = "pgmem_tui",
) -> float:
    """Rows a second through the whole program."""
    with browse(settings, "-t", table, module=module) as terminal:
        terminal.wait_for(FIRST_ROW)
        if inspector:
            terminal.send("i")
            terminal.wait_for("pg_cursors")
            terminal.send("\t")
        terminal.settle(0.3)
        terminal.send(" ")
        begun = terminal.wait_until(lambda text: row(text) >= _SKIPPED, 120, f"row {_SKIPPED}")
        first = row(terminal.display.text)
        seconds = terminal.wait_until(lambda text: row(text) >= rows, 120, f"row {rows}")
        return (row(terminal.display.text) - first) / (seconds - begun)


def _ratio(what: str, ours: list[float], base: list[float], target: float | None = None) -> Finding:
    ratio = statistics.median([one / other for one, other in zip(ours, base, strict=True)])
    rates = f"{written(statistics.median(ours), 'rows/s')} / {written(statistics.median(base), 'rows/s')}"
    return Finding(what, ratio, "ratio", target, at_least=True, beside=rates)
