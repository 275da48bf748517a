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
        kind = one_line(report.kind) or "?"
        if self._runs and self._runs[-1][0] == kind:
            self._runs[-1] = (kind, self._runs[-1][1] + 1)
        else:
            self._runs.append((kind, 1))
        if len(self._runs) > MOST:
            self._more = True
            del self._runs[0]

    def line(self, width: int) -> str:
        """As many as fit, the last one in any case."""
        texts = [kind if count == 1 else f"{kind} ×{count:,}" for kind, count in self._runs]
        if not texts:
            return "asks for no rows, only about them" if self._about else "asks for no rows"
        cut = self._more
        while True:
            line = "asks the server: " + ("… " if cut else "") + ", ".join(texts)
            if cell_width(line) <= width or len(texts) == 1:
                return line
            del texts[0]
            cut = True


def sentence(report: StatementReport, width: int) -> str:
    """What one statement was and does, or that a connection is lost, in so many cells."""
    kind = f"connection {report.kind}" if report.of_connection else one_line(report.kind) or "?"
    rows = [quantities.counted(report.rows, "row")] if report.rows else []
    size = [("" if report.exact else "≈") + quantities.nbytes(report.nbytes)] if report.nbytes else []
    time = [] if report.implied or report.of_connection else [quantities.seconds(report.seconds)]
    refused = [] if report.lost else ["refused"]
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
