"""Memory over time of several ways to read, on one chart of characters: from zero, each way with its letter.

Curves are Braille dots, eight to a cell; where a console's font lacks these, each cell of a curve is the
letter of its way. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pgmem_tui.display import quantities
from pgmem_tui.display.text import fit
from pgmem_tui.lab.measurement import Point
from pgmem_tui.ui.text_lines import DIM, PLAIN, STRONG, Line, line

AXIS = 8
"""Cells at the left: the figures, and the line."""
LEGEND = 28
"""Cells of the legend, where there is one."""
_EACH_X, _EACH_Y = 2, 4
"""Dots of a cell."""
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each, row by row (https://www.unicode.org/charts/PDF/U2800.pdf)."""
_BLANK = 0x2800
_NEAR = 0.6
"""The share of the cap from which it is drawn, above the curves."""


_WAY = "way-"


def way_kind(number: int) -> str:
    """The kind of piece that has a way's colour."""
    return f"{_WAY}{number}"


def way_number(kind: str) -> int:
    """The way whose colour a piece has; -1 for another piece."""
    return int(kind.removeprefix(_WAY)) if kind.startswith(_WAY) else -1


@dataclass(frozen=True)
class Trace:
    """One way's curve."""

    letter: str
    kind: str
    """Its colour: a kind of piece that the widget knows."""
    name: str
    points: tuple[Point, ...]
    """Seconds since the start, and bytes above the baseline."""
    runs: bool = False
    """Whether it goes on."""
    killed: bool = False
    rss: int | None = None
    """What the table says of all its runs, in bytes: as the system counts, which misses nothing."""

    @property
    def peak(self) -> int:
        """The highest, in bytes."""
        return max((nbytes for _, nbytes in self.points), default=0)

    @property
    def end(self) -> float:
        """The last moment, in seconds."""
        return self.points[-1][0] if self.points else 0.0


def chart(
    traces: Sequence[Trace], cap: int | None, width: int, height: int, legend: bool, dots: bool = True
) -> list[Line]:
    """Exactly so many lines; none where there is no room for any.

    Args:
        traces: In the order of the legend.
        cap: Bytes above the baseline at which a way is killed; None for no cap.
        width: Cells.
        height: Lines, five at least.
        legend: Whether to list letters, names and peaks beside it.
        dots: Whether the terminal has Braille dots.
    """
    right = LEGEND if legend and width >= 2 * LEGEND + AXIS else 0
    room, rows = width - AXIS - right, height - 2
    if room < 10 or rows < 3:
        return []
    top, longest = _ceiling(traces, cap), _round_time(max((trace.end for trace in traces), default=0.0))
    plot = _Plot(room, rows, top, longest)
    if cap is not None and cap <= top:
        plot.cap(cap)
    for trace in sorted(traces, key=lambda trace: (trace.runs, trace.peak)):
        plot.draw(trace, dots)
    for trace in sorted(traces, key=lambda trace: (not trace.runs, -trace.peak)):
        plot.sign(trace)
    listed = list(_legend(traces, rows)) if right else []
    lines, ticks = [], plot.ticks()
    for y, pieces in enumerate(plot.rows()):
        said = ticks.get(y, "")
        row = ((fit(said, AXIS - 2, right=True) + (" ┤" if said else " │"), DIM), *pieces)
        lines.append(line(*row, *(listed[y] if y < len(listed) else ())))
    return [*lines, line((f"{'0':>{AXIS - 2}} └" + "─" * room, DIM)), _times(longest, room)]


def _legend(traces: Sequence[Trace], rows: int) -> Iterator[tuple[tuple[str, str], ...]]:
    shown = traces if len(traces) <= rows else sorted(traces, key=lambda each: (not each.runs, -each.peak))
    for trace in shown[:rows]:
        peak = ("≥ " if trace.killed else "") + _size(trace) if trace.points else ""
        mark = "> " if trace.runs else "  "
        name = fit(trace.name, LEGEND - 14)
        yield ((mark, STRONG), (trace.letter, trace.kind), (f" {name}", PLAIN), (f"{peak:>9}", DIM))


def _size(trace: Trace) -> str:
    return quantities.nbytes(trace.peak if trace.rss is None or trace.runs else trace.rss)


