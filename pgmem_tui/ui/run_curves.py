"""The memory of a lesson's programs as lines: curves from zero, all in one scale, each peak named. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pgmem_tui.display import quantities
from pgmem_tui.lessons.attempt import Attempt
from pgmem_tui.lessons.lesson import Program
from pgmem_tui.lessons.watching import Watched
from pgmem_tui.ui.text_lines import DIM, GOOD, NUMBER, PLAIN, STRONG, Line, line
from pgmem_tui.ui.widgets.sparkline import sparkline

CLIENT, BACKEND = 4, 2
"""Lines of a curve."""
UNKNOWN = "-"


def programs(attempt: Attempt) -> list[tuple[str, Watched | None, bool]]:
    """Name, what was seen, and whether it runs now, of each program."""
    found = list[tuple[str, Watched | None, bool]]()
    for index, step in enumerate(attempt.steps):
        if isinstance(step, Program):
            runs = index == attempt.running
            ran = attempt.ran[index].watched if index < len(attempt.ran) else None
            found.append((step.name, attempt.watched if runs else ran, runs))
    return found


def panel(attempt: Attempt, width: int, height: int) -> list[Line]:
    """A block for each program; the first ones go where there is too little room."""
    known = programs(attempt)
    top = _top(known)
    blocks = [list(_block(*each, top, width)) for each in known]
    current = max((n for n, each in enumerate(known) if each[1] is not None), default=0)
    while len(blocks) > 1 and sum(map(len, blocks)) > height and current:
        blocks.pop(0)
        current -= 1
    scale = [line((f"one scale, from zero to {quantities.nbytes(top)}", DIM))] if top else []
    return [each for block in blocks for each in block] + scale


def strip(attempt: Attempt, width: int) -> list[Line]:
    """Two lines about the program that runs, or ran last."""
    known = [each for each in programs(attempt) if each[1] is not None]
    _, watched, _ = known[-1] if known else ("", None, False)
    seen = watched or Watched()
    top = _top(known[-1:])
    return [
        _row("client", seen.client, seen.client_peak or None, top, width, _grown(seen)),
        _row("backend", seen.backend, seen.backend_peak, top, width, ""),
    ]


def _block(name: str, watched: Watched | None, runs: bool, top: int, width: int) -> Iterator[Line]:
    state = "runs" if runs else "" if watched else "not run yet"
    seen = watched or Watched()
    seconds = quantities.seconds(seen.seconds) if watched else ""
    yield line((name, STRONG), (f"  {state}{'  ' if state and seconds else ''}{seconds}", DIM))
    for label, values, peak, height in (
        ("client", seen.client, seen.client_peak or None, CLIENT),
        ("backend", seen.backend, seen.backend_peak, BACKEND),
    ):
        figure = UNKNOWN if peak is None else quantities.nbytes(peak)
        grown = _grown(seen) if label == "client" else ""
        yield line((f"{label} peak ", DIM), (figure, PLAIN), (f" ({grown})" if grown else "", DIM))
        for row in _curve(values, top, width, height):
            yield line((row, GOOD if label == "client" else NUMBER))
    yield Line()


def _row(label: str, values: Sequence[int], peak: int | None, top: int, width: int, grown: str) -> Line:
    figure = UNKNOWN if peak is None else quantities.nbytes(peak)
    end = f" peak {figure:>6} {grown:>8}"
    (curve,) = _curve(values, top, max(0, width - 8 - len(end)), 1)
    return line((f"{label:8}", DIM), (curve, GOOD if label == "client" else NUMBER), (end, DIM))


def _grown(seen: Watched) -> str:
    return f"+{quantities.nbytes(max(0, seen.client_peak - seen.baseline))}" if seen.client_peak else ""


def _top(known: Sequence[tuple[str, Watched | None, bool]]) -> int:
    """The highest of all: whoever compares two curves must find them in one scale."""
    peaks = [peak for _, seen, _ in known if seen for peak in (seen.client_peak, seen.backend_peak or 0)]
    return max(peaks, default=0)


def _curve(values: Sequence[int], top: int, width: int, height: int) -> list[str]:
    """A whole run in so many columns, the highest value of each; a short one begins at the left."""
    if len(values) > width > 0:
        edges = [len(values) * column // width for column in range(width + 1)]
        values = [max(values[begin:end]) for begin, end in pairwise(edges)]
    rows = sparkline(values, max(1, top), min(len(values), width), height)
    return [row.ljust(width) for row in rows]
