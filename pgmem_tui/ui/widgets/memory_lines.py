"""What the memory strip says, as cells: three lines of a panel, or one line.

All widths are reserved: a value that grows or a sample that arrives moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from pgmem_tui.display.quantities import nbytes, share
from pgmem_tui.memory.history import History
from pgmem_tui.memory.ring import Ring
from pgmem_tui.ui.widgets.sparkline import sparkline

LABEL, VALUE, SPARK, FETCH = "lvsf"
"""The kinds of cells: words, figures, samples, and samples or marks of a FETCH."""

TICK = "│"
"""Stands under or beside a sample before which a FETCH ended."""

NOT_KNOWN = "-"
LEAST_SPARK = 6
"""A history of fewer columns gives its place to something else."""


@dataclass(frozen=True)
class Line:
    """A line of one-cell characters, and of which kind each of them is."""

    text: str = ""
    kinds: str = ""

    def add(self, text: str, kind: str) -> Line:
        """Return the line with text of one kind added."""
        return Line(self.text + text, self.kinds + kind * len(text))

    def space(self, cells: int = 1) -> Line:
        """Return the line with blank cells added."""
        return self.add(" " * cells, LABEL)

    def join(self, other: Line) -> Line:
        """Return the line with another one behind it."""
        return Line(self.text + other.text, self.kinds + other.kinds)

    def fit(self, width: int) -> Line:
        """Return the line cut or padded to the width."""
        return self[:width].space(max(0, width - len(self.text)))

    def __getitem__(self, cells: slice) -> Line:
        return Line(self.text[cells], self.kinds[cells])


def panel(history: History, budget: int, width: int) -> list[Line]:
    """Return the three lines of the panel.

    Args:
        history: The samples.
        budget: Bytes that the page cache may take.
        width: Cells of each line.
    """
    rss, uss, backend = _sizes(history)
    head = len(_cache(history, budget).text)
    tail = 10
    columns = width - head - tail - 3
    if columns < LEAST_SPARK:  # rather the history than its maximum
        tail, columns = 0, max(0, width - head - 2)
    ticks = columns - 12 if columns - 12 >= LEAST_SPARK else 0  # beside the USS
    lines = [
        _figure("client", rss, head).space().join(_client_history(history, columns, marked=not ticks)),
        _figure("backend", backend, head).space().join(_backend_history(history, columns)).space(),
        _cache(history, budget).space(),
    ]
    if columns >= 10:
        lines[2] = lines[2].join(_figure("uss", uss, 10))
    lines[2] = lines[2].fit(head + 1 + columns - ticks).join(_ticks(history, ticks)).space()
    if tail:
        tails = (
            _figure("max", history.client.peak or None, tail),
            _figure("max", history.backend.peak or None, tail),
            _available(history, tail),
        )
        lines = [line.space().join(end) for line, end in zip(lines, tails, strict=True)]
    return [line.fit(width) for line in lines]


def one_line(history: History, budget: int, width: int) -> Line:
    """Return all that fits in one line; what matters least goes first. See `panel`."""
    rss, uss, backend = _sizes(history)
    gap = Line().space(2)
    # How much each matters (1 is most), and what it is, in the order on the screen.
    fields = [
        (1, Line().space().join(_figure("max", history.client.peak or None, 10))),
        (2, gap.join(_figure("backend", backend, 14))),
        (3, gap.join(_cache(history, budget))),
        (5, gap.join(_figure("uss", uss, 10))),
        (4, gap.join(_available(history, 10))),
    ]
    line = _figure("client", rss, 13).space()
    if width < len(line.text) + LEAST_SPARK:
        line = line[7:]  # without the word
    columns = width - len(line.text) - 1 - sum(len(field.text) for _, field in fields)
    while columns < LEAST_SPARK and fields:
        least = max(fields, key=lambda field: field[0])
        fields.remove(least)
        columns += len(least[1].text)
    line = line.join(_client_history(history, max(0, columns), marked=True))
    for _, field in fields:
        line = line.join(field)
    return line.fit(width)


def _sizes(history: History) -> tuple[int | None, int | None, int | None]:
    """Return the newest RSS, USS and backend memory."""
    latest = history.latest
    return (latest.rss, latest.uss, latest.backend) if latest else (None, None, None)


def _figure(label: str, size: int | None, width: int) -> Line:
    figure = NOT_KNOWN if size is None else nbytes(size)
    return Line().add(label, LABEL).add(figure.rjust(width - len(label)), VALUE)


def _available(history: History, width: int) -> Line:
    figure = NOT_KNOWN if history.latest is None else f"{history.latest.available_percent:.0f} %"
    return Line().add("avail", LABEL).add(figure.rjust(width - 5), VALUE)


def _cache(history: History, budget: int) -> Line:
    used = history.latest.cache if history.latest else 0
    widest = len(f"9.9 / {nbytes(budget)}")
    return Line().add("cache ", LABEL).add(share(used, budget).rjust(widest), VALUE)


def _client_history(history: History, columns: int, marked: bool) -> Line:
    """Return the samples and one more column; if marked, FETCHes show in both."""
    fetched = [marked and fetches > 0 for fetches in history.fetches.newest(columns)]
    kinds = "".join([FETCH if fetch else SPARK for fetch in fetched]).rjust(columns, SPARK)
    return Line(spark(history.client, columns), kinds).add(TICK if fetched and fetched[-1] else " ", FETCH)


def _backend_history(history: History, columns: int) -> Line:
    return Line().add(spark(history.backend, columns), SPARK)


def spark(ring: Ring, columns: int) -> str:
    """Return the newest numbers of a ring as a line of `columns` cells."""
    # The maximum fills seven eighths: two flat lines, one below the other, would run into a slab.
    (line,) = sparkline(ring.newest(columns), ring.peak * 8 // 7, columns)
    return line


def _ticks(history: History, columns: int) -> Line:
    """Return a tick under each sample before which a FETCH ended, and the word if there is room for it."""
    word = "FETCH " if columns >= 6 + 8 else ""
    newest = history.fetches.newest(columns - len(word))
    ticks = "".join([TICK if fetches else " " for fetches in newest])
    return Line().add(word, LABEL).add(ticks.rjust(columns - len(word)), FETCH)