def _times(longest: float, room: int) -> Line:
    last = quantities.seconds(longest)
    middle = quantities.seconds(longest / 2)
    begin = " " * (AXIS - 1) + "0"
    text = begin + middle.rjust(room // 2 + len(middle) // 2 - 1)
    return line((text + last.rjust(AXIS + room - len(text)), DIM))


def _ceiling(traces: Sequence[Trace], cap: int | None) -> int:
    """The top of the axis: the cap if a curve comes near it, else a power of two or three quarters of one."""
    peak = max((trace.peak for trace in traces), default=0)
    if cap is not None and peak >= _NEAR * cap:
        return max(cap, peak)
    size = 4096
    while size < peak:
        size *= 2
    return size * 3 // 4 if size * 3 // 4 >= peak else size


def _round_time(seconds: float) -> float:
    """1, 2 or 5 of a power of ten, at least a tenth of a second."""
    unit = 0.1
    while True:
        for factor in (1, 2, 3, 5):
            if unit * factor >= seconds:
                return unit * factor
        unit *= 10


class _Plot:
    """Cells, each with a mask of dots or a character, and what it belongs to."""

    def __init__(self, width: int, height: int, top: int, longest: float) -> None:
        self._width, self._height, self._top, self._longest = width, height, top, longest
        self._text = [[" "] * width for _ in range(height)]
        self._kinds = [[PLAIN] * width for _ in range(height)]
        self._signed: set[tuple[int, int]] = set()

    def _dot(self, seconds: float, nbytes: int) -> tuple[int, int]:
        """Where a point is, in dots from the lower left corner."""
        across, up = _EACH_X * self._width - 1, _EACH_Y * self._height - 1
        x = round(min(1.0, seconds / self._longest) * across)
        return x, round(min(1.0, nbytes / self._top) * up)

    def _row(self, nbytes: int) -> int:
        """The line that a height is on, from the top."""
        return self._height - 1 - self._dot(0.0, nbytes)[1] // _EACH_Y

    def ticks(self) -> dict[int, str]:
        """What is said at the axis, by line: in even steps up to the top."""
        steps = next((each for each in (4, 2) if self._height >= 3 * each), 1)
        sizes = [self._top * step // steps for step in range(1, steps + 1)]
        return {self._row(size): quantities.nbytes(size) for size in sizes}

    def cap(self, nbytes: int) -> None:
        """Draw a line at a height."""
        y = self._row(nbytes)
        said = " cap "
        self._text[y] = list("-" * 2 + said + "-" * max(0, self._width - 2 - len(said)))[: self._width]
        self._kinds[y] = [DIM] * self._width

    def draw(self, trace: Trace, dots: bool) -> None:
        """Draw a curve, over what is there."""
        before = self._dot(0.0, 0)
        for seconds, nbytes in trace.points:
            now = self._dot(seconds, nbytes)
            for x, y in _between(before, now):
                self._put(x, y, trace, dots)
            before = now

    def _put(self, x: int, y: int, trace: Trace, dots: bool) -> None:
        column, row = x // _EACH_X, self._height - 1 - y // _EACH_Y
        there = self._text[row][column]
        mask = ord(there) - _BLANK if there >= chr(_BLANK) else 0
        mask |= _DOTS[_EACH_Y - 1 - y % _EACH_Y][x % _EACH_X]
        self._text[row][column] = chr(_BLANK + mask) if dots else trace.letter
        self._kinds[row][column] = trace.kind

    def sign(self, trace: Trace) -> None:
        """Write its letter where it ends, or near by if another is there."""
        if not trace.points:
            return
        x, y = self._dot(*trace.points[-1])
        column, row = x // _EACH_X + 1, self._height - 1 - y // _EACH_Y
        for up in range(3):
            for right in range(4):
                place = min(column + right, self._width - 1), row - up
                if place[1] >= 0 and place not in self._signed:
                    self._signed.add(place)
                    self._text[place[1]][place[0]] = trace.letter
                    self._kinds[place[1]][place[0]] = trace.kind
                    return

    def rows(self) -> Iterator[list[tuple[str, str]]]:
        """The lines from the top: texts and their kinds."""
        for texts, kinds in zip(self._text, self._kinds, strict=True):
            pieces: list[tuple[str, str]] = []
            for text, kind in zip(texts, kinds, strict=True):
                if pieces and pieces[-1][1] == kind:
                    pieces[-1] = (pieces[-1][0] + text, kind)
                else:
                    pieces.append((text, kind))
            yield pieces


def _between(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The dots from one to another, both included."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for step in range(steps + 1):
        yield (
            start[0] + round((end[0] - start[0]) * step / steps),
            start[1] + round((end[1] - start[1]) * step / steps),
        )
