"""The lab's ways as lines: which are chosen, what each does, and what it was measured to take. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

from pgmem_tui.display.text import cell_width, fit
from pgmem_tui.lab import report_text
from pgmem_tui.lab.modes import MODES, Mode
from pgmem_tui.lab.report import Report
from pgmem_tui.lab.subject import Subject
from pgmem_tui.lab.watching import Watched
from pgmem_tui.ui.lab_chart import Trace, way_kind
from pgmem_tui.ui.text_lines import DIM, PLAIN, STRONG, Line, line

NAMES = tuple(MODES)
NAME = max(map(len, NAMES))
WIDE = 120
"""Cells from which a way's sentence stands beside its title."""
_TITLE = max(len(mode.title) for mode in MODES.values())

_HEADINGS = tuple(name.removesuffix(" row") for name, _ in report_text.HEADINGS)
_RESERVED = (NAME, 7, 6, 6, 6, 6, 7, 7, 6, 6)
"""Cells of each column, so that nothing moves while figures come."""
_GOES = ("rows/s", "USS", "bytes", "temp")
"""Columns that are left out where there is no room, the first first: it follows from the time."""


def letter(name: str) -> str:
    """The letter of a way."""
    return chr(ord("A") + NAMES.index(name))


def kind(name: str) -> str:
    """The kind of piece that has a way's colour."""
    return way_kind(NAMES.index(name))


class Shown(NamedTuple):
    """What the list is about."""

    left_out: Set[str] = frozenset()
    """Names of the ways that are not chosen."""
    subject: Subject | None = None
    """What is read, once that is known."""
    watched: Watched | None = None
    runs: str = ""
    """The name of the way that runs."""


def lines(shown: Shown, width: int) -> list[Line]:
    """The heading, and a line for each way."""
    if shown.watched is None:
        head = [line(("     way", DIM))]
        return head + [_described(mode, shown, width) for mode in MODES.values()]
    return _measured(shown, shown.watched.report, width)


def _begin(name: str, shown: Shown) -> tuple[tuple[str, str], ...]:
    mark = " " if name in shown.left_out else "*"
    return (">" if name == shown.runs else " ", STRONG), (f"{mark} ", PLAIN), (letter(name), kind(name))


def _described(mode: Mode, shown: Shown, width: int) -> Line:
    missing = mode.missing(shown.subject) if shown.subject is not None else ""
    name = f" {fit(mode.name, NAME)} "
    if missing:
        return line(*_begin(mode.name, shown), (name, DIM), (f"not run: {missing}", DIM))
    title = fit(mode.title, _TITLE) if width >= WIDE else mode.title
    sentence = f"  {mode.sentence}" if width >= WIDE else ""
    return line(*_begin(mode.name, shown), (name, PLAIN), (title, PLAIN), (sentence, DIM))


def _measured(shown: Shown, report: Report, width: int) -> list[Line]:
    found = {row[0]: [cell.replace("≥ ", "≥") for cell in row] for row in report_text.rows(report)}
    skipped = {each.mode: each.skipped for each in report.measurements if each.skipped}
    ran = {each.mode for each in report.measurements if each.runs}
    known = [row for name, row in found.items() if name in ran]
    columns = _columns(known, width - 4)
    gap = "  " if sum(size for _, size in columns) + 2 * len(columns) + 4 <= width else " "
    made = [line(("     ", DIM), (_row(_HEADINGS, columns, gap), DIM))]
    for name in NAMES:
        begin = _begin(name, shown)
        if name in skipped:
            text = (f" {fit(name, NAME)} not run: {skipped[name]}", DIM)
        else:
            row = found.get(name, [name, *[""] * (len(_HEADINGS) - 1)])
            text = (" " + _row(row, columns, gap), PLAIN if name in ran else DIM)
        made.append(line(*begin, text))
    return made


def _columns(rows: Sequence[Sequence[str]], width: int) -> list[tuple[int, int]]:
    """The number and width of each column that there is room for."""
    sizes = [max([reserved, *(cell_width(row[at]) for row in rows)]) for at, reserved in enumerate(_RESERVED)]
    shown = list(enumerate(sizes))
    for name in _GOES:
        if sum(size + 1 for _, size in shown) <= width:
            break
        shown = [(at, size) for at, size in shown if _HEADINGS[at] != name]
    return shown


def _row(cells: Sequence[str], columns: Sequence[tuple[int, int]], gap: str) -> str:
    return gap.join(fit(cells[at], size, right=at > 0) for at, size in columns)


def traces(watched: Watched | None, runs: bool) -> list[Trace]:
    """The curves: of what is measured, and of what runs.

    Args:
        watched: What was seen; None for nothing.
        runs: Whether it goes on.
    """
    if watched is None:
        return []
    found = {each.mode: each for each in watched.report.measurements}
    made = []
    for name in filter(found.__contains__, NAMES):
        current = runs and name == watched.mode
        each = found[name]
        points = (watched.curve if current else ()) or each.curve
        if points or current:
            killed = bool(each.runs) and each.last.killed
            rss = each.rss if each.runs else None
            made.append(Trace(letter(name), kind(name), name, points, current, killed, rss))
    return made
