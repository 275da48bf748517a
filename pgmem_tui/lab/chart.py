"""A report of the lab as a picture: memory over time, and for each way its peak and its speed. SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from pgmem_tui.display import quantities
from pgmem_tui.display.text import one_line
from pgmem_tui.lab.measurement import Measurement, Point
from pgmem_tui.lab.report import Report

WIDTH = 960
_LEFT, _RIGHT, _TOP = 80, 190, 70
_PLOT = 260
_ROW = 22
_NAMES, _FIGURE = 262, 90
COLOURS = ("#b2182b", "#2166ac", "#e08214", "#1b7837", "#762a83", "#8c510a", "#01665e", "#c51b7d")
"""Of the curves that stand out, each readable on white."""
GREY = "#8a8a8a"
_SHOWS = "RSS above the baseline, over time"
_STANDS_OUT = 0.08
"""The share of the highest peak from which a curve has a colour and a name."""


def draw(report: Report) -> str:
    """The picture; light, 960 units wide, with nothing in it that has to be loaded."""
    ran = [found for found in report.measurements if found.runs]
    height = _TOP + _PLOT + 90 + _ROW * (len(ran) + 1) + 40
    asked = report.asked
    what = one_line(asked.table or asked.command)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12" fill="#222">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(20, 28, what[:90] + ("…" if len(what) > 90 else ""), size=17),
        _text(20, 48, "; ".join(filter(None, [_SHOWS, one_line(report.cancelled)])), fill="#555"),
        *_curves(ran, asked.cap),
        *_bars(ran, _TOP + _PLOT + 80),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _curves(ran: Sequence[Measurement], cap: int) -> Iterator[str]:
    longest = max((found.curve[-1][0] for found in ran if found.curve), default=1.0) or 1.0
    highest = max([found.rss for found in ran] + [1])
    colours = _colours(ran, highest)
    ceiling = _round_up(highest)
    right, bottom = WIDTH - _RIGHT, _TOP + _PLOT
    for step in range(5):
        y = bottom - _PLOT * step / 4
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd" stroke-width="1"/>'
        yield _text(_LEFT - 8, y + 4, quantities.nbytes(ceiling * step // 4), anchor="end", fill="#555")
    for step in range(5):
        x = _LEFT + (right - _LEFT) * step / 4
        said = quantities.seconds(longest * step / 4) if step else "0"
        yield _text(x, bottom + 18, said, anchor="middle", fill="#555")

    def place(point: Point) -> str:
        x = _LEFT + (right - _LEFT) * min(1.0, point[0] / longest)
        return f"{x:.1f} {bottom - _PLOT * min(1.0, point[1] / ceiling):.1f}"

    if cap - _baseline(ran) < ceiling:
        y = float(place((0.0, cap - _baseline(ran))).split()[1])
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#b2182b" stroke-dasharray="4 4"/>'
        yield _text(right + 6, y + 4, f"cap {quantities.nbytes(cap)}", fill="#b2182b")
    taken: list[tuple[float, float]] = []
    for found in sorted(ran, key=lambda found: found.rss):
        colour = colours.get(found.mode, GREY)
        if found.curve:
            path = "L".join(map(place, ((0.0, 0), *found.curve)))
            yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    for found in ran:
        if found.mode in colours and found.curve:
            x, y = map(float, place(max(found.curve, key=lambda point: point[1])).split())
            y = _free(x, y - 8, taken)
            yield _text(x + 4, y, found.mode, fill=colours[found.mode])
    others = [found for found in ran if found.mode not in colours]
    if others and colours:
        most = quantities.nbytes(max(found.rss for found in others))
        who = "1 other" if len(others) == 1 else f"{len(others)} others, each"
        yield _text(right + 6, bottom + 4, f"{who} at most {most}", fill=GREY)


def _bars(ran: Sequence[Measurement], top: float) -> Iterator[str]:
    """A row a way: its name, its peak, its speed."""
    half = (WIDTH - 20 - _NAMES) // 2
    length = half - _FIGURE
    peak = max([found.rss for found in ran] + [1])
    rate = max([found.rate for found in ran if found.done] + [1e-9])
    colours = _colours(ran, peak)
    yield _text(_NAMES, top, "peak RSS above the baseline", fill="#555")
    yield _text(_NAMES + half, top, "rows a second", fill="#555")
    for number, found in enumerate(ran, 1):
        y = top + _ROW * number
        colour = colours.get(found.mode, GREY)
        yield _text(_NAMES - 10, y, found.title, anchor="end")
        yield from _bar(_NAMES, y, length * found.rss / peak, colour, _peak(found))
        share = found.rate / rate if found.done else 0.0
        said = quantities.rate(found.rate) if found.done else _end(found)
        yield from _bar(_NAMES + half, y, length * share, colour, said)


def _peak(found: Measurement) -> str:
    return ("≥ " if found.last.killed else "") + quantities.nbytes(found.rss)


def _end(found: Measurement) -> str:
    return "killed at the cap" if found.last.killed else "stopped" if found.last.timed_out else "failed"


def _bar(x: float, y: float, length: float, colour: str, said: str) -> Iterator[str]:
    yield f'<rect x="{x}" y="{y - 10:.1f}" width="{max(1.0, length):.1f}" height="13" fill="{colour}"/>'
    yield _text(x + max(1.0, length) + 6, y, said)


def _colours(ran: Sequence[Measurement], highest: int) -> dict[str, str]:
    """A colour for each way that stands out."""
    high = [found for found in ran if found.rss >= _STANDS_OUT * highest]
    return {found.mode: colour for found, colour in zip(high, COLOURS, strict=False)}


def _free(x: float, y: float, taken: list[tuple[float, float]]) -> float:
    """A height near `y` at which no other name is in the way."""
    while any(abs(y - height) < 14 and abs(x - left) < 110 for left, height in taken):
        y -= 14
    taken.append((x, y))
    return y


def _baseline(ran: Sequence[Measurement]) -> int:
    return max((found.last.baseline for found in ran), default=0)


def _round_up(nbytes: int) -> int:
    """A size for the top of an axis: 1, 2, 4 or 8 and so on of its unit, divisible by four."""
    size = 4096
    while size < nbytes:
        size *= 2
    return size * 3 // 4 if size * 3 // 4 >= nbytes else size


def _text(x: float, y: float, said: str, anchor: str = "start", fill: str = "#222", size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">'
        f"{escape(said)}</text>"
    )
