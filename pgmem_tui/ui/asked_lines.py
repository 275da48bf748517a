"""What the server was just asked, in words for people who have never seen a FETCH."""

from __future__ import annotations

import re

from pgmem_tui.display import quantities
from pgmem_tui.display.text import cell_width, one_line
from pgmem_tui.postgres.wire import StatementReport
from pgmem_tui.postgres.wire_notes import note

MOST = 12
"""Kinds of statements in a row that are told; of more, the last ones."""
_CLAUSE = re.compile(r"[,;:] ")


class Asked:
    """The kinds of what was sent since a key was pressed, neighbours that are alike together."""

    def __init__(self) -> None:
        """Nothing was sent."""
        self._runs: list[tuple[str, int]] = []
        self._more = self._about = False

    def add(self, report: StatementReport, of_rows: bool = True) -> None:
        """One was sent; of one that looks something up (catalogs, plans), only that is told."""
        if not of_rows:
            self._about = True
            return
        self._runs = _with(self._runs, report)
        if len(self._runs) > MOST:
            self._more = True
            del self._runs[0]

    def line(self, width: int, running: StatementReport | None = None) -> str:
        """As many as fit, the last one in any case.

        Args:
            width: Cells.
            running: One that was sent behind them and is not answered yet.
        """
        runs = self._runs if running is None else _with(self._runs, running)
        texts = [kind if count == 1 else f"{kind} ×{count:,}" for kind, count in runs]
        if not texts:
            return "asks for no rows, only about them" if self._about else "asks for no rows"
        cut = self._more
        while True:
            line = "asks the server: " + ("… " if cut else "") + ", ".join(texts)
            if cell_width(line) <= width or len(texts) == 1:
                return line
            del texts[0]
            cut = True


def _with(runs: list[tuple[str, int]], report: StatementReport) -> list[tuple[str, int]]:
    kind = one_line(report.kind) or "?"
    if runs and runs[-1][0] == kind:
        return [*runs[:-1], (kind, runs[-1][1] + 1)]
    return [*runs, (kind, 1)]


def sentence(report: StatementReport, width: int) -> str:
    """What one statement was and does, or that a connection is lost, in so many cells."""
    kind = f"connection {report.kind}" if report.of_connection else one_line(report.kind) or "?"
    rows = [quantities.counted(report.rows, "row")] if report.rows else []
    size = [("" if report.exact else "≈") + quantities.nbytes(report.nbytes)] if report.nbytes else []
    timed = not (report.implied or report.of_connection or report.running)
    time = [quantities.seconds(report.seconds)] if timed else []
    if report.running:  # in full seconds: tenths would flicker
        so_far = int(report.seconds)
        kind += f", running {quantities.clock(so_far) if so_far >= 60 else f'{so_far} s'}"
    refused = [] if report.lost else ["cancelled" if report.cancelled else "refused"]
    error = [*refused, one_line(report.error)] if report.error else []
    does = note(report).does
    clause = _CLAUSE.split(does)[0].removesuffix(".")
    whole, few = ", ".join([*error, *rows, *size, *time]), ", ".join([*error, *rows, *time])
    texts = [
        f"{kind} ({whole}): {does}" if whole else f"{kind}: {does}",
        f"{kind} ({few}): {does}" if few else f"{kind}: {does}",
        f"{kind} ({few}): {clause}" if few else f"{kind}: {clause}",
        f"{kind}: {clause}",
    ]
    return next((text for text in texts if cell_width(text) <= width), texts[-1])
